"""From what was read to the case that the rules look at."""

from __future__ import annotations

from collections.abc import Sequence

from netsim.app.documentation import Described
from netsim.judge.case import Case, Extent
from netsim.judge.inspection import documented, undocumented, within
from netsim.loader.load import Loaded
from netsim.loader.registry import NETWORK_KINDS
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions


def assemble_case(
    loaded: Loaded,
    paths: Sequence[str],
    conventions: Conventions,
    described: Described | None,
) -> Case:
    """What the rules get to see; ``paths`` are those that the input was read from.

    Raises ``IntentError`` where an endpoint of the scenario is not in the input.
    """
    bundle = loaded.bundle or Bundle()
    # Where nothing was read, every documented flow would be a finding that says nothing.
    if described is None or not has_network(loaded):
        return within(undocumented(loaded.resources, conventions), bundle)
    case = documented(loaded.resources, conventions, described.documentation)
    about = described.about(paths)
    unread = described.unread or loaded.errors
    is_whole = bool(about) and about == described.statements and not unread
    return within(case, bundle, about, Extent.WHOLE if is_whole else Extent.PART)


def has_network(loaded: Loaded) -> bool:
    """Whether anything was read that decides who can reach whom."""
    return any(kind in NETWORK_KINDS for kind, _ in loaded.inventory.used)
