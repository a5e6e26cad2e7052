"""What is asked before anything is done, against real access reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from netsim.app.probe import Roles
from netsim.loader.sources.live_reading import AnswerError
from netsim.probe.interface import ProbeError
from netsim.probe.preflight import preflight
from netsim.probe.rbac import NAME, Namespaces, Task, Via, objects
from netsim.probe.ways.client import Client
from netsim.report.probe.roles import render
from netsim.report.style import Terminal
from tests.fakes.apiserver.rbac import Rbac
from tests.fakes.apiserver.server import ApiServer, serving

SPACES = {
    "shop": Task.BEGIN | Task.SHAKE | Task.NAMES,
    "edge": Task.BEGIN,
    "sys": Task.END | Task.SHAKE,
}
USER = "prober"
_GROUP = "rbac.authorization.k8s.io"


def bound(roles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The roles, each bound to the user."""
    found = list(roles)
    for role in roles:
        kind = f"{role['kind']}Binding"
        found.append(
            {
                "apiVersion": f"{_GROUP}/v1",
                "kind": kind,
                "metadata": role["metadata"],
                "roleRef": {"apiGroup": _GROUP, "kind": role["kind"], "name": NAME},
                "subjects": [{"apiGroup": _GROUP, "kind": "User", "name": USER}],
            }
        )
    return found


def client(server: ApiServer, folder: Path) -> Client:
    return Client(str(server.kubeconfig(folder, USER)), None)


def printed(spaces: Namespaces, via: Via) -> list[dict[str, Any]]:
    text = render(Roles(spaces, via), Terminal())
    return [each for each in yaml.safe_load_all(text) if each]


@pytest.mark.parametrize("way", Via)
def test_the_printed_roles_are_enough(tmp_path: Path, way: Via) -> None:
    roles = [
        each for each in yaml.safe_load_all(render(Roles(SPACES, way), Terminal())) if each
    ]
    assert roles == list(objects(SPACES, way))
    with serving(Rbac.of(bound(roles)), list(SPACES)) as server:
        found = preflight(client(server, tmp_path), "shop", SPACES, way)
    assert (found.lacking, found.barred, found.unsure) == ((), frozenset(), "")


def test_names_of_namespaces_stay_names() -> None:
    spaces = dict.fromkeys(("123", "0x1f", "2024-01-01", "true", "n", "null", "a-b"), Task.END)
    roles = [
        each for each in yaml.safe_load_all(render(Roles(spaces, Via.EXEC), Terminal())) if each
    ]
    assert roles == list(objects(spaces, Via.EXEC))


def test_nothing_is_permitted(tmp_path: Path) -> None:
    with serving(Rbac.of([])) as server, pytest.raises(ProbeError) as error:
        preflight(client(server, tmp_path), "shop", SPACES, Via.EXEC)
    for needed in ("get on pods in", "list on pods in", "get on pods/exec in", "--rbac"):
        assert needed in str(error.value)


def only(namespace: str, resource: str, *verbs: str) -> list[dict[str, Any]]:
    """The roles without a permission."""
    roles = list(objects(SPACES, Via.EXEC))
    for role in roles:
        if role["metadata"].get("namespace") == namespace:
            for rule in role["rules"]:
                if rule["resources"] == [resource]:
                    rule["verbs"] = list(verbs)
    return bound(roles)


@pytest.mark.parametrize(
    ("namespace", "resource", "verbs", "lacking", "barred"),
    [
        ("shop", "networkpolicies", (), "list on networkpolicies in shop", set()),
        ("shop", "services", (), "list on services in shop", set()),
        ("edge", "pods/exec", ("get",), "create on pods/exec in edge", {"edge"}),
        # Without it all else can be tried.
        ("shop", "pods/portforward", ("get",), "create on pods/portforward in shop", set()),
        ("sys", "pods/portforward", ("create",), "get on pods/portforward in sys", set()),
        ("sys", "pods", ("get",), "list on pods in sys", {"sys"}),
    ],
)
def test_what_is_lacking(
    tmp_path: Path,
    namespace: str,
    resource: str,
    verbs: tuple[str, ...],
    lacking: str,
    barred: set[str],
) -> None:
    with serving(Rbac.of(only(namespace, resource, *verbs))) as server:
        found = preflight(client(server, tmp_path), "shop", SPACES, Via.EXEC)
    assert [str(each) for each in found.lacking] == [lacking]
    assert found.barred == barred


def test_ports_are_opened_only_where_servers_are_to_demand_certificates() -> None:
    for way in Via:
        roles = {each["metadata"].get("namespace"): str(each) for each in objects(SPACES, way)}
        named = {name for name, role in roles.items() if "pods/portforward" in role}
        assert named == {"shop", "sys"}


@pytest.mark.parametrize("verb", ["get", "create"])
def test_both_verbs_of_exec_are_needed(tmp_path: Path, verb: str) -> None:
    authorizer = Rbac.of(only("shop", "pods/exec", verb))
    other = {"get": "create", "create": "get"}[verb]
    with (
        serving(authorizer) as server,
        pytest.raises(ProbeError, match=f"{other} on pods/exec"),
    ):
        preflight(client(server, tmp_path), "shop", SPACES, Via.EXEC)


class Refusing:
    """An API server that does not answer reviews."""

    def __init__(self, status: int) -> None:
        self.status = status

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        raise AssertionError((path, query))

    def stop(self) -> None: ...

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        raise AnswerError(self.status, f"no {path} for {sorted(body)}")


@pytest.mark.parametrize("status", [0, 401])
def test_no_cluster_and_no_credentials_end_it(status: int) -> None:
    with pytest.raises(ProbeError, match=r"the cluster (cannot be reached|does not accept)"):
        preflight(Refusing(status), "shop", SPACES, Via.EXEC)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_without_reviews_it_goes_on(status: int) -> None:
    found = preflight(Refusing(status), "shop", SPACES, Via.EXEC)
    assert (found.lacking, found.barred) == ((), frozenset())
    assert "cannot be checked" in found.unsure
