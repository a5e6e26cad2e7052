"""One statement of the real documentation, or what it is about, made false: it is found."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from netsim.checks.bundle import (
    documented_budget,
    documented_excerpt,
    documented_files,
    documented_namespace,
    documented_pool_size,
    documented_schedule,
)
from netsim.checks.interface import Extent
from netsim.cli import documentation
from netsim.cli.judging import Subject, context_of
from netsim.loader.kinds import Scope
from netsim.loader.load import load
from netsim.model.conventions import Conventions
from netsim.model.finding import Finding
from tests.cli.command import ROOT

RULES = (
    documented_budget.CHECK,
    documented_excerpt.CHECK,
    documented_files.CHECK,
    documented_namespace.CHECK,
    documented_pool_size.CHECK,
    documented_schedule.CHECK,
)
README = "manifests/README.md"
SCENARIO = "scenarios/production.yaml"
GVISOR = "manifests/gvisor-runtimeclass.yaml"
POLICIES = "manifests/network-policy.yaml"
BUDGETS = "manifests/pod-disruption-budgets.yaml"
TEMPLATE = "manifests/pod-template.yaml"
POOL = "manifests/warm-pool.yaml"


@dataclass(frozen=True)
class Mutation:
    """A text replaced by another; the rule that finds it alone, and both lines it names.

    Anchors are texts that end on these lines, in the mutated files; a manifest without one is
    named as a whole.
    """

    file: str
    old: str
    new: str
    rule: str
    stated: str
    manifest: str | None
    anchor: str | None = None
    says: str = ""


MUTATIONS = {
    # Files
    "file-row-misspelt": Mutation(
        README,
        "| `pod-template.yaml` |",
        "| `pod-templates.yaml` |",
        "documented-files",
        "| `pod-templates.yaml`",
        TEMPLATE,
        says="did you mean 'pod-template.yaml'",
    ),
    "folder-row-misspelt": Mutation(
        README,
        "| `external-secrets/` |",
        "| `external-secret/` |",
        "documented-files",
        "| `external-secret/`",
        None,
        says="did you mean 'external-secrets/'",
    ),
    "file-row-dropped": Mutation(
        README,
        "| `warm-pool.yaml` |",
        "| `README.md` |",
        "documented-files",
        "## Files\n\n|",
        POOL,
        says="no row of the table names warm-pool.yaml",
    ),
    # Budgets: each cell
    "service-unknown": Mutation(
        README,
        "| Web | 1 | N/A |",
        "| Wep | 1 | N/A |",
        "documented-budget",
        "| Wep",
        None,
        says="did you mean 'web'",
    ),
    "min-available-of-api": Mutation(
        README,
        "| API | 1 | N/A |",
        "| API | 2 | N/A |",
        "documented-budget",
        "| API | 2",
        BUDGETS,
        "of a single\n  # one, none could ever be evicted.\n  minAvailable: 1",
        "the table says minAvailable 2",
    ),
    "other-column-for-web": Mutation(
        README,
        "| Web | 1 | N/A |",
        "| Web | N/A | 1 |",
        "documented-budget",
        "| Web | N/A",
        BUDGETS,
        "As above: two replicas at least.\n  minAvailable: 1",
        "the table says maxUnavailable 1",
    ),
    "number-for-percentage": Mutation(
        README,
        "| Runner Pool | N/A | 50% |",
        "| Runner Pool | N/A | 50 |",
        "documented-budget",
        "| Runner Pool |",
        BUDGETS,
        "maxUnavailable: 50%",
        "PodDisruptionBudget production/plue-runner has maxUnavailable 50%",
    ),
    "nothing-for-the-runners": Mutation(
        README,
        "| Runner Pool | N/A | 50% |",
        "| Runner Pool | N/A | N/A |",
        "documented-budget",
        "| Runner Pool |",
        BUDGETS,
        "maxUnavailable: 50%",
        "the table says no amount",
    ),
    "budget-row-dropped": Mutation(
        README,
        "| Web | 1 | N/A |\n",
        "",
        "documented-budget",
        "| Service |",
        BUDGETS,
        "name: plue-web",
        "no row of the table stands for PodDisruptionBudget production/plue-web",
    ),
    "budget-changed": Mutation(
        BUDGETS,
        "maxUnavailable: 50%",
        "maxUnavailable: 25%",
        "documented-budget",
        "| Runner Pool |",
        BUDGETS,
        "maxUnavailable: 25%",
        "has maxUnavailable 25%",
    ),
    # Schedule
    "period-in-prose": Mutation(
        README,
        "runs every 5 minutes",
        "runs every 10 minutes",
        "documented-schedule",
        "runs every 10",
        POOL,
        "schedule:",
        "says every 10 minutes",
    ),
    "period-in-the-drawing": Mutation(
        README,
        "CronJob (every 5 minutes)",
        "CronJob (every 3min)",
        "documented-schedule",
        "CronJob (every 3min)",
        POOL,
        "schedule:",
        "says every 3min",
    ),
    # Size
    "size": Mutation(
        README,
        'value: "5"',
        'value: "6"',
        "documented-pool-size",
        'value: "6"',
        POOL,
        '- name: WARM_POOL_SIZE\n                  value: "5"',
        'the document says WARM_POOL_SIZE "6"',
    ),
    "size-configured": Mutation(
        POOL,
        '- name: WARM_POOL_SIZE\n                  value: "5"',
        '- name: WARM_POOL_SIZE\n                  value: "50"',
        "documented-pool-size",
        'value: "5"',
        POOL,
        '- name: WARM_POOL_SIZE\n                  value: "50"',
        'says "50"',
    ),
    "size-renamed": Mutation(
        POOL,
        "- name: WARM_POOL_SIZE",
        "- name: WARM_POOL_SIZES",
        "documented-pool-size",
        'value: "5"',
        POOL,
        "kind: CronJob\nmetadata:\n  name: runner-warm-pool",
        "did you mean WARM_POOL_SIZES?",
    ),
    # Excerpts
    "handler": Mutation(
        README,
        "handler: runsc",
        "handler: runc",
        "documented-excerpt",
        "handler: runc",
        GVISOR,
        "handler: runsc",
        "the document says handler: runc",
    ),
    "handler-configured": Mutation(
        GVISOR,
        "handler: runsc",
        "handler: kata",
        "documented-excerpt",
        "handler: runsc",
        GVISOR,
        "handler: kata",
        "says kata",
    ),
    "name-of-the-runtime-class": Mutation(
        README,
        "metadata:\n  name: gvisor",
        "metadata:\n  name: gvisors",
        "documented-excerpt",
        "name: gvisors",
        GVISOR,
        "name: gvisor",
        "did you mean gvisor?",
    ),
    "runtime-class-of-the-fragment": Mutation(
        README,
        "```yaml\nspec:\n  runtimeClassName: gvisor",
        "```yaml\nspec:\n  runtimeClassName: runc",
        "documented-excerpt",
        "runtimeClassName: runc",
        TEMPLATE,
        "runtimeClassName: gvisor",
        "says gvisor",
    ),
    "image-of-the-template": Mutation(
        README,
        "runner:v1.8.2",
        "runner:latest",
        "documented-excerpt",
        "runner:latest",
        TEMPLATE,
        "image: gcr.io/plue-production/runner:v1.8.2",
        "says gcr.io/plue-production/runner:v1.8.2",
    ),
    # Commands
    "namespace-of-a-command": Mutation(
        README,
        "kubectl apply -f network-policy.yaml -n production",
        "kubectl apply -f network-policy.yaml -n staging",
        "documented-namespace",
        "-n staging",
        POLICIES,
        "namespace: production",
        "has -n staging, but NetworkPolicy default-deny and 6 others are of",
    ),
    "file-of-a-command": Mutation(
        README,
        "kubectl apply -f warm-pool.yaml -n production",
        "kubectl apply -f warm-pools.yaml -n production",
        "documented-namespace",
        "-f warm-pools.yaml",
        None,
        says="did you mean 'warm-pool.yaml'",
    ),
    "namespace-of-an-object": Mutation(
        TEMPLATE,
        "namespace: production",
        "namespace: prod",
        "documented-namespace",
        "kubectl apply -f pod-template.yaml",
        TEMPLATE,
        "namespace: prod",
        "PodTemplate runner is of namespace prod",
    ),
}


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
    context = context_of(Subject(loaded, paths, Conventions(), described))
    assert context.extent is Extent.WHOLE
    return [finding for rule in RULES for finding in rule.run(context)]


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
    found = findings(project)
    # Prose and drawing both say how often.
    assert [finding.rule for finding in found] == ["documented-schedule"] * 2
    assert all(says in finding.message for finding in found)


@pytest.mark.parametrize("schedule", SAME)
def test_schedule_in_other_words(project: Path, schedule: str) -> None:
    changed(project, POOL, 'schedule: "*/5 * * * *"', f"schedule: {schedule}")
    assert findings(project) == []


def test_suspended(project: Path) -> None:
    changed(project, POOL, "  concurrencyPolicy: Forbid", "  suspend: true")
    (found,) = findings(project)
    assert found.message == (
        "CronJob production/runner-warm-pool is suspended, while it is documented to run"
    )
    assert found.location.line == line_of(project / POOL, "suspend: true")


def test_the_cron_job_is_missing(project: Path) -> None:
    changed(project, SCENARIO, "cronJob: runner-warm-pool", "cronJob: runner-warm-pol")
    (found,) = findings(project)
    assert found.rule == "documented-schedule"
    assert str(found.location).startswith(f"{project / SCENARIO}:")
    assert "did you mean runner-warm-pool?" in found.message
