"""The words on an arrow: ports, protocols, and claims such as mTLS."""

from __future__ import annotations

import re

from msgspec import Struct, field

from netsim.intent.errors import IntentError
from netsim.model.flow import Claim
from netsim.model.location import Location
from netsim.model.ports import PortSet, Protocol


class Label(Struct, frozen=True):
    """What an arrow's label says; ``text`` is the label as written.

    ``names_port`` tells whether the text holds the number of a port.
    """

    ports: PortSet
    claims: frozenset[Claim]
    text: str
    names_port: bool = False


UNLABELLED = Label(PortSet.full(), frozenset(), "")

_PROTOCOLS = r"(?:tcp|udp|sctp)(?:[+/&|](?:tcp|udp|sctp))*"
_PORTS = r"\d{1,5}(?:-\d{1,5})?"
_WORD = re.compile(
    rf"(?:(?P<before>{_PROTOCOLS})[:/])?:?(?P<ports>{_PORTS})(?:/(?P<after>{_PROTOCOLS}))?",
    re.IGNORECASE | re.ASCII,
)
_PROTOCOL_WORD = re.compile(rf"({_PROTOCOLS}):?", re.IGNORECASE)
_PORT_KEYWORD = re.compile(r"ports?[:=]?", re.IGNORECASE)
_PORT_LIKE = re.compile(
    r":?\d{3,}(?!\.?\d*\.)|:?\d+[-/:]|(?:tcp|udp|sctp)[:/]\S", re.IGNORECASE
)
_SEPARATOR = re.compile(r"\s*[,;]\s*|\s+(?:and|&|\+)\s+", re.IGNORECASE)
_JOINED = re.compile(r"(?<=[0-9])\s*[–—]\s*(?=[0-9])|(?<=[0-9])\s+-\s+(?=[0-9])")
_PLUS = re.compile(r"\s*\+\s*(?=(?:tcp|udp|sctp)\b)", re.IGNORECASE)
MUTUAL_TLS = re.compile(r"\bmutual[\s-]+tls\b", re.IGNORECASE)
CLAIMS = {"mtls": Claim.MTLS}
_ANY = {"all", "any", "every"}
NUMBERED = {"grpc", "http", "https", "mtls", "ssh", "tls", "ws", "wss"}
EXCEPTIONS = {
    *("besides", "but", "except", "excepting", "excluded", "excluding", "minus", "no", "not"),
    *("unless", "without"),
}
_FORM = "write ports as 'port 4000', 'ports 80, 443', '8000-8010', 'UDP 53' or '53/udp'"


def read_label(text: str, location: Location) -> Label:
    """Read a label such as ``port 4000, mTLS``.

    Ports without a protocol are TCP; a label without ports is about every port.  Words that
    mean nothing here are kept in the text only, where the drawing's arrow is checked for them.
    """
    plain = _PLUS.sub("+", _JOINED.sub("-", text.replace("‑", "-")))
    plain = MUTUAL_TLS.sub("mTLS", plain)
    reader = _LabelReader(text, location)
    for part in _SEPARATOR.split(plain):
        reader.part(part.split())
    said = " ".join(text.split())
    return Label(reader.ports(), frozenset(reader.claims), said, bool(reader.groups))


class _Group(Struct):
    """Ports that share their protocols; no protocols yet means that none was written."""

    ranges: list[tuple[int, int]]
    protocols: set[Protocol]
    prefixed: bool

    def set(self) -> PortSet:
        found = PortSet.empty()
        for protocol in self.protocols or {Protocol.TCP}:
            for first, last in self.ranges:
                found |= PortSet.of(protocol, first, last)
        return found


class _Part(Struct):
    """What was found between two commas."""

    ranges: list[tuple[int, int]] = field(default_factory=list)
    protocols: set[Protocol] = field(default_factory=set)
    prefixed: bool = False
    numbered: bool = False
    expecting: str = ""
    words: list[str] = field(default_factory=list)


class _LabelReader(Struct):
    text: str
    location: Location
    groups: list[_Group] = field(default_factory=list)
    alone: set[Protocol] = field(default_factory=set)
    claims: set[Claim] = field(default_factory=set)

    def error(self, what: str, right: str = _FORM) -> IntentError:
        return IntentError(f"{what} in the label {self.text!r}; {right}", self.location)

    def part(self, words: list[str]) -> None:
        """Read what stands between two commas."""
        part = _Part()
        for word in words:
            self._word(word, part)
        if part.expecting and not _ANY & set(map(str.casefold, part.words)):
            raise self.error(f"{part.expecting!r} is not followed by a port")
        self._refuse_unclear(part)
        self._place(part)

    def _word(self, word: str, part: _Part) -> None:
        if _PORT_KEYWORD.fullmatch(word):
            part.expecting = word
        elif found := _WORD.fullmatch(word):
            self._numbers(found, part)
        elif found := _PROTOCOL_WORD.fullmatch(word):
            self._protocols(found[1], part)
        elif self._must_be_port(word, part):
            raise self.error(f"{word!r} is not a port")
        elif claim := CLAIMS.get(word.casefold().strip(".:")):
            self.claims.add(claim)
        else:
            part.words.append(word)

    @staticmethod
    def _must_be_port(word: str, part: _Part) -> bool:
        every = _ANY & {word.casefold(), *map(str.casefold, part.words)}
        return bool(part.expecting and not every) or _PORT_LIKE.match(word) is not None

    def _numbers(self, found: re.Match[str], part: _Part) -> None:
        first, _, last = found["ports"].partition("-")
        numbers = int(first), int(last or first)
        try:
            PortSet.of(Protocol.TCP, *numbers)
        except ValueError:
            raise self.error(f"{found['ports']!r} is not a port from 1 to 65535") from None
        part.numbered = True
        own = found["before"] or found["after"]
        if own:
            self.groups.append(_Group([numbers], _protocols(own), prefixed=False))
            self.groups[-1].prefixed = bool(found["before"])
        else:
            part.ranges.append(numbers)
        part.expecting = ""

    @staticmethod
    def _protocols(text: str, part: _Part) -> None:
        part.prefixed = part.prefixed or not part.ranges
        part.protocols |= _protocols(text)

    def _refuse_unclear(self, part: _Part) -> None:
        folded = {word.casefold() for word in part.words}
        says_ports = part.ranges or part.numbered or part.protocols
        if says_ports and folded & EXCEPTIONS:
            raise self.error("an exception cannot be read", "list the ports that are allowed")
        keyword = _PORT_KEYWORD.search(self.text) or part.protocols
        if part.ranges and not keyword and folded - NUMBERED:
            number = part.ranges[0][0]
            raise self.error(f"{number} may or may not be a port", f"write 'port {number}'")

    def _place(self, part: _Part) -> None:
        if part.ranges:
            self._place_ports(part)
        elif part.protocols:
            self._place_protocols(part.protocols)

    def _place_ports(self, part: _Part) -> None:
        last = self.groups[-1] if self.groups else None
        if part.protocols:
            if not part.prefixed and last and not last.protocols:
                last.ranges += part.ranges
                last.protocols |= part.protocols
                return
            self.groups.append(_Group(part.ranges, part.protocols, part.prefixed))
        elif last and (last.prefixed or not last.protocols):
            last.ranges += part.ranges
        else:
            prefix = set(self.alone) if not self.groups else set()
            self.alone -= prefix
            self.groups.append(_Group(part.ranges, prefix, bool(prefix)))

    def _place_protocols(self, protocols: set[Protocol]) -> None:
        if not self.groups:
            self.alone |= protocols
        elif self.groups[-1].prefixed:
            names = "+".join(sorted(protocol.value for protocol in protocols))
            raise self.error(f"{names} has no port")
        else:
            self.groups[-1].protocols |= protocols

    def ports(self) -> PortSet:
        """Everything the label said about ports."""
        found = PortSet.empty()
        for group in self.groups:
            found |= group.set()
        for protocol in self.alone:
            found |= PortSet.all_of(protocol)
        return found or PortSet.full()


def _protocols(text: str) -> set[Protocol]:
    return {Protocol(word.upper()) for word in re.split(r"[+/&|]", text)}


class ArrowTarget(Struct, frozen=True):
    """A name, and what the arrow to it says."""

    name: str
    label: Label


_TARGET = re.compile(r"\s*([^,()\[\]]+?)\s*(?:\(([^()]*)\)|\[([^\[\]]*)\])?\s*(?:,|$)")
_BARE_PORT = re.compile(r"\bports?\b|:\s*\d|\d/(?:tcp|udp|sctp)\b", re.IGNORECASE)
_TARGET_NAME = re.compile(r"[\w*][\w .:/*&'@+#-]*")


def read_targets(text: str, location: Location) -> tuple[ArrowTarget, ...]:
    """Read ``API, Postgres (port 5432)``: a label also counts for the names before it."""
    found: list[ArrowTarget] = []
    waiting: list[str] = []
    position = 0
    while position < len(text):
        item = _TARGET.match(text, position)
        if not item:
            raise _refuse_target(text, location)
        position = item.end()
        waiting.append(_check_name(item[1], location))
        if item[2] is not None or item[3] is not None:
            label = read_label(item[2] or item[3] or "", location)
            found += (ArrowTarget(name, label) for name in waiting)
            waiting.clear()
    return (*found, *(ArrowTarget(name, UNLABELLED) for name in waiting))


def _check_name(name: str, location: Location) -> str:
    if _BARE_PORT.search(name):
        message = f"{name!r} holds a port; write ports in brackets, as 'API (port 4000)'"
        raise IntentError(message, location)
    if not _TARGET_NAME.fullmatch(name):
        raise _refuse_target(name, location)
    return " ".join(name.split())


def _refuse_target(text: str, location: Location) -> IntentError:
    return IntentError(
        f"{text!r} cannot be read; write what an arrow leads to as 'API (port 4000)'", location
    )
