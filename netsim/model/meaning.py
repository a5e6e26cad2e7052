"""What a value means, apart from where it was read and how it is written."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.policies import Notation


def meaning(value: Any) -> object:
    """A value without the places it was read from; equal ones mean the same."""
    if isinstance(value, Location | Notation):
        return None
    if isinstance(value, tuple):
        return tuple(meaning(item) for item in value)
    if isinstance(value, Struct):
        names = value.__struct_fields__
        return (type(value), *(meaning(getattr(value, name)) for name in names))
    return value
