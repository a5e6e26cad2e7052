"""``diff``: what a change of the manifests opens and closes, and what causes it."""

from __future__ import annotations

from msgspec import Struct

from netsim.app.input import Diagnosed, InputRequest, Read, count_read, list_diagnostics
from netsim.engine.matrix.diff import Diff, Difference, Side
from netsim.engine.matrix.diff import diff as diff_sides
from netsim.engine.matrix.diff_causes import Cause, Causes
from netsim.engine.naming.controller import Controller
from netsim.errors import LoadError


class DiffRequest(Struct, frozen=True):
    """The two inputs to compare."""

    old: InputRequest
    new: InputRequest
    controller: Controller = Controller()


class ExplainedDifference(Struct, frozen=True):
    """A difference and what causes it."""

    difference: Difference
    causes: tuple[Cause, ...]


class Comparison(Diagnosed, frozen=True, kw_only=True):
    """A diff with its causes, and how much was read on either side."""

    diff: Diff
    explained: tuple[ExplainedDifference, ...]
    old: str
    new: str
    old_read: Read
    new_read: Read


def diff(request: DiffRequest) -> Comparison:
    """Compares the connections that two inputs allow.

    Raises :class:`LoadError` where a side cannot be read at all, as that is no empty one.
    """
    old, new = request.old.load(), request.new.load()
    diagnostics = list_diagnostics(old, new)
    if any(side.errors and not side.inventory.documents for side in (old, new)):
        raise LoadError("\n".join(map(str, diagnostics)), diagnostics)
    before = Side.of(old.resources, request.old.conventions(), request.controller)
    now = Side.of(new.resources, request.new.conventions(), request.controller)
    differences, causes = diff_sides(before, now), Causes(before, now)
    return Comparison(
        diagnostics,
        diff=differences,
        explained=tuple(
            ExplainedDifference(each, causes.of(each)) for each in differences.differences
        ),
        old=", ".join(request.old.paths),
        new=", ".join(request.new.paths),
        old_read=count_read(old),
        new_read=count_read(new),
    )
