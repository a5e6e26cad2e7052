"""Checks that Kubernetes network policies do what the documented network diagram says."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netsim.api import Cluster, LoadError, NetsimError, OnError, load

__version__ = "0.1.0"
__all__ = ["Cluster", "LoadError", "NetsimError", "OnError", "__version__", "load"]


def __getattr__(name: str) -> Any:
    # Only on demand: `netsim --version` needs none of it.
    if name in __all__:
        return getattr(import_module("netsim.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
