"""What proves that a connection passes, or does not."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome
from netsim.probe.interface import Job, Observation, Purpose, Symptom
from netsim.probe.judging.verdicts import NOTHING_LISTENS, Controls, judge_observation
from tests.probe.samples import control, job, target

ALLOW, DENY, UNKNOWN = Outcome.ALLOW, Outcome.DENY, Outcome.UNKNOWN
JOB = job("1")
OWN = control("own")
OTHER = job("other", source="other")
# Two observations that show a network that rejects: refused, where something listens.
ELSEWHERE = target(port=81)
REJECTED, ITS_CONTROL = job("rejected", ELSEWHERE), control("its control", ELSEWHERE)

Seen = dict[str, Symptom]


def answer(outcome: Symptom, expected: Outcome, others: Seen) -> tuple[Outcome, str]:
    jobs = (JOB, OWN, OTHER, REJECTED, ITS_CONTROL)
    every = {"1": outcome, **others}
    seen = {name: Observation(name, found, "detail") for name, found in every.items()}
    found = judge_observation(JOB, seen["1"], expected, Controls(jobs, seen))
    assert found.outcome is outcome
    return found.answer, found.why


NOBODY: Seen = {}
OWN_OPEN = {"own": Symptom.OPEN}
OTHER_OPEN = {"other": Symptom.OPEN}
OWN_CLOSED = {"own": Symptom.REFUSED}
OWN_SILENT = {"own": Symptom.TIMEOUT}
REJECTING = {"rejected": Symptom.REFUSED, "its control": Symptom.OPEN}


@pytest.mark.parametrize(
    ("outcome", "expected", "others", "wanted"),
    [
        (Symptom.OPEN, ALLOW, NOBODY, ALLOW),
        (Symptom.OPEN, DENY, NOBODY, ALLOW),
        # A refusal of what should pass: nothing listens, as the pod itself says.
        (Symptom.REFUSED, ALLOW, OWN_CLOSED, ALLOW),
        # Who cannot be asked may listen behind a network that rejects.
        (Symptom.REFUSED, ALLOW, NOBODY, UNKNOWN),
        (Symptom.REFUSED, ALLOW, {"own": Symptom.NO_TOOL}, UNKNOWN),
        (Symptom.REFUSED, ALLOW, OWN_SILENT, UNKNOWN),
        # Something listens, so it was the network that refused.
        (Symptom.REFUSED, ALLOW, OWN_OPEN, DENY),
        (Symptom.REFUSED, ALLOW, OTHER_OPEN, DENY),
        # Where the network rejects, a refusal shows nothing without a control.
        (Symptom.REFUSED, ALLOW, REJECTING, UNKNOWN),
        # That nothing listens does not show who refused.
        (Symptom.REFUSED, ALLOW, REJECTING | OWN_CLOSED, UNKNOWN),
        (Symptom.REFUSED, DENY, NOBODY, UNKNOWN),
        (Symptom.REFUSED, DENY, OWN_CLOSED, UNKNOWN),
        (Symptom.REFUSED, DENY, OWN_OPEN, DENY),
        (Symptom.REFUSED, DENY, OTHER_OPEN, DENY),
        (Symptom.REFUSED, UNKNOWN, NOBODY, UNKNOWN),
        # Silence of what should pass is a failure, with or without a listener.
        (Symptom.TIMEOUT, ALLOW, NOBODY, DENY),
        (Symptom.UNREACHABLE, ALLOW, NOBODY, DENY),
        (Symptom.TIMEOUT, ALLOW, OWN_CLOSED, DENY),
        # No policy keeps a pod from itself, so there is something else.
        (Symptom.TIMEOUT, ALLOW, OWN_SILENT, UNKNOWN),
        (Symptom.TIMEOUT, ALLOW, OWN_SILENT | OTHER_OPEN, DENY),
        # Silence of what should not is a denial only where something could have answered.
        (Symptom.TIMEOUT, DENY, NOBODY, UNKNOWN),
        # Nothing listens, but what got there would be refused.
        (Symptom.TIMEOUT, DENY, OWN_CLOSED, DENY),
        (Symptom.UNREACHABLE, DENY, OWN_CLOSED, DENY),
        (Symptom.TIMEOUT, UNKNOWN, OWN_CLOSED, DENY),
        (Symptom.UDP_UNKNOWN, DENY, OWN_CLOSED, UNKNOWN),
        (Symptom.TIMEOUT, DENY, OWN_OPEN, DENY),
        (Symptom.TIMEOUT, DENY, OTHER_OPEN, DENY),
        (Symptom.UNREACHABLE, DENY, NOBODY, UNKNOWN),
        (Symptom.UNREACHABLE, DENY, OWN_OPEN, DENY),
        (Symptom.TIMEOUT, UNKNOWN, NOBODY, UNKNOWN),
        (Symptom.UDP_UNKNOWN, ALLOW, NOBODY, UNKNOWN),
        (Symptom.UDP_UNKNOWN, DENY, NOBODY, UNKNOWN),
        (Symptom.UDP_UNKNOWN, ALLOW, OTHER_OPEN, DENY),
        (Symptom.UDP_UNKNOWN, DENY, OTHER_OPEN, DENY),
        # What says nothing about the network is no verdict, whoever else saw what.
        (Symptom.DNS, ALLOW, OTHER_OPEN, UNKNOWN),
        (Symptom.NO_TOOL, DENY, OTHER_OPEN, UNKNOWN),
        (Symptom.EXEC_ERROR, DENY, OWN_OPEN, UNKNOWN),
        (Symptom.EXEC_ERROR, ALLOW, NOBODY, UNKNOWN),
    ],
)
def test_verdict(outcome: Symptom, expected: Outcome, others: Seen, wanted: Outcome) -> None:
    found, why = answer(outcome, expected, others)
    assert found is wanted
    assert why or found is not UNKNOWN  # whatever is unclear says why


def test_words() -> None:
    assert answer(Symptom.REFUSED, ALLOW, OWN_CLOSED)[1] == NOTHING_LISTENS
    assert answer(Symptom.TIMEOUT, DENY, OWN_OPEN)[1].endswith("the pod itself got through")
    assert answer(Symptom.TIMEOUT, DENY, OTHER_OPEN)[1].endswith("other got through")
    assert answer(Symptom.EXEC_ERROR, DENY, NOBODY)[1] == "detail"


def test_nobody_vouches_for_itself() -> None:
    """A source that saw its target open once and then not is no control of its own."""
    again = job("again")
    seen = {
        "1": Observation("1", Symptom.TIMEOUT),
        "again": Observation("again", Symptom.OPEN),
    }
    found = judge_observation(JOB, seen["1"], DENY, Controls((JOB, again), seen))
    assert found.answer is UNKNOWN


def alone(
    of: Job, outcome: Symptom, expected: Outcome, **others: tuple[Job, Symptom]
) -> Outcome:
    every = {"1": (of, outcome), **others}
    jobs = [replace(each, id=name) for name, (each, _) in every.items()]
    seen = {name: Observation(name, found) for name, (_, found) in every.items()}
    return judge_observation(jobs[0], seen["1"], expected, Controls(jobs, seen)).answer


OUTSIDE = replace(JOB, destination=replace(target(), pod=None), purpose=Purpose.EXTERNAL)


@pytest.mark.parametrize("outcome", [Symptom.TIMEOUT, Symptom.UNREACHABLE])
def test_what_is_outside_may_be_silent_of_itself(outcome: Symptom) -> None:
    assert alone(OUTSIDE, outcome, ALLOW) is UNKNOWN
    seen = replace(OTHER, purpose=Purpose.EXTERNAL), Symptom.OPEN
    assert alone(OUTSIDE, outcome, ALLOW, other=seen) is DENY


SERVICE = replace(
    JOB,
    purpose=Purpose.SERVICE,
    destination=replace(target("api.shop.svc", 8080), behind=target().port),
)


def test_a_service_that_refuses_what_its_pod_would_take() -> None:
    """kube-proxy refuses for a Service without endpoints; that is no network that rejects."""
    assert alone(SERVICE, Symptom.REFUSED, ALLOW) is UNKNOWN
    assert alone(SERVICE, Symptom.REFUSED, ALLOW, own=(OWN, Symptom.REFUSED)) is ALLOW
    for seen in (OWN, OTHER, JOB):
        assert alone(SERVICE, Symptom.REFUSED, ALLOW, seen=(seen, Symptom.OPEN)) is DENY
    refused, listens = (SERVICE, Symptom.REFUSED), (OWN, Symptom.OPEN)
    at_another = replace(OTHER, destination=ELSEWHERE)
    closed = replace(OWN, destination=ELSEWHERE), Symptom.REFUSED
    others = {"service": refused, "own": listens, "closed": closed}
    assert alone(at_another, Symptom.REFUSED, ALLOW, **others) is ALLOW


def test_a_refusal_from_outside_shows_nothing_of_itself() -> None:
    """It may be the server's or a firewall's, and no pod can be asked."""
    assert alone(OUTSIDE, Symptom.REFUSED, ALLOW) is UNKNOWN
    seen = replace(OTHER, purpose=Purpose.EXTERNAL), Symptom.OPEN
    assert alone(OUTSIDE, Symptom.REFUSED, ALLOW, other=seen) is DENY


def meshed(of: Job, protocol: Protocol = Protocol.TCP, port: int = 80) -> Job:
    source = replace(of.source, mesh="istio-proxy")
    to = replace(of.destination, protocol=protocol, port=port)
    return replace(of, source=source, destination=to)


@pytest.mark.parametrize("expected", [ALLOW, DENY])
def test_the_proxy_of_a_mesh_accepts_whatever_the_network_does(expected: Outcome) -> None:
    assert alone(meshed(JOB), Symptom.OPEN, expected) is UNKNOWN
    assert alone(meshed(JOB, Protocol.UDP, 53), Symptom.OPEN, expected) is UNKNOWN
    assert alone(meshed(JOB, Protocol.UDP, 54), Symptom.OPEN, expected) is ALLOW
    # Nor does it show anybody else that something listens.
    assert alone(JOB, Symptom.TIMEOUT, DENY, other=(meshed(OTHER), Symptom.OPEN)) is UNKNOWN
    # What a pod sends to itself does not pass its proxy.
    assert alone(JOB, Symptom.TIMEOUT, DENY, own=(meshed(OWN), Symptom.OPEN)) is DENY
