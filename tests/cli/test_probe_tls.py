"""``netsim probe`` of a server that is documented to demand client certificates."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_probe import API, WEB, Place
from tests.probe.fake_forward import Fault
from tests.probe.fake_kubectl import runs
from tests.probe.samples import DIAGRAM
from tests.probe.tls_servers import (
    Demand,
    TlsServer,
    certificate,
    echo,
    hang,
    needs_openssl,
    served,
)

pytestmark = [
    needs_openssl,
    pytest.mark.skipif(sys.platform != "linux", reason="needs Linux"),
]


class Shop(Place):
    """A place whose drawing claims mutual TLS with the API."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        super().__init__(folder, ports)
        label = f"port {ports[API]}, mTLS"
        self.write("README.md", DIAGRAM.replace("port 4000", label))
        self.lead()

    def lead(self, port: int | None = None, **more: Any) -> None:
        """The port of the API leads to this one of the loopback address, or nowhere."""
        where = {} if port is None else {f"pod/api-0:{self.ports[API]}": port}
        self.cluster(ports=where, **more)

    def forwards(self) -> list[list[str]]:
        return [run for run in runs(self.folder / "bin") if run[0] == "port-forward"]


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    with (
        socket.create_server((WEB, 0), backlog=64) as web,
        socket.create_server((API, 0), backlog=64) as api,
    ):
        yield Shop(tmp_path, {WEB: web.getsockname()[1], API: api.getsockname()[1]})


@pytest.fixture
def server(tmp_path: Path) -> TlsServer:
    return TlsServer(certificate(tmp_path))


def test_it_demands_one(shop: Shop, server: TlsServer) -> None:
    with served(server) as port:
        shop.lead(port)
        done = shop.probe()
    assert (done.code, done.err) == (0, "")
    says = "demands a client certificate: yes, TLSv1.3 (refuses: certificate required)"
    assert f"mutual TLS\n  ✓ api TCP {shop.ports[API]} {says}\n" in done.out
    assert "and 1 TLS handshake; " in " ".join(done.out.split())
    assert len(shop.forwards()) == 1


def test_it_demands_none(shop: Shop, server: TlsServer) -> None:
    server.demand = Demand.OPTIONAL
    with served(server) as port:
        shop.lead(port)
        done = shop.probe()
    assert done.code == 1
    assert done.out.startswith("differs: 1 of 1 TLS handshake differ\n")
    assert "demands a client certificate: no, TLSv1.3 (asks for one" in done.out


def test_it_speaks_no_tls(shop: Shop) -> None:
    with served(echo) as port:
        shop.lead(port)
        done = shop.probe("--format", "json")
    (found,) = json.loads(done.out)["handshakes"]
    assert (done.code, found["outcome"]) == (1, "not-tls")
    assert found["diagnosis"]["cause"] == "server speaks no TLS"


def test_a_mesh_may_do_it(shop: Shop) -> None:
    pods = shop.pods()
    pods[1]["spec"]["containers"].append({"name": "istio-proxy"})
    answers = {"/api/v1/namespaces/shop/pods": {"items": pods}}
    with served(echo) as port:
        shop.lead(port, answers=answers)
        done = shop.probe("--format", "json")
    (found,) = json.loads(done.out)["handshakes"]
    assert (done.code, found["agreement"]) == (2, "inconclusive")
    assert "past istio-proxy" in found["why"]


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault.NONE, "connection refused"),
        (Fault.FORBIDDEN, "forbidden"),
        (Fault.GONE, "not found"),
        (Fault.ENDS, "no answer"),
    ],
)
def test_what_is_not_forwarded_is_inconclusive(shop: Shop, fault: Fault, says: str) -> None:
    shop.lead(forward=fault.value)
    done = shop.probe()
    assert done.code == 2
    assert done.out.startswith("inconclusive: 1 of 1 TLS handshake inconclusive\n")
    said = " ".join(done.out.split())
    assert "demands a client certificate: unclear (" in said
    assert says in said
    assert shop.probe("--allow-inconclusive").code == 0


def test_permissions_are_asked_for_and_not_required(shop: Shop, server: TlsServer) -> None:
    with served(server) as port:
        shop.lead(port, denied=[["create", "pods/portforward"]])
        done = shop.probe()
    assert "not permitted: create on pods/portforward in shop" in done.err
    assert done.code == 0


def test_rbac_and_dry_run_speak_of_it(shop: Shop) -> None:
    rule = '- {apiGroups: [""], resources: [pods/portforward], verbs: [get, create]}'
    assert rule in shop.probe("--rbac").out
    done = shop.probe("--dry-run")
    assert rule in done.out
    command = "kubectl port-forward --namespace=shop --address=127.0.0.1 pod/api-0"
    assert f"# {command} :{shop.ports[API]}\n" in done.out
    assert not shop.forwards()
    checked = subprocess.run(["sh", "-n"], input=done.out, text=True, check=False)
    assert checked.returncode == 0


def test_without_a_claim_no_port_is_opened(shop: Shop) -> None:
    shop.write("README.md", DIAGRAM.replace("4000", str(shop.ports[API])))
    done = shop.probe()
    assert (done.code, "TLS" in done.out) == (0, False)
    assert "portforward" not in shop.probe("--rbac").out
    assert not shop.forwards()


def test_ctrl_c_prints_what_is_known_and_leaves_nothing(shop: Shop) -> None:
    command = [sys.executable, "-m", "netsim", "probe", "--via", "kubectl", "--timeout", "60"]
    with served(hang) as port:
        shop.lead(port)
        with subprocess.Popen(
            command,
            cwd=shop.folder,
            env=shop.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            _await(shop)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "Traceback" not in err
    assert "✓  web   api" in out
    assert "demands a client certificate: unclear (interrupted)" in out
    listed = ["ps", "-ww", "-eo", "args"]
    done = subprocess.run(listed, capture_output=True, text=True, check=True)
    assert str(shop.folder / "bin") not in done.stdout


def _await(shop: Shop) -> None:
    for _ in range(400):
        if shop.forwards():
            time.sleep(1.0)
            return
        time.sleep(0.05)
    raise AssertionError("no port was opened")
