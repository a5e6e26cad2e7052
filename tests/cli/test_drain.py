"""Drains from the command line; whole outputs are compared with files."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.command import SNAPSHOTS, assert_snapshot, netsim
from tests.cli.test_startup import HEAVY, imported
from tests.project import ROOT

CASES = {
    "finishes": "drain/shop --replicas api=2,db=2",
    "blocked": "drain/shop --replicas api=1 --unready web=1",
    "unready": "drain/shop --replicas backend=2 --unready api=1 --replicas runner=0",
    "unknown": "drain/shop",
    "markdown": "drain/shop --replicas api=2 --format markdown",
    "json": "drain/shop --replicas api=2 --format json",
    "running": "drain/running",
    "node-1": "drain/running --node node-1",
    "node-2": "drain/running --node node-2",
    "without-budgets": "query",
    "half-broken": "half",
}
POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n"


@pytest.mark.parametrize("name", CASES)
def test_whole_output(name: str) -> None:
    assert_snapshot(f"drain/{name}", netsim("drain", *CASES[name].split()))


@pytest.mark.parametrize("columns", ["80", "200"])
def test_width(columns: str) -> None:
    done = netsim("drain", "drain/shop", "--replicas", "api=1", COLUMNS=columns)
    assert max(map(len, done.out.splitlines())) <= int(columns)
    assert_snapshot(f"drain/at-{columns}", done)


def test_every_snapshot_has_a_case() -> None:
    known = {*CASES, "at-80", "at-200"}
    assert {file.stem for file in (SNAPSHOTS / "drain").glob("*.txt")} == known


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("--replicas api=2", 0),
        ("--replicas api=1", 1),
        ("", 2),
        # What is blocked is so whatever the open number is.
        ("--replicas web=1 --unready web=1", 1),
        # Each name that there is for the same pods.
        ("--replicas API=2", 0),
        ("--replicas backend=2", 0),
        ("--replicas api[Scenario]=2", 0),
        ("--replicas shop/api=2", 0),
        ("--replicas shop/api[Scenario]=2", 0),
        ("--replicas api=2,web=2 --replicas db=1", 0),
        # The same number twice is no contradiction.
        ("--replicas api=2,backend=2", 0),
    ],
)
def test_exit_codes(arguments: str, code: int) -> None:
    assert netsim("drain", "drain/shop", *arguments.split()).code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Missing argument"),
        ("drain/shop --replicas api", "'api' is not a number of pods"),
        ("drain/shop --replicas api=-1", "'api=-1' is not a number of pods"),
        (f"drain/shop --replicas api={'9' * 5000}", "is not a number of pods"),
        ("drain/shop --replicas api=2147483648", "'api=2147483648' is not a number of pods"),
        ("drain/shop --replicas api=two", "'api=two' is not a number of pods"),
        ("drain/shop --replicas =2", "'=2' is not a number of pods"),
        ("drain/shop --replicas apu=2", "no pods called 'apu'; did you mean api"),
        ("drain/shop --replicas dns=2", "neither pods nor budgets of its namespace"),
        ("drain/shop --replicas outside=2", "'outside' stands for addresses"),
        ("drain/shop --replicas api=2,backend=3", "is given twice, with 2 and 3"),
        (
            "drain/shop --unready api=1",
            "unknown how many pods shop/api[Scenario] has: also give",
        ),
        ("drain/shop --unready web=5", "has 4 pods, so 5 cannot be unready"),
        ("drain/shop --node a", "places no pod on a node"),
        ("drain/running --node node-3", "no node 'node-3' in the input; did you mean node-"),
        # The pods of the input are what is drained.
        ("drain/running --replicas web=3", "'web' has 2 pods in the input"),
        ("drain/shop --scenario nowhere.yaml", "nowhere.yaml: cannot be read"),
        ("nowhere", "nowhere"),
    ],
)
def test_bad_usage(arguments: str, message: str) -> None:
    done = netsim("drain", *arguments.split(), COLUMNS="200")
    assert done.code == 2
    assert message in done.err


def test_no_pods_are_no_answer() -> None:
    done = netsim("drain", "-", stdin="apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n")
    assert (done.code, done.err) == (
        2,
        "no pods are known: give workloads, or a scenario that describes them\n",
    )


def test_without_a_scenario() -> None:
    done = netsim("drain", "-", stdin=POD)
    assert done.code == 0
    assert "default/web[Pod]" in done.out


def test_names_cannot_steer_the_terminal_nor_become_markup() -> None:
    odd = POD.replace("metadata: {", 'metadata: {namespace: "a|b\\e[1m", ')
    for form in ("text", "markdown", "json"):
        done = netsim("drain", "-", "--format", form, stdin=odd)
        assert "\x1b" not in done.out + done.err


def test_json_is_one_object() -> None:
    done = netsim("drain", "drain/running", "--node", "node-1", "--format", "json")
    found = json.loads(done.out)
    assert (found["outcome"], found["node"]) == ("blocked", "node-1")
    (jobs,) = [group for group in found["groups"] if group["reason"] == "overlap"]
    assert jobs["workloads"] == ["shop/job-a[Pod]", "shop/job-b[Pod]"]
    assert [budget["location"]["line"] for budget in jobs["budgets"]] == [58, 63]


def test_output_to_a_file(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("out") / "drain.md"
    done = netsim("drain", "-", "-f", "markdown", "-o", str(file), stdin=POD)
    assert (done.code, done.out) == (0, "")
    assert file.read_text(encoding="utf-8").startswith("**The drain can finish")


def test_the_manifests_of_this_repository() -> None:
    """Runners are bare pods, which their budget lets no drain evict."""
    done = netsim("drain", "manifests", "--replicas", "api=2,web=2", cwd=ROOT)
    assert done.code == 1
    outcomes = dict(re.findall(r"^production/(\S+)\[\w+\] +(\w+)", done.out, re.MULTILINE))
    assert outcomes == {
        "runner": "blocked",
        "postgres": "finishes",
        "runner-warm-pool": "finishes",
        "web": "finishes",
        "api": "finishes",
    }
    one = netsim("drain", "manifests", "--replicas", "api=1,web=2", cwd=ROOT)
    assert "run 2 or more" in one.out


def test_a_drain_needs_nothing_heavy() -> None:
    assert imported("drain", "drain/shop", "--replicas", "api=2") & HEAVY == {"typer", "yaml"}


def test_help_fits_80_columns() -> None:
    done = netsim("drain", "--help", COLUMNS="80")
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.isascii()


def test_a_size_of_the_pool_that_is_none(tmp_path: Path) -> None:
    """More digits than Python reads as a number."""
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    file = tmp_path / "manifests/warm-pool.yaml"
    text = file.read_text(encoding="utf-8").replace('"5"', f'"{"9" * 5000}"')
    file.write_text(text, encoding="utf-8")
    done = netsim("drain", "manifests", cwd=tmp_path)
    assert "the size of the warm pool" not in done.out
