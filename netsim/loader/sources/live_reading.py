"""Reading lists of the API server: pages, retries, and what is not permitted."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any

from msgspec import Struct, field

from netsim.errors import NetsimError
from netsim.loader.registry import ObjectScope
from netsim.loader.snapshot.kinds import (
    SNAPSHOT_KINDS,
    ShapeError,
    SnapshotKind,
    kind_of_others,
)
from netsim.loader.snapshot.snapshot import Missing, Object, Snapshot
from netsim.model.other_systems import KINDS

PAGE = 500
TRIES = 4
LONGEST = 600.0
"""Seconds that reading a whole cluster may take."""
THIN_PAGES = 10
"""How many pages may bring next to nothing, a tenth of what they have room for."""
MOST_OBJECTS = 500_000
"""Objects of one list; Kubernetes is made for clusters of 150,000 pods."""
PATIENCE = 15.0
"""Seconds that a server is waited for until a list can be read again.

One that is down answers each of dozens of lists so, and waiting for each takes minutes.
"""
_BUSY = frozenset((429, 500, 502, 503, 504))
_BAD_GATEWAY = 502
_EVERYWHERE = frozenset(("Namespace", "Pod", "NetworkPolicy"))
"""Kinds that no API server lacks: what does not know their lists is none."""
_GONE, _FORBIDDEN, _UNKNOWN, _UNAUTHORIZED = 410, 403, 404, 401


class LiveError(NetsimError):
    """The cluster cannot be read at all; the message says why."""


class AnswerError(NetsimError):
    """The API server's refusal; ``status`` 0 is no answer at all."""

    def __init__(self, status: int, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


Fetch = Callable[[str, dict[str, str]], dict[str, Any]]
"""A path and its query to the JSON of the answer; raises :class:`AnswerError`."""

Heard = Callable[[str], None]


class Reader(Struct):
    """Reads a cluster kind by kind.

    ``wait`` sleeps between tries, ``heard`` is told of progress.  ``ends`` is when ``clock``
    shows that it has taken too long, ``patience`` for how long a busy server is waited for.
    """

    fetch: Fetch
    source: str = ""
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    heard: Heard = field(default=lambda _: None)
    ends: float | None = None
    patience: float = PATIENCE

    def read(self, namespaces: Sequence[str] = ()) -> Snapshot:
        """Everything; a kind that cannot be read is named in the snapshot.

        Raises :class:`LiveError` where the server does not answer or does not know the user.
        """
        objects: list[Object] = []
        missing: list[Missing] = []
        absent: list[str] = []
        for kind in SNAPSHOT_KINDS:
            self.heard(kind.plural)
            try:
                objects += self._served(kind, namespaces)
            except AnswerError as error:
                if error.status == _UNKNOWN and kind.kind not in _EVERYWHERE:
                    absent.append(kind.kind)
                else:
                    missing.append(Missing(kind.kind, _reason(kind, error)))
        for other in self._kinds_of_others(missing):
            self.heard(other.plural)
            try:
                objects += self._kind(other, namespaces)
            except AnswerError as error:
                missing.append(Missing(other.kind, _reason(other, error), other.group))
        return Snapshot(
            tuple(objects), tuple(missing), tuple(absent), tuple(namespaces), (), self.source
        )

    def _served(self, kind: SnapshotKind, namespaces: Sequence[str]) -> list[Object]:
        """The objects, in the first version that the server has."""
        *newer, oldest = kind.versions
        for version in newer:
            try:
                return self._kind(version, namespaces)
            except AnswerError as error:
                if error.status != _UNKNOWN:
                    raise
        return self._kind(oldest, namespaces)

    def _kinds_of_others(self, missing: list[Missing]) -> Iterator[SnapshotKind]:
        """The kinds of policy of other systems that the server has."""
        found: dict[tuple[str, str], SnapshotKind] = {}
        try:
            groups = groups_of(self.answer("/apis", {}))
        except AnswerError as error:
            # A server without the list has none of their groups.
            if error.status != _UNKNOWN:
                reason = f"the groups of the API cannot be listed: {_status(error)}"
                missing += (
                    Missing(each.kind, reason, each.group) for each in KINDS if each.powers
                )
            return
        for group, version in groups:
            try:
                kinds = kinds_of(version, self.answer(f"/apis/{version}", {}))
            except AnswerError as error:
                if error.status != _UNKNOWN:
                    reason = f"{version} cannot be listed: {_status(error)}"
                    missing += (
                        Missing(each.kind, reason, group)
                        for each in KINDS
                        if each.group == group and each.powers
                    )
                continue
            for kind in kinds:
                found.setdefault((group, kind.kind), kind)
        yield from found.values()

    def _kind(self, kind: SnapshotKind, namespaces: Sequence[str]) -> list[Object]:
        try:
            return list(self._reduced(kind, namespaces))
        except ShapeError as error:
            raise AnswerError(_BAD_GATEWAY, str(error)) from error

    def _reduced(self, kind: SnapshotKind, namespaces: Sequence[str]) -> Iterator[Object]:
        for found in self._objects(kind, namespaces):
            _check_object(kind, found)
            yield kind.reduced(found)

    def _objects(self, kind: SnapshotKind, namespaces: Sequence[str]) -> list[Object]:
        if not namespaces:
            return self.listed(kind.path())
        if kind.scope is ObjectScope.NAMESPACE:
            parts = [self.listed(kind.path(namespace)) for namespace in namespaces]
            return [found for part in parts for found in part]
        try:
            return self.listed(kind.path())
        except AnswerError as error:
            if kind.kind != "Namespace" or error.status != _FORBIDDEN:
                raise
        return [self.answer(f"{kind.path()}/{namespace}", {}) for namespace in namespaces]

    def listed(self, path: str) -> list[Object]:
        """All pages of a list; one that expires between two pages is read anew, once.

        Raises :class:`AnswerError`, and :class:`LiveError` where no list can be read at all.
        """
        try:
            return self._pages(path)
        except AnswerError as error:
            if error.status != _GONE:
                raise
            return self._pages(path)

    def _pages(self, path: str) -> list[Object]:
        found: list[Object] = []
        query = {"limit": str(PAGE)}
        tokens: set[str] = set()
        for pages in count(1):
            page = self.answer(path, query)
            items, following = _page(page)
            found += items
            if not following:
                self.patience = PATIENCE
                return found
            tokens.add(following)
            is_thin = pages > THIN_PAGES and len(found) * 10 < pages * PAGE
            if len(tokens) < pages or is_thin:
                raise LiveError(f"the list {path} does not end: its pages repeat")
            if len(found) > MOST_OBJECTS:
                raise LiveError(f"the list {path} has more than {MOST_OBJECTS:,} objects")
            query = {"limit": str(PAGE), "continue": following}
        raise AssertionError("pages are counted for ever")

    def answer(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """One answer, asked for again where the server is busy; raises as :meth:`listed`."""
        if self.ends is None:
            self.ends = self.clock() + LONGEST
        for number in range(TRIES):
            if self.clock() > self.ends:
                raise LiveError(f"reading took more than {LONGEST:.0f} s")
            try:
                return self.fetch(path, query)
            except AnswerError as error:
                if error.status == _UNAUTHORIZED:
                    message = f"the server does not accept the credentials: {error.reason}"
                    raise LiveError(message) from error
                last = number == TRIES - 1 or self.patience <= 0
                if not error.status and last:
                    raise LiveError(f"no answer from {self.source}: {error.reason}") from error
                if last or (error.status and error.status not in _BUSY):
                    raise
                pause = min(error.retry_after or 2.0**number / 2, self.patience)
                self.patience -= pause
                self.wait(pause)
        raise AssertionError("the last try returns or raises")


def _page(page: dict[str, Any]) -> tuple[list[Object], str]:
    """The items of a page, and the token of the next one; raises :class:`AnswerError`."""
    kind = page.get("kind", "List")
    if "items" not in page or not isinstance(kind, str) or not kind.endswith("List"):
        raise AnswerError(_BAD_GATEWAY, f"the answer is {_describe(page)}, not a list")
    items, metadata = page["items"], page.get("metadata")
    following = metadata.get("continue") if isinstance(metadata, dict) else None
    if (
        not isinstance(items, list | None)
        or not isinstance(metadata, dict | None)
        or not isinstance(following, str | None)
        or not all(isinstance(each, dict) for each in items or ())
    ):
        raise AnswerError(_BAD_GATEWAY, "the answer has not the form of a list")
    return items or [], following or ""


def _check_object(kind: SnapshotKind, found: Object) -> None:
    """Raises :class:`AnswerError` for what is no object of the kind."""
    metadata = found.get("metadata")
    own = metadata if isinstance(metadata, dict) else {}
    labels = own.get("labels")
    if (
        found.get("kind") not in (None, kind.kind)
        or not isinstance(own.get("name"), str)
        or not isinstance(own.get("namespace"), str | None)
        or not isinstance(labels, dict | None)
        or not all(isinstance(value, str) for value in (labels or {}).values())
        or not all(isinstance(found.get(name), dict | None) for name in _MAPPINGS)
    ):
        raise AnswerError(_BAD_GATEWAY, f"the answer holds what is no {kind.kind}")


_MAPPINGS = ("spec", "status", "template")


def _describe(page: dict[str, Any]) -> str:
    """What an answer is, and says where it is the server's own message."""
    kind, message = page.get("kind"), page.get("message")
    said = f" ({message})" if isinstance(message, str) else ""
    return f"a {kind}{said}" if isinstance(kind, str) else "of no kind"


def groups_of(answer: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The groups that are not Kubernetes' own, each with its versions, the preferred first."""
    for group in _dicts(answer.get("groups")):
        name, preferred = group.get("name"), group.get("preferredVersion")
        if not isinstance(name, str) or "." not in name or name.endswith(".k8s.io"):
            continue
        versions = _dicts([preferred]) + _dicts(group.get("versions"))
        written = (version.get("groupVersion") for version in versions)
        for version in dict.fromkeys(each for each in written if isinstance(each, str)):
            if _VERSION.fullmatch(version) and version.startswith(f"{name}/"):
                yield name, version


def kinds_of(version: str, answer: dict[str, Any]) -> Iterator[SnapshotKind]:
    """The kinds of policy of a version of a group that can be listed."""
    for resource in _dicts(answer.get("resources")):
        plural, kind, verbs = (resource.get(key) for key in ("name", "kind", "verbs"))
        if not (
            isinstance(plural, str) and _PLURAL.fullmatch(plural) and isinstance(kind, str)
        ):
            continue
        if isinstance(verbs, list) and "list" not in verbs:
            continue
        is_namespaced = resource.get("namespaced") is not False
        scope = ObjectScope.NAMESPACE if is_namespaced else ObjectScope.CLUSTER
        found = kind_of_others(version, kind, plural, scope)
        if found:
            yield found


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


_VERSION = re.compile(r"[a-z0-9.-]+/[a-z0-9]+")
_PLURAL = re.compile(r"[a-z0-9.-]+")


def _status(error: AnswerError) -> str:
    return f"status {error.status}: {error.reason}"


def _reason(kind: SnapshotKind, error: AnswerError) -> str:
    if error.status == _FORBIDDEN:
        group = kind.api_version.rpartition("/")[0] or "core"
        return f"not permitted: needs list on {kind.plural} ({group})"
    return _status(error)
