"""``list``: every connection that the manifests allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from netsim.app.input import (
    InputResult,
    answering,
    count_read,
    list_lacking,
    list_left_open,
)
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.engine.matrix.listing import title_of
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import EndpointError, hint, near_names, tell_candidates
from netsim.engine.naming.ways_in import connections
from netsim.model.addresses import parse_address
from netsim.model.endpoint import EXTERNAL, PodEndpoint
from netsim.model.ports import PortSet

if TYPE_CHECKING:
    from netsim.app.explanation.reasons import ExplainedPair
    from netsim.engine.matrix.listing import Pair
    from netsim.engine.query.exposure import Exposure
    from netsim.model.conventions import Conventions
    from netsim.model.resources import Resources


class ListRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to list; ``focus`` is an endpoint that every connection begins or ends at.

    ``exposure`` asks for pods that nobody has written yet as well.
    """

    focus: str | None = None
    controller: Controller = Controller()
    exposure: bool = False


class ConnectionList(InputResult, frozen=True, kw_only=True):
    """The connections that are allowed, or may be, sorted.

    Where a document was rejected, all are unknown, and so is every connection beside them.
    ``exposures`` are those of each workload to pods that nobody has written yet; None where
    they were not asked for.
    """

    pairs: tuple[Pair, ...]
    exposures: tuple[Exposure, ...] | None = None

    @property
    def future_pairs(self) -> tuple[Pair, ...]:
        """The exposures as pairs, workload by workload."""
        return tuple(pair for each in self.exposures or () for pair in each.pairs())

    @property
    def short_future_pairs(self) -> tuple[Pair, ...]:
        """The exposures for people to read, who need no list of all namespaces."""
        return tuple(pair for each in self.exposures or () for pair in each.short_pairs())

    @property
    def has_unknown(self) -> bool:
        """Whether a connection may be allowed or not."""
        return any(pair.unknown for pair in self.pairs)


class ExplainedList(InputResult, frozen=True, kw_only=True):
    """The connections of a list, each with the rules that let it pass."""

    rows: tuple[ExplainedPair, ...]


def list_connections(request: ListRequest) -> ConnectionList:
    """Lists the connections.

    Raises :class:`UnanswerableError` for a focus that nothing in the input is called.
    """
    return _list(request)[0]


def explain_connections(request: ListRequest) -> ExplainedList:
    """Lists the connections, and says of each which rules let it pass.

    Raises :class:`UnanswerableError` as :func:`list_connections` does.
    """
    from netsim.app.explanation.reasons import explain_pairs
    from netsim.engine.evaluator import Evaluator

    found, resources, conventions = _list(request)
    evaluator = Evaluator.of(with_controller(resources, request.controller), conventions)
    rows = tuple(explain_pairs(evaluator, found.pairs))
    return ExplainedList(found.diagnostics, found.read, found.lacking, rows=rows)


def _list(request: ListRequest) -> tuple[ConnectionList, Resources, Conventions]:
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    conventions = request.conventions(scenario)
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
        pairs = connections(world.resources, conventions, request.controller)
        exposures = _expose(world, conventions) if request.exposure else None
        if request.focus is not None:
            wanted = find_focus(world, pairs, request.focus)
            pods = world.resources.pods
            named = (
                title_of(pod) for pod in pods if request.focus in (pod.title, title_of(pod))
            )
            pod = next(named, None)
            pairs = tuple(pair for pair in pairs if _is_about(pair, wanted, pod))
            exposures = exposures and tuple(e for e in exposures if e.workload in wanted)
    if loaded.errors:
        exposures = exposures and tuple(each.doubted() for each in exposures)
        pairs = tuple(
            replace(
                pair, ports=PortSet.empty(), unknown=pair.ports | pair.unknown, by_family=()
            )
            for pair in pairs
        )
    found = ConnectionList(
        (*request.list_foreign(), *loaded.diagnostics),
        count_read(loaded, world.resources),
        list_lacking(loaded),
        list_left_open(loaded.resources),
        pairs=pairs,
        exposures=exposures,
    )
    return found, world.resources, conventions


def _expose(world: ModelledInput, conventions: Conventions) -> tuple[Exposure, ...]:
    from netsim.engine.query.exposure import find_exposures

    return find_exposures(world.resources, conventions)


def find_focus(world: ModelledInput, pairs: tuple[Pair, ...], text: str) -> set[str]:
    """The titles that an endpoint has in a list; raises ``EndpointError`` for an unknown one.

    The endpoint is a full title, ``namespace/name``, a name, a pod's name or an address, or a
    name of the scenario, which comes first.  A name without its namespace is that of one.
    """
    resources, named = world.resources, world.find(text)
    titles = {title for pair in pairs for title in (pair.source, pair.destination)}
    titles |= {str(pod.workload) for pod in resources.pods}
    owners = {
        name: str(pod.workload) for pod in resources.pods for name in (pod.title, title_of(pod))
    }
    if isinstance(named, PodEndpoint):
        return {str(pod.workload) for pod in named.pods}
    wanted = {title for title in titles if _is_called(title, text)}
    wanted |= {owners[text]} if text in owners else set()
    called = sorted(title for title in wanted if not title.endswith(EXTERNAL))
    if "/" not in text and len(called) > 1:
        raise EndpointError(f"--focus: {tell_candidates(text, called)}")
    if not wanted:
        gone = next((pod.why for pod in resources.finished if pod.title == text), None)
        if gone:
            raise EndpointError(f"--focus: {gone}")
        near = near_names(text, sorted(t for t in titles if not t.endswith(EXTERNAL)))
        raise EndpointError(f"--focus: nothing in the input is called {text!r}{hint(near)}")
    return wanted


def _is_about(pair: Pair, wanted: set[str], pod: str | None) -> bool:
    """Whether an end is wanted, and, where a pod is, whether the pair is about that one."""
    if wanted.isdisjoint((pair.source, pair.destination)):
        return False
    if pod is None or not pair.parts:
        return True
    return any(
        pod in end.titles or end.titles[0] in wanted
        for part in pair.parts
        for end in (part.sources, part.destinations)
    )


def _is_called(title: str, text: str) -> bool:
    if title.endswith(EXTERNAL):
        return text == title or _has_address(title.removesuffix(EXTERNAL), text)
    name = title.partition("[")[0]
    return text in (title, name, name.partition("/")[2])


def _has_address(written: str, text: str) -> bool:
    try:
        low, high, address = (parse_address(part) for part in (*written.split("-"), text))
    except ValueError:
        return False
    return low.version == address.version and int(low) <= int(address) <= int(high)
