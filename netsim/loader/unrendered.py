"""Trees of files that are rendered before they are applied: Helm charts and kustomizations.

A kustomization that only lists files of the input, or further such kustomizations, changes
nothing: its files are read as they are.  Any other one is an :class:`UnrenderedTree`, with
every file that it names, and those that the bases below it name.  Overlays of one base are one
tree.

Sources: https://helm.sh/docs/topics/charts/ (the folders of a chart), and
https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ (the fields).
"""

from __future__ import annotations

import os
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from pathlib import Path

from msgspec import Struct, field

from netsim.loader.registry import Scope
from netsim.loader.sources.files import FileError, read_text
from netsim.loader.sources.sources import KUSTOMIZATIONS, Source, is_ref
from netsim.loader.tree.documents import Parsed, Syntax, documents
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location
from netsim.model.tree import Mapping, Scalar, Tree
from netsim.model.tree import Sequence as Items
from netsim.words.lists import count_noun, join_first
from netsim.words.printable import printable

_CHART = "Chart.yaml"
_OF_CHART = ("templates", "charts", "crds", "ci")
_VALUES = re.compile(
    r"values(?:[-_.].*)?\.(?:ya?ml|json)|Chart\.lock|requirements\.(?:ya?ml|lock)"
)
_GROUP = "kustomize.config.k8s.io/"
_CHANGES_NOTHING = frozenset(
    ("apiVersion", "kind", "metadata", "resources", "bases", "sortOptions", "buildMetadata")
)
_LISTS = ("resources", "bases", "components")
_FOLDERS = (*_LISTS, "generators", "transformers", "validators")
_HELM = ("helmCharts", "helmChartInflationGenerator")
_REMOTE = re.compile(
    r"[a-z][a-z0-9+.-]*://|git@|git::|[\w.-]+\.[a-z]{2,}[:/][^.]", re.IGNORECASE
)


class Rendering(Enum):
    """Whether what makes manifests of a tree is run."""

    NEVER = "never"
    BY_TOOLS = "by tools"
    """With the ``helm``, ``kustomize`` or ``kubectl`` on the PATH."""


class Renderer(Enum):
    """What makes manifests of a tree."""

    HELM = "helm"
    KUSTOMIZE = "kustomize"
    NONE = "none"
    """Nothing does: a library chart, of which other charts take parts."""


class UnrenderedTree(Struct, frozen=True):
    """Files that are no manifests until they are rendered.

    ``folder`` is the one to render, ``others`` are further ones that can be rendered in its
    place.  ``members`` are the names of the sources that belong to it.  ``obstacle`` is why it
    cannot be rendered here, or empty.
    """

    renderer: Renderer
    folder: str
    place: str
    members: frozenset[str]
    name: str = ""
    others: tuple[str, ...] = ()
    obstacle: str = ""

    @property
    def revision(self) -> str:
        """The git revision that it is in; empty for files, which alone can be rendered."""
        is_revision = is_ref(self.place) and not os.path.lexists(self.place)
        return self.place.partition(":")[0] if is_revision else ""

    @property
    def command(self) -> str:
        """What renders it, as one types it."""
        path = self.folder.partition(":")[2] or "." if self.revision else self.folder
        folder = shlex.quote(printable(path))
        if folder.startswith("-"):
            folder = f"./{folder}"
        if self.renderer is Renderer.HELM:
            return f"helm template {self.name} {folder}"
        option = " --enable-helm" if self.obstacle.startswith(_HELM[0]) else ""
        return f"kubectl kustomize{option} {folder}"

    def report(self, why: str = "") -> Diagnostic:
        """What was not judged, and the command that renders it."""
        if self.renderer is Renderer.NONE:
            message = "a library chart, which makes no manifests: passed over"
            return Diagnostic(Severity.NOTE, message, Location(self.place, 0))
        if self.renderer is Renderer.HELM:
            what = "a Helm chart"
        elif self.others:
            what = (
                f"kustomizations that share files ({join_first((self.folder, *self.others))})"
            )
        else:
            what = "a kustomization"
        number = count_noun(len(self.members), "file")
        reason = why or self.obstacle
        it = "one of them" if self.others else "it"
        message = f"{what}, not rendered and so not judged ({number})"
        message += f": {reason}" if reason else ""
        message += f"; check {printable(self.revision)} out" if self.revision else ""
        message += (
            f"{' and' if self.revision else ';'} render {it}: {self.command} | netsim check -"
        )
        if not (reason or self.revision):
            message += ", or add --render" + (
                " and name its folder alone" if self.others else ""
            )
        return Diagnostic(Severity.ERROR, message, Location(self.place, 0))


def find_trees(sources: Sequence[Source]) -> tuple[UnrenderedTree, ...]:
    """The trees among the sources, charts first; O(files + names in kustomizations)."""
    names = {posixpath.basename(source.name.rpartition(":")[2]) for source in sources}
    if names.isdisjoint((*KUSTOMIZATIONS, _CHART)):
        return ()
    files = {_key(source.name): source for source in sources}
    charts = tuple(_find_charts(files))
    taken = {member for chart in charts for member in chart.members}
    rest = {key: source for key, source in files.items() if source.name not in taken}
    return (*charts, *_Kustomizations(rest).find())


def is_kustomization(source: Source) -> bool:
    """Whether a source is what Kustomize builds from."""
    name = posixpath.basename(source.name.rpartition(":")[2])
    return name in KUSTOMIZATIONS and _read_kustomization(source.text) is not None


def _key(name: str) -> str:
    """A name by which two ways to write a path are equal; that of a revision keeps it."""
    if is_ref(name) and not os.path.lexists(name):
        revision, _, path = name.partition(":")
        return f"{revision}:/{posixpath.normpath(path)}"
    return os.path.abspath(name)  # noqa: PTH100 - links are no part of where bases are


def _show_folder(name: str) -> str:
    prefix = ""
    if is_ref(name) and not os.path.lexists(name):
        revision, _, name = name.partition(":")
        prefix = f"{revision}:"
    return prefix + (posixpath.dirname(name) or ("" if prefix else "."))


def _first_mapping(text: str) -> Mapping | None:
    for document in documents(text, Syntax.YAML, Scope.BUNDLE):
        if isinstance(document, Parsed):
            return document.tree if isinstance(document.tree, Mapping) else None
        return None
    return None


def _text(tree: Mapping, key: str) -> str:
    found = tree.get(key)
    return found.text if isinstance(found, Scalar) else ""


def _find_charts(files: dict[str, Source]) -> Iterator[UnrenderedTree]:
    folders = sorted(
        posixpath.dirname(key) for key in files if posixpath.basename(key) == _CHART
    )
    seen: list[str] = []
    for folder in folders:
        if any(folder.startswith(f"{parent}/charts/") for parent in seen):
            continue
        source = files[f"{folder}/{_CHART}".replace("//", "/")]
        tree = _first_mapping(source.text)
        if tree is None or "kind" in tree.entries or not _text(tree, "name"):
            continue
        members = frozenset(
            each.name for key, each in files.items() if _is_of_chart(key, folder)
        )
        has_templates = any(
            key.startswith((f"{folder}/templates/", f"{folder}/charts/")) for key in files
        )
        if not (has_templates or "dependencies" in tree.entries):
            continue
        seen.append(folder)
        place = _show_folder(source.name)
        name = re.sub(r"[^a-z0-9-]+", "-", _text(tree, "name").lower()).strip("-")[:53]
        is_library = _text(tree, "type") == "library"
        renderer = Renderer.NONE if is_library else Renderer.HELM
        yield UnrenderedTree(renderer, place, source.name, members, name or "release")


def _is_of_chart(key: str, folder: str) -> bool:
    if not key.startswith(f"{folder}/"):
        return False
    first, slash, _ = key[len(folder) + 1 :].partition("/")
    return first in _OF_CHART if slash else first == _CHART or bool(_VALUES.fullmatch(first))


class _Kustomization(Struct):
    """One that was read; ``reached`` are the keys of all files that it builds from."""

    folder: str
    shown: str
    tree: Mapping
    file: str
    files: set[str] = field(default_factory=set)
    children: list[str] = field(default_factory=list)
    obstacle: str = ""
    is_plain: bool = False


class _Kustomizations:
    """The kustomizations of the input, and those outside of it that they build from."""

    def __init__(self, files: dict[str, Source]) -> None:
        self._files = files
        self._known: dict[str, _Kustomization | None] = {}

    def find(self) -> Iterator[UnrenderedTree]:
        own = [
            found
            for key in self._files
            if posixpath.basename(key) in KUSTOMIZATIONS
            for found in [self._open(posixpath.dirname(key))]
            if found and found.file == key
        ]
        reached = {each.folder: self._reach(each) for each in own}
        below = {child for each in own for child in self._list_below(each)}
        roots = [each for each in own if each.folder not in below]
        for group in self._unite(roots, own, reached):
            folders = {folder for each in group for folder in reached[each.folder][1]}
            if all(self._is_plain(folder) for folder in folders):
                continue
            keys = {key for each in group for key in reached[each.folder][0]}
            yield self._build(group, keys, folders)

    def _build(
        self, group: list[_Kustomization], keys: set[str], folders: set[str]
    ) -> UnrenderedTree:
        known = [each for folder in sorted(folders) if (each := self._open(folder))]
        keys |= {each.file for each in known}
        names = [self._files[key].name for key in keys if key in self._files]
        whole = [each for each in group if _text(each.tree, "kind") != "Component"]
        obstacle = next((each.obstacle for each in known if each.obstacle), "")
        if not whole:
            obstacle = "it is a Component, which only a kustomization that names it builds"
        first, *others = whole or group
        return UnrenderedTree(
            Renderer.KUSTOMIZE,
            first.shown,
            self._files[first.file].name,
            frozenset(names),
            others=tuple(each.shown for each in others),
            obstacle=obstacle,
        )

    def _open(self, folder: str) -> _Kustomization | None:
        if folder not in self._known:
            self._known[folder] = None
            self._known[folder] = self._read(folder)
        return self._known[folder]

    def _read(self, folder: str) -> _Kustomization | None:
        for name in KUSTOMIZATIONS:
            key = posixpath.join(folder, name)
            source = self._files.get(key)
            text = source.text if source else _read_outside(key)
            if text is None:
                continue
            tree = _read_kustomization(text)
            if tree is None:
                continue
            shown = _show_folder(source.name) if source else os.path.relpath(folder)
            found = _Kustomization(folder, shown, tree, key)
            self._follow(found)
            return found
        return None

    def _follow(self, found: _Kustomization) -> None:
        """Notes which files and folders it names, and what it needs from elsewhere."""
        for text in _list_texts(found.tree):
            for each in {text, text.rpartition("=")[2]}:
                key = posixpath.normpath(posixpath.join(found.folder, each))
                if key in self._files:
                    found.files.add(key)
        is_plain = _text(found.tree, "kind") in ("", "Kustomization") and all(
            name in _CHANGES_NOTHING or _is_empty(entry.value)
            for name, entry in found.tree.entries.items()
        )
        for name in _FOLDERS:
            value = found.tree.get(name)
            for text in _list_texts(value) if value is not None else ():
                key = posixpath.normpath(posixpath.join(found.folder, text))
                if key in self._files:
                    continue
                is_plain = False if not self._holds(key) else is_plain
                if key != found.folder and self._is_folder(key):
                    found.children.append(key)
                elif _REMOTE.match(text) and "\n" not in text and not Path(key).exists():
                    is_plain = False
                    found.obstacle = f"it builds from {_hide(text)}, which needs the network"
                else:
                    is_plain = False
        found.is_plain = is_plain
        helm = next((name for name in _HELM if name in found.tree.entries), None)
        if helm:
            found.obstacle = f"{helm} makes Kustomize run helm, which may need the network"

    def _holds(self, folder: str) -> bool:
        return any(posixpath.join(folder, name) in self._files for name in KUSTOMIZATIONS)

    def _is_folder(self, key: str) -> bool:
        return self._holds(key) or _is_outside_folder(key)

    def _reach(self, start: _Kustomization) -> tuple[set[str], set[str]]:
        """The files that it builds from, and the folders of their kustomizations."""
        folders = {start.folder, *self._list_below(start)}
        known = [each for folder in folders if (each := self._open(folder))]
        return {key for each in known for key in each.files} | {
            each.file for each in known
        }, folders

    def _list_below(self, start: _Kustomization) -> set[str]:
        found: set[str] = set()
        todo = list(start.children)
        while todo:
            folder = todo.pop()
            below = None if folder in found else self._open(folder)
            found.add(folder)
            todo += below.children if below else ()
        return found

    def _is_plain(self, folder: str) -> bool:
        found = self._open(folder)
        return bool(found and found.is_plain)

    def _unite(
        self,
        roots: list[_Kustomization],
        own: list[_Kustomization],
        reached: dict[str, tuple[set[str], set[str]]],
    ) -> list[list[_Kustomization]]:
        """Roots that have a file in common; one of those that name each other in a circle."""
        covered = {folder for each in roots for folder in reached[each.folder][1]}
        for each in own:
            if each.folder not in covered:
                roots.append(each)
                covered |= reached[each.folder][1]
        groups: list[tuple[list[_Kustomization], set[str]]] = []
        for each in roots:
            members, keys = [each], set(reached[each.folder][0])
            apart: list[tuple[list[_Kustomization], set[str]]] = []
            for group, others in groups:
                if keys.isdisjoint(others):
                    apart.append((group, others))
                else:
                    members, keys = [*group, *members], keys | others
            groups = [*apart, (members, keys)]
        return [group for group, _ in groups]


def _read_kustomization(text: str) -> Mapping | None:
    """Flux has a kind of the same name, which is an object of the cluster."""
    tree = _first_mapping(text)
    if tree is None:
        return None
    version = _text(tree, "apiVersion")
    is_own = not version or version.startswith(_GROUP)
    return (
        tree if is_own and _text(tree, "kind") in ("", "Kustomization", "Component") else None
    )


def _read_outside(key: str) -> str | None:
    if not key.startswith("/"):
        return None
    try:
        return read_text(Path(key)) if Path(key).is_file() else None
    except (FileError, OSError):
        return None


def _is_outside_folder(key: str) -> bool:
    return key.startswith("/") and any(Path(key, name).is_file() for name in KUSTOMIZATIONS)


def _is_empty(tree: Tree) -> bool:
    if isinstance(tree, Scalar):
        return tree.text in ("", "null", "~")
    return not (tree.entries if isinstance(tree, Mapping) else tree.items)


def _list_texts(tree: Tree) -> Iterable[str]:
    if isinstance(tree, Scalar):
        yield tree.text
        return
    for each in (
        tree.items
        if isinstance(tree, Items)
        else [entry.value for entry in tree.entries.values()]
    ):
        yield from _list_texts(each)


def _hide(text: str) -> str:
    """An address without the credentials that it may hold."""
    return printable(re.sub(r"//[^/@\s]*@", "//", text).partition("?")[0])
