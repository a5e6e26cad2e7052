"""What CI systems read of this repository: that they can, and what a review would look for."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import netsim
from tests.ci.runner import EXPRESSION
from tests.project import ROOT

ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GITLAB = ROOT / "templates" / "netsim.gitlab-ci.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
SHELLCHECK = Path(sys.executable).parent / "shellcheck"
NEEDED = {"contents": "read", "pull-requests": "write"}
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
USES = re.compile(r"uses: (.*)$", re.MULTILINE)


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_bytes())


@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("github-actions", ACTION),
        *(("github-workflows", file) for file in WORKFLOWS),
        ("gitlab-ci", GITLAB),
    ],
    ids=lambda each: getattr(each, "name", each),
)
def test_it_is_what_its_reader_expects(schema: str, file: Path) -> None:
    command = ("check-jsonschema", "--builtin-schema", f"vendor.{schema}", str(file))
    done = subprocess.run(
        [sys.executable, "-m", command[0].replace("-", "_"), *command[1:]],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_schema_refuses_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "action.yml"
    wrong.write_text(ACTION.read_text(encoding="utf-8").replace("using:", "uses:"))
    with pytest.raises(AssertionError):
        test_it_is_what_its_reader_expects("github-actions", wrong)


def _list_scripts() -> Iterator[tuple[str, str]]:
    for step in read(ACTION)["runs"]["steps"]:
        if "run" in step:
            yield step["id"], step["run"]
    for job in read(GITLAB).values():
        yield "gitlab", "\n".join(job["script"])


SCRIPTS = tuple(_list_scripts())


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_no_input_is_pasted_into_a_script(name: str, script: str) -> None:
    assert not EXPRESSION.search(script), name


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_no_file_of_a_pull_request_is_imported(name: str, script: str) -> None:
    """Python finds modules in the current folder first, unless it is isolated."""
    assert script.count(" -m ") == script.count(" -I -m "), name


@pytest.mark.parametrize(("name", "script"), SCRIPTS)
def test_shellcheck_finds_nothing(name: str, script: str, tmp_path: Path) -> None:
    file = tmp_path / f"{name}.sh"
    file.write_text(f"#!/bin/bash\n{script}\n", encoding="utf-8")
    done = subprocess.run(
        [
            str(Path(sys.executable).parent / "shellcheck"),
            "--enable=quote-safe-variables",
            file,
        ],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", [ACTION, *WORKFLOWS], ids=lambda file: file.name)
def test_the_actions_of_others_are_pinned(file: Path) -> None:
    used = USES.findall(file.read_text(encoding="utf-8"))
    assert used
    assert [each for each in used if each != "./" and not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
def test_a_workflow_may_do_no_more_than_it_needs(file: Path) -> None:
    workflow = read(file)
    # YAML takes the key `on` for a boolean.
    assert "pull_request_target" not in workflow[True]
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert (
            job["permissions"].items() <= {"contents": "read", "pull-requests": "write"}.items()
        )
        checkout = next(s for s in job["steps"] if "actions/checkout@" in s.get("uses", ""))
        assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_the_action_has_the_options_that_it_documents() -> None:
    spec = read(ACTION)
    assert set(spec["inputs"]) == {
        "base",
        "comment",
        "fail-on",
        "key",
        "paths",
        "python-version",
        "sarif",
        "scenario",
        "token",
        "version",
    }
    assert set(spec["outputs"]) == {"verdict", "opened", "closed", "undocumented", "report"}


def test_the_template_installs_this_version() -> None:
    job = read(GITLAB)["netsim"]
    assert job["variables"]["NETSIM_INSTALL"] == f"kube-netsim=={netsim.__version__}"


def test_the_hook_checks_the_folder_and_not_the_file() -> None:
    (hook,) = read(HOOKS)
    assert hook["pass_filenames"] is False
    command = [*hook["entry"].split(), *hook["args"]]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        capture_output=True,
        check=False,
        cwd=ROOT,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
