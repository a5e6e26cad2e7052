"""``diff``: what a change of the manifests opens and closes, and what causes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.documentation import (
    Discovery,
    LocatedDocumentation,
    find_documentation,
    report_foreign,
)
from netsim.app.documented_state import DocumentedState, Statements, bind_known
from netsim.app.input import Diagnosed, InputRequest, Read, count_read, list_diagnostics
from netsim.engine.matrix.diff import Diff, Difference, Side
from netsim.engine.matrix.diff import diff as diff_sides
from netsim.engine.matrix.diff_causes import (
    Cause,
    Causes,
    UnmatchedPolicy,
    find_changed,
    find_unmatched,
)
from netsim.engine.matrix.listing import Pair
from netsim.engine.matrix.transition import Caution, Hazard, find_cautions
from netsim.engine.naming.controller import Controller
from netsim.engine.policy.decision import NOTHING
from netsim.engine.space.stand_ins import stand_in_for_policies
from netsim.errors import LoadError
from netsim.loader.load import Loaded
from netsim.model.addresses import AddressSet, parse_addresses
from netsim.model.conventions import Conventions
from netsim.model.endpoint import EXTERNAL, ExternalEndpoint
from netsim.model.finding import Diagnostic
from netsim.model.meaning import meaning
from netsim.model.resources import Origin, Pod, Resources

if TYPE_CHECKING:
    from netsim.intent.scenario.scenario import Scenario


class DiffRequest(Struct, frozen=True):
    """The two inputs to compare, and what is documented.

    ``scenario`` None is the one file in ``scenarios/``, if there is one and ``discovery`` does
    not forbid to look for it.
    """

    old: InputRequest
    new: InputRequest
    controller: Controller = Controller()
    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR


class ExplainedDifference(Struct, frozen=True):
    """A difference, what causes it, and what is documented; None without a scenario.

    ``opening`` is what is documented of that which it opens, and ``opening_before`` what the
    documentation before the change says of it, where it has its own.
    """

    difference: Difference
    causes: tuple[Cause, ...]
    stated: DocumentedState | None = None
    opening: DocumentedState | None = None
    opening_before: DocumentedState | None = None


class Comparison(Diagnosed, frozen=True, kw_only=True):
    """A diff with its causes, and how much was read on either side.

    ``arrivals`` are the connections of workloads that the old input lacks.
    ``unmatched`` are policies that differ and select no known pod: stand-ins show in the diff
    what they would open or close.  Where a document was rejected, what differs is not known,
    and nothing is listed.
    ``unevaluated`` are the policies of other systems because of which there may be further
    differences; none where both sides say the same.  ``cautions`` are what the change does on
    its way.  ``sides`` are the old and the new input as they were evaluated.
    """

    diff: Diff
    explained: tuple[ExplainedDifference, ...]
    unmatched: tuple[UnmatchedPolicy, ...]
    old: str
    new: str
    old_read: Read
    new_read: Read
    sides: tuple[Side, Side]
    arrivals: tuple[ExplainedDifference, ...] = ()
    unevaluated: tuple[str, ...] = ()
    cautions: tuple[Caution, ...] = ()

    @property
    def is_documented(self) -> bool:
        """Whether there is a scenario that says what is documented."""
        return any(each.stated for each in self.explained)

    @property
    def differs(self) -> bool | None:
        """Whether anything differs; None where that is not known."""
        if self.errors:
            return None
        rolls = any(each.hazard is Hazard.ROLLING_UPDATE for each in self.cautions)
        return bool(self.unmatched) or rolls or not self.diff.is_empty


def diff(request: DiffRequest) -> Comparison:
    """Compares the connections that two inputs allow.

    Raises :class:`LoadError` where a side cannot be read at all, as that is no empty one, and
    :class:`DocumentationError` for a scenario that cannot be read.
    """
    paths = (*request.new.paths, *request.old.paths)
    described = find_documentation(request.scenario, paths, request.discovery)
    scenario = described.scenario if described else None
    foreign = tuple(report_foreign(request.scenario, paths, request.discovery))
    old, new = (
        LoadedSide(", ".join(asked.paths), asked.load(scenario), asked.conventions(scenario))
        for asked in (request.old, request.new)
    )
    return compare(old, new, request.controller, described, foreign)


class LoadedSide(Struct, frozen=True):
    """One of two inputs that are compared, and what it is called."""

    title: str
    loaded: Loaded
    conventions: Conventions


def compare(
    old_side: LoadedSide,
    new_side: LoadedSide,
    controller: Controller,
    described: LocatedDocumentation | None,
    foreign: tuple[Diagnostic, ...] = (),
    described_before: LocatedDocumentation | None = None,
) -> Comparison:
    """Compares two inputs that were read; ``foreign`` are diagnostics of the search before.

    ``described_before`` is the documentation of the old input, where it has its own.

    Raises :class:`LoadError` where a side cannot be read at all, as that is no empty one.
    """
    scenario = described.scenario if described else None
    old, new = old_side.loaded, new_side.loaded
    diagnostics = (*foreign, *list_diagnostics(old, new))
    if any(side.errors and not side.inventory.documents for side in (old, new)):
        raise LoadError("\n".join(map(str, diagnostics)), diagnostics)
    added = _list_added(old, new, scenario)
    before, now = (
        Side.of(_add(side.loaded.resources, added), side.conventions, controller)
        for side in (old_side, new_side)
    )
    is_certain = not (old.errors or new.errors)
    differences = diff_sides(before, now) if is_certain else Diff((), (), (), (), ())
    causes, statements = Causes(before, now), Statements(described, before, now)
    earlier = Statements(described_before, before, now) if described_before else None

    def explain(each: Difference, why: tuple[Cause, ...]) -> ExplainedDifference:
        return ExplainedDifference(
            each,
            why,
            statements.judge(each),
            statements.judge_opening(each),
            earlier.judge_opening(each) if earlier else None,
        )

    return Comparison(
        diagnostics,
        diff=differences,
        explained=tuple(explain(each, causes.of(each)) for each in differences.differences),
        arrivals=tuple(explain(_arrive(pair), ()) for pair in differences.of_added),
        unmatched=find_unmatched(before, now) if is_certain else (),
        cautions=find_cautions(before, now) if is_certain else (),
        old=old_side.title,
        new=new_side.title,
        old_read=count_read(old),
        new_read=count_read(new),
        sides=(before, now),
        unevaluated=tuple(_list_unevaluated(old.resources, new.resources)),
    )


def _arrive(pair: Pair) -> Difference:
    """A connection of a workload that was not there before."""
    outside = (each for each in (pair.source, pair.destination) if each.endswith(EXTERNAL))
    areas = [parse_addresses(each.removesuffix(EXTERNAL)) for each in outside]
    area = AddressSet.union(areas) if areas else None
    return Difference(pair.source, pair.destination, NOTHING, pair.allowed, area, pair.parts)


def _list_unevaluated(old: Resources, new: Resources) -> Iterator[str]:
    """Policies that may decide otherwise than before: they differ, or what they apply to does.

    Where policies, pods and namespaces are the same on both sides, so are their verdicts.
    """
    if meaning(old) != meaning(new):
        policies = (*old.unevaluated, *new.unevaluated)
        yield from dict.fromkeys(policy.title for policy in policies)


def _list_added(old: Loaded, new: Loaded, scenario: Scenario | None) -> Resources:
    """Pods that neither side has: of the scenario, and stand-ins for those of policies.

    A pod that only one side lacks was added or removed.
    """
    changed = find_changed(old.resources, new.resources)
    pods = (*old.resources.pods, *new.resources.pods)
    spaces = {each.name: each for side in (old, new) for each in side.resources.namespaces}
    both = replace(new.resources, pods=pods, namespaces=tuple(spaces.values()))
    modelled: dict[Pod, None] = {}
    for bound in bind_known(scenario, both):
        if not isinstance(bound.endpoint, ExternalEndpoint):
            own = (pod for pod in bound.endpoint.pods if pod.origin is Origin.MODELLED)
            modelled |= dict.fromkeys(own)
    both = replace(both, pods=(*pods, *modelled))
    stand_ins = stand_in_for_policies(both, changed)
    return replace(stand_ins, pods=(*modelled, *stand_ins.pods))


def _add(resources: Resources, added: Resources) -> Resources:
    """The resources of a side with what both are given."""
    known = {space.name for space in resources.namespaces}
    more = (space for space in added.namespaces if space.name not in known)
    return replace(
        resources,
        pods=(*resources.pods, *added.pods),
        namespaces=(*resources.namespaces, *more),
    )
