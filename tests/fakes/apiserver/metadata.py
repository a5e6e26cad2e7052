"""Names, identities and times that the API server gives to objects."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.fakes.apiserver.kinds import Object

# k8s.io/apimachinery/pkg/util/rand: no vowels, so no words, and nothing that looks alike.
ALPHABET = "bcdfghjklmnpqrstvwxz2456789"
_SUFFIX = 5
_LONGEST = 63
_ATTEMPTS = 8

SERVER_KEEPS = ("uid", "creationTimestamp", "generation", "deletionTimestamp")
"""Fields of metadata that a client's update does not change."""


def now() -> str:
    """The time as ``metav1.Time`` writes it: to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def new_uid() -> str:
    return str(uuid.uuid4())


def generated(base: str) -> Iterator[str]:
    """Names for ``generateName``, as many as the API server tries before it gives up."""
    for _ in range(_ATTEMPTS):
        suffix = "".join(random.choices(ALPHABET, k=_SUFFIX))  # noqa: S311 - a name, no secret
        yield base[: _LONGEST - _SUFFIX] + suffix


def fill(found: Object) -> None:
    """Gives a new object what only the server gives."""
    metadata = found["metadata"]
    for field in ("deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"):
        metadata.pop(field, None)
    metadata["uid"] = new_uid()
    metadata["creationTimestamp"] = now()


def keep(found: Object, old: Object) -> None:
    """Gives an updated object what an update cannot change."""
    for field in SERVER_KEEPS:
        found["metadata"].pop(field, None)
        if field in old["metadata"]:
            found["metadata"][field] = old["metadata"][field]
