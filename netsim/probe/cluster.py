"""What a live cluster, or a file that was taken of one, says of pods and policies."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from netsim.loader.load import load_text
from netsim.loader.registry import ObjectScope
from netsim.loader.snapshot.kinds import SNAPSHOT_KINDS, SnapshotKind
from netsim.loader.snapshot.snapshot import of_objects
from netsim.loader.sources.live_reading import AnswerError, LiveError, Reader
from netsim.model.policies import Policy
from netsim.model.resources import Resources
from netsim.probe.interface import Api, ProbeError
from netsim.probe.pods import LivePod, live_pod
from netsim.probe.rbac import Namespaces, Task
from netsim.probe.threads import at_once

Object = dict[str, Any]

CLUSTER = "the cluster"
"""The file that live objects are said to be in."""
_KINDS = {kind.kind: kind for kind in SNAPSHOT_KINDS}
_POLICIES = "NetworkPolicy"
_ADMIN = ("AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "ClusterNetworkPolicy")
_ABSENT = 404


class Unseen(Struct, frozen=True):
    """Something that could not be read, and why."""

    what: str
    reason: str

    @property
    def is_absent(self) -> bool:
        """Whether the cluster has no such thing."""
        return self.reason.startswith(f"status {_ABSENT}:")


class Live(Struct, frozen=True):
    """A cluster; ``policies`` is None where its NetworkPolicies could not be read.

    ``namespaces`` are those that were read, ``runnable`` those in whose pods a program may be
    run; None is all of them.  ``kinds`` are the kinds of policies of admins that were read.
    """

    pods: tuple[LivePod, ...]
    resources: Resources
    policies: tuple[Policy, ...] | None
    namespaces: frozenset[str]
    unread: tuple[Unseen, ...] = ()
    runnable: frozenset[str] | None = None
    kinds: frozenset[str] = frozenset()

    @property
    def by_title(self) -> dict[str, LivePod]:
        """The pods by their titles."""
        return {pod.title: pod for pod in self.pods}

    def can_run(self, pod: LivePod) -> bool:
        """Whether a pod can be asked to connect."""
        return self.runnable is None or pod.namespace in self.runnable

    def shows(self, policy: Policy) -> bool:
        """Whether a policy would have been read if the cluster had it."""
        if policy.namespace:
            return self.policies is not None and policy.namespace in self.namespaces
        return policy.kind in self.kinds

    def unseen(self, policies: Iterable[Policy]) -> Iterator[Unseen]:
        """Policies of which it cannot be said whether the cluster has them."""
        told = {each.what for each in self.unread}
        for policy in policies:
            if policy.namespace:
                what, reason = _policies(policy.namespace), "this namespace is not probed"
            else:
                what, reason = policy.kind, "the snapshot has none"
            if not self.shows(policy) and what not in told:
                told.add(what)
                yield Unseen(what, reason)


class _Question(Struct, frozen=True):
    """A list to read; without namespace it is one of the whole cluster."""

    what: str
    namespace: str
    ask: Callable[[], list[Object]]

    def answer(self) -> list[Object] | Unseen:
        """The objects, or why there are none.  Raises ``LiveError``."""
        try:
            return self.ask()
        except AnswerError as error:
            return Unseen(self.what, _reason(error))


def read_live(api: Api, home: str, namespaces: Namespaces) -> Live:
    """Reads the pods of namespaces, ``home`` among them, and what else may be read.

    Raises :class:`ProbeError` where the pods of ``home`` cannot be read.
    """
    questions = tuple(_questions(Reader(api.fetch), namespaces))
    try:
        answers = at_once([each.answer for each in questions], api.stop)
    except LiveError as error:
        raise ProbeError(f"the cluster cannot be read: {error}") from error
    told = {each.what: answer for each, answer in zip(questions, answers, strict=True)}
    _check_home(home, told)
    read = [name for name in namespaces if not isinstance(told[_pods(name)], Unseen)]
    # Of a namespace without pods nothing else matters.
    kept = [told[e.what] for e in questions if _matters(e, read)]
    # Most clusters do not know the kinds of admins' policies, which is nothing to report.
    unread = [
        each
        for each in kept
        if isinstance(each, Unseen) and not (each.what in _ADMIN and each.is_absent)
    ]
    objects = [found for each in kept if not isinstance(each, Unseen) for found in each]
    names = {each.what for each in unread}
    live = _live(objects, read, unread, readable=names.isdisjoint(map(_policies, read)))
    return replace(live, kinds=frozenset(_ADMIN) - names)


def _questions(reader: Reader, namespaces: Namespaces) -> Iterator[_Question]:
    for name in namespaces:
        yield _Question(_pods(name), name, partial(_listed, reader, _KINDS["Pod"], name))
        yield _Question(_labels(name), name, partial(_space, reader, name))
    for name, part in namespaces.items():
        policies = partial(_listed, reader, _KINDS[_POLICIES], name)
        yield _Question(_policies(name), name, policies)
        if Task.NAMES in part:
            services = partial(_listed, reader, _KINDS["Service"], name)
            yield _Question(f"Services of {name}", name, services)
    for kind in _ADMIN:
        yield _Question(kind, "", partial(_listed, reader, _KINDS[kind], None))


def _pods(namespace: str) -> str:
    return f"pods of {namespace}"


def _labels(namespace: str) -> str:
    return f"labels of {namespace}"


def _policies(namespace: str) -> str:
    return f"NetworkPolicies of {namespace}"


def _check_home(home: str, told: Mapping[str, list[Object] | Unseen]) -> None:
    """The pods of a namespace that does not exist are an empty list."""
    pods, labels = told[_pods(home)], told[_labels(home)]
    if isinstance(pods, Unseen):
        raise ProbeError(f"the pods of {home} cannot be read: {pods.reason}")
    if isinstance(labels, Unseen) and labels.is_absent:
        raise ProbeError(f"the cluster has no namespace {home}")


def _matters(question: _Question, read: Sequence[str]) -> bool:
    name = question.namespace
    return not name or name in read or question.what == _pods(name)


def _space(reader: Reader, name: str) -> list[Object]:
    kind = _KINDS["Namespace"]
    return [_add_type(kind, reader.answer(f"{kind.path()}/{name}", {}))]


def _listed(reader: Reader, kind: SnapshotKind, namespace: str | None) -> list[Object]:
    path = kind.path(namespace) if kind.scope is ObjectScope.NAMESPACE else kind.path()
    return [_add_type(kind, found) for found in reader.listed(path)]


def _add_type(kind: SnapshotKind, found: Object) -> Object:
    """Items of a list name neither kind nor version."""
    return {**found, "apiVersion": kind.api_version, "kind": kind.kind}


def _reason(error: AnswerError) -> str:
    return f"status {error.status}: {error.reason}"


def of_file(objects: Sequence[Object], home: str) -> Live:
    """The cluster from objects such as ``kubectl get -o json`` writes.

    Raises :class:`ProbeError` where there is no pod of ``home`` among them.
    """
    kinds = {str(found.get("kind")) for found in objects}
    live = _live(list(objects), (home,), [], readable=_POLICIES in kinds)
    spaces = {pod.namespace for pod in live.pods}
    if not spaces:
        odd = "".join(f"; {each.what}: {each.reason}" for each in live.unread[:1])
        raise ProbeError(f"the snapshot holds no pod{odd}")
    if home not in spaces:
        raise ProbeError(
            f"the snapshot holds no pod of {home}, but of {', '.join(sorted(spaces))}"
        )
    admin = kinds.intersection(_ADMIN)
    return replace(live, namespaces=live.namespaces | spaces, kinds=frozenset(admin))


def _live(
    objects: list[Object], namespaces: Sequence[str], unread: list[Unseen], *, readable: bool
) -> Live:
    pods, others, odd = _sort_objects(objects)
    text = of_objects(tuple(others), CLUSTER).text("")
    loaded = load_text(text, CLUSTER)
    broken = [Unseen(str(each.location.field), each.message) for each in loaded.errors]
    return Live(
        pods=tuple(pods),
        resources=loaded.resources,
        policies=loaded.resources.policies if readable and not broken else None,
        namespaces=frozenset(namespaces),
        unread=(*unread, *odd, *broken),
    )


def _sort_objects(objects: list[Object]) -> tuple[list[LivePod], list[Object], list[Unseen]]:
    """The pods, the objects without the pods that are none, and those."""
    pods, kept, odd = [], [], []
    for found in objects:
        try:
            pods += [live_pod(found)] if found.get("kind") == "Pod" else []
        except ValueError as error:
            odd.append(Unseen(_name(found), str(error)))
        else:
            kept.append(found)
    return pods, kept, odd


def _name(found: Object) -> str:
    metadata = found.get("metadata")
    return f"pod {metadata.get('name') if isinstance(metadata, dict) else ''}".rstrip()


def pods_again(api: Api, namespaces: Iterable[str]) -> dict[str, LivePod]:
    """The pods of namespaces, by their titles.  Raises :class:`ProbeError`."""
    reader = Reader(api.fetch)
    try:
        found = [each for n in namespaces for each in _listed(reader, _KINDS["Pod"], n)]
    except (AnswerError, LiveError) as error:
        raise ProbeError(str(error)) from error
    return {pod.title: pod for pod in _sort_objects(found)[0]}
