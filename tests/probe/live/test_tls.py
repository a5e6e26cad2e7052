"""The whole probe, where the drawing claims mutual TLS between runner and API.

By kubectl it cannot be told: its port-forward needs SPDY, which the laboratory does not speak.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.fakes.apiserver.errors import ApiError
from tests.fakes.laboratory import production, sockets
from tests.fakes.laboratory.cluster import LiveCluster
from tests.probe.live.runs import Prober, Run, Via, false_verdicts
from tests.probe.tls_servers import Demand, TlsServer, certificate, needs_openssl, served
from tests.project import POLICIES, SCENARIO

pytestmark = needs_openssl

PORT = 4000
WRITTEN = (str(POLICIES), "--scenario", str(SCENARIO))


@pytest.fixture
def api(live: LiveCluster, tmp_path: Path) -> Iterator[TlsServer]:
    """The API, which demands certificates."""
    pod = live.laboratory.pods[production.API]
    pod.stop_listening(("TCP", PORT))
    server = TlsServer(certificate(tmp_path))
    with served(server, sockets.listening(pod, PORT)):
        yield server


@pytest.fixture
def claiming(live: LiveCluster, tmp_path: Path) -> Prober:
    """Who probes for the drawing as it is."""
    return Prober(live, tmp_path, WRITTEN)


def only(run: Run) -> dict[str, Any]:
    (found,) = run.found["handshakes"]
    assert isinstance(found, dict)
    assert (found["destination"], found["port"]) == ("api", PORT)
    assert found["destination_pod"] == production.API
    assert found["flows"] == ["runner -> api"]
    return found


def rest_agrees(live: LiveCluster, run: Run) -> None:
    """A handshake says nothing of policies, nor do policies of it."""
    assert {each["agreement"] for each in run.connections} == {"agree"}
    assert false_verdicts(live, run) == []


@pytest.mark.parametrize("via", [Via.EXEC, Via.EPHEMERAL])
def test_one_that_demands_certificates(
    live: LiveCluster, claiming: Prober, api: TlsServer, via: Via
) -> None:
    with claiming.start(via, "--rbac", *WRITTEN, roles=()) as process:
        printed, _ = process.communicate()
    roles = [found for found in yaml.safe_load_all(printed) if found]
    run = claiming.run(via, roles=roles)
    found = only(run)
    assert (found["outcome"], found["agreement"]) == ("demanded", "agree")
    assert (found["tls_version"], found["why"]) == (
        "TLSv1.3",
        "refuses: certificate required",
    )
    assert (run.code, run.found["conclusion"]) == (0, "agrees")
    rest_agrees(live, run)
    del api


@pytest.mark.parametrize("demand", [Demand.OPTIONAL, Demand.NONE])
def test_one_that_does_not(
    live: LiveCluster, claiming: Prober, api: TlsServer, demand: Demand
) -> None:
    api.demand = demand
    run = claiming.run(Via.EXEC)
    found = only(run)
    assert (found["outcome"], found["agreement"]) == ("not-demanded", "differ")
    cause = "server accepts clients without certificate"
    assert found["diagnosis"]["cause"] == cause
    assert (run.code, run.found["conclusion"]) == (1, "differs")
    rest_agrees(live, run)


def test_one_that_speaks_no_tls_says_nothing(live: LiveCluster, claiming: Prober) -> None:
    """The listeners of the laboratory say goodbye at once, which may be for any reason."""
    run = claiming.run(Via.EXEC)
    assert (only(run)["outcome"], run.code) == ("closed", 2)
    rest_agrees(live, run)


def test_who_may_not_open_ports_is_told_so(
    live: LiveCluster, claiming: Prober, api: TlsServer
) -> None:
    with claiming.start(Via.EXEC, "--rbac", *WRITTEN, roles=()) as process:
        printed, _ = process.communicate()
    roles = [found for found in yaml.safe_load_all(printed) if found]
    for role in roles:
        kept = [rule for rule in role["rules"] if "pods/portforward" not in rule["resources"]]
        role["rules"] = kept
    run = claiming.run(Via.EXEC, roles=roles)
    assert "not permitted: create on pods/portforward in production" in run.stderr
    found = only(run)
    assert (found["outcome"], found["agreement"]) == ("not-forwarded", "inconclusive")
    assert "forbidden" in found["why"]
    assert run.code == 2
    rest_agrees(live, run)
    del api


def test_a_failure_that_passes_is_forgotten(
    live: LiveCluster, claiming: Prober, api: TlsServer
) -> None:
    live.forward.inject(ApiError(500, "InternalError", "error dialing backend"), times=1)
    run = claiming.run(Via.EXEC)
    assert (only(run)["outcome"], run.code) == ("demanded", 0)
    del api


def test_kubectl_is_not_understood_and_so_nothing_is_concluded(
    live: LiveCluster, claiming: Prober, api: TlsServer
) -> None:
    run = claiming.run(Via.KUBECTL)
    found = only(run)
    assert found["agreement"] == "inconclusive", found
    assert run.code == 2
    rest_agrees(live, run)
    del api
