"""How objects are created, updated and deleted: the rules between a request and the store.

They follow ``registry/generic/registry/store.go`` and ``registry/rest`` of k8s.io/apiserver.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

from tests.fakes.apiserver import errors, kinds, metadata, validation
from tests.fakes.apiserver.errors import ApiError, Cause
from tests.fakes.apiserver.kinds import Kind, Object
from tests.fakes.apiserver.storage import Key, Store

_FIRST_STATUS: dict[str, Object] = {
    "Pod": {"phase": "Pending", "qosClass": "BestEffort"},
    "Namespace": {"phase": "Active"},
}


class Part(Enum):
    """Which part of an object an update is about."""

    MAIN = ""
    STATUS = "status"


class Effect(Enum):
    """Whether a request changes anything: the query parameter ``dryRun``."""

    REAL = ""
    DRY_RUN = "All"


@dataclass(frozen=True, slots=True)
class Written:
    """The outcome of a write, with the code it is answered with."""

    code: int
    found: Object


def create(store: Store, kind: Kind, namespace: str, body: Object, effect: Effect) -> Written:
    """Creates an object; raises ApiError."""
    found = copy.deepcopy(body)
    with store.lock:
        _check_namespace(store, kind, namespace)
        _begin(kind, found)
        key = _free_key(store, Key(kind, namespace, found["metadata"].get("name", "")), found)
        validation.defaults(kind, found)
        validation.check(kind, found)
        if found["metadata"].get("resourceVersion"):
            # Storage says so, and nothing turns it into a Status of its own.
            raise ApiError(
                500, "", "resourceVersion should not be set on objects to be created"
            )
        if store.get(key) is not None:
            raise errors.already_exists(kind, key.name)
        if effect is Effect.DRY_RUN:
            return Written(201, found)
        created = store.put(key, found)
        _run(store, key, created)
    return Written(201, created)


def _check_namespace(store: Store, kind: Kind, namespace: str) -> None:
    if not kind.traits.namespaced:
        return
    home = kinds.named("Namespace")
    found = store.get(Key(home, "", namespace))
    if found is None:
        raise errors.not_found(home, namespace)


def _begin(kind: Kind, found: Object) -> None:
    metadata.fill(found)
    if kind.subresources:
        found.pop("status", None)
        if kind.name in _FIRST_STATUS:
            found["status"] = copy.deepcopy(_FIRST_STATUS[kind.name])
    if "spec" in kind.fields and kind.subresources:
        found["metadata"]["generation"] = 1


def _free_key(store: Store, key: Key, found: Object) -> Key:
    base = found["metadata"].get("generateName")
    if key.name or not base:
        return key
    for name in metadata.generated(base):
        found["metadata"]["name"] = name
        key = replace(key, name=name)
        if store.get(key) is None:
            break
    return key


def _run(store: Store, key: Key, created: Object) -> None:
    status = store.pods(created) if key.kind.name == "Pod" else None
    if status is not None:
        store.put(key, {**created, "status": {**created["status"], **status}})


def put(store: Store, key: Key, body: Object, part: Part, effect: Effect) -> Written:
    """Replaces an object, or creates it where its kind allows that; raises ApiError."""
    with store.lock:
        old = store.get(key)
        actual = old["metadata"]["uid"] if old else ""
        wanted = body["metadata"].get("uid")
        if wanted and wanted != actual:
            raise errors.other_uid(key.kind, key.namespace, key.name, wanted, actual)
        if old is not None:
            return Written(200, _update(store, key, old, copy.deepcopy(body), part, effect))
        if not key.kind.traits.create_on_update:
            raise errors.not_found(key.kind, key.name)
        return create(store, key.kind, key.namespace, body, effect)


def patch(
    store: Store, key: Key, change: Callable[[Object], Object], part: Part, effect: Effect
) -> Written:
    """Changes an object; raises ApiError."""
    with store.lock:
        old = store.get(key)
        if old is None:
            raise errors.not_found(key.kind, key.name)
        return Written(200, _update(store, key, old, change(old), part, effect))


def _update(
    store: Store, key: Key, old: Object, new: Object, part: Part, effect: Effect
) -> Object:
    _check_version(key, old, new)
    new = _combined(key.kind, old, new, part)
    validation.defaults(key.kind, new)
    validation.check(key.kind, new)
    # An update that changes nothing is not written, so it gives no new resourceVersion.
    if new == old or effect is Effect.DRY_RUN:
        return new
    if new["metadata"].get("deletionTimestamp") and not new["metadata"].get("finalizers"):
        _remove(store, key)
        return new
    return store.put(key, new)


def _check_version(key: Key, old: Object, new: Object) -> None:
    wanted = new["metadata"].get("resourceVersion")
    if wanted in (None, "", "0"):
        if not key.kind.traits.blind_update:
            why = "must be specified for an update"
            cause = Cause.invalid("metadata.resourceVersion", "0x0", why)
            raise errors.invalid_update(key.kind, key.name, cause)
    elif wanted != old["metadata"]["resourceVersion"]:
        raise errors.conflict(key.kind, key.name)


def _combined(kind: Kind, old: Object, new: Object, part: Part) -> Object:
    if part is Part.STATUS:
        return {**old, "status": new.get("status") or {}}
    metadata.keep(new, old)
    new["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"]
    if kind.subresources:
        new.pop("status", None)
        if "status" in old:
            new["status"] = old["status"]
    if "generation" in old["metadata"] and new.get("spec") != old.get("spec"):
        new["metadata"]["generation"] += 1
    return new


def delete(store: Store, key: Key, options: Object, effect: Effect) -> Object:
    """Deletes an object at once, or marks it if it has finalizers; raises ApiError."""
    with store.lock:
        old = store.get(key)
        if old is None:
            raise errors.not_found(key.kind, key.name)
        _check_preconditions(key, old, options.get("preconditions") or {})
        if effect is Effect.REAL:
            if old["metadata"].get("finalizers"):
                return _mark(store, key, old)
            _remove(store, key)
    if key.kind.traits.returns_deleted:
        return old
    details = errors.details_of(key.kind, key.name) | {"uid": old["metadata"]["uid"]}
    return {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Success",
        "details": details,
    }


def _mark(store: Store, key: Key, old: Object) -> Object:
    if "deletionTimestamp" in old["metadata"]:
        return old
    old["metadata"]["deletionTimestamp"] = metadata.now()
    old["metadata"]["deletionGracePeriodSeconds"] = 0
    return store.put(key, old)


def _remove(store: Store, key: Key) -> None:
    if key.kind.name == "Namespace":
        for inside in store.within(key.name):
            store.remove(inside)
    store.remove(key)


def _check_preconditions(key: Key, old: Object, wanted: Object) -> None:
    for field, name, story in (
        ("uid", "UID", "The object might have been deleted and then recreated"),
        ("resourceVersion", "ResourceVersion", "The object might have been modified"),
    ):
        actual = old["metadata"][field]
        if wanted.get(field) not in (None, actual):
            why = (
                f"the {name} in the precondition ({wanted[field]}) does not match the {name} "
                f"in record ({actual}). {story}"
            )
            raise errors.precondition(key.kind, key.name, why)
