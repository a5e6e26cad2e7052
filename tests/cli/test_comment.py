"""What ``netsim comment`` prints and how it ends; tests/ci has it in whole jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ci.repository import GIT, Repository
from tests.ci.test_action import HARMLESS, OPENING, REJECTED
from tests.cli.command import Done, netsim
from tests.fakes.forge.github import JOB_TOKEN, GitHubServer
from tests.fakes.forge.server import serving

OFF_CI = ("--base", "origin/main")


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("repository"))


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with serving(GitHubServer()) as found:
        yield found


def comment(repository: Repository, *options: str, **environ: str) -> Done:
    done = netsim("comment", "k8s", *options, cwd=repository.folder, **{**GIT, **environ})
    assert JOB_TOKEN not in done.out + done.err
    return done


def test_outside_of_a_job_the_review_is_printed_all_the_same(repository: Repository) -> None:
    repository.propose(*OPENING)
    done = comment(repository, *OFF_CI)
    assert done.code == 1
    assert done.out.startswith("Opens 1 connection; it is not documented.")
    assert done.err == (
        "no comment: this is a job of neither GitHub nor GitLab: set GITHUB_REPOSITORY to "
        "owner/name and GITHUB_TOKEN, or CI_API_V4_URL, CI_PROJECT_ID and "
        "NETSIM_GITLAB_TOKEN\n"
    )


def test_a_comment_can_be_written_from_anywhere(
    repository: Repository, server: GitHubServer
) -> None:
    repository.propose(*OPENING)
    environ = {
        "GITHUB_API_URL": server.api,
        "GITHUB_REPOSITORY": "acme/shop",
        "GH_TOKEN": JOB_TOKEN,
    }
    said = [comment(repository, *OFF_CI, "--pull-request", "7", **environ) for _ in range(2)]
    url = "https://github.com/acme/shop/pull/7#issuecomment-1"
    assert [each.err for each in said] == [
        f"comment created: {url}\n",
        f"comment unchanged: {url}\n",
    ]


def test_quiet_tells_only_why_there_is_no_comment(
    repository: Repository, server: GitHubServer
) -> None:
    repository.propose(*OPENING)
    options = (*OFF_CI, "--quiet")
    assert comment(repository, *options, **server.environ()).err == ""
    assert comment(repository, *options).err.startswith("no comment: ")


def test_never_is_silent(repository: Repository, server: GitHubServer) -> None:
    repository.propose(*OPENING)
    done = comment(repository, *OFF_CI, "--when", "never", **server.environ())
    assert (done.code, done.err, server.log) == (1, "", [])


def test_what_cannot_be_reviewed_replaces_what_was_said_before(
    repository: Repository, server: GitHubServer, tmp_path: Path
) -> None:
    repository.propose(*HARMLESS)
    environ = {**server.environ(), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary")}
    assert comment(repository, *OFF_CI, "--when", "always", **environ).code == 0
    done = comment(repository, "--base", "nowhere", **environ)
    assert done.code == 2
    (body,) = server.bodies
    assert body.startswith(
        "<!-- netsim: default -->\n### netsim: What this changes is not known"
    )
    assert "nowhere" in body
    assert done.out.startswith("::error title=netsim::")
    assert body.partition("\n")[2] in (tmp_path / "summary").read_text(encoding="utf-8")


def test_a_job_that_says_no_base_is_bad_usage_and_told(
    repository: Repository, server: GitHubServer
) -> None:
    done = comment(repository, **server.environ())
    assert done.code == 2
    assert "give --base or --base-dir" in done.err
    assert "give --base or --base-dir" in server.bodies[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--key a-->b", "'a-->b' is not a key: use up to 64 letters"),
        ("--when sometimes", "'sometimes'"),
        ("--pull-request 0", "0 is not in the range"),
        ("--base main --base-dir .", "give a base revision or a base folder"),
    ],
)
def test_bad_usage_asks_nobody(
    repository: Repository, server: GitHubServer, options: str, message: str
) -> None:
    done = comment(repository, *options.split(), COLUMNS="200", **server.environ())
    assert done.code == 2
    assert message in done.err
    assert server.writes == []


@pytest.mark.parametrize("name", ["GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"])
def test_a_file_of_the_job_that_cannot_be_written_ends_nothing(
    repository: Repository, tmp_path: Path, name: str
) -> None:
    repository.propose(*REJECTED)
    done = comment(repository, *OFF_CI, "--when", "never", **{name: str(tmp_path)})
    assert done.code == 2
    said = f"{name}: {tmp_path} cannot be written: Is a directory" in done.err
    # Where nothing is known there are no numbers to tell.
    assert said is (name == "GITHUB_STEP_SUMMARY")


def test_the_comment_is_in_a_file_too(repository: Repository, tmp_path: Path) -> None:
    repository.propose(*OPENING)
    file = tmp_path / "review.md"
    done = comment(repository, *OFF_CI, "--when", "never", "-o", str(file))
    assert done.code == 1
    assert file.read_text(encoding="utf-8").startswith("### netsim: Opens 1 connection;")
    gone = comment(repository, *OFF_CI, "-o", str(tmp_path / "no" / "review.md"))
    assert (gone.code, gone.out) == (2, "")


def test_on_github_the_cause_of_what_is_opened_is_annotated(repository: Repository) -> None:
    repository.propose(*OPENING)
    options = (*OFF_CI, "--when", "never", "--no-scenario")
    done = comment(repository, *options, GITHUB_ACTIONS="true")
    place, _, sentence = done.out.partition("\n")
    assert place == (
        "::error file=k8s/policies.yaml,line=61,title=opens::1 connection: "
        "shop/web[Deployment] → shop/postgres[StatefulSet] TCP 5432"
    )
    assert sentence.startswith("Opens 1 connection")
