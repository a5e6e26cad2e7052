"""In what the documentation after a change differs from the one before.

``list_new(before, now)`` are the flows that came, ``list_redefined(before, now)`` what the same
names and settings mean otherwise: ``endpoints.Web``, ``directions``.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsim.app.documentation import LocatedDocumentation
from netsim.model.flow import DocumentedFlow
from netsim.model.meaning import meaning

_SETTINGS = {
    "namespaces": "namespaces",
    "directions": "directions",
    "podRanges": "pod_ranges",
    "documents": "documents",
    "warmPool": "warm_pool",
    "provided": "provided",
}
"""What a scenario says besides names and flows, as it is written and as it was read."""


def list_new(
    before: LocatedDocumentation | None, now: LocatedDocumentation | None
) -> Iterator[DocumentedFlow]:
    """The flows that one documentation has and another has not, wherever they stand."""
    known = {_identify(each) for each in (before.documentation.flows if before else ())}
    for flow in now.documentation.flows if now else ():
        if _identify(flow) not in known:
            yield flow


def _identify(flow: DocumentedFlow) -> tuple[object, ...]:
    return flow.source, flow.destination, flow.ports, flow.intent


def list_redefined(
    before: LocatedDocumentation | None, now: LocatedDocumentation | None
) -> Iterator[str]:
    """What both say, and not the same: by it, other connections are documented or judged."""
    if before is None or now is None:
        return
    was, is_ = (
        {each.name: meaning(each) for each in side.scenario.endpoints} for side in (before, now)
    )
    for name, said in was.items():
        if is_.get(name) != said:
            yield f"endpoints.{name}"
    for written, field in _SETTINGS.items():
        old, new = (meaning(getattr(side.scenario, field)) for side in (before, now))
        if old != new:
            yield written
