"""Orders that a document states, and what goes wrong where they are followed."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from netsim.model.finding import Finding
from netsim.rules.documents.documented_order import CHECK
from tests.rollout.samples import CHART, Steps, deployment
from tests.rollout.test_course import API, DENY, FILES, GOOD, LACKING, WEB
from tests.rules.samples import case, documents, pod, run

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
    """One step that is in the wrong place is one finding."""
    (finding,) = found(FILES, ("web.yaml", "deny.yaml", "allow.yaml", "api.yaml"))
    assert str(finding.location) == "README.md:1"
    related = [str(each.location) for each in finding.related]
    assert related[:2] == ["README.md:2", "README.md:3"]
    assert "step 1 (web) comes before step 2 (deny) and step 3 (allow)." in finding.message
    assert "2 undocumented flows are allowed" in finding.message
    assert finding.fix == "Move step 1 (web) after step 3 (allow)."


def test_policies_after_several_pods() -> None:
    files = {"all.yaml": POLICIES, "web.yaml": pod("web"), "api.yaml": pod("api")}
    (finding,) = found(files, ("web.yaml", "api.yaml", "all.yaml"))
    assert str(finding.location) == "README.md:3"
    related = [str(each.location) for each in finding.related]
    assert related[:2] == ["README.md:1", "README.md:2"]
    assert "step 3 (all) comes after step 1 (web) and step 2 (api)." in finding.message
    assert finding.fix == "Move step 3 (all) before step 1 (web)."


SHOP = "metadata: {name: a, namespace: shop}\n"
CUSTOM = f"apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n{SHOP}"
JOB = "spec: {template: {spec: {containers: [{name: a, image: b}]}}}"
BUILT_IN = f"apiVersion: batch/v1\nkind: Job\n{SHOP}{JOB}"


@pytest.mark.parametrize(
    ("manifest", "title", "reason"),
    [
        (CUSTOM, "External Secrets Operator", "kubectl refuses a kind"),
        (CUSTOM, "The CRDs of external-secrets", "kubectl refuses a kind"),
        (CUSTOM, "Namespace", "refuses objects of a namespace that does not exist"),
        (CUSTOM, "create the namespace shop", "refuses objects of a namespace"),
        (CUSTOM, "Some other Operator", None),
        (CUSTOM, "External Secrets", None),  # the secrets, not what brings their kind
        (CUSTOM, "Namespace labels", None),
        (CUSTOM, "Namespace monitoring", None),
        (BUILT_IN, "Batch Operator", None),
    ],
)
def test_steps_without_files(manifest: str, title: str, reason: str | None) -> None:
    """What they bring has to be there before the objects that need it."""
    assert found({"a.yaml": manifest}, (title, "a.yaml")) == []
    late = found({"a.yaml": manifest}, ("a.yaml", title))
    assert len(late) == (reason is not None)
    for finding in late:
        assert f"step 1 (a) comes before step 2 ({title})" in finding.message
        assert str(reason) in finding.message


def test_pods_whose_manifest_could_not_be_read_come_at_no_step() -> None:
    """They are not there from the start, and no step is to blame for them."""
    subject = deployment(FILES, GOOD)
    left = tuple(m for m in subject.bundle.manifests if m.name.kind != "Pod")
    partly = replace(subject, bundle=replace(subject.bundle, manifests=left))
    assert [f for f in run(CHECK, partly) if "flow" in f.message] == []


def test_a_chart_before_policies_names_the_scenario() -> None:
    steps = (CHART, "deny.yaml", "allow.yaml", "web.yaml")
    (finding,) = found(LACKING, steps)
    assert finding.location.line == 1
    assert "scenario.yaml:5" in {str(each.location) for each in finding.related}


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


def test_files_that_need_each_other() -> None:
    """No move of a step would help."""
    files = {
        "all.yaml": POLICIES,
        "web.yaml": RUN_AS,
        "api.yaml": documents(ACCOUNT, pod("api", spec="priorityClassName: high")),
    }
    assert len(found(files, ("all.yaml", "web.yaml", "api.yaml"))) == 1
    priority = "apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata: {name: high}"
    files["web.yaml"] = documents(RUN_AS, f"{priority}\nvalue: 1")
    (finding,) = found(files, ("all.yaml", "web.yaml", "api.yaml"))
    assert finding.message.startswith("no order of ")


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
    assert finding.fix == "Add it to a step before step 2 (web)."


def test_a_path_that_is_no_manifest() -> None:
    """The file that seems to be meant is no second finding."""
    steps = ("deny.yaml", "alow.yaml", "web.yaml", "api.yaml")
    (finding,) = found(FILES, steps)
    assert str(finding.location) == "README.md:2"
    assert (
        "applies alow.yaml, which is not beside the document; did you mean allow.yaml?"
        in finding.message
    )


def test_without_a_stated_order_nothing_is_expected() -> None:
    assert run(CHECK, case(documents(pod("web"), DENY))) == []
