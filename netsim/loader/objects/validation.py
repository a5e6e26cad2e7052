"""The API server's rules for names, labels, ports and addresses.

Each function returns what is wrong, or None.  Source: apimachinery ``util/validation`` and
``apis/networking/validation``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

from netsim.model.addresses import Network
from netsim.model.placeholders import has_placeholder
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT

Rule = Callable[[str], str | None]

_LABEL = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?"
_DNS_LABEL = re.compile(_LABEL)
_DNS_SUBDOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_QUALIFIED = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_PORT_NAME = re.compile(r"[a-z0-9](-?[a-z0-9])*")
_LETTER = re.compile(r"[a-z]")
_MAPPED = IPv6Network("::ffff:0:0/96")
_PREFIX = re.compile(r"0|[1-9][0-9]{0,2}")


def dns_label(text: str) -> str | None:
    """RFC 1123 label, as namespaces and services have it (``IsDNS1123Label``)."""
    if has_placeholder(text) or (len(text) <= 63 and _DNS_LABEL.fullmatch(text)):
        return None
    return (
        f"{_show(text)} is not a name: use at most 63 lower-case letters, digits and '-', "
        "first and last a letter or digit"
    )


def dns_subdomain(text: str) -> str | None:
    """RFC 1123 subdomain, the usual object name (``IsDNS1123Subdomain``)."""
    if has_placeholder(text) or (len(text) <= 253 and _DNS_SUBDOMAIN.fullmatch(text)):
        return None
    return (
        f"{_show(text)} is not a name: use at most 253 lower-case letters, digits, '-' and "
        "'.', first and last a letter or digit"
    )


def path_segment(text: str) -> str | None:
    """A part of a path, as names of roles and bindings are (``ValidatePathSegmentName``)."""
    if text not in (".", "..") and not {"/", "%"} & set(text):
        return None
    return f"{_show(text)} is not a name: use neither '/' nor '%', and more than dots"


@lru_cache(maxsize=4096)
def annotation_key(text: str) -> str | None:
    """An annotation's key, in which case doesn't matter (``ValidateAnnotations``)."""
    wrong = label_key(text.lower())
    return None if wrong is None else wrong.replace("label key", "annotation key", 1)


@lru_cache(maxsize=4096)
def label_key(text: str) -> str | None:
    """A label's key, with an optional domain before a slash (``IsQualifiedName``)."""
    if has_placeholder(text):
        return None
    prefix, slash, name = text.rpartition("/")
    if slash and (len(prefix) > 253 or not _DNS_SUBDOMAIN.fullmatch(prefix)):
        return f"label key {_show(text)}: the prefix before the / must be a DNS name"
    if len(name) > 63 or not _QUALIFIED.fullmatch(name):
        return (
            f"label key {_show(text)}: use at most 63 letters, digits, '-', '_' and '.', "
            "first and last a letter or digit"
        )
    return None


@lru_cache(maxsize=4096)
def label_value(text: str) -> str | None:
    """A label's value; it may be empty (``IsValidLabelValue``)."""
    if not text or has_placeholder(text) or (len(text) <= 63 and _QUALIFIED.fullmatch(text)):
        return None
    return (
        f"label value {_show(text)}: use at most 63 letters, digits, '-', '_' and '.', "
        "first and last a letter or digit"
    )


def port_name(text: str) -> str | None:
    """An IANA service name (``IsValidPortName``)."""
    if len(text) <= 15 and _PORT_NAME.fullmatch(text) and _LETTER.search(text):
        return None
    return (
        f"{_show(text)} is not a port name: use at most 15 lower-case letters, digits and "
        "single '-', at least one letter, first and last a letter or digit"
    )


def port_number(number: int) -> str | None:
    """A port (``IsValidPortNum``)."""
    if LOWEST_PORT <= number <= HIGHEST_PORT:
        return None
    return f"{_cut(str(number))} is not a port: use {LOWEST_PORT} to {HIGHEST_PORT}"


def parse_cidr(text: str) -> Network:
    """A block of addresses; raises ``ValueError`` with what is wrong.

    Bits after the prefix may be set.  Leading zeros are refused: they are octal to some.
    """
    address, slash, prefix = text.partition("/")
    if not slash:
        raise ValueError(f"{_show(text)} is not a CIDR: add a prefix, such as {_example(text)}")
    if not _PREFIX.fullmatch(prefix) or "%" in address:
        raise ValueError(f"{_show(text)} is not a CIDR: use an address, / and a number of bits")
    bits = 128 if ":" in address else 32
    if int(prefix) > bits:
        raise ValueError(f"{_show(text)} is not a CIDR: its prefix is above {bits}")
    try:
        found = IPv6Address(address) if bits == 128 else IPv4Address(address)
    except ValueError as error:
        raise ValueError(f"{_show(text)} is not a CIDR: {error}") from error
    kind = IPv6Network if bits == 128 else IPv4Network
    return kind((int(found), int(prefix)), strict=False)


def is_mapped(network: Network) -> bool:
    """Whether a block is one of IPv4 addresses that is written as IPv6 (``::ffff:a.b.c.d``)."""
    return (
        isinstance(network, IPv6Network)
        and network.prefixlen >= _MAPPED.prefixlen
        and network.subnet_of(_MAPPED)
    )


def inside(part: Network, whole: Network) -> bool:
    """Whether ``part`` lies strictly inside (``ValidateIPBlock``)."""
    if isinstance(part, IPv4Network) and isinstance(whole, IPv4Network):
        return part != whole and part.subnet_of(whole)
    if isinstance(part, IPv6Network) and isinstance(whole, IPv6Network):
        return part != whole and part.subnet_of(whole)
    return False


def _show(text: str) -> str:
    return f"'{_cut(text)}'"


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}..."


def _example(text: str) -> str:
    return f"{text}/128" if ":" in text else f"{text}/32"
