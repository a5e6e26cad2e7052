"""The exceptions of netsim: one base, and below it what callers may want to tell apart.

::

    NetsimError
    ├── LoadError               input that is rejected
    ├── DocumentationError      a scenario, or a document that it names, that cannot be used
    └── QuestionError           a question that gets no answer
        ├── RequestError        as it is not well put
        │   └── ParametersError as it lacks parameters, or takes none of these
        └── UnanswerableError   as the input has none

A message says what is wrong and what would be right, and is written for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsim.model.finding import Diagnostic


class NetsimError(Exception):
    """Whatever netsim raises on purpose."""


class LoadError(NetsimError, ValueError):
    """Input that is rejected; ``diagnostics`` says why and where, if it is known."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.diagnostics = diagnostics


class DocumentationError(NetsimError):
    """Documentation that cannot be used; ``diagnostics`` says why and where."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.message = "\n".join(map(str, diagnostics))
        super().__init__(self.message)
        self.diagnostics = diagnostics


class QuestionError(NetsimError, ValueError):
    """A question that gets no answer; ``diagnostics`` are what is wrong with the input."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.diagnostics = diagnostics


class RequestError(QuestionError):
    """A question that is not well put; ``parameter`` is the one at fault, if it is one."""

    def __init__(self, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class ParametersError(RequestError):
    """Parameters that a question needs, or does not take: ``path needs source``."""

    def __init__(self, message: str, parameters: Sequence[str]) -> None:
        super().__init__(message)
        self.parameters = tuple(parameters)
        self.args = (f"{message} {' and '.join(parameters)}",)


class UnanswerableError(QuestionError):
    """A question to which the input has no answer, such as one about an unknown endpoint."""
