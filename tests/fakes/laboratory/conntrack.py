"""Forgetting connections, so that what passed under old rules does not pass under new ones."""

from __future__ import annotations

import socket
import struct

_NETLINK_NETFILTER = 12
_SUBSYSTEM_CONNTRACK, _DELETE = 1, 2
_REQUEST_WITH_ACK = 0x5
_HEADER, _ANSWER = struct.Struct("=IHHII"), struct.Struct("=IHHIIi")
_GENERAL = struct.pack("=BBH", socket.AF_INET, 0, 0)


def flush() -> None:
    """Deletes every tracked IPv4 connection of this network namespace.

    A delete message without attributes means all of them (``nf_conntrack_netlink.c``).
    Raises ``OSError`` when the kernel declines.
    """
    kind = _SUBSYSTEM_CONNTRACK << 8 | _DELETE
    length = _HEADER.size + len(_GENERAL)
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_NETFILTER) as link:
        link.bind((0, 0))
        link.send(_HEADER.pack(length, kind, _REQUEST_WITH_ACK, 1, 0) + _GENERAL)
        *_, error = _ANSWER.unpack_from(link.recv(4096))
    if error:
        raise OSError(-error, "the kernel does not forget connections")
