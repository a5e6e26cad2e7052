"""What a rule of ``check`` is."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity


class Check(Struct, frozen=True):
    """A rule: its id, what it is about in a line, its severity, and the function.

    The docstring of the module that defines it is its documentation.
    """

    id: str
    title: str
    severity: Severity
    run: Callable[[Case], Iterable[Finding]]
