"""What is said of labels that a cluster adds to pods, and of those that pods do not get."""

from __future__ import annotations

from pathlib import Path

from tests.cli.command import netsim

SET = """\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: kv, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: kv}}
  template: {metadata: {labels: {app: kv}}}
---
apiVersion: v1
kind: Service
metadata: {name: first, namespace: shop}
spec:
  selector: {statefulset.kubernetes.io/pod-name: kv-0}
  ports: [{port: 80}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: first, namespace: shop}
spec:
  podSelector: {matchLabels: {statefulset.kubernetes.io/pod-name: kv-0}}
  ingress:
  - from: [{podSelector: {matchLabels: {apps.kubernetes.io/pod-index: "1"}}}]
"""

CRON = """\
apiVersion: batch/v1
kind: CronJob
metadata: {name: sweep, namespace: shop, labels: {app: sweep}}
spec:
  schedule: "0 3 * * *"
  jobTemplate:
    metadata: {labels: {part: cleaning}}
    spec: {template: {spec: {restartPolicy: Never}}}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, labels: {app: db}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  ingress:
  - from: [{podSelector: {matchLabels: {app: sweep}}}]
    ports: [{port: 5432}]
"""
QUESTION = ("--src", "shop/sweep[CronJob]", "--dst", "shop/db", "--port", "5432")
MISPLACED = (
    "shop/sweep[CronJob] has app=sweep at in.yaml:3, and its pods have no labels: write it in "
    "spec.jobTemplate.spec.template.metadata.labels, too"
)


def run(folder: Path, text: str, *arguments: str) -> str:
    (folder / "in.yaml").write_text(text, encoding="utf-8")
    command, *rest = arguments
    done = netsim(command, "in.yaml", *rest, cwd=folder)
    return " ".join(done.out.split())


def test_generated_labels_are_no_absent_ones(tmp_path: Path) -> None:
    found = run(tmp_path, SET, "check")
    assert "nothing documented to compare with: 0 findings" in found


def test_an_unknown_verdict_names_the_label(tmp_path: Path) -> None:
    found = run(
        tmp_path, SET, "explain", "--src", "192.0.2.1", "--dst", "shop/kv", "--port", "80"
    )
    assert (
        "whether shop/first selects it is unknown: in.yaml:3: shop/kv[StatefulSet] gets label "
        "statefulset.kubernetes.io/pod-name from its controller: one of kv-0 to kv-1"
    ) in found


def test_a_label_above_the_template(tmp_path: Path) -> None:
    found = run(tmp_path, CRON, "explain", *QUESTION)
    assert MISPLACED in found
    assert "podSelector: {}" not in found
    assert MISPLACED in run(tmp_path, CRON, "check")


def test_a_label_of_the_job_template(tmp_path: Path) -> None:
    text = CRON.replace("{app: sweep}}}]", "{part: cleaning}}}]")
    found = run(tmp_path, text, "explain", *QUESTION)
    assert "has part=cleaning at in.yaml:7" in found


def test_a_subject_whose_labels_stand_above_the_template(tmp_path: Path) -> None:
    text = CRON.replace(
        "podSelector: {matchLabels: {app: db}}", "podSelector: {matchLabels: {app: sweep}}"
    )
    found = run(tmp_path, text, "check")
    assert "shop/db protects nothing" in found
    assert "write it in spec.jobTemplate.spec.template.metadata.labels, too" in found


def test_a_job_without_labels_is_let_in_by_its_name(tmp_path: Path) -> None:
    job = """\
apiVersion: batch/v1
kind: Job
metadata: {name: sweep, namespace: shop}
spec: {template: {spec: {restartPolicy: Never}}}
---
"""
    text = job + CRON.partition("---\n")[2]
    found = run(tmp_path, text, "explain", "--src", "shop/sweep[Job]", *QUESTION[2:])
    assert "matchLabels: batch.kubernetes.io/job-name: sweep" in found


def test_a_pod_without_labels_can_not_be_told_apart(tmp_path: Path) -> None:
    pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: sweep, namespace: shop}\n---\n"
    text = pod + CRON.partition("---\n")[2]
    found = run(tmp_path, text, "explain", "--src", "shop/sweep", *QUESTION[2:])
    assert "# every pod" in found
