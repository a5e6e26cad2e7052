"""What the environment of a job says, and what it lacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from netsim.forge.interface import ForgeError, Trouble
from netsim.forge.surroundings import find_base, open_forge

GITHUB = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/shop", "GITHUB_TOKEN": "t"}
GITLAB = {
    "CI_API_V4_URL": "https://gitlab.com/api/v4",
    "CI_PROJECT_ID": "42",
    "CI_MERGE_REQUEST_IID": "7",
    "GITLAB_TOKEN": "t",
}
REF = {"GITHUB_REF": "refs/pull/7/merge"}


def title(environ: dict[str, str], number: int | None = None) -> str:
    with open_forge(environ, number) as forge:
        return forge.title


def event(folder: Path, **said: Any) -> dict[str, str]:
    file = folder / "event.json"
    file.write_text(json.dumps(said))
    return {"GITHUB_EVENT_PATH": str(file)}


@pytest.mark.parametrize(
    ("environ", "number", "expected"),
    [
        ({**GITHUB, **REF}, None, "acme/shop#7"),
        ({**GITHUB, **REF}, 8, "acme/shop#8"),
        ({**GITHUB, "GITHUB_REF": "refs/heads/main"}, 8, "acme/shop#8"),
        ({"GITHUB_REPOSITORY": "acme/shop", "GH_TOKEN": " t\n"}, 7, "acme/shop#7"),
        (GITLAB, None, "42!7"),
        (GITLAB, 8, "42!8"),
        # The pipeline of a fork.
        ({**GITLAB, "CI_MERGE_REQUEST_PROJECT_ID": "1"}, None, "1!7"),
        # A runner of GitHub on a machine that also has those of GitLab.
        ({**GITLAB, **GITHUB, **REF}, None, "acme/shop#7"),
    ],
)
def test_which_pull_request(environ: dict[str, str], number: int | None, expected: str) -> None:
    assert title(environ, number) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"pull_request": {"number": 7}},
        {"number": 9, "pull_request": {"number": 7, "head": {"repo": None}}},
        {"issue": {"number": 7, "pull_request": {"url": "x"}}},
    ],
)
def test_the_event_says_which_pull_request(said: dict[str, Any], tmp_path: Path) -> None:
    assert title({**GITHUB, **event(tmp_path, **said)}) == "acme/shop#7"


@pytest.mark.parametrize(
    ("environ", "trouble", "message"),
    [
        ({}, Trouble.NO_FORGE, "a job of neither GitHub nor GitLab: set GITHUB_REPOSITORY"),
        ({**GITHUB, "GITHUB_REPOSITORY": "a/b/c"}, Trouble.NO_FORGE, "'a/b/c', which is not"),
        ({**GITHUB, "GITHUB_REPOSITORY": "a/b?c"}, Trouble.NO_FORGE, "'a/b?c', which is not"),
        (GITHUB, Trouble.NO_PULL_REQUEST, "no pull request to comment on"),
        (
            {**GITHUB, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/pull/7/x"},
            Trouble.NO_PULL_REQUEST,
            "no pull request to comment on: the job is for the event `push`",
        ),
        (
            {**GITHUB, **REF, "GITHUB_TOKEN": ""},
            Trouble.NO_TOKEN,
            "give the step `GITHUB_TOKEN: ${{ github.token }}`",
        ),
        ({**GITHUB, **REF, "GITHUB_TOKEN": "a\r\nX: b"}, Trouble.NO_TOKEN, "that no token has"),
        ({**GITHUB, **REF, "GITHUB_TOKEN": "gehört"}, Trouble.NO_TOKEN, "that no token has"),
        ({**GITHUB, **REF, "GITHUB_API_URL": "x"}, Trouble.NO_FORGE, "'x' is not the address"),
        (
            {**GITLAB, "CI_MERGE_REQUEST_IID": ""},
            Trouble.NO_PULL_REQUEST,
            "add `merge_request_event` to the job's rules",
        ),
        ({**GITLAB, "CI_PROJECT_ID": ""}, Trouble.NO_FORGE, "set CI_PROJECT_ID"),
        ({**GITLAB, "GITLAB_TOKEN": ""}, Trouble.NO_TOKEN, "NETSIM_GITLAB_TOKEN to a project"),
        (
            {**GITLAB, "GITLAB_TOKEN": "", "CI_JOB_TOKEN": "j"},
            Trouble.NO_TOKEN,
            "with the scope `api` (CI_JOB_TOKEN cannot write notes)",
        ),
    ],
)
def test_what_is_missing(environ: dict[str, str], trouble: Trouble, message: str) -> None:
    with pytest.raises(ForgeError) as error:
        title(environ)
    assert error.value.trouble is trouble
    assert message in error.value.message


@pytest.mark.parametrize("text", ["", "[]", '{"pull_request": {"number": "7"}}', "\xff"])
def test_an_event_that_is_none(text: str, tmp_path: Path) -> None:
    file = tmp_path / "event.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ForgeError, match="this is not the event of a job on GitHub"):
        title({**GITHUB, "GITHUB_EVENT_PATH": str(file)})


def test_an_issue_is_no_pull_request(tmp_path: Path) -> None:
    with pytest.raises(ForgeError, match="no pull request to comment on"):
        title({**GITHUB, **event(tmp_path, issue={"number": 7})})


@pytest.mark.parametrize(
    ("environ", "said", "base"),
    [
        ({**GITHUB, "GITHUB_BASE_REF": "release/1"}, {}, "refs/remotes/origin/release/1"),
        (GITHUB, {"before": "4a5b"}, "4a5b"),
        (GITHUB, {"before": "0" * 40}, None),
        (GITHUB, {"merge_group": {"base_sha": "4a5b"}}, "4a5b"),
        (GITHUB, {}, None),
        ({}, {}, None),
        ({**GITLAB, "CI_MERGE_REQUEST_DIFF_BASE_SHA": "4a5b"}, {}, "4a5b"),
        ({**GITLAB, "CI_COMMIT_BEFORE_SHA": "4a5b"}, {}, "4a5b"),
        ({**GITLAB, "CI_COMMIT_BEFORE_SHA": "0" * 40}, {}, None),
    ],
)
def test_against_what(
    environ: dict[str, str], said: dict[str, Any], base: str | None, tmp_path: Path
) -> None:
    assert find_base({**environ, **event(tmp_path, **said)}) == base


@pytest.mark.parametrize(
    ("head", "is_from_fork"),
    [
        ({"repo": {"full_name": "acme/shop"}}, False),
        ({"repo": {"full_name": "somebody/shop"}}, True),
        ({"repo": None}, True),
    ],
)
def test_forks(head: dict[str, Any], is_from_fork: bool, tmp_path: Path) -> None:  # noqa: FBT001
    from netsim.forge.event import read_event

    base = {"repo": {"full_name": "acme/shop"}}
    environ = event(tmp_path, pull_request={"number": 7, "head": head, "base": base})
    assert read_event(environ).is_from_fork is is_from_fork
