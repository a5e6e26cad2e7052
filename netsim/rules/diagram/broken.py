"""A documented connection is denied.

The diagram draws it, or the scenario lists it, but the policies do not let it through: the
system does not work as documented.  Both ends must allow it, so there is a finding for each end
that does not.

Fix: add the rule shown to the policy named, or the policy shown, or remove the connection from
the documentation.  A policy that selects more than the pods concerned is left as it is: a rule
in it would open all that it selects.  Where pods lack one label that a policy asks for, and no
other policy, the fix is the label.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from netsim.engine.explain.proposal import choose_name
from netsim.engine.explain.verdicts import direction_verdict
from netsim.engine.policy.flow import Flow
from netsim.engine.space import bits
from netsim.judge.case import Case
from netsim.judge.judgement import Judgement, list_class_pairs
from netsim.judge.policy_ends import Subject, list_peers, list_subjects, selects_alone
from netsim.model.addresses import AddressSet
from netsim.model.edit import Patch, Value
from netsim.model.finding import Finding, Severity
from netsim.model.flow import Intent
from netsim.model.location import Location
from netsim.model.policies import Direction, Policy
from netsim.model.ports import PortSet
from netsim.model.verdict import DirectionVerdict, NearMiss
from netsim.rules.interface import Check
from netsim.rules.labellings import Lack, list_labellings
from netsim.rules.openings import Addition, list_openings
from netsim.rules.overrides import list_overrides
from netsim.words.lists import join_phrases
from netsim.words.policy_parts import build_blocks


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
    taken = {policy.name for policy in case.resources.policies}
    for group in grouped.values():
        yield _finding(case, group, taken)


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


def _finding(case: Case, group: _Group, taken: set[str]) -> Finding:
    flows = [_describe(case, judgement, denial) for judgement, denial in group]
    found = tuple(_list_patches(case, group, taken))
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
        fix=_suggest_fix(case, group, found),
        patches=found,
        facet=denial.verdict.direction.word,
    )


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


def _suggest_fix(case: Case, group: _Group, found: tuple[Patch, ...]) -> str:
    """What to do, in words for where no change is proven."""
    denial = group[0][1]
    word = denial.verdict.direction.word
    if any(_is_on_host(case, each) for _, each in group):
        return "Remove hostNetwork from the pods: with it, no selector matches them."
    if denial.policy is None:
        return (
            f"Narrow the rule, or put one before it in spec.{word} of {denial.title} that "
            "allows or passes this, or document otherwise."
        )
    if found:
        return f"Allow this in spec.{word} of a policy for the pods, or document otherwise."
    return (
        "Give the pods labels by which a policy can select them alone, and allow this in "
        f"spec.{word} of a policy for them, or document otherwise."
    )


def _list_patches(case: Case, group: _Group, taken: set[str]) -> Iterator[Patch]:
    denial = group[0][1]
    found = [_list_additions(case, *each, taken) for each in group]
    if not all(found):
        return
    additions = tuple(dict.fromkeys(each for some in found for each in some))
    if denial.policy is None:
        yield from list_overrides(denial.verdict.rules[0], additions)
        return
    taken.update(each.name for each in additions)
    labellings = list_labellings(case, [_find_lack(*each) for each in group])
    yield from (each.patch for each in labellings if each.opens_nothing_else)
    yield from list_openings(case, additions, denial.policy.location)
    yield from (each.patch for each in labellings if not each.opens_nothing_else)


def _find_lack(judgement: Judgement, denial: _Denial) -> Lack:
    direction = denial.verdict.direction
    ends = judgement.source, judgement.destination
    own, other = ends if direction is Direction.EGRESS else reversed(ends)
    return Lack(direction, own, other, denial.verdict.policies)


def _list_additions(
    case: Case, judgement: Judgement, denial: _Denial, taken: set[str]
) -> list[Addition]:
    """What allows the flows of a pair at one end; nothing where no rule can tell the ends."""
    if _is_on_host(case, denial):
        return []
    bound = {each.name: each for each in case.endpoints}
    lack = _find_lack(judgement, denial)
    direction, own, other = lack.direction, lack.own, lack.other
    if not (own.names and other.names):
        return []
    part = _find_outside_part(case, judgement, denial)
    found = []
    for subject in list_subjects(bound[own.names[0]]):
        home = subject.namespace
        peers = (
            build_blocks(part)
            if part
            else list_peers(case.known_resources, bound[other.names[0]], home)
        )
        if not peers:
            return []
        found.append(
            Addition(
                direction,
                subject,
                choose_name(taken, subject.name, direction),
                tuple(map(Value.of, peers)),
                denial.ports,
                other.members,
                _find_policy(case, denial, subject),
                denial.near.rule if denial.near else None,
            )
        )
    return found


def _find_policy(case: Case, denial: _Denial, subject: Subject) -> Policy | None:
    """The policy that isolates a subject, and is about nothing else."""
    near = denial.near.rule.policy if denial.near else None
    pods = case.known_resources.pods
    isolating = (each for each in denial.verdict.policies if each.isolates)
    return max(
        (policy for policy in isolating if selects_alone(policy, subject, pods)),
        key=lambda policy: (policy.id == near, len(policy.subject.pods.requirements)),
        default=None,
    )


CHECK = Check(
    id="broken",
    title="A documented connection is denied",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
