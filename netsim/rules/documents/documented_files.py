"""The table of files in a document and the files beside it differ.

Readers take the table as complete: what it leaves out is not deployed or not reviewed, and what
it names in vain is searched for.

The scenario names the heading of the table:

```yaml
documents:
  - file: ../manifests/README.md
    files: Files
```

Reported are rows whose file or folder is not beside the document, and manifests in the folder
of the document, or below it, that no row names; the row of a folder covers all below it. Where
a wrong row is close to the name of an unlisted file, both are one finding. Only manifests
(`.yaml`, `.yml`, `.json`) and folders are checked, not rows such as `README.md`. The whole
folder must be part of the input.

PASS:

```markdown
## Files

| File | Purpose |
|------|---------|
| `web.yaml` | settings of the front end |
```

```yaml
# web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
```

FAIL:

```markdown
## Files

| File | Purpose |
|------|---------|
| `wep.yaml` | settings of the front end |
```

```yaml
# web.yaml
apiVersion: v1
kind: ConfigMap
metadata: {name: web, namespace: shop}
```

Fix: correct the table, or add or remove the file.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from pathlib import Path

from netsim.bundle.folder import Folder, is_manifest, is_visible
from netsim.intent.document.statements import StatedFile, Statements
from netsim.judge.case import Case
from netsim.loader.sources.sources import locate
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.rules.interface import Check
from netsim.words.nearness import did_you_mean


def _run(case: Case) -> Iterator[Finding]:
    for statements in case.statements:
        if statements.files is not None:
            folder = Folder.of(statements.file, case.bundle)
            absent = tuple(_report_absent(statements.files, folder))
            yield from absent
            meant = {each.location.file for finding in absent for each in finding.related}
            yield from _report_unnamed(statements, folder, meant | _locate_scenario(case))


def _report_absent(stated: tuple[StatedFile, ...], folder: Folder) -> Iterator[Finding]:
    for row in stated:
        if is_visible(row.path) and _is_compared(row.path) and not folder.at(row.path):
            what = "folder with manifests" if row.path.endswith("/") else "file"
            nearest = folder.nearest(row.path)
            yield CHECK.finding(
                row.location,
                f"the table names {row.path}, but there is no such {what} beside the "
                f"document{did_you_mean(nearest)}",
                related=folder.related(nearest),
                fix="Correct the row, or add what it names.",
            )


def _is_compared(path: str) -> bool:
    return path.endswith("/") or is_manifest(path)


def _report_unnamed(
    statements: Statements, folder: Folder, excused: set[str]
) -> Iterator[Finding]:
    named = {path for row in statements.files or () for path in folder.at(row.path)}
    for path, name in folder.files.items():
        if path in named or excused & {name, str(Path(locate(name)).resolve())}:
            continue
        yield CHECK.finding(
            statements.files_location or Location(statements.file, 0),
            f"no row of the table names {path}",
            related=(Related(Location(name, 0), "this file"),),
            fix=f"Add a row for {path}{_name_folder(path)}, or remove the file.",
        )


def _name_folder(path: str) -> str:
    folder = posixpath.dirname(path)
    return f" or {folder}/" if folder else ""


def _locate_scenario(case: Case) -> set[str]:
    """The scenario itself, which may lie among the manifests and is none."""
    return {str(Path(case.scenario.location.file).resolve())}


CHECK = Check(
    id="documented-files",
    title="The documented files and those beside the document differ",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
