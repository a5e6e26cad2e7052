"""What becomes of mutants, and why; and which entries of the documentation are idle."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.app.coverage import CoverageRequest, CoverageResult, coverage
from netsim.judge.judgement import Standing
from netsim.mutation.idle_flows import Idleness
from netsim.mutation.trial import Fate, Gap, Redundancy, Trial
from netsim.report.coverage.words import advise, describe_idle

WORKLOADS = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: i}]}
---
apiVersion: v1
kind: Pod
metadata: {name: api, namespace: shop, labels: {app: api}}
spec: {containers: [{name: c, image: i, ports: [{name: http, containerPort: 80}]}]}
---
apiVersion: v1
kind: Pod
metadata: {name: tool, namespace: tools, labels: {app: tool}}
spec: {containers: [{name: c, image: i}]}
---
"""
CLOSED = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
"""
API = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]
---
"""
WEB = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]
---
"""
TOOL = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: tool, namespace: tools}
spec:
  podSelector: {matchLabels: {app: tool}}
  ingress: [{from: [{namespaceSelector: {}}], ports: [{port: 443}]}]
---
"""
ENDPOINTS = "endpoints: {web: {workload: web}, api: {workload: api}}\n"
CALL = "- {from: web, to: api, ports: [TCP 80], because: it calls it}\n"
SCENARIO = f"namespace: shop\n{ENDPOINTS}flows:\n{CALL}"


def measure(tmp_path: Path, manifests: str, scenario: str) -> CoverageResult:
    (tmp_path / "m.yaml").write_text(WORKLOADS + manifests, encoding="utf-8")
    (tmp_path / "s.yaml").write_text(scenario, encoding="utf-8")
    request = CoverageRequest((str(tmp_path / "m.yaml"),), scenario=str(tmp_path / "s.yaml"))
    return coverage(request)


def find(result: CoverageResult, subject: str, what: str) -> Trial:
    (found,) = (
        trial
        for trial in result.trials
        if trial.mutant.subject == subject and trial.mutant.what.startswith(what)
    )
    return found


def test_what_is_documented_is_noticed_when_it_breaks(tmp_path: Path) -> None:
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO)
    trial = find(result, "shop/api ingress[0]", "removed")
    assert trial.fate is Fate.NOTICED
    assert trial.evidence
    assert trial.evidence.standing is Standing.BROKEN
    assert (trial.evidence.source, trial.evidence.destination) == ("web", "api")


def test_what_is_not_documented_is_noticed_when_it_opens(tmp_path: Path) -> None:
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO)
    trial = find(result, "shop/api", "ingress open")
    assert trial.fate is Fate.NOTICED
    assert trial.evidence
    assert trial.evidence.standing is Standing.EXPOSED


def test_what_is_denied_is_noticed_as_forbidden(tmp_path: Path) -> None:
    denied = "deny: [{from: other, to: api, because: never}]\n"
    others = ENDPOINTS.replace("}}", "}, other: {workload: tool, namespace: tools}}")
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO.replace(ENDPOINTS, others) + denied)
    trial = find(result, "shop/api ingress[0]", "from anyone")
    assert trial.evidence
    assert trial.evidence.standing in (Standing.FORBIDDEN, Standing.EXPOSED)


def test_a_pod_that_nobody_has_written_shows_a_wider_peer(tmp_path: Path) -> None:
    """Of ``app=web`` in another namespace there is none but in mutants."""
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO)
    trial = find(result, "shop/api ingress[0]", "app=web of any namespace")
    assert trial.fate is Fate.NOTICED
    assert trial.evidence
    assert "app=web in" in trial.evidence.source


def test_the_other_end_makes_a_change_redundant(tmp_path: Path) -> None:
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO)
    trial = find(result, "shop/web egress[0]", "on every port")
    assert (trial.fate, trial.redundancy) == (Fate.REDUNDANT, Redundancy.OTHER_END)
    assert trial.evidence is None


def test_another_policy_makes_a_change_redundant(tmp_path: Path) -> None:
    result = measure(
        tmp_path, CLOSED + API + API.replace("name: api,", "name: same,"), SCENARIO
    )
    trial = find(result, "shop/same", "dropped")
    assert (trial.fate, trial.redundancy) == (Fate.REDUNDANT, Redundancy.SAME)


def test_redundant_mutants_do_not_count(tmp_path: Path) -> None:
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO)
    assert result.redundant
    assert result.score.counted == len(result.trials) - result.redundant
    assert not result.survivors


def test_another_namespace_is_outside(tmp_path: Path) -> None:
    result = measure(tmp_path, CLOSED + API + WEB + TOOL, SCENARIO)
    trial = find(result, "tools/tool ingress[0]", "TCP 444")
    assert trial.fate is Fate.UNDOCUMENTED
    assert trial.evidence
    assert trial.evidence.gap is Gap.OUTSIDE
    assert trial.evidence.namespaces[-1] == "tools"
    (tool,) = (each for each in result.policies if each.title == "tools/tool")
    assert tool.score.noticed == 0
    assert result.score.counted - result.score.noticed == tool.score.counted


def test_a_scenario_of_one_direction_leaves_the_other_open(tmp_path: Path) -> None:
    scenario = SCENARIO.replace("namespace: shop\n", "namespace: shop\ndirections: [ingress]\n")
    result = measure(tmp_path, CLOSED + API + WEB, scenario)
    trial = find(result, "shop/closed", "egress open")
    assert trial.fate is Fate.UNDOCUMENTED
    assert trial.evidence
    assert trial.evidence.gap is Gap.ONE_WAY


def test_what_check_reports_already_is_no_evidence(tmp_path: Path) -> None:
    """Nothing isolates the API for egress, so opening it once more shows nothing new."""
    result = measure(tmp_path, API, SCENARIO)
    assert result.faults
    trial = find(result, "shop/api ingress[0]", "TCP 81")
    assert trial.fate is Fate.NOTICED
    closed = find(
        measure(tmp_path, API.replace("app: web", "app: tool"), SCENARIO),
        "shop/api ingress[0]",
        "removed",
    )
    assert closed.evidence
    assert closed.evidence.gap is Gap.FAULTY


def test_what_is_open_leaves_a_mutant_unknown(tmp_path: Path) -> None:
    placeholder = TOOL.replace("port: 443", 'port: "${PORT}"')
    result = measure(tmp_path, CLOSED + API + WEB + placeholder, SCENARIO)
    trial = find(result, "tools/tool ingress[0]", "removed")
    assert trial.fate is Fate.UNKNOWN
    assert trial in result.survivors


def test_lines_have_scores(tmp_path: Path) -> None:
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO)
    for policy in result.policies:
        assert sum(score.counted for _, score in policy.lines) == policy.score.counted


def test_admin_tiers_are_tried(tmp_path: Path) -> None:
    admin = """
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: {name: open}
spec:
  tier: Baseline
  priority: 1
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: guard}
spec:
  priority: 1
  subject: {namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}
  ingress:
    - {action: Allow, from: [{namespaces: {matchLabels: {kubernetes.io/metadata.name: shop}}}],
       ports: [{portNumber: {protocol: TCP, port: 80}}]}
"""
    result = measure(tmp_path, admin + "---\n" + API, SCENARIO)
    turned = find(result, "AdminNetworkPolicy/guard ingress[0]", "Deny instead of Allow")
    assert turned.fate is Fate.NOTICED
    baseline = find(result, "ClusterNetworkPolicy/open ingress[0]", "Allow instead of Deny")
    assert baseline.fate is Fate.NOTICED


@pytest.mark.parametrize(
    ("more", "idle"),
    [
        ("", []),
        (CALL, [Idleness.REPEATED, Idleness.REPEATED]),
        ("deny: [{from: api, to: web, because: never}]\n", [Idleness.DENIED_ANYWAY]),
        # A denial holds even if drawn: without it, the flow would be broken.
        (
            (
                "- {from: api, to: web, ports: [TCP 9], because: drawn}\n"
                "deny: [{from: api, to: web, because: never}]\n"
            ),
            [Idleness.OVERRULED],
        ),
    ],
)
def test_idle_entries(tmp_path: Path, more: str, idle: list[Idleness]) -> None:
    result = measure(tmp_path, CLOSED + API + WEB, SCENARIO + more)
    assert [each.idleness for each in result.idle] == idle


THREE = (
    "endpoints: {web: {workload: web}, api: {workload: api}, tool: {workload: tools/tool}}\n"
)


def test_a_pair_crossed_out_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "drawn.md").write_text(
        "# Net\n```mermaid\nflowchart LR\n  web -->|port 80| api\n  api x--x tool\n```\n",
        "utf-8",
    )
    drawn = f"diagram: {{file: drawn.md, heading: Net}}\nnamespace: shop\n{THREE}"
    (idle,) = measure(tmp_path, CLOSED + API + WEB, drawn).idle
    assert describe_idle(idle) == (
        "api <-> tool every port (denied): whatever is not documented counts as denied anyway"
    )


@pytest.mark.parametrize(
    ("labels", "advice"),
    [
        # The endpoint has the pods that only a policy asks for.
        ("{app: job}", "add {from: scrapers, to: tools/tool[Pod]} to deny: of the scenario"),
        # It has every pod, so a denial of it would say too much.
        ("{}", "with an endpoint for "),
    ],
)
def test_advice_names_what_a_scenario_knows(tmp_path: Path, labels: str, advice: str) -> None:
    endpoint = f", scrapers: {{namespace: '*', labels: {labels}}}}}\n"
    scenario = SCENARIO.replace("}\n", endpoint, 1)
    result = measure(tmp_path, CLOSED + API + WEB + TOOL, scenario)
    assert advice in advise(result.survivors[0])
