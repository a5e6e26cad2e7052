"""Objects by kind, namespace and name, and the history of what happened to them."""

from __future__ import annotations

import copy
import threading
from collections.abc import Callable
from dataclasses import dataclass

from tests.fakes.apiserver import kinds, metadata, pods, validation
from tests.fakes.apiserver.kinds import Kind, Object


@dataclass(frozen=True, slots=True)
class Key:
    """Where an object is kept; ``namespace`` is empty for one of the cluster."""

    kind: Kind
    namespace: str
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """One write: what was there before and what is there now, None for nothing."""

    version: int
    key: Key
    before: Object | None
    after: Object | None

    @property
    def latest(self) -> Object:
        """The object after the write, or what was deleted."""
        found = self.after or self.before
        assert found is not None
        return found


def _kind(kind: Kind | str) -> Kind:
    return kinds.named(kind) if isinstance(kind, str) else kind


class Store:
    """What etcd is to the API server: no rules, only versions.

    Writes happen under ``lock``, which whoever reads before writing holds meanwhile. ``pods``
    says what status a new pod gets right after its creation; None leaves it Pending.
    """

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.pods: Callable[[Object], Object | None] = pods.pending
        self.history: list[Change] = []
        self.version = 1
        self.closed = False
        self._objects: dict[Key, Object] = {}

    def get(self, key: Key) -> Object | None:
        """A copy of an object."""
        with self.lock:
            return copy.deepcopy(self._objects.get(key))

    def all(self, kind: Kind | str, namespace: str = "") -> list[Object]:
        """Copies of the objects of a kind, of one namespace or of all, in etcd's order."""
        wanted = _kind(kind)
        with self.lock:
            found = [
                (key.namespace, key.name)
                for key in self._objects
                if key.kind == wanted and namespace in ("", key.namespace)
            ]
            return [
                copy.deepcopy(self._objects[Key(wanted, *where)]) for where in sorted(found)
            ]

    def names(self, kind: Kind | str, namespace: str = "") -> list[str]:
        """The names of those objects."""
        return [found["metadata"]["name"] for found in self.all(kind, namespace)]

    def one(self, kind: Kind | str, namespace: str, name: str) -> Object:
        """A copy of one object that exists; raises KeyError otherwise."""
        with self.lock:
            return copy.deepcopy(self._objects[Key(_kind(kind), namespace, name)])

    def put(self, key: Key, found: Object) -> Object:
        """Writes an object, and gives it the next resourceVersion."""
        with self.lock:
            before = self._objects.get(key)
            self.version += 1
            # Stored objects are never edited, so the history can hold them, too.
            after = copy.deepcopy(found)
            after["metadata"]["resourceVersion"] = str(self.version)
            self._objects[key] = after
            self._happened(Change(self.version, key, before, after))
            return copy.deepcopy(after)

    def remove(self, key: Key) -> Object:
        """Takes an object away; raises KeyError if there is none."""
        with self.lock:
            before = self._objects.pop(key)
            self.version += 1
            # A watch reports what was deleted with the resourceVersion of the deletion.
            last = copy.deepcopy(before)
            last["metadata"]["resourceVersion"] = str(self.version)
            self._happened(Change(self.version, key, last, None))
            return copy.deepcopy(before)

    def add(self, *found: Object) -> None:
        """Puts objects there as a test wants them, status and all, whatever is valid."""
        for one in found:
            kind = kinds.of(one)
            new = copy.deepcopy(one)
            own = new.setdefault("metadata", {})
            namespace = own.setdefault("namespace", "default") if kind.traits.namespaced else ""
            own.setdefault("uid", metadata.new_uid())
            own.setdefault("creationTimestamp", metadata.now())
            validation.defaults(kind, new)
            self.put(Key(kind, namespace, own["name"]), new)

    def change(
        self, kind: Kind | str, namespace: str, name: str, edit: Callable[[Object], None]
    ) -> Object:
        """Edits an object in place, as another client or a controller would."""
        with self.lock:
            found = self.one(kind, namespace, name)
            edit(found)
            return self.put(Key(_kind(kind), namespace, name), found)

    def drop(self, kind: Kind | str, namespace: str, *names: str) -> None:
        """Removes objects, as another client or a controller would."""
        for name in names:
            self.remove(Key(_kind(kind), namespace, name))

    def within(self, namespace: str) -> list[Key]:
        """What a namespace holds."""
        with self.lock:
            return [key for key in self._objects if namespace and key.namespace == namespace]

    def close(self) -> None:
        """Ends every watch."""
        with self.lock:
            self.closed = True
            self.lock.notify_all()

    def _happened(self, change: Change) -> None:
        self.history.append(change)
        self.lock.notify_all()
