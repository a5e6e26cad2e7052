"""What ``check`` leaves out because it was asked to, and what that does to the exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netsim as api
from tests.cli.command import MANIFESTS, Done, assert_snapshot, netsim
from tests.cli.test_check import POLICIES, check, faulty, project, replaced

__all__ = ["project"]

PLACEHOLDER = ("port: 4000", 'port: "${PORT}"')
ANOTHER_SYSTEM = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: x}\n"


def say(done: Done) -> str:
    """Standard output as one line."""
    return " ".join(done.out.split())


def test_a_baseline_accepts_what_is_there_and_nothing_else(project: Path) -> None:
    faulty(project)
    made = check(project, "manifests", "--write-baseline", "b.json")
    assert (made.code, "b.json: accepts 7 findings\n" in made.err) == (0, True)
    accepted = check(project, "manifests", "--baseline", "b.json")
    assert_snapshot("check/baseline", accepted)
    assert accepted.code == 0
    # Lines move, and stay accepted.
    file = project / POLICIES
    file.write_text("# new\n\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    assert check(project, "manifests", "--baseline", "b.json").code == 0
    replaced(file, "port: 5432", "port: 5433")
    new = check(project, "manifests", "--baseline", "b.json")
    assert new.code == 1
    assert "TCP 5432" in new.out


def test_what_no_longer_occurs_is_said(project: Path) -> None:
    faulty(project)
    check(project, "manifests", "--write-baseline", "b.json")
    replaced(project / POLICIES, "port: 4001", "port: 4000")
    done = check(project, "manifests", "--baseline", "b.json", COLUMNS="200")
    assert "5 findings that the baseline accepts are no longer there: broken" in say(done)
    found = json.loads(check(project, "manifests", "--baseline", "b.json", "-f", "json").out)
    assert {each["rule"] for each in found["outdated"]} == {"broken", "exposed"}
    # Where a part is missing, it may hold what was accepted.
    (project / "manifests/half.yaml").write_text("kind: [", encoding="utf-8")
    assert "no longer there" not in check(project, "manifests", "--baseline", "b.json").out


OPTIONS = (
    ("--ignore", "undecided"),
    ("--select", "exposed"),
    ("--min-severity", "error"),
    ("--baseline", "b.json"),
    ("--exit-zero",),
    ("--write-baseline", "c.json"),
)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda each: each[0])
@pytest.mark.parametrize("fault", ["rejected", "undecided", "unevaluated", "not judged"])
def test_no_option_turns_2_into_0(project: Path, options: tuple[str, ...], fault: str) -> None:
    paths = ["manifests"]
    match fault:
        case "rejected":
            (project / "manifests/half.yaml").write_text("kind: [", encoding="utf-8")
        case "undecided":
            replaced(project / POLICIES, *PLACEHOLDER)
        case "unevaluated":
            (project / "calico.yaml").write_text(ANOTHER_SYSTEM, encoding="utf-8")
            paths.append("calico.yaml")
        case "not judged":
            for file in (project / "manifests").glob("*.yaml"):
                file.unlink()
    assert check(project, *paths).code == 2
    (project / "b.json").write_text('{"version": 1, "accepted": []}', encoding="utf-8")
    check(project, *paths, "--write-baseline", "b.json")
    done = check(project, *paths, *options)
    assert done.code == 2, done


@pytest.mark.parametrize("options", [("--exit-zero",), ("--write-baseline", "c.json")])
@pytest.mark.parametrize("fault", ["undecided", "unevaluated"])
def test_a_finding_does_not_make_good_what_is_open(
    project: Path, options: tuple[str, ...], fault: str
) -> None:
    paths = ["manifests"]
    faulty(project)
    if fault == "undecided":
        replaced(project / POLICIES, "port: 5432", 'port: "${PORT}"')
    else:
        elsewhere = ANOTHER_SYSTEM.replace("name: x", "name: x, namespace: elsewhere")
        (project / "calico.yaml").write_text(elsewhere, encoding="utf-8")
        paths.append("calico.yaml")
    assert check(project, *paths).code == 1
    assert check(project, *paths, *options).code == 2
    assert check(project, *paths, *options, "--allow-inconclusive").code == 0


def test_what_is_ignored_and_undecided_is_said(project: Path) -> None:
    replaced(project / POLICIES, *PLACEHOLDER)
    done = check(project, "manifests", "--ignore", "undecided", COLUMNS="200")
    assert done.code == 2
    assert say(done).startswith("inconclusive: ")
    assert "undecided, left out by --ignore" in say(done).partition(" from ")[0]


def test_gitlab_is_told_what_is_open_and_left_out(project: Path) -> None:
    replaced(project / POLICIES, *PLACEHOLDER)
    done = check(project, "manifests", "--ignore", "undecided", "--format", "gitlab")
    assert done.code == 2
    (issue, *_) = json.loads(done.out)
    assert (issue["check_name"], issue["severity"]) == ("inconclusive", "major")
    assert "undecided, left out by --ignore" in issue["description"]
    assert issue["location"]["path"].endswith("network-policy.yaml")
    assert "left out: " in done.err
    elsewhere = ANOTHER_SYSTEM.replace("name: x", "name: x, namespace: elsewhere")
    (project / "calico.yaml").write_text(elsewhere, encoding="utf-8")
    options = ("--format", "gitlab", "--select", "image-unpinned")
    done = check(project, "manifests", "calico.yaml", *options)
    (issue, *_) = json.loads(done.out)
    assert "kinds that are not evaluated" in issue["description"]


def test_a_baseline_of_half_the_input_is_not_written(project: Path) -> None:
    (project / "manifests/half.yaml").write_text("kind: [", encoding="utf-8")
    done = check(project, "manifests", "--write-baseline", "b.json")
    assert (done.code, (project / "b.json").exists()) == (2, False)
    assert "b.json: not written, as not everything was read" in done.err


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--ignore", "broken,exposed", "--ignore", "forbidden"), 0, "by --ignore (3 broken"),
        (("--select", "broken"), 1, "by --select ("),
        (("--select", "image-unpinned"), 0, "and 7 findings left out"),
        (("--min-severity", "warning"), 1, "1 finding by --min-severity (1 not-verifiable)"),
        (("--exit-zero",), 0, "failed: "),
    ],
)
def test_exit_codes(project: Path, options: tuple[str, ...], code: int, said: str) -> None:
    faulty(project)
    done = check(project, "manifests", *options, COLUMNS="200")
    assert (done.code, said in say(done)) == (code, True), done


def bad(*arguments: str) -> Done:
    return netsim("check", "shop", *arguments, COLUMNS="200")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--select", "exposd"), "'--select': no rule is called 'exposd'; did you mean 'ex"),
        (("--ignore", "exposed,"), "'--ignore': no rule is called ''"),
        (("--min-severity", "fatal"), "'fatal' is not one of 'error', 'warning', 'note'"),
        (("--baseline", "no.json"), "no.json: there is no such file; this makes it: netsim"),
        (("--baseline", "one.txt"), "'--baseline': one.txt: not a baseline: "),
        (("--baseline", "b", "--write-baseline", "b"), "'--write-baseline': not with --base"),
    ],
)
def test_bad_usage(arguments: tuple[str, ...], message: str) -> None:
    done = bad(*arguments)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_where_a_baseline_cannot_be_written_nothing_is_checked() -> None:
    done = bad("--write-baseline", "nowhere/b.json")
    assert (done.code, done.out) == (2, "")
    assert "nowhere/b.json: cannot be written" in done.err


def test_the_api_selects_as_the_command_does(project: Path) -> None:
    faulty(project)
    scenario = project / "scenarios/production.yaml"
    whole = api.check(project / "manifests", scenario=scenario)
    found = api.check(
        project / "manifests",
        scenario=scenario,
        ignore=["exposed", "forbidden"],
        min_severity="warning",
    )
    assert {each.rule for each in found.findings} == {"broken"}
    left_out = [finding for each in found.withheld for finding in each.findings]
    assert len(found.findings) + len(left_out) == len(whole.findings)
    with pytest.raises(api.RequestError, match="there is no such file"):
        api.check(MANIFESTS / "shop", baseline="no.json")
    with pytest.raises(api.RequestError, match="'fatal' is not a value of min_severity"):
        api.check(MANIFESTS / "shop", min_severity="fatal")


def test_several_systems_share_a_baseline(project: Path) -> None:
    """An entry is outdated only where no system has it."""
    other = project / "scenarios/other.yaml"
    other.write_text(
        "namespace: elsewhere\nendpoints: {a: {labels: {a: b}}, c: {labels: {c: d}}}\n"
        "flows: [{from: a, to: c, ports: [1], because: x}]\n",
        encoding="utf-8",
    )
    faulty(project)
    both = ("manifests", "-s", "scenarios/production.yaml", "-s", "scenarios/other.yaml")
    check(project, *both, "--write-baseline", "b.json")
    done = check(project, *both, "--baseline", "b.json")
    assert say(done).startswith("inconclusive: 6 warnings, 2 notes (6 undecided")
    assert "no longer there" not in done.out
