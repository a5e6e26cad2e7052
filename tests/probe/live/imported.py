"""All that ``netsim probe`` imports, once for all runs."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import netsim

_CLIENT = ("api_client", "configuration", "rest")

for _found in pkgutil.walk_packages(netsim.__path__, "netsim."):
    if not _found.name.endswith("__main__"):
        import_module(_found.name)
for _name in ("config", "dynamic", "stream", *(f"client.{name}" for name in _CLIENT)):
    import_module(f"kubernetes.{_name}")
