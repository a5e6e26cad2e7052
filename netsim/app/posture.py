"""The posture of manifests without documentation: what policies keep apart, and what not.

``check(CheckRequest(("shop/",))).posture`` is there where no scenario is: it says how many
workloads are isolated, what is open and to whom, and where the findings come from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.app.causes import Cause, group_causes
from netsim.app.input import list_lacking, list_left_open
from netsim.engine.query.survey import (
    ClosedService,
    Isolated,
    Isolation,
    Open,
    Reach,
    Survey,
    WayIn,
)
from netsim.model.policies import Direction
from netsim.words.lists import count_noun, join_first

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from netsim.engine.naming.controller import Controller
    from netsim.loader.load import Loaded
    from netsim.model.conventions import Conventions
    from netsim.model.finding import Finding


class NamespacePosture(Struct, frozen=True):
    """How many workloads of a namespace have each standing, in each direction."""

    name: str
    workloads: int
    ingress: tuple[tuple[Isolation, int], ...]
    egress: tuple[tuple[Isolation, int], ...]


class Network(Struct, frozen=True):
    """Who may reach whom without any documentation; ``services`` is how many were read.

    ``api_addresses`` are those of the API server, empty where the input does not tell them.
    """

    workloads: int
    namespaces: tuple[NamespacePosture, ...]
    ways_in: tuple[WayIn, ...]
    on_host: tuple[str, ...]
    from_cluster: tuple[Open, ...]
    from_outside: tuple[Open, ...]
    to_cluster: tuple[Open, ...]
    to_outside: tuple[Open, ...]
    services: int
    closed_services: tuple[ClosedService, ...]
    metadata: Reach
    api_server: Reach
    api_addresses: tuple[str, ...]


class Posture(Struct, frozen=True):
    """What a first look at manifests tells.

    ``network`` is None where a part of the input was not read that may change all of it;
    ``limits`` say what was not looked at, and what that leaves open.  ``next_step`` is a
    command, empty where something else has to be done first.
    """

    network: Network | None
    limits: tuple[str, ...]
    causes: tuple[Cause, ...]
    next_step: str


def take_posture(
    loaded: Loaded,
    conventions: Conventions,
    controller: Controller | None,
    findings: Sequence[Finding],
    next_step: str,
) -> Posture:
    """Looks at everything once; ``next_step`` is the command to name."""
    is_whole = not (loaded.errors or list_lacking(loaded))
    is_there = bool(loaded.resources.pods)
    survey = (
        Survey(loaded.resources, conventions, controller) if is_whole and is_there else None
    )
    return Posture(
        _describe_network(survey, loaded) if survey else None,
        tuple(_list_limits(loaded)),
        group_causes(findings),
        next_step,
    )


def _describe_network(survey: Survey, loaded: Loaded) -> Network:
    return Network(
        len(survey.workloads),
        _count_isolated(survey.isolation),
        survey.ways_in,
        survey.on_host,
        survey.from_cluster,
        survey.from_outside,
        survey.to_cluster,
        survey.to_outside,
        len(loaded.resources.services),
        survey.closed_services,
        survey.metadata,
        survey.api_server,
        tuple(survey.api_servers.cidrs()),
    )


def _count_isolated(isolation: tuple[Isolated, ...]) -> tuple[NamespacePosture, ...]:
    counts: dict[str, dict[Direction, Counter[Isolation]]] = defaultdict(
        lambda: {way: Counter() for way in Direction}
    )
    for each in isolation:
        counts[each.namespace][each.direction][each.standing] += 1
    return tuple(
        NamespacePosture(
            name,
            sum(of[Direction.INGRESS].values()),
            tuple((each, of[Direction.INGRESS][each]) for each in Isolation),
            tuple((each, of[Direction.EGRESS][each]) for each in Isolation),
        )
        for name, of in sorted(counts.items())
    )


def _list_limits(loaded: Loaded) -> Iterator[str]:
    """What was not looked at, and what that leaves open."""
    rejected, lacking = loaded.errors, list_lacking(loaded)
    is_empty = not loaded.inventory.documents
    if is_empty:
        yield "Nothing was read, so nothing is said about who reaches whom."
    elif rejected:
        number = count_noun(len(rejected), "document or file", "documents or files")
        yield (
            f"{number} could not be read. Each may be a policy that changes any answer, so "
            "nothing is said about who reaches whom."
        )
    if lacking:
        yield (
            f"The input lacks {join_first(lacking)}, so nothing is said about who reaches whom."
        )
    if not (rejected or lacking or is_empty or loaded.resources.pods):
        yield "No workload was read, so nothing is said about who reaches whom."
    unevaluated, disputed = loaded.inventory.unevaluated, loaded.inventory.disputed
    if unevaluated:
        yield (
            f"Policies that are not evaluated ({join_first(unevaluated)}): what they may "
            "decide is unknown."
        )
    if disputed:
        yield f"Policies that two files define differently: {join_first(disputed)}."
    others = {each.title for each in loaded.resources.unevaluated}
    unfilled = [each for each in list_left_open(loaded.resources) if each not in others]
    if unfilled:
        yield f"Placeholders leave open what these do: {join_first(unfilled)}."
