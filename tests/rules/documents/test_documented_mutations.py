"""One statement of the real documentation, or what it is about, made false: it is found."""

import shutil
from pathlib import Path

import pytest

from netsim.app import documentation
from netsim.app.case import assemble_case
from netsim.bundle.provision import Extent
from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.conventions import Conventions
from netsim.model.finding import Finding
from netsim.rules.documents import (
    documented_budget,
    documented_excerpt,
    documented_files,
    documented_namespace,
    documented_pool_size,
    documented_schedule,
)
from netsim.rules.registry import conclude
from tests.project import ROOT
from tests.rules.documents.documented_mutations import MUTATIONS, POOL, README, SCENARIO

RULES = (
    documented_budget.CHECK,
    documented_excerpt.CHECK,
    documented_files.CHECK,
    documented_namespace.CHECK,
    documented_pool_size.CHECK,
    documented_schedule.CHECK,
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def findings(project: Path) -> list[Finding]:
    described = documentation.read(str(project / SCENARIO))
    paths = (str(project / "manifests"),)
    namespace = described.documentation.scenario.namespace
    loaded = load(paths, namespace, scope=Scope.BUNDLE)
    assert loaded.errors == ()
    case = assemble_case(loaded, paths, Conventions(), described)
    assert case.extent is Extent.WHOLE
    return [finding for rule in RULES for finding in conclude(rule.run(case))]


def changed(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(path: Path, anchor: str) -> int:
    text = path.read_text(encoding="utf-8")
    return text.count("\n", 0, text.index(anchor) + len(anchor)) + 1


def test_the_documentation_as_it_is(project: Path) -> None:
    assert findings(project) == []


@pytest.mark.parametrize("name", MUTATIONS)
def test_single_fault(project: Path, name: str) -> None:
    mutation = MUTATIONS[name]
    changed(project, mutation.file, mutation.old, mutation.new)
    found = findings(project)
    assert {finding.rule for finding in found} == {mutation.rule}
    stated = f"{project / README}:{line_of(project / README, mutation.stated)}"
    (told,) = [each for each in found if str(each.location) == stated]
    assert mutation.says in told.message
    named = [str(each.location) for each in told.related]
    if mutation.manifest:
        path = project / mutation.manifest
        line = f":{line_of(path, mutation.anchor)}" if mutation.anchor else ""
        assert f"{path}{line}" in named


def test_the_table_of_the_folder_below(project: Path) -> None:
    document = project / "manifests/external-secrets/README.md"
    changed(project, str(document), "| `external-secrets.yaml` |", "| `secrets.yaml` |")
    (found,) = findings(project)
    assert found.rule == "documented-files"
    assert str(found.location) == f"{document}:{line_of(document, '| `secrets.yaml`')}"
    (nearest,) = found.related
    assert nearest.location.file == str(document.with_name("external-secrets.yaml"))


SCHEDULES = [
    ('"*/7 * * * *"', "runs 4 minutes or 7 minutes apart"),
    ('"5-55/5 * * * *"', "runs 5 minutes or 10 minutes apart"),
    ('"*/5 8-18 * * *"', "runs 5 minutes or 13 hours 5 minutes apart"),
    ('"*/5 * * * 1-5"', "runs 5 minutes or 2 days 5 minutes apart"),
    ('"@hourly"', "runs every hour"),
    ('"@every 6m"', "runs every 6 minutes"),
]
SAME = ['"@every 5m"', '"0/5 ? * * *"', '"0-59/5 * * jan-dec *"', "'*/5 0-23 */1 * *'"]


@pytest.mark.parametrize(("schedule", "says"), SCHEDULES)
def test_schedule_by_when_it_runs(project: Path, schedule: str, says: str) -> None:
    changed(project, POOL, 'schedule: "*/5 * * * *"', f"schedule: {schedule}")
    (found,) = findings(project)
    assert found.rule == "documented-schedule"
    assert says in found.message
    # Prose and drawing both say how often.
    stated = [str(project / README), str(project / POOL), str(project / README)]
    assert [found.location.file, *(each.location.file for each in found.related)] == stated


@pytest.mark.parametrize("schedule", SAME)
def test_schedule_in_other_words(project: Path, schedule: str) -> None:
    changed(project, POOL, 'schedule: "*/5 * * * *"', f"schedule: {schedule}")
    assert findings(project) == []


def test_suspended(project: Path) -> None:
    changed(project, POOL, "  concurrencyPolicy: Forbid", "  suspend: true")
    (found,) = findings(project)
    assert found.message == (
        "CronJob production/runner-warm-pool is suspended, but documented to run"
    )
    assert found.location.line == line_of(project / POOL, "suspend: true")


def test_the_cron_job_is_missing(project: Path) -> None:
    changed(project, SCENARIO, "cronJob: runner-warm-pool", "cronJob: runner-warm-pol")
    (found,) = findings(project)
    assert found.rule == "documented-schedule"
    assert str(found.location).startswith(f"{project / SCENARIO}:")
    assert "did you mean runner-warm-pool?" in found.message
