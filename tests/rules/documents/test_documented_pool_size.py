from pathlib import Path

import pytest

from netsim.rules.documents.documented_excerpt import CHECK as EXCERPT
from netsim.rules.documents.documented_pool_size import CHECK
from tests.rules.manifests.project import Project, case, told

POOL = "warmPool: {cronJob: pool, endpoint: api, size: SIZE, template: T, labels: L}\n"


def cron_job(env: str) -> str:
    return (
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {name: pool}\nspec:\n"
        '  schedule: "@hourly"\n'
        "  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n"
        f"            - name: a\n              image: b\n              env:\n{env}"
    )


def entry(value: str, name: str = "SIZE") -> str:
    return f"                - name: {name}\n                  {value}\n"


FIVE = entry('value: "5"')


def project(block: str, *jobs: str) -> Project:
    text = f"# Pool\n```yaml\n{block}\n```\n"
    return Project(text, "excerpts: [Pool]", {"pool.yaml": "---\n".join(jobs)}, POOL)


@pytest.mark.parametrize(
    ("block", "env"),
    [
        ('env:\n  - name: SIZE\n    value: "5"', FIVE),
        ("env: [{name: SIZE, value: '5'}, {name: OTHER, value: x}]", FIVE),
        ("- {name: SIZE, value: '5'}", entry("value: '5'") + entry("value: x", "B")),
        # The last entry of a name counts, as for the kubelet.
        ("env: [{name: SIZE, value: '5'}]", entry('value: "4"') + FIVE),
        ("env: [{name: OTHER, value: '6'}]", FIVE),
        ("env: [{name: SIZE}]", FIVE),
    ],
)
def test_as_documented(tmp_path: Path, block: str, env: str) -> None:
    subject = case(tmp_path, project(block, cron_job(env)))
    assert told(tmp_path, CHECK, subject) == []


@pytest.mark.parametrize(
    ("block", "env", "says", "related"),
    [
        (
            'env:\n  - name: SIZE\n    value: "6"',
            FIVE,
            'the document says SIZE "6", m/pool.yaml:15 says "5"',
            "m/pool.yaml:15",
        ),
        # A number is no text: kubectl refuses it in env.
        (
            "env:\n  - name: SIZE\n    value: 5",
            FIVE,
            'says SIZE 5, m/pool.yaml:15 says "5"',
            "m/pool.yaml:15",
        ),
        (
            "env:\n  - name: SIZE\n    value: '5'",
            entry("valueFrom: {configMapKeyRef: {name: a, key: b}}"),
            'the document says SIZE "5", m/pool.yaml:14 takes it from another object',
            "m/pool.yaml:14",
        ),
        (
            "env:\n  - name: SIZE\n    value: '5'",
            entry('value: "5"', "SIZES"),
            (
                'the document says SIZE "5", but no container of CronJob shop/pool has this '
                "variable; did you mean SIZES?"
            ),
            "m/pool.yaml:3",
        ),
    ],
)
def test_otherwise(tmp_path: Path, block: str, env: str, says: str, related: str) -> None:
    subject = case(tmp_path, project(block, cron_job(env)))
    ((place, message, others),) = told(tmp_path, CHECK, subject)
    assert (place, others) == ("m/README.md:5", [related])
    assert says in message
    # The block is compared as a whole, but for the size.
    assert told(tmp_path, EXCERPT, subject) == []


def test_without_the_cron_job_nothing_is_compared(tmp_path: Path) -> None:
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
    subject = case(tmp_path, project("env: [{name: SIZE, value: '5'}]", other))
    assert told(tmp_path, CHECK, subject) == []
