"""Generated policies: what is documented passes, nothing else does, and no rule is too much."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import netsim
from netsim.app.case import assemble_case
from netsim.app.documentation import LocatedDocumentation
from netsim.app.generate import GenerateRequest, GenerateResult, propose
from netsim.engine.matrix.diff import Diff
from netsim.errors import DocumentationError
from netsim.intent.documentation import Documentation
from netsim.judge.case import Case
from netsim.judge.judgement import Standing
from netsim.loader.load import Loaded, load, load_text
from netsim.loader.registry import Scope
from netsim.loader.tree.documents import Syntax
from netsim.model.bundle import Bundle
from netsim.model.meaning import meaning
from netsim.model.policies import Policy, PolicyApi, Rule
from netsim.model.resources import PodNetwork, Resources
from tests.cli.command import MANIFESTS
from tests.project import ROOT
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.scenarios import documentations

APIS = tuple(PolicyApi)
BAZAAR = MANIFESTS / "bazaar"


class Attempt:
    """Policies for a random cluster and a random scenario, and what comes of them."""

    def __init__(self, cluster: Cluster, documentation: Documentation, api: PolicyApi) -> None:
        empty = load([str(ROOT / "manifests")], "default", None, Scope.BUNDLE)
        self.loaded: Loaded = replace(empty, resources=cluster.resources, bundle=Bundle())
        self.described = LocatedDocumentation(documentation, None, None)
        self.request = GenerateRequest(
            (),
            ipblock_pods=cluster.conventions.ipblock_pods,
            pod_ranges=cluster.conventions.pod_ranges,
            api=api,
        )

    def propose(self) -> GenerateResult | None:
        """None where an endpoint is not in the cluster."""
        try:
            return propose(self.request, self.described, self.loaded)
        except DocumentationError:
            return None

    def judge(self, policies: tuple[Policy, ...], result: GenerateResult) -> Case:
        """The case with these in place of those that the result replaces."""
        kept = [p for p in self.loaded.resources.policies if p.title in result.kept]
        ordered = sorted((*kept, *policies), key=lambda each: each.tier.is_ordered)
        resources = replace(self.loaded.resources, policies=tuple(ordered))
        conventions = self.request.conventions(self.described.scenario)
        loaded = replace(self.loaded, resources=resources)
        return assemble_case(loaded, (), conventions, self.described)


def read(text: str) -> tuple[Policy, ...]:
    """The policies of a text, which has to be without fault."""
    loaded = load_text(text, "policies.yaml", syntax=Syntax.YAML)
    assert not loaded.diagnostics
    return loaded.resources.policies


def draw_attempt(data: st.DataObject, cluster: Cluster) -> Attempt | None:
    documentation = data.draw(documentations(cluster.resources))
    api = data.draw(st.sampled_from(APIS))
    return Attempt(cluster, documentation, api) if documentation else None


@thorough(250)
@given(st.data(), clusters())
def test_what_is_written_is_what_is_documented(data: st.DataObject, cluster: Cluster) -> None:
    attempt = draw_attempt(data, cluster)
    result = attempt.propose() if attempt else None
    if attempt is None or result is None:
        return
    assert bool(result.text) != bool(result.obstacles or result.unknown)
    if result.text:
        case = attempt.judge(read(result.text), result)
        wrong = [
            each for each in case.judgements if each.standing is not Standing.AS_DOCUMENTED
        ]
        assert wrong == []
        assert attempt.propose() == result


@thorough(150)
@given(st.data(), clusters())
def test_every_rule_is_needed(data: st.DataObject, cluster: Cluster) -> None:
    attempt = draw_attempt(data, replace(cluster, resources=plain(cluster.resources)))
    result = attempt.propose() if attempt else None
    if attempt is None or result is None or not result.text:
        return
    for policies in leave_out_one_rule(read(result.text)):
        case = attempt.judge(policies, result)
        assert any(each.broken or each.undecided for each in case.judgements)


def plain(resources: Resources) -> Resources:
    """Without nodes, which reach their pods by themselves, and admin tiers, which may allow."""
    pods = (
        replace(pod, network=PodNetwork.POD, node=None, host_addresses=None)
        for pod in resources.pods
    )
    policies = tuple(policy for policy in resources.policies if policy.namespace)
    return replace(resources, nodes=(), pods=tuple(pods), policies=policies)


def leave_out_one_rule(policies: tuple[Policy, ...]) -> Iterator[tuple[Policy, ...]]:
    """Each time without one rule.

    Pods that take several selectors, such as those without both of two labels, have a policy
    for each, numbered, with the same rules: these are one.
    """
    for policy in policies:
        for rule in policy.rules:
            yield tuple(
                replace(each, rules=tuple(r for r in each.rules if not is_alike(r, rule)))
                if base(each) == base(policy)
                else each
                for each in policies
            )


def base(policy: Policy) -> tuple[str, str]:
    return policy.namespace, re.sub(r"-\d+$", "", policy.name)


def is_alike(rule: Rule, other: Rule) -> bool:
    return rule.direction is other.direction and meaning((rule.peers, rule.ports)) == meaning(
        (other.peers, other.ports)
    )


# --- whole systems ---


@pytest.mark.parametrize("api", APIS)
def test_this_repository(
    api: PolicyApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = netsim.generate("manifests", api=api, compare=True)
    assert result.text
    assert not result.remaining
    # It says what the policies say that people wrote.
    assert result.comparison
    assert result.comparison.diff == Diff((), (), (), (), ())
    (tmp_path / "new.yaml").write_text(result.text, "utf-8")
    checked = netsim.check(tmp_path / "new.yaml", scenario="scenarios/production.yaml")
    assert {each.standing for each in checked.judgements} == {Standing.AS_DOCUMENTED}


@pytest.mark.parametrize("api", APIS)
def test_twelve_services(
    api: PolicyApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(MANIFESTS)
    result = netsim.generate("bazaar/bazaar.yaml", api=api, scenario="bazaar/scenario.yaml")
    (tmp_path / "new.yaml").write_text(result.text, "utf-8")
    paths = ("bazaar/bazaar.yaml", tmp_path / "new.yaml")
    checked = netsim.check(paths, scenario="bazaar/scenario.yaml")
    assert checked.conclusion is netsim.Conclusion.PASSED
    assert not checked.findings
    for word in ("2.4.1", "helm.sh", "part-of"):
        assert word not in result.text.partition("---")[2]


# --- what is hard to say ---

HEAD = """\
namespace: shop
podRanges: [10.0.0.0/8]
endpoints:
"""


def deployment(name: str, labels: str, more: str = "") -> str:
    return f"""\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop}}
spec:
  selector: {{matchLabels: {{{labels}}}}}
  template:
    metadata: {{labels: {{{labels}}}}}
    spec: {{containers: [{{name: x, image: "x:1.0.0"}}]{more}}}
---
"""


WEB, API = deployment("web", "app: web"), deployment("api", "app: api")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    return tmp_path


def run(manifests: str, scenario: str, **options: str) -> GenerateResult:
    Path("k8s.yaml").write_text(manifests, "utf-8")
    Path("scenarios/shop.yaml").write_text(HEAD + scenario, "utf-8")
    return netsim.generate("k8s.yaml", **options)  # type: ignore[arg-type] # only texts


_EITHER = "(172.16.0.0/12): leave these out with except, or say with podRanges where pods are"


@pytest.mark.usefixtures("shop")
class TestAdvice:
    """A rule by address also opens pods: what the scenario has to say, and only then."""

    @pytest.mark.parametrize(
        ("ranges", "addresses", "advice"),
        [
            (
                "podRanges: [10.0.0.0/8]\n",
                "[0.0.0.0/0]",
                "(10.0.0.0/8): leave these out with except",
            ),
            # Nothing would be left of it.
            (
                "podRanges: [10.0.0.0/8]\n",
                "[10.1.0.0/16]",
                "(10.1.0.0/16): say with podRanges where pods are",
            ),
            (
                "",
                "[172.0.0.0/8]",
                _EITHER,
            ),
            ("podRanges: [10.0.0.0/8]\n", "[0.0.0.0/0], except: [10.0.0.0/8]", None),
        ],
    )
    def test_addresses_of_pods(self, ranges: str, addresses: str, advice: str | None) -> None:
        Path("k8s.yaml").write_text(WEB + API, "utf-8")
        Path("scenarios/shop.yaml").write_text(
            f"namespace: shop\n{ranges}endpoints:\n  web: {{workload: web}}\n"
            f"  world: {{addresses: {addresses}}}\n"
            "flows: [{from: web, to: world, ports: [443], because: calls}]\n",
            "utf-8",
        )
        result = netsim.generate("k8s.yaml")
        expected = f"pods may have addresses of world, too {advice}"
        assert result.advice == ((expected,) if advice else ())
        assert bool(result.text) is (advice is None)

    def test_whatever_else_is_on_a_node(self) -> None:
        """A rule for pods on the network of their node is one for the node."""
        agent = deployment("agent", "app: agent", ", hostNetwork: true")
        node = """\
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 192.168.1.10}]}
---
"""
        manifests = WEB + agent.replace("namespace: shop", "namespace: tools") + node
        scenario = (
            "  agent: {workload: tools/agent}\n  web: {workload: web}\n"
            "  nodes: {addresses: [192.168.1.10/32]}\n"
            "flows: [{from: agent, to: web, ports: [9100], because: metrics}]\n"
        )
        result = run(manifests, scenario)
        (advice,) = result.advice
        assert advice == (
            "agent has the addresses of its nodes (192.168.1.10/32), as has whatever else runs "
            "there: add an endpoint with these addresses, and the same flows"
        )
        assert run(manifests, scenario.replace("from: agent", "from: [agent, nodes]")).text

    def test_other_obstacles_take_none(self) -> None:
        result = run(
            WEB + API + GUARD.format("guard", "shop", "Deny"),
            "  web: {workload: web}\n  api: {workload: api}\n"
            "  world: {addresses: [203.0.113.0/24]}\n"
            "flows:\n  - {from: web, to: api, ports: [80], because: calls}\n"
            "  - {from: web, to: world, ports: [443], because: calls}\n",
        )
        assert result.obstacles
        assert result.advice == ()


@pytest.mark.usefixtures("shop")
class TestObstacles:
    def test_workloads_that_no_label_tells_apart(self) -> None:
        result = run(
            WEB + deployment("canary", "app: web"),
            "  web: {workload: web}\n  canary: {workload: canary}\n"
            "  db: {addresses: [192.0.2.1/32]}\n"
            "flows: [{from: web, to: db, ports: [5432], because: data}]\n",
        )
        assert not result.text
        (obstacle,) = result.obstacles
        assert obstacle == (
            "web: no selector tells shop/web[Deployment] from shop/canary[Deployment], which "
            "may have the same labels (app=web): give one of them a label of its own"
        )

    def test_they_are_no_obstacle_where_no_flow_is_about_one_of_them(self) -> None:
        result = run(
            WEB + API + deployment("canary", "app: web"),
            "  web: {labels: {app: web}}\n  canary: {workload: canary}\n"
            "  api: {workload: api}\n"
            "flows: [{from: web, to: api, ports: [80], because: calls}]\n",
        )
        assert result.text

    def test_pods_on_the_network_of_a_node(self) -> None:
        scenario = (
            "  agent: {workload: agent}\n  web: {workload: web}\n"
            "flows: [{from: agent, to: web, ports: [9100], because: metrics}]\n"
        )
        agent = deployment("agent", "app: agent", ", hostNetwork: true").replace(
            "namespace: shop", "namespace: tools"
        )
        scenario = scenario.replace("workload: agent", "workload: tools/agent")
        result = run(WEB + agent, scenario)
        assert "uses the network of its node" in result.obstacles[0]
        node = """\
apiVersion: v1
kind: Node
metadata: {name: node-1}
status: {addresses: [{type: InternalIP, address: 192.0.2.7}]}
"""
        # What else is on the node has its address, too, and has to be documented.
        result = run(WEB + agent + node, scenario)
        assert "any other address -> web TCP 9100: allowed" in result.obstacles[0]
        both = scenario.replace("from: agent", "from: [agent, nodes]")
        result = run(WEB + agent + node, f"  nodes: {{addresses: [192.0.2.7/32]}}\n{both}")
        assert "192.0.2.7/32" in result.text

    def test_labels_that_change_with_the_version(self) -> None:
        flows = (
            "  db: {addresses: [192.0.2.1/32]}\n"
            "flows: [{from: web, to: db, ports: [5432], because: data}]\n"
        )
        result = run(WEB, "  web: {labels: {app: front, helm.sh/chart: web-1.2.3}}\n" + flows)
        assert "app: front" in result.text
        assert "helm.sh" not in result.text
        result = run(WEB, "  web: {labels: {helm.sh/chart: web-1.2.3}}\n" + flows)
        assert "helm.sh/chart=web-1.2.3 changes with the version" in result.obstacles[0]

    def test_a_denial_in_a_direction_that_is_not_closed(self) -> None:
        result = run(
            WEB,
            "  web: {workload: web}\n  bad: {addresses: [192.0.2.0/24]}\n"
            "directions: [ingress]\nflows: []\n"
            "deny: [{from: web, to: bad, because: never}]\n",
        )
        assert not result.text
        assert "documented as denied" in result.obstacles[0]

    def test_pods_in_a_block(self) -> None:
        pod = """\
apiVersion: v1
kind: Pod
metadata: {name: vm, namespace: tools}
spec: {containers: [{name: x, image: "x:1.0.0"}]}
status: {podIP: 192.0.2.9}
"""
        result = run(
            WEB + pod,
            "  web: {workload: web}\n  far: {addresses: [192.0.2.0/24]}\n"
            "flows: [{from: web, to: far, ports: [443], because: calls}]\n",
        )
        assert "web -> tools/vm[Pod] TCP 443: allowed, but neither drawn" in result.obstacles[0]


@pytest.mark.usefixtures("shop")
class TestUnknown:
    SCENARIO = (
        "  web: {workload: web}\n  api: {workload: api}\n"
        "flows: [{from: web, to: api, ports: [80], because: calls}]\n"
    )

    def test_policies_that_are_not_evaluated(self) -> None:
        cilium = """\
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: guard, namespace: shop}
spec: {endpointSelector: {}}
"""
        result = run(WEB + API + cilium, self.SCENARIO)
        assert not result.text
        assert not result.obstacles
        assert any("CiliumNetworkPolicy" in each for each in result.unknown)

    def test_rejected_documents(self) -> None:
        wrong = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}\n"
        with pytest.raises(netsim.UnanswerableError, match="no policies are written"):
            run(WEB + API + wrong + "spec: {podSelecter: {}}\n", self.SCENARIO)

    def test_nothing_is_documented(self, shop: Path) -> None:
        (shop / "k8s.yaml").write_text(WEB, "utf-8")
        with pytest.raises(netsim.UnanswerableError, match="nothing is documented"):
            netsim.generate("k8s.yaml")

    def test_an_endpoint_that_is_not_there(self) -> None:
        with pytest.raises(netsim.DocumentationError, match="no workload 'shop/api'"):
            run(WEB, self.SCENARIO)


POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: old, namespace: {}}}
spec: {{podSelector: {{}}, policyTypes: [Ingress]}}
---
"""
GUARD = """\
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {{name: {}}}
spec:
  tier: Admin
  priority: 500
  subject: {{namespaces: {{matchLabels: {{kubernetes.io/metadata.name: {}}}}}}}
  egress:
    - {{action: {}, to: [{{namespaces: {{}}}}]}}
---
"""


@pytest.mark.usefixtures("shop")
class TestPoliciesOfTheInput:
    SCENARIO = TestUnknown.SCENARIO

    def test_those_of_other_namespaces_stay(self) -> None:
        manifests = WEB + API + POLICY.format("shop") + POLICY.format("tools")
        result = run(manifests, self.SCENARIO)
        assert result.text
        assert (result.replaced, result.kept) == (("shop/old",), ("tools/old",))
        assert result.stale == ("shop/old",)

    def test_those_whose_name_is_used_again_are_not_stale(self) -> None:
        written = run(WEB + API, self.SCENARIO).text
        result = run(f"{WEB}{API}{written}\n---\n", self.SCENARIO)
        assert "shop/default-deny" in result.replaced
        assert result.stale == ()

    def test_those_of_the_admin_tier_stay_and_count(self) -> None:
        manifests = WEB + API + GUARD.format("guard", "shop", "Deny")
        result = run(manifests, self.SCENARIO)
        assert result.kept == ("ClusterNetworkPolicy/guard",)
        assert "web -> api TCP 80: documented, but denied" in result.obstacles[0]

    def test_cluster_policies_stand_in_for_those_of_the_same_namespaces(self) -> None:
        guards = GUARD.format("guard", "shop", "Deny") + GUARD.format("far", "tools", "Deny")
        result = run(WEB + API + guards, self.SCENARIO, api="clusternetworkpolicy")
        assert result.replaced == ("ClusterNetworkPolicy/guard",)
        assert result.kept == ("ClusterNetworkPolicy/far",)
        assert "priority: 501" in result.text


@pytest.mark.usefixtures("shop")
class TestText:
    def test_a_denial_is_left_out_of_a_wide_flow(self) -> None:
        result = run(
            WEB + API,
            "  all: {labels: {}}\n  web: {workload: web}\n"
            "  far: {addresses: [192.0.2.0/24]}\n  bad: {addresses: [192.0.2.128/25]}\n"
            "flows: [{from: all, to: far, ports: [443], because: calls}]\n"
            "deny:\n  - {from: web, to: far, because: never}\n"
            "  - {from: all, to: bad, because: never}\n",
        )
        assert "operator: NotIn\n        values:\n          - web\n" in result.text
        assert "cidr: 192.0.2.0/25" in result.text

    def test_wide_flows_at_both_ends_open_nothing_between(self) -> None:
        result = run(
            WEB + API,
            "  web: {workload: web}\n  api: {workload: api}\n"
            "  cluster: {namespace: '*', labels: {}}\n"
            "flows:\n  - {from: web, to: cluster, because: it crawls}\n"
            "  - {from: cluster, to: api, ports: [9090], because: metrics}\n",
        )
        assert result.text
        assert "- namespaceSelector: {}" in result.text
        assert re.search(r"values:\n +- shop\n", result.text)
        assert re.search(r"values:\n +- web\n", result.text)

    def test_names_are_those_of_objects(self) -> None:
        result = run(
            WEB + API,
            "  Wéb App: {labels: {app: web}}\n  default deny: {labels: {app: api}}\n"
            "flows: [{from: Wéb App, to: default deny, ports: [80], because: calls}]\n",
        )
        names = [policy.name for policy in read(result.text)]
        assert names == ["default-deny", "default-deny-2", "web-app"]

    def test_namesakes_go_by_the_names_of_the_scenario(self) -> None:
        daemon = deployment("web", "app: daemon").replace("Deployment", "DaemonSet")
        result = run(
            WEB + daemon,
            "  front: {workload: 'web[Deployment]'}\n  back: {workload: 'web[DaemonSet]'}\n"
            "flows: [{from: front, to: back, ports: [80], because: calls}]\n",
        )
        names = [policy.name for policy in read(result.text)]
        assert names == ["default-deny", "back", "front"]

    def test_what_is_left_of_an_endpoint_goes_by_its_name(self) -> None:
        """Though all that is left today is one that has a name of its own."""
        result = run(
            deployment("web", "app: web, tier: front")
            + deployment("api", "app: api, tier: front"),
            "  front: {labels: {tier: front}}\n  web: {labels: {app: web}}\n"
            "  api: {labels: {app: api}}\n  db: {addresses: [192.0.2.1/32]}\n"
            "flows: [{from: front, to: db, ports: [5432], because: data}]\n"
            "deny: [{from: web, to: db, because: never}]\n",
        )
        names = [policy.name for policy in read(result.text)]
        assert names == ["default-deny", "front"]

    def test_comments_steer_nothing(self) -> None:
        result = run(
            WEB + API,
            '  web: {workload: web}\n  "a\\nkind: Pod": {workload: api}\n'
            'flows: [{from: web, to: "a\\nkind: Pod", ports: [80], because: "\\e[31m"}]\n',
        )
        assert "\x1b" not in result.text
        assert len(read(result.text)) == 3

    def test_what_another_rule_allows_takes_none(self) -> None:
        result = run(
            WEB,
            "  all: {labels: {}}\n  web: {workload: web}\n"
            "  dns: {namespace: kube-system, labels: {k8s-app: kube-dns}}\n"
            "flows:\n  - {from: all, to: dns, ports: [UDP 53, TCP 53], because: names}\n"
            "  - {from: web, to: dns, ports: [UDP 53], because: names}\n",
        )
        assert [p.name for p in read(result.text)] == ["default-deny", "allow-dns"]

    def test_pods_that_cannot_resolve_names_are_named(self) -> None:
        result = run(
            WEB + API,
            TestUnknown.SCENARIO,
        )
        assert result.text
        assert [each.rule for each in result.remaining] == ["dns-blocked"]

    def test_many_networks_are_several_rules_of_a_cluster_policy(self) -> None:
        blocks = ", ".join(f"192.0.2.{n}/32" for n in range(0, 120, 2))
        ports = ", ".join(map(str, range(1, 120, 2)))
        result = run(
            WEB,
            f"  web: {{workload: web}}\n  far: {{addresses: [{blocks}]}}\n"
            f"flows: [{{from: web, to: far, ports: [{ports}], because: many}}]\n",
            api="clusternetworkpolicy",
        )
        assert result.text
        assert len(read(result.text)) == 2
