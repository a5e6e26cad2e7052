"""What a value means, apart from where it was read."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from netsim.model.location import Location


def meaning(value: Any) -> object:
    """A value without the places it was read from; equal ones mean the same."""
    if isinstance(value, Location):
        return None
    if isinstance(value, tuple):
        return tuple(meaning(item) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value), *(meaning(getattr(value, part.name)) for part in fields(value)))
    return value
