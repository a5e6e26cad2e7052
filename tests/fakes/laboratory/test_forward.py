"""Ports of pods through the API server, as the client of Python opens them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fakes.laboratory import production, sockets
from tests.fakes.laboratory.cluster import LiveCluster
from tests.probe.tls_servers import echo, served

POD, PORT, CLOSED = "shop/web", 8080, 8081
DOCUMENTS = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}},
    production.pod(POD, "10.244.1.1", {"app": "web"}),
]
AMPLE = 20.0


def test_the_client_of_python_gets_through(cluster: LiveCluster, tmp_path: Path) -> None:
    """Its own implementation of the protocol, as a check of the laboratory's."""
    from kubernetes import client, config
    from kubernetes.stream import portforward

    new_client: Any = config.new_client_from_config
    api = client.CoreV1Api(new_client(str(cluster.kubeconfig(tmp_path))))
    call: Any = portforward
    with served(echo, sockets.listening(cluster.laboratory.pods[POD], PORT)):
        found = call(api.connect_get_namespaced_pod_portforward, "web", "shop", ports=str(PORT))
        connected = found.socket(PORT)
        connected.settimeout(AMPLE)
        connected.sendall(b"hello")
        assert connected.recv(100) == b"hello"
        connected.close()
    refused = call(api.connect_get_namespaced_pod_portforward, "web", "shop", ports=str(CLOSED))
    other = refused.socket(CLOSED)
    other.settimeout(AMPLE)
    assert other.recv(100) == b""
    assert "connection refused" in refused.error(CLOSED)
    other.close()
