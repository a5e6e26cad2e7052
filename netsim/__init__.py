"""Checks that Kubernetes network policies do what the documented network diagram says.

``netsim.check("manifests/")`` does what the command ``netsim check`` does, and so on: see
:mod:`netsim.api` and ``docs/api.md``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netsim.api import (
        Cluster,
        OnError,
        check,
        coverage,
        diff,
        drain_node,
        evaluate,
        explain,
        explain_check,
        explain_connections,
        explain_queries,
        generate,
        graph,
        init,
        list_connections,
        load,
        order,
        propose_fixes,
        query,
        render,
        review,
        snapshot,
    )
    from netsim.app.check import Conclusion
    from netsim.app.connection_query import ConnectionQuery
    from netsim.engine.naming.controller import Controller
    from netsim.engine.naming.unwritten import UnwrittenPod
    from netsim.errors import (
        DocumentationError,
        LoadError,
        NetsimError,
        RequestError,
        UnanswerableError,
    )
    from netsim.model.verdict import Outcome

__version__ = "0.1.0"
__all__ = [
    "Cluster",
    "Conclusion",
    "ConnectionQuery",
    "Controller",
    "DocumentationError",
    "LoadError",
    "NetsimError",
    "OnError",
    "Outcome",
    "RequestError",
    "UnanswerableError",
    "UnwrittenPod",
    "__version__",
    "check",
    "coverage",
    "diff",
    "drain_node",
    "evaluate",
    "explain",
    "explain_check",
    "explain_connections",
    "explain_queries",
    "generate",
    "graph",
    "init",
    "list_connections",
    "load",
    "order",
    "propose_fixes",
    "query",
    "render",
    "review",
    "snapshot",
]
_MODULES = {
    "Conclusion": "netsim.app.check",
    "Controller": "netsim.engine.naming.controller",
    "DocumentationError": "netsim.errors",
    "LoadError": "netsim.errors",
    "NetsimError": "netsim.errors",
    "Outcome": "netsim.model.verdict",
    "ConnectionQuery": "netsim.app.connection_query",
    "RequestError": "netsim.errors",
    "UnanswerableError": "netsim.errors",
    "UnwrittenPod": "netsim.engine.naming.unwritten",
}
"""The modules of names that are not of :mod:`netsim.api`."""


def __getattr__(name: str) -> Any:
    # Only on demand: `netsim --version` needs none of it.
    if name in __all__:
        return getattr(import_module(_MODULES.get(name, "netsim.api")), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
