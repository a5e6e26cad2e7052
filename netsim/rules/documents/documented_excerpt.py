"""YAML in a document quotes the manifests, and they say something else.

People copy from documents. A block that was once copied from a manifest still says what the
manifest no longer says.

The scenario lists the headings of sections whose YAML blocks are such quotations:

```yaml
documents:
  - file: ../manifests/README.md
    excerpts: [gVisor RuntimeClass, Pod Template]
```

A block with a `kind` is checked against the object of that kind and name (or generateName), and
without either against the nearest object. A block without a kind is a fragment: it has to
appear somewhere in an object, at any depth, of the manifests that the section names in
backquotes, or of all where it names none. Everything that is quoted must be there: of a list
each item, matched by `name` where it has one; values are compared by their meaning. The object
may say more; `...` or an empty value stands for any value. Entries of `env` with the size of
the warm pool are checked by `documented-pool-size`.

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

Fix: correct the block or the manifest, whichever is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.bundle.folder import Folder
from netsim.bundle.provision import Extent
from netsim.bundle.quotation import (
    Misquote,
    QuotedPair,
    count_values,
    drop_named,
    find_misquotes,
    list_nodes,
    shorten_value,
    sum_costs,
)
from netsim.intent.document.statements import Excerpt, Statements
from netsim.judge.case import Case
from netsim.loader.registry import is_cluster_scoped
from netsim.model.bundle import Bundle, Manifest
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.references import ObjectName
from netsim.model.tree import Mapping, Scalar, Sequence, Tree
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean


class _NearestManifest(Struct, frozen=True):
    """An object, and what of a quotation it does not say."""

    manifest: Manifest
    differences: tuple[Misquote, ...]


def _run(case: Case) -> Iterator[Finding]:
    pool = case.scenario.warm_pool
    for statements in case.statements:
        for excerpt in statements.excerpts:
            quoted = drop_named(excerpt.tree, pool.size) if pool else excerpt.tree
            if _read_text(quoted, "kind") is None:
                manifests = _list_named(statements, excerpt, case.bundle)
                yield from _compare_fragment(case, excerpt, quoted, manifests)
            else:
                yield from _compare_object(case, excerpt, quoted)


def _compare_object(case: Case, excerpt: Excerpt, quoted: Tree) -> Iterator[Finding]:
    compared = [
        _NearestManifest(manifest, find_misquotes(_pair_whole(quoted, manifest)))
        for manifest in case.bundle.manifests
        if _is_meant(quoted, manifest)
    ]
    nearest = _choose_nearest(compared)
    if nearest:
        yield from _report_differences(excerpt, nearest)
    else:
        yield from _report_absent(case, excerpt, quoted)


def _list_named(
    statements: Statements, excerpt: Excerpt, bundle: Bundle
) -> tuple[Manifest, ...]:
    """The objects in the files that a section names; all where it names none."""
    folder = Folder.of(statements.file, bundle)
    files = {folder.files[each] for path in excerpt.files for each in folder.at(path)}
    found = tuple(each for each in bundle.manifests if each.location.file in files)
    return found or bundle.manifests


def _compare_fragment(
    case: Case, excerpt: Excerpt, quoted: Tree, manifests: tuple[Manifest, ...]
) -> Iterator[Finding]:
    nearest = _choose_nearest(
        [
            _NearestManifest(
                manifest, find_misquotes(QuotedPair(quoted, quoted.line, node, line))
            )
            for manifest in manifests
            for node, line in list_nodes(manifest.body.tree)
            if _has_part(node, quoted)
        ]
    )
    if nearest:
        yield from _report_differences(excerpt, nearest)
    elif case.extent is Extent.WHOLE:
        yield _finding(excerpt.location, f"no manifest says {_summarize(quoted)}")


def _choose_nearest(compared: list[_NearestManifest]) -> _NearestManifest | None:
    return min(compared, key=lambda each: sum_costs(each.differences), default=None)


def _has_part(node: Tree, quoted: Tree) -> bool:
    """Whether the two have anything in common, so that one can be a quotation of the other."""
    match node, quoted:
        case Mapping(), Mapping():
            return not node.entries.keys().isdisjoint(quoted.entries)
        case Sequence(), Sequence():
            pair = QuotedPair(quoted, quoted.line, node, node.line)
            return not quoted.items or sum_costs(find_misquotes(pair)) < 2 * count_values(
                quoted
            )
    return False


def _is_meant(quoted: Tree, manifest: Manifest) -> bool:
    """Whether the kind is the same, and the name or generateName where one is quoted."""
    if manifest.name.kind.partition(".")[0] != _read_text(quoted, "kind"):
        return False
    names = (("metadata", "name"), ("metadata", "generateName"))
    return all(
        _read_text(quoted, *path) in (None, _read_text(manifest.body.tree, *path))
        for path in names
    )


def _pair_whole(quoted: Tree, manifest: Manifest) -> QuotedPair:
    tree = manifest.body.tree
    return QuotedPair(quoted, quoted.line, tree, tree.line)


def _report_differences(excerpt: Excerpt, nearest: _NearestManifest) -> Iterator[Finding]:
    manifest = nearest.manifest
    for found in nearest.differences:
        place = manifest.body.location(found.found_line, found.path)
        says = _describe_found(found, manifest)
        path = found.path or "this"
        is_shown = isinstance(found.quoted, Scalar) and not _is_secret(manifest)
        value = f": {shorten_value(found.quoted)}" if is_shown else ""
        yield _finding(
            Location(excerpt.location.file, found.line),
            f"the document says {path}{value}, {place} {says}",
            Related(place, f"{manifest.name} {says}"),
        )


def _is_secret(manifest: Manifest) -> bool:
    """Whether values are not to be shown, neither quoted ones nor those of the manifest."""
    return manifest.name.kind == "Secret"


def _describe_found(found: Misquote, manifest: Manifest) -> str:
    if found.found is None:
        return "does not"
    if _is_secret(manifest):
        return "says another"
    return f"says {shorten_value(found.found)}"


def _report_absent(case: Case, excerpt: Excerpt, quoted: Tree) -> Iterator[Finding]:
    """An object that is none of the input's, if it is not provided by other means."""
    kind = _read_text(quoted, "kind") or ""
    name = _read_text(quoted, "metadata", "name")
    generated = _read_text(quoted, "metadata", "generateName")
    same_kind = [m for m in case.bundle.manifests if m.name.kind.partition(".")[0] == kind]
    provision = case.provision
    wanted = ObjectName(kind, _find_namespace(case, quoted, kind), name or "")
    if not (same_kind or case.extent is Extent.WHOLE):
        return
    if name and provision.has(wanted):
        return
    called = f"{kind} {name}" if name else kind
    called += f" with generateName {generated}" if generated else ""
    hint = did_you_mean(provision.nearest(wanted)) if name else ""
    alike = same_kind or [m for m in case.bundle.manifests if m.name.name == name]
    yield _finding(
        Location(excerpt.location.file, _find_name_line(quoted)),
        f"no manifest has the {called} that the document shows{hint}",
        *(Related(each.location, f"{each.name}") for each in alike[:3]),
    )


def _find_name_line(quoted: Tree) -> int:
    metadata = quoted.get("metadata") if isinstance(quoted, Mapping) else None
    entries = metadata.entries if isinstance(metadata, Mapping) else {}
    named = [entries[key].line for key in ("name", "generateName") if key in entries]
    return named[0] if named else quoted.line


def _find_namespace(case: Case, quoted: Tree, kind: str) -> str:
    if is_cluster_scoped(kind):
        return ""
    named = _read_text(quoted, "metadata", "namespace")
    return named or case.namespace or "default"


def _read_text(tree: Tree, *path: str) -> str | None:
    """The scalar at a path."""
    found: Tree | None = tree
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found.text if isinstance(found, Scalar) else None


def _summarize(quoted: Tree) -> str:
    if isinstance(quoted, Mapping):
        return " and ".join(f"{key}:" for key in quoted.entries)
    return "such a list"


def _finding(place: Location, message: str, *related: Related) -> Finding:
    return CHECK.finding(
        place,
        message,
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
