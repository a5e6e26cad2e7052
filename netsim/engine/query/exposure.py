"""What is open to pods that nobody has written yet, and to whom they are open.

For each workload and direction: what may pass between it and any pod of the cluster, meaning
one without labels in a namespace that nothing names, and for which further pods some policy
says otherwise::

    any pod of the cluster              => shop/web[Deployment] : TCP 80
    pods with app=ops in namespace shop => shop/web[Deployment] : TCP 80,9090

What policies say of such a pod itself counts as well: it is selected like any other.  It has no
known address, runs on a node of which nothing is known, and declares no ports, so that ports
by name stand for nothing there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.columns import Columns
from netsim.engine.matrix.listing import Pair, Part, Pods, Workloads
from netsim.engine.policy.decision import ANYTHING, NOTHING, Allowed
from netsim.engine.query.future_groups import FutureGroups, Groups
from netsim.engine.space import bits
from netsim.engine.space.bits import ClassSet, contains
from netsim.engine.space.futures import Future, Futures
from netsim.engine.space.stand_ins import ELSEWHERE, is_stand_in, stand_in, stand_in_for_all
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.peers import PodPeer
from netsim.model.placeholders import has_placeholder
from netsim.model.policies import Direction
from netsim.model.resources import Namespace, Origin, Pod, Resources

ANY_POD = "any pod of the cluster"
UNKNOWN = Allowed(NOTHING.sure, ANYTHING.possible)


class Opening(Struct, frozen=True):
    """Pods that nobody has written, of which policies say something of their own.

    ``futures`` are the groups that they are in, none of which overlap.  ``short`` is the title
    without all names of many namespaces.
    """

    title: str
    short: str
    futures: tuple[Future, ...]
    allowed: Allowed


class Exposure(Struct, frozen=True):
    """What may pass, in one direction, between a workload and pods that nobody has written.

    ``cluster`` is for any of them that no opening is about.  ``addresses`` are those outside
    the cluster that no node has, with what may pass there.  ``pods`` are those of the workload
    that this is about, None where it is about all.
    """

    workload: str
    direction: Direction
    cluster: Allowed
    openings: tuple[Opening, ...]
    addresses: tuple[tuple[AddressSet, Allowed], ...]
    pods: Pods | None = None

    def pairs(self) -> Iterator[Pair]:
        """As rows of a list; an opening without ports is closed where the cluster is open."""
        yield from self._pairs((each.title, each.allowed) for each in self.openings)

    def short_pairs(self) -> Iterator[Pair]:
        """As rows for people to read, who need no list of all namespaces."""
        yield from self._pairs((each.short, each.allowed) for each in self.openings)

    def _pairs(self, openings: Iterable[tuple[str, Allowed]]) -> Iterator[Pair]:
        if self.cluster.possible:
            yield self._pair(ANY_POD, self.cluster)
        for title, allowed in openings:
            yield self._pair(title, allowed)

    def doubted(self) -> Exposure:
        """What is left where the input lacks something that may decide it."""
        addresses = tuple((area, UNKNOWN) for area, _ in self.addresses)
        return replace(self, cluster=UNKNOWN, openings=(), addresses=addresses)

    def _pair(self, title: str, allowed: Allowed) -> Pair:
        ends = (title, self.workload)
        own = self.pods or Pods((self.workload,))
        part = Part(Pods((title,)), own)
        if self.direction is Direction.EGRESS:
            ends, part = ends[::-1], Part(own, Pods((title,)))
        parts = (part,) if self.pods else ()
        return Pair(*ends, allowed.sure, allowed.unknown, parts=parts)


def find_exposures(resources: Resources, conventions: Conventions) -> tuple[Exposure, ...]:
    """The exposure of every workload, by its title and direction.

    Two evaluations: one to see where future pods differ, one with a stand-in for each group of
    them.  Classes about which policies say the same share their groups.  Where a selector or a
    namespace still holds a placeholder, nothing is known of pods with any labels.
    """
    if _tells_nobody_apart(resources):
        known = find_cluster_exposures(resources, conventions)
        return tuple(replace(each, cluster=UNKNOWN) for each in known)
    futures = Futures(resources, (*resources.policies, *resources.unevaluated))
    divided = _divide(resources, conventions, futures)
    return tuple(_Exposing(resources, conventions, futures, *divided).exposures())


def find_cluster_exposures(
    resources: Resources, conventions: Conventions
) -> tuple[Exposure, ...]:
    """The exposure of every workload to any pod of the cluster, without any openings.

    One evaluation.
    """
    futures = Futures(resources, (*resources.policies, *resources.unevaluated))
    return tuple(_Exposing(resources, conventions, futures, {}, set()).exposures())


def add_stranger(resources: Resources) -> tuple[Pod, Resources]:
    """A pod that stands for any pod of the cluster, and the resources with it."""
    futures = Futures(resources, (*resources.policies, *resources.unevaluated))
    pod, space = _sample(futures, futures.stranger), _space(futures, futures.stranger)
    spaces = (*resources.namespaces, *((space,) if space else ()))
    return pod, replace(resources, pods=(*resources.pods, pod), namespaces=spaces)


def _sample(futures: Futures, future: Future) -> Pod:
    """A pod of a group, to be asked about in place of all of them."""
    labels = futures.pods.sample(future.pods)
    space = _space(futures, future)
    return stand_in(space.name if space else min(future.homes), labels)


def _space(futures: Futures, future: Future) -> Namespace | None:
    """The namespace of a group's sample, where the input has none."""
    if future.homes:
        return None
    labels = futures.spaces.sample(future.spaces)
    rest = futures.spaces.named(labels)
    name = f"{ELSEWHERE} with {rest}" if rest.pairs else ELSEWHERE
    return Namespace(name, labels, Origin.MODELLED)


def _tells_nobody_apart(resources: Resources) -> bool:
    """Whether what selects pods, or where they are, still has to be filled in."""
    return (
        any(space.has_placeholder for space in resources.namespaces)
        or any(has_placeholder(pod.namespace) for pod in resources.pods)
        or any(
            has_placeholder(policy.namespace)
            or policy.subject.has_placeholder
            or any(
                isinstance(peer, PodPeer) and peer.has_placeholder
                for rule in policy.rules
                for peer in rule.peers
            )
            for policy in resources.policies
        )
    )


_Divided = dict[tuple[int, Direction], Groups]
"""For each class and direction the groups of pods that fare alike."""


def _divide(
    resources: Resources, conventions: Conventions, futures: Futures
) -> tuple[_Divided, set[Future]]:
    """The groups, and those of them that not all pods of which fare alike."""
    strangers = {name: stand_in_for_all(name) for name in (*futures.known, ELSEWHERE)}
    near = replace(resources, pods=(*resources.pods, *strangers.values()))
    evaluator = Evaluator.of(near, conventions)
    numbers = {name: evaluator.universe.bit(pod) for name, pod in strangers.items()}
    groups = FutureGroups(evaluator, futures, numbers, numbers.pop(ELSEWHERE))
    own = dict.fromkeys(evaluator.universe.bit(pod) for pod in resources.pods)
    found = {(each, way): groups.of(each, way) for each in own for way in Direction}
    return found, groups.undivided


class _Exposing:
    def __init__(
        self,
        resources: Resources,
        conventions: Conventions,
        futures: Futures,
        groups: _Divided,
        undivided: set[Future],
    ) -> None:
        self._futures, self._groups, self._undivided = futures, groups, undivided
        pods = (pod for pod in resources.pods if not is_stand_in(pod))
        self._names = {str(pod.workload) for pod in pods}
        stranger = self._futures.stranger
        distinct = dict.fromkeys((stranger, *self._all_groups()))
        samples = {each: _sample(self._futures, each) for each in distinct}
        spaces = (_space(self._futures, each) for each in samples)
        whole = replace(
            resources,
            pods=(*resources.pods, *samples.values()),
            namespaces=(*resources.namespaces, *dict.fromkeys(filter(None, spaces))),
        )
        self._evaluator = Evaluator.of(whole, conventions)
        universe = self._evaluator.universe
        self._classes = 1 + max((universe.bit(pod) for pod in resources.pods), default=-1)
        self._bits = {future: universe.bit(pod) for future, pod in samples.items()}
        self._stranger = self._bits[stranger]
        self._known: dict[object, tuple[Allowed, tuple[Opening, ...]]] = {}

    def _all_groups(self) -> Iterator[Future]:
        distinct = {id(groups): groups for groups in self._groups.values()}
        for groups in distinct.values():
            yield from groups

    def exposures(self) -> Iterator[Exposure]:
        workloads = Workloads(self._evaluator.universe)
        answers = {direction: self._answers(direction) for direction in Direction}
        for name in sorted(self._names):
            own = workloads.classes[name]
            for direction in Direction:
                found = answers[direction]
                yield from self._of_workload(workloads, name, own, found, direction)

    def _of_workload(
        self,
        workloads: Workloads,
        name: str,
        classes: ClassSet,
        answers: _Answers,
        direction: Direction,
    ) -> Iterator[Exposure]:
        alike: dict[Exposure, ClassSet] = defaultdict(int)
        for number in bits.members(classes):
            alike[self._of_class(name, number, answers[number], direction)] |= 1 << number
        for exposure, own in alike.items():
            pods = workloads.pods(name, own)
            yield exposure if own == classes else replace(exposure, pods=pods)

    def _answers(self, direction: Direction) -> _Answers:
        """For each class of the input, what may pass to or from each class that is none."""
        columns, universe = Columns(self._evaluator), self._evaluator.universe
        known = bits.span(0, self._classes)
        strangers = bits.union(1 << number for number in self._bits.values())
        found: _Answers = {number: {} for number in range(self._classes)}
        if direction is Direction.INGRESS:
            for number in range(self._classes):
                for sources, allowed in columns.of(number):
                    own = sources & (strangers | universe.external)
                    if own:
                        found[number][allowed] = found[number].get(allowed, 0) | own
            return found
        # Many destinations admit the same sources, which are looked at once.
        columns_of: dict[tuple[ClassSet, Allowed], ClassSet] = defaultdict(int)
        for number in bits.members(strangers | universe.external):
            for sources, allowed in columns.of(number):
                if sources & known:
                    columns_of[sources & known, allowed] |= 1 << number
        for (sources, allowed), numbers in columns_of.items():
            for source in bits.members(sources):
                found[source][allowed] = found[source].get(allowed, 0) | numbers
        return found

    def _of_class(
        self, name: str, number: int, answers: Mapping[Allowed, ClassSet], direction: Direction
    ) -> Exposure:
        groups = self._groups.get((number, direction), ())
        universe = self._evaluator.universe
        outside = universe.external & ~universe.node_addresses
        key = id(groups), frozenset(answers.items())
        if key not in self._known:
            cluster = _find(answers, self._stranger)
            found = self._openings(groups, answers, cluster)
            openings = tuple(sorted(found, key=lambda opening: opening.title))
            self._known[key] = cluster, openings
        cluster, openings = self._known[key]
        addresses = tuple(
            (universe.addresses(own & outside), allowed)
            for allowed, own in answers.items()
            if own & outside
        )
        return Exposure(name, direction, cluster, openings, addresses)

    def _openings(
        self, groups: Groups, answers: Mapping[Allowed, ClassSet], cluster: Allowed
    ) -> Iterator[Opening]:
        by_answer: dict[Allowed, list[Future]] = defaultdict(list)
        for future in groups:
            allowed = _find(answers, self._bits[future])
            if future in self._undivided:
                allowed = UNKNOWN
            if allowed != cluster:
                by_answer[allowed].append(future)
        for allowed, futures in by_answer.items():
            for title, short, own in self._futures.describe(futures):
                yield Opening(title, short, own, allowed)


_Answers = dict[int, dict[Allowed, ClassSet]]


def _find(answers: Mapping[Allowed, ClassSet], number: int) -> Allowed:
    return next((a for a, numbers in answers.items() if contains(numbers, number)), NOTHING)
