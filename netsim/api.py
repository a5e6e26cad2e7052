"""The public Python API: manifests in, reachability out."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from os import PathLike, fspath

from msgspec import Struct

from netsim.engine.naming.endpoints import resolve
from netsim.engine.reachability import Reachability
from netsim.errors import LoadError, NetsimError
from netsim.loader.load import load as load_paths
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint
from netsim.model.finding import Diagnostic
from netsim.model.resources import Resources

__all__ = ["Cluster", "LoadError", "NetsimError", "OnError", "load"]

Path = str | PathLike[str]


class OnError(Enum):
    """What :func:`load` does about documents it has to reject."""

    RAISE = "raise"
    KEEP = "keep"


class Cluster(Struct, frozen=True):
    """What the input says, and what there is to say about the input."""

    resources: Resources
    diagnostics: tuple[Diagnostic, ...] = ()

    def reachability(self, conventions: Conventions | None = None) -> Reachability:
        """Who can reach whom."""
        return Reachability.of(self.resources, conventions)

    def endpoint(self, text: str) -> Endpoint:
        """The endpoint named ``ns/pod``, ``ns/name[Kind]``, or by an IP address.

        Raises a ``ValueError`` that says which names are near.
        """
        return resolve(self.resources, text)


def load(
    paths: Path | Iterable[Path],
    *,
    on_error: OnError = OnError.RAISE,
    default_namespace: str = "default",
) -> Cluster:
    """Reads manifests from files and folders.

    Raises :class:`LoadError` when a document is rejected, unless ``on_error`` is
    ``OnError.KEEP``: then the good documents count, and ``diagnostics`` has the others.
    """
    several = [paths] if isinstance(paths, str | PathLike) else paths
    loaded = load_paths([fspath(path) for path in several], default_namespace)
    if loaded.errors and on_error is OnError.RAISE:
        raise LoadError("\n".join(map(str, loaded.errors)), loaded.errors)
    return Cluster(loaded.resources, loaded.diagnostics)
