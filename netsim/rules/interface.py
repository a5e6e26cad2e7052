"""What a rule of ``check`` is: an id, a severity, and a function from a case to findings.

A module of this room is one rule, named as its id is: ``exposed``, ``dns_blocked``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from msgspec import Struct

from netsim.judge.case import Case
from netsim.model.edit import Patch
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rules.absence import Absent


class Check(Struct, frozen=True):
    """A rule: its id, what it is about in a line, its severity, and the function.

    What it finds absent is a finding only where nothing could make it.  ``risk`` is how grave
    it is to security, from 0 to 10 as CVSS has it; None where it is about what works.

    The docstring of the module that defines it is its documentation.
    """

    id: str
    title: str
    severity: Severity
    run: Callable[[Case], Iterable[Finding | Absent]]
    risk: float | None = None

    def finding(
        self,
        location: Location,
        message: str,
        *,
        severity: Severity | None = None,
        policy: str | None = None,
        flows: tuple[str, ...] = (),
        related: tuple[Related, ...] = (),
        fix: str = "",
        patches: tuple[Patch, ...] = (),
        facet: str = "",
    ) -> Finding:
        """A finding of this rule, of its severity unless another one is given."""
        return Finding(
            rule=self.id,
            severity=severity or self.severity,
            message=message,
            location=location,
            policy=policy,
            flows=flows,
            related=related,
            fix=fix,
            patches=patches,
            facet=facet,
        )
