"""Which policies make the two sides of a comparison differ."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import cached_property

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import decide_direction
from netsim.engine.matrix.diff import Difference, Side
from netsim.engine.matrix.listing import split_ends, title_of
from netsim.engine.naming.controller import TITLE
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.statement import state
from netsim.engine.space import bits
from netsim.model.location import Location
from netsim.model.meaning import meaning
from netsim.model.other_systems import UnevaluatedPolicy
from netsim.model.policies import Direction, Policy
from netsim.model.ports import Connection
from netsim.model.resources import Pod, Resources
from netsim.model.verdict import DirectionVerdict, Effect, Outcome


class Status(Enum):
    """What became of a policy."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    SAME = "unchanged"


class Cause(Struct, frozen=True):
    """A policy, or another object, that makes a difference, and where it stands."""

    title: str
    status: Status
    says: str
    location: Location | None = None

    def __str__(self) -> str:
        place = f" ({self.location})" if self.location else ""
        return f"{self.title} ({self.status.value}) {self.says}{place}"


class UnmatchedPolicy(Struct, frozen=True):
    """A policy that differs between the sides and selects no known pod, and where it stands."""

    title: str
    status: Status
    selector: str
    location: Location

    def __str__(self) -> str:
        return (
            f"{self.title} ({self.status.value}) selects no known pod: {self.selector} "
            f"({self.location})"
        )


def find_changed(old: Resources, new: Resources) -> tuple[Policy, ...]:
    """The policies of either side that say what none of the other one does."""
    before, now = (frozenset(map(state, side.policies)) for side in (old, new))
    return tuple(
        policy
        for resources, other in ((old, now), (new, before))
        for policy in resources.policies
        if state(policy) not in other
    )


def find_unmatched(old: Side, new: Side) -> tuple[UnmatchedPolicy, ...]:
    """The changed policies that select no known pod, in the form they have now, if any."""
    before, now = (
        {policy.title: policy for policy in side.resources.policies} for side in (old, new)
    )
    found: dict[str, UnmatchedPolicy] = {}
    for policy in find_changed(old.resources, new.resources):
        status = Status.CHANGED
        if policy.title not in before:
            status = Status.ADDED
        elif policy.title not in now:
            status = Status.REMOVED
        side = new if policy is now.get(policy.title) else old
        if not side.selects_known(policy):
            selector = str(policy.subject.pods)
            if policy.subject.namespaces is not None:
                selector = f"{selector} in namespaces with {policy.subject.namespaces}"
            found[policy.title] = UnmatchedPolicy(
                policy.title, status, selector, policy.location
            )
    return tuple(found.values())


class Causes:
    """Finds the causes of differences between two sides."""

    def __init__(self, old: Side, new: Side) -> None:
        self._old = old
        self._new = new
        self._owned = _list_owned(old), _list_owned(new)
        self._told: dict[tuple[int, Direction, int], DirectionVerdict | None] = {}

    def of(self, difference: Difference) -> tuple[Cause, ...]:
        """The policies that were added, removed or changed and decide; else what else did."""
        found: dict[Cause, None] = {}
        for connection in _samples(difference):
            pair = self._pair(difference, connection)
            for cause in self._between(pair, connection) if pair else ():
                found[cause] = None
        return tuple(found) or tuple(self._others(difference))

    def _pair(self, difference: Difference, connection: Connection) -> _Pair | None:
        """Classes of both sides for which the connection differs."""
        before, now = self._owned
        after = {ends.key: ends for ends in _classes(self._new, now, difference)}
        pairs = [
            _Pair(old, after[old.key])
            for old in _classes(self._old, before, difference)
            if old.key in after
        ]
        if len(pairs) == 1 == len(after):
            return pairs[0]
        for pair in pairs:
            if pair.old.allows(connection) != pair.new.allows(connection):
                return pair
        return None

    def _between(self, pair: _Pair, connection: Connection) -> Iterator[Cause]:
        for direction in (Direction.INGRESS, Direction.EGRESS):
            was = self._ask(pair.old, direction, connection)
            is_ = self._ask(pair.new, direction, connection)
            if was.outcome is not is_.outcome:
                yield from self._directed(was, is_)
                yield from self._passing(was, is_)

    def _ask(
        self, ends: _Ends, direction: Direction, connection: Connection
    ) -> DirectionVerdict:
        """What one end says; asked once of an end whose policies have no rule for anybody."""
        flow = Flow(direction, ends.source, ends.destination)
        evaluator = ends.side.explaining
        key = id(evaluator), direction, flow.subject
        if key not in self._told:
            is_alike = not _has_rules(evaluator, direction, flow.subject)
            self._told[key] = (
                decide_direction(evaluator, flow, connection) if is_alike else None
            )
        return self._told[key] or decide_direction(evaluator, flow, connection)

    def _directed(self, was: DirectionVerdict, is_: DirectionVerdict) -> Iterator[Cause]:
        allowing = {rule.policy.title for rule in is_.rules if is_.outcome is Outcome.ALLOW}
        for status, verdict, words in (
            (self._status_now, is_, _NOW),
            (self._status_before, was, _BEFORE),
        ):
            word = words[verdict.outcome]
            decided = {rule.policy.title: rule for rule in verdict.rules}
            for policy in verdict.policies:
                rule = decided.get(policy.title)
                known = status(policy.title)
                if verdict is was and rule is None and policy.title in allowing:
                    continue  # the rule that it has now says it all
                if known is Status.SAME or (verdict.rules and rule is None):
                    continue
                text = f"{word} by {rule.direction.word}[{rule.index}]" if rule else word
                if isinstance(policy, UnevaluatedPolicy):
                    text = f"{word}, which {policy.reason}"
                place = rule.location if rule else policy.location
                yield Cause(policy.title, known, text, place)

    def _passing(self, was: DirectionVerdict, is_: DirectionVerdict) -> Iterator[Cause]:
        """Policies that pass a connection on keep others from deciding it."""
        for status, verdict, word in (
            (self._status_now, is_, "passes it on now"),
            (self._status_before, was, "passed it on"),
        ):
            for step in verdict.steps:
                known = status(step.policy.title)
                if step.effect is Effect.PASS and known is not Status.SAME:
                    for rule in step.rules:
                        text = f"{word} by {rule.direction.word}[{rule.index}]"
                        yield Cause(rule.policy.title, known, text, rule.location)

    def _status_now(self, title: str) -> Status:
        if title not in self._meanings[0]:
            return Status.ADDED
        return self._compared(title)

    def _status_before(self, title: str) -> Status:
        if title not in self._meanings[1]:
            return Status.REMOVED
        return self._compared(title)

    def _compared(self, title: str) -> Status:
        before, now = self._meanings
        return Status.SAME if before[title] == now[title] else Status.CHANGED

    @cached_property
    def _meanings(self) -> tuple[dict[str, object], dict[str, object]]:
        return _meanings(self._old.resources), _meanings(self._new.resources)

    def _others(self, difference: Difference) -> Iterator[Cause]:
        """Where no policy is another one: the pods, their namespaces, or ways in."""
        before, now = (
            _describe_policies(self._old.resources),
            _describe_policies(self._new.resources),
        )
        for title in _list_titles(difference):
            namespace = f"namespace {title.partition('/')[0]}"
            for name in (title, namespace):
                if name in before and name in now and before[name][0] != now[name][0]:
                    says = "has other labels, ports or addresses"
                    yield Cause(name, Status.CHANGED, says, now[name][1])
            if title in now and title not in before:
                yield Cause(title, Status.ADDED, "is a further pod", now[title][1])
            if title in before and title not in now:
                yield Cause(title, Status.REMOVED, "is no more", before[title][1])
        if difference.source == TITLE and self._leads_elsewhere():
            yield Cause("Services, Ingresses or routes", Status.CHANGED, "lead elsewhere")

    def _leads_elsewhere(self) -> bool:
        before, now = (
            frozenset(map(meaning, (*side.resources.services, *side.resources.entries)))
            for side in (self._old, self._new)
        )
        return before != now


class _Ends(Struct, frozen=True):
    """Two classes of one side; ``key`` names what they stand for on both sides."""

    side: Side
    source: int
    destination: int
    key: tuple[str, str]

    def allows(self, connection: Connection) -> bool:
        allowed = self.side.explaining.allowed(self.source, self.destination)
        return connection in allowed.sure


_NOW = {
    Outcome.ALLOW: "allows it now",
    Outcome.DENY: "denies it now",
    Outcome.UNKNOWN: "may decide it now",
}
_BEFORE = {
    Outcome.ALLOW: "allowed it",
    Outcome.DENY: "denied it",
    Outcome.UNKNOWN: "may have decided it",
}


class _Pair(Struct, frozen=True):
    old: _Ends
    new: _Ends


def _samples(difference: Difference) -> Iterator[Connection]:
    for ports in (difference.opened, difference.closed):
        if ports:
            yield ports.first()


def _has_rules(evaluator: Evaluator, direction: Direction, subject: int) -> bool:
    """Whether what is said of the connections of a class may depend on the other end."""
    facets = (evaluator, *evaluator.by_family().values())
    return any(
        tier.rectangles for each in facets for tier in each.chains[direction].at(subject)
    )


_Owned = dict[str, list[tuple[int, Pod]]]
"""The pods of each title of a list, with the bits of their classes."""


def _list_owned(side: Side) -> _Owned:
    owned: _Owned = {}
    for bit, pods in enumerate(side.explaining.universe.pods):
        for pod in pods:
            owned.setdefault(_title(pod), []).append((bit, pod))
    return owned


def _classes(side: Side, owned: _Owned, difference: Difference) -> Iterator[_Ends]:
    sources, destinations = (
        tuple(_members(side, owned, title, difference))
        for title in (difference.source, difference.destination)
    )
    for source, first in sources:
        for destination, second in destinations:
            yield _Ends(side, source, destination, (first, second))


def _list_titles(difference: Difference) -> Iterator[str]:
    """Both ends, pod by pod where only some pods of a workload are meant."""
    titles = split_ends(difference.source, difference.destination, difference.parts)
    yield from dict.fromkeys(title for ends in titles for title in ends)


def _members(
    side: Side, owned: _Owned, title: str, difference: Difference
) -> Iterator[tuple[int, str]]:
    """The classes behind a title, with the name of each pod that the difference is about."""
    if title.endswith("[External]") and difference.area:
        for bit in bits.members(side.explaining.universe.outside(difference.area)):
            yield bit, title
        return
    meant = set(_list_titles(difference))
    own = [
        (bit, pod.name or "")
        for bit, pod in owned.get(title, ())
        if not meant.isdisjoint((title, title_of(pod)))
    ]
    yield from sorted(own)


def _title(pod: Pod) -> str:
    return TITLE if pod.name == TITLE else str(pod.workload)


def _meanings(resources: Resources) -> dict[str, object]:
    policies = (*resources.policies, *resources.unevaluated)
    return {policy.title: meaning(policy) for policy in policies}


def _describe_policies(resources: Resources) -> dict[str, tuple[object, Location | None]]:
    pods: dict[str, list[Pod]] = {}
    for pod in resources.pods:
        pods.setdefault(str(pod.workload), []).append(pod)
    found: dict[str, tuple[object, Location | None]] = {
        title: (meaning(tuple(each)), each[0].location) for title, each in pods.items()
    }
    found |= {title_of(pod): (meaning(pod), pod.location) for pod in resources.pods if pod.name}
    for space in resources.namespaces:
        found[f"namespace {space.name}"] = (space.labels, space.location)
    return found
