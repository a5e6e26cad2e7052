"""A drafted scenario: what it says is what the input says."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from msgspec.structs import replace

import netsim
from netsim.app.case import assemble_case
from netsim.app.documentation import LocatedDocumentation
from netsim.app.init import InitRequest, init
from netsim.intent.documentation import Documentation, combine_flows
from netsim.intent.scenario.scenario import Scenario, read_scenario
from netsim.judge.judgement import Standing
from netsim.loader.load import Loaded, load
from netsim.loader.registry import Scope
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions
from tests.project import ROOT
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

SHOP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: shop-web, namespace: shop}
spec:
  selector: {matchLabels: {app: shop-web}}
  template:
    metadata: {labels: {app: shop-web}}
    spec: {containers: [{name: web, image: "web:1.0.0", ports: [{containerPort: 80}]}]}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: books-db, namespace: shop}
spec:
  serviceName: books-db
  selector: {matchLabels: {app: books-db}}
  template:
    metadata: {labels: {app: books-db}}
    spec: {containers: [{name: db, image: "db:1.0.0", ports: [{containerPort: 5432}]}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: shop-web}}
  policyTypes: [Egress]
  egress:
    - to: [{podSelector: {matchLabels: {app: books-db}}}]
      ports: [{port: 5432}]
    - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {k8s-app: kube-dns}}
      ports: [{port: 53, protocol: UDP}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: books-db}}
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: shop-web}}}]
      ports: [{port: 5432}]
"""
ALLOWED_TOO = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: more, namespace: shop}
spec:
  podSelector: {matchLabels: {app: books-db}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: shop-web}}}], ports: [{port: 22}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: more-out, namespace: shop}
spec:
  podSelector: {matchLabels: {app: shop-web}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: books-db}}}], ports: [{port: 22}]}]
"""
README = """\
# Shop

## Who talks to whom

```mermaid
flowchart LR
  web[Web] -->|port 5432| db[Books DB]
```

## Evictions

| Component | Min Available | Max Unavailable |
|-----------|---------------|-----------------|
| Web       | 1             | N/A             |
"""


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "manifests"
    folder.mkdir()
    (folder / "shop.yaml").write_text(SHOP)
    (folder / "README.md").write_text(README)
    (tmp_path / "scenarios").mkdir()
    monkeypatch.chdir(tmp_path)
    return folder


def write(diagram: str | None = None) -> str:
    written = netsim.init("manifests", diagram=diagram, destination="scenarios/x.yaml")
    Path("scenarios/x.yaml").write_text(written.text)
    return written.text


def list_rules() -> set[str]:
    return {each.rule for each in netsim.check("manifests").findings}


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("diagram", [None, "manifests/README.md#Who talks to whom"])
def test_what_is_written_is_what_check_finds(diagram: str | None) -> None:
    write(diagram)
    assert not netsim.check("manifests").errors
    assert not {"broken", "exposed", "forbidden"} & list_rules()


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize("diagram", [None, "manifests/README.md#Who talks to whom"])
def test_a_rule_that_goes_is_broken_and_one_that_comes_is_exposed(
    shop: Path, diagram: str | None
) -> None:
    write(diagram)
    whole = shop / "shop.yaml"
    whole.write_text(SHOP.replace("ports: [{port: 5432}]\n    - to:", "ports: []\n    - to:"))
    whole.write_text(SHOP.rpartition("---\n")[0])
    assert "broken" in list_rules()
    whole.write_text(SHOP + ALLOWED_TOO)
    assert "exposed" in list_rules()


@pytest.mark.usefixtures("shop")
def test_boxes_are_matched_by_a_part_of_the_name_and_tables_recognised() -> None:
    text = write("manifests/README.md")
    assert "aliases: [Web]" in text
    assert "shop-web[Deployment]" in text
    assert "aliases: [Books DB]" in text
    assert "file: ../manifests/README.md" in text
    assert "budgets: Evictions" in text
    assert "documented-budget" in list_rules()  # there is no budget


@pytest.mark.usefixtures("shop")
def test_a_box_that_nothing_goes_by_is_an_open_point() -> None:
    readme = Path("manifests/README.md")
    readme.write_text(README.replace("Books DB", "Ledger"))
    written = netsim.init("manifests", diagram="manifests/README.md")
    assert any("'Ledger'" in each for each in written.open_points)
    assert "#  - 'Ledger' of the diagram" in written.text


@pytest.mark.usefixtures("shop")
def test_check_says_how_to_use_a_diagram_beside_the_input() -> None:
    result = netsim.check("manifests")
    assert any(
        "netsim init manifests --diagram 'manifests/README.md#Who talks to whom'"
        in each.message
        for each in result.diagnostics
    )
    write("manifests/README.md")
    assert not any(
        "netsim init" in each.message for each in netsim.check("manifests").diagnostics
    )


@pytest.mark.usefixtures("shop")
def test_a_rejected_document_leaves_nothing_to_write(shop: Path) -> None:
    (shop / "bad.yaml").write_text("apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n")
    with pytest.raises(netsim.UnanswerableError):
        netsim.init("manifests")


def test_the_diagram_of_this_repository() -> None:
    manifests = ROOT / "manifests"
    text = netsim.init(
        manifests,
        diagram=f"{manifests}/README.md#Network Policies",
        destination=ROOT / "x.yaml",
    ).text
    for expected in (
        "aliases: [API]",
        "aliases: [Runner Pool]",
        "ingress-controller:",
        "dns:",
        "order: Deployment Order",
        "budgets: Pod Disruption Budgets",
    ):
        assert expected in text


POOL = """\
apiVersion: v1
kind: PodTemplate
metadata: {name: worker, namespace: jobs}
template:
  metadata: {labels: {app: worker}}
  spec: {containers: [{name: w, image: "worker:1.0.0"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: spare-workers, namespace: jobs}
spec:
  selector: {matchLabels: {app: spare}}
  template:
    metadata: {labels: {app: spare}}
    spec: {containers: [{name: w, image: "worker:1.0.0"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: queue, namespace: jobs}
spec:
  selector: {matchLabels: {app: queue}}
  template:
    metadata: {labels: {app: queue}}
    spec: {containers: [{name: q, image: "queue:1.0.0"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: jobs}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: worker, namespace: jobs}
spec:
  podSelector: {matchLabels: {app: worker}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: queue}}}], ports: [{port: 5672}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: queue, namespace: jobs}
spec:
  podSelector: {matchLabels: {app: queue}}
  policyTypes: [Ingress]
  ingress: [{from: [{podSelector: {matchLabels: {app: worker}}}], ports: [{port: 5672}]}]
"""
POOL_README = """\
# Jobs

## Flows

```mermaid
flowchart LR
  Worker -->|port 5672| Queue
```

## Spare workers

A CronJob starts them every 10 minutes.
"""


@pytest.mark.usefixtures("shop")
def test_a_deployment_that_keeps_pods_of_a_template_is_a_warm_pool(shop: Path) -> None:
    (shop / "shop.yaml").write_text(POOL)
    (shop / "README.md").write_text(POOL_README)
    text = write("manifests/README.md#Flows")
    assert "warmPool: {deployment: spare-workers, endpoint: worker}" in text
    assert "warmPool: Spare workers" in text
    findings = netsim.check("manifests").findings
    places = {
        each.rule: {str(each.location), *(str(r.location) for r in each.related)}
        for each in findings
    }
    assert any("README.md:12" in place for place in places["documented-schedule"])
    assert any("shop.yaml" in place for place in places["documented-schedule"])
    assert "warm-pool-uncovered" in places
    assert "broken" in places
    assert "exposed" not in places


class Given(InitRequest, frozen=True, kw_only=True):
    """Reads nothing: what it describes is given."""

    loaded: Loaded
    given: Conventions

    def load(self, scenario: Scenario | None = None, scope: Scope = Scope.NETWORK) -> Loaded:
        del scenario, scope
        return self.loaded

    def conventions(self, scenario: Scenario | None = None) -> Conventions:
        ranges = scenario.pod_ranges if scenario else None
        return replace(self.given, pod_ranges=ranges) if ranges else self.given


@thorough(60)
@given(clusters())
def test_what_is_allowed_today_is_documented_or_named(cluster: Cluster) -> None:
    """No flow of a draft is denied, and what is allowed beside them stands in its comments."""
    empty = load([str(ROOT / "manifests")], "default", None, Scope.BUNDLE)
    loaded = replace(empty, resources=cluster.resources, bundle=Bundle())
    request = Given((), loaded=loaded, given=cluster.conventions)
    written = init(request)
    scenario = read_scenario(written.text, "x.yaml")
    documentation = Documentation(
        scenario, flows=combine_flows(scenario, Documentation().diagram)
    )
    described = LocatedDocumentation(documentation, None, None)
    case = assemble_case(loaded, (), request.conventions(scenario), described)
    assert not case.unjudged
    assert not [each for each in case.judgements if each.broken]
    for judgement in case.judgements:
        if judgement.standing is Standing.EXPOSED:
            named = judgement.describe(judgement.exposed)
            more = any("more such connections" in each for each in written.open_points)
            assert more or any(each.startswith(named) for each in written.open_points)


FROM_ELSEWHERE = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: from-elsewhere, namespace: shop}
spec:
  podSelector: {matchLabels: {app: shop-web}}
  ingress:
    - from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE}}PODS}]
      ports: [{port: 80}]
"""


def from_elsewhere(namespace: str, **labels: str) -> str:
    pods = "".join(f"{key}: {value}" for key, value in labels.items())
    selector = f", podSelector: {{matchLabels: {{{pods}}}}}" if pods else ""
    return FROM_ELSEWHERE.replace("NAMESPACE", namespace).replace("PODS", selector)


@pytest.mark.parametrize(
    ("box", "namespace", "labels", "name"),
    [
        ("Ingress controller", "ingress-nginx", {"app": "ingress-nginx"}, "ingress-controller"),
        ("Ingress", "ingress-nginx", {}, "ingress-controller"),
        ("ingress-nginx", "ingress-nginx", {"app": "ingress-nginx"}, "ingress-controller"),
        ("Prometheus", "monitoring", {"app": "prometheus"}, "prometheus"),
    ],
)
def test_a_box_is_matched_with_pods_of_elsewhere_that_policies_ask_for(
    shop: Path, box: str, namespace: str, labels: dict[str, str], name: str
) -> None:
    (shop / "more.yaml").write_text(from_elsewhere(namespace, **labels))
    drawn = f"  outer[{box}] -->|port 80| web\n```"
    (shop / "README.md").write_text(README.replace("```\n\n##", f"{drawn}\n\n##", 1))
    text = write("manifests/README.md")
    assert f"  {name}:\n" in text
    assert "Still open" not in text
    assert not {"broken", "exposed"} & list_rules()


def test_a_workload_of_the_input_comes_before_pods_of_elsewhere(shop: Path) -> None:
    (shop / "more.yaml").write_text(from_elsewhere("other", app="web"))
    text = write("manifests/README.md")
    assert "aliases: [Web]\n    namespace: shop\n" in text


def test_a_namespace_that_the_input_lacks_is_an_endpoint(shop: Path) -> None:
    (shop / "more.yaml").write_text(from_elsewhere("monitoring"))
    text = write()
    assert "  pods-in-monitoring:\n    namespace: monitoring\n    labels: {}\n" in text
    assert "Still open" not in text
    assert "exposed" not in list_rules()
