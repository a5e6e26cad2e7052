"""What goes wrong while documented intent is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from netsim.errors import NetsimError
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

_Item = TypeVar("_Item")
_Read = TypeVar("_Read")


class IntentError(NetsimError):
    """A document that cannot be read as intent: what is wrong, and what would be right."""

    def __init__(self, message: str, location: Location) -> None:
        super().__init__(f"{location}: {message}")
        self.message = message
        self.location = location

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """The problems found, at least one, in the order of the document."""
        return (Diagnostic(Severity.ERROR, self.message, self.location),)


class IntentErrors(IntentError):  # noqa: N818 - it is several errors
    """Several problems of one document, all of them; the first stands for the whole."""

    def __init__(self, problems: Iterable[Diagnostic]) -> None:
        self._all = tuple(sorted(problems, key=lambda problem: problem.location))
        super().__init__(self._all[0].message, self._all[0].location)
        self.args = ("\n".join(str(problem) for problem in self._all),)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        return self._all


def read_all(read: Callable[[_Item], _Read], items: Iterable[_Item]) -> tuple[_Read, ...]:
    """Each item as it is read.  Raises ``IntentErrors`` with what is wrong with any of them."""
    found: list[_Read] = []
    problems: list[Diagnostic] = []
    for item in items:
        try:
            found.append(read(item))
        except IntentError as error:
            problems.extend(error.diagnostics)
    if problems:
        raise IntentErrors(problems)
    return tuple(found)
