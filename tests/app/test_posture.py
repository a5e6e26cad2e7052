"""What ``check`` says of manifests that nothing documents, and where it says nothing."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from netsim.app.causes import group_causes
from netsim.app.check import CheckRequest, CheckResult, Conclusion, check
from netsim.app.documentation import Discovery
from netsim.app.posture import Network, Posture
from netsim.engine.query.survey import Isolation
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location
from tests.cli.command import MANIFESTS
from tests.project import ROOT

APP = MANIFESTS / "posture"
BROKEN = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: broken, namespace: shop}
spec: {podSelecter: {}}
"""


def run(*paths: Path | str, stdin: str = "") -> CheckResult:
    request = CheckRequest(
        tuple(map(str, paths)), stdin=StringIO(stdin), discovery=Discovery.NONE
    )
    return check(request)


def posture(*paths: Path | str, stdin: str = "") -> Posture:
    found = run(*paths, stdin=stdin).posture
    assert found
    return found


def network() -> Network:
    found = posture(APP).network
    assert found
    return found


def test_namespaces_are_counted_by_direction() -> None:
    counts = {
        each.name: (each.workloads, dict(each.ingress)[Isolation.SURELY])
        for each in network().namespaces
    }
    assert counts == {"jobs": (1, 0), "ops": (3, 0), "shop": (8, 8)}


def test_it_tells_what_is_open_and_what_is_closed() -> None:
    found = network()
    assert [(each.via, each.standing.value) for each in found.ways_in] == [
        ("Ingress shop/api", "cannot be decided"),
        ("LoadBalancer shop/web", "open"),
        ("NodePort ops/grafana", "open"),
    ]
    assert [each.workload for each in found.from_cluster][-1] == "shop/web[Deployment]"
    assert [each.title for each in found.closed_services if each.awaits] == [
        "Service shop/cart"
    ]
    assert (found.workloads, found.services, len(found.metadata.surely)) == (12, 10, 5)


def test_there_is_none_where_something_is_documented() -> None:
    scenario = str(ROOT / "scenarios/production.yaml")
    request = CheckRequest((str(ROOT / "manifests"),), scenario=scenario)
    assert check(request).posture is None
    assert check(CheckRequest((str(APP),), scenario="missing.yaml")).posture is None


def test_a_rejected_document_leaves_the_network_unknown() -> None:
    found = posture(APP, "-", stdin=BROKEN)
    assert found.network is None
    assert "1 document or file could not be read" in found.limits[0]
    assert not found.next_step
    assert found.causes


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        # Policies alone say nothing of workloads.
        (BROKEN.replace("podSelecter", "podSelector"), "No workload was read"),
        ("", "Nothing was read"),
    ],
)
def test_what_there_is_nothing_to_say_about(text: str, limit: str) -> None:
    found = posture("-", stdin=text)
    assert found.network is None
    assert limit in found.limits[0]


def test_policies_of_other_systems_and_placeholders_are_limits() -> None:
    text = (
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
        "metadata: {name: all, namespace: shop}\nspec: {endpointSelector: {}}\n---\n"
        "apiVersion: v1\nkind: Pod\nmetadata: {name: x, namespace: shop, "
        'labels: {app: "${APP}"}}\nspec: {containers: [{name: main, image: i}]}\n'
    )
    result = run("-", stdin=text)
    assert result.conclusion is not Conclusion.NOT_COMPARED
    assert result.posture
    assert [each.partition(":")[0] for each in result.posture.limits] == [
        "Policies that are not evaluated (CiliumNetworkPolicy)",
        "Placeholders leave open what these do",
    ]


def test_the_next_step_is_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "my manifests"
    folder.mkdir()
    (folder / "app.yaml").write_text((APP / "app.yaml").read_text())
    request = CheckRequest((str(folder),), "shop")
    found = check(request).posture
    assert found
    assert found.next_step == (
        f"netsim init '{folder}' --namespace shop -o scenarios/netsim.yaml"
    )


def test_the_next_step_takes_the_diagram_beside_the_manifests(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "app.yaml").write_text((APP / "app.yaml").read_text())
    drawing = "# Net\n\n```mermaid\nflowchart LR\n  web --> api\n```\n"
    (tmp_path / "README.md").write_text(drawing)
    found = check(CheckRequest((str(tmp_path),))).posture
    assert found
    assert "README.md#Net" in found.next_step


def finding(
    rule: str, message: str, severity: Severity = Severity.WARNING, policy: str | None = None
) -> Finding:
    return Finding(rule, severity, message, Location("f", 1), policy)


ONE_CAUSE = [
    # Two workloads that need one Secret.
    [
        finding("secret-not-provided", "a/web[Deployment] needs Secret a/s, which"),
        finding("secret-not-provided", "a/api[StatefulSet] needs Secret a/s, which"),
    ],
    # One peer in rules of several policies.
    [
        finding("peer-matches-nothing", "a/x ingress[0]: none has app=y in namespace a"),
        finding("peer-matches-nothing", "a/z egress[1].to[0]: none has app=y in namespace a"),
    ],
    # The same mistake in two namespaces.
    [
        finding("service-without-endpoints", "Service a/x selects no pod of namespace a"),
        finding("service-without-endpoints", "Service b/x selects no pod of namespace b"),
    ],
    # One policy, made in each namespace.
    [
        finding("service-blocked", "NodePort Service a/x leads to a/y", policy="a/deny"),
        finding("service-blocked", "NodePort Service b/z leads to b/z", policy="b/deny"),
    ],
    # One Secret with several values.
    [
        finding("secret-looks-real", "Secret a/s: the value of one"),
        finding("secret-looks-real", "Secret a/s: the value of two"),
    ],
    [
        finding("workload-not-isolated", "a/x[Job]: no policy selects it"),
        finding("workload-not-isolated", "a/y[Job]: no policy selects it"),
    ],
]


@pytest.mark.parametrize("findings", ONE_CAUSE)
def test_findings_of_one_cause_are_one_group(findings: list[Finding]) -> None:
    (cause,) = group_causes(findings)
    assert cause.findings == tuple(findings)


TWO_CAUSES = [
    # Another Secret, another severity, another rule, another block.
    [
        finding("secret-not-provided", "a/web[Deployment] needs Secret a/s, which"),
        finding("secret-not-provided", "a/web[Deployment] needs Secret a/t, which"),
    ],
    [finding("dns-blocked", "x"), finding("dns-blocked", "x", Severity.NOTE)],
    [finding("dns-blocked", "x"), finding("exposed", "x")],
    [
        finding("ipblock-opens-pods", "a/x egress[0]: the block 10.0.0.0/8 also opens"),
        finding("ipblock-opens-pods", "a/x egress[0]: the block 11.0.0.0/8 also opens"),
    ],
]


@pytest.mark.parametrize("findings", TWO_CAUSES)
def test_other_findings_are_causes_of_their_own(findings: list[Finding]) -> None:
    assert [each.findings for each in group_causes(findings)] == [(f,) for f in findings]


def test_the_likeliest_cause_comes_first() -> None:
    absent = finding("peer-matches-nothing", "a/x ingress[0]: none has app=y")
    near = finding(
        "peer-matches-nothing", "a/x ingress[1]: none has app=ap; the nearest is a/b"
    )
    shown = finding("dns-blocked", "a/x: cannot resolve names")
    note = finding("dns-blocked", "a/x: connects to nothing", Severity.NOTE)
    error = finding("secret-not-provided", "a/x needs Secret a/s", Severity.ERROR)
    found = group_causes([absent, note, near, shown, error])
    assert [each.first for each in found] == [error, near, shown, absent, note]
