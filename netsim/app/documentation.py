"""Finding and reading the documentation: a scenario, and the documents that it names.

``find_documentation(None, ["manifests/"])`` reads the one file in ``scenarios/``, the diagram
in the document that it names, and what other documents state.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.errors import DocumentationError, UnanswerableError
from netsim.loader.sources.files import FileError, explain, is_folder, read_text, resolve
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

if TYPE_CHECKING:
    from netsim.intent.document.statements import Statements
    from netsim.intent.documentation import Documentation
    from netsim.intent.scenario.scenario import Scenario

FOLDER = "scenarios"
SUFFIXES = (".yaml", ".yml")


class LocatedDocumentation(Struct, frozen=True):
    """A documentation, and where its parts are.

    ``unread`` says which documents that make statements cannot be read at all.
    """

    documentation: Documentation
    scenario_file: str
    diagram_file: str
    statements: tuple[Statements, ...] = ()
    unread: tuple[Diagnostic, ...] = ()

    @property
    def scenario(self) -> Scenario:
        """What the names of the diagram stand for."""
        return self.documentation.scenario

    @property
    def problems(self) -> tuple[Diagnostic, ...]:
        """What is wrong with documents that make statements; the rest of them is compared."""
        return (*self.unread, *(found for each in self.statements for found in each.problems))

    def about(self, paths: Sequence[str]) -> tuple[Statements, ...]:
        """The statements of documents whose whole folder is among the input."""
        folders = [resolve(Path(path)) for path in paths if path != "-"]
        return tuple(each for each in self.statements if _is_below(each.file, folders))


def _is_below(file: str, folders: Sequence[Path]) -> bool:
    own = resolve(Path(file)).parent
    return any(own.is_relative_to(folder) for folder in folders)


def find_documentation(
    scenario_file: str | None, paths: Sequence[str]
) -> LocatedDocumentation | None:
    """The documentation of a scenario, or of the one found near the input; None without any.

    Raises :class:`DocumentationError`.
    """
    file = scenario_file or discover(paths)
    return read(file) if file else None


def find_scenario(scenario_file: str | None, paths: Sequence[str]) -> Scenario | None:
    """The scenario alone, of a question that its diagram has no part in.

    Raises :class:`UnanswerableError` where it, or what it names, cannot be read.
    """
    try:
        file = scenario_file or discover(paths)
    except DocumentationError as error:
        raise UnanswerableError(str(error)) from error
    return read_scenario_file(file) if file else None


def read_scenario_file(file: str) -> Scenario:
    """The scenario of a file.  Raises :class:`UnanswerableError` where it cannot be read."""
    try:
        return read(file).scenario
    except DocumentationError as error:
        message = f"{file}: this scenario is needed to answer"
        raise UnanswerableError(message, error.diagnostics) from error


def discover(paths: Sequence[str]) -> str | None:
    """The one scenario in ``scenarios/``, here, in or beside an input; None without any."""
    folders = [Path(FOLDER)]
    folders += [folder for path in paths if path != "-" for folder in _near(path)]
    for folder in dict.fromkeys(folders):
        found = _scenarios(folder)
        if len(found) > 1:
            names = ", ".join(map(str, found))
            raise _error(
                str(folder), f"several scenarios: choose one of {names} with --scenario"
            )
        if found:
            return str(found[0])
    return None


def _scenarios(folder: Path) -> list[Path]:
    try:
        return sorted(file for file in folder.iterdir() if file.suffix in SUFFIXES)
    except (FileNotFoundError, NotADirectoryError):
        if not folder.is_symlink():
            return []
        raise _error(str(folder), "a link to nothing") from None
    except (OSError, ValueError) as error:
        # What is in it might say that all this is wrong.
        raise _error(str(folder), explain(error)) from error


def _near(path: str) -> tuple[Path, Path]:
    """In the folder of the manifests and beside it."""
    given = resolve(Path(path))
    folder = given if is_folder(given) else given.parent
    return _shorten(folder / FOLDER), _shorten(folder.parent / FOLDER)


def _shorten(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def read(scenario_file: str) -> LocatedDocumentation:
    """The scenario and the flows that it and its diagram state."""
    from netsim.intent.documentation import Documentation, combine_flows
    from netsim.intent.errors import IntentError

    try:
        scenario = _scenario(scenario_file)
        diagram_file = _document_file(scenario_file, scenario.diagram.file)
        from netsim.intent.diagram.reading import read_diagram

        text = _text(diagram_file, scenario.diagram.location)
        diagram = read_diagram(text, diagram_file, scenario.diagram.heading)
        flows = combine_flows(scenario, diagram)
    except IntentError as error:
        raise DocumentationError(*error.diagnostics) from error
    documented = Documentation(scenario, diagram, flows)
    statements, unread = _statements(scenario_file, scenario)
    return LocatedDocumentation(documented, scenario_file, diagram_file, statements, unread)


def _statements(
    scenario_file: str, scenario: Scenario
) -> tuple[tuple[Statements, ...], tuple[Diagnostic, ...]]:
    """What each document states; one that cannot be read takes nothing from the others."""
    if not scenario.documents:
        return (), ()
    from netsim.intent.document.reading import read_statements

    found: list[Statements] = []
    unread: list[Diagnostic] = []
    for reference in scenario.documents:
        file = _document_file(scenario_file, reference.file)
        try:
            found.append(read_statements(_text(file, reference.location), file, reference))
        except DocumentationError as error:
            unread.extend(error.diagnostics)
    return tuple(found), tuple(unread)


def _scenario(file: str) -> Scenario:
    from netsim.intent.scenario.scenario import read_scenario

    return read_scenario(_text(file, Location(file, 0)), file)


def _document_file(scenario_file: str, named: str) -> str:
    return os.path.normpath(Path(scenario_file).parent / named)


def _text(file: str, named_at: Location) -> str:
    try:
        return read_text(Path(file))
    except FileError as error:
        where = f" (named at {named_at})" if named_at.line else ""
        raise _error(file, f"{error}{where}") from error


def _error(file: str, message: str) -> DocumentationError:
    return DocumentationError(Diagnostic(Severity.ERROR, message, Location(file, 0)))
