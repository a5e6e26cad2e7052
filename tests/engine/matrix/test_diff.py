"""What a change opens and closes, and what is to blame."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.matrix.diff import Change, Diff, Difference, Side, diff
from netsim.engine.matrix.diff_causes import Causes
from netsim.engine.matrix.listing import split_ends, title_of
from netsim.engine.naming.controller import Controller
from netsim.loader.load import load
from netsim.model.conventions import Conventions
from netsim.model.resources import Resources, WorkloadName
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

PODS = "".join(
    f"""\
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}
---
"""
    for name in ("web", "api", "db")
)


def policy(name: str, subject: str, ingress: str) -> str:
    return f"""\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}, namespace: shop}}
spec: {{podSelector: {subject}, ingress: {ingress}}}
---
"""


def admin(action: str) -> str:
    return f"""\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {{name: all}}
spec:
  priority: 1
  subject: {{namespaces: {{}}}}
  ingress:
  - {{action: {action}, from: [namespaces: {{}}]}}
"""


API = "{matchLabels: {app: api}}"
FROM_WEB = "[{from: [podSelector: {matchLabels: {app: web}}], ports: [{port: PORT}]}]"
BASE = PODS + policy("api", API, FROM_WEB.replace("PORT", "80"))
ANYWHERE = "0.0.0.0-255.255.255.255[External]"


def side(tmp_path: Path, text: str, name: str) -> Side:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    loaded = load([str(file)])
    assert not loaded.errors
    return evaluated(loaded.resources)


def evaluated(resources: Resources) -> Side:
    return Side.of(resources, Conventions(), Controller())


def told(old: Side, new: Side) -> list[str]:
    """Each difference with its causes, in a line; addresses of the second family left out."""
    causes = Causes(old, new)

    def because(d: Difference) -> str:
        return "; ".join(dict.fromkeys(f"{c.title} {c.status.value}" for c in causes.of(d)))

    return [
        f"{d.change.value} {d.source} => {d.destination} +{d.opened} -{d.closed}"
        f" because {because(d)}"
        for d in diff(old, new).differences
        if not d.source.startswith("::") and not d.destination.startswith("::")
    ]


ALL_BUT_80 = "SCTP 1-65535,TCP 1-79,81-65535,UDP 1-65535"
WEB_API = "shop/web[Pod] => shop/api[Pod]"
CHANGES = [
    (BASE, []),
    # The order of documents, and their places, mean nothing.
    ("# moved\n" + policy("api", API, FROM_WEB.replace("PORT", "80")) + PODS, []),
    (
        PODS + policy("api", API, FROM_WEB.replace("PORT", "81")),
        [f"changed {WEB_API} +TCP 81 -TCP 80 because shop/api changed"],
    ),
    (PODS + policy("api", API, "[]"), [f"closed {WEB_API} + -TCP 80 because shop/api changed"]),
    (
        PODS,
        [
            f"opened {ANYWHERE} => shop/api[Pod] +All Connections - because shop/api removed",
            "opened shop/db[Pod] => shop/api[Pod] +All Connections - because shop/api removed",
            f"changed {WEB_API} +{ALL_BUT_80} - because shop/api removed",
        ],
    ),
    # The same under another name is two changes that make none.
    (PODS + policy("other", API, FROM_WEB.replace("PORT", "80")), []),
    (
        BASE + policy("db", "{matchLabels: {app: db}}", "[]"),
        [
            f"closed {ANYWHERE} => shop/db[Pod] + -All Connections because shop/db added",
            "closed shop/api[Pod] => shop/db[Pod] + -All Connections because shop/db added",
            "closed shop/web[Pod] => shop/db[Pod] + -All Connections because shop/db added",
        ],
    ),
    # Not a policy: the labels of a pod.
    (
        BASE.replace("labels: {app: db}", "labels: {app: web}"),
        ["opened shop/db[Pod] => shop/api[Pod] +TCP 80 - because shop/db[Pod] changed"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), CHANGES)
def test_exactly_the_changed_pairs(tmp_path: Path, text: str, expected: list[str]) -> None:
    old, new = side(tmp_path, BASE, "old.yaml"), side(tmp_path, text, "new.yaml")
    assert told(old, new) == expected


def test_an_admin_policy_to_blame(tmp_path: Path) -> None:
    old, new = (
        side(tmp_path, BASE, "old.yaml"),
        side(tmp_path, BASE + admin("Deny"), "new.yaml"),
    )
    causes = Causes(old, new)
    (difference,) = [
        d for d in diff(old, new).differences if d.destination.startswith("shop/api")
    ]
    (found,) = {str(cause).partition(" (")[0] for cause in causes.of(difference)} - {"shop/api"}
    assert found == "AdminNetworkPolicy/all"
    assert difference.change is Change.CLOSED


def test_every_policy_to_blame_is_named(tmp_path: Path) -> None:
    both = policy("first", API, "[]") + policy("second", API, "[]")
    old = side(tmp_path, PODS + both, "old.yaml")
    opened = policy("first", API, FROM_WEB.replace("PORT", "80"))
    new = side(tmp_path, PODS + opened, "new.yaml")
    assert told(old, new) == [
        f"opened {WEB_API} +TCP 80 - because shop/first changed; shop/second removed"
    ]


def test_the_pod_that_differs_tells_the_cause(tmp_path: Path) -> None:
    pods = PODS + "".join(
        f"""\
apiVersion: v1
kind: Pod
metadata:
  name: queue-{number}
  namespace: shop
  labels: {{queue: "{number}"}}
  ownerReferences: [{{kind: StatefulSet, name: queue, controller: true}}]
---
"""
        for number in range(3)
    )
    pods += policy("closed", "{matchExpressions: [{key: queue, operator: Exists}]}", "[]")
    opened = policy("last", "{matchLabels: {queue: '2'}}", FROM_WEB.replace("PORT", "80"))
    # What closes another of the pods has a new name, and is not to blame.
    zero, nought = (policy(name, "{matchLabels: {queue: '0'}}", "[]") for name in ("z", "n"))
    old = side(tmp_path, pods + zero, "old.yaml")
    new = side(tmp_path, pods + nought + opened, "new.yaml")
    assert told(old, new) == [
        "opened shop/web[Pod] => shop/queue[StatefulSet] +TCP 80 - because shop/last added"
    ]


def test_each_pair_has_its_own_cause(tmp_path: Path) -> None:
    """Other pairs change on the same port, and for another reason."""
    old = side(tmp_path, BASE, "old.yaml")
    new = side(tmp_path, PODS + policy("db", "{matchLabels: {app: db}}", "[]"), "new.yaml")
    between_pods = [row for row in told(old, new) if ANYWHERE not in row]
    assert between_pods == [
        "closed shop/api[Pod] => shop/db[Pod] + -All Connections because shop/db added",
        "opened shop/db[Pod] => shop/api[Pod] +All Connections - because shop/api removed",
        f"changed {WEB_API} +{ALL_BUT_80} - because shop/api removed",
        "closed shop/web[Pod] => shop/db[Pod] + -All Connections because shop/db added",
    ]


def test_a_policy_that_only_passes_on_is_to_blame(tmp_path: Path) -> None:
    first = (
        admin("Pass").replace("name: all", "name: first").replace("priority: 1", "priority: 0")
    )
    old = side(tmp_path, f"{BASE}{admin('Deny')}---\n{first}", "old.yaml")
    new = side(tmp_path, BASE + admin("Deny"), "new.yaml")
    causes = Causes(old, new)
    found = {c.title for d in diff(old, new).differences for c in causes.of(d)}
    assert found == {"AdminNetworkPolicy/first"}


WAY_IN = """\
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: db, namespace: shop}
spec: {defaultBackend: {service: {name: db, port: {number: PORT}}}}
---
"""
TO_DB = "{ingress-controller} => shop/db[Pod]"


def test_what_leads_in_is_compared_as_well(tmp_path: Path) -> None:
    plain = BASE + WAY_IN.replace("PORT", "5432")
    old = side(tmp_path, plain, "old.yaml")
    closed = plain + policy("db", "{matchLabels: {app: db}}", "[]")
    told_of = told(old, side(tmp_path, closed, "closed.yaml"))
    assert f"closed {TO_DB} + -TCP 5432 because shop/db added" in told_of
    elsewhere = side(tmp_path, BASE + WAY_IN.replace("PORT", "1"), "elsewhere.yaml")
    because = "because Services, Ingresses or routes changed"
    assert told(old, elsewhere) == [f"closed {TO_DB} + -TCP 5432 {because}"]


def test_workloads_of_one_side_stand_apart(tmp_path: Path) -> None:
    more = BASE.replace("name: db", "name: queue")
    old, new = side(tmp_path, BASE, "old.yaml"), side(tmp_path, more, "new.yaml")
    found = diff(old, new)
    assert found.differences == ()
    assert (found.added, found.removed) == (("shop/queue[Pod]",), ("shop/db[Pod]",))
    assert {pair.source for pair in found.of_added} >= {"shop/queue[Pod]", "shop/web[Pod]"}
    assert not found.is_empty


BLOCK = "[{from: [ipBlock: {cidr: CIDR}]}]"


def blocks(*cidrs: str) -> str:
    peers = ", ".join(f"{{ipBlock: {{cidr: {cidr}}}}}" for cidr in cidrs)
    return PODS + policy("api", API, f"[{{from: [{peers}]}}]")


def test_addresses_cut_in_another_way_are_the_same(tmp_path: Path) -> None:
    old = side(tmp_path, blocks("198.51.100.0/24"), "old.yaml")
    halves = side(tmp_path, blocks("198.51.100.0/25", "198.51.100.128/25"), "new.yaml")
    assert diff(old, halves).is_empty


def test_only_the_addresses_that_differ(tmp_path: Path) -> None:
    old = side(tmp_path, blocks("198.51.100.0/24"), "old.yaml")
    half = side(tmp_path, blocks("198.51.100.0/25"), "new.yaml")
    (found,) = diff(old, half).differences
    assert found.source == "198.51.100.128-198.51.100.255[External]"
    assert found.change is Change.CLOSED


def mirrored(found: Diff) -> set[tuple[object, ...]]:
    return {(d.source, d.destination, d.now, d.before) for d in found.differences}


@thorough(60)
@given(clusters(), clusters())
def test_backwards_is_the_mirror_image(one: Cluster, other: Cluster) -> None:
    first, second = evaluated(one.resources), evaluated(other.resources)
    assert diff(first, first).is_empty
    forwards, backwards = diff(first, second), diff(second, first)
    assert mirrored(backwards) == {
        (d.source, d.destination, d.before, d.now) for d in forwards.differences
    }
    assert (forwards.added, forwards.removed) == (backwards.removed, backwards.added)


def replica(name: str, labels: str) -> str:
    """A running pod of the StatefulSet db."""
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  labels: {{app: db, {labels}}}
  ownerReferences: [{{kind: StatefulSet, name: db, controller: true}}]
---
"""


WEB = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
---
"""
LEADER = policy("leader", "{matchLabels: {role: leader}}", FROM_WEB.replace("PORT", "5432"))
REST = policy("rest", "{matchLabels: {role: replica}}", "[]")
RULES = WEB + LEADER + REST
FIRST = replica("db-0", "role: leader") + replica("db-1", "role: replica")
SECOND = replica("db-0", "role: replica") + replica("db-1", "role: leader")
REPLICAS = [
    # The order of pods means nothing.
    (FIRST, replica("db-1", "role: replica") + replica("db-0", "role: leader"), []),
    # The workload as a whole allows the same; another pod does it.
    (
        FIRST,
        SECOND,
        [
            "closed shop/web[Pod] => shop/db-0[Pod] + -TCP 5432 because shop/db-0[Pod] changed",
            "opened shop/web[Pod] => shop/db-1[Pod] +TCP 5432 - because shop/db-1[Pod] changed",
        ],
    ),
    # One more like one of them is nothing new, and so is one less.
    (FIRST, FIRST + replica("db-2", "role: replica"), []),
    (FIRST + replica("db-2", "role: leader"), FIRST, []),
    # Pods that a ReplicaSet names anew each time.
    (
        FIRST,
        replica("db-x", "role: leader") + replica("db-y", "role: replica"),
        [],
    ),
    # A further pod that may do less, or more, than all others.
    (
        replica("db-0", "role: leader"),
        FIRST,
        ["closed shop/web[Pod] => shop/db-1[Pod] + -TCP 5432 because shop/db-1[Pod] added"],
    ),
    (
        replica("db-1", "role: replica"),
        FIRST,
        ["opened shop/web[Pod] => shop/db-0[Pod] +TCP 5432 - because shop/db-0[Pod] added"],
    ),
    # The only one that was open is gone, and the only one that was closed.
    (
        FIRST,
        replica("db-1", "role: replica"),
        ["closed shop/web[Pod] => shop/db-0[Pod] + -TCP 5432 because shop/db-0[Pod] removed"],
    ),
    (FIRST, replica("db-0", "role: leader"), []),
]


def told_by_pod(old: Side, new: Side) -> list[str]:
    """Each difference between pods with its causes, pod by pod."""
    causes = Causes(old, new)
    return [
        f"{d.change.value} {source} => {destination} +{d.opened} -{d.closed} because "
        + "; ".join(dict.fromkeys(f"{c.title} {c.status.value}" for c in causes.of(d)))
        for d in diff(old, new).differences
        for source, destination in split_ends(d.source, d.destination, d.parts)
        if "[External]" not in f"{source}{destination}"
    ]


@pytest.mark.parametrize(("before", "after", "expected"), REPLICAS)
def test_pods_of_a_workload_that_differ(
    tmp_path: Path, before: str, after: str, expected: list[str]
) -> None:
    old, new = (
        side(tmp_path, RULES + text, name)
        for text, name in ((before, "old.yaml"), (after, "new.yaml"))
    )
    assert told_by_pod(old, new) == expected


def gathered(cluster: Cluster, owners: list[int]) -> Side:
    """The cluster with its pods as those of a few workloads, by the names p0, p1, ..."""
    pods = tuple(
        replace(
            pod,
            name=f"p{number}",
            workload=WorkloadName("shop", f"w{owner}", "StatefulSet"),
        )
        for number, (pod, owner) in enumerate(zip(cluster.resources.pods, owners, strict=False))
    )
    return evaluated(replace(cluster.resources, pods=pods))


@thorough(150)
@given(clusters(), clusters(), st.lists(st.sampled_from((0, 0, 1)), min_size=8, max_size=8))
def test_every_pod_of_both_sides_is_compared_with_itself(
    one: Cluster, other: Cluster, owners: list[int]
) -> None:
    old, new = gathered(one, owners), gathered(other, owners)
    rows = {
        ends: (d.before, d.now)
        for d in diff(old, new).differences
        for ends in split_ends(d.source, d.destination, d.parts)
    }
    before, now = ({title_of(pod): pod for pod in side.resources.pods} for side in (old, new))
    for source in before.keys() & now.keys():
        for destination in before.keys() & now.keys():
            ends = (source, destination)
            owners_of, later = ([str(pods[e].workload) for e in ends] for pods in (before, now))
            if len(set(owners_of)) == 1 or owners_of != later:
                continue
            was, is_ = (
                each.evaluator.allowed(
                    each.evaluator.universe.bit(pods[source]),
                    each.evaluator.universe.bit(pods[destination]),
                )
                for each, pods in ((old, before), (new, now))
            )
            names = product((owners_of[0], source), (owners_of[1], destination))
            found = [rows[name] for name in names if name in rows]
            assert found == ([] if was == is_ else [(was, is_)]), (source, destination)
