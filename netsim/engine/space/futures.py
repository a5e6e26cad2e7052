"""Pods that nobody has written yet, in groups that policies can tell apart.

What a policy says of such a pod depends on its labels, its namespace and the labels of that.
A :class:`Future` is all pods that agree in what was asked about so far; each question that it
leaves open cuts it in two, so that groups never overlap::

    pods with app=web in namespaces with team=shop
    pods with app not web in namespaces with team=shop

Of each label only the values count that some selector names, beside any other value and none
at all, so that a group is a set of these for each key.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Iterator,
    KeysView,
    Mapping,
    Sequence,
)
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.labels import Labels, Operator, Requirement, Selector
from netsim.model.peers import PodPeer
from netsim.model.policies import Policy
from netsim.model.resources import NAME_LABEL, Namespace, Resources
from netsim.model.truth import Truth
from netsim.words.lists import join_first

OTHER = "*"
"""Stands for any value that no selector names; no label can have it."""

State = str | None
"""The value of a label; None where there is no such label."""

Traits = tuple[tuple[str, frozenset[State]], ...]
"""What labels may be, key by key and sorted; of a key that is missing nothing is known."""

NEW_NAMESPACE = "another namespace"
_ANY_VALUE = "any"


class Alphabet:
    """The values of labels that some selectors can tell apart."""

    def __init__(self, selectors: Iterable[Selector]) -> None:
        named: dict[str, set[State]] = defaultdict(lambda: {None, OTHER})
        for selector in selectors:
            for each in selector.requirements:
                named[each.key].update(each.values)
        self._values = {key: frozenset(values) for key, values in named.items()}

    @property
    def keys(self) -> KeysView[str]:
        """The keys that selectors name."""
        return self._values.keys()

    def all_of(self, key: str) -> frozenset[State]:
        """What a label may be."""
        return self._values.get(key, frozenset((None, OTHER)))

    def meeting(self, requirement: Requirement) -> frozenset[State]:
        """What of it meets a requirement."""
        every, named = self.all_of(requirement.key), frozenset[State](requirement.values)
        match requirement.operator:
            case Operator.IN:
                return named
            case Operator.NOT_IN:
                return every - named
            case Operator.EXISTS:
                return every - {None}
            case Operator.DOES_NOT_EXIST:
                return frozenset((None,))

    def state(self, labels: Labels, key: str) -> State:
        """What a label is, as far as selectors see it."""
        value = labels.get(key)
        return value if value is None or value in self.all_of(key) else OTHER

    def sample(self, traits: Traits) -> Labels:
        """The fewest labels of a group."""
        found: dict[str, str] = {}
        for key, states in traits:
            if None not in states:
                named = sorted(state for state in states if state is not None)
                found[key] = self._other(key) if OTHER in states else named[0]
        return Labels.of(found)

    def named(self, labels: Labels) -> Labels:
        """Those of some labels that tell something of what they belong to."""
        pairs = labels.pairs
        kept = (p for p in pairs if p[0] != NAME_LABEL or p[1] in self.all_of(p[0]))
        return Labels(tuple(kept))

    def _other(self, key: str) -> str:
        value = _ANY_VALUE
        while value in self.all_of(key):
            value += "-other"
        return value


def _describe(key: str, states: frozenset[State], every: frozenset[State]) -> Iterator[str]:
    """What a label is, as a selector is written."""
    if states == every:
        return
    if OTHER in states:
        missing = sorted(state for state in every - states if state)
        if None in every - states:
            yield key
        if missing:
            yield f"{key}!={missing[0]}" if len(missing) == 1 else _name(key, "notin", missing)
        return
    named = sorted(state for state in states if state)
    if not named:
        yield f"!{key}"
    else:
        text = f"{key}={named[0]}" if len(named) == 1 else _name(key, "in", named)
        yield f"({text} or !{key})" if None in states else text


def _name(key: str, word: str, values: Iterable[str]) -> str:
    return f"{key} {word} ({','.join(values)})"


class Future(Struct, frozen=True):
    """Pods that nobody has written yet.

    ``homes`` are namespaces of the input that they are in; none for namespaces that nobody
    has written either, of whose labels ``spaces`` tells.
    """

    homes: frozenset[str]
    spaces: Traits = ()
    pods: Traits = ()

    def intersect(self, other: Future) -> Future | None:
        """The pods that are in both groups, if there can be any."""
        homes = self.homes & other.homes
        if bool(self.homes) != bool(other.homes) or (self.homes and not homes):
            return None
        spaces, pods = _meet(self.spaces, other.spaces), _meet(self.pods, other.pods)
        return None if spaces is None or pods is None else Future(homes, spaces, pods)


def _meet(one: Traits, other: Traits) -> Traits | None:
    if not one or not other:
        return one or other
    found = dict(one)
    for key, states in other:
        found[key] = found.get(key, states) & states
    return sort_traits(found) if all(found.values()) else None


def sort_traits(traits: Mapping[str, frozenset[State]]) -> Traits:
    """Traits in the order of their keys."""
    return tuple(sorted(traits.items(), key=lambda item: item[0]))


Halves = tuple[Future, Future]
"""A group that a condition divides: who meets a part of it, and who does not."""


class Futures:
    """All pods that nobody has written yet, and what selectors make of groups of them."""

    def __init__(self, resources: Resources, policies: Collection[Policy]) -> None:
        peers = tuple(_list_peers(policies))
        self.pods = Alphabet(peer.pods for peer in peers)
        self.spaces = Alphabet(peer.namespaces for peer in peers if peer.namespaces is not None)
        self.known: dict[str, Namespace] = {each.name: each for each in resources.namespaces}
        used = {pod.namespace for pod in resources.pods}
        used |= {policy.namespace for policy in policies if policy.namespace}
        self.known |= {name: Namespace.implied(name) for name in used - self.known.keys()}
        self._fits: dict[Selector, frozenset[str]] = {}

    @property
    def everyone(self) -> Iterator[Future]:
        """All of them, in groups of which no selector was asked anything yet."""
        if self.known:
            yield Future(frozenset(self.known))
        names = self.spaces.all_of(NAME_LABEL) - {None, *self.known}
        yield Future(frozenset(), ((NAME_LABEL, names),))

    @property
    def stranger(self) -> Future:
        """A pod without labels in a namespace that nothing names."""
        return self.describe_pod(Labels(), NEW_NAMESPACE, Labels())

    def describe_pod(self, labels: Labels, namespace: str, spaces: Labels) -> Future:
        """The smallest group of a pod.

        ``spaces`` are the labels of its namespace where that is not one of the input.
        """
        homes = frozenset((namespace,) if namespace in self.known else ())
        known = Labels.of({**dict(spaces.pairs), NAME_LABEL: namespace})
        return Future(
            homes,
            () if homes else _states(self.spaces, known),
            _states(self.pods, labels),
        )

    def describe(
        self, futures: Iterable[Future]
    ) -> Iterator[tuple[str, str, tuple[Future, ...]]]:
        """Groups that fare alike, in as few lines as may be: two titles, and what is meant.

        The second title is shorter, and has not all names of many namespaces.
        """
        own: _Joined = {future: (future,) for future in futures}
        for key in sorted({key for future in own for key, _ in future.pods}):
            own = _join(own, _Pods(key, self.pods.all_of(key)))
        for key in sorted({key for future in own for key, _ in future.spaces}):
            own = _join(own, _Spaces(key, self._states_of_new(key)))
        own = _join(own, _Homes())
        by_pods: dict[Traits, list[Future]] = defaultdict(list)
        for future in own:
            by_pods[future.pods].append(future)
        for pods, places in by_pods.items():
            every = self.pods.all_of
            text = ",".join(t for key, each in pods for t in _describe(key, each, every(key)))
            title = f"pods with {text}" if text else "any pod"
            parts = tuple(part for place in places for part in own[place])
            full, short = (self._describe_places(places, join) for join in _JOINS)
            yield f"{title} in {full}", f"{title} in {short}", parts

    def _states_of_new(self, key: str) -> frozenset[State]:
        """What a label of a namespace that is not of the input may be."""
        every = self.spaces.all_of(key)
        return every - {None, *self.known} if key == NAME_LABEL else every

    def _describe_places(self, places: Iterable[Future], join: _JoinNames) -> str:
        homes = sorted({name for future in places for name in future.homes})
        new = [future.spaces for future in places if not future.homes]
        texts = [self._describe_new(spaces, frozenset(homes), join) for spaces in new]
        covered = {name for _, names in texts for name in names}
        rest = [name for name in homes if name not in covered]
        if rest:
            word = "namespace" if len(rest) == 1 else "namespaces"
            texts.insert(0, (f"{word} {join(rest)}", frozenset()))
        return " or ".join(text for text, _ in texts)

    def _describe_new(
        self, spaces: Traits, homes: frozenset[str], join: _JoinNames
    ) -> tuple[str, frozenset[str]]:
        """Namespaces by their labels; further ones, where some of the input are not meant."""
        every = self._states_of_new
        names = sorted(
            name
            for key, states in spaces
            if key == NAME_LABEL and OTHER not in states
            for name in states
            if name
        )
        rest = [each for each in spaces if not names or each[0] != NAME_LABEL]
        text = ",".join(t for key, each in rest for t in _describe(key, each, every(key)))
        if names:
            word = "namespace" if len(names) == 1 else "namespaces"
            named = f"{word} {join(names)}"
            return (f"{named} with {text}" if text else named), frozenset()
        alike = {name for name, space in self.known.items() if self._has(space.labels, spaces)}
        which = f"namespaces with {text}" if text else "namespaces"
        if alike <= homes:
            return (which if text else "any namespace"), frozenset(alike)
        return f"further {which}", frozenset()

    def _has(self, labels: Labels, spaces: Traits) -> bool:
        """Whether a namespace of the input has such labels; of its name nothing is asked."""
        return all(
            self.spaces.state(labels, key) in states
            for key, states in spaces
            if key != NAME_LABEL or states != self._states_of_new(key)
        )

    def fit_peer(self, future: Future, peer: PodPeer, home: str) -> Truth | Halves:
        """Whether a group is what a peer of a policy in ``home`` chooses."""
        spaces = self._fit_space(future, peer, home)
        pods = self._fit_pods(future, peer.pods)
        if Truth.NO in (spaces, pods):
            return Truth.NO
        return pods if isinstance(spaces, Truth) else spaces

    def _fit_space(self, future: Future, peer: PodPeer, home: str) -> Truth | Halves:
        if peer.namespaces is None:
            return fit_homes(future, frozenset((home,)))
        if future.homes:
            return fit_homes(future, self._chosen(peer.namespaces))
        return _fit(
            self.spaces,
            future.spaces,
            peer.namespaces,
            lambda each: replace(future, spaces=each),
        )

    def _chosen(self, selector: Selector) -> frozenset[str]:
        if selector not in self._fits:
            spaces = self.known.values()
            chosen = (each.name for each in spaces if selector.matches(each.labels))
            self._fits[selector] = frozenset(chosen)
        return self._fits[selector]

    def _fit_pods(self, future: Future, selector: Selector) -> Truth | Halves:
        return _fit(self.pods, future.pods, selector, lambda each: replace(future, pods=each))


_JoinNames = Callable[[Sequence[str]], str]
_JOINS: tuple[_JoinNames, _JoinNames] = (", ".join, join_first)

_Joined = dict[Future, tuple[Future, ...]]
"""Groups, and those of which each was made."""

_Part = frozenset[Any]


class _Respect(Protocol):
    """Something in which groups can differ."""

    def divide(self, future: Future) -> tuple[Future, _Part]:
        """All else of a group, and what it is in this respect."""

    def join(self, rest: Future, part: _Part) -> Future:
        """The group again."""


class _Pods(Struct, frozen=True):
    """One label of the pods."""

    key: str
    every: frozenset[State]

    def divide(self, future: Future) -> tuple[Future, _Part]:
        rest, states = _divide(future.pods, self.key, self.every)
        return replace(future, pods=rest), states

    def join(self, rest: Future, part: _Part) -> Future:
        return replace(rest, pods=_join_states(rest.pods, self.key, part, self.every))


class _Spaces(Struct, frozen=True):
    """One label of namespaces that are not of the input."""

    key: str
    every: frozenset[State]

    def divide(self, future: Future) -> tuple[Future, _Part]:
        rest, states = _divide(future.spaces, self.key, self.every)
        return replace(future, spaces=rest), states

    def join(self, rest: Future, part: _Part) -> Future:
        if rest.homes:
            return rest
        return replace(rest, spaces=_join_states(rest.spaces, self.key, part, self.every))


class _Homes(Struct, frozen=True):
    """The namespaces of the input; any of them is another thing than none."""

    def divide(self, future: Future) -> tuple[Future, _Part]:
        some = frozenset(("",)) if future.homes else future.homes
        return replace(future, homes=some), future.homes

    def join(self, rest: Future, part: _Part) -> Future:
        return replace(rest, homes=part)


def _divide(
    traits: Traits, key: str, every: frozenset[State]
) -> tuple[Traits, frozenset[State]]:
    known = dict(traits)
    states = known.pop(key, every)
    return sort_traits(known), states


def _join_states(
    traits: Traits, key: str, states: frozenset[State], every: frozenset[State]
) -> Traits:
    return traits if states == every else sort_traits({**dict(traits), key: states})


def _join(own: _Joined, respect: _Respect) -> _Joined:
    """Joins groups that differ in one respect only."""
    alike: dict[Future, dict[Future, _Part]] = defaultdict(dict)
    for future in own:
        rest, part = respect.divide(future)
        alike[rest][future] = part
    found: _Joined = {}
    for rest, parts in alike.items():
        joined = respect.join(rest, frozenset().union(*parts.values()))
        found[joined] = tuple(each for future in parts for each in own[future])
    return found


def fit_homes(future: Future, homes: frozenset[str]) -> Truth | Halves:
    """Whether a group is in some namespaces of the input."""
    inside = future.homes & homes
    if not inside:
        return Truth.NO
    if inside == future.homes:
        return Truth.YES
    return replace(future, homes=inside), replace(future, homes=future.homes - inside)


def _fit(
    alphabet: Alphabet,
    traits: Traits,
    selector: Selector,
    make: Callable[[Traits], Future],
) -> Truth | Halves:
    own, halves = dict(traits), None
    for requirement in selector.requirements:
        states = own.get(requirement.key, alphabet.all_of(requirement.key))
        meeting = states & alphabet.meeting(requirement)
        if not meeting:
            return Truth.NO
        if halves is None and meeting != states:
            halves = tuple(
                make(sort_traits({**own, requirement.key: part}))
                for part in (meeting, states - meeting)
            )
    return Truth.YES if halves is None else (halves[0], halves[1])


def _states(alphabet: Alphabet, labels: Labels) -> Traits:
    return sort_traits(
        {key: frozenset((alphabet.state(labels, key),)) for key in alphabet.keys}
    )


def _list_peers(policies: Iterable[Policy]) -> Iterator[PodPeer]:
    for policy in policies:
        yield policy.subject
        for rule in policy.rules:
            yield from (peer for peer in rule.peers if isinstance(peer, PodPeer))
