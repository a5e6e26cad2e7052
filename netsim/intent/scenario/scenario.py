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
    AddressEndpoint,
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
from netsim.model.policies import Direction
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Tree

ANY = "*"
"""In ``from`` and ``to``: every other endpoint of the scenario."""

_SECTIONS = (
    "diagram",
    "namespace",
    "namespaces",
    "directions",
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

    ``namespaces`` are those in which the world is closed, in the ``directions``.  ``flows`` and
    ``deny`` have one entry for each pair of names; a name may be ``*``.  Without a ``diagram``
    they are all that is documented.
    """

    location: Location = Location("", 0)
    diagram: DiagramReference | None = None
    namespaces: tuple[str, ...] = ()
    directions: tuple[Direction, ...] = tuple(Direction)
    endpoints: tuple[ScenarioEndpoint, ...] = ()
    flows: tuple[DocumentedFlow, ...] = ()
    deny: tuple[DocumentedFlow, ...] = ()
    untrusted: tuple[str, ...] = ()
    pod_ranges: AddressSet | None = None
    documents: tuple[DocumentReference, ...] = ()
    warm_pool: WarmPool | None = None
    provided: tuple[Provided, ...] = ()

    @property
    def namespace(self) -> str:
        """The namespace of what names none; empty where the scenario speaks for several."""
        return self.namespaces[0] if len(self.namespaces) == 1 else ""

    @property
    def pool_namespace(self) -> str:
        """Where the warm pool is: with several namespaces, in that of its endpoint."""
        endpoint = self.find(self.warm_pool.endpoint) if self.warm_pool else None
        if self.namespace or endpoint is None or isinstance(endpoint, AddressEndpoint):
            return self.namespace
        return endpoint.namespace

    def find(self, name: str) -> ScenarioEndpoint | None:
        """The endpoint of this name or alias, whatever the letter case, or None."""
        wanted = fold(name)
        for endpoint in self.endpoints:
            if wanted in map(fold, (endpoint.name, *endpoint.aliases)):
                return endpoint
        return None


def is_foreign(text: str) -> bool:
    """Whether a YAML file is no scenario at all: it has none of the keys of one.

    A file that cannot be read may be one that is broken.
    """
    try:
        documents = [tree for tree in trees(text) if tree is not None]
    except TreeError:
        return False
    return not any(
        isinstance(tree, Mapping) and not tree.entries.keys().isdisjoint(_SECTIONS)
        for tree in documents
    )


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
    namespaces = _namespaces(root)
    diagram = _diagram(root, report)
    # Where the key is wrong, that alone is reported, not each endpoint that relies on it.
    several = "namespaces" in root.entries
    home = None if several else (namespaces or ("default",))[0]
    endpoints = read_endpoints(root, home)
    names = {fold(n): e.name for e in endpoints for n in (e.name, *e.aliases)}
    documents = read_documents(root)
    require_pool(root, documents)
    scenario = Scenario(
        location=report.location(root.line, ""),
        diagram=diagram,
        namespaces=namespaces,
        directions=_directions(root),
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


def _namespaces(root: Fields) -> tuple[str, ...]:
    """The one namespace of ``namespace``, or the list in ``namespaces``."""
    single, several = root.get("namespace"), root.get("namespaces")
    if single and several:
        several.refuse("given with namespace; use one of the two")
    if not (single or several):
        root.missing(
            "namespace",
            "name the namespace that the endpoints are in, or list several in namespaces",
        )
        return ()
    items = several.items() if several else ()
    if several and not items and not root.report.failed:
        several.refuse("empty; list the namespaces that the scenario is about")
    named: list[str] = []
    for item in (single,) if single else items:
        text = item.text("namespace")
        if text is not None and (wrong := dns_label(text)):
            item.refuse(wrong)
        elif text in named:
            item.refuse(f"{text!r} is listed twice; list it once")
        elif text:
            named.append(text)
    return tuple(named)


def _directions(root: Fields) -> tuple[Direction, ...]:
    """The directions in which the namespaces are closed; both where it is not said."""
    declared = root.get("directions")
    if not declared:
        return tuple(Direction)
    known = {direction.word: direction for direction in Direction}
    named: list[Direction] = []
    items = declared.items()
    if not items and not root.report.failed:
        declared.refuse("empty; leave it out for both directions")
    for item in items:
        text = item.text("direction")
        direction = known.get(text or "")
        if text is not None and direction is None:
            item.refuse(f"{text!r} is not a direction; use ingress or egress")
        elif direction in named:
            item.refuse(f"{text!r} is listed twice; list it once")
        elif direction:
            named.append(direction)
    return tuple(named)


def _diagram(root: Fields, report: Report) -> DiagramReference | None:
    found = root.get("diagram")
    if not found:
        if "diagram" in root.entries or not {"flows", "deny"} & root.entries.keys():
            fix = "write {file: README.md, heading: Network Policies}, or list flows"
            root.missing("diagram", fix)
        return None
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
