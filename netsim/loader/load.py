"""The loader's front door: paths to resources."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.loader.catalogue import Catalogue, Known, Memory
from netsim.loader.collector import pause_collector
from netsim.loader.foreign import (
    Foreign,
    describe_foreign,
    sort_foreign,
    sort_unreadable,
)
from netsim.loader.objects.objects import (
    Context,
    Item,
    Object,
    Unread,
    Unused,
    is_rendered,
    is_scenario,
    objects,
)
from netsim.loader.objects.other_systems import Unevaluated
from netsim.loader.objects.workloads import Workload
from netsim.loader.registry import Scope
from netsim.loader.sources.sources import Choice, Source, guess_syntax, sources
from netsim.loader.suppressions import Suppression, suppressions
from netsim.loader.tree.documents import (
    Broken,
    Document,
    Parsed,
    Skipped,
    Syntax,
    documents,
    normalise,
)
from netsim.loader.unrendered import (
    Renderer,
    Rendering,
    UnrenderedTree,
    find_trees,
    is_kustomization,
)
from netsim.loader.usual.documents import Passed, Usuals, usual_documents
from netsim.model.finding import Diagnostic, Severity
from netsim.model.location import Location
from netsim.model.pod_template import AUTOSCALERS
from netsim.model.resources import Resources
from netsim.model.tree import Mapping

if TYPE_CHECKING:
    from netsim.loader.bundle_catalogue import BundleCatalogue
    from netsim.model.bundle import Bundle


class Inventory(Struct, frozen=True):
    """Counts of the input; ``used`` and ``unused`` are (kind, count), sorted by kind.

    A kind of another project that shares its name with one in use is listed as
    ``Kind.group``.  ``unread`` are kinds that a snapshot says it lacks, ``unevaluated`` those
    of the unused ones that are policies, ``disputed`` the policies that two files define
    differently.
    """

    files: int = 0
    documents: int = 0
    used: tuple[tuple[str, int], ...] = ()
    unused: tuple[tuple[str, int], ...] = ()
    finished_pods: int = 0
    unread: tuple[str, ...] = ()
    unevaluated: tuple[str, ...] = ()
    disputed: tuple[str, ...] = ()

    def count(self, kind: str) -> int:
        """How many objects of a kind in use were read."""
        return dict(self.used).get(kind, 0)


class Tally:
    """Counts while the input is read."""

    def __init__(self) -> None:
        self.files = 0
        self.documents = 0
        self.finished_pods = 0
        self.used: Counter[str] = Counter()
        self.unused: Counter[str] = Counter()
        self.unread: list[str] = []
        self.unevaluated: Counter[str] = Counter()

    def inventory(self, disputed: tuple[str, ...]) -> Inventory:
        """The counts so far."""
        return Inventory(
            self.files,
            self.documents,
            tuple(sorted(self.used.items())),
            tuple(sorted(self.unused.items())),
            self.finished_pods,
            tuple(dict.fromkeys(self.unread)),
            tuple(sorted(self.unevaluated)),
            disputed,
        )


class Original(Struct, frozen=True):
    """A text of the input, and its documents as they were parsed."""

    source: Source
    documents: tuple[Document, ...]


class Unjudged(Struct, frozen=True):
    """A file of a chart or a kustomization, of which only what is rendered counts."""

    name: str


class Unrendered(Struct, frozen=True):
    """A chart or a kustomization whose manifests are not in the input, and why."""

    tree: UnrenderedTree
    diagnostic: Diagnostic


Part = Source | Unjudged | Unrendered | Diagnostic


class Input(Struct, frozen=True):
    """What was read, parsed and not yet understood: it can be changed and loaded again.

    ``parts`` are in the order of the paths; a diagnostic stands for what cannot be read.
    """

    parts: tuple[Original | Unjudged | Unrendered | Diagnostic, ...]
    default_namespace: str = "default"
    scope: Scope = Scope.NETWORK
    memory: Memory = field(default_factory=Memory)

    @property
    def originals(self) -> tuple[Original, ...]:
        """The texts."""
        return tuple(part for part in self.parts if isinstance(part, Original))

    def find(self, file: str) -> Original | None:
        """The text of a name."""
        return next((each for each in self.originals if each.source.name == file), None)

    def replace(self, file: str, found: tuple[Document, ...], syntax: Syntax) -> Input:
        """The same with other documents in a file, which is a new one if there is none."""
        own = self.find(file)
        new = Original(own.source if own else Source(file, "", syntax), found)
        if own is None:
            return replace(self, parts=(*self.parts, new))
        return replace(self, parts=tuple(new if part is own else part for part in self.parts))

    def rewrite(self, file: str, text: str) -> Input:
        """The same with another text of a file, which is a new one if there is none."""
        own = self.find(file)
        source = own.source if own else Source(file, "", guess_syntax(Path(file).suffix, text))
        changed = parse(replace(source, text=normalise(text)), self.scope)
        if own is None:
            return replace(self, parts=(*self.parts, changed))
        parts = tuple(changed if part is own else part for part in self.parts)
        return replace(self, parts=parts)

    def load(self) -> Loaded:
        """What it says.  O(objects).

        Nothing is parsed again, and an object is read anew only where it was changed.
        """
        loading = _Loading(self.default_namespace, self.scope, self.memory)
        with pause_collector():
            for part in self.parts:
                loading.take(part)
            return loading.result()


class Loaded(Struct, frozen=True):
    """What the input says, what is wrong with it, and how much it was.

    ``bundle`` is None where only the network was read.  ``unrendered`` are the charts and
    kustomizations whose manifests are not in the input.
    """

    resources: Resources
    diagnostics: tuple[Diagnostic, ...]
    inventory: Inventory
    comments: tuple[Suppression, ...]
    bundle: Bundle | None = None
    unrendered: tuple[UnrenderedTree, ...] = ()

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """The diagnostics that rejected a document."""
        return tuple(found for found in self.diagnostics if found.severity is Severity.ERROR)


def load(
    paths: Sequence[str],
    default_namespace: str = "default",
    stdin: TextIO | None = None,
    scope: Scope = Scope.NETWORK,
    rendering: Rendering = Rendering.NEVER,
) -> Loaded:
    """Reads files, folders and ``-`` (``stdin``); never raises for what they hold.

    Charts and kustomizations are rendered, or named as not judged.
    """
    loading = _Loading(default_namespace, scope)
    with pause_collector():
        for each in _open_all(paths, default_namespace, stdin, rendering):
            # A text is let go once it is read.
            loading.take(each)
        return loading.result()


def read_input(
    paths: Sequence[str],
    default_namespace: str = "default",
    stdin: TextIO | None = None,
    scope: Scope = Scope.NETWORK,
    rendering: Rendering = Rendering.NEVER,
) -> Input:
    """Reads the same as :func:`load`, and keeps texts and documents."""
    with pause_collector():
        parts = tuple(
            parse(each, scope) if isinstance(each, Source) else each
            for each in _open_all(paths, default_namespace, stdin, rendering)
        )
    return Input(parts, default_namespace, scope)


def parse(source: Source, scope: Scope) -> Original:
    """A text with its documents."""
    return Original(source, tuple(documents(source.text, source.syntax, scope)))


def _open_all(
    paths: Sequence[str], default_namespace: str, stdin: TextIO | None, rendering: Rendering
) -> Iterator[Part]:
    """The texts below the paths, with charts and kustomizations rendered at the end."""
    found = list(sources(paths, stdin))
    trees = find_trees([each for each in found if isinstance(each, Source)])
    unread = {member for tree in trees for member in tree.members}
    for each in _drain(found):
        is_unread = isinstance(each, Source) and each.name in unread
        yield Unjudged(each.name) if isinstance(each, Source) and is_unread else each
    for tree in trees:
        yield from _open_tree(tree, default_namespace, rendering)


def _open_tree(
    tree: UnrenderedTree, default_namespace: str, rendering: Rendering
) -> Iterator[Part]:
    if tree.renderer is Renderer.NONE:
        yield tree.report()
    elif rendering is Rendering.NEVER:
        yield Unrendered(tree, tree.report())
    else:
        from netsim.loader.rendering import render

        for each in render(tree, default_namespace):
            is_error = isinstance(each, Diagnostic) and each.severity is Severity.ERROR
            yield Unrendered(tree, each) if isinstance(each, Diagnostic) and is_error else each


def _drain(found: list[Source | Diagnostic]) -> Iterator[Source | Diagnostic]:
    found.reverse()
    while found:
        yield found.pop()


def load_text(
    text: str, name: str, default_namespace: str = "default", syntax: Syntax = Syntax.JSON
) -> Loaded:
    """Reads one text, which places call by this name."""
    loading = _Loading(default_namespace, Scope.NETWORK)
    loading.take(Source(name, text, syntax))
    return loading.result()


class _Loading:
    """Gathers what the sources hold."""

    def __init__(
        self, default_namespace: str, scope: Scope, memory: Memory | None = None
    ) -> None:
        self.diagnostics: list[Diagnostic] = []
        self._unrendered: list[UnrenderedTree] = []
        self._default_namespace = default_namespace
        self._scope = scope
        self._bundle = _bundle_catalogue() if scope is Scope.BUNDLE else None
        self._catalogue = Catalogue(memory)
        self._tally = Tally()
        self._comments: list[Suppression] = []
        self._shapes: dict[str, Location] = {}
        self._foreign: list[Foreign] = []
        self._foreign_parts: list[Foreign] = []

    def take(self, part: Part | Original) -> None:
        """Takes in a text, or notes why there is none."""
        match part:
            case Diagnostic():
                self.diagnostics.append(part)
            case Unrendered():
                self.diagnostics.append(part.diagnostic)
                self._unrendered.append(part.tree)
            case Unjudged():
                if self._bundle:
                    self._bundle.files.append(part.name)
            case Source():
                self._read(part, None)
            case Original():
                self._read(part.source, part.documents)

    def _read(self, source: Source, parsed: Iterable[Document] | None) -> None:
        self._tally.files += 1
        before = len(self.diagnostics)
        if source.syntax is Syntax.YAML:
            self._note_comments(source)
        if self._bundle:
            self._bundle.files.append(source.name)
        context = Context(
            source.name, self._default_namespace, self._scope, is_rendered(source.text)
        )
        foreign: list[Foreign] = []
        number = 0
        for document in self._open(source, context) if parsed is None else parsed:
            number += 1
            if isinstance(document, Usuals):
                self._usuals(document, context)
            elif sort := _sort_foreign(document, source):
                line = document.line if isinstance(document, Parsed) else 0
                foreign.append(Foreign(source.name, line, sort))
            else:
                self._document(document, context)
        self._tally.documents += number - len(foreign)
        is_whole = len(foreign) == number
        (self._foreign if is_whole else self._foreign_parts).extend(foreign)
        self.diagnostics[before:] = sorted(self.diagnostics[before:], key=_line)

    def _open(self, source: Source, context: Context) -> Iterator[Document | Usuals]:
        if self._scope is Scope.BUNDLE or is_kustomization(source):
            return documents(source.text, source.syntax, self._scope)
        return usual_documents(source.text, source.syntax, context)

    def _usuals(self, document: Usuals, context: Context) -> None:
        for note in document.notes:
            self._item(note)
        for item, found in document.read(context):
            if isinstance(found, Passed):
                self._tally.unused[found.kind] += 1
            elif found and self._catalogue.add_usual(found.title, found.known):
                self._count(found.title, found.known)
            else:
                for each in item.open(context, document.defaults):
                    self._item(each)

    def _note_comments(self, source: Source) -> None:
        for found in suppressions(source.name, source.text):
            if isinstance(found, Suppression):
                self._comments.append(found)
            else:
                self.diagnostics.append(found)

    def _document(self, document: Document, context: Context) -> None:
        if isinstance(document, Broken):
            location = Location(context.file, document.line)
            self.diagnostics.append(Diagnostic(Severity.ERROR, document.message, location))
        elif isinstance(document, Skipped):
            self._tally.unused[document.kind] += 1
        else:
            for item in objects(document, context):
                self._item(item)

    def _item(self, item: Item) -> None:
        if isinstance(item, Unused):
            self._tally.unused[item.kind] += 1
            if self._bundle and item.fields:
                self._bundle.add_unknown(item.kind, item.fields, self._default_namespace)
            return
        if isinstance(item, Unevaluated):
            self._unevaluated(item)
            return
        if isinstance(item, Unread):
            self._tally.unread.append(f"{item.kind}.{item.group}".rstrip("."))
            self._catalogue.add_missing(item)
            return
        if isinstance(item, Object):
            self._object(item)
        self.diagnostics.extend(dict.fromkeys(item.report.diagnostics))

    def _unevaluated(self, item: Unevaluated) -> None:
        policy = item.policy
        self._tally.unused[item.title] += 1
        self._tally.unevaluated[item.title] += 1
        self._catalogue.add_unevaluated(policy)
        if self._bundle:
            self._bundle.add_unknown(item.title, item.fields, self._default_namespace)
        message = (
            f"{item.title} {policy.name} of {policy.system} is not evaluated: verdicts that it "
            "may change are unknown"
        )
        self.diagnostics.append(Diagnostic(Severity.WARNING, message, policy.location))

    def _object(self, item: Object) -> None:
        title = item.reader.title
        if not item.reader.network:
            if self._bundle:
                before = self._bundle.count
                self._bundle.add(item)
                self._tally.used[title] += self._bundle.count - before
            return
        before = self._catalogue.count
        known = self._catalogue.add(item)
        if self._bundle and known and item.scope is not Scope.NETWORK:
            self._bundle.add(item)
        if known is None or self._catalogue.count == before:
            return
        self._count(title, known)
        if item.reader.is_by_shape and isinstance(known, Workload):
            self._shapes.setdefault(title, known.location)

    def _count(self, title: str, known: Known) -> None:
        self._tally.used[title] += 1
        if isinstance(known, Workload) and known.is_finished_pod:
            self._tally.finished_pods += 1

    def _note_foreign(self) -> Iterator[Diagnostic]:
        """In one line, however many there are."""
        if self._foreign or self._foreign_parts:
            message = describe_foreign(self._foreign, self._foreign_parts)
            yield Diagnostic(Severity.NOTE, message, Location("input", 0))

    def _note_shapes(self) -> Iterator[Diagnostic]:
        """Once for each kind that was taken for a workload by its shape."""
        for title, location in self._shapes.items():
            message = (
                f"{title} is read as a workload by the shape of its pod template; what else "
                "its controller does to the pods is not known"
            )
            yield Diagnostic(Severity.NOTE, message, location)

    def result(self) -> Loaded:
        """Everything that was gathered; diagnostics in the order of the input."""
        is_autoscaled = not AUTOSCALERS.isdisjoint(self._tally.unused)
        return Loaded(
            self._catalogue.resources(is_autoscaled=is_autoscaled),
            (
                *self.diagnostics,
                *self._note_foreign(),
                *self._note_shapes(),
                *self._catalogue.list_unlent(),
            ),
            self._tally.inventory(self._catalogue.disputed),
            tuple(self._comments),
            self._bundle.bundle() if self._bundle else None,
            tuple(self._unrendered),
        )


def _sort_foreign(document: Document, source: Source) -> str | None:
    """What a document is that is passed over; None of all that is read, or refused.

    Of a file that was named, nothing is passed over.
    """
    match document:
        case Skipped():
            return "kustomization" if is_kustomization(source) else None
        case Broken():
            is_named = source.choice is Choice.NAMED
            return None if is_named else sort_unreadable(source.name, source.text)
        case Parsed(tree=Mapping(entries=entries)) if entries.keys() >= {"apiVersion", "kind"}:
            # Most documents are manifests.
            return "kustomization" if is_kustomization(source) else None
        case Parsed(tree=tree):
            if is_kustomization(source):
                return "kustomization"
            if source.choice is Choice.NAMED or is_scenario(tree):
                return None
            return sort_foreign(source.name, tree)


def _bundle_catalogue() -> BundleCatalogue:
    from netsim.loader.bundle_catalogue import BundleCatalogue

    return BundleCatalogue()


def _line(diagnostic: Diagnostic) -> int:
    return diagnostic.location.line
