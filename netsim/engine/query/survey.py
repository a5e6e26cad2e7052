"""A survey of one input: how open each workload is, looked at once for all of them.

``Survey(resources, conventions, controller)`` answers, without anything that is documented::

    survey.isolation           which workloads policies isolate, by direction
    survey.ways_in             Ingress shop/web -> shop/web[Deployment] TCP 8080: open
    survey.from_cluster        who is open to any pod of the cluster
    survey.closed_services     Services that policies keep from every client
    survey.metadata            who reaches the metadata server of the cloud

"Any pod of the cluster" is one without labels in a namespace that nothing names.  One
evaluation and O(classes + address atoms) columns, each worked out once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Cell, Columns
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.services import Services, ServiceTarget
from netsim.engine.naming.ways_in import is_granted, ways
from netsim.engine.policy.chain import TIERS
from netsim.engine.policy.compile import may_allow_port
from netsim.engine.policy.decision import NOTHING, Allowed
from netsim.engine.query.exposure import add_stranger
from netsim.engine.query.isolation import list_unisolated
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.model.addresses import AddressSet, Family
from netsim.model.conventions import Conventions
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Action, Direction, Tier
from netsim.model.ports import PortSet, Protocol
from netsim.model.resources import Entry, Origin, PodNetwork, Resources
from netsim.model.services import Service, ServiceType, TrafficPolicy

METADATA = AddressSet.parse("169.254.169.254")
"""The metadata server of most clouds, which gives the credentials of a node to who asks."""
METADATA_PORT = (Protocol.TCP, 80)
API_PORTS = (443, 6443)
"""Where API servers listen if nothing tells: in most managed clusters, and by kubeadm."""


class Isolated(Struct, frozen=True):
    """What policies do to a workload in one direction."""

    workload: str
    namespace: str
    direction: Direction
    standing: Isolation


class Isolation(Enum):
    """Whether NetworkPolicies isolate the pods of a workload in a direction.

    Rules of the admin tiers decide without isolating.  On the network of a node no policy
    selects a pod.
    """

    SURELY = "isolated"
    PARTLY = "some pods"
    MAYBE = "unknown"
    RULED = "admin policies only"
    NOT = "not isolated"
    HOST = "host network"


class Standing(Enum):
    """What policies make of a way in from outside."""

    OPEN = "open"
    RESTRICTED = "open to some addresses"
    UNKNOWN = "cannot be decided"
    DENIED = "denied"
    NOWHERE = "leads to nothing in the input"


class WayIn(Struct, frozen=True):
    """A way from outside to a workload: ``via`` is ``Ingress shop/web``, ``NodePort shop/web``.

    ``workload`` is what the way leads to, or the Service where that leads to no pod of the
    input.  ``why`` says on what an unknown one depends, ``sources`` are the addresses of a
    restricted one.
    """

    via: str
    workload: str
    ports: PortSet
    standing: Standing
    why: str = ""
    sources: AddressSet = AddressSet()
    location: Location | None = None


class Open(Struct, frozen=True):
    """A workload, and what may pass between it and those that a question is about.

    ``limits`` are the addresses of which each may use some of that, empty where all may use
    all of it.
    """

    workload: str
    allowed: Allowed
    limits: AddressSet = AddressSet()


class ClosedService(Struct, frozen=True):
    """A Service that policies keep from every client that the input knows of.

    ``awaits`` says whether rules admit pods that the input does not have.
    """

    title: str
    location: Location | None
    awaits: bool


class Reach(Struct, frozen=True):
    """The workloads that surely reach an address, and those of which that is unknown."""

    surely: tuple[str, ...]
    maybe: tuple[str, ...]


class Survey:
    """One look at all workloads of an input; everything is worked out when it is asked for."""

    def __init__(
        self, resources: Resources, conventions: Conventions, controller: Controller | None
    ) -> None:
        self._resources = resources
        self._controller = controller or Controller()
        self._services = Services(resources)
        self.api_servers = self._services.api_servers
        """Its addresses, where the input tells them."""
        self._stranger, whole = add_stranger(resources)
        cuts = (METADATA, self.api_servers) if self.api_servers else (METADATA,)
        self._evaluator = Evaluator.of(
            with_controller(whole, self._controller), conventions, cuts
        )
        self._universe = self._evaluator.universe
        self._columns = Columns(self._evaluator)
        self._cells: dict[int, tuple[Cell, ...]] = {}

    # --- who is there ---

    @cached_property
    def _classes(self) -> dict[str, ClassSet]:
        """The classes of each workload that was read, sorted by its title."""
        found: dict[str, ClassSet] = defaultdict(int)
        for pod in self._resources.pods:
            if pod.origin is Origin.READ:
                found[str(pod.workload)] |= 1 << self._universe.bit(pod)
        return dict(sorted(found.items()))

    @property
    def workloads(self) -> tuple[str, ...]:
        """The titles of all that were read, sorted."""
        return tuple(self._classes)

    @cached_property
    def _known(self) -> ClassSet:
        return bits.union(self._classes.values())

    @cached_property
    def _outside(self) -> ClassSet:
        return self._universe.external & ~self._universe.node_addresses

    def _column(self, number: int) -> tuple[Cell, ...]:
        if number not in self._cells:
            self._cells[number] = tuple(self._columns.of(number))
        return self._cells[number]

    # --- isolation ---

    @cached_property
    def isolation(self) -> tuple[Isolated, ...]:
        """Every workload in every direction, sorted by its title."""
        others = {each.title for each in self._resources.unevaluated}
        spaces = {str(p.workload): p.namespace for p in self._resources.pods}
        open_ = {(e.workload, e.direction): e for e in list_unisolated(self._evaluator)}
        found = []
        for name in self._classes:
            for way in Direction:
                each = open_.get((name, way))
                if each is None:
                    standing = Isolation.SURELY
                elif each.network is PodNetwork.HOST:
                    standing = Isolation.HOST
                elif each.possible or not others.isdisjoint(each.admin):
                    standing = Isolation.MAYBE
                elif each.pods is not None:
                    standing = Isolation.PARTLY
                else:
                    standing = Isolation.RULED if each.admin else Isolation.NOT
                found.append(Isolated(name, spaces[name], way, standing))
        return tuple(found)

    # --- pods that nobody has written, and addresses ---

    @cached_property
    def from_cluster(self) -> tuple[Open, ...]:
        """The workloads that any pod of the cluster may connect to."""
        return self._list_open(self._receiving(1 << self._universe.bit(self._stranger)))

    @cached_property
    def from_outside(self) -> tuple[Open, ...]:
        """The workloads that policies let some address outside connect to.

        Of one that is open to all addresses of a family on some ports, those ports alone.
        """
        found = []
        for each in self._list_open(self._receiving(self._outside)):
            classes = self._classes[each.workload]
            if everyone := self._find_open_to_all(classes):
                unknown = each.allowed.unknown
                found.append(replace(each, allowed=Allowed(everyone, everyone | unknown)))
            else:
                found.append(replace(each, limits=self._find_limits(classes)))
        return tuple(found)

    def _find_open_to_all(self, classes: ClassSet) -> PortSet:
        """The ports to which all addresses outside of a family surely may connect."""
        found = PortSet.empty()
        for number in bits.members(classes):
            outside = self._outside & self._evaluator.meeting(number)
            for area in self._by_family(outside):
                common, rest = PortSet.full(), area
                for group, allowed in self._column(number):
                    if group & area:
                        common &= allowed.sure
                        rest &= ~group
                found |= PortSet.empty() if rest else common
        return found

    def _find_limits(self, classes: ClassSet) -> AddressSet:
        """The addresses that surely may connect to some port."""
        surely = 0
        for number in bits.members(classes):
            for group, allowed in self._column(number):
                surely |= group & self._outside if allowed.sure else 0
        return self._universe.addresses(surely) if surely else AddressSet.empty()

    @cached_property
    def to_cluster(self) -> tuple[Open, ...]:
        """The workloads that may connect to any pod of the cluster."""
        stranger = self._universe.bit(self._stranger)
        return self._list_open(self._sending(1 << stranger))

    @cached_property
    def to_outside(self) -> tuple[Open, ...]:
        """The workloads that may connect to some address outside."""
        return self._list_open(self._sending(self._outside))

    def _receiving(self, sources: ClassSet) -> dict[int, Allowed]:
        """What each class may receive from any of some sources."""
        found: dict[int, Allowed] = {}
        for number in bits.members(self._known):
            for group, allowed in self._column(number):
                if group & sources:
                    found[number] = found.get(number, NOTHING) | allowed
        return found

    def _sending(self, destinations: ClassSet) -> dict[int, Allowed]:
        """What each class may send to any of some destinations."""
        by_answer: dict[Allowed, ClassSet] = defaultdict(int)
        for number in bits.members(destinations):
            for group, allowed in self._column(number):
                by_answer[allowed] |= group & self._known
        found: dict[int, Allowed] = {}
        for allowed, group in by_answer.items():
            for number in bits.members(group):
                found[number] = found.get(number, NOTHING) | allowed
        return found

    def _list_open(self, by_class: dict[int, Allowed]) -> tuple[Open, ...]:
        found = []
        for name, classes in self._classes.items():
            allowed = NOTHING
            for number in bits.members(classes):
                allowed |= by_class.get(number, NOTHING)
            if allowed.possible:
                found.append(Open(name, allowed))
        return tuple(found)

    # --- servers that pods should seldom reach ---

    @cached_property
    def metadata(self) -> Reach:
        """Who reaches the metadata server."""
        found = self._sending(self._universe.outside(METADATA))
        port = PortSet.of(*METADATA_PORT)
        return self._reach({number: each.on(port) for number, each in found.items()})

    @cached_property
    def api_server(self) -> Reach:
        """Who reaches the API server.

        Where its address is not in the input, only those surely do that reach every address,
        and it is unknown of those that reach some.
        """
        known = self._services.api_ports if self.api_servers else API_PORTS
        ports = PortSet.union(PortSet.of(Protocol.TCP, each) for each in known)
        if self.api_servers:
            found = self._sending(self._universe.outside(self.api_servers))
            return self._reach({number: each.on(ports) for number, each in found.items()})
        surely = self._known
        maybe = 0
        for atom in bits.members(self._universe.external):
            meeting = self._evaluator.meeting(atom)
            open_ = 0
            for group, allowed in self._column(atom):
                if allowed.possible & ports:
                    maybe |= group
                if not ports - allowed.sure:
                    open_ |= group
            surely &= open_ | ~meeting
        answers = {}
        for number in bits.members(maybe & self._known):
            is_sure = contains(surely, number)
            answers[number] = Allowed(ports if is_sure else PortSet.empty(), ports)
        return self._reach(answers)

    def _reach(self, by_class: dict[int, Allowed]) -> Reach:
        found = self._list_open(by_class)
        return Reach(
            tuple(each.workload for each in found if each.allowed.sure),
            tuple(each.workload for each in found if not each.allowed.sure),
        )

    # --- ways in ---

    @cached_property
    def on_host(self) -> tuple[str, ...]:
        """The workloads on the network of their nodes, to whose ports no policy applies."""
        found = {
            str(pod.workload)
            for pod in self._resources.pods
            if pod.network is PodNetwork.HOST and pod.origin is Origin.READ
        }
        return tuple(sorted(found))

    @cached_property
    def ways_in(self) -> tuple[WayIn, ...]:
        """Entries, then Services that are open outside, each with its workloads."""
        found: dict[tuple[str, str, Standing, str, AddressSet], WayIn] = {}
        for way in (*self._list_entries(), *self._list_faces()):
            key = way.via, way.workload, way.standing, way.why, way.sources
            known = found.get(key)
            found[key] = replace(known, ports=known.ports | way.ports) if known else way
        return tuple(found.values())

    def _list_entries(self) -> Iterator[WayIn]:
        led: set[tuple[Entry, str, str]] = set()
        lead = self._universe.bit(self._controller.pod)
        for way in ways(self._resources):
            entry, backend, target = way.entry, way.backend, way.target
            led.add((entry, backend.namespace, backend.service))
            port = (target.protocol, target.number)
            number = self._universe.bit(target.pod)
            allowed = next((a for g, a in self._column(number) if contains(g, lead)), NOTHING)
            why = ""
            if port in allowed.possible:
                standing = Standing.OPEN if port in allowed.sure else Standing.UNKNOWN
                if not is_granted(self._resources, entry, backend):
                    standing, why = Standing.UNKNOWN, "no ReferenceGrant in the input admits it"
            elif not self._controller.namespace and self._admits_others(target):
                standing = Standing.UNKNOWN
                why = "depends on where the ingress controller runs (--ingress-namespace)"
            else:
                standing = Standing.DENIED
            yield WayIn(
                entry.title,
                str(target.pod.workload),
                PortSet.of(*port),
                standing,
                why,
                location=backend.location,
            )
        for entry in self._resources.entries:
            for backend in entry.backends:
                if (entry, backend.namespace, backend.service) not in led:
                    title = f"Service {backend.namespace}/{backend.service}"
                    yield WayIn(
                        entry.title,
                        title,
                        PortSet.empty(),
                        Standing.NOWHERE,
                        location=backend.location,
                    )

    def _admits_others(self, target: ServiceTarget) -> bool:
        """Whether policies let some pod of another namespace connect to a port."""
        port = (target.protocol, target.number)
        own = self._evaluator.selection.namespace(target.pod.namespace).sure
        cells = self._column(self._universe.bit(target.pod))
        if any(group & ~own and port in allowed.possible for group, allowed in cells):
            return True
        return any(peer.namespaces is not None for peer in self._list_admitted(target))

    def _list_admitted(self, target: ServiceTarget) -> Iterator[PodPeer]:
        """The pods that rules about a port let in, whether or not the input has any."""
        number, port = self._universe.bit(target.pod), (target.protocol, target.number)
        for tier in TIERS:
            if tier is Tier.OTHER_SYSTEMS:
                continue
            for policy in self._evaluator.selecting(tier, Direction.INGRESS, number):
                for rule in policy.rules_of(Direction.INGRESS):
                    if rule.action is Action.ALLOW and may_allow_port(rule, port):
                        yield from (each for each in rule.peers if isinstance(each, PodPeer))

    def _list_faces(self) -> Iterator[WayIn]:
        for service in self._resources.services:
            if not service.is_open_outside:
                continue
            word = service.type.value
            if service.type is ServiceType.CLUSTER_IP:
                word = "external IP"
            via = f"{word} {service.namespace}/{service.name}"
            is_led = False
            for port in service.ports:
                for target in self._services.targets(service, port):
                    is_led = True
                    yield self._judge_face(via, service, target)
            if not is_led:
                empty, nowhere = PortSet.empty(), Standing.NOWHERE
                yield WayIn(via, service.title, empty, nowhere, location=service.location)

    def _judge_face(self, via: str, service: Service, target: ServiceTarget) -> WayIn:
        """What reaches a pod through a Service's address outside.

        A node that passes a connection on may put its own address in place of the client's,
        unless the Service keeps it (core/v1 ``ServiceSpec.externalTrafficPolicy``).
        """
        number, port = self._universe.bit(target.pod), (target.protocol, target.number)
        outside = self._universe.external & self._evaluator.meeting(number)
        is_kept = service.external_traffic is TrafficPolicy.LOCAL
        if is_kept:
            outside &= self._outside
        surely = perhaps = 0
        for group, allowed in self._column(number):
            surely |= group & outside if port in allowed.sure else 0
            perhaps |= group & outside if port in allowed.possible else 0
        why, sources = "", AddressSet.empty()
        # What its load balancer refuses never gets to the pods.
        is_balanced = service.type is ServiceType.LOAD_BALANCER
        admitted = service.source_ranges if is_balanced else None
        if self._is_everywhere(outside, surely):
            standing = Standing.OPEN if admitted is None else Standing.RESTRICTED
            sources = admitted or sources
        elif not perhaps:
            standing = Standing.DENIED
        elif is_kept and surely == perhaps:
            sources = self._universe.addresses(surely)
            sources = sources if admitted is None else sources & admitted
            standing = Standing.RESTRICTED if sources else Standing.DENIED
        else:
            standing = Standing.UNKNOWN
            if surely and not is_kept:
                why = "policies admit some addresses, and a node may hide the client's"
        return WayIn(
            via,
            str(target.pod.workload),
            PortSet.of(*port),
            standing,
            why,
            sources,
            service.location,
        )

    def _is_everywhere(self, outside: ClassSet, some: ClassSet) -> bool:
        """Whether some addresses are all those outside of a family."""
        return any(not area & ~some for area in self._by_family(outside))

    def _by_family(self, outside: ClassSet) -> tuple[ClassSet, ...]:
        """The addresses of each family that has any."""
        pods = len(self._universe.pods)
        areas = (outside & (self._universe.atoms.of(family) << pods) for family in Family)
        return tuple(area for area in areas if area)

    # --- Services without clients ---

    @cached_property
    def closed_services(self) -> tuple[ClosedService, ...]:
        """The Services that lead to pods, and that policies keep from every client."""
        found = []
        for service in self._resources.services:
            targets = [t for p in service.ports for t in self._services.targets(service, p)]
            if targets and all(map(self._is_closed, targets)):
                awaits = any(True for t in targets for _ in self._list_admitted(t))
                found.append(ClosedService(service.title, service.location, awaits))
        return tuple(found)

    def _is_closed(self, target: ServiceTarget) -> bool:
        """Whether no pod or address of the input may connect, its own node left out."""
        number, port = self._universe.bit(target.pod), (target.protocol, target.number)
        cells: Iterable[Cell] = self._column(number)
        if any(self._universe.near(number)):
            cells = self._columns.by_policies(number)
        return not any(port in allowed.possible for _, allowed in cells)
