"""What kubectl really asks an API server for, against what is read from its command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from netsim.scripts.kubectl.accesses import Access, Naming, Place
from netsim.scripts.kubectl.calls import read_call
from netsim.scripts.kubectl.invocations import Invocation, Reach
from tests.fakes.apiserver import routes
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.kubectl import Kubectl, needs_kubectl
from tests.fakes.apiserver.rbac import Attributes
from tests.fakes.apiserver.server import ApiServer, serving

NAMESPACE = "shop"
POD: Object = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "p", "namespace": NAMESPACE, "labels": {"app": "x"}},
    "spec": {"containers": [{"name": "c", "image": "i"}]},
    "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
}
CONFIG: Object = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "m", "namespace": NAMESPACE},
}
NEW: Object = {**CONFIG, "metadata": {"name": "new", "namespace": NAMESPACE}}
DEPLOYMENT: Object = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "d", "namespace": NAMESPACE, "generation": 1},
    "spec": {
        "replicas": 1,
        "selector": {"matchLabels": {"app": "x"}},
        "template": {"metadata": {"labels": {"app": "x"}}, "spec": POD["spec"]},
    },
    "status": {"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1},
}
LEASE: Object = {
    "apiVersion": "coordination.k8s.io/v1",
    "kind": "Lease",
    "metadata": {"name": "l", "namespace": NAMESPACE},
    "spec": {},
}

# Beside each what it does not ask for this time: of the two writes of apply it makes one,
# whether it lists what it then watches is a matter of the version, and what the server of the
# tests does not serve, such as a scale, ends the call there.
COMMANDS: tuple[tuple[str, Object | None, tuple[str, ...]], ...] = (
    ("get pods", None, ()),
    ("get pods p", None, ()),
    ("get pods -l app=x", None, ()),
    ("get pods,cm", None, ()),
    ("get pod/p cm/m", None, ()),
    ("get pods -A", None, ()),
    ("get pods --field-selector metadata.name=p", None, ()),
    ("get pods -w --request-timeout=1s", None, ()),
    ("get pods p -w --request-timeout=1s", None, ()),
    ("get lease.coordination.k8s.io l", None, ()),
    ("get -f -", POD, ()),
    ("get ns shop", None, ()),
    ("get --raw /api/v1/namespaces/shop/pods/p", None, ()),
    ("get --raw /api/v1/namespaces/shop/pods", None, ()),
    ("create -f -", NEW, ()),
    ("create configmap new --from-literal=a=b", None, ()),
    ("create configmap new --from-literal=a=b --dry-run=client", None, ()),
    ("apply -f -", CONFIG, ("create configmaps",)),
    ("apply -f -", NEW, ("patch configmaps new",)),
    ("replace -f -", CONFIG, ()),
    ("replace --force -f -", CONFIG, ()),
    ("delete pod p", None, ()),
    ("delete pod p --wait=false", None, ()),
    ("delete pods -l app=x", None, ()),
    ("delete pods --all --now", None, ()),
    ("delete -f -", CONFIG, ()),
    ("delete --raw /api/v1/namespaces/shop/pods/p", None, ()),
    ('patch pod p -p \'{"metadata":{"labels":{"a":"b"}}}\'', None, ()),
    ("label pod p a=b", None, ()),
    ("label pods --all a=b", None, ()),
    ("annotate pods -l app=x a=b", None, ()),
    ("set image deployment d c=j", None, ()),
    ("logs p", None, ()),
    ("logs -l app=x", None, ()),
    ("logs deploy/d", None, ()),
    ("exec p -- true", None, ()),
    ("exec deploy/d -- true", None, ()),
    ("wait pod p --for=condition=Ready --timeout=5s", None, ("list pods p",)),
    ("wait pods -l app=x --for=condition=Ready --timeout=5s", None, ()),
    ("rollout restart deployment d", None, ()),
    (
        "rollout status deployment d --timeout=5s",
        None,
        ("list deployments.apps d",),
    ),
    ("rollout history deployment d", None, ()),
    ("scale deployment d --replicas=2", None, ()),
    (
        "scale deployment d --replicas=2 --current-replicas=1",
        None,
        ("update deployments.apps/scale d",),
    ),
    ("run r --image=i", None, ()),
    ("events", None, ()),
    ("auth can-i get pods", None, ()),
    ("version", None, ()),
    ("config view", None, ()),
)


@pytest.fixture
def cluster() -> Iterator[ApiServer]:
    with serving(namespaces=("default", NAMESPACE)) as server:
        server.store.add(*json.loads(json.dumps([POD, CONFIG, DEPLOYMENT, LEASE])))
        yield server


def requests(server: ApiServer) -> set[Attributes]:
    """What the server was asked for, as the authorizer sees it."""
    found = set()
    for entry in server.log:
        target = routes.target(entry.path)
        # kubectl looks whether the namespace exists behind an answer of 404, and goes on if
        # it may not; everyone may ask what they may do.
        if target is None or not target.kind.is_stored:
            continue
        attributes = routes.attributes(entry.method, target, entry.query)
        if (attributes.resource, attributes.verb) != ("namespaces", "get"):
            found.add(attributes)
    return found


PLACES = {Place.OWN: NAMESPACE, Place.CLUSTER: ""}


def allows(access: Access, request: Attributes) -> bool:
    if (access.verb, access.group, access.resource) != (
        request.verb,
        request.group,
        request.resource,
    ):
        return False
    # The authorizer is told an empty name where there is none.
    name = "" if access.name is Naming.NONE else access.name
    place = access.namespace
    where = PLACES.get(place) if isinstance(place, Place) else place
    return name in (Naming.UNKNOWN, request.name) and where == request.namespace


@needs_kubectl
@pytest.mark.parametrize(
    ("command", "manifest", "not_here"), COMMANDS, ids=[row[0][:50] for row in COMMANDS]
)
def test_requests(
    command: str,
    manifest: Object | None,
    not_here: tuple[str, ...],
    cluster: ApiServer,
    tmp_path: Path,
) -> None:
    words = shlex.split(command)
    stdin = json.dumps(manifest) if manifest else ""
    Kubectl(cluster.kubeconfig(tmp_path, namespace=NAMESPACE)).run(*words, stdin=stdin)
    call = read_call(Invocation(tuple(words), stdin or None, {}, 1, Reach.CALLED))
    asked = requests(cluster)
    assert call.unclear is None
    known = (*call.needs, *call.may)
    assert [each for each in asked if not any(allows(access, each) for access in known)] == []
    idle = {str(a) for a in call.needs if not any(allows(a, each) for each in asked)}
    namespaces = {str(access) for access in call.needs if access.resource == "namespaces"}
    assert idle - namespaces == set(not_here)
