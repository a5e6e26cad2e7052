"""YAML samples for rules: text in, findings out.

A sample marks the lines it expects findings at with the comment ``# here``.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import yaml

from netsim.bundle.provision import Extent
from netsim.fix.wording import describe_patches
from netsim.intent.diagram.reading import Diagram
from netsim.intent.document.statements import Statements
from netsim.intent.documentation import Documentation
from netsim.intent.scenario.scenario import read_scenario
from netsim.judge.case import Case, build_case
from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions
from netsim.model.finding import Finding
from netsim.model.location import Location
from netsim.model.resources import Resources
from netsim.rules.interface import Check
from netsim.rules.registry import conclude

MARK = "# here"


@dataclass(frozen=True)
class Sample:
    """A case of a table; ``says`` and ``patch`` are parts of what the findings hold."""

    name: str
    text: str
    policy: str | None = None
    says: str = ""
    patch: str = ""

    def __str__(self) -> str:
        return self.name


def resources(text: str) -> Resources:
    loaded = load(["-"], stdin=io.StringIO(text))
    assert loaded.errors == ()
    return loaded.resources


def bundle(text: str) -> Bundle:
    loaded = load(["-"], stdin=io.StringIO(text), scope=Scope.BUNDLE)
    assert loaded.errors == ()
    assert loaded.bundle is not None
    return loaded.bundle


def case(
    text: str, conventions: Conventions | None = None, extent: Extent = Extent.PART
) -> Case:
    return build_case(
        resources(text), conventions or Conventions(), bundle=bundle(text), extent=extent
    )


def scenario_context(
    text: str,
    endpoints: Mapping[str, str],
    namespace: str = "shop",
    *,
    sections: str = "",
    statements: tuple[Statements, ...] = (),
    extent: Extent = Extent.PART,
) -> Case:
    """With a scenario of these endpoints, each in YAML's flow style, and no diagram.

    ``sections`` are further ones of the scenario, as YAML.
    """
    lines = [f"  {name}: {value}" for name, value in endpoints.items()]
    head = f"diagram: {{file: a.md, heading: A}}\nnamespace: {namespace}\nendpoints:\n"
    scenario = read_scenario(head + "\n".join((*lines, sections)) + "\n", "scenario.yaml")
    diagram = Diagram((), (), Location("a.md", 1))
    documentation = Documentation(scenario, diagram, ())
    return build_case(
        resources(text), Conventions(), documentation, bundle(text), statements, extent
    )


def run(check: Check, subject: Case) -> list[Finding]:
    found = sorted(conclude(check.run(subject)), key=lambda finding: finding.location)
    assert {finding.rule for finding in found} <= {check.id}
    return found


def verify(check: Check, sample: Sample, subject: Case | None = None) -> None:
    """The findings stand at the marked lines, name the policy and say what they should."""
    found = run(check, subject or case(sample.text))
    assert [finding.location.line for finding in found] == marked(sample.text)
    assert {finding.policy for finding in found} <= {sample.policy}
    assert sample.says in "\n".join(finding.message for finding in found)
    assert all(finding.fix.endswith(".") for finding in found)
    assert sample.patch in "\n".join(write_patch(finding) for finding in found)


def write_patch(finding: Finding) -> str:
    """The YAML of the patch that is tried first."""
    assert not finding.patch, "a rule shows no YAML: what is shown is proven first"
    _, text = describe_patches(finding.patches[:1])
    assert not text or isinstance(yaml.safe_load(text), dict | list)
    return text


def marked(text: str) -> list[int]:
    return [n for n, line in enumerate(text.splitlines(), 1) if line.rstrip().endswith(MARK)]


def documents(*parts: str) -> str:
    return "\n---\n".join(part.strip("\n") for part in parts) + "\n"


def pod(name: str, labels: str = "", namespace: str = "shop", spec: str = "") -> str:
    """A pod labelled ``app: NAME`` unless told otherwise."""
    chosen = labels or f"app: {name}"
    metadata = f"{{name: {name}, namespace: {namespace}, labels: {{{chosen}}}}}"
    return f"apiVersion: v1\nkind: Pod\nmetadata: {metadata}\nspec: {{{spec}}}"


def policy(name: str, spec: str, namespace: str = "shop", *, mark: str = "") -> str:
    """A policy; ``spec`` is in block style, ``mark`` follows the line of its metadata."""
    body = "\n".join(f"  {line}" for line in spec.strip("\n").splitlines())
    head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy"
    metadata = f"metadata: {{name: {name}, namespace: {namespace}}} {mark}".rstrip()
    return f"{head}\n{metadata}\nspec:\n{body}"


def namespace(name: str, labels: str = "") -> str:
    return f"apiVersion: v1\nkind: Namespace\nmetadata: {{name: {name}, labels: {{{labels}}}}}"


def ids(samples: Iterable[Sample]) -> list[str]:
    return [sample.name for sample in samples]
