"""Which pods belong together, what keeps them up, and where they are."""

from __future__ import annotations

import pytest

from netsim.drain.drain import DrainOutcome, FateReason, drain_groups
from netsim.drain.placement import Assumptions, Pods, place_group
from netsim.drain.pod_groups import Keeper, PodGroup, group_pods
from netsim.model.labels import Labels
from netsim.model.resources import Origin, Pod, WorkloadName
from tests.rules.manifests.workloads import budget, pod_template, workload
from tests.rules.samples import bundle, documents, resources


def groups(text: str, *more: Pod) -> list[PodGroup]:
    return list(group_pods(bundle(text), (*resources(text).pods, *more)))


def running(
    name: str, node: str = "", owner: str = "", labels: str = "app: web", more: str = ""
) -> str:
    """A pod; ``owner`` is ``Kind/name``, ``more`` are lines of its own."""
    kind, _, owned_by = owner.partition("/")
    references = f"{{apiVersion: x/v1, kind: {kind}, name: {owned_by}, controller: true}}"
    return "\n".join(
        (
            "apiVersion: v1\nkind: Pod\nmetadata:",
            f"  name: {name}\n  namespace: shop\n  labels: {{{labels}}}",
            f"  ownerReferences: [{references if owner else ''}]",
            f"spec: {{{f'nodeName: {node}' if node else ''}}}",
            *more.splitlines(),
        )
    )


def modelled(name: str, labels: dict[str, str], namespace: str = "shop") -> Pod:
    workload = WorkloadName(namespace, name, "Scenario")
    return Pod(workload, Labels.of(labels), origin=Origin.MODELLED)


def test_what_keeps_pods_up() -> None:
    text = documents(
        workload("Deployment", "web", "replicas: 3"),
        workload("StatefulSet", "db"),
        workload("DaemonSet", "log"),
        workload("Job", "migrate"),
        pod_template("runner"),
        running("bare"),
        running("static", owner="Node/one"),
        running("canary-1", owner="Rollout/canary"),
        # An owner that was not read is known by its kind.
        running("cache-1", owner="ReplicaSet/cache"),
    )
    assert {(g.workloads[0].name, g.keeper, g.size) for g in groups(text)} == {
        ("web", Keeper.SCALED, 3),
        ("db", Keeper.SCALED, 1),
        ("log", Keeper.DAEMON_SET, None),
        ("migrate", Keeper.JOB, None),
        ("runner", Keeper.NONE, None),
        ("bare", Keeper.NONE, 1),
        ("static", Keeper.NODE, 1),
        ("canary", Keeper.OTHER, 1),
        ("cache", Keeper.SCALED, 1),
    }


def test_running_pods_are_their_owner() -> None:
    text = documents(
        workload("Deployment", "web", "replicas: 3"),
        running("web-1", owner="Deployment/web"),
        running("web-2", owner="Deployment/web"),
    )
    (found,) = groups(text)
    assert (found.title, found.size, found.scale) == ("shop/web[Deployment]", 2, 3)


def test_pods_of_one_workload_under_different_budgets() -> None:
    """The scale is that of the workload, which each of the budgets counts."""
    one = "selector: {matchLabels: {n: '1'}}"
    text = documents(
        running("web-1", owner="StatefulSet/web", labels="app: web, n: '1'"),
        running("web-2", owner="StatefulSet/web", labels="app: web, n: '2'"),
        budget("first", "minAvailable: 1", one),
    )
    assert [(g.size, g.scale, len(g.budgets)) for g in groups(text)] == [(1, 2, 1), (1, 2, 0)]


def test_bare_pods_under_the_same_budgets_are_one_group() -> None:
    text = documents(
        running("a"),
        running("b"),
        running("c", labels="app: db"),
        budget("web", "minAvailable: 1"),
    )
    titles = [group.title for group in groups(text)]
    assert titles == ["shop/a[Pod] and 1 more", "shop/c[Pod]"]


def test_budgets_select_in_their_namespace() -> None:
    text = documents(running("a"), budget("web", "minAvailable: 1", namespace="data"))
    assert groups(text)[0].budgets == ()


def test_modelled_pods() -> None:
    pods = (
        modelled("web", {"app": "web"}),
        # It stands for every pod of the namespace, not for some of their own.
        modelled("any", {}),
        # Whatever budgets that namespace has, they were not read.
        modelled("dns", {"app": "dns"}, "kube-system"),
    )
    (found,) = groups(budget("web", "minAvailable: 1"), *pods)
    assert (found.title, found.keeper, found.size) == (
        "shop/web[Scenario]",
        Keeper.SCALED,
        None,
    )
    assert [each.name for each in found.budgets] == ["web"]


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ("autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {namespace: shop", None),
        # Without a namespace it is in the default one, as every object of its kind is.
        ("autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {", 3),
        # Of a custom resource nobody knows where it is.
        ("keda.sh/v1alpha1, kind: ScaledObject, metadata: {", None),
    ],
)
def test_an_autoscaler_leaves_the_number_open(head: str, size: int | None) -> None:
    comma = "" if head.endswith("{") else ", "
    scaler = f"{{apiVersion: {head}{comma}name: web}}}}"
    text = documents(workload("Deployment", "web", "replicas: 3"), scaler)
    assert groups(text)[0].size == size


PLACED = documents(
    *(running(f"web-{n}", "one" if n < 2 else "two", "StatefulSet/web") for n in range(5)),
    workload("Deployment", "db", "replicas: 2"),
    budget("web", "maxUnavailable: 1"),
)


def test_pods_on_a_node() -> None:
    web, db = groups(PLACED)
    assert place_group(web, Assumptions()).here == Pods(5)
    on_one = place_group(web, Assumptions(node="one"))
    assert (on_one.here, on_one.elsewhere) == (Pods(2), Pods(3))
    # What the input does not place may be there.
    assert place_group(db, Assumptions(node="one")).here == Pods(2)


def test_unready_pods_are_elsewhere_as_far_as_possible() -> None:
    """That leaves the fewest ready ones while the node is drained."""
    web = groups(PLACED)[0]
    for unready, here, elsewhere in (
        (1, Pods(2), Pods(2, 1)),
        (3, Pods(2), Pods(0, 3)),
        (4, Pods(1, 1), Pods(0, 3)),
        (9, Pods(0, 2), Pods(0, 3)),
    ):
        found = place_group(web, Assumptions(unready={web.workloads[0]: unready}, node="one"))
        assert (found.here, found.elsewhere) == (here, elsewhere)


def test_a_drain_of_one_node_leaves_what_is_elsewhere() -> None:
    text = documents(
        *(running(f"web-{n}", node, "StatefulSet/web") for n, node in enumerate("abb")),
        running("log-1", "b", "DaemonSet/log", "app: log"),
    )
    web, log = drain_groups(groups(text), Assumptions(node="b")).fates
    assert (web.outcome, web.lowest) == (DrainOutcome.FINISHES, 1)
    assert (log.outcome, log.reason) == (DrainOutcome.UNTOUCHED, FateReason.PASSED_OVER)
    assert drain_groups(groups(text), Assumptions(node="c")).outcome is DrainOutcome.UNTOUCHED


READY = "status: {conditions: [{type: Initialized, status: 'True'}, {type: Ready, status: IS}]}"


def test_the_status_of_running_pods_counts() -> None:
    """What is not ready elsewhere cannot stand in for what a drain would take."""
    text = documents(
        workload("Deployment", "web", "replicas: 2"),
        running("web-1", "one", "Deployment/web", more=READY.replace("IS", "'True'")),
        running("web-2", "two", "Deployment/web", more=READY.replace("IS", "'False'")),
        budget("web", "minAvailable: 1"),
    )
    (group,) = groups(text)
    assert [pod.name for pod in group.unready] == ["web-2"]
    assert place_group(group, Assumptions(node="one")).elsewhere == Pods(0, 1)
    assert place_group(group, Assumptions(node="two")).here == Pods(0, 1)
    assert place_group(group, Assumptions()).here == Pods(1, 1)
    (fate,) = drain_groups([group], Assumptions(node="one")).fates
    assert (fate.outcome, fate.reason) == (DrainOutcome.BLOCKED, FateReason.UNREADY)
    # What is said of them takes precedence.
    said = Assumptions(unready={group.workloads[0]: 0}, node="one")
    assert drain_groups([group], said).fates[0].outcome is DrainOutcome.FINISHES


def test_a_pod_that_is_being_deleted_is_not_ready() -> None:
    text = running("a", more=READY.replace("IS", "'True'")).replace(
        "  name: a", "  name: a\n  deletionTimestamp: '2026-01-01T00:00:00Z'"
    )
    (group,) = groups(text)
    assert len(group.unready) == 1
