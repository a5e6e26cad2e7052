"""A cluster that does what is documented, probed by every way and by least privilege."""

from __future__ import annotations

import pytest
import yaml

from tests.fakes.laboratory import production
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.manifests import Document
from tests.fakes.laboratory.nftables import Denial
from tests.probe.live.runs import Prober, Run, Via, at_a_time, false_verdicts

PORT = 443


def roles(prober: Prober, via: Via) -> list[Document]:
    """What ``netsim probe --rbac`` prints."""
    with prober.start(via, "--rbac", *prober.written, roles=()) as process:
        printed, _ = process.communicate()
    assert process.returncode == 0
    return [found for found in yaml.safe_load_all(printed) if found]


def agrees(live: LiveCluster, run: Run) -> None:
    assert run.code == 0, run.stdout + run.stderr
    assert run.found["conclusion"] == "agrees"
    assert {each["agreement"] for each in run.connections} == {"agree"}
    assert {each["observed"] for each in run.connections} == {"allow", "deny"}
    assert false_verdicts(live, run) == []


def test_every_way_agrees_with_no_more_than_the_printed_roles(
    live: LiveCluster, prober: Prober
) -> None:
    needed = {via: roles(prober, via) for via in Via}
    runs = at_a_time(lambda via: prober.run(via, roles=needed[via]), *Via)
    for run in runs.values():
        agrees(live, run)
        assert run.found["unread"] == []
    refused = [entry for entry in live.server.log if entry.status == 403]
    assert {entry.path.split("/")[2] for entry in refused} <= {"policy.networking.k8s.io"}


@pytest.mark.parametrize("via", Via)
def test_who_may_do_nothing_in_pods_is_told_what_is_missing(prober: Prober, via: Via) -> None:
    what = "pods/ephemeralcontainers" if via is Via.EPHEMERAL else "pods/exec"
    kept = [
        role | {"rules": [rule for rule in role["rules"] if what not in rule["resources"]]}
        for role in roles(prober, via)
    ]
    run = prober.run(via, roles=kept)
    assert (run.code, run.stdout) == (2, "")
    assert f"on {what} in production" in run.stderr
    assert "netsim probe --rbac" in run.stderr


@pytest.mark.parametrize("denial", [Denial.RESET, Denial.PROHIBITED])
def test_plugins_that_reject_deny_as_well(
    live: LiveCluster, prober: Prober, denial: Denial
) -> None:
    live.become(production.documents(), denial=denial)
    run = prober.run(Via.EXEC)
    agrees(live, run)
    outcomes = {each["outcome"] for each in run.connections if each["observed"] == "deny"}
    assert outcomes == {"refused" if denial is Denial.RESET else "unreachable"}


def test_addresses_outside_are_tried_where_they_are_named(
    live: LiveCluster, prober: Prober
) -> None:
    for name in ("external", "control-plane"):
        live.laboratory.pods[name].listen(("TCP", PORT))
    hosts = [f"{address}:{PORT}" for address in (production.EXTERNAL, production.CONTROL_PLANE)]
    run = prober.run(Via.EXEC, *(word for host in hosts for word in ("--external", host)))
    agrees(live, run)
    allowed = {
        (each["source"], each["host"])
        for each in run.connections
        if each["purpose"] == "external" and each["observed"] == "allow"
    }
    expected = {("runner", production.EXTERNAL), ("api", production.CONTROL_PLANE)}
    assert allowed == expected


def test_ephemeral_containers_are_restricted_announced_and_used_again(
    live: LiveCluster, prober: Prober
) -> None:
    first, second = (prober.run(Via.EPHEMERAL) for _ in range(2))
    pods = [pod for pod in live.server.store.all("Pod") if "ephemeralContainers" in pod["spec"]]
    titles = {f"{pod['metadata']['namespace']}/{pod['metadata']['name']}" for pod in pods}
    assert set(first.found["extent"]["left_behind"]) == titles
    assert all(title in first.stderr for title in titles)
    assert second.found["extent"]["left_behind"] == []
    for pod in pods:
        (container,) = pod["spec"]["ephemeralContainers"]
        context = container["securityContext"]
        assert context["allowPrivilegeEscalation"] is False
        assert context["capabilities"] == {"drop": ["ALL"]}
        assert context["runAsNonRoot"] is True
        assert context["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize(
    ("form", "text"),
    [("text", "agrees: "), ("markdown", "agrees: "), ("junit", 'failures="0"')],
)
def test_every_format_says_so(shop_prober: Prober, form: str, text: str) -> None:
    run = shop_prober.run(Via.EXEC, form=form)
    assert run.code == 0
    assert text in run.stdout


def test_a_dry_run_prints_what_would_be_run_and_runs_nothing(
    live: LiveCluster, prober: Prober
) -> None:
    before = len(live.server.log)
    run = prober.run(Via.KUBECTL, "--dry-run")
    assert run.code == 0, run.stderr
    assert "kubectl" in run.stdout
    assert "kind: Role" in run.stdout
    assert not [each for each in live.server.log[before:] if each.path.endswith("/exec")]
