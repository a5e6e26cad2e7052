from pathlib import Path

import pytest

from netsim.rules.documents.documented_schedule import CHECK
from tests.rules.manifests.project import Project, case, told

TEXT = "# Pool\n\nRuns every 5 minutes.\n"
POOL = (
    "warmPool: {cronJob: JOB, endpoint: api, size: SIZE, template: TEMPLATE, labels: LABELS}\n"
)


def cron_job(spec: str, name: str = "pool", namespace: str = "shop") -> str:
    return (
        "apiVersion: batch/v1\nkind: CronJob\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\nspec:\n"
        f"  schedule: {spec}\n"
        "  jobTemplate: {spec: {template: {spec: {containers: [{name: a, image: b}]}}}}\n"
    )


def found(
    folder: Path, *jobs: str, name: str = "pool", more: str = ""
) -> list[tuple[str, str, list[str]]]:
    files = {"pool.yaml": "---\n".join(jobs)}
    sections = POOL.replace("JOB", name) + more
    project = Project(TEXT, "warmPool: Pool", files, sections)
    return told(folder, CHECK, case(folder, project))


@pytest.mark.parametrize(
    "schedule",
    [
        '"*/5 * * * *"',
        '"@every 5m"',
        '"*/5 * * * *"\n  suspend: false',
        '"*/5 * * * *"\n  suspend:',
    ],
)
def test_as_documented(tmp_path: Path, schedule: str) -> None:
    assert found(tmp_path, cron_job(schedule)) == []


@pytest.mark.parametrize(
    ("schedule", "place", "says", "related"),
    [
        (
            '"*/7 * * * *"',
            "m/README.md:3",
            (
                "the document says every 5 minutes, but by its schedule '*/7 * * * *' "
                "CronJob shop/pool runs 4 minutes or 7 minutes apart"
            ),
            "m/pool.yaml:5",
        ),
        (
            '"*/5 * * * 7"',
            "m/pool.yaml:5",
            (
                "the schedule '*/5 * * * 7' of CronJob shop/pool never runs: the day of the "
                "week '7' is not within 0-6"
            ),
            "m/README.md:3",
        ),
        (
            '"*/5 * * * *"\n  suspend: true',
            "m/pool.yaml:6",
            "CronJob shop/pool is suspended, but documented to run",
            "m/README.md:3",
        ),
    ],
)
def test_otherwise(tmp_path: Path, schedule: str, place: str, says: str, related: str) -> None:
    assert found(tmp_path, cron_job(schedule)) == [(place, says, [related])]


@pytest.mark.parametrize(
    "job",
    [cron_job('"*/5 * * * *"', "pools"), cron_job('"*/5 * * * *"', namespace="else")],
)
def test_no_such_cron_job(tmp_path: Path, job: str) -> None:
    ((place, message, related),) = found(tmp_path, job)
    assert (place.partition(":")[0], related) == ("s/scenario.yaml", ["m/README.md:3"])
    assert message.startswith("the scenario's CronJob shop/pool is not among the manifests")
    assert ("did you mean pools?" in message) == ("name: pools" in job)


def test_a_cron_job_that_is_provided_otherwise(tmp_path: Path) -> None:
    more = "provided: [{kind: CronJob, name: pool, because: Helm}]\n"
    assert found(tmp_path, cron_job('"@daily"', "other"), more=more) == []


@pytest.mark.parametrize(
    ("schedule", "related"),
    [
        ("never", ["m/README.md:3"]),
        ("*/4 * * * *", ["m/pool.yaml:5", "m/README.md:4"]),
    ],
)
def test_one_fault_is_told_once(tmp_path: Path, schedule: str, related: list[str]) -> None:
    project = Project(
        TEXT + "So, every 5min.\n",
        "warmPool: Pool",
        {"pool.yaml": cron_job(f'"{schedule}"')},
        POOL.replace("JOB", "pool"),
    )
    ((_, _, places),) = told(tmp_path, CHECK, case(tmp_path, project))
    assert places == related
