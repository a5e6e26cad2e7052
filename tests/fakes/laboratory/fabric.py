"""A routed network of pods, apart from the host's.

A router forwards between veth pairs, one a pod; each pod has a /32 address and a default route
over a link-local gateway, so that every packet between two pods passes the router's rules, as
in a cluster whose network plugin routes.  The host's own network has no part in it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory, gettempdir

from tests.fakes.laboratory.closing import Closing
from tests.fakes.laboratory.mounts import Mounts
from tests.fakes.laboratory.pod import Pod
from tests.fakes.laboratory.sandbox import Sandbox, finish
from tests.fakes.laboratory.tools import SHELL

_PREFIX = "netsim-laboratory-"
_GATEWAY = "169.254.1.1"
_IP_BATCH = ("ip", "-batch", "-")
# Rejections are ICMP errors, which the kernel by default sends a handful of a second.
_ROUTER_SETTINGS = """
echo 1 > /proc/sys/net/ipv4/ip_forward
echo 0 > /proc/sys/net/ipv4/icmp_ratemask
"""


class Fabric(Closing):
    """Pods by name, and the router between them.  Close it, or use it as a context manager."""

    def __init__(self) -> None:
        sweep()
        self.pods: dict[str, Pod] = {}
        self._temporary = TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-")
        self.folder = Path(self._temporary.name)
        self._router = Sandbox()
        try:
            self._router.configure(("sh", "-ec", _ROUTER_SETTINGS))
        except BaseException:
            self.close()
            raise

    def add(self, addresses: Mapping[str, str]) -> dict[str, Pod]:
        """Connects pods, by name and IPv4 address, all at a time; each has a shell, no more.

        A name is free text, such as ``shop/web``.  Raises ``ValueError`` for one that is
        taken, and :class:`tests.fakes.laboratory.sandbox.SandboxError`.
        """
        if taken := self.pods.keys() & addresses:
            raise ValueError(f"on the fabric already: {', '.join(sorted(taken))}")
        added: dict[str, Pod] = {}
        mounts: dict[str, Mounts] = {}
        for name, address in addresses.items():
            number = len(self.pods)
            mounts[name] = Mounts(self.folder / str(number))
            self.pods[name] = added[name] = Pod(name, address, Sandbox(), mounts[name])
        mounting = [mounts[name].apply(pod.sandbox) for name, pod in added.items()]
        for process in mounting:
            finish(process)
        for pod in added.values():
            pod.offer(SHELL)
        self._connect(added)
        return added

    def filter(self, ruleset: str) -> None:
        """Loads nftables rules into the router, atomically, and forgets its connections."""
        self._router.configure(("nft", "-f", "-"), ruleset)
        self._router.order("forget")
        self._router.answer()

    def close(self) -> None:
        """Ends all pods and whatever runs in them; nothing is left."""
        sandboxes = [self._router, *(pod.sandbox for pod in self.pods.values())]
        for sandbox in sandboxes:
            sandbox.end()
        for sandbox in sandboxes:
            sandbox.close()
        self.pods.clear()
        self._temporary.cleanup()

    def _connect(self, pods: Mapping[str, Pod]) -> None:
        links = {name: f"pod{list(self.pods).index(name)}" for name in pods}
        script = "".join(_router_side(links[name], pod) for name, pod in pods.items())
        self._router.configure(_IP_BATCH, script)
        started = [(pod.sandbox.configuring(_IP_BATCH), pod) for pod in pods.values()]
        for process, pod in started:
            finish(process, _pod_side(pod))


def _router_side(link: str, pod: Pod) -> str:
    return f"""
link add {link} type veth peer name eth0 netns {pod.sandbox.pid}
address add {_GATEWAY}/32 dev {link}
link set {link} up
route add {pod.address}/32 dev {link}
"""


def _pod_side(pod: Pod) -> str:
    return f"""
link set lo up
address add {pod.address}/32 dev eth0
link set eth0 up
route add {_GATEWAY}/32 dev eth0
route add default via {_GATEWAY}
"""


def sweep() -> None:
    """Removes the folders of test processes that were killed; namespaces need no sweeping."""
    for folder in Path(gettempdir()).glob(f"{_PREFIX}*"):
        owner = re.fullmatch(rf"{_PREFIX}(\d+)-.*", folder.name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            with suppress(OSError):
                rmtree(folder)
