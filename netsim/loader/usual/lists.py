"""Lists of objects, apart from the objects."""

from __future__ import annotations

from typing import Any

from netsim.loader.registry import is_list
from netsim.loader.snapshot.kinds import MARK


def read_envelope(envelope: dict[str, Any]) -> dict[str, str] | None:
    """What items have that do not say it; None where something is to be said of the list."""
    kind, api_version, mark = (envelope.get(key) for key in ("kind", "apiVersion", MARK))
    if not isinstance(kind, str) or not is_list(kind) or not isinstance(api_version, str):
        return None
    if not envelope.keys() <= {"apiVersion", "kind", "metadata", MARK}:
        return None
    is_mark = isinstance(mark, dict) and not (mark.get("missing") or mark.get("rejected"))
    if MARK in envelope and not is_mark:
        return None
    own = kind.removesuffix("List")
    return {"kind": own, "apiVersion": api_version} if own else {}
