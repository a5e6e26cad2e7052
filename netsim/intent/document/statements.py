"""What a document states about the manifests beside it, each statement with its place."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum

from msgspec import Struct

from netsim.model.disruption import Amount
from netsim.model.finding import Diagnostic
from netsim.model.location import Location
from netsim.model.tree import Tree


class StatedFile(Struct, frozen=True):
    """A row of the table of files; ``path`` as written, a folder with a slash at its end."""

    path: str
    location: Location


class Step(Struct, frozen=True):
    """A step of the deployment order; ``paths`` are the files or folders it applies.

    Without paths it is something installed by other means.
    """

    number: int
    title: str
    paths: tuple[str, ...]
    location: Location


class StatedBudget(Struct, frozen=True):
    """A row of the table of budgets; None stands for a cell that says there is none."""

    service: str
    min_available: Amount | None
    max_unavailable: Amount | None
    location: Location


class StatedPeriod(Struct, frozen=True):
    """How often something runs: the time from one run to the next, and the words for it."""

    length: timedelta
    text: str
    location: Location


class Excerpt(Struct, frozen=True):
    """A YAML block that quotes the manifests; lines of ``tree`` are those of the document.

    ``files`` are the manifests that its section names, in backquotes.
    """

    heading: str
    tree: Tree
    location: Location
    files: tuple[str, ...] = ()


class Depth(Enum):
    """Which files a command takes from a folder (``kubectl --recursive``)."""

    FOLDER = "folder"
    """The files directly in it."""

    TREE = "tree"
    """Also the files in the folders below it."""


class ApplyCommand(Struct, frozen=True):
    """``kubectl apply -f PATH -n NAMESPACE`` in a block of shell commands.

    ``namespace`` is None where the command names none.
    """

    paths: tuple[str, ...]
    namespace: str | None
    location: Location
    depth: Depth = Depth.FOLDER


class AskedObject(Struct, frozen=True):
    """What a command asks for: a kind as written, and a name; without one, all of the kind."""

    kind: str
    name: str = ""


class ObjectCommand(Struct, frozen=True):
    """``kubectl describe KIND NAME -n NAMESPACE`` and the like.

    ``namespace`` is None where the command names none; ``is_everywhere`` says that it asks in
    all of them.
    """

    verb: str
    asked: tuple[AskedObject, ...]
    namespace: str | None
    location: Location
    selector: str = ""
    is_everywhere: bool = False


class MadeObject(Struct, frozen=True):
    """What a documented command makes of no file beside the document.

    ``name`` is empty where that may be anything, as by ``helm install``; ``namespace`` is None
    where it may be any.
    """

    name: str
    namespace: str | None


class Statements(Struct, frozen=True):
    """Everything that one document states; paths in it are relative to its folder.

    ``files``, ``steps``, ``budgets`` and ``periods`` are None where the scenario names no
    heading for them, or where they cannot be read, and then nothing is expected of them.
    ``problems`` say what cannot be read.
    """

    file: str
    files: tuple[StatedFile, ...] | None = None
    files_location: Location | None = None
    steps: tuple[Step, ...] | None = None
    budgets: tuple[StatedBudget, ...] | None = None
    budgets_location: Location | None = None
    periods: tuple[StatedPeriod, ...] | None = None
    periods_location: Location | None = None
    excerpts: tuple[Excerpt, ...] = ()
    commands: tuple[ApplyCommand, ...] = ()
    object_commands: tuple[ObjectCommand, ...] = ()
    made: tuple[MadeObject, ...] = ()
    problems: tuple[Diagnostic, ...] = ()

    @property
    def count(self) -> int:
        """How many statements there are."""
        lists = (self.files, self.steps, self.budgets, self.periods)
        counted = sum(len(each) for each in lists if each is not None)
        counted += len(self.excerpts) + len(self.commands)
        return counted + len(self.object_commands)
