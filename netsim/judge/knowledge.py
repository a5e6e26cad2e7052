"""What the input says about pods and namespaces, and what it leaves open.

A rule that says "this selects nothing" must not be about pods that live outside the input.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from netsim.engine.evaluator import Evaluator
from netsim.engine.space import bits
from netsim.engine.space.stand_ins import is_stand_in
from netsim.engine.space.universe import Universe
from netsim.judge.case import Case
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.peers import Peer, PodPeer
from netsim.model.policies import Policy, Rule
from netsim.model.resources import NAME_LABEL, Namespace, Origin, Pod

SYSTEM_NAMESPACE = "kube-system"
_SOME_OTHER_NAME = ""


class Knowledge(Struct, frozen=True):
    """``pods`` are the classes of pods that were read or that a scenario names.

    ``namespaces`` are all that something mentions; of those in ``inhabited``, pods are known.
    """

    evaluator: Evaluator
    pods: int
    namespaces: tuple[Namespace, ...]
    inhabited: frozenset[str]
    _chosen: dict[Selector, tuple[Namespace, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, case: Case) -> Knowledge:
        """What a case knows."""
        universe = case.evaluator.universe
        pods = _real(universe)
        spaces = tuple(
            s for s in universe.resources.namespaces if s.origin is not Origin.MODELLED
        )
        inhabited = frozenset(universe.keys[bit].namespace for bit in bits.members(pods))
        return cls(case.evaluator, pods, spaces, inhabited)

    def subject(self, policy: Policy) -> int:
        """The known pods a policy applies to, or may."""
        return self.evaluator.selection.subject(policy).possible & self.pods

    def peer(self, peer: Peer, home: str) -> int:
        """The known pods that a peer of a policy in namespace ``home`` may stand for."""
        return peer.match(self.evaluator.selection, home).possible & self.pods

    def members(self, classes: int) -> Iterator[Pod]:
        """The known pods of these classes."""
        for bit in bits.members(classes & self.pods):
            for pod in self.evaluator.universe.pods[bit]:
                if not is_stand_in(pod):
                    yield pod

    def titles(self, classes: int) -> list[str]:
        """The names of the workloads in these classes, each once."""
        return sorted({str(pod.workload) for pod in self.members(classes)})

    @property
    def is_whole(self) -> bool:
        """Whether the input is a cluster: each has this namespace, a part of one may not."""
        return SYSTEM_NAMESPACE in self.inhabited or any(
            space.name == SYSTEM_NAMESPACE and space.origin is Origin.READ
            for space in self.namespaces
        )

    def selected(self, selector: Selector) -> tuple[Namespace, ...]:
        """The namespaces that a selector chooses, or may."""
        if selector not in self._chosen:
            possible = self.evaluator.universe.resources.possible_labels(
                space.name for space in self.namespaces
            )
            self._chosen[selector] = tuple(
                space
                for space in self.namespaces
                if any(selector.may_match(labels) for labels in possible[space.name])
            )
        return self._chosen[selector]

    def may_select_more(self, selector: Selector) -> bool:
        """Whether a namespaceSelector can choose a namespace that nothing mentions.

        Such a namespace counts with the label that holds its name, and no other.
        """
        listed = {space.name for space in self.namespaces}
        names = {
            name
            for requirement in selector.requirements
            if requirement.key == NAME_LABEL and requirement.operator is Operator.IN
            for name in requirement.values
        } - listed
        if not self.is_whole:
            names.add(_SOME_OTHER_NAME)
        return any(selector.may_match(Labels.of({NAME_LABEL: name})) for name in names)

    def _selects_unread(self, selector: Selector) -> bool:
        """Whether a namespaceSelector chooses a namespace whose pods are unknown."""
        empty = any(s.name not in self.inhabited for s in self.selected(selector))
        return empty or self.may_select_more(selector)

    def may_be_unread(self, peer: Peer, home: str) -> bool:
        """Whether a peer can stand for pods that the input does not have."""
        if not isinstance(peer, PodPeer):
            return False
        if peer.namespaces is None:
            return home not in self.inhabited
        return self._selects_unread(peer.namespaces)

    def reaches_unread(self, rule: Rule) -> bool:
        """Whether some peer of a rule can; no peers at all stand for everything."""
        if not rule.peers:
            return not self.is_whole
        return any(self.may_be_unread(peer, rule.namespace) for peer in rule.peers)


def find_open_namespaces(known: Knowledge) -> dict[str, tuple[Pod, ...]]:
    """The namespaces without a pod that some policy may select, with the pods that were read.

    A policy selects a pod whatever its rules say; pods on the host's network can't be selected.
    """
    evaluator = known.evaluator
    selected = bits.union(
        own.possible for of_tier in evaluator.subjects.values() for _, own in of_tier
    )
    pods: dict[str, list[Pod]] = {}
    closed: set[str] = set()
    classes = known.pods & evaluator.universe.selectable
    for pod in known.members(classes & selected):
        closed.add(pod.namespace)
    for pod in known.members(classes & ~selected):
        if pod.origin is Origin.READ:
            pods.setdefault(pod.namespace, []).append(pod)
    return {name: tuple(own) for name, own in sorted(pods.items()) if name not in closed}


def _real(universe: Universe) -> int:
    found = 0
    for bit, pods in enumerate(universe.pods):
        if not all(is_stand_in(pod) for pod in pods):
            found |= 1 << bit
    return found
