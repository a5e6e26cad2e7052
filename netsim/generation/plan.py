"""The plan of the policies: the rules that the documented flows need, and no other.

A flow ``web -> api`` takes a rule at each end that the scenario speaks for: egress at ``web``,
ingress at ``api``.  What a denial takes away from a flow between wider endpoints is left out
of its rule, by a selector that says ``NotIn`` or by addresses; what other rules allow anyway
takes none.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.space.places import Places, addresses_of_host
from netsim.engine.space.stand_ins import is_stand_in
from netsim.generation.labels import LabelPairs, choose_labels, is_stable, list_stable
from netsim.generation.region import Place, Region
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import (
    ANY_NAMESPACE,
    AddressEndpoint,
    LabelledEndpoint,
    WorkloadEndpoint,
    is_anywhere,
)
from netsim.judge.case import Case
from netsim.judge.dns import Dns
from netsim.judge.judgement import collect_stated, require_ports
from netsim.judge.knowledge import Knowledge
from netsim.judge.parties import Ground, Party, divide_parties
from netsim.model.addresses import AddressSet
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.model.resources import Pod, PodNetwork
from netsim.words.lists import join_first

Names = tuple[str, ...]
"""The endpoints that some pods or addresses belong to, the narrowest first."""

_MOST_PLACES = 25
"""Selectors that one side of a flow may take; with more, nobody could review them."""


class PlannedRule(Struct, frozen=True):
    """What a flow needs at one of its ends.

    It is in a policy for each of ``subjects``, as a policy has one selector.  ``protects`` and
    ``peer_title`` name the two sides.  ``needed`` has the ports that each pair of names has to
    be allowed, the subject's first, and ``covers`` those that the rule allows it.
    """

    direction: Direction
    subjects: tuple[Place, ...]
    peer: Region
    ports: PortSet
    flows: tuple[DocumentedFlow, ...]
    protects: str
    peer_title: str
    needed: dict[tuple[Names, Names], PortSet]
    covers: dict[tuple[Names, Names], PortSet]
    is_dns: bool = False


class Plan(Struct, frozen=True):
    """The rules, in the order of the documentation, and what stands in their way."""

    namespaces: tuple[str, ...]
    directions: tuple[Direction, ...]
    rules: tuple[PlannedRule, ...]
    obstacles: tuple[str, ...]


def plan_policies(case: Case) -> Plan:
    """The rules for the flows of a case, whose own policies have no say.

    O(flows × parties of their ends).
    """
    planning = _Planning(case)
    rules = _unite(planning.list_rules())
    while planning.note_openings(rules):
        rules = _unite(planning.list_rules())
    rules = _drop_covered(rules)
    scenario = case.scenario
    obstacles = tuple(dict.fromkeys(planning.obstacles))
    return Plan(scenario.namespaces, scenario.directions, tuple(rules), obstacles)


class _Planning:
    """Looks up what the flows are about, party by party."""

    def __init__(self, case: Case) -> None:
        self.obstacles: list[str] = []
        self._case = case
        universe = case.evaluator.universe
        self._endpoints = {bound.name: bound for bound in case.endpoints}
        self._members = {bound.name: universe.of(bound.endpoint) for bound in case.endpoints}
        self._places = Places(universe.resources)
        workloads = {
            bound.endpoint.title
            for bound in case.endpoints
            if isinstance(bound.declared, WorkloadEndpoint)
        }
        self._namesakes = Counter(title.partition("[")[0] for title in workloads)
        self._regions: dict[str, Region | None] = {}
        self._shut: set[tuple[Names, Names]] = set()
        parties = divide_parties(case.evaluator, case.endpoints, case.namespaces)
        self._parties: dict[str, dict[Names, Party]] = defaultdict(dict)
        for party in parties:
            for name in party.names:
                self._parties[name].setdefault(party.names, party)
        self._elsewhere = {p.names for p in parties if p.ground is Ground.ELSEWHERE}
        self._stated = {
            (parties[source].names, parties[destination].names): flows
            for (source, destination), flows in collect_stated(
                case.evaluator, parties, case.endpoints, case.documentation.flows
            ).items()
        }
        dns = Dns.of(Knowledge.of(case))
        self._dns = frozenset(map(id, dns.servers)), dns.ports

    def list_rules(self) -> Iterator[PlannedRule]:
        """Those of each flow, at both of its ends."""
        for flow in self._case.documentation.flows:
            if flow.intent is Intent.ALLOWED:
                for direction in (Direction.EGRESS, Direction.INGRESS):
                    if direction in flow.directions and direction in self._directions:
                        yield from self._plan_end(flow, direction)

    def note_openings(self, rules: Iterable[PlannedRule]) -> bool:
        """Whether wide flows at both ends let a pair through that is not documented.

        From then on the destination leaves out the source.
        """
        let: dict[Direction, dict[tuple[Names, Names], PortSet]] = {d: {} for d in Direction}
        for rule in rules:
            for (own, far), ports in rule.covers.items():
                pair = (own, far) if rule.direction is Direction.EGRESS else (far, own)
                known = let[rule.direction].get(pair, PortSet.empty())
                let[rule.direction][pair] = known | ports
        before = len(self._shut)
        for pair, ports in let[Direction.INGRESS].items():
            both = ports & let[Direction.EGRESS].get(pair, PortSet.empty())
            flows = self._stated.get(pair, ())
            for direction in Direction if both else ():
                if both - require_ports(flows, direction):
                    self._shut.add(pair)
        return len(self._shut) > before

    @property
    def _directions(self) -> tuple[Direction, ...]:
        return self._case.scenario.directions

    # --- one end of a flow ---

    def _plan_end(self, flow: DocumentedFlow, direction: Direction) -> Iterator[PlannedRule]:
        ends = flow.source, flow.destination
        own, far = ends if direction is Direction.EGRESS else ends[::-1]
        if not self._is_governed(own):
            return
        others = tuple(self._parties[far])
        table = {
            mine: tuple(self._require(flow, direction, mine, its) for its in others)
            for mine in self._parties[own]
        }
        values = {each for row in table.values() for each in row if each is not None}
        # What is denied to all of them alike is a matter of ports alone.
        whole = values.pop() if len(values) == 1 else flow.ports
        for own_names, subject, protects in self._divide(own, table, whole):
            if not subject.places:
                continue  # no policy applies to pods on the network of their node
            columns = zip(*(table[names] for names in own_names), strict=True)
            row = {its: (_find_known(c),) for its, c in zip(others, columns, strict=True)}
            for far_names, peer, peer_title in self._divide(far, row, whole):
                ports = _find_known(row[names][0] for names in far_names)
                if not ports or peer.is_empty:
                    continue
                pairs = [(one, other) for one in own_names for other in far_names]
                wanted = {pair: self._require(flow, direction, *pair) for pair in pairs}
                yield PlannedRule(
                    direction,
                    subject.places,
                    peer,
                    ports,
                    (flow,),
                    protects=protects,
                    peer_title=peer_title,
                    needed={pair: each for pair, each in wanted.items() if each},
                    covers=dict.fromkeys(pairs, ports),
                    is_dns=self._is_dns(direction, far, ports),
                )

    def _require(
        self, flow: DocumentedFlow, direction: Direction, own: Names, far: Names
    ) -> PortSet | None:
        """The ports of a flow that one end has to let through between two parties.

        None where it makes no difference: there is nothing to judge, or a wide flow is not
        about the pair, whose other end is closed itself.
        """
        pair = (own, far) if direction is Direction.EGRESS else (far, own)
        flows = self._stated.get(pair, ())
        if any(each is flow for each in flows):
            return flow.ports & require_ports(flows, direction)
        if not self._is_wide(flow):
            return None  # there is nothing to judge
        is_closed = far not in self._elsewhere and direction.opposite in self._directions
        is_open = direction is Direction.INGRESS and pair in self._shut
        return None if is_closed and not is_open else PortSet.empty()

    def _is_wide(self, flow: DocumentedFlow) -> bool:
        ends = flow.source, flow.destination
        return any(is_anywhere(self._endpoints[name].declared) for name in ends)

    def _divide(
        self,
        name: str,
        table: Mapping[Names, tuple[PortSet | None, ...]],
        whole: PortSet,
    ) -> Iterator[tuple[tuple[Names, ...], Region, str]]:
        """The parts of an endpoint that are treated alike: all of it where nothing is denied.

        What is left out of the greater part is taken from its selector.  Each comes with its
        title: the endpoint, or the narrowest one that a lesser part belongs to.
        """
        full = [n for n, row in table.items() if all(e is None or e == whole for e in row)]
        odd = [names for names in table if names not in full]
        if not odd:
            region = self._region(name)
            if region is not None and full:
                yield tuple(full), region, self._title(name)
            return
        narrower = [
            [each for each in names if self._members[each] != self._members[name]]
            for names in odd
        ]
        if full and all(narrower):
            parts = [self._meet_all(inner) for inner in narrower]
            most = self._leave_out(name, self._region(name), parts)
            found = [(tuple(full), most, self._title(name))]
            rest = [names for names in odd if any(table[names])]
        else:
            found, rest = [], [*full, *(names for names in odd if any(table[names]))]
        for names in rest:
            title = names[0] if len(table) > 1 else name
            found.append(((names,), self._region_of(names), self._title(title)))
        yield from ((n, r, title) for n, r, title in found if r and not r.is_empty)

    def _leave_out(
        self, name: str, region: Region | None, parts: Iterable[Region | None]
    ) -> Region | None:
        """What is left of an endpoint; None, and an obstacle, where no text could say it."""
        for part in parts:
            region = region and part and region.minus(part)
            if region and len(region.places) > _MOST_PLACES:
                self.obstacles.append(
                    f"what the documentation denies leaves more than {_MOST_PLACES} selectors "
                    f"for {name}: describe the other endpoints by one label each"
                )
                return None
        return region

    def _title(self, name: str) -> str:
        """The name of a workload alone, unless another kind has a namesake of it."""
        bound = self._endpoints[name]
        if not isinstance(bound.declared, WorkloadEndpoint):
            return name
        title = bound.endpoint.title.partition("[")[0]
        return name if self._namesakes[title] > 1 else title.rpartition("/")[2]

    def _is_governed(self, name: str) -> bool:
        bound = self._endpoints[name]
        if isinstance(bound.declared, AddressEndpoint) or is_anywhere(bound.declared):
            return False
        return any(p.ground is Ground.GOVERNED for p in self._parties[name].values())

    def _is_dns(self, direction: Direction, far: str, ports: PortSet) -> bool:
        pods = getattr(self._endpoints[far].endpoint, "pods", ())
        servers, usual = self._dns
        is_server = bool(pods) and all(id(pod) in servers for pod in pods)
        return direction is Direction.EGRESS and is_server and ports <= usual

    # --- regions ---

    def _region_of(self, names: Names) -> Region | None:
        """What is in these endpoints and in no other."""
        others = (
            self._region(other)
            for other, members in self._members.items()
            if other not in names and members & self._members[names[0]]
        )
        return self._leave_out(names[0], self._meet_all(names), others)

    def _meet_all(self, names: Iterable[str]) -> Region | None:
        found: Region | None = None
        for name in names:
            region = self._region(name)
            if region is None:
                return None
            found = region if found is None else found.meet(region)
        return found

    def _region(self, name: str) -> Region | None:
        """What selects an endpoint; None, and an obstacle, where nothing does."""
        if name not in self._regions:
            self._regions[name] = self._select(self._endpoints[name])
        return self._regions[name]

    def _select(self, bound: BoundEndpoint) -> Region | None:
        declared = bound.declared
        if isinstance(declared, AddressEndpoint):
            return Region(addresses=declared.addresses)
        pods: tuple[Pod, ...] = getattr(bound.endpoint, "pods", ())
        hosts = [pod for pod in pods if pod.network is PodNetwork.HOST]
        addresses = self._locate_hosts(bound, hosts)
        if addresses is None:
            return None
        own = [pod for pod in pods if pod.network is PodNetwork.POD]
        if not own:
            return Region(addresses=addresses)
        if isinstance(declared, LabelledEndpoint):
            labels = self._choose_declared(declared, own)
            namespace = ANY_NAMESPACE if is_anywhere(declared) else declared.namespace
        else:
            labels = self._choose_own(bound.name, own)
            namespace = own[0].namespace
        if labels is None:
            return None
        return Region((Place.of(namespace, labels),), addresses)

    def _locate_hosts(self, bound: BoundEndpoint, hosts: list[Pod]) -> AddressSet | None:
        """The addresses of pods that no selector matches, as they use their node's network."""
        found = AddressSet.empty()
        for pod in hosts:
            known = addresses_of_host(pod) or self._places.host_addresses(pod)
            if not known:
                self.obstacles.append(
                    f"{bound.name}: {pod.title} uses the network of its node, where no "
                    "selector matches it, and the input does not have the addresses of that "
                    "node: add the Nodes, or describe it by addresses"
                )
                return None
            found |= known
        return found

    def _choose_declared(self, declared: LabelledEndpoint, own: list[Pod]) -> LabelPairs | None:
        """The labels of the scenario, which say what the endpoint is, as far as they stay."""
        pairs = declared.labels.pairs
        stable = tuple(pair for pair in pairs if is_stable(*pair))
        if stable == pairs:
            return pairs
        rivals = self._list_others(own) if not is_anywhere(declared) else []
        if stable and choose_labels(stable, rivals) is not None:
            return stable
        self.obstacles.append(
            f"{declared.name}: {declared.labels} changes with the version, and no other label "
            f"tells these pods from others: give it labels that stay ({declared.location})"
        )
        return None

    def _choose_own(self, name: str, own: list[Pod]) -> LabelPairs | None:
        rivals = self._list_others(own)
        stable = list_stable(own)
        labels = choose_labels(stable, rivals)
        if labels is not None:
            return labels
        if not stable:
            self.obstacles.append(
                f"{name}: {own[0].title} has no label that stays: add one to its pod template"
            )
            return None
        alike = [pod for pod in rivals if choose_labels(stable, [pod]) is None]
        titles = sorted({pod.title for pod in alike})
        texts = ", ".join(f"{key}={value}" for key, value in stable)
        self.obstacles.append(
            f"{name}: no selector tells {own[0].title} from {join_first(titles)}, which may "
            f"have the same labels ({texts}): give one of them a label of its own"
        )
        return None

    def _list_others(self, own: list[Pod]) -> list[Pod]:
        mine = set(map(id, own))
        return [
            pod
            for pod in self._case.known_resources.pods
            if pod.namespace == own[0].namespace
            and id(pod) not in mine
            and not is_stand_in(pod)
        ]


def _find_known(values: Iterable[PortSet | None]) -> PortSet | None:
    """The first that makes a difference; all that do are alike."""
    return next((each for each in values if each is not None), None)


def _unite(rules: Iterable[PlannedRule]) -> list[PlannedRule]:
    """One rule where several flows are about the same pods at both ends."""
    found: dict[tuple[Direction, tuple[Place, ...], Region], PlannedRule] = {}
    for rule in rules:
        key = rule.direction, rule.subjects, rule.peer
        known = found.get(key)
        if known is None:
            found[key] = rule
            continue
        found[key] = replace(
            known,
            ports=known.ports | rule.ports,
            flows=tuple(dict.fromkeys((*known.flows, *rule.flows))),
            needed=_add(known.needed, rule.needed),
            covers=_add(known.covers, rule.covers),
            is_dns=known.is_dns and rule.is_dns,
        )
    return list(found.values())


def _add(
    one: dict[tuple[Names, Names], PortSet], other: dict[tuple[Names, Names], PortSet]
) -> dict[tuple[Names, Names], PortSet]:
    return {
        pair: one.get(pair, PortSet.empty()) | other.get(pair, PortSet.empty())
        for pair in (*one, *other)
    }


def _drop_covered(rules: list[PlannedRule]) -> list[PlannedRule]:
    """Without rules all of whose needed ports others let through, the narrow ones first."""
    dropped: set[int] = set()
    total: dict[tuple[Direction, Names, Names], list[PlannedRule]] = defaultdict(list)
    for rule in rules:
        for own, far in rule.covers:
            total[rule.direction, own, far].append(rule)
    for rule in sorted(rules, key=lambda each: len(each.covers)):
        is_needed = False
        for (own, far), ports in rule.needed.items():
            others = (
                each.covers[own, far]
                for each in total[rule.direction, own, far]
                if each is not rule
            )
            is_needed = is_needed or bool(ports - PortSet.union(others))
        if is_needed:
            continue
        dropped.add(id(rule))
        for own, far in rule.covers:
            rest = total[rule.direction, own, far]
            rest[:] = [each for each in rest if each is not rule]
    return [rule for rule in rules if id(rule) not in dropped]
