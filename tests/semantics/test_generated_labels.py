"""Labels that controllers add to the pods of a template."""

from __future__ import annotations

import pytest

from tests.semantics.world import check

DB = """
    {apiVersion: v1, kind: Namespace, metadata: {name: x}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: db, namespace: x, labels: {app: db}}}
"""
JOB = "{template: {metadata: {labels: {app: run}}, spec: {restartPolicy: Never}}}"
TEMPLATE = "template: {metadata: {labels: {app: run}}}"


def workload(kind: str, spec: str, name: str = "name: run") -> str:
    group = "batch/v1" if "Job" in kind else "apps/v1"
    return f"""
        apiVersion: {group}
        kind: {kind}
        metadata: {{{name}, namespace: x}}
        spec: {spec}
    """


def admits(*requirements: str) -> str:
    return f"""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {{name: db, namespace: x}}
        spec:
          podSelector: {{matchLabels: {{app: db}}}}
          ingress:
          - from: [{{podSelector: {{matchExpressions: [{", ".join(requirements)}]}}}}]
    """


def has(key: str, *values: str) -> str:
    listed = ", ".join(f'"{value}"' for value in values)
    return f"{{key: {key}, operator: In, values: [{listed}]}}"


def exists(key: str) -> str:
    return f"{{key: {key}, operator: Exists}}"


def lacks(key: str) -> str:
    return f"{{key: {key}, operator: DoesNotExist}}"


def verdict(manifest: str, requirement: str, expected: str) -> None:
    kind = next(line for line in manifest.splitlines() if "kind:" in line).split()[-1]
    questions = [f"x/run[{kind}] -> x/db 80"]
    check(DB, manifest, admits(requirement), **{expected: questions})


@pytest.mark.parametrize("key", ["job-name", "batch.kubernetes.io/job-name"])
def test_the_name_of_a_job(key: str) -> None:
    """batch.kubernetes.io/job-name: "Used on: Jobs and Pods controlled by Jobs ... This label
    is used as a user-friendly way to get Pods corresponding to a Job. The job-name comes from
    the name of the Job".  (reference/labels-annotations-taints)
    """
    job = workload("Job", JOB)
    verdict(job, has(key, "run"), "allowed")
    verdict(job, has(key, "other"), "denied")
    verdict(job, lacks(key), "denied")
    verdict(workload("Job", JOB, "generateName: run-"), has(key, "run-x1"), "unknown")


@pytest.mark.parametrize("key", ["controller-uid", "batch.kubernetes.io/controller-uid"])
def test_the_uid_of_a_job(key: str) -> None:
    """batch.kubernetes.io/controller-uid: "This label is used as a programmatic way to get all
    Pods corresponding to a Job." (reference/labels-annotations-taints)
    """
    job = workload("Job", JOB)
    verdict(job, exists(key), "allowed")
    verdict(job, has(key, "b2a5"), "unknown")


def test_who_selects_by_hand_labels_by_hand() -> None:
    """Leave manualSelector unset unless you are certain what you are doing. When false or
    unset, the system pick labels unique to this job and appends those labels to the pod
    template. When true, the user is responsible for picking unique labels. (batch/v1, JobSpec)
    """
    job = workload("Job", JOB.replace("{template", "{manualSelector: true, template", 1))
    verdict(job, exists("job-name"), "denied")


def test_the_indexes_of_a_job() -> None:
    """The Pods get an associated completion index, from 0 to .spec.completions-1. The index is
    available through: the Pod annotation, [and] the Pod label
    batch.kubernetes.io/job-completion-index (for v1.28 and later). (concepts/workloads/
    controllers/job, "Completion mode")
    """
    key = "batch.kubernetes.io/job-completion-index"
    indexed = "{completions: 2, completionMode: Indexed, template"
    job = workload("Job", JOB.replace("{template", indexed, 1))
    verdict(job, has(key, "0"), "unknown")
    verdict(job, has(key, "0", "1"), "allowed")
    verdict(job, has(key, "2"), "denied")
    verdict(workload("Job", JOB), exists(key), "denied")


def test_the_jobs_of_a_cron_job() -> None:
    """The CronJob creates its Jobs under its own name with a number at the end: "Used to make
    a unique name". (``getJobName``, pkg/controller/cronjob)
    """
    cron = workload("CronJob", f'{{schedule: "0 3 * * *", jobTemplate: {{spec: {JOB}}}}}')
    verdict(cron, exists("batch.kubernetes.io/job-name"), "allowed")
    verdict(cron, has("job-name", "run-29012345"), "unknown")
    verdict(cron, has("job-name", "run"), "denied")
    verdict(cron, has("job-name", "other-29012345"), "denied")


STATEFUL = f"{{replicas: 2, {TEMPLATE}}}"


@pytest.mark.parametrize(
    ("key", "prefix"),
    [("statefulset.kubernetes.io/pod-name", "run-"), ("apps.kubernetes.io/pod-index", "")],
)
def test_the_ordinals_of_a_stateful_set(key: str, prefix: str) -> None:
    """When the StatefulSet controller creates a Pod, it adds a label,
    statefulset.kubernetes.io/pod-name, that is set to the name of the Pod. [...] the new Pod is
    labelled with apps.kubernetes.io/pod-index. The value of this label is the ordinal index of
    the Pod. (concepts/workloads/controllers/statefulset, "Pod name label", "Pod index label")
    """
    zero, one, two, five = (f"{prefix}{number}" for number in (0, 1, 2, 5))
    both = workload("StatefulSet", STATEFUL)
    verdict(both, has(key, zero), "unknown")
    verdict(both, has(key, zero, one), "allowed")
    verdict(both, has(key, two), "denied")
    verdict(both, exists(key), "allowed")
    single = workload("StatefulSet", STATEFUL.replace("2", "1", 1))
    verdict(single, has(key, zero), "allowed")
    # .spec.ordinals.start: the first replica's number.
    moved = workload("StatefulSet", STATEFUL.replace("{", "{ordinals: {start: 5}, ", 1))
    verdict(moved, has(key, zero), "denied")
    verdict(moved, has(key, five), "unknown")
    # The number of replicas may be anybody's.
    unbounded = workload("StatefulSet", f"{{{TEMPLATE}}}")
    verdict(unbounded, has(key, five), "unknown")


def test_a_number_of_replicas_that_changes_by_itself() -> None:
    """A HorizontalPodAutoscaler sets .spec.replicas. (tasks/run-application/
    horizontal-pod-autoscale)
    """
    scaler = """
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: run, namespace: x}
    """
    check(
        DB,
        scaler,
        workload("StatefulSet", STATEFUL),
        admits(has("apps.kubernetes.io/pod-index", "7")),
        unknown=["x/run[StatefulSet] -> x/db 80"],
    )


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("Deployment", "pod-template-hash"),
        ("StatefulSet", "controller-revision-hash"),
        ("DaemonSet", "controller-revision-hash"),
        ("DaemonSet", "pod-template-generation"),
    ],
)
def test_hashes(kind: str, key: str) -> None:
    """The pod-template-hash label is added by the Deployment controller to every ReplicaSet
    that a Deployment creates or adopts. (concepts/workloads/controllers/deployment)
    """
    pods = workload(kind, f"{{{TEMPLATE}}}")
    verdict(pods, exists(key), "allowed")
    verdict(pods, has(key, "2035384211"), "unknown")


def test_a_bare_replica_set_adds_none() -> None:
    """It is the Deployment that adds the hash."""
    pods = workload("ReplicaSet", f"{{{TEMPLATE}}}")
    verdict(pods, exists("pod-template-hash"), "denied")


@pytest.mark.parametrize("kind", ["Deployment", "ReplicaSet", "DaemonSet"])
def test_the_topology_of_the_node(kind: str) -> None:
    """The labels topology.kubernetes.io/{zone,region} are copied from the assigned Node object
    onto the Pod, by default since 1.35. (KEP-4742; plugin/pkg/admission/podtopologylabels)
    """
    pods = workload(kind, f"{{{TEMPLATE}}}")
    for name in ("zone", "region"):
        verdict(pods, has(f"topology.kubernetes.io/{name}", "a"), "unknown")
        verdict(pods, lacks(f"topology.kubernetes.io/{name}"), "unknown")


def test_a_pod_of_a_cluster_has_its_labels() -> None:
    """Who reads a cluster reads what controllers added; there is nothing to add."""
    owner = "ownerReferences: [{apiVersion: batch/v1, kind: Job, name: run, controller: true}]"
    pod = f"""
        apiVersion: v1
        kind: Pod
        metadata: {{name: run-1, namespace: x, labels: {{app: run}}, {owner}}}
    """
    check(
        DB,
        pod,
        admits(exists("job-name")),
        denied=["x/run-1 -> x/db 80"],
    )


def test_what_is_written_counts() -> None:
    """A template read from a cluster already has what its controller adds."""
    written = TEMPLATE.replace("app: run", "pod-template-hash: abc")
    pods = workload("Deployment", f"{{{written}}}")
    verdict(pods, has("pod-template-hash", "abc"), "allowed")


def test_who_is_selected_by_a_generated_label() -> None:
    """A policy's own selector sees the same labels as a peer's."""
    policy = """
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: first, namespace: x}
        spec: {podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: run-0}}}
    """
    pods = workload("StatefulSet", STATEFUL)
    check(DB, pods, policy, unknown=["x/db -> x/run[StatefulSet] 80"])
    single = workload("StatefulSet", STATEFUL.replace("2", "1", 1))
    check(DB, single, policy, denied=["x/db -> x/run[StatefulSet] 80"])
