"""A documented connection is denied.

The diagram draws it, or the scenario lists it, but the policies do not let it through: the
system does not work as documented.  Both ends must allow it, so there is a finding for each end
that does not.

Fix: add the rule shown to the policy named, or remove the connection from the documentation.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.judge.judgement import Judgement, list_class_pairs
from netsim.model.addresses import AddressSet
from netsim.model.edit import Patch
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.finding import Finding, Severity
from netsim.model.flow import Intent
from netsim.model.location import Location
from netsim.model.policies import Direction, Policy
from netsim.model.ports import PortSet
from netsim.model.verdict import DirectionVerdict, NearMiss
from netsim.rules.interface import Check
from netsim.rules.openings import list_openings
from netsim.words import yaml
from netsim.words.lists import join_phrases
from netsim.words.policy_parts import build_blocks

MOST_BLOCKS = 4


class _Denial(Struct):
    """What one end denies of a judgement: ports, and the classes at the other end."""

    verdict: DirectionVerdict
    ports: PortSet = field(default_factory=PortSet.empty)
    others: int = 0

    @property
    def policy(self) -> Policy | None:
        """Of the policies that isolate the end, the one most about it: a rule belongs there.

        None where a rule of an admin tier denies.
        """
        if self.verdict.tier.is_ordered:
            return None
        isolating = (p for p in self.verdict.policies if p.isolates)
        return max(isolating, key=lambda p: len(p.subject.pods.requirements), default=None)

    @property
    def near(self) -> NearMiss | None:
        """The nearest rule of a policy that selects the end, which can be widened there."""
        own = {policy.id for policy in self.verdict.policies}
        for miss in (self.verdict.nearest, self.verdict.also_near):
            if miss and miss.rule.policy in own:
                return miss
        return None

    @property
    def title(self) -> str:
        near = self.near
        if self.policy is None:
            return self.verdict.rules[0].policy.title
        return near.rule.policy.title if near else self.policy.title

    @property
    def location(self) -> Location:
        near = self.near
        if self.policy is None:
            return self.verdict.rules[0].location
        return near.location if near else self.policy.location


_Group = list[tuple[Judgement, _Denial]]


def _run(case: Case) -> Iterator[Finding]:
    grouped: dict[tuple[Location, Direction], _Group] = {}
    for judgement in case.judgements:
        if judgement.broken and not _has_common_family(case, judgement):
            yield _report_families(judgement)
            continue
        for direction in (Direction.EGRESS, Direction.INGRESS):
            denial = _find_denial(case, judgement, direction) if judgement.broken else None
            if denial:
                grouped.setdefault((denial.location, direction), []).append((judgement, denial))
    for group in grouped.values():
        yield _finding(case, group)


def _has_common_family(case: Case, judgement: Judgement) -> bool:
    pairs = list_class_pairs(case.evaluator, judgement.source, judgement.destination)
    return any(case.evaluator.universe.common(*pair) for pair in pairs)


def _report_families(judgement: Judgement) -> Finding:
    flow = judgement.describe(judgement.broken)
    first, *others = judgement.cite(Intent.ALLOWED, "documented here")
    return CHECK.finding(
        first.location,
        f"{flow}: documented, but one end has IPv4 addresses only and the other IPv6: no "
        "packet can pass.",
        flows=(flow,),
        related=tuple(others),
        fix="Give both ends addresses of one family, or document otherwise.",
    )


def _find_denial(case: Case, judgement: Judgement, direction: Direction) -> _Denial | None:
    denial: _Denial | None = None
    evaluator = case.evaluator
    pairs = list_class_pairs(evaluator, judgement.source, judgement.destination)
    for source, destination in pairs:
        flow = Flow(direction, source, destination)
        allowed = evaluator.admitted(flow).possible
        denied = (judgement.broken & judgement.required(direction)) - allowed
        if denied:
            denial = denial or _Denial(direction_verdict(evaluator, flow, denied.first()))
            denial.ports |= denied
            denial.others |= 1 << flow.peer
    return denial


def _finding(case: Case, group: _Group) -> Finding:
    flows = [_describe(case, judgement, denial) for judgement, denial in group]
    denial = group[0][1]
    related = (
        each
        for judgement, _ in group
        for each in judgement.cite(Intent.ALLOWED, "documented here")
    )
    return CHECK.finding(
        denial.location,
        f"{join_phrases(flows)}: documented, but denied. {_explain(denial)}",
        policy=denial.title,
        flows=tuple(flows),
        related=tuple(dict.fromkeys(related)),
        fix=_suggest_fix(case, group),
        patch="\n".join(
            dict.fromkeys(filter(None, (_write_patch(case, *each) for each in group)))
        ),
        patches=tuple(_list_patches(case, group)),
        facet=denial.verdict.direction.word,
    )


def _list_patches(case: Case, group: _Group) -> Iterator[Patch]:
    """Each way of opening, for all flows of the group, each by the same way or its last."""
    ways = [tuple(_list_openings(case, *each)) for each in group]
    if not all(ways):
        return
    for number in range(max(map(len, ways))):
        found = Patch(())
        for each in ways:
            found |= each[min(number, len(each) - 1)]
        yield found


def _list_openings(case: Case, judgement: Judgement, denial: _Denial) -> Iterator[Patch]:
    policy, near = denial.policy, denial.near
    direction = denial.verdict.direction
    peer = _find_peer(case, judgement, denial)
    if policy is None or peer is None:
        return
    subject = judgement.destination if direction is Direction.INGRESS else judgement.source
    rule = near.rule if near else None
    yield from list_openings(case, direction, subject, peer, denial.ports, policy, rule)


def _find_peer(case: Case, judgement: Judgement, denial: _Denial) -> Endpoint | None:
    """What a rule has to name; None where no selector and no few blocks can."""
    ingress = denial.verdict.direction is Direction.INGRESS
    party = judgement.source if ingress else judgement.destination
    bound = {each.name: each for each in case.endpoints}
    if _is_on_host(case, denial) or not party.names:
        return None
    part = _find_outside_part(case, judgement, denial)
    peer: Endpoint = bound[party.names[0]].endpoint
    if part:
        peer = ExternalEndpoint(party.title, part)
    if isinstance(peer, ExternalEndpoint) and len(build_blocks(peer.addresses)) > MOST_BLOCKS:
        return None
    return peer


def _describe(case: Case, judgement: Judgement, denial: _Denial) -> str:
    part = _find_outside_part(case, judgement, denial)
    only = f" (for {part} only)" if part else ""
    return f"{judgement.describe(denial.ports)}{only}"


def _find_outside_part(case: Case, judgement: Judgement, denial: _Denial) -> AddressSet:
    """The addresses concerned, where they are a part of those that are documented."""
    universe = case.evaluator.universe
    ends = judgement.source.members | judgement.destination.members
    if not denial.others & universe.external or not ends & universe.external & ~denial.others:
        return AddressSet.empty()
    atoms = (
        universe.atoms.all[bit - len(universe.pods)] for bit in bits.members(denial.others)
    )
    return AddressSet.union(atom.addresses for atom in atoms)


def _explain(denial: _Denial) -> str:
    verdict = denial.verdict
    if denial.policy is None:
        return f"{verdict.rules[0].title} ({verdict.tier.value} tier) denies it"
    word = verdict.direction.word
    if verdict.nearest:
        return f"The nearest {word} rule is {verdict.nearest.rule.title}: {verdict.nearest.why}"
    return (
        f"{denial.title} isolates the pods for {word}, and no {word} rule lists the peer or "
        "the port"
    )


def _is_on_host(case: Case, denial: _Denial) -> bool:
    return bool(denial.others & case.evaluator.universe.hosts)


def _suggest_fix(case: Case, group: _Group) -> str:
    denial = group[0][1]
    if any(_is_on_host(case, each) for _, each in group):
        return "Remove hostNetwork from the pods: with it, no selector matches them."
    word = denial.verdict.direction.word
    if denial.policy is None:
        return (
            f"Narrow the rule, or put one before it in spec.{word} of {denial.title} that "
            "allows or passes this, or document otherwise."
        )
    return f"Add this to spec.{word} of {denial.title}, or document otherwise."


def _write_patch(case: Case, judgement: Judgement, denial: _Denial) -> str:
    direction = denial.verdict.direction
    party = judgement.source if direction is Direction.INGRESS else judgement.destination
    bound = {each.name: each for each in case.endpoints}
    if denial.policy is None or _is_on_host(case, denial):
        return ""
    part = _find_outside_part(case, judgement, denial)
    peer: Endpoint = bound[party.names[0]].endpoint
    if part:
        peer = ExternalEndpoint(party.title, part)
    if isinstance(peer, ExternalEndpoint) and len(build_blocks(peer.addresses)) > MOST_BLOCKS:
        return ""
    return yaml.rule(direction, peer, denial.policy.namespace, denial.ports)


CHECK = Check(
    id="broken",
    title="A documented connection is denied",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
