"""Three-valued decisions: the sets of ports on which each outcome of a tier is possible."""

from __future__ import annotations

import pytest

from netsim.engine.policy.decision import PASSED, Allowed, Decision, Progress
from netsim.model.policies import Action
from netsim.model.ports import PortSet, Protocol

FULL, NONE = PortSet.full(), PortSet.empty()
WEB = PortSet.of(Protocol.TCP, 80)
DNS = PortSet.of(Protocol.UDP, 53)

SURE, MAYBE = "sure", "maybe"
POLICY, PRIORITY = "end of policy", "end of priority"
Step = tuple[str, Action] | str


def walked(*steps: Step) -> Decision:
    """What a tier makes of port 80, given rules that all name that port."""
    progress = Progress()
    for step in (*steps, POLICY, PRIORITY):
        if step == POLICY:
            progress = progress.after_policy()
        elif step == PRIORITY:
            progress = progress.after_priority()
        elif not isinstance(step, str):
            certainty, action = step
            take = progress.surely if certainty is SURE else progress.possibly
            progress = take(WEB, action)
    return progress.decision


ALLOW, DENY, PASS = Action.ALLOW, Action.DENY, Action.PASS
ORDERS: list[tuple[tuple[Step, ...], str]] = [
    ((), "pass"),
    (((SURE, ALLOW),), "allow"),
    (((SURE, PASS), (SURE, DENY)), "pass"),  # Pass is an answer: later rules are not asked
    (((SURE, ALLOW), (SURE, DENY)), "allow"),
    (((MAYBE, ALLOW),), "allow pass"),
    (((MAYBE, ALLOW), (SURE, DENY)), "allow deny"),
    (((MAYBE, DENY), (SURE, DENY)), "deny"),  # either way
    # Two priorities: the first that surely decides does.
    (((SURE, ALLOW), POLICY, PRIORITY, (SURE, DENY)), "allow"),
    (((MAYBE, ALLOW), POLICY, PRIORITY, (SURE, DENY)), "allow deny"),
    # One priority, two policies: nothing orders them.
    (((SURE, ALLOW), POLICY, (SURE, DENY)), "allow deny"),
    (((SURE, DENY), POLICY, (SURE, DENY)), "deny"),
    (((SURE, ALLOW), (SURE, DENY), POLICY, (SURE, PASS)), "allow pass"),
    # One of the two surely decides, so the next priority is not asked.
    (((MAYBE, ALLOW), POLICY, (SURE, ALLOW), POLICY, PRIORITY, (SURE, DENY)), "allow"),
]


@pytest.mark.parametrize(("steps", "expected"), ORDERS)
def test_rules_in_order(steps: tuple[Step, ...], expected: str) -> None:
    found = walked(*steps)
    parts = (("allow", found.allow), ("deny", found.deny), ("pass", found.passed))
    assert " ".join(name for name, ports in parts if ports >= WEB) == expected
    assert found.passed >= DNS  # no rule names it
    assert not DNS & (found.allow | found.deny)


def test_an_isolating_tier_denies_what_no_rule_allows() -> None:
    decision = Decision.isolating(Allowed(WEB, WEB | DNS))
    assert decision == Decision(WEB | DNS, ~WEB, NONE)
    assert decision.allowed == Allowed(WEB, WEB | DNS)


def test_a_tier_that_passes_leaves_the_next_as_it_is() -> None:
    decision = Decision(WEB, DNS, ~(WEB | DNS))
    assert PASSED.then(decision) == decision
    assert decision.then(PASSED) == decision


def test_what_no_tier_decides_is_allowed() -> None:
    assert PASSED.allowed == Allowed(FULL, FULL)
