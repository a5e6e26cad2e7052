"""``init``: a first scenario for manifests that have none, to be reviewed.

``init(InitRequest(("manifests/",), diagram="README.md#Network")).text`` is the file.  With a
diagram, its boxes are matched with what the input has, and only what it cannot draw is listed
in ``flows``.  Without one, ``flows`` are what is allowed today.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.case import assemble_case, has_network
from netsim.app.documentation import LocatedDocumentation
from netsim.app.input import STDIN, Diagnosed, InputRequest
from netsim.engine.space.stand_ins import is_invented, is_stand_in
from netsim.errors import DocumentationError, RequestError, UnanswerableError
from netsim.intent.diagram.drawing import fold
from netsim.intent.diagram.reading import Diagram
from netsim.intent.document.recognition import (
    DrawnSection,
    list_budgeted,
    recognise_diagrams,
    recognise_headings,
)
from netsim.intent.documentation import Documentation, combine_flows
from netsim.intent.errors import IntentError
from netsim.intent.scenario.draft import (
    Draft,
    DraftDocument,
    DraftEndpoint,
    DraftFlow,
    distinguish,
)
from netsim.intent.scenario.scenario import read_scenario
from netsim.judge.case import Case
from netsim.judge.judgement import Judgement, Standing
from netsim.judge.parties import Party
from netsim.loader.load import Loaded
from netsim.loader.registry import Scope
from netsim.loader.sources.files import FileError, read_text
from netsim.loader.sources.sources import locate
from netsim.model.addresses import AddressSet
from netsim.model.bundle import Bundle
from netsim.model.finding import Diagnostic, Severity
from netsim.model.flow import Intent
from netsim.model.labels import Labels, Operator
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, PodPeer
from netsim.model.ports import PortSet
from netsim.model.resources import NAME_LABEL, Origin, WorkloadName
from netsim.words.lists import join_all
from netsim.words.nearness import suggest

TODAY = "allowed today, to be reviewed"
"""The reason of a flow that nobody has given one for yet."""
NAME_RESOLUTION = "pods resolve names"
ROUNDS = 6
"""How often what is left is looked at again; two are enough unless policies overlap oddly."""
MOST_FLOWS = 5000
"""Beyond, a list of flows is none that anybody reviews."""

MOST_POINTS = 20
"""Open points of one kind that are written out."""

_OUTSIDE = frozenset(
    ("external", "internet", "the internet", "public internet", "world", "outside", "public")
)
_PRIVATE = (
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "fc00::/7",
    "fe80::/10",
)
_NAMING_LABELS = ("app.kubernetes.io/name", "app", "app.kubernetes.io/component", "k8s-app")
_FEW = 256
"""Addresses of a block that names machines, such as the API server, and no network."""
_WORKLOAD = re.compile(r"[a-z0-9][a-z0-9.-]*")
_DNS = Labels.of({"k8s-app": "kube-dns"})


class InitRequest(InputRequest, frozen=True, kw_only=True):
    """What to describe; ``diagram`` is ``FILE#HEADING``, or ``FILE`` with one diagram.

    ``destination`` is where the file will be, as its paths are relative to that; None is the
    working folder.
    """

    diagram: str | None = None
    destination: str | None = None


class InitResult(Diagnosed, frozen=True, kw_only=True):
    """The text of the scenario, and what it leaves open."""

    text: str
    open_points: tuple[str, ...]
    endpoints: int
    flows: int


def init(request: InitRequest) -> InitResult:
    """Drafts a scenario.

    Raises :class:`UnanswerableError` for input that was rejected or has nothing to describe,
    and :class:`DocumentationError` for a diagram that cannot be read.
    """
    loaded = request.load(None, Scope.BUNDLE)
    if loaded.errors:
        message = "no scenario is written, as a document that was rejected may be a policy"
        raise UnanswerableError(message, loaded.diagnostics)
    if not has_network(loaded):
        message = (
            "nothing to describe: no NetworkPolicy, workload, Service or Namespace was read"
        )
        raise UnanswerableError(message, loaded.diagnostics)
    drawn = _find_diagram(request.diagram) if request.diagram else None
    return _Drafting(request, loaded, drawn).run()


class _Drawn(Struct, frozen=True):
    file: str
    section: DrawnSection

    @property
    def diagram(self) -> Diagram:
        return self.section.diagram


def _find_diagram(reference: str) -> _Drawn:
    from netsim.intent.diagram.reading import read_diagram

    file, _, heading = reference.partition("#")
    if not file:
        message = f"{reference!r} names no diagram: write FILE#HEADING, the heading above it"
        raise RequestError(message, "diagram")
    text = _read_document(file)
    try:
        if heading.strip():
            section = DrawnSection(heading.strip(), read_diagram(text, file, heading.strip()))
            return _Drawn(file, section)
    except IntentError as error:
        raise DocumentationError(*error.diagnostics) from error
    found = recognise_diagrams(text, file)
    if len(found) != 1:
        several = join_all([f"{file}#{each.heading}" for each in found])
        what = f"several diagrams: choose one of {several}" if found else "no diagram to read"
        message = f"{what}; write FILE#HEADING, the heading above it"
        raise DocumentationError(Diagnostic(Severity.ERROR, message, Location(file, 0)))
    return _Drawn(file, found[0])


def _read_document(file: str) -> str:
    try:
        return read_text(Path(file))
    except FileError as error:
        place = Location(file, 0)
        raise DocumentationError(Diagnostic(Severity.ERROR, str(error), place)) from error


class _Drafting:
    """Collects endpoints and flows until what is judged is what is documented."""

    def __init__(self, request: InitRequest, loaded: Loaded, drawn: _Drawn | None) -> None:
        self.request = request
        self.loaded = loaded
        self.drawn = drawn
        self.endpoints: list[DraftEndpoint] = []
        self.flows: dict[tuple[str, str], DraftFlow] = {}
        self.open_points: list[str] = []
        self.pool: tuple[str, str] | None = None
        """The endpoint of pods made ahead of time, and that of the pods they are for."""
        self.services: list[str] = []
        """Those of tables of budgets."""
        self.required: dict[tuple[str, str], DraftFlow] = {}
        """Flows that are documented whether they are allowed or not."""
        self.twice: set[str] = set()
        """Names of endpoints that have a second name."""
        self.refused: set[tuple[str, str]] = set()
        self.boxes: set[str] = set()
        """Names of endpoints that the diagram draws: between two of them, it has the say."""
        self.wide: set[str] = set()
        """Names of endpoints that stand for every pod of a namespace."""

    def run(self) -> InitResult:
        if self.drawn:
            self._match_boxes(self.drawn.diagram)
        self._add_workloads()
        if self.drawn:
            self._require_of_copies(self.drawn.diagram)
        self._add_addresses()
        namespaces = self._list_namespaces()
        if not self.endpoints:
            self._add(DraftEndpoint("any-pod", namespaces[0], labels=Labels()))
        for namespace in namespaces:
            name = "any-pod" if len(namespaces) == 1 else f"any-pod-in-{namespace}"
            if any(each.name == name for each in self.endpoints):
                continue
            remark = "Every pod of the namespace, also those that nobody has written yet."
            self.wide.add(
                self._add(DraftEndpoint(name, namespace, labels=Labels(), remark=remark))
            )
        if not self.drawn:
            remark = "Pods of every namespace: a flow with it documents the other end only."
            self.wide.add(
                self._add(DraftEndpoint("cluster", "*", labels=Labels(), remark=remark))
            )
        self._document_flows(namespaces)
        documents = self._recognise_documents()
        if self.drawn:
            self._name_budgets()
        draft = replace(
            self._draft(namespaces), documents=documents, pool=self._find_pool(documents)
        )
        return InitResult(
            self.loaded.diagnostics,
            text=draft.text(),
            open_points=draft.open_points,
            endpoints=len(draft.endpoints),
            flows=len(draft.flows),
        )

    # --- endpoints ---

    def _add(self, endpoint: DraftEndpoint) -> str:
        taken = (name for each in self.endpoints for name in (each.name, *each.aliases))
        name = distinguish(endpoint.name, taken)
        self.endpoints.append(replace(endpoint, name=name))
        return name

    def _list_workloads(self) -> list[WorkloadName]:
        pods = self.loaded.resources.pods
        return sorted({pod.workload for pod in pods if pod.origin is Origin.READ}, key=str)

    def _match_boxes(self, diagram: Diagram) -> None:
        candidates = _Candidates(self.loaded)
        for name in diagram.names:
            if fold(name) in _OUTSIDE:
                self.boxes.add(self._add(self._describe_outside(name)))
                continue
            found = candidates.find(name)
            if len(found) == 1:
                endpoint = found[0]
                aliases = () if fold(endpoint.name) == fold(name) else (name,)
                self.boxes.add(self._add(replace(endpoint, aliases=aliases)))
                continue
            known = [each.name for each in candidates.all]
            may_be = join_all([each.label for each in map(_Titled, found)]) if found else ""
            why = (
                f"may be {may_be}"
                if found
                else f"is nothing of the input{suggest(name, known)}"
            )
            self.open_points.append(
                f"{name!r} of the diagram {why}: correct its labels below, or name a workload"
            )
            homes = self._list_homes()
            slug = "-".join(re.findall(r"[a-z0-9]+", name.casefold())) or "unknown"
            self.boxes.add(
                self._add(
                    DraftEndpoint(
                        name,
                        homes[0],
                        labels=Labels.of({"app": slug}),
                        remark="Guessed, as nothing of the input goes by this name.",
                    )
                )
            )

    def _describe_outside(self, name: str) -> DraftEndpoint:
        left_out = AddressSet.of(_PRIVATE)
        wide = [block for block in self._list_blocks() if _is_wide(block)]
        for block in wide:
            own = AddressSet.of(("0.0.0.0/0",)) - block
            left_out |= own if len(own.cidrs()) < 64 else AddressSet.empty()
        whole = ["0.0.0.0/0"] if _only_ipv4(wide) else ["0.0.0.0/0", "::/0"]
        addresses = AddressSet.of(whole) - left_out
        return DraftEndpoint(
            name, addresses=addresses, remark="The internet without private ranges."
        )

    def _list_blocks(self) -> list[AddressSet]:
        blocks = {
            peer.addresses
            for policy in self.loaded.resources.policies
            for rule in policy.rules
            for peer in rule.peers
            if isinstance(peer, BlockPeer) and peer.addresses
        }
        return sorted(blocks, key=lambda each: (_measure(each), str(each)))

    def _add_workloads(self) -> None:
        drawn = {
            (e.namespace, e.workload.partition("[")[0]) for e in self.endpoints if e.workload
        }
        homes = set(self._list_namespaces())
        workloads = [each for each in self._list_workloads() if each.namespace in homes]
        several = {
            each.name
            for each in workloads
            if sum(other.name == each.name for other in workloads) > 1
        }
        for workload in workloads:
            if (workload.namespace, workload.name) in drawn:
                continue
            name = workload.name
            if name in several:
                name = f"{workload.namespace}-{workload.name}"
            if not _WORKLOAD.fullmatch(workload.name) or is_invented(workload.namespace):
                self.open_points.append(f"{workload} has no name that a scenario could bind")
                continue
            remark = "Not in the diagram." if self.drawn else ""
            written = f"{workload.name}[{workload.kind}]"
            self._add(DraftEndpoint(name, workload.namespace, written, remark=remark))

    def _require_of_copies(self, diagram: Diagram) -> None:
        """Pods made ahead of time that run what a drawn PodTemplate runs need its flows."""
        templates = (self.loaded.bundle or Bundle()).templates
        images = {
            (each.workload.namespace, f"{each.workload.name}[{each.workload.kind}]"): frozenset(
                container.image for container in each.containers
            )
            for each in templates
        }
        names = {fold(n): e.name for e in self.endpoints for n in (e.name, *e.aliases)}
        for drawn in [
            each for each in self.endpoints if each.workload.endswith("[PodTemplate]")
        ]:
            own = images.get((drawn.namespace, drawn.workload))
            for copy in self.endpoints:
                is_like = own and images.get((copy.namespace, copy.workload)) == own
                if copy.name in self.boxes or drawn.name not in self.boxes or not is_like:
                    continue
                because = f"its pods run what {drawn.name} of the diagram runs"
                for flow in diagram.flows:
                    ends = [names.get(fold(end), "") for end in (flow.source, flow.destination)]
                    if drawn.name in ends and flow.intent is Intent.ALLOWED:
                        ends = [copy.name if end == drawn.name else end for end in ends]
                        self.pool = copy.name, drawn.name
                        self.required[ends[0], ends[1]] = DraftFlow(
                            ends[0], ends[1], flow.ports, because
                        )

    def _add_addresses(self) -> None:
        """Blocks that policies name, cut so that no two overlap."""
        if self.drawn:
            for block in self._list_blocks():
                if _measure(block) <= _FEW and len(block.cidrs()) == 1:
                    self._add(DraftEndpoint(_name_block(block), addresses=block))
            return
        parts = [AddressSet.full()]
        for block in self._list_blocks():
            parts = [piece for part in parts for piece in (part & block, part - block) if piece]
        for part in sorted(parts, key=lambda each: (_measure(each), str(each))):
            is_rest = part == parts[-1] or len(parts) == 1
            self._add(DraftEndpoint("world" if is_rest else _name_block(part), addresses=part))

    def _list_homes(self) -> list[str]:
        found = {each.namespace for each in self._list_workloads()}
        found |= {p.namespace for p in self.loaded.resources.policies if p.namespace}
        found |= {each.name for each in self.loaded.resources.namespaces}
        return sorted(each for each in found if each and not is_invented(each)) or ["default"]

    def _list_namespaces(self) -> tuple[str, ...]:
        """Those of the diagram's boxes, or all that have workloads or policies."""
        if self.drawn:
            own = {each.namespace for each in self.endpoints if each.namespace}
            homes = {p.namespace for p in self.loaded.resources.policies if p.namespace}
            homes |= {each.namespace for each in self._list_workloads()}
            return tuple(sorted(own & homes or own)) or (self._list_homes()[0],)
        found = {each.namespace for each in self._list_workloads()}
        found |= {p.namespace for p in self.loaded.resources.policies if p.namespace}
        known = sorted(each for each in found if not is_invented(each))
        return tuple(known) or tuple(self._list_homes())

    # --- flows ---

    def _draft(self, namespaces: tuple[str, ...]) -> Draft:
        diagram = None
        if self.drawn:
            diagram = self._relate(self.drawn.file), self.drawn.section.heading
        return Draft(
            namespaces,
            tuple(self.endpoints),
            (*self.required.values(), *self.flows.values()),
            diagram=diagram,
            pod_ranges=self._list_pod_ranges(),
            open_points=tuple(dict.fromkeys(self.open_points)),
        )

    def _list_pod_ranges(self) -> tuple[str, ...]:
        """Without the single addresses that policies name; empty where they name none."""
        usual = self.request.conventions(None).pod_ranges
        single = AddressSet.union(b for b in self._list_blocks() if _measure(b) <= _FEW)
        return (usual - single).cidrs() if usual & single else ()

    def _judge(self, namespaces: tuple[str, ...]) -> Case:
        draft = self._draft(namespaces)
        scenario = read_scenario(draft.text(), "scenario")
        diagram = self.drawn.diagram if self.drawn else Diagram()
        flows = combine_flows(scenario, diagram)
        documentation = Documentation(scenario, diagram, flows)
        described = LocatedDocumentation(documentation, None, None)
        conventions = self.request.conventions(scenario)
        return assemble_case(self.loaded, self.request.paths, conventions, described)

    def _document_flows(self, namespaces: tuple[str, ...]) -> None:
        try:
            for _ in range(ROUNDS):
                case = self._judge(namespaces)
                known = len(self.endpoints)
                self._name_strangers(case)
                if known != len(self.endpoints):
                    continue
                before = dict(self.flows)
                self._drop_broken(case)
                for judgement in case.judgements:
                    self._document(judgement)
                if before == self.flows:
                    break
            # What was added last may break what it also covers, as may what a name leaves
            # to others once it is gone.
            for _ in range(ROUNDS):
                self._drop_idle()
                before = dict(self.flows)
                case = self._judge(namespaces)
                self._drop_broken(case)
                if before == self.flows:
                    break
            if not self.drawn:
                self._report_unnamed(case)
        except IntentError as error:
            raise DocumentationError(*error.diagnostics) from error
        if len(self.flows) > MOST_FLOWS:
            message = f"{len(self.flows)} connections are allowed: describe fewer namespaces"
            raise UnanswerableError(message, self.loaded.diagnostics)

    def _name_strangers(self, case: Case) -> None:
        """An endpoint for pods that policies ask for and no endpoint names.

        Those are pods with labels, and all pods of a namespace that the input lacks.
        """
        universe = case.evaluator.universe
        whole = {space for space, labels in _list_strangers(self.loaded) if not labels.pairs}
        whole -= {each.namespace for each in self.endpoints if each.labels == Labels()}
        wide = {each.name for each in self.endpoints if each.labels == Labels()}
        seen: dict[tuple[str, Labels], None] = {}
        for judgement in case.judgements:
            if not judgement.allowed:
                continue
            for party in (judgement.source, judgement.destination):
                if set(party.names) - wide:
                    continue
                for bit in range(len(universe.pods)):
                    if not party.members >> bit & 1:
                        continue
                    pod = universe.pods[bit][0]
                    if not is_stand_in(pod) or is_invented(pod.namespace):
                        continue
                    if pod.labels.pairs or pod.namespace in whole:
                        seen[pod.namespace, pod.labels] = None
        for namespace, labels in seen:
            self._add(DraftEndpoint(_name_pods(namespace, labels), namespace, labels=labels))

    def _document(self, judgement: Judgement) -> None:
        if judgement.standing is not Standing.EXPOSED:
            return
        ends = self._name(judgement.source), self._name(judgement.destination)
        if not all(ends):
            return
        source, destination = ends
        if source == destination:
            self._name_twice(source)
            return
        if (source, destination) in self.refused or self._is_drawn(source, destination):
            return
        known = self.flows.get((source, destination))
        ports = judgement.exposed | (known.ports if known else PortSet.empty())
        because = NAME_RESOLUTION if self._is_dns(destination, ports) else TODAY
        self.flows[source, destination] = DraftFlow(source, destination, ports, because)

    def _is_drawn(self, source: str, destination: str) -> bool:
        """Whether the diagram decides: between its boxes, and for pods without a name."""
        if not self.drawn:
            return False
        if {source, destination} <= self.boxes:
            return True
        is_wide = source in self.wide or destination in self.wide
        return is_wide and not self._is_dns(destination, PortSet.empty())

    def _is_dns(self, destination: str, ports: PortSet) -> bool:
        from netsim.model.ports import Protocol

        asked = PortSet.of(Protocol.UDP, 53) | PortSet.of(Protocol.TCP, 53)
        endpoint = next(each for each in self.endpoints if each.name == destination)
        return endpoint.labels == _DNS and ports <= asked

    def _name(self, party: Party) -> str:
        return party.names[0] if party.names else ""

    def _name_twice(self, name: str) -> None:
        """Pods of one endpoint that talk to each other: a flow between them needs two names."""
        endpoint = next(each for each in self.endpoints if each.name == name)
        is_undrawn = self.drawn is not None and name in self.wide
        if name in self.twice or is_undrawn or endpoint.namespace == "*":
            return
        self.twice.add(name)
        remark = f"Also {name}: a flow needs two names to be among its own pods."
        own = self._add(replace(endpoint, name=f"{name}-peer", aliases=(), remark=remark))
        if name in self.wide:
            self.wide.add(own)
        self.flows[name, own] = DraftFlow(name, own, PortSet.full(), TODAY)

    def _drop_broken(self, case: Case) -> None:
        """Flows that are not allowed between all that they name: only their own pair was."""
        for judgement in case.judgements:
            if not judgement.broken:
                continue
            for flow in judgement.flows:
                key = flow.source, flow.destination
                if key not in self.flows:
                    continue
                left = self.flows[key].ports - judgement.broken
                if left:
                    self.flows[key] = replace(self.flows[key], ports=left)
                else:
                    self.refused.add(key)
                    del self.flows[key]

    def _report_unnamed(self, case: Case) -> None:
        """What is allowed today between ends that no entry stands for without more."""
        left = [each for each in case.judgements if each.standing is Standing.EXPOSED]
        for each in left[:MOST_POINTS]:
            flow = each.describe(each.exposed)
            self.open_points.append(
                f"{flow} is allowed today, and no entry could say so: check reports it"
            )
        if len(left) > MOST_POINTS:
            self.open_points.append(f"and {len(left) - MOST_POINTS} more such connections")

    def _drop_idle(self) -> None:
        """Endpoints that no flow names and that are no workloads say nothing."""
        pairs = (*self.flows, *self.required)
        used = {end for pair in pairs for end in pair} | self.boxes
        kept = [each for each in self.endpoints if each.workload or each.name in used]
        self.endpoints = kept or self.endpoints[:1]

    # --- documents ---

    def _relate(self, file: str) -> str:
        destination = self.request.destination
        start = Path(destination).parent if destination else Path()
        return Path(os.path.relpath(file, start)).as_posix()

    def _recognise_documents(self) -> tuple[DraftDocument, ...]:
        found: list[DraftDocument] = []
        for file in list_documents(self.request.paths):
            try:
                text = read_text(Path(file))
                headings = recognise_headings(text, file)
                if headings.budgets:
                    self.services += list_budgeted(text, file, headings.budgets)
            except FileError as error:
                self.open_points.append(f"{file} cannot be read: {error}")
                continue
            if headings:
                found.append(DraftDocument(self._relate(file), headings))
        return tuple(found)

    def _has_deployed_pool(self) -> bool:
        kept = [each for each in self.endpoints if self.pool and each.name == self.pool[0]]
        return any(each.workload.endswith("[Deployment]") for each in kept)

    def _find_pool(self, documents: tuple[DraftDocument, ...]) -> tuple[str, str] | None:
        """The Deployment of a documented pool, and the endpoint whose policies it needs."""
        if self.pool is None or not any(each.headings.warm_pool for each in documents):
            return None
        copy = next(each for each in self.endpoints if each.name == self.pool[0])
        return copy.workload.partition("[")[0], self.pool[1]

    def _name_budgets(self) -> None:
        """Aliases for services of a table of budgets that nothing in the scenario goes by."""
        bundle = self.loaded.bundle or Bundle()
        candidates = _Candidates(self.loaded)
        for service in self.services:
            taken = {fold(n) for e in self.endpoints for n in (e.name, *e.aliases)}
            if fold(service) in taken | {each.name for each in bundle.budgets}:
                continue
            wanted = _split_words(service)
            chosen = {
                f"{pod.workload.name}[{pod.workload.kind}]"
                for budget in bundle.budgets
                if budget.selector and _split_words(budget.name) == wanted
                for pod in self.loaded.resources.pods
                if pod.namespace == budget.namespace and budget.selector.matches(pod.labels)
            } or {each.workload for each in candidates.find(service)}
            meant = [each for each in self.endpoints if each.workload in chosen - {""}]
            if len(meant) != 1:
                self.open_points.append(f"{service!r} of the table of budgets has no endpoint")
                continue
            place = self.endpoints.index(meant[0])
            self.endpoints[place] = replace(meant[0], aliases=(*meant[0].aliases, service))


class _Titled(Struct, frozen=True):
    endpoint: DraftEndpoint

    @property
    def label(self) -> str:
        own = self.endpoint
        what = own.workload or str(own.labels)
        return f"{own.namespace}/{what}" if own.workload else f"{what} in {own.namespace}"


class _Candidates:
    """What a box may stand for: workloads, templates of pods, and pods that policies select.

    Where it is none of these, it may be pods of elsewhere that policies ask for.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.names: dict[DraftEndpoint, list[tuple[str, ...]]] = defaultdict(list)
        pods = loaded.resources.pods
        for pod in pods:
            if pod.origin is Origin.READ and _WORKLOAD.fullmatch(pod.workload.name):
                written = f"{pod.workload.name}[{pod.workload.kind}]"
                self._add(DraftEndpoint(pod.workload.name, pod.namespace, written), pod.labels)
        known: set[tuple[str, Labels]] = set()
        for policy in loaded.resources.policies:
            labels = _list_labels(policy.subject.pods.requirements)
            if not (policy.namespace and labels) or (policy.namespace, labels) in known:
                continue
            selector = policy.subject.pods
            if any(
                p.namespace == policy.namespace and selector.matches(p.labels) for p in pods
            ):
                continue
            known.add((policy.namespace, labels))
            name = next((v for k, v in labels.pairs if k in _NAMING_LABELS), policy.id.name)
            self._add(DraftEndpoint(name, policy.namespace, labels=labels), labels)
        self.strangers: dict[DraftEndpoint, list[tuple[str, ...]]] = defaultdict(list)
        for namespace, labels in _list_strangers(loaded):
            endpoint = DraftEndpoint(_name_pods(namespace, labels), namespace, labels=labels)
            self._add(endpoint, labels, self.strangers)

    def _add(
        self,
        endpoint: DraftEndpoint,
        labels: Labels,
        kind: dict[DraftEndpoint, list[tuple[str, ...]]] | None = None,
    ) -> None:
        known = self.names if kind is None else kind
        written = (endpoint.name, *(v for k, v in labels.pairs if k in _NAMING_LABELS))
        for text in written:
            words = _split_words(text)
            if words and words not in known[endpoint]:
                known[endpoint].append(words)

    @property
    def all(self) -> tuple[DraftEndpoint, ...]:
        return tuple(self.names)

    def find(self, name: str) -> list[DraftEndpoint]:
        """By the whole name, by its end (``plue-api``), by its start, else by a part."""
        wanted = _split_words(name)
        if not wanted:
            return []
        ways = (
            lambda own: own == wanted,
            lambda own: "".join(own) == "".join(wanted),
            lambda own: own[-len(wanted) :] == wanted or wanted[-len(own) :] == own,
            lambda own: own[: len(wanted)] == wanted or wanted[: len(own)] == own,
        )
        for known in (self.names, self.strangers):
            for matches in ways:
                found = [e for e, names in known.items() if any(map(matches, names))]
                if found:
                    return found
        return []


def _split_words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[a-z0-9]+", text.casefold()))


def _list_labels(requirements: Iterable[object]) -> Labels | None:
    """The labels of a selector that only asks for single values."""
    found: dict[str, str] = {}
    for each in requirements:
        values = getattr(each, "values", ())
        if getattr(each, "operator", None) is not Operator.IN or len(values) != 1:
            return None
        found[getattr(each, "key", "")] = next(iter(values))
    return Labels.of(found) if found else None


def _list_strangers(loaded: Loaded) -> Iterator[tuple[str, Labels]]:
    """The pods that rules ask for, by labels or not, in a namespace that the input lacks."""
    homes = {pod.namespace for pod in loaded.resources.pods}
    for policy in loaded.resources.policies:
        for peer in (peer for rule in policy.rules for peer in rule.peers):
            if not isinstance(peer, PodPeer) or peer.namespaces is None:
                continue
            namespace = _list_labels(peer.namespaces.requirements)
            wanted = peer.pods.requirements
            labels = _list_labels(wanted) if wanted else Labels()
            if namespace is None or labels is None:
                continue
            named = [value for key, value in namespace.pairs if key == NAME_LABEL]
            if len(namespace.pairs) == len(named) == 1 and named[0] not in homes:
                yield named[0], labels


def _measure(addresses: AddressSet) -> int:
    return sum(high - low + 1 for _, (low, high) in addresses)


def _is_wide(addresses: AddressSet) -> bool:
    return _measure(addresses) > 1 << 31


def _only_ipv4(blocks: list[AddressSet]) -> bool:
    return all(":" not in text for block in blocks for text in block.cidrs())


def _name_block(addresses: AddressSet) -> str:
    blocks = addresses.cidrs()
    first = re.sub(r"[^0-9a-f]+", "-", blocks[0]).strip("-") or "all"
    if _is_wide(addresses):
        return "internet"
    return f"addresses-{first}" if len(blocks) == 1 else f"addresses-from-{first}"


def _name_pods(namespace: str, labels: Labels) -> str:
    if labels == _DNS:
        return "dns"
    if "ingress" in namespace or any("ingress" in value for _, value in labels.pairs):
        return "ingress-controller"
    if not labels.pairs:
        return f"pods-in-{namespace}"
    value = next((v for k, v in labels.pairs if k in _NAMING_LABELS and v), "")
    return "-".join(_split_words(value or labels.pairs[0][1])) or f"pods-in-{namespace}"


def list_documents(paths: Iterable[str]) -> tuple[str, ...]:
    """The Markdown files in the folders of the input, and the README of each beside them."""
    found: dict[str, None] = {}
    for path in paths:
        if path == STDIN:
            continue
        place = Path(locate(path))
        folder = place if place.is_dir() else place.parent
        for file in _walk(folder):
            found[os.path.normpath(file)] = None
    return tuple(found)


def _walk(folder: Path) -> Iterator[Path]:
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(
            each for each in folders if not each.startswith(".") and each != "node_modules"
        )
        for name in sorted(files):
            if name.casefold().endswith((".md", ".markdown")):
                yield Path(root) / name
