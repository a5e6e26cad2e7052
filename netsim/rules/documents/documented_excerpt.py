"""YAML in a document quotes the manifests, and they say something else.

People copy from documents. A block that once was taken from a manifest goes on saying what the
manifest no longer does.

The scenario lists the headings of sections whose YAML blocks are such quotations:

```yaml
documents:
  - file: ../manifests/README.md
    excerpts: [gVisor RuntimeClass, Pod Template]
```

A block with a `kind` is compared with the object of that kind and name, or generateName, or
without either with the object that comes nearest. A block without a kind is a fragment and has
to stand somewhere in an object, at any depth; of the manifests that the section names in
backquotes, where it names some. Everything that is quoted must be there: of a
list each item, paired by `name` where it has one; values are compared by what they mean. The
object may say more; `...` or nothing stands for any value. Entries of `env` with the size of
the warm pool are compared by `documented-pool-size`.

PASS:

````markdown
## gVisor RuntimeClass

```yaml
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
```
````

```yaml
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
```

FAIL:

````markdown
## gVisor RuntimeClass

```yaml
kind: RuntimeClass
metadata: {name: gvisor}
handler: kata
```
````

```yaml
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: gvisor}
handler: runsc
```

Remedy: correct the block or the manifest, whichever is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.bundle.folder import Folder
from netsim.bundle.provision import Provision
from netsim.bundle.quotation import (
    Difference,
    Pair,
    cost,
    differences,
    nodes,
    shown,
    size,
    without,
)
from netsim.intent.document.statements import Excerpt, Statements
from netsim.judge.case import Case, Extent
from netsim.loader.registry import is_cluster_scoped
from netsim.model.bundle import Bundle, Manifest
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.references import ObjectName
from netsim.model.tree import Mapping, Scalar, Sequence, Tree
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean


class _Nearest(Struct, frozen=True):
    """An object, and what of a quotation it does not say."""

    manifest: Manifest
    differences: tuple[Difference, ...]


def _run(case: Case) -> Iterator[Finding]:
    scenario = case.intent.scenario if case.intent else None
    size_variable = scenario.warm_pool.size if scenario and scenario.warm_pool else None
    for statements in case.statements:
        for excerpt in statements.excerpts:
            quoted = without(excerpt.tree, size_variable) if size_variable else excerpt.tree
            if _text(quoted, "kind") is None:
                manifests = _named(statements, excerpt, case.bundle)
                yield from _of_fragment(case, excerpt, quoted, manifests)
            else:
                yield from _of_object(case, excerpt, quoted)


def _of_object(case: Case, excerpt: Excerpt, quoted: Tree) -> Iterator[Finding]:
    compared = [
        _Nearest(manifest, differences(_whole(quoted, manifest)))
        for manifest in case.bundle.manifests
        if _is_meant(quoted, manifest)
    ]
    nearest = _best(compared)
    if nearest:
        yield from _findings(excerpt, nearest)
    else:
        yield from _absent(case, excerpt, quoted)


def _named(statements: Statements, excerpt: Excerpt, bundle: Bundle) -> tuple[Manifest, ...]:
    """The objects in the files that a section names; all where it names none."""
    folder = Folder.of(statements.file, bundle)
    files = {folder.files[each] for path in excerpt.files for each in folder.at(path)}
    found = tuple(each for each in bundle.manifests if each.location.file in files)
    return found or bundle.manifests


def _of_fragment(
    case: Case, excerpt: Excerpt, quoted: Tree, manifests: tuple[Manifest, ...]
) -> Iterator[Finding]:
    nearest = _best(
        [
            _Nearest(manifest, differences(Pair(quoted, quoted.line, node, line)))
            for manifest in manifests
            for node, line in nodes(manifest.body.tree)
            if _has_part(node, quoted)
        ]
    )
    if nearest:
        yield from _findings(excerpt, nearest)
    elif case.extent is Extent.WHOLE:
        yield _finding(excerpt.location, f"no manifest says {_summary(quoted)}")


def _best(compared: list[_Nearest]) -> _Nearest | None:
    return min(compared, key=lambda each: cost(each.differences), default=None)


def _has_part(node: Tree, quoted: Tree) -> bool:
    """Whether the two have anything in common, so that one can be a quotation of the other."""
    match node, quoted:
        case Mapping(), Mapping():
            return not node.entries.keys().isdisjoint(quoted.entries)
        case Sequence(), Sequence():
            pair = Pair(quoted, quoted.line, node, node.line)
            return not quoted.items or cost(differences(pair)) < 2 * size(quoted)
    return False


def _is_meant(quoted: Tree, manifest: Manifest) -> bool:
    """Whether the kind is the same, and the name or generateName where one is quoted."""
    if manifest.name.kind.partition(".")[0] != _text(quoted, "kind"):
        return False
    names = (("metadata", "name"), ("metadata", "generateName"))
    return all(
        _text(quoted, *path) in (None, _text(manifest.body.tree, *path)) for path in names
    )


def _whole(quoted: Tree, manifest: Manifest) -> Pair:
    tree = manifest.body.tree
    return Pair(quoted, quoted.line, tree, tree.line)


def _findings(excerpt: Excerpt, nearest: _Nearest) -> Iterator[Finding]:
    manifest = nearest.manifest
    for found in nearest.differences:
        place = manifest.body.location(found.found_line, found.path)
        says = _says(found, manifest)
        path = found.path or "this"
        value = f": {shown(found.quoted)}" if isinstance(found.quoted, Scalar) else ""
        yield _finding(
            Location(excerpt.location.file, found.line),
            f"the document says {path}{value}, {place} {says}",
            Related(place, f"{manifest.name} {says}"),
        )


def _says(found: Difference, manifest: Manifest) -> str:
    if found.found is None:
        return "does not"
    if manifest.name.kind == "Secret":
        return "says another"
    return f"says {shown(found.found)}"


def _absent(case: Case, excerpt: Excerpt, quoted: Tree) -> Iterator[Finding]:
    """An object that is none of the input's, if it is not provided by other means."""
    kind = _text(quoted, "kind") or ""
    name = _text(quoted, "metadata", "name")
    generated = _text(quoted, "metadata", "generateName")
    same_kind = [m for m in case.bundle.manifests if m.name.kind.partition(".")[0] == kind]
    provision = Provision.of(case)
    wanted = ObjectName(kind, _namespace(case, quoted, kind), name or "")
    if not (same_kind or case.extent is Extent.WHOLE):
        return
    if name and provision.has(wanted):
        return
    called = f"{kind} {name}" if name else kind
    called += f" with generateName {generated}" if generated else ""
    hint = did_you_mean(provision.nearest(wanted)) if name else ""
    alike = same_kind or [m for m in case.bundle.manifests if m.name.name == name]
    yield _finding(
        Location(excerpt.location.file, _line_of_name(quoted)),
        f"no manifest has the {called} that the document shows{hint}",
        *(Related(each.location, f"{each.name}") for each in alike[:3]),
    )


def _line_of_name(quoted: Tree) -> int:
    metadata = quoted.get("metadata") if isinstance(quoted, Mapping) else None
    entries = metadata.entries if isinstance(metadata, Mapping) else {}
    named = [entries[key].line for key in ("name", "generateName") if key in entries]
    return named[0] if named else quoted.line


def _namespace(case: Case, quoted: Tree, kind: str) -> str:
    if is_cluster_scoped(kind):
        return ""
    home = case.intent.scenario.namespace if case.intent else ""
    return _text(quoted, "metadata", "namespace") or home


def _text(tree: Tree, *path: str) -> str | None:
    """The scalar at a path."""
    found: Tree | None = tree
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found.text if isinstance(found, Scalar) else None


def _summary(quoted: Tree) -> str:
    if isinstance(quoted, Mapping):
        return " and ".join(f"{key}:" for key in quoted.entries)
    return "such a list"


def _finding(place: Location, message: str, *related: Related) -> Finding:
    return Finding(
        rule=CHECK.id,
        severity=CHECK.severity,
        message=message,
        location=place,
        related=related,
        fix="Correct the block or the manifest, whichever is wrong.",
    )


CHECK = Check(
    id="documented-excerpt",
    title="YAML quoted in a document differs from the manifests",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
