"""How ``probe`` gets into a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsim.cli import console
from netsim.probe.interface import ProbeError
from netsim.probe.rbac import Way

if TYPE_CHECKING:
    from netsim.cli.probing import Asked
    from netsim.probe.interface import Api, Runner
    from netsim.probe.ways.forward import Forwarder


def reached(asked: Asked) -> tuple[Api, Runner]:
    """The API server, and what tries connections.  Raises :class:`ProbeError`."""
    return _by_kubectl(asked) if asked.way is Way.KUBECTL else _by_client(asked)


def _by_kubectl(asked: Asked) -> tuple[Api, Runner]:
    from netsim.probe.ways.kubectl import Cluster, Kubectl, KubectlRunner

    kubectl = Kubectl(Cluster(asked.kubeconfig, asked.context))
    return kubectl, KubectlRunner(kubectl, asked.seconds)


def _by_client(asked: Asked) -> tuple[Api, Runner]:
    from netsim.loader.sources.live_reading import LiveError
    from netsim.probe.ways.client import Client
    from netsim.probe.ways.ephemeral import EphemeralRunner
    from netsim.probe.ways.exec import ExecRunner

    try:
        client = Client(asked.kubeconfig, asked.context)
    except LiveError as error:
        raise ProbeError(f"{error}; --via kubectl uses kubectl's own login") from error
    runner = ExecRunner(client, asked.seconds)
    if asked.way is Way.EXEC:
        return client, runner
    return client, EphemeralRunner(client, runner, asked.image, console.note)


def forwarder(api: Api) -> Forwarder:
    """The same way to the ports of pods."""
    from netsim.probe.ways.kubectl import Kubectl

    if isinstance(api, Kubectl):
        from netsim.probe.ways.forward_kubectl import KubectlForwarder

        return KubectlForwarder(api)
    from netsim.probe.ways.client import Client
    from netsim.probe.ways.forward_client import ClientForwarder

    if isinstance(api, Client):
        return ClientForwarder(api)
    raise TypeError(f"no ports of pods through {type(api).__name__}")
