"""What the API server refuses of a bundle's kinds, each fault with its line."""

from __future__ import annotations

import pytest

from tests.loader.objects.reading import refusals

BUDGET = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec:\n"
RUNTIME = "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: r}\n"
ROLE = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r}\nrules:\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n"  # noqa: S105
STORE = "apiVersion: external-secrets.io/v1\nkind: SecretStore\nmetadata: {name: s}\n"
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  containers:\n"
CRON = "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: c}\nspec:\n"
JOB = "  jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: b}]}}}}\n"

POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {podSelector: {}}\n"
CLUSTER_POLICY = (
    "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n"
    "spec: {tier: Admin, priority: 1, subject: {namespaces: {}}}\n"
)

CASES = {
    "finalizers that are no list": (
        f"{POLICY}metadata: {{name: p, finalizers: x}}\n",
        "4: metadata.finalizers: expected a list",
    ),
    "an owner that is no list": (
        f"{POLICY}metadata: {{name: p, ownerReferences: {{}}}}\n",
        "4: metadata.ownerReferences: expected a list",
    ),
    "metadata of a custom resource misspelt": (
        f"{CLUSTER_POLICY}metadata: {{name: p, label: {{}}}}\n",
        "4: metadata.label: unknown field label: did you mean labels?",
    ),
    "budget of both": (
        f"{BUDGET}  minAvailable: 1\n  maxUnavailable: 1\n",
        "4: spec: minAvailable and maxUnavailable exclude each other",
    ),
    "budget misspelt": (f"{BUDGET}  minAvailible: 1\n", "did you mean minAvailable?"),
    "budget above 100%": (f"{BUDGET}  maxUnavailable: 101%\n", "more than 100%"),
    # A percentage is text with a sign; a fraction is neither.
    "budget of a fraction": (f"{BUDGET}  maxUnavailable: '0.5'\n", "write 1 or 50%"),
    "budget negative": (f"{BUDGET}  minAvailable: -1\n", "-1 is negative"),
    "budget with a policy nobody knows": (
        f"{BUDGET}  unhealthyPodEvictionPolicy: Always\n",
        "use IfHealthyBudget or AlwaysAllow",
    ),
    "budget of the version that was removed": (
        BUDGET.replace("policy/v1", "policy/v1beta1") + "  minAvailable: 1\n",
        "1: apiVersion: PodDisruptionBudget is not served as policy/v1beta1",
    ),
    "runtime class without handler": (RUNTIME, "handler: missing"),
    "handler with a slash": (f"{RUNTIME}handler: bin/runsc\n", "4: handler: 'bin/runsc'"),
    "runtime class misspelt": (
        f"{RUNTIME}handler: runsc\nscheduling: {{nodeSelecter: {{a: b}}}}\n",
        "did you mean nodeSelector?",
    ),
    "toleration of an unknown effect": (
        f"{RUNTIME}handler: r\nscheduling: {{tolerations: [{{effect: Never}}]}}\n",
        "unknown effect 'Never'",
    ),
    "kind in another case": (RUNTIME.replace("RuntimeClass", "Runtimeclass"), "RuntimeClass?"),
    "role without verbs": (f"{ROLE}- {{apiGroups: [''], resources: [pods]}}\n", "verbs"),
    "secret that is not base64": (f"{SECRET}data:\n  key: secret!\n", "5: data.key: this is"),
    "secret with a number": (f"{SECRET}stringData: {{port: 5432}}\n", "quote the value"),
    "store without provider": (f"{STORE}spec: {{}}\n", "spec.provider: missing"),
    "cron job without schedule": (f"{CRON}{JOB}", "spec.schedule: missing"),
    "cron job with its own idea of concurrency": (
        f"{CRON}  schedule: '@daily'\n  concurrencyPolicy: Never\n{JOB}",
        "use Allow, Forbid or Replace",
    ),
    # The API server refuses it, too; only the scope of the bundle looks at it.
    "environment variable that is a number": (
        f"{POD}  - {{name: a, image: b, env: [{{name: SIZE, value: 5}}]}}\n",
        "6: spec.containers[0].env[0].value: value of SIZE 5 is a number: quote it",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_refused(name: str) -> None:
    text, says = CASES[name]
    (found,) = refusals(text)
    assert says in found


def test_a_wrong_document_hides_no_other() -> None:
    text = f"{BUDGET}  minAvailable: x\n---\n{RUNTIME}handler: runsc\n---\n{SECRET}type: 1\n"
    assert [line.partition(":")[0] for line in refusals(text)] == ["5", "15"]


def test_the_value_of_a_secret_is_in_no_message() -> None:
    found = refusals(f"{SECRET}data:\n  key: c2VjcmV0!\n  other: {{a: b}}\n")
    assert len(found) == 2
    assert "c2VjcmV0" not in "".join(found)
