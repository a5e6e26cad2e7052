"""The exceptions of netsim: one base, and below it one for each seam.

::

    NetsimError
    ├── LoadError               input that is rejected
    │   ├── TreeError           a document that is neither YAML nor JSON
    │   ├── TextError           a text without Kubernetes objects
    │   ├── FileError           a file that cannot be read
    │   ├── ShapeError          an object that has not the form of one
    │   ├── GitError            a revision that cannot be read
    │   │   └── NothingThereError   a path at which it has no manifest
    │   └── RenderError         a chart or a kustomization that a tool does not render
    ├── EditError               an edit that its object does not allow
    │   └── UnfaithfulError     one that cannot be written without changing other values
    ├── WriteError              a file that is not changed
    ├── LiveError               a cluster that cannot be read
    ├── AnswerError             what the API server refuses
    ├── IntentError             a document that cannot be read as intent
    │   └── IntentErrors        several problems of one
    ├── DocumentationError      a scenario, or a document that it names, that cannot be used
    ├── EndpointError           a name without endpoint, or with several
    ├── RequestError            a question that is not well put
    │   └── ParametersError     a question that lacks parameters, or takes none of these
    ├── UnanswerableError       a question to which the input has no answer
    ├── ScheduleError           a schedule that Kubernetes refuses
    ├── ShellError              a text that is no shell script
    ├── NotUnderstood           a call of kubectl that does not tell what it needs
    ├── OverdueError            work that takes longer than it may
    ├── ProbeError              a cluster that cannot be probed
    ├── ForgeError              a forge that does not do what it is asked
    ├── ForwardError            a port that cannot be reached
    ├── LayoutError             a picture that cannot be laid out
    └── OutputError             a file that cannot be written

Two more never leave the loader: they send a document to the reader that has words for it::

    NotPlainError               YAML that is more than plain values
    UnusualError                an object that has not the usual form

An exception stands in the room that raises it; those that several rooms raise stand here.
A message says what is wrong and what would be right, and is written for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netsim.model.finding import Diagnostic


class NetsimError(Exception):
    """Whatever netsim raises on purpose.

    ``diagnostics`` is what is wrong with the input, as far as that is known.
    """

    def __init__(self, message: str, diagnostics: Sequence[Diagnostic] = ()) -> None:
        super().__init__(message)
        self.message = message
        self._diagnostics = tuple(diagnostics)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """What is wrong with the input, in the order in which it was found."""
        return self._diagnostics

    def prepend(self, diagnostics: Sequence[Diagnostic]) -> None:
        """Adds what was found before."""
        self._diagnostics = (*diagnostics, *self._diagnostics)


class LoadError(NetsimError, ValueError):
    """Input that is rejected; ``diagnostics`` says why and where, if it is known."""


class TreeError(LoadError):
    """A document that cannot be read.

    ``line`` counts from 1 within the text at hand; so does ``other``, the line of what it
    collides with.
    """

    def __init__(self, message: str, line: int, other: int | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.other = other


class DocumentationError(NetsimError):
    """Documentation that cannot be used; ``diagnostics`` says why and where."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("\n".join(map(str, diagnostics)), diagnostics)


class RequestError(NetsimError, ValueError):
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


class UnanswerableError(NetsimError, ValueError):
    """A question to which the input has no answer, such as one about an unknown endpoint."""
