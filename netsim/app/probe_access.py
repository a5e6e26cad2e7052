"""The ways into a cluster that a request chooses."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.probe.interface import Api, ProbeError, Runner
from netsim.probe.rbac import Via

if TYPE_CHECKING:
    from netsim.app.probe_request import ProbeRequest
    from netsim.probe.ways.forward import Forwarder


class WayIn(Struct, frozen=True):
    """The API server, what tries connections, and what connects to ports of pods.

    ``added`` are the pods that hold a container of the probe's from now on; it grows.
    """

    api: Api
    runner: Runner
    forwarder: Forwarder
    added: list[str]


def open_access(request: ProbeRequest, announce: Callable[[str], None]) -> WayIn:
    """The way that is asked for; each container that stays in a pod is announced.

    Raises :class:`ProbeError`.
    """
    if request.via is Via.KUBECTL:
        return _open_kubectl(request)
    return _open_client(request, announce)


def _open_kubectl(request: ProbeRequest) -> WayIn:
    from netsim.probe.ways.forward_kubectl import KubectlForwarder
    from netsim.probe.ways.kubectl import Kubectl, KubectlCluster, KubectlRunner

    kubectl = Kubectl(KubectlCluster(request.kubeconfig, request.context))
    runner = KubectlRunner(kubectl, request.seconds)
    return WayIn(kubectl, runner, KubectlForwarder(kubectl), [])


def _open_client(request: ProbeRequest, announce: Callable[[str], None]) -> WayIn:
    from netsim.loader.sources.live_reading import LiveError
    from netsim.probe.ways.client import Client
    from netsim.probe.ways.ephemeral import EphemeralRunner
    from netsim.probe.ways.exec import ExecRunner
    from netsim.probe.ways.forward_client import ClientForwarder

    try:
        client = Client(request.kubeconfig, request.context)
    except LiveError as error:
        raise ProbeError(f"{error}; --via kubectl uses kubectl's own login") from error
    forwarder, runner = ClientForwarder(client), ExecRunner(client, request.seconds)
    if request.via is Via.EXEC:
        return WayIn(client, runner, forwarder, [])
    helping = EphemeralRunner(client, runner, request.image, announce)
    return WayIn(client, helping, forwarder, helping.added)
