"""Questions about connections: one from options, or many from a CSV file."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from netsim.errors import NetsimError
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol

COLUMNS = ("src", "dst", "protocol", "port")
STDIN = "-"
_NUMBER = re.compile(r"[0-9]{1,5}")


class QueryError(NetsimError, ValueError):
    """A question that cannot be understood; the message starts with file and line."""


class Query(Struct, frozen=True):
    """One question; ``place`` is where it was asked, or empty for options."""

    source: str
    destination: str
    protocol: Protocol
    port: int
    place: str = ""


def protocol_named(text: str) -> Protocol:
    """A protocol in any case; empty means TCP, as in a policy."""
    try:
        return Protocol(text.strip().upper() or "TCP")
    except ValueError:
        known = ", ".join(protocol.value for protocol in Protocol)
        raise QueryError(f"{text!r} is no protocol: write one of {known}") from None


def port_numbered(text: str) -> int:
    """A port number."""
    written = text.strip()
    number = int(written) if _NUMBER.fullmatch(written) else 0
    if not LOWEST_PORT <= number <= HIGHEST_PORT:
        raise QueryError(f"{text!r} is no port: write a number from 1 to {HIGHEST_PORT}")
    return number


def queries(path: str) -> Iterator[Query | QueryError]:
    """The questions of a CSV file, and an error for each row that is none."""
    name = "<stdin>" if path == STDIN else path
    try:
        yield from _rows(name, _text(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        yield QueryError(f"{name}: cannot be read: {reason}")


def _text(path: str) -> str:
    if path != STDIN:
        return Path(path).read_bytes().decode("utf-8-sig")
    buffer = getattr(sys.stdin, "buffer", None)
    return buffer.read().decode("utf-8-sig") if buffer else sys.stdin.read()


def _rows(name: str, text: str) -> Iterator[Query | QueryError]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    header: list[str] | None = None
    try:
        for row in reader:
            place = f"{name}:{reader.line_num}"
            if header is None:
                header = [cell.strip() for cell in row]
                _check(header, place)
            elif row:
                yield _query(header, row, place)
    except csv.Error as error:
        yield QueryError(f"{name}:{reader.line_num}: {error}")
    except QueryError as error:
        yield error
    if header is None:
        yield QueryError(f"{name}:1: there is no header {','.join(COLUMNS)}")


def _check(header: list[str], place: str) -> None:
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        wanted = ",".join(COLUMNS)
        raise QueryError(f"{place}: the header lacks {', '.join(missing)}: write {wanted}")


def _query(header: list[str], row: list[str], place: str) -> Query | QueryError:
    if len(row) != len(header):
        return QueryError(f"{place}: {len(row)} fields where the header has {len(header)}")
    cells = dict(zip(header, row, strict=True))
    try:
        protocol, port = protocol_named(cells["protocol"]), port_numbered(cells["port"])
    except QueryError as error:
        return QueryError(f"{place}: {error}")
    return Query(cells["src"], cells["dst"], protocol, port, place)
