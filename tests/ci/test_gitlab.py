"""The job of the GitLab template: its script in bash, beside a fake GitLab."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.ci.repository import GIT, Change, Repository
from tests.ci.test_action import HARMLESS, INSTALLER, OPENING, REJECTED
from tests.cli.command import environment
from tests.fakes.forge.gitlab import GitLabServer
from tests.fakes.forge.server import serving
from tests.project import ROOT

TEMPLATE = ROOT / "templates" / "netsim.gitlab-ci.yml"


@pytest.fixture
def server() -> Iterator[GitLabServer]:
    with serving(GitLabServer()) as found:
        yield found


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path)


def run(
    repository: Repository, folder: Path, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Runs the lines of the script as GitLab does: as one."""
    job = yaml.safe_load(TEMPLATE.read_bytes())["netsim"]
    programs = folder / "programs"
    programs.mkdir()
    shutil.copy(INSTALLER, programs / "python")
    given = {**job["variables"], **environ, "NETSIM_PATHS": "k8s/"}
    own = environment()
    return subprocess.run(
        ["bash", "-eo", "pipefail", "-c", "\n".join(job["script"])],
        capture_output=True,
        check=False,
        cwd=repository.folder,
        encoding="utf-8",
        env={
            **own,
            **GIT,
            **given,
            "PATH": f"{programs}:{own['PATH']}",
            "RUNNER_TEMP": str(folder),
            "TESTED_PYTHON": sys.executable,
        },
        timeout=60,
    )


@pytest.mark.parametrize(
    ("change", "code", "first"),
    [
        (HARMLESS, 0, None),
        (OPENING, 1, "### netsim: Opens 1 connection; it is not documented. Adds 1 error."),
        (REJECTED, 2, "### netsim: What this changes is not known: 1 fault in what was read."),
    ],
)
def test_a_merge_request(
    repository: Repository,
    server: GitLabServer,
    tmp_path: Path,
    change: tuple[Change, ...],
    code: int,
    first: str | None,
) -> None:
    repository.propose(*change)
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.base}
    done = run(repository, tmp_path, **server.environ(), **base)
    assert done.returncode == code, done.stderr
    notes = [each.splitlines()[1] for each in server.bodies]
    assert notes == ([first] if first else [])
    assert (repository.folder / "netsim.md").is_file()
    report = repository.folder / "gl-code-quality-report.json"
    assert bool(json.loads(report.read_text(encoding="utf-8"))) is bool(code)


@pytest.mark.parametrize(("change", "code"), [(HARMLESS, 0), (OPENING, 1), (REJECTED, 2)])
def test_a_branch_has_a_report_and_no_note(
    repository: Repository,
    server: GitLabServer,
    tmp_path: Path,
    change: tuple[Change, ...],
    code: int,
) -> None:
    repository.propose(*change)
    environ = {**server.environ(), "CI_MERGE_REQUEST_IID": ""}
    done = run(repository, tmp_path, **environ)
    assert (done.returncode, server.log) == (code, []), done.stderr
    assert (repository.folder / "gl-code-quality-report.json").is_file()


def test_without_a_token_the_job_says_so_and_goes_by_its_verdict(
    repository: Repository, server: GitLabServer, tmp_path: Path
) -> None:
    repository.propose(*OPENING)
    base = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.base}
    done = run(repository, tmp_path, **server.environ(token=""), **base)
    assert done.returncode == 1
    assert "no comment: no token: set the masked variable NETSIM_GITLAB_TOKEN" in done.stderr
    assert "Opens 1 connection; it is not documented." in done.stdout
    assert server.log == []
