"""Targets outside the cluster, as people write them."""

from __future__ import annotations

import re
import socket

from netsim.model.addresses import Address, parse_address
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT
from netsim.probe.targets import Host

_FORM = re.compile(r"(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>\d{1,5})")


def host(text: str) -> Host:
    """``HOST:PORT``, an IPv6 address in brackets; raises ``ValueError``.

    A name is looked up here, which may give other addresses than it has in the cluster: what
    the simulator makes of them counts only where all have one verdict.
    """
    found = _FORM.fullmatch(text.strip())
    port = int(found["port"]) if found else 0
    if found is None or not LOWEST_PORT <= port <= HIGHEST_PORT:
        raise ValueError(f"{text!r} is no target: write HOST:PORT, such as example.com:443")
    name = found["v6"] or found["name"]
    return Host(name, port, _addresses(name))


def _addresses(name: str) -> tuple[Address, ...]:
    try:
        return (parse_address(name),)
    except ValueError:
        pass
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except OSError:
        return ()
    texts = dict.fromkeys(str(each[4][0]) for each in found)
    return tuple(parse_address(each) for each in texts)
