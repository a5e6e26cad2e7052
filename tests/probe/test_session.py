"""From a cluster that does this or that to the conclusion and the diagnosis.

The simulator stands for the cluster: it enforces what a test says it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from netsim.model.conventions import Conventions
from netsim.probe.campaign import Campaign
from netsim.probe.cluster import Live, of_file
from netsim.probe.interface import Job, Observation, Purpose, Symptom
from netsim.probe.judging.compare import Agreement, Compared
from netsim.probe.judging.diagnosis import Mismatch
from netsim.probe.judging.policies import Drift
from netsim.probe.judging.simulate import Simulator, world
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.plan import ByName, Wanted, plan
from netsim.probe.pods import LivePod
from netsim.probe.result import Impact, ProbeConclusion, ProbeResult
from netsim.probe.session import ProbeSubject, Session
from tests.probe.planning.test_plan import SERVICE
from tests.probe.samples import (
    OPEN_ALL,
    POLICIES,
    SCENARIO,
    documented,
    live,
    raw_pod,
    raw_policies,
    shop,
    written,
)

CONVENTIONS = Conventions()


@dataclass
class Network:
    """A cluster that enforces policies, but for some jobs, by their texts."""

    simulator: Simulator
    instead: dict[str, Symptom] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        self.asked += map(str, jobs)
        return tuple(map(self._observation, self.simulator.run(source, jobs), jobs))

    def _observation(self, found: Observation, job: Job) -> Observation:
        if job.purpose is Purpose.CONTROL:
            name = f"{job} (control)"
            return Observation(job.id, self.instead.get(name, Symptom.OPEN))
        return replace(found, outcome=self.instead.get(str(job), found.outcome))

    def stop(self) -> None: ...


@dataclass
class Case:
    """A cluster, what the manifests say, and what the network enforces."""

    folder: Path
    cluster: Live
    policies: str = POLICIES
    enforced: str | None = None
    instead: dict[str, Symptom] = field(default_factory=dict)
    said: Documented = field(default_factory=documented)
    wanted: Wanted = field(default_factory=Wanted)

    def result(self) -> ProbeResult:
        ours = written(self.folder, self.policies)
        subject = ProbeSubject(self.cluster, ours, self.said, CONVENTIONS, {})
        session = Session(subject, plan(self.cluster, self.said, self.wanted))
        live_policies = self.cluster.resources.policies
        if self.enforced is not None:
            live_policies = (
                written(self.folder, self.enforced).policies if self.enforced else ()
            )
        held = world(self.cluster.resources, ours, live_policies)
        network = Network(Simulator(held, CONVENTIONS), self.instead)
        campaign = Campaign(network, {}, parallel=2, wait=lambda _: None)
        return session.run(campaign, "simulator")


def differing(found: ProbeResult) -> dict[str, Mismatch | None]:
    return {
        str(each.job): each.diagnosis.cause if each.diagnosis else None
        for each in found.of(Agreement.DIFFER)
    }


def named(found: ProbeResult, name: str) -> Compared:
    return next(each for each in found.comparisons if str(each.job) == name)


def without(name: str) -> str:
    documents = POLICIES.split("---\n")
    return "---\n".join(each for each in documents if f"name: {name}," not in each)


def test_a_cluster_that_agrees(tmp_path: Path) -> None:
    found = Case(tmp_path, live()).result()
    assert found.conclusion is ProbeConclusion.AGREES
    assert (len(found.comparisons), found.count(Agreement.AGREE)) == (6, 6)
    assert (found.extent.jobs, found.extent.controls, found.extent.sources) == (6, 3, 3)
    assert not found.differences
    assert not found.labels


def test_a_policy_that_is_not_applied(tmp_path: Path) -> None:
    found = Case(tmp_path, live(policies=without("db"))).result()
    assert found.conclusion is ProbeConclusion.DIFFERS
    assert differing(found) == {"api -> db TCP 5432": Mismatch.NOT_APPLIED}
    assert "policies.yaml:16) is in the manifests but not" in str(
        named(found, "api -> db TCP 5432").diagnosis
    )


def test_a_policy_that_is_not_applied_and_opens(tmp_path: Path) -> None:
    found = Case(tmp_path, live(policies=without("deny"))).result()
    assert differing(found) == {
        "api -> web TCP 3000": Mismatch.NOT_APPLIED,
        "db -> web TCP 3000": Mismatch.NOT_APPLIED,
    }


def test_another_version_of_a_policy(tmp_path: Path) -> None:
    applied = POLICIES.replace("port: 4000", "port: 4001")
    found = Case(tmp_path, live(policies=applied)).result()
    assert differing(found) == {"web -> api TCP 4000": Mismatch.CHANGED}


def test_an_extra_policy(tmp_path: Path) -> None:
    found = Case(tmp_path, live(policies=f"{POLICIES}---\n{OPEN_ALL}")).result()
    assert set(differing(found).values()) == {Mismatch.EXTRA}
    assert len(differing(found)) == 4
    assert found.extra is Impact.SOME


def test_an_extra_policy_that_changes_nothing(tmp_path: Path) -> None:
    quiet = "---\n" + POLICIES.split("---\n")[0].replace("name: deny", "name: deny-again")
    found = Case(tmp_path, live(policies=POLICIES + quiet)).result()
    assert found.conclusion is ProbeConclusion.AGREES
    assert [each.drift for each in found.differences] == [Drift.EXTRA]
    assert found.extra is Impact.NONE


LATER = POLICIES.split("---\n")[1].replace(": api", ": later")


def test_drift_that_no_connection_shows_counts_as_well(tmp_path: Path) -> None:
    """A policy of pods that are not running is as much a part of the manifests."""
    further = POLICIES + "---\n" + LATER
    found = Case(tmp_path, live(), policies=further).result()
    assert (found.conclusion, differing(found)) == (ProbeConclusion.DIFFERS, {})


def test_of_several_differences_the_one_that_explains_is_blamed(tmp_path: Path) -> None:
    cluster = live(policies=without("db").replace("port: 4000", "port: 4001"))
    assert differing(Case(tmp_path, cluster).result()) == {
        "web -> api TCP 4000": Mismatch.CHANGED,
        "api -> db TCP 5432": Mismatch.NOT_APPLIED,
    }


def test_policies_that_are_not_enforced(tmp_path: Path) -> None:
    found = Case(tmp_path, live(), enforced="").result()
    assert set(differing(found).values()) == {Mismatch.NOT_ENFORCED}
    assert "no denial was seen anywhere" in str(found.of(Agreement.DIFFER)[0].diagnosis)


def test_one_connection_that_is_not_denied(tmp_path: Path) -> None:
    found = Case(tmp_path, live(), instead={"web -> db TCP 5432": Symptom.OPEN}).result()
    assert differing(found) == {"web -> db TCP 5432": Mismatch.NOT_ENFORCED}
    assert "does not enforce them here" in str(found.of(Agreement.DIFFER)[0].diagnosis)


@pytest.mark.parametrize("outcome", [Symptom.TIMEOUT, Symptom.UNREACHABLE, Symptom.REFUSED])
def test_a_denial_that_no_policy_explains(tmp_path: Path, outcome: Symptom) -> None:
    found = Case(tmp_path, live(), instead={"web -> api TCP 4000": outcome}).result()
    assert differing(found) == {"web -> api TCP 4000": Mismatch.UNKNOWN}


def test_live_policies_that_may_not_be_read(tmp_path: Path) -> None:
    cluster = replace(live(policies=without("db")), policies=None)
    found = Case(tmp_path, cluster).result()
    assert differing(found) == {"api -> db TCP 5432": Mismatch.UNKNOWN}
    assert found.extent.live_policies is None


def test_manifests_that_do_not_do_what_is_documented(tmp_path: Path) -> None:
    """What the cluster does is what the manifests say, and neither is what is drawn."""
    found = Case(tmp_path, live(policies=without("db")), policies=without("db")).result()
    assert differing(found) == {"api -> db TCP 5432": Mismatch.MANIFESTS}


def test_nothing_listens(tmp_path: Path) -> None:
    nobody = {
        "web -> api TCP 4000": Symptom.REFUSED,
        "api -> api TCP 4000 (control)": Symptom.REFUSED,
        # Whatever gets there is refused.
        "db -> api TCP 4000": Symptom.TIMEOUT,
    }
    found = Case(tmp_path, live(), instead=nobody).result()
    flow = named(found, "web -> api TCP 4000")
    assert flow.agreement is Agreement.AGREE
    assert flow.diagnosis
    assert flow.diagnosis.cause is Mismatch.NOTHING_LISTENS
    assert found.conclusion is ProbeConclusion.AGREES
    # Who does not answer itself does not refuse others either.
    nobody["api -> api TCP 4000 (control)"] = Symptom.EXEC_ERROR
    found = Case(tmp_path, live(), instead=nobody).result()
    assert named(found, "db -> api TCP 4000").agreement is Agreement.INCONCLUSIVE
    assert found.conclusion is ProbeConclusion.INCONCLUSIVE


NO_EGRESS = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: no-way-out, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {}}]}]
"""
RUNNER = SCENARIO.replace("  db:", "  runner: {labels: {app: runner}}\n  db:")
RUNNER += "  - {from: '*', to: runner, because: it is not trusted}\n"
INTO_IT = {f"{name} -> runner TCP 80" for name in ("web", "api", "db")}
CLOSED = {"runner -> runner TCP 80 (control)": Symptom.REFUSED}


def runner_case(tmp_path: Path, instead: dict[str, Symptom]) -> Case:
    pods = [*shop(), raw_pod("runner-0", "10.1.0.4", app="runner")]
    return Case(tmp_path, live(pods), said=documented(RUNNER), instead=CLOSED | instead)


def test_a_pod_without_a_known_port_that_nothing_may_reach(tmp_path: Path) -> None:
    found = runner_case(tmp_path, {}).result()
    assert found.conclusion is ProbeConclusion.AGREES
    assert {str(each.job) for each in found.comparisons} > INTO_IT
    assert not found.skipped


def test_one_that_is_reached(tmp_path: Path) -> None:
    # A refusal is what gets through to a pod in which nothing listens.
    found = runner_case(tmp_path, {"web -> runner TCP 80": Symptom.REFUSED}).result()
    assert found.conclusion is ProbeConclusion.INCONCLUSIVE
    assert "may have reached the pod" in named(found, "web -> runner TCP 80").why
    found = runner_case(tmp_path, {"web -> runner TCP 80": Symptom.OPEN}).result()
    assert found.conclusion is ProbeConclusion.DIFFERS


METADATA = SCENARIO.replace("  db:", "  metadata: {addresses: [169.254.169.254/32]}\n  db:")
METADATA += "  - {from: web, to: metadata, because: it hands out credentials}\n"
TO_IT = "web -> metadata (169.254.169.254) TCP 80"


@pytest.mark.parametrize(
    ("outcome", "conclusion", "skipped"),
    [
        (Symptom.OPEN, ProbeConclusion.DIFFERS, 0),
        # Whether it would have answered, nobody knows.
        (Symptom.TIMEOUT, ProbeConclusion.AGREES, 1),
        (Symptom.UNREACHABLE, ProbeConclusion.AGREES, 1),
        (Symptom.REFUSED, ProbeConclusion.AGREES, 1),
        # It was not even tried.
        (Symptom.EXEC_ERROR, ProbeConclusion.INCONCLUSIVE, 0),
        (Symptom.NO_TOOL, ProbeConclusion.INCONCLUSIVE, 0),
    ],
)
def test_an_address_that_must_never_be_reached(
    tmp_path: Path, outcome: Symptom, conclusion: ProbeConclusion, skipped: int
) -> None:
    said = documented(METADATA)
    closed = POLICIES + "---\n" + NO_EGRESS
    case = Case(tmp_path, live(policies=closed), closed, said=said, instead={TO_IT: outcome})
    found = case.result()
    assert found.conclusion is conclusion
    assert [each.what for each in found.skipped] == [TO_IT.removesuffix(" TCP 80")] * skipped


def test_a_plugin_that_rejects_hides_whether_it_is_reached(tmp_path: Path) -> None:
    denied = {"web -> db TCP 5432", "api -> web TCP 3000", "db -> web TCP 3000"}
    found = runner_case(tmp_path, dict.fromkeys(denied | INTO_IT, Symptom.REFUSED)).result()
    assert found.conclusion is ProbeConclusion.AGREES
    (skipped,) = found.skipped
    assert skipped.what == "any -> runner"
    assert "TCP 80: refused, but this network also refuses" in skipped.reason
    assert found.extent.controls == 4


def test_a_plugin_that_rejects(tmp_path: Path) -> None:
    denied = ("web -> db TCP 5432", "api -> web TCP 3000", "db -> web TCP 3000")
    refused = dict.fromkeys((*denied, "db -> api TCP 4000"), Symptom.REFUSED)
    assert Case(tmp_path, live(), instead=refused).result().conclusion is ProbeConclusion.AGREES


@pytest.mark.parametrize("fault", [Symptom.EXEC_ERROR, Symptom.NO_TOOL, Symptom.DNS])
def test_faults_are_never_verdicts(tmp_path: Path, fault: Symptom) -> None:
    every = dict.fromkeys(
        ("web -> api TCP 4000", "web -> db TCP 5432", "db -> api TCP 4000"), fault
    )
    found = Case(tmp_path, live(), instead=every).result()
    assert found.conclusion is ProbeConclusion.INCONCLUSIVE
    assert (found.count(Agreement.DIFFER), found.count(Agreement.INCONCLUSIVE)) == (0, 3)


def test_no_connection_at_all_shows_nothing(tmp_path: Path) -> None:
    lonely = live([raw_pod("web-0", "10.1.0.1", app="web")])
    assert Case(tmp_path, lonely).result().conclusion is ProbeConclusion.INCONCLUSIVE


def test_a_label_that_drifted(tmp_path: Path) -> None:
    pods = [*shop()[:1], raw_pod("api-0", "10.1.0.2", 4000, app="apo"), shop()[2]]
    found = Case(tmp_path, live(pods)).result()
    assert found.conclusion is ProbeConclusion.DIFFERS
    (drift,) = found.labels
    assert (drift.pod, drift.missing) == ("shop/api-0", "app=api (has app=apo)")


WORKLOADS = SCENARIO.replace("{labels: {app: api}, ports: [{port: 4000}]}", "{workload: api}")
DEPLOYMENT = """\
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: main, ports: [{containerPort: 4000}]}]}
"""


def test_a_pod_unlike_its_template(tmp_path: Path) -> None:
    """The workload is found by its name; the policies no longer find its pods."""
    pod = raw_pod("api-abc-1", "10.1.0.2", 4000, app="apo", **{"pod-template-hash": "abc"})
    owner = {"kind": "ReplicaSet", "name": "api-abc", "controller": True}
    pod["metadata"]["ownerReferences"] = [owner]
    case = Case(tmp_path, live([shop()[0], pod, shop()[2]]), said=documented(WORKLOADS))
    case.policies = POLICIES + DEPLOYMENT
    found = case.result()
    assert differing(found) == {
        "web -> api TCP 4000": Mismatch.LABELS,
        "api -> db TCP 5432": Mismatch.LABELS,
    }


def test_a_service_that_leads_elsewhere(tmp_path: Path) -> None:
    cluster = of_file([*shop(), *raw_policies(), SERVICE], "shop")
    case = Case(tmp_path, cluster, wanted=Wanted(services=ByName.YES))
    assert case.result().conclusion is ProbeConclusion.AGREES
    case.instead = {"web -> svc/shop/api TCP 80": Symptom.TIMEOUT}
    assert differing(case.result()) == {"web -> svc/shop/api TCP 80": Mismatch.SERVICE}
    # The pod itself cannot be reached: the Service is not to blame.
    case.instead = dict.fromkeys(
        ("web -> svc/shop/api TCP 80", "web -> api TCP 4000"), Symptom.TIMEOUT
    )
    assert set(differing(case.result()).values()) == {Mismatch.UNKNOWN}
    case.cluster = of_file([*shop(), *raw_policies(without("api")), SERVICE], "shop")
    case.instead = {}
    assert set(differing(case.result()).values()) == {Mismatch.NOT_APPLIED}
    case.cluster = cluster
    # That a name is not resolved says nothing of the connection.
    case.instead = {"web -> svc/shop/api TCP 80": Symptom.DNS}
    assert case.result().conclusion is ProbeConclusion.INCONCLUSIVE


def test_without_documentation(tmp_path: Path) -> None:
    found = Case(tmp_path, live(), said=Documented("shop")).result()
    assert found.conclusion is ProbeConclusion.AGREES
    drifted = Case(tmp_path, live(policies=without("db")), said=Documented("shop")).result()
    assert set(differing(drifted).values()) == {Mismatch.NOT_APPLIED}


def test_policies_where_the_manifests_do_not_speak_are_no_drift(tmp_path: Path) -> None:
    other: list[dict[str, Any]] = raw_policies(OPEN_ALL)
    other[0]["metadata"]["namespace"] = "edge"
    cluster = of_file([*shop(), *raw_policies(), *other], "shop")
    assert not Case(tmp_path, cluster).result().differences


def test_policies_that_were_not_read_are_no_drift(tmp_path: Path) -> None:
    """The manifests of several namespaces, of which one is probed."""
    elsewhere = without("api").replace("namespace: shop", "namespace: edge")
    found = Case(tmp_path, live(), f"{POLICIES}---\n{elsewhere}").result()
    assert found.conclusion is ProbeConclusion.AGREES
    assert not found.differences
    assert [each.what for each in found.unread] == ["NetworkPolicies of edge"]
