"""From what was read to the case that the rules look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from netsim.app.documentation import LocatedDocumentation
from netsim.bundle.makers import Maker, Makers, Sort
from netsim.bundle.provision import Extent
from netsim.judge.case import Case, build_case
from netsim.loader.load import Loaded
from netsim.loader.registry import NETWORK_KINDS
from netsim.loader.unrendered import UnrenderedTree
from netsim.model.conventions import Conventions
from netsim.model.finding import Diagnostic, Severity
from netsim.model.flow import DocumentedFlow
from netsim.model.location import Location
from netsim.words.ports import describe_flow


def assemble_case(
    loaded: Loaded,
    paths: Sequence[str],
    conventions: Conventions,
    described: LocatedDocumentation | None,
) -> Case:
    """What the rules get to see; ``paths`` are those that the input was read from.

    Raises ``IntentError`` where an endpoint of the scenario is not in the input.
    """
    case = _judge(loaded, paths, conventions, described)
    if loaded.unrendered and loaded.bundle:
        unread = tuple(map(_name_tree, loaded.unrendered))
        case = replace(case, makers=Makers(loaded.bundle, unread))
    # Any document that was rejected may have been a policy.
    is_part = loaded.errors or loaded.inventory.unread
    return replace(case, policies=Extent.PART) if is_part else case


def _judge(
    loaded: Loaded,
    paths: Sequence[str],
    conventions: Conventions,
    described: LocatedDocumentation | None,
) -> Case:
    resources, bundle = loaded.resources, loaded.bundle
    # Where nothing was read, every documented flow would be a finding that says nothing.
    if described is None or not has_network(loaded):
        return build_case(resources, conventions, bundle=bundle)
    about = described.about(paths)
    unread = described.unread or loaded.errors
    is_whole = bool(about) and about == described.statements and not unread
    extent = Extent.WHOLE if is_whole else Extent.PART
    return build_case(resources, conventions, described.documentation, bundle, about, extent)


def _name_tree(tree: UnrenderedTree) -> Maker:
    how = f"not rendered ({tree.command})"
    return Maker(Sort.UNREAD, f"what comes of {tree.place}", how, Location(tree.place, 0))


def has_network(loaded: Loaded) -> bool:
    """Whether anything was read that decides who can reach whom."""
    used = (kind for kind, _ in loaded.inventory.used)
    return bool(loaded.resources.pods) or any(kind in NETWORK_KINDS for kind in used)


def report_unjudged(
    flows: Iterable[DocumentedFlow],
    why: str = "there are no two different pods or addresses between which it could be",
) -> Iterator[Diagnostic]:
    """An error for each documented flow that nothing was compared with."""
    seen = {(flow.location, flow.title): flow for flow in flows}
    for flow in seen.values():
        text = describe_flow(flow.source, flow.destination, flow.ports)
        message = f"{text} is documented, but not judged: {why}"
        yield Diagnostic(Severity.ERROR, message, flow.location)
