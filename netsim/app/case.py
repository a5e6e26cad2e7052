"""From what was read to the case that the rules look at."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.app.documentation import LocatedDocumentation
from netsim.bundle.provision import Extent
from netsim.judge.case import Case, build_case
from netsim.loader.load import Loaded
from netsim.loader.registry import NETWORK_KINDS
from netsim.model.conventions import Conventions


def assemble_case(
    loaded: Loaded,
    paths: Sequence[str],
    conventions: Conventions,
    described: LocatedDocumentation | None,
) -> Case:
    """What the rules get to see; ``paths`` are those that the input was read from.

    Raises ``IntentError`` where an endpoint of the scenario is not in the input.
    """
    resources, bundle = loaded.resources, loaded.bundle
    # Where nothing was read, every documented flow would be a finding that says nothing.
    if described is None or not has_network(loaded):
        return build_case(resources, conventions, bundle=bundle)
    about = described.about(paths)
    unread = described.unread or loaded.errors
    is_whole = bool(about) and about == described.statements and not unread
    extent = Extent.WHOLE if is_whole else Extent.PART
    return build_case(resources, conventions, described.documentation, bundle, about, extent)


def has_network(loaded: Loaded) -> bool:
    """Whether anything was read that decides who can reach whom."""
    return any(kind in NETWORK_KINDS for kind, _ in loaded.inventory.used)
