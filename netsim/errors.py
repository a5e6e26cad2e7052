"""The errors that netsim raises on purpose, in one tree.

::

    NetsimError                 whatever a caller may want to catch
    ├── LoadError               documents of the input were rejected
    ├── DocumentationError      the scenario, or a document that it names, cannot be used
    ├── RequestError            what is asked is not well put: a value, or a combination
    │   └── ParametersError     parameters that are missing, or that a question does not take
    └── UnanswerableError       what is asked is well put, and the input has no answer

``diagnostics`` are what was found wrong with the input before the error, with places.
"""

from __future__ import annotations

from collections.abc import Sequence

from netsim.model.finding import Diagnostic


class NetsimError(Exception):
    """Whatever netsim raises on purpose."""

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.diagnostics = tuple(diagnostics)


class LoadError(NetsimError, ValueError):
    """Documents that were rejected; ``diagnostics`` says why and where."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__("", diagnostics)
        self.args = ("\n".join(map(str, diagnostics)),)


class DocumentationError(NetsimError):
    """The documentation cannot be used; ``diagnostics`` says why and where."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("", diagnostics)
        self.args = ("\n".join(map(str, diagnostics)),)


class RequestError(NetsimError, ValueError):
    """A request that cannot be understood; ``parameter`` is the one at fault, if it is one."""

    def __init__(
        self,
        message: str,
        parameter: str | None = None,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        super().__init__(message, diagnostics)
        self.parameter = parameter


class ParametersError(RequestError):
    """Parameters that a question needs or does not take: ``path needs source``."""

    def __init__(self, message: str, parameters: Sequence[str]) -> None:
        super().__init__(message)
        self.parameters = tuple(parameters)
        self.args = (f"{message} {' and '.join(parameters)}",)


class UnanswerableError(NetsimError, ValueError):
    """A question to which the input has no answer, such as one about an unknown endpoint."""
