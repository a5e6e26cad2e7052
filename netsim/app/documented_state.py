"""What is documented of the connections in which two inputs differ.

``Statements(documentation, before, now).judge(difference)`` is ``DocumentedState.UNDOCUMENTED``
for a connection that nothing says anything about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import product
from typing import TYPE_CHECKING

from msgspec.structs import replace

from netsim.app.documentation import LocatedDocumentation
from netsim.engine.matrix.diff import Difference, Side
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import EXTERNAL, ExternalEndpoint
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.ports import PortSet
from netsim.model.resources import Resources

if TYPE_CHECKING:
    from netsim.intent.scenario.bind import BoundEndpoint
    from netsim.intent.scenario.scenario import Scenario


class DocumentedState(Enum):
    """What the documentation says of the ports in which a pair differs."""

    DOCUMENTED = "documented"
    PARTLY = "partly documented"
    UNDOCUMENTED = "not documented"
    DENIED = "documented as denied"


class Statements:
    """What a documentation says of differences; O(1) for each, whatever is documented."""

    def __init__(self, described: LocatedDocumentation | None, *sides: Side) -> None:
        self._flows: dict[tuple[str, str], list[DocumentedFlow]] | None = None
        self._owners: dict[str, set[str]] = {}
        self._ranges: dict[str, AddressSet] = {}
        self._anywhere: set[str] = set()
        if described is None:
            return
        self._flows = {}
        for flow in described.documentation.flows:
            self._flows.setdefault((flow.source, flow.destination), []).append(flow)
        for side in sides:
            for bound in bind_known(described.scenario, side.resources):
                self._add(bound)

    def _add(self, bound: BoundEndpoint) -> None:
        from netsim.intent.scenario.endpoints import is_anywhere

        if isinstance(bound.endpoint, ExternalEndpoint):
            self._ranges[bound.name] = bound.endpoint.addresses
            return
        if is_anywhere(bound.declared):
            self._anywhere.add(bound.name)
        for pod in bound.endpoint.pods:
            self._owners.setdefault(str(pod.workload), set()).add(bound.name)

    def judge(self, difference: Difference) -> DocumentedState | None:
        """What is documented of the ports that differ; None without documentation."""
        ports = difference.opened | difference.closed
        return self._judge(
            difference, ports | difference.unknown_before | difference.unknown_now
        )

    def judge_opening(self, difference: Difference) -> DocumentedState | None:
        """What is documented of the ports that are open now, or may be, and were not."""
        return self._judge(difference, difference.may_open)

    def _judge(self, difference: Difference, ports: PortSet) -> DocumentedState | None:
        if self._flows is None:
            return None
        some = tuple(self._find_flows(self._flows, difference))
        whole = [flow for flow in some if self._is_about_all(flow, difference)]
        if ports & _unite(some, Intent.DENIED):
            return DocumentedState.DENIED
        if not ports - _unite(whole, Intent.ALLOWED):
            return DocumentedState.DOCUMENTED
        return (
            DocumentedState.PARTLY
            if ports & _unite(some, Intent.ALLOWED)
            else DocumentedState.UNDOCUMENTED
        )

    def _find_flows(
        self, flows: dict[tuple[str, str], list[DocumentedFlow]], difference: Difference
    ) -> Iterator[DocumentedFlow]:
        sources = self._list_names(difference.source, difference.area)
        destinations = self._list_names(difference.destination, difference.area)
        # An end of any namespace says nothing of two endpoints that have names of their own.
        has_names = sources - self._anywhere and destinations - self._anywhere
        for ends in product(sources, destinations):
            is_wide = not self._anywhere.isdisjoint(ends)
            for flow in flows.get(ends, ()):
                if flow.intent is Intent.DENIED or not (is_wide and has_names):
                    yield flow

    def _is_about_all(self, flow: DocumentedFlow, difference: Difference) -> bool:
        """Whether a flow is about all addresses of a difference."""
        ranges = (self._ranges.get(name) for name in (flow.source, flow.destination))
        area = difference.area or AddressSet.empty()
        return not any(area - addresses for addresses in ranges if addresses is not None)

    def _list_names(self, title: str, area: AddressSet | None) -> set[str]:
        if area is not None and title.endswith(EXTERNAL):
            return {name for name, addresses in self._ranges.items() if addresses & area}
        return self._owners.get(title, set())


def _unite(flows: Iterable[DocumentedFlow], intent: Intent) -> PortSet:
    ports = PortSet.empty()
    for flow in flows:
        if flow.intent is intent:
            ports |= flow.ports
    return ports


def bind_known(scenario: Scenario | None, resources: Resources) -> tuple[BoundEndpoint, ...]:
    """The endpoints that are there; a workload can be on one side only."""
    if scenario is None:
        return ()
    from netsim.intent.errors import IntentError
    from netsim.intent.scenario.bind import bind

    found: list[BoundEndpoint] = []
    for endpoint in scenario.endpoints:
        try:
            found += bind(replace(scenario, endpoints=(endpoint,)), resources)
        except IntentError:
            continue
    return tuple(found)
