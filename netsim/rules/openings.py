"""How a denied connection can be let through: patches, the one that opens least first.

For ``web -> api TCP 4000`` that the policies of ``api`` deny:

1. the nearest rule, if it is for that peer alone: its ports and these
2. the nearest rule, if it is for these ports alone: its peers and this one
3. one more rule of a policy that selects ``api`` and nothing else
4. one more policy for ``api``

A rule is never added to a policy that selects other pods, too: it would open those.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from operator import or_

from msgspec import Struct

from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.judge.policy_ends import Subject, selects_alone
from netsim.model.edit import Patch, Target, Value
from netsim.model.location import Location
from netsim.model.policies import Direction, NumberedPorts, Policy, Rule
from netsim.model.ports import PortSet
from netsim.rules import patches
from netsim.rules.patches import target_at, target_of
from netsim.words.policy_parts import Part, build_policy, build_ports, build_rule


class Addition(Struct, frozen=True):
    """A rule to add: to a policy, or where there is none that is fit, to one for a subject.

    ``name`` is what such a policy would be called, ``near`` a rule that could be widened.
    """

    direction: Direction
    subject: Subject
    name: str
    peers: tuple[Value, ...]
    ports: PortSet
    members: int
    policy: Policy | None = None
    near: Rule | None = None

    @property
    def rule(self) -> Part:
        """The rule."""
        return build_rule(self.direction, [peer.plain for peer in self.peers], self.ports)


def list_openings(
    case: Case, additions: Sequence[Addition], place: Location
) -> Iterator[Patch]:
    """Patches with all additions, each by the same way or by the last that it has.

    New policies go into the file of ``place``.
    """
    ways = [tuple(_list_ways(case, each)) for each in additions]
    for number in range(max(map(len, ways), default=-1) + 1):
        found, own = Patch(()), []
        for addition, each in zip(additions, ways, strict=True):
            if number < len(each):
                found |= each[number]
            else:
                own.append(addition)
        yield reduce(or_, _write_policies(own, place), found)


def _list_ways(case: Case, addition: Addition) -> Iterator[Patch]:
    """Those that change a policy that is there."""
    if addition.near is not None:
        yield from _widen(case, addition, addition.near)
    if addition.policy is not None:
        field = f"spec.{addition.direction.word}"
        yield patches.append(target_of(addition.policy), field, addition.rule)


def _write_policies(additions: Iterable[Addition], place: Location) -> Iterator[Patch]:
    """One policy for each subject."""
    rules: dict[tuple[str, Subject, Direction], list[Part]] = {}
    for each in additions:
        own = rules.setdefault((each.name, each.subject, each.direction), [])
        if each.rule not in own:
            own.append(each.rule)
    for (name, subject, direction), listed in rules.items():
        spec = (name, subject.namespace, subject.selector, (direction,), {direction: listed})
        yield patches.add_document(place, build_policy(*spec))


def _widen(case: Case, addition: Addition, near: Rule) -> Iterator[Patch]:
    """The nearest rule with more ports, or one more peer, where that opens nothing else."""
    policy = case.resources.policy(near.policy)
    if not selects_alone(policy, addition.subject, case.known_resources.pods):
        return
    target, field = target_at(near.policy, near.location), near.location.field
    evaluator = case.evaluator
    admitted = bits.union(
        each.match(evaluator.selection, near.namespace).possible for each in near.peers
    )
    if near.peers and near.ports and admitted == addition.members:
        yield _extend(target, f"{field}.ports", build_ports(addition.ports))
    numbered = [each for each in near.ports if isinstance(each, NumberedPorts)]
    own = PortSet.union(PortSet.of(each.protocol, each.first, each.last) for each in numbered)
    if near.peers and len(numbered) == len(near.ports) and own == addition.ports:
        yield _extend(
            target,
            f"{field}.{near.direction.peer_word}",
            [peer.plain for peer in addition.peers],
        )


def _extend(target: Target, field: str, values: Iterable[Part]) -> Patch:
    found = Patch(())
    for each in values:
        found |= patches.append(target, field, each)
    return found
