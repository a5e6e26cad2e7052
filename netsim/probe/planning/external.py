"""Targets outside the cluster, as people write them."""

from __future__ import annotations

import re
import socket

from netsim.loader.objects.validation import dns_label
from netsim.model.addresses import Address, parse_address
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT
from netsim.probe.planning.targets import Host

_FORM = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})"
)
_NUMBERS = re.compile(r"[0-9.]+")


def host(text: str) -> Host:
    """``HOST:PORT``, an IPv6 address in brackets; raises ``ValueError``.

    A name is looked up here, which may give other addresses than it has in the cluster: what
    the simulator makes of them counts only where all have one verdict.
    """
    found = _FORM.fullmatch(text.strip())
    port = int(found["port"]) if found else 0
    name = (found["v6"] or found["name"]) if found else ""
    if not LOWEST_PORT <= port <= HIGHEST_PORT or not _is_host(name):
        raise ValueError(
            f"--external: {text!r} is no target: write HOST:PORT, such as example.com:443 or "
            "[2001:db8::1]:443"
        )
    return Host(name, port, _addresses(name))


def _is_host(text: str) -> bool:
    """An address, or a name as DNS has it: what else begins with - is an option of nc."""
    if ":" in text or _NUMBERS.fullmatch(text):
        return bool(_address(text))
    labels = text.lower().removesuffix(".").split(".")
    return not any(map(dns_label, labels))


def _address(text: str) -> tuple[Address, ...]:
    try:
        return (parse_address(text),)
    except ValueError:
        return ()


def _addresses(name: str) -> tuple[Address, ...]:
    if own := _address(name):
        return own
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    texts = dict.fromkeys(str(each[4][0]) for each in found)
    return tuple(address for each in texts for address in _address(each))
