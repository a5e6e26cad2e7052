"""``list``: every connection that the manifests allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from netsim.app.input import InputResult, answering, count_read, list_lacking
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.endpoints import EndpointError, hint, near_names
from netsim.engine.naming.ways_in import connections
from netsim.model.addresses import parse_address
from netsim.model.endpoint import PodEndpoint
from netsim.model.ports import PortSet

if TYPE_CHECKING:
    from netsim.engine.matrix.listing import Pair

_EXTERNAL = "[External]"


class ListRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to list; ``focus`` is an endpoint that every connection begins or ends at."""

    focus: str | None = None
    controller: Controller = Controller()


class ConnectionList(InputResult, frozen=True, kw_only=True):
    """The connections that are allowed, or may be, sorted.

    Where a document was rejected, all are unknown, and so is every connection beside them.
    """

    pairs: tuple[Pair, ...]


def list_connections(request: ListRequest) -> ConnectionList:
    """Lists the connections.

    Raises :class:`UnanswerableError` for a focus that nothing in the input is called.
    """
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
        pairs = connections(world.resources, request.conventions(scenario), request.controller)
        if request.focus is not None:
            pairs = focus_on(world, pairs, request.focus)
    if loaded.errors:
        pairs = tuple(
            replace(
                pair, ports=PortSet.empty(), unknown=pair.ports | pair.unknown, by_family=()
            )
            for pair in pairs
        )
    diagnostics = (*request.list_foreign(), *loaded.diagnostics)
    return ConnectionList(
        diagnostics,
        count_read(loaded, world.resources),
        list_lacking(loaded),
        pairs=pairs,
    )


def focus_on(world: ModelledInput, pairs: tuple[Pair, ...], text: str) -> tuple[Pair, ...]:
    """The pairs with an endpoint at either end; raises ``EndpointError`` for unknown ones.

    The endpoint is a full title, ``namespace/name``, a name, a pod's name or an address, or a
    name of the scenario.
    """
    resources, named = world.resources, world.find(text)
    titles = {title for pair in pairs for title in (pair.source, pair.destination)}
    titles |= {str(pod.workload) for pod in resources.pods}
    owners = {pod.title: str(pod.workload) for pod in resources.pods}
    wanted = {title for title in titles if _is_called(title, text)}
    wanted |= {owners[text]} if text in owners else set()
    if isinstance(named, PodEndpoint):
        wanted |= {str(pod.workload) for pod in named.pods}
    if not wanted:
        near = near_names(text, sorted(t for t in titles if not t.endswith(_EXTERNAL)))
        raise EndpointError(f"--focus: nothing in the input is called {text!r}{hint(near)}")
    return tuple(pair for pair in pairs if {pair.source, pair.destination} & wanted)


def _is_called(title: str, text: str) -> bool:
    if title.endswith(_EXTERNAL):
        return text == title or _has_address(title.removesuffix(_EXTERNAL), text)
    name = title.partition("[")[0]
    return text in (title, name, name.partition("/")[2])


def _has_address(written: str, text: str) -> bool:
    try:
        low, high, address = (parse_address(part) for part in (*written.split("-"), text))
    except ValueError:
        return False
    return low.version == address.version and int(low) <= int(address) <= int(high)
