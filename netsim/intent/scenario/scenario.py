"""The scenario file: what a diagram's names stand for, and what the diagram cannot say."""

from __future__ import annotations

from msgspec import Struct

from netsim.errors import TreeError
from netsim.intent.diagram.drawing import fold
from netsim.intent.errors import IntentErrors
from netsim.intent.scenario.bundle import (
    DocumentReference,
    Provided,
    WarmPool,
    read_documents,
    read_provided,
    read_warm_pool,
    require_pool,
)
from netsim.intent.scenario.endpoints import (
    ScenarioEndpoint,
    Trust,
    read_endpoints,
    read_ranges,
)
from netsim.intent.scenario.flows import read_flows
from netsim.loader.objects.fields import Fields, Report
from netsim.loader.objects.validation import dns_label
from netsim.loader.tree.yaml import trees
from netsim.model.addresses import AddressSet
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.location import Location
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Tree

ANY = "*"
"""In ``from`` and ``to``: every other endpoint of the scenario."""

_SECTIONS = (
    "diagram",
    "namespace",
    "podRanges",
    "endpoints",
    "flows",
    "deny",
    "documents",
    "warmPool",
    "provided",
)


class DiagramReference(Struct, frozen=True):
    """Where the diagram is; ``file`` is relative to the scenario file."""

    file: str
    heading: str
    location: Location


class Scenario(Struct, frozen=True):
    """A scenario file; ``Scenario()`` says nothing, and speaks for no namespace.

    ``flows`` and ``deny`` have one entry for each pair of names; a name may be ``*``.
    """

    diagram: DiagramReference = DiagramReference("", "", Location("", 0))
    namespace: str = ""
    endpoints: tuple[ScenarioEndpoint, ...] = ()
    flows: tuple[DocumentedFlow, ...] = ()
    deny: tuple[DocumentedFlow, ...] = ()
    untrusted: tuple[str, ...] = ()
    pod_ranges: AddressSet | None = None
    documents: tuple[DocumentReference, ...] = ()
    warm_pool: WarmPool | None = None
    provided: tuple[Provided, ...] = ()

    def find(self, name: str) -> ScenarioEndpoint | None:
        """The endpoint of this name or alias, whatever the letter case, or None."""
        wanted = fold(name)
        for endpoint in self.endpoints:
            if wanted in map(fold, (endpoint.name, *endpoint.aliases)):
                return endpoint
        return None


def read_scenario(text: str, file: str) -> Scenario:
    """Read a scenario file.

    Raises ``IntentErrors`` with everything that is wrong with it.
    """
    report = Report(file)
    scenario = _scenario(_root(text, report), report)
    if report.failed or scenario is None:
        raise IntentErrors(report.diagnostics)
    return scenario


def _root(text: str, report: Report) -> Fields:
    found: list[Tree] = []
    try:
        found = [tree for tree in trees(text) if tree is not None]
    except TreeError as error:
        report.error(error.line, "", error.message)
    if not report.failed:
        if len(found) != 1:
            report.error(1, "", f"expected one YAML document, found {len(found)}")
        elif not isinstance(found[0], Mapping):
            report.error(found[0].line, "", "expected a mapping; begin with 'namespace:'")
    if report.failed or not isinstance(found[0], Mapping):
        raise IntentErrors(report.diagnostics)
    return Fields(found[0].entries, found[0].line, "", report)


def _scenario(root: Fields, report: Report) -> Scenario | None:
    root.only(*_SECTIONS)
    namespace = _namespace(root)
    diagram = _diagram(root, report)
    endpoints = read_endpoints(root, namespace)
    names = {fold(n): e.name for e in endpoints for n in (e.name, *e.aliases)}
    documents = read_documents(root)
    require_pool(root, documents)
    scenario = Scenario(
        diagram=diagram,
        namespace=namespace,
        endpoints=endpoints,
        flows=read_flows(root, "flows", Intent.ALLOWED, names),
        deny=read_flows(root, "deny", Intent.DENIED, names),
        untrusted=tuple(e.name for e in endpoints if e.trust is Trust.UNTRUSTED),
        pod_ranges=_pod_ranges(root),
        documents=documents,
        warm_pool=read_warm_pool(root, names),
        provided=read_provided(root),
    )
    return None if report.failed else scenario


def _namespace(root: Fields) -> str:
    found = root.get("namespace")
    if not found:
        root.missing("namespace", "name the namespace that the endpoints are in")
        return ""
    text = found.text("namespace") or ""
    if (wrong := dns_label(text)) and not root.report.failed:
        found.refuse(wrong)
    return text


def _diagram(root: Fields, report: Report) -> DiagramReference:
    found = root.get("diagram")
    if not found:
        root.missing("diagram", "write {file: README.md, heading: Network Policies}")
        return DiagramReference("", "", report.location(root.line, "diagram"))
    fields = found.fields() or Fields({}, found.line, found.path, report)
    fields.only("file", "heading")
    for name in ("file", "heading"):
        text = fields.get(name)
        if not text:
            fields.missing(name, "say where the diagram is")
        elif _is_blank(text.tree):
            text.refuse("empty; say where the diagram is")
    return DiagramReference(
        fields.text("file") or "", fields.text("heading") or "", found.location
    )


def _is_blank(tree: Tree) -> bool:
    return (
        isinstance(tree, Scalar) and tree.style is ScalarStyle.QUOTED and not tree.text.strip()
    )


def _pod_ranges(root: Fields) -> AddressSet | None:
    return read_ranges(root.items("podRanges")) or None
