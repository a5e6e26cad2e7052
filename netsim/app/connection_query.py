"""Questions about single connections, and the CSV files that hold many.

``ConnectionQuery("shop/web", "shop/api", 4000)`` asks whether one may connect to the other.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from msgspec import Struct

from netsim.app.unwritten import parse_unwritten
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.errors import RequestError
from netsim.loader.sources.files import FileError, read_stdin_text, read_text
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Protocol

COLUMNS = ("src", "dst", "protocol", "port")
DESCRIBING = ("labels", "namespace", "namespace_labels")
"""What further columns of an end describe a pod that is not in the input: ``src_labels``."""

STDIN = "-"
_NUMBER = re.compile(r"[0-9]{1,5}")
_NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


class ConnectionQuery(Struct, frozen=True):
    """One question; ``place`` is where it was asked, or empty for options.

    ``port`` is a number, or the name of a port of the destination.
    """

    source: str | UnwrittenPod
    destination: str | UnwrittenPod
    port: int | str
    protocol: Protocol = Protocol.TCP
    place: str = ""

    @property
    def title(self) -> str:
        """The question as people write it: ``shop/web -> shop/api TCP 4000``."""
        return f"{self.source} -> {self.destination} {self.protocol.value} {self.port}"


def parse_protocol(text: str) -> Protocol:
    """A protocol in any case; empty means TCP, as in a policy."""
    try:
        return Protocol(text.strip().upper() or "TCP")
    except ValueError:
        known = ", ".join(protocol.value for protocol in Protocol)
        message = f"{text!r} is not a protocol: write one of {known}"
        raise RequestError(message, "protocol") from None


def parse_port(text: str) -> int | str:
    """A port number, or the name of a port: a label of DNS with a letter in it."""
    written = text.strip()
    if _NAME.fullmatch(written) and not written.isdigit():
        return written
    number = int(written) if _NUMBER.fullmatch(written) else 0
    if not LOWEST_PORT <= number <= HIGHEST_PORT:
        message = (
            f"{text!r} is not a port: write a number from 1 to {HIGHEST_PORT}, or the name of "
            "a port of the destination"
        )
        raise RequestError(message, "port")
    return number


def read_queries(path: str, stdin: TextIO | None) -> Iterator[ConnectionQuery | RequestError]:
    """The questions of a CSV file, and an error for each row that is none."""
    name = "<stdin>" if path == STDIN else path
    try:
        text = read_stdin_text(stdin) if path == STDIN else read_text(Path(path))
    except FileError as error:
        yield RequestError(f"{name}: {error}")
        return
    yield from _rows(name, text)


def _rows(name: str, text: str) -> Iterator[ConnectionQuery | RequestError]:
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
        yield RequestError(f"{name}:{reader.line_num}: {error}")
    except RequestError as error:
        yield error
    if header is None:
        yield RequestError(f"{name}:1: there is no header {','.join(COLUMNS)}")


def _check(header: list[str], place: str) -> None:
    missing = [column for column in COLUMNS if column not in header]
    if missing:
        wanted = ",".join(COLUMNS)
        raise RequestError(f"{place}: the header lacks {', '.join(missing)}: write {wanted}")


def _query(header: list[str], row: list[str], place: str) -> ConnectionQuery | RequestError:
    if len(row) != len(header):
        return RequestError(f"{place}: {len(row)} fields where the header has {len(header)}")
    cells = dict(zip(header, row, strict=True))
    try:
        protocol, port = parse_protocol(cells["protocol"]), parse_port(cells["port"])
        source, destination = (_end(cells, end) for end in ("src", "dst"))
    except RequestError as error:
        return RequestError(f"{place}: {error}")
    return ConnectionQuery(source, destination, port, protocol, place)


def _end(cells: dict[str, str], end: str) -> str | UnwrittenPod:
    """An end by its name, or by the columns that describe it, of which empty ones count not."""
    described = [cells.get(f"{end}_{part}") or None for part in DESCRIBING]
    return parse_unwritten(end, cells[end].strip() or None, *described) or cells[end]
