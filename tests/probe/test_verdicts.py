"""What proves that a connection passes, or does not."""

from __future__ import annotations

import pytest

from netsim.model.verdict import Outcome as Answer
from netsim.probe.interface import Observation, Outcome
from netsim.probe.verdicts import NOTHING_LISTENS, Controls, observed
from tests.probe.samples import control, job, target

ALLOW, DENY, UNKNOWN = Answer.ALLOW, Answer.DENY, Answer.UNKNOWN
JOB = job("1")
OWN = control("own")
OTHER = job("other", source="other")
# Two observations that show a network that rejects: refused, where something listens.
ELSEWHERE = target(port=81)
REJECTED, ITS_CONTROL = job("rejected", ELSEWHERE), control("its control", ELSEWHERE)

Seen = dict[str, Outcome]


def answer(outcome: Outcome, expected: Answer, others: Seen) -> tuple[Answer, str]:
    jobs = (JOB, OWN, OTHER, REJECTED, ITS_CONTROL)
    every = {"1": outcome, **others}
    seen = {name: Observation(name, found, "detail") for name, found in every.items()}
    found = observed(JOB, seen["1"], expected, Controls(jobs, seen))
    assert found.outcome is outcome
    return found.answer, found.why


NOBODY: Seen = {}
OWN_OPEN = {"own": Outcome.OPEN}
OTHER_OPEN = {"other": Outcome.OPEN}
OWN_CLOSED = {"own": Outcome.REFUSED}
REJECTING = {"rejected": Outcome.REFUSED, "its control": Outcome.OPEN}


@pytest.mark.parametrize(
    ("outcome", "expected", "others", "wanted"),
    [
        (Outcome.OPEN, ALLOW, NOBODY, ALLOW),
        (Outcome.OPEN, DENY, NOBODY, ALLOW),
        # A refusal of what should pass: nobody listens.
        (Outcome.REFUSED, ALLOW, NOBODY, ALLOW),
        (Outcome.REFUSED, ALLOW, OWN_CLOSED, ALLOW),
        # Something listens, so it was the network that refused.
        (Outcome.REFUSED, ALLOW, OWN_OPEN, DENY),
        (Outcome.REFUSED, ALLOW, OTHER_OPEN, DENY),
        # Where the network rejects, a refusal shows nothing without a control.
        (Outcome.REFUSED, ALLOW, REJECTING, UNKNOWN),
        (Outcome.REFUSED, ALLOW, REJECTING | OWN_CLOSED, ALLOW),
        (Outcome.REFUSED, DENY, NOBODY, UNKNOWN),
        (Outcome.REFUSED, DENY, OWN_CLOSED, UNKNOWN),
        (Outcome.REFUSED, DENY, OWN_OPEN, DENY),
        (Outcome.REFUSED, DENY, OTHER_OPEN, DENY),
        (Outcome.REFUSED, UNKNOWN, NOBODY, UNKNOWN),
        # Silence of what should pass is a failure, with or without a listener.
        (Outcome.TIMEOUT, ALLOW, NOBODY, DENY),
        (Outcome.UNREACHABLE, ALLOW, NOBODY, DENY),
        # Silence of what should not is a denial only where something could have answered.
        (Outcome.TIMEOUT, DENY, NOBODY, UNKNOWN),
        (Outcome.TIMEOUT, DENY, OWN_CLOSED, UNKNOWN),
        (Outcome.TIMEOUT, DENY, OWN_OPEN, DENY),
        (Outcome.TIMEOUT, DENY, OTHER_OPEN, DENY),
        (Outcome.UNREACHABLE, DENY, NOBODY, UNKNOWN),
        (Outcome.UNREACHABLE, DENY, OWN_OPEN, DENY),
        (Outcome.TIMEOUT, UNKNOWN, NOBODY, UNKNOWN),
        (Outcome.UDP_UNKNOWN, ALLOW, NOBODY, UNKNOWN),
        (Outcome.UDP_UNKNOWN, DENY, NOBODY, UNKNOWN),
        (Outcome.UDP_UNKNOWN, ALLOW, OTHER_OPEN, DENY),
        (Outcome.UDP_UNKNOWN, DENY, OTHER_OPEN, DENY),
        # What says nothing about the network is no verdict, whoever else saw what.
        (Outcome.DNS, ALLOW, OTHER_OPEN, UNKNOWN),
        (Outcome.NO_TOOL, DENY, OTHER_OPEN, UNKNOWN),
        (Outcome.EXEC_ERROR, DENY, OWN_OPEN, UNKNOWN),
        (Outcome.EXEC_ERROR, ALLOW, NOBODY, UNKNOWN),
    ],
)
def test_verdict(outcome: Outcome, expected: Answer, others: Seen, wanted: Answer) -> None:
    found, why = answer(outcome, expected, others)
    assert found is wanted
    assert why or found is not UNKNOWN  # whatever is unclear says why


def test_words() -> None:
    assert answer(Outcome.REFUSED, ALLOW, NOBODY)[1] == NOTHING_LISTENS
    assert answer(Outcome.TIMEOUT, DENY, OWN_OPEN)[1].endswith("as the pod itself saw")
    assert answer(Outcome.TIMEOUT, DENY, OTHER_OPEN)[1].endswith("as other saw")
    assert answer(Outcome.EXEC_ERROR, DENY, NOBODY)[1] == "detail"


def test_nobody_vouches_for_itself() -> None:
    """A source that saw its target open once and then not is no control of its own."""
    again = job("again")
    seen = {
        "1": Observation("1", Outcome.TIMEOUT),
        "again": Observation("again", Outcome.OPEN),
    }
    found = observed(JOB, seen["1"], DENY, Controls((JOB, again), seen))
    assert found.answer is UNKNOWN
