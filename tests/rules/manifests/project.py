"""A folder of manifests with a document and a scenario, read as ``netsim check`` reads it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from pathlib import Path

from netsim.app import documentation
from netsim.app.case import assemble_case
from netsim.judge.case import Case
from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.conventions import Conventions
from netsim.model.finding import Finding
from netsim.rules.interface import Check
from netsim.rules.registry import conclude

DOCUMENT = "m/README.md"
_DIAGRAM = "\n# Net\n```\nweb → api\n```\n"
_SCENARIO = """\
diagram: {file: DOCUMENT, heading: Net}
namespace: shop
endpoints:
  web: {labels: {app: web}, aliases: [Front End]}
  api: {labels: {app: api}}
  net: {addresses: [0.0.0.0/0]}
"""
# Without anything of the network nothing is compared.
_NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"


@dataclass(frozen=True)
class Project:
    """``headings`` are keys of the document's entry in the scenario, ``sections`` its others.

    ``files`` are manifests by their path beside the document.
    """

    text: str
    headings: str
    files: dict[str, str]
    sections: str = ""
    scenario: str = "s/scenario.yaml"

    def write(self, folder: Path) -> None:
        entry = f"documents:\n  - {{file: DOCUMENT, {self.headings}}}\n"
        document = posixpath.relpath(DOCUMENT, posixpath.dirname(self.scenario))
        scenario = (_SCENARIO + entry + self.sections).replace("DOCUMENT", document)
        texts = {
            DOCUMENT: self.text + _DIAGRAM,
            self.scenario: scenario,
            "other/namespace.yaml": _NAMESPACE,
            **{f"m/{name}": text for name, text in self.files.items()},
        }
        for name, text in texts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def case(folder: Path, project: Project, *paths: str) -> Case:
    """What rules see of a project; of part of it where paths are given."""
    project.write(folder)
    described = documentation.read(str(folder / project.scenario))
    chosen = tuple(str(folder / path) for path in paths or ("m", "other"))
    loaded = load(chosen, "shop", scope=Scope.BUNDLE)
    return assemble_case(loaded, chosen, Conventions(), described)


def told(folder: Path, check: Check, subject: Case) -> list[tuple[str, str, list[str]]]:
    """Place, message and related places of each finding, without the folder."""
    found = list(conclude(check.run(subject)))
    assert {finding.rule for finding in found} <= {check.id}
    assert all(finding.fix.endswith(".") for finding in found)
    return [_shown(folder, finding) for finding in found]


def _shown(folder: Path, finding: Finding) -> tuple[str, str, list[str]]:
    places = [str(finding.location), *(str(each.location) for each in finding.related)]
    first, *related = (place.removeprefix(f"{folder}/") for place in places)
    return first, finding.message.replace(f"{folder}/", ""), related
