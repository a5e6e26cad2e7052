"""The action as a job runs it: its steps in bash, in a checkout, beside a fake GitHub."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.ci.repository import BASE, GIT, Change, Repository
from tests.ci.runner import Job, Runner
from tests.cli.command import assert_text, environment
from tests.fakes.forge.github import JOB_TOKEN, GitHubServer
from tests.fakes.forge.server import Reply, fail, serving
from tests.project import ROOT

SNAPSHOTS = Path(__file__).parent / "snapshots"
INSTALLER = Path(__file__).parent / "installer"
"""Stands in for the Python that is set up: it notes what is installed, and runs this netsim."""


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with serving(GitHubServer()) as found:
        yield found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


@pytest.fixture
def runner(repository: Repository, server: GitHubServer, tmp_path: Path) -> Runner:
    temporary = tmp_path / "runner"
    temporary.mkdir()
    environ = {
        **environment(),
        **GIT,
        **server.environ(),
        "TESTED_PYTHON": sys.executable,
    }
    foreign = {"python": {"python-path": str(INSTALLER)}}
    return Runner(ROOT / "action.yml", repository.folder, temporary, environ, foreign)


POLICIES = "k8s/policies.yaml"
HARMLESS = (Change("k8s/workloads.yaml", "shop/web:1.4.0", "shop/web:1.5.0"),)
OPENING = (
    Change(
        POLICIES,
        "{app: api}}\n      ports: [{port: http}]",
        "{app: api}}\n      ports: [{port: http}]\n"
        "    - to:\n"
        "        - podSelector: {matchLabels: {app: postgres}}\n"
        "      ports: [{port: postgres}]",
    ),
    Change(
        POLICIES,
        "{app: api}}\n      ports: [{port: postgres}]",
        "{app: api}}\n"
        "        - podSelector: {matchLabels: {app: web}}\n"
        "      ports: [{port: postgres}]",
    ),
)
REJECTED = (
    Change(
        POLICIES,
        "podSelector: {}\n  policyTypes: [Egress]",
        "podSelecter: {}\n  policyTypes: [Egress]",
    ),
)


def propose(runner: Runner, repository: Repository, changes: Sequence[Change]) -> Runner:
    repository.propose(*changes)
    return runner_of(runner, repository)


def runner_of(runner: Runner, repository: Repository, head: str = "acme/shop") -> Runner:
    """The runner of a job for the commit that is checked out."""
    event = repository.event(runner.temporary, head)
    return replace(runner, environ={**runner.environ, **event})


def run(runner: Runner, **inputs: str) -> Job:
    job = runner.run(paths="k8s/", **inputs)
    assert JOB_TOKEN not in "".join(job.logs.values()) + job.summary
    assert "Traceback" not in "".join(job.logs.values())
    return job


def told(repository: Repository, server: GitHubServer, job: Job) -> str:
    """What people see of a job, as a text that is the same in each run."""
    parts = (
        f"exit code {job.code}",
        "".join(f"{name}: {each}\n" for name, each in job.outputs.items() if name != "report"),
        "--- annotations",
        *job.annotations,
        "--- comments",
        *server.bodies,
    )
    text = "\n".join(parts)
    for commit, name in ((repository.base, "BASE"), (repository.head, "HEAD")):
        text = text.replace(commit, name).replace(commit[:12], name)
    return text


@pytest.mark.parametrize(
    ("name", "changes"), [("harmless", HARMLESS), ("opening", OPENING), ("rejected", REJECTED)]
)
def test_three_pull_requests(
    runner: Runner,
    repository: Repository,
    server: GitHubServer,
    name: str,
    changes: Sequence[Change],
) -> None:
    job = run(propose(runner, repository, changes), comment="always")
    assert_text(SNAPSHOTS / f"{name}.txt", told(repository, server, job))
    report = Path(job.outputs["report"]).read_text(encoding="utf-8")
    assert server.bodies == [f"<!-- netsim: default -->\n{report}"]
    assert job.summary == f"{report}\n"


def test_a_harmless_change_is_not_worth_a_comment(
    runner: Runner, repository: Repository, server: GitHubServer
) -> None:
    job = run(propose(runner, repository, HARMLESS))
    assert (job.code, server.bodies) == (0, [])
    assert "no comment: there is nothing to tell" in job.logs["review"]
    assert job.summary.startswith("### netsim: Changes no connection.")


def test_the_comment_says_when_all_is_well_again(
    runner: Runner, repository: Repository, server: GitHubServer
) -> None:
    assert run(propose(runner, repository, OPENING)).code == 1
    repository.git("checkout", "--quiet", f"origin/{BASE}", "--", "k8s")
    repository.commit("Take it back")
    assert run(runner_of(runner, repository)).code == 0
    (body,) = server.bodies
    assert body.startswith("<!-- netsim: default -->\n### netsim: Changes no connection.\n")


def test_each_job_has_its_comment(
    runner: Runner, repository: Repository, server: GitHubServer
) -> None:
    proposed = propose(runner, repository, OPENING)
    for key in ("staging", "production", "staging"):
        run(proposed, key=key)
    assert [each.partition("\n")[0] for each in server.bodies] == [
        "<!-- netsim: staging -->",
        "<!-- netsim: production -->",
    ]


def test_a_fork_has_a_summary_and_the_same_verdict(
    runner: Runner, repository: Repository, server: GitHubServer
) -> None:
    server.readers.add(JOB_TOKEN)
    repository.propose(*OPENING)
    job = run(runner_of(runner, repository, head="somebody/shop"))
    assert (job.code, job.outputs["verdict"], server.bodies) == (1, "worse", [])
    assert "the pull request is of a fork, whose token may only read" in job.logs["review"]
    assert job.summary.startswith("### netsim: Opens 1 connection; it is not documented.")
    assert len(job.annotations) == 1


def test_a_server_that_is_down_changes_no_verdict(
    runner: Runner, repository: Repository, server: GitHubServer
) -> None:
    server.faults.append(fail(".*", Reply(500, "<html>"), times=9))
    job = run(propose(runner, repository, OPENING))
    assert (job.code, job.outputs["verdict"]) == (1, "worse")
    assert "answers 500: it is broken at the moment; the review is in" in job.logs["review"]


def test_a_shallow_clone_is_unknown_and_says_what_helps(
    runner: Runner, repository: Repository, server: GitHubServer, tmp_path: Path
) -> None:
    proposed = propose(runner, repository, OPENING)
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(shallow))
    job = run(replace(proposed, workspace=shallow))
    assert (job.code, job.outputs["verdict"]) == (1, "unknown")
    for text in (server.bodies[0], job.summary, job.annotations[0]):
        assert "fetch-depth: 0" in text


@pytest.mark.parametrize(
    ("fail_on", "changes", "code"),
    [
        ("findings", HARMLESS, 0),
        ("findings", OPENING, 1),
        ("findings", REJECTED, 1),
        ("errors", OPENING, 0),
        ("errors", REJECTED, 1),
        ("never", REJECTED, 0),
        ("sometimes", HARMLESS, 2),
    ],
)
def test_what_fails(
    runner: Runner, repository: Repository, fail_on: str, changes: Sequence[Change], code: int
) -> None:
    job = run(propose(runner, repository, changes), fail_on=fail_on, comment="never")
    assert job.code == code
    assert job.summary


def test_a_program_that_ends_without_a_word_has_no_verdict(
    runner: Runner, repository: Repository
) -> None:
    proposed = propose(runner, repository, OPENING)
    broken = replace(proposed, environ={**proposed.environ, "TESTED_PYTHON": "/bin/false"})
    job = run(broken, fail_on="errors")
    assert (job.outputs["verdict"], job.outputs["report"]) == ("unknown", "")
    assert job.code == 1


@pytest.mark.parametrize("changes", [HARMLESS, OPENING, REJECTED])
def test_sarif_is_there_whatever_is_found(
    runner: Runner, repository: Repository, changes: Sequence[Change]
) -> None:
    run(propose(runner, repository, changes), sarif="out put.sarif", comment="never")
    written = json.loads((repository.folder / "out put.sarif").read_text(encoding="utf-8"))
    assert written["version"] == "2.1.0"


def test_no_sarif_is_said(runner: Runner, repository: Repository) -> None:
    job = run(propose(runner, repository, HARMLESS), sarif="nowhere/x.sarif", comment="never")
    assert "::warning title=netsim::no SARIF was written: the log says why" in job.annotations
    assert job.code == 0


HOSTILE = "$(touch pwned) `touch pwned` \"'; touch pwned # ${IFS} *"


@pytest.mark.parametrize("name", ["paths", "scenario", "base", "key", "comment", "sarif"])
def test_an_input_is_no_code(runner: Runner, repository: Repository, name: str) -> None:
    proposed = propose(runner, repository, HARMLESS)
    given = {"paths": "k8s/", "comment": "never", name: HOSTILE}
    job = proposed.run(**given)
    assert not list(repository.folder.rglob("pwned"))
    assert job.outputs["verdict"] == ("clean" if name == "sarif" else "unknown")


def test_paths_are_lines(runner: Runner, repository: Repository) -> None:
    (repository.folder / "k8s").rename(repository.folder / "my k8s")
    repository.commit("Move")
    paths = "\n  my k8s/policies.yaml  \n\nmy k8s/workloads.yaml\n"
    job = runner_of(runner, repository).run(paths=paths, comment="never")
    assert job.outputs["verdict"] == "clean", job.logs


@pytest.mark.parametrize(
    ("version", "installed"),
    [("", str(ROOT)), ("0.1.0", "kube-netsim==0.1.0"), ("1.0rc1", "kube-netsim==1.0rc1")],
)
def test_which_version_is_installed(
    runner: Runner, repository: Repository, version: str, installed: str
) -> None:
    run(propose(runner, repository, HARMLESS), version=version, comment="never")
    command = (runner.temporary / "installed").read_text(encoding="utf-8")
    assert command == f"install --quiet --disable-pip-version-check {installed}\n"


@pytest.mark.parametrize("version", ["main", "1 --index-url=http://x", "1\n::set-output::"])
def test_what_is_no_version_installs_nothing(
    runner: Runner, repository: Repository, version: str
) -> None:
    job = run(propose(runner, repository, HARMLESS), version=version)
    assert job.codes == {"install": 2}
    assert len(job.annotations) == 1
    assert not (runner.temporary / "installed").exists()
