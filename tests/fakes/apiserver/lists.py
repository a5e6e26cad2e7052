"""Lists of objects, and the watches that follow them."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Iterator
from typing import Any

from tests.fakes.apiserver import errors
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.routes import Target
from tests.fakes.apiserver.selectors import Match, by_fields, labelled
from tests.fakes.apiserver.storage import Change, Store

_WATCH_SECONDS = 1800
_INITIAL_EVENTS_END = "k8s.io/initial-events-end"


def matching(target: Target, query: dict[str, str]) -> Match:
    """The objects that a request is about, by place and selectors."""
    labels = labelled(query.get("labelSelector", ""))
    fields = by_fields(target.kind, query.get("fieldSelector", ""))

    def matches(found: Object) -> bool:
        own = found["metadata"]
        inside = target.namespace in ("", own.get("namespace", ""))
        named = target.name in ("", own["name"])
        return bool(inside and named and labels(found) and fields(found))

    return matches


def listed(store: Store, target: Target, query: dict[str, str]) -> Object:
    """A list, or a page of it; raises ApiError for selectors or a token it cannot read."""
    matches = matching(target, query)
    last = _last(query.get("continue", ""))
    with store.lock:
        found = [one for one in _all(store, target) if matches(one)]
        own: Object = {"resourceVersion": str(store.version)}
    found = [one for one in found if _place(one) > last]
    limit = _number(query, "limit")
    if 0 < limit < len(found):
        own |= {"continue": _token(found[limit - 1])}
        if not (query.get("labelSelector") or query.get("fieldSelector")):
            own["remainingItemCount"] = len(found) - limit
        found = found[:limit]
    return {
        "kind": f"{target.kind.name}List",
        "apiVersion": target.kind.api_version,
        "metadata": own,
        # The list says what its items are, so the API server leaves it out in each.
        "items": [_without_kind(one) for one in found],
    }


def _number(query: dict[str, str], name: str) -> int:
    value = query.get(name) or "0"
    if not value.isdecimal():
        raise errors.bad_request(f'Invalid value: "{value}": {name} must be a number')
    return int(value)


def _without_kind(found: Object) -> Object:
    return {key: value for key, value in found.items() if key not in ("kind", "apiVersion")}


def _place(found: Object) -> list[str]:
    return [found["metadata"].get("namespace", ""), found["metadata"]["name"]]


def _token(last: Object) -> str:
    return base64.urlsafe_b64encode(json.dumps(_place(last)).encode()).decode()


def _last(token: str) -> list[str]:
    try:
        return list(json.loads(base64.urlsafe_b64decode(token))) if token else []
    except (binascii.Error, ValueError) as error:
        raise errors.bad_request("continue key is not valid") from error


def watched(store: Store, target: Target, query: dict[str, str]) -> Iterator[Object]:
    """The events of a watch, until it times out or the server ends; raises ApiError."""
    matches = matching(target, query)
    seconds = _number(query, "timeoutSeconds") or _WATCH_SECONDS
    with store.lock:
        version = _number(query, "resourceVersion")
        position = _position(store, version) if version else len(store.history)
        found = [] if version else [one for one in _all(store, target) if matches(one)]
        initial = [_event("ADDED", one) for one in found]
        if query.get("sendInitialEvents") == "true":
            initial.append(_event("BOOKMARK", _bookmark(target, store.version)))
    return _events(store, target, matches, initial, position, time.monotonic() + seconds)


def _all(store: Store, target: Target) -> list[Object]:
    return store.all(target.kind, target.namespace)


def _position(store: Store, version: int) -> int:
    for at, change in enumerate(store.history):
        if change.version > version:
            return at
    return len(store.history)


def _bookmark(target: Target, version: int) -> Object:
    annotations = {_INITIAL_EVENTS_END: "true"}
    return {
        "kind": target.kind.name,
        "apiVersion": target.kind.api_version,
        "metadata": {"resourceVersion": str(version), "annotations": annotations},
    }


def _events(
    store: Store,
    target: Target,
    matches: Match,
    initial: list[Object],
    position: int,
    deadline: float,
) -> Iterator[Object]:
    yield from initial
    while (changes := _next(store, position, deadline)) is not None:
        position += len(changes)
        for change in changes:
            if change.key.kind == target.kind:
                yield from _told(change, matches)


def _next(store: Store, position: int, deadline: float) -> list[Change] | None:
    with store.lock:
        while len(store.history) == position:
            left = deadline - time.monotonic()
            if store.closed or left <= 0:
                return None
            store.lock.wait(left)
        return store.history[position:]


def _told(change: Change, matches: Match) -> Iterator[Object]:
    # What starts or stops to match a selector appears or vanishes for the watcher.
    before = change.before is not None and matches(change.before)
    after = change.after is not None and matches(change.after)
    if before or after:
        kind = "DELETED" if not after else "MODIFIED" if before else "ADDED"
        yield _event(kind, change.latest)


def _event(kind: str, found: Object) -> dict[str, Any]:
    return {"type": kind, "object": found}
