from __future__ import annotations

import re
from pathlib import Path

import pytest

from netsim.engine.naming.endpoints import EndpointError, resolve
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.labels import Labels
from netsim.model.resources import (
    Namespace,
    Origin,
    Pod,
    PodNetwork,
    Resources,
    WorkloadName,
)
from tests.cli.command import netsim

WEB = WorkloadName("shop", "web", "Deployment")
ONE = Pod(WEB, Labels(), name="web-1", addresses=AddressSet.parse("10.0.0.1"))
TWO = Pod(WEB, Labels(), name="web-2", addresses=AddressSet.parse("10.0.0.2"))
DB = Pod(WorkloadName("shop", "db", "StatefulSet"), Labels())
JOB = Pod(WorkloadName("shop", "db", "Job"), Labels())
NODE = AddressSet.parse("192.168.0.1")
HOST = Pod(
    WorkloadName("shop", "agent", "DaemonSet"),
    Labels(),
    name="agent-1",
    addresses=NODE,
    network=PodNetwork.HOST,
)
SPACES = (Namespace("shop", Labels(), Origin.READ),)
RESOURCES = Resources(namespaces=SPACES, pods=(ONE, TWO, DB, JOB, HOST))


@pytest.mark.parametrize(
    ("text", "title", "pods"),
    [
        ("shop/web-1", "shop/web-1", (ONE,)),
        (" shop/web-1 ", "shop/web-1", (ONE,)),
        ("shop/web[Deployment]", "shop/web[Deployment]", (ONE, TWO)),
        ("shop/web", "shop/web[Deployment]", (ONE, TWO)),
        ("shop/db[Job]", "shop/db[Job]", (JOB,)),
        ("web", "shop/web[Deployment]", (ONE, TWO)),
        ("web[Deployment]", "shop/web[Deployment]", (ONE, TWO)),
        ("web-2", "shop/web-2[Pod]", (TWO,)),
        ("db[Job]", "shop/db[Job]", (JOB,)),
        ("10.0.0.2", "10.0.0.2", (TWO,)),
        ("192.168.0.1", "192.168.0.1", (HOST,)),
    ],
)
def test_pods(text: str, title: str, pods: tuple[Pod, ...]) -> None:
    assert resolve(RESOURCES, text) == PodEndpoint(title, pods)


@pytest.mark.parametrize("text", ["8.8.8.8", "2001:db8::1"])
def test_other_addresses_are_external(text: str) -> None:
    assert resolve(RESOURCES, text) == ExternalEndpoint(text, AddressSet.parse(text))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no endpoint is given"),
        ("wep", "did you mean shop/web[Deployment]"),
        ("web[Job]", "did you mean shop/web[Deployment]"),
        ("db", "'db' could be shop/db[Job] or shop/db[StatefulSet]: write one of these"),
        ("shop/web-3", "did you mean shop/web-"),
        ("shop/web[StatefulSet]", "did you mean shop/web[Deployment]"),
        ("shopp/web-1", "no namespace 'shopp' in the input; did you mean shop/web-1"),
        ("shop/db", "could be shop/db[StatefulSet] or shop/db[Job]"),
        ("svc/web", "svc/namespace/name"),
        ("10.0.0.0/33", "is no range of addresses"),
        ("10.0.0.9-10.0.0.1[External]", "the lower address first"),
        ("2001:db8::1-10.0.0.1", "is no range of addresses"),
        ("fe80::1%eth0", "zone"),
        ("0.0.0.0/0 except 10.0.0", "is no range of addresses"),
        ("shop/web[", "is not an endpoint"),
        ("a/b/c", "is not an endpoint"),
    ],
)
def test_unknown_names(text: str, message: str) -> None:
    with pytest.raises(EndpointError, match=re.escape(message)):
        resolve(RESOURCES, text)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("any address", AddressSet.full()),
        (
            "0.0.0.0/0 except 10.0.0.0/8",
            AddressSet.parse("0.0.0.0/0") - AddressSet.parse("10.0.0.0/8"),
        ),
    ],
)
def test_addresses_as_a_list_writes_them(text: str, addresses: AddressSet) -> None:
    assert resolve(RESOURCES, text) == ExternalEndpoint(text, addresses)


ABROAD = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: abroad, labels: {app: web}}
spec: {containers: [{name: c, image: i:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: abroad}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
"""
SHOP = """
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: c, image: i:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: store, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
SCENARIO = """
namespace: shop
endpoints: {web: {workload: web}}
flows: []
"""
ASKING = {
    "eval": ("eval", "{path}", "--src", "{name}", "--dst", "1.1.1.1", "--port", "1"),
    "explain": ("explain", "{path}", "--src", "1.1.1.1", "--dst", "{name}", "--port", "1"),
    "query": ("query", "destinations", "{path}", "--from", "{name}"),
    "list": ("list", "{path}", "--focus", "{name}"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "k8s.yaml").write_text(ABROAD + SHOP, encoding="utf-8")
    (tmp_path / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("command", ASKING)
def test_several_workloads_of_one_name(folder: Path, command: str) -> None:
    arguments = [each.format(path="k8s.yaml", name="web") for each in ASKING[command]]
    done = netsim(*arguments, cwd=folder)
    assert done.code == 2
    assert "'web' could be abroad/web[Pod] or shop/web[Pod]: write one of these" in done.err
    # A name of the scenario is clear.
    known = netsim(*arguments, "--scenario", "scenario.yaml", cwd=folder)
    assert (known.code, known.err) == (0, "")


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("svc/store", 0, "svc/store"),
        ("service/store", 0, "service/store"),
        ("svc/api", 2, "'svc/api' could be svc/abroad/api or svc/shop/api: write one of these"),
        ("svc/nope", 2, "'svc/nope': write a Service as svc/namespace/name"),
    ],
)
def test_services_by_their_name_alone(folder: Path, name: str, code: int, said: str) -> None:
    done = netsim(
        "eval", "k8s.yaml", "--src", "abroad/web", "--dst", name, "--port", "80", cwd=folder
    )
    assert done.code == code
    assert said in done.out + done.err
    assert ("allow" in done.out) is (code == 0)


NAMESAKE = """
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
spec: {containers: [{name: c, image: i:1}]}
---
apiVersion: v1
kind: Pod
metadata: {name: postgres, namespace: shop, labels: {app: postgres}}
spec: {containers: [{name: c, image: i:1}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: postgres}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Service
metadata: {name: postgres, namespace: shop}
spec: {selector: {app: postgres}, ports: [{port: 5432}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: postgres, namespace: shop}
spec: {podSelector: {matchLabels: {app: postgres}}}
"""


@pytest.mark.parametrize(
    "command",
    [
        ("eval", "k8s.yaml", "--src", "1.1.1.1", "--dst", "{}", "--port", "5432"),
        ("explain", "k8s.yaml", "--src", "1.1.1.1", "--dst", "{}", "--port", "5432"),
        ("explain", "k8s.yaml", "--src", "1.1.1.1", "--dst", "{}"),
        ("query", "sources", "k8s.yaml", "--to", "{}"),
        ("query", "sources", "k8s.yaml", "--to", "{}", "--port", "5432"),
    ],
)
def test_a_workload_that_is_called_as_a_service_of_others(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    """The one answer would be allow, the other deny."""
    (tmp_path / "k8s.yaml").write_text(NAMESAKE, encoding="utf-8")
    codes = {}
    for name in ("db", "postgres", "db[Pod]", "shop/db", "svc/shop/db"):
        done = netsim(*(each.format(name) for each in command), cwd=tmp_path)
        codes[name] = done.code
        if name == "db":
            assert "'db' could be shop/db[Pod] or svc/shop/db: write one of these" in done.err
    assert codes == {"db": 2, "postgres": 0, "db[Pod]": 0, "shop/db": 0, "svc/shop/db": 0}
