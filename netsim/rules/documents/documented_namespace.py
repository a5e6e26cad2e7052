"""A documented `kubectl apply` names another namespace than the manifests, or none, or no file.

Following the document ends in an error half-way. Or worse, in none: objects that name no
namespace, applied by a command that names none either, end up in the current namespace, mostly
`default`, and are missing where they are needed.

The commands checked are `kubectl apply`, `create` and `replace` with `-f` in blocks of shell
commands; paths are relative to the document's folder, `cd` is followed. Reported are

- paths that are not beside the document,
- objects whose manifest names another namespace than the command, which kubectl refuses,
- objects without a namespace of their own where the command names none.

Cluster-scoped objects do not matter. A namespace set by `kubectl config set-context` counts for
the commands after it.

PASS:

````markdown
## Apply

```bash
kubectl apply -f web.yaml -n shop
```
````

```yaml
# web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
```

FAIL:

````markdown
## Apply

```bash
kubectl apply -f web.yaml -n staging
```
````

```yaml
# web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
```

Fix: correct the command, or the namespace of the objects.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from netsim.bundle.folder import Folder, is_manifest, is_visible
from netsim.intent.document.statements import ApplyCommand
from netsim.judge.case import Case
from netsim.model.bundle import Manifest
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean

_ANYWHERE = Location("", 0)


def _run(case: Case) -> Iterator[Finding]:
    for statements in case.statements:
        folder = Folder.of(statements.file, case.bundle)
        for command, again in _merge_repeated(statements.commands):
            applied = tuple(_list_applied(command, folder, case.bundle.manifests))
            for finding in (
                *_report_absent(command, folder),
                *_report_refused(command, applied),
                *_report_unplaced(command, applied),
            ):
                yield replace(finding, related=(*finding.related, *again))


def _merge_repeated(
    commands: Iterable[ApplyCommand],
) -> Iterator[tuple[ApplyCommand, tuple[Related, ...]]]:
    """Each command once, with the places where the document has it again."""
    places: dict[ApplyCommand, list[Location]] = defaultdict(list)
    for command in commands:
        places[replace(command, location=_ANYWHERE)].append(command.location)
    for command, (first, *others) in places.items():
        again = tuple(Related(place, "the same command") for place in others)
        yield replace(command, location=first), again


def _report_absent(command: ApplyCommand, folder: Folder) -> Iterator[Finding]:
    for path in command.paths:
        if not is_visible(path) or not _is_compared(path) or folder.at(path, command.depth):
            continue
        what, nearest = f"the command applies {path}, which", folder.nearest(path)
        if folder.at(path):
            message = f"{what} has manifests only in folders below it"
            yield _finding(command, message, "Add -R to the command.")
        else:
            message = f"{what} is not beside the document{did_you_mean(nearest)}"
            fix = "Correct the path, or add the file."
            yield _finding(command, message, fix, *folder.related(nearest))


def _is_compared(path: str) -> bool:
    """Whether the input would show it: manifests, and folders, which have no suffix."""
    return is_manifest(path) or not posixpath.splitext(path.rstrip("/"))[1]


def _list_applied(
    command: ApplyCommand, folder: Folder, manifests: Iterable[Manifest]
) -> Iterator[Manifest]:
    files = {
        folder.files[relative]
        for path in command.paths
        for relative in folder.at(path, command.depth)
    }
    return (each for each in manifests if each.location.file in files)


def _report_refused(command: ApplyCommand, applied: tuple[Manifest, ...]) -> Iterator[Finding]:
    """One finding for each namespace that kubectl would ask for."""
    refused = [
        each
        for each in applied
        if command.namespace and each.written_namespace and each.name.namespace
        if each.name.namespace != command.namespace
    ]
    for namespace in dict.fromkeys(each.name.namespace for each in refused):
        own = [each for each in refused if each.name.namespace == namespace]
        yield _finding(
            command,
            f"the command has -n {command.namespace}, but {_join_titles(own)} of namespace "
            f"{namespace}, so kubectl refuses it",
            f"Write -n {namespace}, or correct the namespace of the manifests.",
            *(
                Related(each.written_namespace, f"{each.name} names it")
                for each in own
                if each.written_namespace
            ),
        )


def _report_unplaced(command: ApplyCommand, applied: tuple[Manifest, ...]) -> Iterator[Finding]:
    """Objects that the command leaves to the current context."""
    lost = [each for each in applied if each.name.namespace and not each.written_namespace]
    if command.namespace or not lost:
        return
    yield _finding(
        command,
        f"neither the command nor the manifest names a namespace: {_join_titles(lost)} of "
        "the current one, mostly default",
        f"Write -n {lost[0].name.namespace}, or name the namespace in the manifest.",
        *(Related(each.location, f"{each.name.kind} {each.name.name}") for each in lost),
    )


def _join_titles(manifests: Sequence[Manifest]) -> str:
    first = f"{manifests[0].name.kind} {manifests[0].name.name}"
    more = len(manifests) - 1
    if not more:
        return f"{first} is"
    return f"{first} and {more} other{'s' if more > 1 else ''} are"


def _finding(command: ApplyCommand, message: str, fix: str, *related: Related) -> Finding:
    return CHECK.finding(
        command.location,
        message,
        related=related,
        fix=fix,
    )


CHECK = Check(
    id="documented-namespace",
    title="A documented command does not fit the manifests it applies",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
