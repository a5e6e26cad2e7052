"""Metadata and labels that are as they should be.

Equal ones are one: a cluster has a few hundred sets of labels, however many pods it has.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from netsim.loader.objects import validation
from netsim.model.labels import Labels

MANY = 1 << 16
"""How many different parts of objects are kept, to be found again."""


class UnusualError(Exception):
    """Something that ``objects`` has to look at; what is said of it is said there."""


class OwnerShape(Struct):
    """An owner reference."""

    kind: str | None = None
    name: str | None = None
    controller: bool | None = None


class MetadataShape(Struct):
    """What is read of the metadata of an object."""

    name: str
    namespace: str | None = None
    labels: dict[str, str] | None = None
    annotations: dict[str, str] | None = None
    ownerReferences: list[OwnerShape] | UnsetType | None = UNSET  # noqa: N815 - the API's name
    uid: Any | UnsetType = UNSET


def require(wrong: str | None) -> None:
    """Raises :class:`UnusualError` where a rule of ``validation`` has found something."""
    if wrong:
        raise UnusualError


def read_namespace_name(metadata: MetadataShape, default: str) -> str:
    """The namespace of an object."""
    return _check_namespace(metadata.namespace) if metadata.namespace else default


@lru_cache(MANY)
def _check_namespace(name: str) -> str:
    require(validation.dns_label(name))
    return name


def read_name(metadata: MetadataShape) -> str:
    """The name of an object whose name is a subdomain."""
    require(validation.dns_subdomain(metadata.name))
    return metadata.name


def read_labels(labels: dict[str, str] | None, annotations: dict[str, str] | None) -> Labels:
    """The labels; annotations are only looked at."""
    for key in annotations or ():
        require(validation.annotation_key(key))
    return build_labels(tuple(labels.items())) if labels else NO_LABELS


NO_LABELS = Labels()


@lru_cache(MANY)
def build_labels(pairs: tuple[tuple[str, str], ...]) -> Labels:
    """Labels of keys and values, in whatever order."""
    check_labels(pairs)
    return Labels(tuple(sorted(pairs)))


def check_labels(pairs: tuple[tuple[str, str], ...]) -> None:
    """Raises :class:`UnusualError` for labels that are none."""
    for key, value in pairs:
        require(validation.label_key(key))
        require(validation.label_value(value))
