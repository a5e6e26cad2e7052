"""Secrets and ConfigMaps, and what the External Secrets Operator makes Secrets of."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.references import ObjectName


class Writer(Enum):
    """Who wrote a manifest."""

    HELM = "Helm"
    """A chart was rendered, whose templates may have drawn values at random."""

    UNKNOWN = "unknown"


class SecretEntry(Struct, frozen=True):
    """A key of a Secret.  ``value`` is decoded, and shown nowhere: not even by ``repr``."""

    key: str
    value: str
    location: Location

    def __repr__(self) -> str:
        return f"SecretEntry(key={self.key!r}, location={self.location!r})"


class Secret(Struct, frozen=True):
    """A Secret; ``type`` is ``Opaque`` unless it says otherwise.

    ``writer`` is who wrote the manifest, as far as it shows.
    """

    namespace: str
    name: str
    type: str
    entries: tuple[SecretEntry, ...]
    location: Location
    writer: Writer = Writer.UNKNOWN

    @property
    def object_name(self) -> ObjectName:
        """Its kind, namespace and name."""
        return ObjectName("Secret", self.namespace, self.name)


class TextEntry(Struct, frozen=True):
    """A key of a ConfigMap."""

    key: str
    text: str
    location: Location


class ConfigMap(Struct, frozen=True):
    """A ConfigMap; ``entries`` are those of ``data``, ``binary_keys`` those of binaryData."""

    namespace: str
    name: str
    entries: tuple[TextEntry, ...]
    binary_keys: tuple[str, ...]
    location: Location

    @property
    def object_name(self) -> ObjectName:
        """Its kind, namespace and name."""
        return ObjectName("ConfigMap", self.namespace, self.name)


class SecretStore(Struct, frozen=True):
    """A SecretStore, or a ClusterSecretStore (``namespace`` is empty then).

    ``namespaces`` are the only ones that may use it, by ``conditions``; None is any.
    """

    kind: str
    namespace: str
    name: str
    namespaces: tuple[str, ...] | None
    location: Location

    @property
    def object_name(self) -> ObjectName:
        """Its kind, namespace and name."""
        return ObjectName(self.kind, self.namespace, self.name)


class ExternalSecret(Struct, frozen=True):
    """An ExternalSecret: a Secret (``target``) that the operator makes from a store.

    ``store`` is None where each entry names its own.  ``keys`` are those of the Secret; None
    where they are not in the manifest (``dataFrom``, a template).
    """

    namespace: str
    name: str
    store: ObjectName | None
    target: ObjectName
    keys: tuple[str, ...] | None
    location: Location
    store_location: Location
