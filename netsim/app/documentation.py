"""Finding and reading the documentation: a scenario, and the documents that it names.

``find_documentation(None, ["manifests/"])`` reads the one file in ``scenarios/``, the diagram
in the document that it names, and what other documents state.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.errors import DocumentationError, RequestError, UnanswerableError
from netsim.loader.sources.files import FileError, is_folder, resolve
from netsim.loader.sources.sources import locate
from netsim.loader.sources.texts import WORKING_TREE, Texts
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location

if TYPE_CHECKING:
    from netsim.intent.document.statements import Statements
    from netsim.intent.documentation import Documentation
    from netsim.intent.scenario.scenario import Scenario
    from netsim.model.resources import Resources

FOLDER = "scenarios"
SUFFIXES = (".yaml", ".yml")


class LocatedDocumentation(Struct, frozen=True):
    """A documentation, and where its parts are.

    ``unread`` says which documents that make statements cannot be read at all.  ``matches``
    says what the names of a diagram without a scenario are taken for.  ``texts`` is where all
    of it was read.
    """

    documentation: Documentation
    scenario_file: str | None
    diagram_file: str | None
    statements: tuple[Statements, ...] = ()
    unread: tuple[Diagnostic, ...] = ()
    matches: tuple[Diagnostic, ...] = ()
    texts: Texts = WORKING_TREE

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
        folders = [resolve(Path(locate(path))) for path in paths if path != "-"]
        return tuple(
            each
            for each in self.statements
            if _is_below(locate(self.texts.locate(each.file)), folders)
        )


def _is_below(file: str, folders: Sequence[Path]) -> bool:
    own = resolve(Path(file)).parent
    return any(own.is_relative_to(folder) for folder in folders)


class Discovery(Enum):
    """Whether a scenario that nobody named is looked for."""

    NEAR = "near"
    NONE = "none"


def find_documentation(
    scenario_file: str | None,
    paths: Sequence[str],
    discovery: Discovery = Discovery.NEAR,
    texts: Texts = WORKING_TREE,
) -> LocatedDocumentation | None:
    """The documentation of a scenario, or of the one found near the input; None without any.

    Raises :class:`DocumentationError`.
    """
    file = _choose(scenario_file, paths, discovery, texts)
    return read(file, texts) if file else None


def _choose(
    scenario_file: str | None,
    paths: Sequence[str],
    discovery: Discovery,
    texts: Texts = WORKING_TREE,
) -> str | None:
    if scenario_file or discovery is Discovery.NONE:
        return scenario_file
    return discover(paths, texts)


def find_scenario(
    scenario_file: str | None, paths: Sequence[str], discovery: Discovery = Discovery.NEAR
) -> Scenario | None:
    """The scenario alone, of a question that its diagram has no part in.

    Raises :class:`UnanswerableError` where it, or what it names, cannot be read.
    """
    try:
        file = _choose(scenario_file, paths, discovery)
    except DocumentationError as error:
        raise UnanswerableError(str(error)) from error
    return read_scenario_file(file) if file else None


def read_scenario_file(file: str) -> Scenario:
    """The scenario of a file.  Raises :class:`UnanswerableError` where it cannot be read."""
    try:
        return read(file).scenario
    except DocumentationError as error:
        message = f"{file}: this scenario is needed to answer; --no-scenario leaves it aside"
        raise UnanswerableError(message, error.diagnostics) from error


def discover(paths: Sequence[str], texts: Texts = WORKING_TREE) -> str | None:
    """The one scenario in ``scenarios/``, here, in or beside an input; None without any.

    Files of other programs, which may use a folder of that name too, are none.
    """
    for folder in _list_folders(paths):
        found = [file for file in _list_yaml(folder, texts) if not _is_foreign(file, texts)]
        if len(found) > 1:
            names = ", ".join(map(str, found))
            raise _error(
                str(folder), f"several scenarios: choose one of {names} with --scenario"
            )
        if found:
            return str(found[0])
    return None


def report_foreign(
    scenario_file: str | None, paths: Sequence[str], discovery: Discovery = Discovery.NEAR
) -> Iterator[Diagnostic]:
    """A note about each file that was passed over in the search for a scenario.

    What cannot be read ends the search, which says so itself.
    """
    if scenario_file or discovery is Discovery.NONE:
        return
    for folder in _list_folders(paths):
        try:
            found = _list_yaml(folder, WORKING_TREE)
            foreign = [file for file in found if _is_foreign(file, WORKING_TREE)]
        except DocumentationError:
            return
        for file in foreign:
            message = "passed over: it has none of the keys of a scenario"
            yield Diagnostic(Severity.NOTE, message, Location(str(file), 0))
        if len(foreign) < len(found):
            return


def _list_folders(paths: Sequence[str]) -> tuple[Path, ...]:
    near = [folder for path in paths if path != "-" for folder in _near(path)]
    return tuple(dict.fromkeys([Path(FOLDER), *near]))


def _list_yaml(folder: Path, texts: Texts) -> list[Path]:
    """The YAML files of a folder; one that is not there has none."""
    try:
        return [file for file in texts.list_folder(folder) if file.suffix in SUFFIXES]
    except FileError as error:
        # What is in it might say that all this is wrong.
        raise _error(str(folder), str(error)) from error


def _is_foreign(file: Path, texts: Texts) -> bool:
    from netsim.intent.scenario.scenario import is_foreign

    return is_foreign(_text(str(file), Location(str(file), 0), texts))


def _near(path: str) -> tuple[Path, Path]:
    """In the folder of the manifests and beside it."""
    given = resolve(Path(locate(path)))
    folder = given if is_folder(given) else given.parent
    return _shorten(folder / FOLDER), _shorten(folder.parent / FOLDER)


def _shorten(folder: Path) -> Path:
    here = Path.cwd()
    return folder.relative_to(here) if folder.is_relative_to(here) else folder


def read(scenario_file: str, texts: Texts = WORKING_TREE) -> LocatedDocumentation:
    """The scenario and the flows that it and its diagram state."""
    from netsim.intent.documentation import Documentation, combine_flows
    from netsim.intent.errors import IntentError

    try:
        from netsim.intent.diagram.reading import Diagram, read_diagram

        scenario = _scenario(scenario_file, texts)
        diagram, diagram_file = Diagram(), None
        if drawn := scenario.diagram:
            diagram_file = _document_file(scenario_file, drawn.file)
            text = _text(diagram_file, drawn.location, texts)
            diagram = read_diagram(text, diagram_file, drawn.heading)
        flows = combine_flows(scenario, diagram)
    except IntentError as error:
        raise DocumentationError(*error.diagnostics) from error
    documented = Documentation(scenario, diagram, flows)
    statements, unread = _statements(scenario_file, scenario, texts)
    return LocatedDocumentation(
        documented, scenario_file, diagram_file, statements, unread, texts=texts
    )


def describe_diagram(
    reference: str, resources: Resources, texts: Texts = WORKING_TREE
) -> LocatedDocumentation:
    """The documentation of a diagram alone, ``FILE#HEADING``, about workloads of the input.

    Raises :class:`DocumentationError`, and :class:`RequestError` for another form.
    """
    from netsim.intent.diagram.reading import read_diagram
    from netsim.intent.documentation import Documentation, combine_flows
    from netsim.intent.errors import IntentError
    from netsim.intent.scenario.matching import match_names

    file, sign, heading = reference.partition("#")
    if not (file and sign and heading.strip()):
        message = f"{reference!r} names no diagram: write FILE#HEADING, the heading above it"
        raise RequestError(message, "diagram")
    try:
        text = _text(file, Location(file, 0), texts)
        diagram = read_diagram(text, file, heading.strip())
        matching = match_names(diagram, resources)
        flows = combine_flows(matching.scenario, diagram)
    except IntentError as error:
        raise DocumentationError(*error.diagnostics) from error
    documented = Documentation(matching.scenario, diagram, flows)
    return LocatedDocumentation(documented, None, file, matches=matching.notes, texts=texts)


class UnusedDiagram(Struct, frozen=True):
    """A diagram that is compared with nothing; ``reference`` is ``FILE#HEADING``."""

    reference: str
    heading: str
    location: Location


def find_unused_diagrams(paths: Sequence[str], read: Iterable[str]) -> Iterator[UnusedDiagram]:
    """The diagrams beside the input, where there is no scenario.

    Looked at are the documents in the folders of the input, and the README beside each and
    beside the files that were ``read``.
    """
    for file in dict.fromkeys((*_list_documents_near(paths), *_list_readmes(read))):
        try:
            text = WORKING_TREE.read(Path(file))
        except FileError:
            continue
        from netsim.intent.document.recognition import recognise_diagrams

        for drawn in recognise_diagrams(text, file):
            reference = f"{file}#{drawn.heading}"
            yield UnusedDiagram(reference, drawn.heading, drawn.diagram.location)


def name_draft_command(paths: Sequence[str], options: Sequence[str] = ()) -> str:
    """The command that drafts a scenario for what was read."""
    import shlex  # only for what is shown here

    return f"netsim init {shlex.join((*paths, *options))} -o scenarios/netsim.yaml"


def report_unused_diagrams(
    found: Iterable[UnusedDiagram], paths: Sequence[str]
) -> Iterator[Diagnostic]:
    """A note on each, and how to use it."""
    for drawn in found:
        command = name_draft_command(paths, ("--diagram", drawn.reference))
        message = (
            f"the diagram below {drawn.heading!r} is compared with nothing; a scenario for "
            f"it is written by: {command}"
        )
        yield Diagnostic(Severity.NOTE, message, drawn.location)


def _list_documents_near(paths: Sequence[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for path in paths:
        if path == "-":
            continue
        given = resolve(Path(locate(path)))
        folder = given if is_folder(given) else given.parent
        for place, is_beside in ((folder, False), (folder.parent, True)):
            for file in _list_markdown(place):
                if not is_beside or file.stem.casefold() == "readme":
                    found[str(_shorten(file))] = None
    return tuple(found)


def _list_readmes(files: Iterable[str]) -> Iterator[str]:
    """The README of each folder that holds one of these files."""
    for folder in dict.fromkeys(Path(file).parent for file in files):
        if folder.is_dir():
            for file in _list_markdown(resolve(folder)):
                if file.stem.casefold() == "readme":
                    yield str(_shorten(file))


def _list_markdown(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.suffix.casefold() == ".md")
    except (OSError, ValueError):
        return []


def _statements(
    scenario_file: str, scenario: Scenario, texts: Texts
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
            text = _text(file, reference.location, texts)
            found.append(read_statements(text, file, reference))
        except DocumentationError as error:
            unread.extend(error.diagnostics)
    return tuple(found), tuple(unread)


def _scenario(file: str, texts: Texts) -> Scenario:
    from netsim.intent.scenario.scenario import read_scenario

    return read_scenario(_text(file, Location(file, 0), texts), file)


def _document_file(scenario_file: str, named: str) -> str:
    return os.path.normpath(Path(scenario_file).parent / named)


def _text(file: str, named_at: Location, texts: Texts) -> str:
    try:
        return texts.read(Path(file))
    except FileError as error:
        where = f" (named at {named_at})" if named_at.line else ""
        raise _error(file, f"{error}{where}") from error


def _error(file: str, message: str) -> DocumentationError:
    return DocumentationError(Diagnostic(Severity.ERROR, message, Location(file, 0)))
