from __future__ import annotations

import re

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
        ("web", "did you mean shop/web[Deployment]"),
        ("shop/web-3", "did you mean shop/web-"),
        ("shop/web[StatefulSet]", "did you mean shop/web[Deployment]"),
        ("shopp/web-1", "no namespace 'shopp' in the input; did you mean shop/web-1"),
        ("shop/db", "could be shop/db[StatefulSet] or shop/db[Job]"),
        ("svc/web", "svc/namespace/name"),
        ("10.0.0.0/33", "is no range of addresses"),
        ("10.0.0.9-10.0.0.1[External]", "the lower address first"),
        ("2001:db8::1-10.0.0.1", "is no range of addresses"),
        ("fe80::1%eth0", "zone"),
        ("shop/web[", "is not an endpoint"),
        ("a/b/c", "is not an endpoint"),
    ],
)
def test_unknown_names(text: str, message: str) -> None:
    with pytest.raises(EndpointError, match=re.escape(message)):
        resolve(RESOURCES, text)
