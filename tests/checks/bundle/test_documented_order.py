"""Orders that a document states, and what goes wrong where they are followed."""

from __future__ import annotations

import pytest

from netsim.checks.bundle.documented_order import CHECK
from netsim.model.finding import Finding
from tests.checks.order.samples import CHART, Steps, deployment
from tests.checks.order.test_course import API, DENY, FILES, GOOD, LACKING, WEB
from tests.checks.samples import context, documents, pod, run

POLICIES = documents(DENY, WEB, API)
ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: web, namespace: shop}"
RUN_AS = pod("web", spec="serviceAccountName: web")
LOCAL = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: local}"


def found(files: dict[str, str], steps: Steps) -> list[Finding]:
    return run(CHECK, deployment(files, steps))


@pytest.mark.parametrize(
    ("files", "steps"),
    [
        (FILES, GOOD),
        # Of one input, what opens may come first as well.
        (FILES, ("allow.yaml", "deny.yaml", "web.yaml", "api.yaml")),
        (LACKING, ("deny.yaml", "allow.yaml", CHART, "web.yaml")),
        # Placeholders for use elsewhere are in no step.
        ({**FILES, "local.yaml": LOCAL}, GOOD),
        # A controller's pods wait for what comes later in the same file.
        (
            {
                "policies.yaml": POLICIES,
                "web.yaml": documents(
                    "apiVersion: batch/v1\nkind: Job\nmetadata: {name: web, namespace: shop}\n"
                    "spec: {template: {metadata: {labels: {app: web}}, "
                    "spec: {serviceAccountName: web}}}",
                    ACCOUNT,
                ),
            },
            ("policies.yaml", "web.yaml"),
        ),
    ],
    ids=["good", "opening-first", "chart", "placeholders", "waiting"],
)
def test_orders_without_a_fault(files: dict[str, str], steps: Steps) -> None:
    assert found(files, steps) == []


def test_pods_before_policies() -> None:
    (finding,) = found(FILES, ("web.yaml", "deny.yaml", "allow.yaml", "api.yaml"))[:1]
    assert str(finding.location) == "README.md:1"
    assert [str(each.location) for each in finding.related][:1] == ["README.md:2"]
    assert "step 1 (web) comes before step 2 (deny)" in finding.message
    assert "2 undocumented flows are allowed" in finding.message
    assert finding.remedy == "Move step 2 (deny) before step 1 (web)."


def test_a_chart_before_policies_names_the_scenario() -> None:
    steps = (CHART, "deny.yaml", "allow.yaml", "web.yaml")
    first, second = found(LACKING, steps)
    assert (first.location.line, second.location.line) == (1, 1)
    assert "scenario.yaml:5" in {str(each.location) for each in first.related}


def test_what_comes_before_what_it_refers_to() -> None:
    files = {"policies.yaml": POLICIES, "web.yaml": RUN_AS, "account.yaml": ACCOUNT}
    (finding,) = found(files, ("policies.yaml", "web.yaml", "account.yaml"))
    assert str(finding.location) == "README.md:2"
    assert "Pod shop/web needs ServiceAccount shop/web: the API server" in finding.message


def test_one_file_in_the_wrong_order() -> None:
    files = {"policies.yaml": POLICIES, "web.yaml": documents(RUN_AS, ACCOUNT)}
    (finding,) = found(files, ("policies.yaml", "web.yaml"))
    assert "step 2 (web) fails the first time it is applied" in finding.message
    files["web.yaml"] = documents(ACCOUNT, RUN_AS)
    assert found(files, ("policies.yaml", "web.yaml")) == []


def test_a_kind_and_its_definition_in_one_file() -> None:
    """kubectl looks up the kinds of all documents before it applies the first."""
    version = "apiextensions.k8s.io/v1"
    name = "widgets.example.org"
    kind = f"apiVersion: {version}\nkind: CustomResourceDefinition\nmetadata: {{name: {name}}}"
    one = "apiVersion: example.org/v1\nkind: Widget\nmetadata: {name: a, namespace: shop}"
    (finding,) = found({"a.yaml": documents(kind, one)}, ("a.yaml",))
    assert "kubectl refuses a kind that the cluster does not know yet" in finding.message
    assert found({"a.yaml": kind, "b.yaml": one}, ("a.yaml", "b.yaml")) == []


def test_policies_after_pods_in_one_file() -> None:
    """No step could come earlier; the file has to change."""
    files = {"all.yaml": documents(pod("web"), pod("api"), DENY, WEB, API)}
    (finding,) = found(files, ("all.yaml",))
    assert "after Pod shop/web, in step 1 (all), in a first installation" in finding.message
    assert "web -> api TCP 80" in finding.message
    assert found({"all.yaml": documents(DENY, WEB, API, pod("web"))}, ("all.yaml",)) == []


def test_a_file_in_no_step() -> None:
    steps = ("deny.yaml", "web.yaml", "api.yaml")
    (finding,) = found(FILES, steps)
    # The place to add a step, the file, and what needs it.
    assert str(finding.location) == "README.md:3"
    assert str(finding.related[0].location) == "allow.yaml"
    assert finding.message.startswith("allow.yaml is in no step of the deployment order")
    assert "1 documented flow is denied (web -> api TCP 80)" in finding.message
    assert finding.remedy == "Add it to a step before step 2 (web)."


def test_a_path_that_is_no_manifest() -> None:
    """The file that seems to be meant is no second finding."""
    steps = ("deny.yaml", "alow.yaml", "web.yaml", "api.yaml")
    (finding,) = found(FILES, steps)
    assert str(finding.location) == "README.md:2"
    assert (
        "applies alow.yaml, which is no manifest; did you mean allow.yaml?" in finding.message
    )


def test_without_a_stated_order_nothing_is_expected() -> None:
    assert run(CHECK, context(documents(pod("web"), DENY))) == []
