"""What the API server refuses about a Lease: shell scripts tend to write its fields wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.fakes.apiserver.errors import Cause
from tests.fakes.apiserver.kinds import Object

# ``metav1.MicroTime`` is parsed with this layout, so it needs exactly six decimals.
_LAYOUT = "2006-01-02T15:04:05.000000Z07:00"
_MICRO_TIME = re.compile(
    r"\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{6}(Z|[+-]\d\d:\d\d)"
)
_TIMES = ("acquireTime", "renewTime")
_NUMBERS = ("leaseDurationSeconds", "leaseTransitions")
_STRINGS = ("holderIdentity", "strategy", "preferredHolder")


def undecodable(lease: Object) -> str:
    """Why a Lease cannot be decoded; empty if it can."""
    spec = lease.get("spec") or {}
    for field in _TIMES:
        value = spec.get(field)
        if value is not None and not _MICRO_TIME.fullmatch(str(value)):
            return f'parsing time "{value}" as "{_LAYOUT}": cannot parse "{value}"'
    for field, kind, names in (
        *((field, int, ("string", "int32")) for field in _NUMBERS),
        *((field, str, ("number", "string")) for field in _STRINGS),
    ):
        if type(spec.get(field)) not in (kind, type(None)):
            return (
                f"json: cannot unmarshal {names[0]} into Go struct field "
                f"LeaseSpec.spec.{field} of type {names[1]}"
            )
    return ""


def unknown_fields(lease: Object) -> list[str]:
    """The fields of its spec that do not exist."""
    known = {*_TIMES, *_NUMBERS, *_STRINGS}
    return [f"spec.{field}" for field in lease.get("spec") or {} if field not in known]


def check(lease: Object) -> Iterator[Cause]:
    """What is not valid about it."""
    spec = lease.get("spec") or {}
    for field, least, why in (
        ("leaseDurationSeconds", 1, "must be greater than 0"),
        ("leaseTransitions", 0, "must be greater than or equal to 0"),
    ):
        value = spec.get(field)
        if value is not None and value < least:
            yield Cause.invalid(f"spec.{field}", str(value), why)
