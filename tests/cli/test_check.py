"""``netsim check`` from the command line: whole outputs, and what it does with odd input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import Done, assert_snapshot, netsim
from tests.fakes import pull_requests
from tests.project import ROOT

POLICIES = "manifests/network-policy.yaml"
SCENARIO = "scenarios/production.yaml"
README = (ROOT / "manifests/README.md").read_text(encoding="utf-8")
BUDGET_LINE = README.splitlines().index("| API | 1 | N/A |") + 1


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def check(project: Path, *arguments: str, stdin: str = "", **env: str) -> Done:
    return netsim("check", *arguments, cwd=project, stdin=stdin, **env)


def faulty(project: Path) -> None:
    """One exposed and one broken flow, and a finding that needs no documentation."""
    file = project / POLICIES
    replaced(file, "port: 4000", "port: 4001")
    runner = "other runners included.\n  ingress: "
    replaced(file, f"{runner}[]", f"{runner}[{{from: [{{ipBlock: {{cidr: 0.0.0.0/0}}}}]}}]")


@pytest.mark.parametrize("columns", ["80", "200"])
def test_passing(project: Path, columns: str) -> None:
    assert_snapshot(f"check/at-{columns}", check(project, "manifests/", COLUMNS=columns))


@pytest.mark.parametrize(
    "form", ["text", "markdown", "json", "sarif", "junit", "github", "gitlab"]
)
def test_failing(project: Path, form: str) -> None:
    faulty(project)
    done = check(project, "manifests", "--format", form, COLUMNS="80")
    assert done.code == 1
    assert_snapshot(f"check/faulty-{form}", done)


def test_narrow(project: Path) -> None:
    assert_snapshot("check/at-40", check(project, "manifests", COLUMNS="40"))


def test_half_broken_folder(project: Path) -> None:
    (project / "manifests/broken.yaml").write_text("kind: [\n", encoding="utf-8")
    faulty(project)
    done = check(project, "manifests")
    assert done.code == 2
    assert done.err.startswith("manifests/broken.yaml:1: ")
    assert "error forbidden" in done.out


def test_nothing_read_is_no_finding(project: Path) -> None:
    (project / "empty").mkdir()
    done = check(project, "empty")
    assert done.code == 2
    assert "error" not in done.out


def test_stdin_and_scenario_of_the_current_folder(project: Path) -> None:
    text = (project / POLICIES).read_text(encoding="utf-8")
    done = check(project, "-", stdin=text)
    assert (done.code, done.err) == (0, "")


def test_scenario_beside_the_input(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert check(elsewhere, str(project / "manifests")).code == 0


def test_no_scenario(project: Path) -> None:
    shutil.rmtree(project / "scenarios")
    # With all of the folder, pods that only the scenario knows would be missed.
    done = check(project, POLICIES)
    assert done.code == 0
    assert "no scenario found" in done.err
    assert "nothing documented to compare with: 0 findings" in done.out


def test_several_scenarios(project: Path) -> None:
    shutil.copy(project / SCENARIO, project / "scenarios/staging.yaml")
    done = check(project, "manifests")
    assert done.code == 2
    assert "scenarios/production.yaml, scenarios/staging.yaml" in done.err
    assert check(project, "manifests", "--scenario", SCENARIO).code == 0


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (SCENARIO, "heading: Network Policies", "heading: Netwrok", "manifests/README.md"),
        (SCENARIO, "../manifests/README.md, ", "../nowhere.md, ", "nowhere.md: cannot be read"),
        (SCENARIO, "namespace: production", "namespaces: production", "production.yaml:5: "),
        ("manifests/README.md", "│ Runner  │", "│ Runnerz │", "manifests/README.md:85: "),
        ("manifests/README.md", "Runner  │──→", "Runner  │──? ", "manifests/README.md:87: "),
    ],
)
def test_unreadable_documentation(
    project: Path, file: str, old: str, new: str, said: str
) -> None:
    replaced(project / file, old, new)
    done = check(project, "manifests")
    assert done.code == 2
    assert said in done.err
    # What the scenario would have named is not called missing.
    assert "nothing" not in done.out


def test_workload_that_is_missing(project: Path) -> None:
    replaced(
        project / SCENARIO,
        "labels: {app.kubernetes.io/name: plue-api}\n    ports: [{name: http, port: 4000}]",
        "workload: plue-api[Deployment]",
    )
    done = check(project, "manifests")
    assert done.code == 2
    assert "no workload 'production/plue-api[Deployment]' in the input" in done.err


def test_inconclusive(project: Path) -> None:
    # A part of the pod range: the runner may or may not reach the ingress controller.
    replaced(project / POLICIES, "- 10.0.0.0/8       #", "- 10.0.0.0/9       #")
    replaced(project / SCENARIO, "- 10.0.0.0/8\n", "- 10.0.0.0/9\n")
    replaced(project / SCENARIO, "[10.0.0.0/8, 100.64.0.0/10,", "[10.0.0.0/9, 100.64.0.0/10,")
    done = check(project, "manifests", "--format", "json")
    assert '"rule": "undecided"' in done.out


def test_placeholder_is_inconclusive(project: Path) -> None:
    replaced(
        project / POLICIES,
        "plue-runner\n      ports:\n        - {protocol: TCP, port: 4000}",
        'plue-runner\n      ports:\n        - {protocol: TCP, port: "${API_PORT}"}',
    )
    done = check(project, "manifests")
    assert done.code == 2
    assert "inconclusive" in done.out
    assert "warning" in done.err
    assert check(project, "manifests", "--allow-inconclusive").code == 0


def test_suppressed_with_a_reason(project: Path) -> None:
    faulty(project)
    replaced(
        project / POLICIES,
        "  ingress: [{from",
        "  # netsim: ignore[forbidden, exposed] agreed until the move\n  ingress: [{from",
    )
    done = check(project, "manifests")
    assert "suppressed forbidden" in done.out
    assert "agreed until the move" in done.out
    assert "error forbidden" not in done.out


def test_output_file(project: Path) -> None:
    done = check(project, "manifests", "--output", "result.md", "--format", "markdown")
    assert (done.code, done.out) == (0, "")
    text = (project / "result.md").read_text(encoding="utf-8")
    assert text.startswith("**netsim check passed")


@pytest.mark.parametrize(
    "text", ["", "# a comment\n", "kind: StorageClass\napiVersion: storage.k8s.io/v1\n"]
)
def test_nothing_that_counts_is_bad_input(project: Path, text: str) -> None:
    (project / POLICIES).write_text(text, encoding="utf-8")
    done = check(project, POLICIES)
    assert done.code == 2
    assert "nothing to check" in done.err


def test_policy_of_another_kind_is_inconclusive(project: Path) -> None:
    text = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: x}\n"
    (project / "calico.yaml").write_text(text, encoding="utf-8")
    done = check(project, "manifests", "calico.yaml")
    assert done.code == 2
    assert "not evaluated (NetworkPolicy.projectcalico.org)" in done.out
    assert "warning undecided  calico.yaml:2" in done.out
    assert "NetworkPolicy.projectcalico.org production/x is" in done.out
    assert check(project, "manifests", "calico.yaml", "--allow-inconclusive").code == 0


def test_a_policy_of_another_kind_hides_no_finding_of_the_rest(project: Path) -> None:
    """Findings come before what is inconclusive, and bad input before both."""
    shutil.rmtree(project / "scenarios")
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: lab}\n"
    (project / "pod.yaml").write_text(text, encoding="utf-8")
    firewall = "apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\nmetadata: {name: x}\n"
    (project / "other.yaml").write_text(firewall, encoding="utf-8")
    done = check(project, "pod.yaml", "other.yaml", "--allow-inconclusive")
    assert done.code == 1
    verdict = "nothing documented to compare with: 1 finding; also inconclusive"
    assert done.out.startswith(verdict)
    (project / "bad.yaml").write_text("kind: NetworkPolicy\n", encoding="utf-8")
    assert check(project, "pod.yaml", "other.yaml", "bad.yaml").code == 2


def test_without_documentation_nothing_passes(project: Path) -> None:
    shutil.rmtree(project / "scenarios")
    done = check(project, POLICIES, "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["conclusion"] == "not compared"
    shown = check(project, POLICIES, "--format", "markdown").out
    assert shown.startswith("**netsim check: nothing documented to compare with: 0 findings**")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("exposd", "there is no rule exposd to suppress; did you mean 'exposed'?"),
        ("exposed", "this comment suppresses no finding of exposed: remove it"),
    ],
)
def test_comments_that_suppress_nothing(project: Path, rule: str, said: str) -> None:
    replaced(
        project / POLICIES,
        "  ingress: []\n",
        f"  # netsim: ignore[{rule}] agreed\n  ingress: []\n",
    )
    done = check(project, "manifests")
    assert done.code == 0
    assert said in done.err


def test_scenario_for_a_file_and_for_the_project_itself(project: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    file = check(elsewhere, str(project / POLICIES))
    assert (file.code, file.err) == (0, "")
    shutil.rmtree(elsewhere)
    whole = check(project, ".")
    assert whole.code == 0, whole
    assert "netsim scenario (1)" in whole.out


def test_several_labels_that_deny_are_no_arrow(project: Path) -> None:
    replaced(project / "manifests/README.md", "(egress allowed)", "(no egress)")
    assert check(project, "manifests").code == 2


def test_a_statement_that_cannot_be_read_hides_no_other(project: Path) -> None:
    """Nor does it make policies of pods that the scenario describes look idle."""
    readme = project / "manifests/README.md"
    replaced(readme, "| API | 1 |", "| API | one |")
    replaced(readme, "handler: runsc", "handler: kata")
    done = check(project, "manifests")
    assert (done.code, done.err) == (
        2,
        (
            f"manifests/README.md:{BUDGET_LINE}: 'one' is not an amount of pods; write a "
            "number, a percentage or N/A\n"
        ),
    )
    assert "error documented-excerpt" in done.out
    assert "selects-nothing" not in done.out


def test_a_document_that_is_missing_hides_no_other(project: Path) -> None:
    (project / "manifests/external-secrets/README.md").unlink()
    replaced(project / "manifests/README.md", "handler: runsc", "handler: kata")
    done = check(project, "manifests")
    assert done.code == 2
    assert "README.md: cannot be read" in done.err
    assert "error documented-excerpt" in done.out
    assert "selects-nothing" not in done.out


def test_files_of_a_folder_are_not_the_folder(project: Path) -> None:
    """What their document states besides the diagram is not compared, which is said."""
    replaced(project / "manifests/README.md", "handler: runsc", "handler: kata")
    files = sorted((project / "manifests").glob("*.yaml"))
    done = check(project, *(f"manifests/{file.name}" for file in files))
    assert done.code == 0
    said = " ".join(done.out.split())
    assert "not fully read: other statements of manifests/README.md, manifests/ext" in said
    assert "not fully read" not in check(project, "manifests").out


@pytest.mark.parametrize("limit", [2_000, 300])
@pytest.mark.parametrize("command", ["check new -s net.yaml", "diff old new -s net.yaml"])
def test_markdown_has_at_most_so_many_characters(
    tmp_path: Path, command: str, limit: int
) -> None:
    names = [f"part-{number:02}" for number in range(12)]
    deny = pull_requests.POLICIES.partition("---")[0]
    workloads = "---\n".join(pull_requests.write_workload(name, 80) for name in names)
    for folder, policies in (("old", f"---\n{deny}"), ("new", "")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "all.yaml").write_text(workloads + policies)
    flow = "  - {from: part-00, to: part-01, ports: [TCP 80], because: it is so}\n"
    endpoints = "".join(f"  {name}: {{workload: shop/{name}}}\n" for name in names)
    (tmp_path / "net.yaml").write_text(
        f"namespace: shop\nendpoints:\n{endpoints}flows:\n{flow}"
    )
    done = netsim(*command.split(), "-f", "md", "--limit", str(limit), cwd=tmp_path)
    assert done.code == 1
    assert len(done.out) <= limit
    assert "too long" in done.out
    assert len(netsim(*command.split(), "-f", "md", "--limit", "0", cwd=tmp_path).out) > 5_000
