from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.fakes.apiserver.client import LEASES, PODS, ask, lease, pod
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.rbac import AllowAll, Attributes, Rbac, permits
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.apiserver.users import ADMIN, service_account, user

ROBOT = service_account("shop", "robot")


def rule(
    verbs: str, resources: str, groups: Sequence[str] = ("",), names: Sequence[str] = ()
) -> Object:
    found = {"verbs": verbs.split(), "apiGroups": list(groups), "resources": resources.split()}
    return {**found, **({"resourceNames": list(names)} if names else {})}


@pytest.mark.parametrize(
    ("allowed", "action", "expected"),
    [
        (rule("get list", "pods"), Attributes("list", "", "pods", "shop"), True),
        (rule("get list", "pods"), Attributes("create", "", "pods", "shop"), False),
        (rule("*", "pods"), Attributes("deletecollection", "", "pods"), True),
        (rule("get", "pods"), Attributes("get", "apps", "pods"), False),
        (rule("get", "pods", ["*"]), Attributes("get", "apps", "pods"), True),
        (rule("get", "*"), Attributes("get", "", "pods/log"), True),
        # A resource does not include what is below it, and "pods/*" is no pattern.
        (rule("create", "pods"), Attributes("create", "", "pods/exec"), False),
        (rule("create", "pods/*"), Attributes("create", "", "pods/exec"), False),
        (rule("create", "*/exec"), Attributes("create", "", "pods/exec"), True),
        (rule("create", "pods/exec"), Attributes("create", "", "pods"), False),
        (rule("get", "pods", names=["a"]), Attributes("get", "", "pods", "shop", "a"), True),
        (rule("get", "pods", names=["a"]), Attributes("get", "", "pods", "shop", "b"), False),
        # Neither a list nor a creation has a name.
        (rule("list create", "pods", names=["a"]), Attributes("list", "", "pods"), False),
        (rule("list create", "pods", names=["a"]), Attributes("create", "", "pods"), False),
    ],
)
def test_rules(allowed: Object, action: Attributes, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert permits(allowed, action) is expected


def role(*rules: Object, kind: str = "Role", namespace: str = "shop") -> Object:
    own = {"name": "r", **({"namespace": namespace} if kind == "Role" else {})}
    return {"kind": kind, "metadata": own, "rules": list(rules)}


def binding(
    *subjects: Object, kind: str = "RoleBinding", to: str = "Role", namespace: str = "shop"
) -> Object:
    return {
        "kind": kind,
        "metadata": {"name": "b", "namespace": namespace},
        "subjects": list(subjects),
        "roleRef": {"kind": to, "name": "r"},
    }


ACCOUNT = {"kind": "ServiceAccount", "name": "robot", "namespace": "shop"}
EVERYONE = {"kind": "Group", "name": "system:authenticated"}
LIST = rule("list", "pods")


@pytest.mark.parametrize(
    ("objects", "namespace", "expected"),
    [
        ([role(LIST), binding(ACCOUNT)], "shop", True),
        ([role(LIST), binding(ACCOUNT)], "default", False),
        # A list over all namespaces concerns the cluster.
        ([role(LIST), binding(ACCOUNT)], "", False),
        ([role(LIST), binding({**ACCOUNT, "namespace": "default"})], "shop", False),
        ([role(LIST), binding({"kind": "User", "name": ROBOT})], "shop", True),
        ([role(LIST), binding(EVERYONE)], "shop", True),
        ([role(LIST, namespace="default"), binding(ACCOUNT)], "shop", False),
        ([role(LIST, kind="ClusterRole"), binding(ACCOUNT, to="ClusterRole")], "shop", True),
        (
            [
                role(LIST, kind="ClusterRole"),
                binding(ACCOUNT, kind="ClusterRoleBinding", to="ClusterRole"),
            ],
            "",
            True,
        ),
        ([role(LIST)], "shop", False),
        ([], "shop", False),
    ],
)
def test_bindings(objects: list[Object], namespace: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    action = Attributes("list", "", "pods", namespace)
    assert Rbac.of(objects).allows(user(ROBOT), action) is expected
    assert Rbac.of(objects).allows(user(ADMIN), action)
    assert AllowAll().allows(user(ROBOT), action)


SHOP = 'in the namespace "shop"'


@pytest.mark.parametrize(
    ("method", "path", "subject", "cannot", "where"),
    [
        ("GET", PODS, "pods", 'list resource "pods" in API group ""', SHOP),
        (
            *("GET", "/api/v1/pods", "pods"),
            *('list resource "pods" in API group ""', "at the cluster scope"),
        ),
        ("GET", f"{PODS}?watch=1", "pods", 'watch resource "pods" in API group ""', SHOP),
        ("DELETE", f"{PODS}/a", 'pods "a"', 'delete resource "pods" in API group ""', SHOP),
        (
            *("PUT", f"{LEASES}/a", 'leases.coordination.k8s.io "a"'),
            *('update resource "leases" in API group "coordination.k8s.io"', SHOP),
        ),
        # A Namespace lies in itself.
        (
            *("GET", "/api/v1/namespaces/shop", 'namespaces "shop"'),
            *('get resource "namespaces" in API group ""', SHOP),
        ),
    ],
)
def test_what_is_forbidden(
    server: ApiServer, method: str, path: str, subject: str, cannot: str, where: str
) -> None:
    server.authorizer = Rbac.of([])
    found = ask(server, method, path, user=ROBOT)
    assert (found.code, found.reason) == (403, "Forbidden")
    assert found.message == f'{subject} is forbidden: User "{ROBOT}" cannot {cannot} {where}'


def test_everyone_may_discover(server: ApiServer) -> None:
    server.authorizer = Rbac.of([])
    for path in ("/api", "/apis", "/api/v1", "/apis/batch/v1", "/version", "/openapi/v3"):
        assert ask(server, "GET", path, user=ROBOT).code == 200


def test_a_name_in_a_field_selector_counts_as_the_name(server: ApiServer) -> None:
    allowed = rule("list", "pods", names=["a"])
    server.authorizer = Rbac.of([role(allowed), binding(ACCOUNT)])
    server.store.add(pod("a"), pod("b"))
    found = ask(server, "GET", f"{PODS}?fieldSelector=metadata.name%3Da", user=ROBOT)
    assert len(found.body["items"]) == 1
    assert ask(server, "GET", PODS, user=ROBOT).code == 403


def test_an_update_that_creates_needs_both_verbs(server: ApiServer) -> None:
    allowed = rule("update", "leases", ["coordination.k8s.io"])
    server.authorizer = Rbac.of([role(allowed), binding(ACCOUNT)])
    found = ask(server, "PUT", f"{LEASES}/lock", lease(), user=ROBOT)
    assert "cannot create resource" in found.message


def test_rules_of_the_cluster_itself(server: ApiServer) -> None:
    server.authorizer = Rbac.in_store(server.store)
    assert ask(server, "GET", PODS, user=ROBOT).code == 403
    group = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    server.store.add({**group, **role(LIST)}, {**group, **binding(ACCOUNT)})
    assert ask(server, "GET", PODS, user=ROBOT).code == 200
