"""Which ports are asked for client certificates, and what an answer is worth."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from netsim.probe.judging.compare import Agreement
from netsim.probe.judging.diagnosis import Mismatch
from netsim.probe.judging.mutual_tls import TlsComparison
from netsim.probe.planning.documented import Documented
from netsim.probe.planning.mutual_tls import TlsJob
from netsim.probe.planning.plan import ProbePlan, Wanted, plan
from netsim.probe.planning.targets import Replicas
from netsim.probe.pods import live_pod
from netsim.probe.result import ProbeConclusion
from netsim.probe.ways.tls import Handshake, TlsOutcome
from tests.probe.samples import SCENARIO, documented, live, pod, raw_pod, shop
from tests.probe.test_session import Case

CLAIMED = "(port 4000, mTLS)"
PLAIN = "(port 4000)"


def planned(
    label: str = CLAIMED,
    scenario: str = SCENARIO,
    pods: list[dict[str, object]] | None = None,
    wanted: Wanted | None = None,
) -> ProbePlan:
    said = documented(scenario, label)
    return plan(live(pods), said, wanted or Wanted())


def test_one_handshake_a_port() -> None:
    (job,) = planned().handshakes
    assert str(job) == "api TCP 4000"
    assert (job.pod.title, job.flows) == ("shop/api-0", ("web -> api",))
    assert planned(PLAIN).handshakes == ()


def test_flows_to_one_port_share_it() -> None:
    two = f"{CLAIMED}\n└─────┘\n┌─────┐\n│ DB  │──→ API {CLAIMED}"
    (job,) = planned(two).handshakes
    assert job.flows == ("web -> api", "db -> api")


def test_every_port_that_the_claim_covers() -> None:
    ports = SCENARIO.replace("[{port: 4000}]", "[{port: 4000}, {port: 4001}, {port: 9000}]")
    jobs = planned("(ports 4000-4001, mTLS)", ports).handshakes
    assert [job.port for job in jobs] == [4000, 4001]
    # Without ports it covers all that are known.
    jobs = planned("(mTLS)", ports).handshakes
    assert [job.port for job in jobs] == [4000, 4001, 9000]


def test_one_pod_of_a_workload_or_all() -> None:
    pods = shop()
    for number in (1, 2):
        found = raw_pod(f"api-x-{number}", f"10.1.1.{number}", 4000, app="api")
        owner = {"kind": "StatefulSet", "name": "api-x", "controller": True}
        found["metadata"]["ownerReferences"] = [owner]
        pods.append(found)
    one = planned(pods=pods)
    every = planned(pods=pods, wanted=Wanted(Replicas.ALL))
    names = [[job.pod.name for job in each.handshakes] for each in (one, every)]
    assert names == [["api-0", "api-x-1"], ["api-0", "api-x-1", "api-x-2"]]


@pytest.mark.parametrize("label", ["(UDP 4000, mTLS)", "(UDP, mTLS)"])
def test_only_tcp(label: str) -> None:
    found = planned(label)
    assert found.handshakes == ()
    said = {each.what: each.reason for each in found.skipped}
    assert said["mutual TLS of web -> api"] == "no pod with one of its TCP ports"


def test_nobody_to_shake_hands_with() -> None:
    found = planned(pods=[raw_pod("web-0", "10.1.0.1", 3000, app="web")])
    assert found.handshakes == ()
    assert "mutual TLS of web -> api" in {each.what for each in found.skipped}


def test_where_ports_are_to_be_opened() -> None:
    assert documented(SCENARIO, CLAIMED).demanding == {"shop"}
    assert documented().demanding == frozenset()
    assert Documented("shop").demanding == frozenset()


API = TlsJob(pod("api-0"), "api", 4000, ("web -> api",))
BEHIND = TlsJob(replace(pod("api-0"), mesh="istio-proxy"), "api", 4000, ("web -> api",))
AGREE, DIFFER, UNCLEAR = Agreement.AGREE, Agreement.DIFFER, Agreement.INCONCLUSIVE


@pytest.mark.parametrize(
    ("outcome", "alone", "behind", "cause"),
    [
        (TlsOutcome.DEMANDED, AGREE, AGREE, None),
        # A proxy may do what the server behind it does not.
        (TlsOutcome.NOT_DEMANDED, DIFFER, UNCLEAR, Mismatch.NO_CERTIFICATE),
        (TlsOutcome.NOT_TLS, DIFFER, UNCLEAR, Mismatch.NO_TLS),
        (TlsOutcome.CLOSED, UNCLEAR, UNCLEAR, None),
        (TlsOutcome.SILENT, UNCLEAR, UNCLEAR, None),
        (TlsOutcome.UNKNOWN, UNCLEAR, UNCLEAR, None),
        (TlsOutcome.NOT_FORWARDED, UNCLEAR, UNCLEAR, None),
    ],
)
def test_what_an_outcome_is_worth(
    outcome: TlsOutcome, alone: Agreement, behind: Agreement, cause: Mismatch | None
) -> None:
    seen = Handshake(outcome, "so it is")
    found = TlsComparison(API, seen)
    assert found.agreement is alone
    assert (found.diagnosis.cause if found.diagnosis else None) is cause
    other = TlsComparison(BEHIND, seen)
    assert (other.agreement, other.diagnosis) == (behind, None)
    assert ("istio-proxy" in other.why) is (cause is not None)


@pytest.mark.parametrize(
    ("outcome", "conclusion"),
    [
        (TlsOutcome.DEMANDED, ProbeConclusion.AGREES),
        (TlsOutcome.NOT_DEMANDED, ProbeConclusion.DIFFERS),
        (TlsOutcome.SILENT, ProbeConclusion.INCONCLUSIVE),
    ],
)
def test_it_counts(tmp_path: Path, outcome: TlsOutcome, conclusion: ProbeConclusion) -> None:
    found = Case(tmp_path, live()).result()
    shaken = (TlsComparison(API, Handshake(outcome)),)
    assert replace(found, handshakes=shaken).conclusion is conclusion


@pytest.mark.parametrize(
    ("spec", "annotations", "mesh"),
    [
        ({"containers": [{"name": "main"}]}, {}, ""),
        ({"containers": [{"name": "main"}, {"name": "istio-proxy"}]}, {}, "istio-proxy"),
        # An init container that goes on.
        ({"initContainers": [{"name": "linkerd-proxy"}]}, {}, "linkerd-proxy"),
        ({"initContainers": [{"name": "istio-init"}]}, {}, ""),
        ({}, {"ambient.istio.io/redirection": "enabled"}, "ztunnel"),
        ({}, {"ambient.istio.io/redirection": "disabled"}, ""),
    ],
)
def test_meshes(spec: dict[str, object], annotations: dict[str, str], mesh: str) -> None:
    found = {"metadata": {"name": "api", "annotations": annotations}, "spec": spec}
    assert live_pod(found).mesh == mesh
