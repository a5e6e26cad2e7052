"""What the laboratory needs of the machine, and why a test cannot run where that is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from shutil import which

import pytest

_PACKAGES = {
    "unshare": "util-linux",
    "nsenter": "util-linux",
    "mount": "mount",
    "ip": "iproute2",
    "nft": "nftables",
}
# Each in namespaces of its own, as the laboratory does it.
_TRIALS = {
    "network namespaces": "ip link add name one type veth peer name two",
    "forwarding": "echo 1 > /proc/sys/net/ipv4/ip_forward",
    "bind mounts": "mount --bind /usr /usr",
    "nftables": "nft add table ip trial",
    "nftables reject": (
        "nft 'table ip trial { chain c { type filter hook forward priority 0;"
        " ct state new reject with icmp admin-prohibited; }; }'"
    ),
}


@cache
def missing() -> str | None:
    """Why there can be no laboratory here, or None."""
    if sys.platform != "linux":
        return "needs Linux"
    if os.geteuid() != 0:
        return "needs root, for network namespaces"
    for program, package in _PACKAGES.items():
        if which(program) is None:
            return f"needs {program} (package {package})"
    for what, script in _TRIALS.items():
        if (reason := _refusal(script)) is not None:
            return f"needs {what}, which the kernel refuses: {reason}"
    return None


def require() -> None:
    """Skips the test where there can be no laboratory, and says why."""
    if (reason := missing()) is not None:
        pytest.skip(f"the laboratory {reason}")


def _refusal(script: str) -> str | None:
    isolated = ["unshare", "--net", "--mount", "--pid", "--fork", "sh", "-c", script]
    tried = subprocess.run(isolated, capture_output=True, check=False)
    if tried.returncode == 0:
        return None
    return " ".join(tried.stderr.decode(errors="replace").split())
