from __future__ import annotations

import pytest

from netsim.bundle.provision import Extent
from netsim.judge.case import Case
from netsim.model.finding import Severity
from netsim.rules.manifests.warm_pool_uncovered import CHECK
from tests.project import MANIFESTS
from tests.rules import samples
from tests.rules.manifests.workloads import pod_template
from tests.rules.samples import (
    MARK,
    Sample,
    documents,
    ids,
    policy,
    run,
    scenario_context,
    verify,
)

POOL = """\
warmPool:
  cronJob: pool
  endpoint: runner
  size: SIZE
  template: TEMPLATE
  labels: LABELS
"""
ENDPOINTS = {"runner": "{labels: {role: runner}}", "web": "{labels: {app: web}}"}
RUNNER = pod_template("runner", "role: runner, app: runner")


def variable(name: str, value: str, mark: str = "") -> str:
    return f"                - {{name: {name}, {value}}} {mark}".rstrip()


def job(*lines: str, name: str = "pool", mark: str = "") -> str:
    head = "apiVersion: batch/v1\nkind: CronJob"
    body = f"""{head}
metadata: {{name: {name}, namespace: shop}}
spec:
  schedule: "*/5 * * * *"
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: pool {mark}
              image: registry.internal/kubectl:1.34.2
              env:
"""
    return body + "\n".join(lines)


def pool(
    *,
    size: str = 'value: "5"',
    template: str = "value: runner",
    labels: str = "app=waiting",
    marks: tuple[str, str, str] = ("", "", ""),
) -> str:
    return job(
        variable("SIZE", size, marks[0]),
        variable("TEMPLATE", template, marks[1]),
        variable("LABELS", f'value: "{labels}"', marks[2]),
    )


HERE = ("", "", MARK)
ELSEWHERE = "valueFrom: {configMapKeyRef: {name: a, key: b}}"


def subject(text: str, extent: Extent = Extent.PART) -> Case:
    return scenario_context(text, ENDPOINTS, sections=POOL, extent=extent)


def by(selector: str) -> str:
    return policy("guard", f"podSelector: {selector}")


def admin(selector: str, spaces: str = "{}") -> str:
    return (
        "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy\n"
        "metadata: {name: guard}\nspec:\n  priority: 1\n"
        f"  subject: {{pods: {{namespaceSelector: {spaces}, podSelector: {selector}}}}}\n"
        "  egress: [{action: Deny, to: [{networks: [169.254.169.254/32]}]}]"
    )


SAMPLES = (
    Sample("by a shared label", documents(by("{matchLabels: {role: runner}}"), RUNNER, pool())),
    Sample("every pod", documents(by("{}"), RUNNER, pool())),
    Sample(
        "by the label that is set over",
        documents(by("{matchLabels: {app: runner}}"), RUNNER, pool(marks=HERE)),
        policy="shop/guard",
        says="shop/guard selects the pods of runner, but not the warm ones: it asks for "
        "app=runner, and they have app=waiting",
    ),
    # The same label, and it does not differ.
    Sample(
        "set over with the same value",
        documents(by("{matchLabels: {app: runner}}"), RUNNER, pool(labels="app=runner,a=b")),
    ),
    Sample(
        "excluded",
        documents(
            by("{matchExpressions: [{key: pool, operator: DoesNotExist}]}"),
            RUNNER,
            pool(labels="pool=warm", marks=HERE),
        ),
        policy="shop/guard",
        says="it asks for !pool, and they have pool=warm",
    ),
    Sample(
        "meant for others",
        documents(by("{matchLabels: {app: web}}"), RUNNER, pool(labels="app=web", marks=HERE)),
        policy="shop/guard",
        says="shop/guard selects the warm pods, which have app=web, but not the pods of runner",
    ),
    Sample("for neither", documents(by("{matchLabels: {app: web}}"), RUNNER, pool())),
    Sample(
        "of another namespace",
        documents(policy("guard", "podSelector: {}", "lab"), RUNNER, pool()),
    ),
    Sample(
        "admin tier",
        documents(admin("{matchLabels: {app: runner}}"), RUNNER, pool(marks=HERE)),
        policy="AdminNetworkPolicy/guard",
        says="it asks for app=runner",
    ),
    Sample(
        "admin tier of another namespace",
        documents(
            admin(
                "{matchLabels: {app: runner}}",
                "{matchLabels: {kubernetes.io/metadata.name: lab}}",
            ),
            RUNNER,
            pool(),
        ),
    ),
    Sample(
        "no such template",
        documents(by("{}"), RUNNER, pool(template="value: runers", marks=("", MARK, ""))),
        says="TEMPLATE names PodTemplate shop/runers, "
        "which nothing provides; did you mean runner?",
    ),
    # It may be elsewhere.
    Sample("no template known", documents(by("{}"), pool())),
    Sample(
        "no such variable",
        documents(
            by("{}"),
            RUNNER,
            job(
                variable("SIZE", 'value: "5"'),
                variable("TEMPLATE", "value: runner"),
                variable("LABEL", "value: app=waiting"),
                mark=MARK,
            ),
        ),
        says="no container has the variable LABELS that warmPool of the scenario names; "
        "did you mean LABEL?",
    ),
    Sample(
        "no size",
        documents(
            by("{}"),
            RUNNER,
            job(
                variable("TEMPLATE", "value: runner"),
                variable("LABELS", "value: app=waiting"),
                mark=MARK,
            ),
        ),
        says="the variable SIZE",
    ),
    Sample(
        "size from elsewhere",
        documents(by("{}"), RUNNER, pool(size=ELSEWHERE)),
    ),
    Sample(
        "no labels",
        documents(by("{}"), RUNNER, pool(labels="waiting", marks=HERE)),
        says="LABELS is 'waiting', which is not a list of labels",
    ),
    Sample(
        "a label twice",
        documents(by("{}"), RUNNER, pool(labels="app=a,app=b", marks=HERE)),
        says="not a list of labels",
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample, subject(sample.text))


def test_both_places_are_named() -> None:
    text = documents(by("{matchLabels: {app: runner}}"), RUNNER, pool())
    (finding,) = run(CHECK, subject(text))
    (related,) = finding.related
    lines = text.splitlines()
    assert "LABELS" in lines[finding.location.line - 1]
    assert "guard" in lines[related.location.line - 1]


def test_a_label_that_the_template_lacks_is_mended_there() -> None:
    """The endpoint is a workload under way; its template has lost the label since."""
    pod = samples.pod("r", "role: runner, tier: a")
    template = pod_template("runner", "app: runner")
    text = documents(pod, by("{matchLabels: {tier: a}}"), template, pool())
    (finding,) = run(CHECK, subject(text))
    assert text.splitlines()[finding.location.line - 1].startswith("metadata: {name: runner")
    assert "they have no label tier" in finding.message


def test_pods_of_which_only_some_are_selected_ask_for_nothing() -> None:
    pods = [samples.pod(f"r-{tier}", f"role: runner, tier: {tier}") for tier in "ab"]
    template = pod_template("runner", "role: runner")
    text = documents(*pods, by("{matchLabels: {tier: a}}"), template, pool())
    assert run(CHECK, subject(text)) == []


@pytest.mark.parametrize(
    ("extent", "count"),
    [
        (Extent.WHOLE, 1),
        # A CronJob of the namespace is there, so this one should be as well.
        (Extent.PART, 1),
    ],
)
def test_no_such_cron_job(extent: Extent, count: int) -> None:
    text = documents(RUNNER, job(variable("SIZE", "value: x"), name="pol"))
    found = run(CHECK, subject(text, extent))
    assert [finding.location.file for finding in found] == ["scenario.yaml"] * count
    assert found[0].message.endswith("did you mean pol?")


def test_a_part_without_cron_jobs_tells_nothing() -> None:
    assert run(CHECK, subject(documents(by("{}"), RUNNER))) == []
    assert len(run(CHECK, subject(documents(by("{}"), RUNNER), Extent.WHOLE))) == 1


def test_a_value_that_is_elsewhere_is_noted() -> None:
    text = documents(
        RUNNER,
        job(
            variable("SIZE", 'value: "5"'),
            variable("TEMPLATE", ELSEWHERE),
            variable("LABELS", "value: app=waiting"),
        ),
    )
    (finding,) = run(CHECK, subject(text))
    assert finding.severity is Severity.NOTE
    assert "TEMPLATE" in finding.message


def test_without_a_warm_pool_nothing_is_said() -> None:
    text = documents(by("{matchLabels: {app: runner}}"), RUNNER, pool())
    assert run(CHECK, scenario_context(text, ENDPOINTS)) == []


def test_the_documented_pool_is_covered() -> None:
    """And would not be by a policy for the label by which pods are claimed."""
    text = documents(
        *(
            (MANIFESTS / name).read_text(encoding="utf-8")
            for name in ("network-policy.yaml", "pod-template.yaml", "warm-pool.yaml")
        )
    )
    sections = POOL.replace("cronJob: pool", "cronJob: runner-warm-pool")
    for name in ("SIZE", "TEMPLATE", "LABELS"):
        sections = sections.replace(f": {name}", f": WARM_POOL_{name}")
    endpoints = {"runner": "{labels: {app.kubernetes.io/name: plue-runner}}"}
    right = scenario_context(text, endpoints, "production", sections=sections)
    assert run(CHECK, right) == []
    head, _, rest = text.partition("  name: plue-runner\n")
    wrong = rest.replace("app.kubernetes.io/name: plue-runner", "app: runner", 1)
    changed = f"{head}  name: plue-runner\n{wrong}"
    subject = scenario_context(changed, endpoints, "production", sections=sections)
    (finding,) = run(CHECK, subject)
    assert finding.policy == "production/plue-runner"
