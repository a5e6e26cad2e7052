"""``check`` in the formats that other programs read."""

from __future__ import annotations

import json
import re
from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from msgspec.structs import replace

import netsim
import netsim.report.check
from netsim.app.check import CheckRequest, CheckResult, Conclusion, check
from netsim.app.selection import Sieve, Withheld
from netsim.model.finding import Diagnostic, Finding, Related, Severity, Suppressed
from netsim.model.location import Location
from netsim.report.check import sarif
from netsim.report.render import Format, render
from netsim.report.style import Terminal
from netsim.words.pages import REPOSITORY
from tests.cli.command import MANIFESTS
from tests.project import DOCS, ROOT
from tests.report.published import validator

# What GitLab documents of the issues in its reports: there is no schema of its own.
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "pattern": "^[a-z-]+$"},
            "fingerprint": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^(?!\\./)."},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}
ODD = "a%b\r\n::error::x,y:z ##[group]\x1b[31m\u202e [t](http://x) {0} <i>]]>&\"'"
COMMAND = re.compile(
    r"::(error|warning|notice) (?:file=([^,:]*),line=(\d+),)?title=([^,:]*)::(.*)"
)


@pytest.fixture(scope="module")
def plain() -> CheckResult:
    return netsim.check(MANIFESTS / "shop")


def found(rule: str, severity: Severity, message: str, file: str = "a.yaml") -> Finding:
    place = Location(file, 7, "spec")
    related = (Related(Location(file, 0), message),)
    return Finding(rule, severity, message, place, message, (message,), related, message, "- x")


@pytest.fixture(scope="module")
def everything(plain: CheckResult) -> CheckResult:
    """A result with something odd in every part."""
    error, warning, note = Severity
    return replace(
        plain,
        findings=(
            found("exposed", error, ODD, f"../{ODD}"),
            found("exposed", error, ODD, "a b/c#d?.yaml"),
            found("undecided", warning, ODD),
            found("image-unpinned", note, ODD, "HEAD:k8s/a.yaml"),
        ),
        suppressed=(Suppressed(found("broken", error, "s"), ODD, Location("a.yaml", 1)),),
        withheld=(
            Withheld(Sieve.BASELINE, (found("forbidden", error, "accepted"),)),
            Withheld(Sieve.IGNORE, (found("dns-blocked", warning, "ignored"),)),
        ),
        diagnostics=(
            Diagnostic(error, ODD, Location("<stdin>", 3)),
            Diagnostic(warning, "w", Location("input", 0)),
        ),
    )


def write(result: CheckResult, form: Format) -> str:
    return render(result, form, Terminal(80))


def run(result: CheckResult) -> dict[str, Any]:
    """The one run of the log, which the schema admits."""
    log = json.loads(write(result, Format.SARIF))
    errors = list(validator(sarif.SCHEMA).iter_errors(log))
    assert not errors, errors[0].message
    (only,) = log["runs"]
    assert isinstance(only, dict)
    return only


@pytest.fixture(
    scope="module",
    params=[
        ("shop",),
        ("posture",),
        ("half",),
        ("nowhere",),
        ("tiers",),
        ("services",),
        ("coverage", "coverage/scenarios/shop.yaml"),
        ("coverage", "coverage/scenarios/shop.yaml", "bazaar/scenario.yaml"),
    ],
    ids="-".join,
)
def real(request: pytest.FixtureRequest) -> CheckResult:
    folder, *scenarios = (str(MANIFESTS / each) for each in request.param)
    return check(CheckRequest((folder,), scenarios=tuple(scenarios)))


class TestSarif:
    def test_the_schema_tells_good_from_bad(self) -> None:
        assert not validator(sarif.SCHEMA).is_valid({"version": "2.1.0", "runs": [{}]})

    def test_real_results_are_valid(self, real: CheckResult) -> None:
        only = run(real)
        assert len(only["results"]) == len(real.findings) + len(real.suppressed)
        (invocation,) = only["invocations"]
        assert invocation["executionSuccessful"] is (not real.errors)
        levels = [each["level"] for each in invocation["toolExecutionNotifications"]]
        assert levels == [each.severity.value for each in real.diagnostics]

    def test_odd_results_are_valid(self, everything: CheckResult) -> None:
        only = run(everything)
        assert not only["invocations"][0]["executionSuccessful"]
        texts = [each["message"]["text"] for each in only["results"]]
        assert "\\[t](http://x)" in texts[0]
        assert "{{0}}" in texts[0]

    def test_paths_are_relative_and_encoded(self, everything: CheckResult) -> None:
        places = [
            each["locations"][0]["physicalLocation"]["artifactLocation"]
            for each in run(everything)["results"]
        ]
        assert places[1] == {"uri": "a%20b/c%23d%3F.yaml", "uriBaseId": "SRCROOT"}
        assert places[3]["uri"] == "k8s/a.yaml"
        for place in places[1:]:
            assert place["uri"].isascii()
            assert ("uriBaseId" in place) is not place["uri"].startswith("file:")

    def test_rules_lead_to_the_documentation(self, everything: CheckResult) -> None:
        rules = {each["id"]: each for each in run(everything)["tool"]["driver"]["rules"]}
        page = (DOCS / "rules.md").read_text(encoding="utf-8")
        assert rules.keys() == {"broken", "exposed", "forbidden", "image-unpinned", "undecided"}
        for name, rule in rules.items():
            assert rule["helpUri"] == f"{REPOSITORY}/blob/main/docs/rules.md#{name}"
            assert f"\n## {name}\n" in page
        assert rules["exposed"]["properties"]["security-severity"] == "7.5"
        assert "security-severity" not in rules["broken"]["properties"]

    def test_what_is_not_to_count_is_suppressed(self, everything: CheckResult) -> None:
        found = {each["ruleId"]: each for each in run(everything)["results"]}
        assert [each["kind"] for each in found["broken"]["suppressions"]] == ["inSource"]
        assert [each["kind"] for each in found["forbidden"]["suppressions"]] == ["external"]
        assert found["exposed"]["suppressions"] == []
        assert "dns-blocked" not in found

    def test_fingerprints_know_no_lines(self, everything: CheckResult) -> None:
        before = run(everything)["results"]
        moved = tuple(
            replace(each, location=Location("elsewhere.yaml", 99))
            for each in everything.findings
        )
        after = run(replace(everything, findings=moved))["results"]
        key = "partialFingerprints"
        assert [each[key] for each in before] == [each[key] for each in after]

    def test_too_many_results(
        self, everything: CheckResult, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sarif, "MOST_RESULTS", 2)
        only = run(everything)
        assert [each["ruleId"] for each in only["results"]] == ["exposed", "exposed"]
        texts = [
            each["message"]["text"]
            for each in only["invocations"][0]["toolExecutionNotifications"]
        ]
        assert texts[-1] == "4 results more, which --format json has"


class TestGitHub:
    def test_every_line_is_a_command_or_gives_no_order(self, everything: CheckResult) -> None:
        lines = write(everything, Format.GITHUB).splitlines()
        commands = [COMMAND.fullmatch(line) for line in lines]
        found = [each for each in commands if each]
        kinds = ["error", "error", "error", "warning", "notice"]
        assert [each[1] for each in found] == kinds
        assert [each[4] for each in found][:3] == ["bad input", "exposed", "exposed"]
        assert commands[: len(found)] == found
        for line in lines:
            assert line.isprintable()
            assert "##[" not in line
        assert "a%25b" in found[0][5]
        for line in lines[len(found) :]:
            assert not line.startswith("::")

    def test_properties_are_escaped(self, everything: CheckResult) -> None:
        """A name with a comma or a colon begins no other property."""
        file = replace(everything.findings[0], location=Location("./a,line=1::b%.yaml", 2))
        text = write(replace(everything, findings=(file,), diagnostics=()), Format.GITHUB)
        assert text.startswith("::error file=a%2Cline=1%3A%3Ab%25.yaml,line=2,title=exposed::")

    @pytest.mark.parametrize(
        ("number", "shown", "rest"), [(10, 10, None), (11, 9, "2 more"), (40, 9, "31 more")]
    )
    def test_nine_and_how_many_more(
        self, plain: CheckResult, number: int, shown: int, rest: str | None
    ) -> None:
        many = tuple(
            found("exposed", Severity.ERROR, f"{place} is open") for place in range(number)
        )
        lines = write(replace(plain, findings=many), Format.GITHUB).splitlines()
        errors = [line for line in lines if line.startswith("::error ")]
        assert sum(" is open" in line for line in errors) == shown
        assert len(errors) == min(number, 10)
        assert rest is None or rest in errors[-1]

    def test_a_long_patch_is_left_out(self, plain: CheckResult) -> None:
        long = replace(found("exposed", Severity.ERROR, "open"), patch="- x\n" * 21)
        result = replace(plain, findings=(long,))
        for form in (Format.GITHUB, Format.SARIF):
            assert "21 lines, which --format text shows" in write(result, form)
            assert "- x" not in write(result, form)

    def test_the_verdict_stands_below(self, real: CheckResult) -> None:
        lines = write(real, Format.GITHUB).splitlines()
        assert [line for line in lines if not line.startswith("::")]


class TestGitLab:
    def test_valid(self, real: CheckResult) -> None:
        issues = json.loads(write(real, Format.GITLAB))
        jsonschema.validate(issues, GITLAB)
        assert len(issues) == len(real.findings) + len(real.errors)

    def test_fingerprints_are_unique(self, everything: CheckResult) -> None:
        issues = json.loads(write(everything, Format.GITLAB))
        jsonschema.validate(issues, GITLAB)
        prints = [each["fingerprint"] for each in issues]
        assert len(set(prints)) == len(prints) == 5
        assert everything.findings[0].fingerprint == everything.findings[1].fingerprint
        assert issues[0]["severity"] == "blocker"


class TestJunit:
    def test_counts(self, everything: CheckResult) -> None:
        root = ET.fromstring(write(everything, Format.JUNIT))  # noqa: S314 -- our own
        suite = root[0]
        for kind, number in (("failure", 2), ("error", 2), ("skipped", 3)):
            assert len(list(suite.iter(kind))) == number
            plural = kind if kind == "skipped" else f"{kind}s"
            assert suite.attrib[plural] == root.attrib[plural] == str(number)
        assert suite.attrib["tests"] == str(len(list(suite.iter("testcase"))))

    def test_it_fails_where_the_command_does(self, real: CheckResult) -> None:
        root = ET.fromstring(write(real, Format.JUNIT))  # noqa: S314 -- our own
        is_good = real.conclusion in (Conclusion.PASSED, Conclusion.NOT_COMPARED)
        assert (root.attrib["failures"] == root.attrib["errors"] == "0") is is_good
        assert int(root.attrib["tests"]) > 0
        for case in root.iter("testcase"):
            assert {each.tag for each in case} <= {"failure", "error", "skipped", "system-out"}

    def test_what_is_open_is_an_error(self) -> None:
        text = "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\nmetadata: {name: x}\n"
        result = check(CheckRequest(("-",), stdin=StringIO(text)))
        root = ET.fromstring(write(result, Format.JUNIT))  # noqa: S314 -- our own
        assert int(root.attrib["errors"]) > 0


SCHEMA = json.loads(
    (Path(netsim.report.check.__path__[0]) / "check.schema.json").read_text(encoding="utf-8")
)


def close(schema: Any) -> Any:
    """The schema without room for keys that it does not name."""
    if isinstance(schema, list):
        return [close(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: close(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        closed["additionalProperties"] = False
    return closed


class TestSchema:
    validator = jsonschema.Draft202012Validator(close(SCHEMA))

    def test_it_is_a_schema(self) -> None:
        jsonschema.Draft202012Validator.check_schema(SCHEMA)
        assert close({"type": "object", "properties": {}})["additionalProperties"] is False

    def test_results_are_as_the_schema_says(
        self, real: CheckResult, everything: CheckResult
    ) -> None:
        for result in (real, everything):
            self.validator.validate(json.loads(write(result, Format.JSON)))

    def test_snapshots_are_as_the_schema_says(self) -> None:
        folder = ROOT / "tests/cli/snapshots"
        texts = [file.read_text(encoding="utf-8") for file in folder.rglob("*.txt")]
        bodies = [
            text.partition("--- output\n")[2].partition("--- errors\n")[0] for text in texts
        ]
        found = [
            json.loads(body)
            for body in bodies
            if '"conclusion": ' in body and '"scope"' in body
        ]
        assert len(found) >= 2
        for each in found:
            self.validator.validate(each)

    @pytest.mark.parametrize("key", ["version", "conclusion", "findings", "withheld", "scope"])
    def test_what_is_missing_is_noticed(self, plain: CheckResult, key: str) -> None:
        body = json.loads(write(plain, Format.JSON))
        del body[key]
        assert not self.validator.is_valid(body)
