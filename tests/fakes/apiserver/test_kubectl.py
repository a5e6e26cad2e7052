"""kubectl, as it is, against the server."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest
import yaml

from tests.fakes.apiserver import pods
from tests.fakes.apiserver.client import LEASES, PODS, lease, pod
from tests.fakes.apiserver.kubectl import Kubectl, needs_kubectl
from tests.fakes.apiserver.rbac import Rbac
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.apiserver.users import service_account

pytestmark = needs_kubectl


@pytest.fixture
def shop(server: ApiServer) -> ApiServer:
    """Two pods and a lock; the warm one is Ready."""
    server.store.pods = pods.ready
    warm = pod("warm", app="warm")
    warm["status"] = pods.ready(warm)
    server.store.add(warm, pod("used", app="used"), lease(holderIdentity="a"))
    return server


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("get pods -o name", "pod/used\npod/warm\n"),
        ("get po -o name -l app=warm", "pod/warm\n"),
        ("get pods -o name -l app!=warm", "pod/used\n"),
        ("get pods -o name --field-selector status.phase=Running", "pod/warm\n"),
        ("get pods -o name --field-selector metadata.name=none", ""),
        ("get pods --no-headers -o custom-columns=N:.metadata.name", "used\nwarm\n"),
        ("get pods -o jsonpath={.items[*].metadata.name}", "used warm"),
        ("get pods -A --chunk-size=1 -o name", "pod/used\npod/warm\n"),
        ("get pod warm -o jsonpath={.kind}/{.status.phase}", "Pod/Running"),
        ("get pod none --ignore-not-found", ""),
        ("get lease lock -o jsonpath={.spec.holderIdentity}", "a"),
        ("get pdb,cj,deploy,netpol,runtimeclass -o name", ""),
        ("wait pod/warm --for=condition=Ready --timeout=5s", "pod/warm condition met\n"),
        ("wait pod/none --for=delete --timeout=5s", ""),
        ("label pod used app=warm --overwrite", "pod/used labeled\n"),
        ("label pod used app-", "pod/used unlabeled\n"),
        ("annotate pod used shop/a=b", "pod/used annotated\n"),
        ('patch pod used -p {"metadata":{"labels":{"a":"b"}}}', "pod/used patched\n"),
        (
            'patch pod used --type=merge -p {"metadata":{"labels":{"app":"used"}}}',
            "pod/used patched (no change)\n",
        ),
        (
            'patch pod used --type=json -p [{"op":"remove","path":"/metadata/labels/app"}]',
            "pod/used patched\n",
        ),
        (
            'patch pod used --subresource=status -p {"status":{"phase":"Failed"}}',
            "pod/used patched\n",
        ),
        ("delete pod warm", 'pod "warm" deleted from shop namespace\n'),
        ("delete pod none --ignore-not-found", ""),
        ("delete pods --all -o name", "pod/used\npod/warm\n"),
        ("delete pods -l app=used --wait=false -o name", "pod/used\n"),
        ("delete ns shop", 'namespace "shop" deleted\n'),
        ("create configmap settings --from-literal=a=b", "configmap/settings created\n"),
        ("create secret generic keys --from-literal=a=b", "secret/keys created\n"),
        ("create namespace other", "namespace/other created\n"),
        ("create serviceaccount robot", "serviceaccount/robot created\n"),
        ("auth can-i create pods --subresource=exec", "yes\n"),
    ],
)
def test_commands(shop: ApiServer, kubectl: Kubectl, command: str, expected: str) -> None:
    assert kubectl(*_words(command)) == expected
    assert all(entry.user == "admin" for entry in shop.log)


@pytest.mark.parametrize(
    ("command", "error"),
    [
        ("get pod none", 'Error from server (NotFound): pods "none" not found'),
        ("get widgets", 'error: the server doesn\'t have a resource type "widgets"'),
        (
            "get pods --field-selector spec.x=y",
            'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match',
        ),
        ("delete pod none", 'Error from server (NotFound): pods "none" not found'),
        (
            'patch pod used --type=json -p [{"op":"test","path":"/metadata/name","value":"x"}]',
            "The request is invalid: the server rejected our request due to an error in our",
        ),
        ("wait pod/used --for=condition=Ready --timeout=1s", "error: timed out waiting for"),
        ("logs warm", "Error from server (NotFound): the server could not find the requested"),
        ("exec warm -- true", "error: unable to upgrade connection: the server could not find"),
        # Only simple objects can be read in protobuf, which commands that make them send.
        ("create job a --image=b", "error: failed to create job: the body of the request was"),
        ("apply --server-side -f PODS", "error: Server-side apply not available on the server"),
        ("create -f PODS", "Error from server (AlreadyExists): error when creating"),
    ],
)
def test_commands_that_fail(
    shop: ApiServer, kubectl: Kubectl, tmp_path: Path, command: str, error: str
) -> None:
    del shop
    file = tmp_path / "pod.json"
    file.write_text(json.dumps(pod("used")), encoding="utf-8")
    done = kubectl.run(*_words(command.replace("PODS", str(file))))
    assert done.returncode == 1
    assert error in done.stderr


def _words(command: str) -> list[str]:
    return command.split(" ")


def test_the_default_output_names_pods(shop: ApiServer, kubectl: Kubectl) -> None:
    del shop
    lines = kubectl("get", "pods").splitlines()
    assert [line.split()[0] for line in lines] == ["NAME", "used", "warm"]
    assert "NAMESPACE" in kubectl("get", "pods", "-A", "-o", "wide")


def test_objects_come_as_they_are_stored(shop: ApiServer, kubectl: Kubectl) -> None:
    stored = shop.store.one("Pod", "shop", "warm")
    assert json.loads(kubectl("get", "pod", "warm", "-o", "json")) == stored
    assert yaml.safe_load(kubectl("get", "pod", "warm", "-o", "yaml")) == stored
    items = json.loads(kubectl("get", "pods", "-o", "json"))["items"]
    assert {one["kind"] for one in items} == {"Pod"}


def test_create_from_standard_input(server: ApiServer, kubectl: Kubectl) -> None:
    assert kubectl("create", "-f", "-", stdin=json.dumps(pod("a"))) == "pod/a created\n"
    found = kubectl("create", "-f", "-", "-o", "name", stdin=json.dumps(pod(app="warm")))
    assert re.fullmatch(r"pod/warm-[a-z0-9]{5}\n", found)
    assert len(server.store.names("Pod", "shop")) == 2


def test_fields_are_validated_by_the_server(server: ApiServer, kubectl: Kubectl) -> None:
    odd = json.dumps(pod("a") | {"spce": {}})
    done = kubectl.run("create", "-f", "-", stdin=odd)
    assert 'strict decoding error: unknown field "spce"' in done.stderr
    assert server.store.names("Pod") == []
    done = kubectl.run("create", "--validate=warn", "-f", "-", stdin=odd)
    assert 'Warning: unknown field "spce"' in done.stderr
    assert server.store.names("Pod") == ["a"]


def test_a_dry_run_of_the_server(server: ApiServer, kubectl: Kubectl) -> None:
    text = json.dumps(pod("a"))
    kubectl("create", "--dry-run=server", "-f", "-", stdin=text)
    assert server.store.names("Pod") == []


def test_apply_twice_and_once_more_with_a_change(server: ApiServer, kubectl: Kubectl) -> None:
    wanted = pod("a", app="warm")
    outputs = []
    for image in ("shop:1", "shop:1", "shop:2"):
        wanted["spec"]["containers"][0]["image"] = image
        outputs.append(kubectl("apply", "-f", "-", stdin=json.dumps(wanted)))
    assert outputs == ["pod/a created\n", "pod/a unchanged\n", "pod/a configured\n"]
    (container,) = server.store.one("Pod", "shop", "a")["spec"]["containers"]
    assert container == {"name": "main", "image": "shop:2"}


def test_a_raw_delete_sends_the_file_as_its_options(
    shop: ApiServer, kubectl: Kubectl, tmp_path: Path
) -> None:
    own = shop.store.one("Pod", "shop", "warm")["metadata"]
    file = tmp_path / "options.json"
    options = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": "other"}}
    file.write_text(json.dumps(options), encoding="utf-8")
    done = kubectl.run("delete", "--raw", f"{PODS}/warm", "-f", str(file))
    assert done.stderr.startswith("Error from server (Conflict): Operation cannot be fulfilled")
    assert json.loads(shop.log[-1].body) == options
    options["preconditions"] = {
        "uid": own["uid"],
        "resourceVersion": own["resourceVersion"],
    }
    kubectl("delete", "--raw", f"{PODS}/warm", "-f", "-", stdin=json.dumps(options))
    assert shop.store.names("Pod") == ["used"]


def test_replacing_a_stale_version(shop: ApiServer, kubectl: Kubectl) -> None:
    seen = json.loads(kubectl("get", "lease", "lock", "-o", "json"))
    taken = {"holderIdentity": "b"}
    shop.store.change("Lease", "shop", "lock", lambda one: one.update(spec=taken))
    seen["spec"]["holderIdentity"] = "c"
    done = kubectl.run("replace", "-f", "-", stdin=json.dumps(seen))
    assert done.returncode == 1
    assert "Error from server (Conflict): error when replacing" in done.stderr
    assert 'leases.coordination.k8s.io "lock": the object has been modified' in done.stderr
    assert shop.log[-1].path == f"{LEASES}/lock"
    seen["metadata"]["resourceVersion"] = str(shop.store.version)
    assert kubectl("replace", "-f", "-", stdin=json.dumps(seen)).endswith("lock replaced\n")


def test_waiting_for_what_comes_later(server: ApiServer, kubectl: Kubectl) -> None:
    server.store.add(pod("a"))

    def become_ready() -> None:
        server.store.change("Pod", "shop", "a", lambda one: one.update(status=pods.ready(one)))

    server.faults.after(lambda *_: True, threading.Timer(0.3, become_ready).start, skip=3)
    kubectl("wait", "pod/a", "--for=condition=Ready", "--timeout=20s")


def test_waiting_for_a_deletion(server: ApiServer, kubectl: Kubectl) -> None:
    held = pod("a")
    held["metadata"]["finalizers"] = ["shop/hold"]
    server.store.add(held)
    threading.Timer(0.5, lambda: server.store.drop("Pod", "shop", "a")).start()
    assert kubectl("delete", "pod", "a", "--timeout=20s").startswith('pod "a" deleted')
    assert server.store.names("Pod") == []


def test_what_a_service_account_may_do(server: ApiServer, tmp_path: Path) -> None:
    named = {"namespace": "shop", "name": "robot"}
    role = {"verbs": ["get", "list"], "apiGroups": [""], "resources": ["pods"]}
    subjects = [{"kind": "ServiceAccount", **named}]
    server.authorizer = Rbac.of(
        [
            {"kind": "Role", "metadata": named, "rules": [role]},
            {
                "kind": "RoleBinding",
                "metadata": named,
                "subjects": subjects,
                "roleRef": {"kind": "Role", "name": "robot"},
            },
        ]
    )
    user = service_account("shop", "robot")
    kubectl = Kubectl(server.kubeconfig(tmp_path, user=user, namespace="shop"))
    assert kubectl("get", "pods", "-o", "name") == ""
    assert kubectl("auth", "can-i", "list", "pods") == "yes\n"
    assert kubectl.run("auth", "can-i", "create", "pods").stdout == "no\n"
    assert "[get list]" in kubectl("auth", "can-i", "--list")
    assert user in kubectl("auth", "whoami")
    done = kubectl.run("get", "pods", "-n", "default")
    assert done.stderr == (
        f'Error from server (Forbidden): pods is forbidden: User "{user}" cannot list resource '
        '"pods" in API group "" in the namespace "default"\n'
    )
    server.tokens.revoke(user)
    assert "You must be logged in" in kubectl.run("get", "pods").stderr
