"""Idle flows: what is documented, and whose removal would change nothing that ``check`` says.

The diagram draws ``web -> api``, and the scenario lists it once more: either could go.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import reduce

from msgspec import Struct

from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.judge.case import Case
from netsim.judge.judgement import (
    Judgement,
    Places,
    expect,
    judge_pair,
    list_class_pairs,
)
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location
from netsim.model.ports import PortSet
from netsim.mutation.expected import Expected


class Idleness(Enum):
    """Why nothing changes without it.

    REPEATED: other entries say the same.  OVERRULED: it is allowed, and a denial holds even so.
    DENIED_ANYWAY: what is not documented is denied in a
    closed namespace.  OPEN: no namespace of the scenario is closed for it, so that without it
    nothing would be said of the pair at all.
    """

    REPEATED = "other entries document the same"
    OVERRULED = "a denial of the scenario overrules it"
    DENIED_ANYWAY = "whatever is not documented counts as denied anyway"
    OPEN = "no end is closed in the scenario, so nobody would miss it"


class IdleFlow(Struct, frozen=True):
    """An entry of the documentation; its ends may be several, as of one with ``*``."""

    location: Location
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    ports: PortSet
    intent: Intent
    idleness: Idleness
    others: tuple[Location, ...] = ()

    @property
    def is_mutual(self) -> bool:
        """Whether it is about two endpoints, in both directions, as ``x--x`` is."""
        return len(self.sources) == 2 and self.sources == self.destinations


def find_idle_flows(case: Case, expected: Expected) -> Iterator[IdleFlow]:
    """The entries without which ``check`` would find the same, in the order of their places.

    An entry for several pairs, as one with ``*`` is, is idle where it is for all of them.
    """
    about: dict[tuple[Location, Intent, PortSet], dict[Places, list[DocumentedFlow]]] = {}
    for places, flows in expected.stated.items():
        for flow in flows:
            entry = flow.location, flow.intent, flow.ports
            about.setdefault(entry, {}).setdefault(places, []).append(flow)
    for (location, intent, ports), pairs in sorted(
        about.items(), key=lambda item: (item[0][0], item[0][1].value, str(item[0][2]))
    ):
        every = [_compare(case, expected, *pair) for pair in pairs.items()]
        found = [each for each in every if each]
        if len(found) < len(every):
            continue
        sources = {flow.source for flows in pairs.values() for flow in flows}
        destinations = {flow.destination for flows in pairs.values() for flow in flows}
        others = {other for _, places in found for other in places}
        yield IdleFlow(
            location,
            tuple(sorted(sources)),
            tuple(sorted(destinations)),
            ports,
            intent,
            max((idleness for idleness, _ in found), key=list(Idleness).index),
            tuple(sorted(others)),
        )


def _compare(
    case: Case, expected: Expected, places: Places, gone: list[DocumentedFlow]
) -> tuple[Idleness, tuple[Location, ...]] | None:
    """Why a pair is judged the same without some flows; None where it is not."""
    evaluator, directions = case.evaluator, case.scenario.directions
    pair = expected.parties[places[0]], expected.parties[places[1]]
    flows = tuple(expected.stated[places])
    left = tuple(flow for flow in flows if flow not in gone)
    some = reduce(
        Allowed.__or__,
        (evaluator.allowed_by_policies(*each) for each in list_class_pairs(evaluator, *pair)),
        NOTHING,
    )
    is_judged = bool(left) or expected.is_governed(places)
    before = judge_pair(evaluator, pair, some, flows, directions)
    after = judge_pair(evaluator, pair, some, left, directions) if is_judged else None
    if _faults(before) != _faults(after):
        return None
    whole, rest = expect(pair, flows, directions), expect(pair, left, directions)
    if (whole.permitted, whole.denied, whole.whole, whole.stated) == (
        rest.permitted,
        rest.denied,
        rest.whole,
        rest.stated,
    ):
        intent = gone[0].intent
        others = tuple(flow.location for flow in left if flow.intent is intent)
        if intent is Intent.ALLOWED and not gone[0].ports - whole.denied:
            denials = (flow.location for flow in left if flow.intent is Intent.DENIED)
            return Idleness.OVERRULED, tuple(denials)
        return Idleness.REPEATED, others
    if gone[0].intent is Intent.DENIED and not rest.permitted & gone[0].ports:
        return Idleness.DENIED_ANYWAY, ()
    return Idleness.OPEN, ()


def _faults(judgement: Judgement | None) -> tuple[PortSet, ...]:
    if judgement is None:
        return (PortSet.empty(),) * 3
    return (
        judgement.exposed | judgement.forbidden,
        judgement.broken,
        judgement.undecided,
    )
