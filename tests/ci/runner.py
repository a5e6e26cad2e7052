"""Runs a composite action as GitHub's runner does, as far as ours needs it.

Steps with ``run`` run for real, in bash; other people's actions do not, and leave the outputs
that a test says.  An expression that nothing here knows is an error, not an empty text.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

EXPRESSION = re.compile(r"\$\{\{ *([^}]*?) *\}\}")
_IS_GIVEN = re.compile(r"(inputs\.[\w-]+) != ''")
_SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail")


@dataclass(frozen=True)
class Job:
    """What came of an action: the log and exit code of each step that ran, and what it left."""

    logs: dict[str, str]
    codes: dict[str, int]
    outputs: dict[str, str]
    summary: str

    @property
    def code(self) -> int:
        """That of the last step: one that fails is the last."""
        return list(self.codes.values())[-1]

    @property
    def annotations(self) -> list[str]:
        """The commands that GitHub reads from the log."""
        lines = "".join(self.logs.values()).splitlines()
        return [line for line in lines if line.startswith("::")]


@dataclass
class Runner:
    """A machine with a checkout; ``environ`` is what a job there has in its environment."""

    action: Path
    workspace: Path
    temporary: Path
    environ: Mapping[str, str]
    foreign: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """The outputs of the steps that are other people's actions."""

    def run(self, **inputs: str) -> Job:
        """Runs the steps one after the other, until one fails."""
        spec = yaml.safe_load(self.action.read_bytes())
        known = {
            f"inputs.{name}": each.get("default", "") for name, each in spec["inputs"].items()
        }
        for name, value in inputs.items():
            dashed = f"inputs.{name.replace('_', '-')}"
            assert dashed in known, dashed
            known[dashed] = value
        known["github.token"] = self.environ["GITHUB_TOKEN"]
        known |= {name: _fill(value, known) for name, value in known.items()}
        logs: dict[str, str] = {}
        codes: dict[str, int] = {}
        summary = self.temporary / "summary"
        summary.touch()
        for step in spec["runs"]["steps"]:
            if not _applies(step, known):
                known[f"steps.{step['id']}.outputs"] = ""
                continue
            if "uses" in step:
                found = dict(self.foreign[step["id"]])
            else:
                done, found = self._run_step(step, known, summary)
                logs[step["id"]], codes[step["id"]] = done.stdout, done.returncode
                if done.returncode:
                    break
            known |= {f"steps.{step['id']}.outputs.{n}": each for n, each in found.items()}
        outputs = {
            name: _fill(each["value"], known, missing="")
            for name, each in spec["outputs"].items()
        }
        return Job(logs, codes, outputs, summary.read_text(encoding="utf-8"))

    def _run_step(
        self, step: dict[str, Any], known: Mapping[str, str], summary: Path
    ) -> tuple[subprocess.CompletedProcess[str], dict[str, str]]:
        script, output = self.temporary / "step.sh", self.temporary / f"output-{step['id']}"
        script.write_text(step["run"], encoding="utf-8")
        output.touch()
        given = {name: _fill(text, known, missing="") for name, text in step["env"].items()}
        done = subprocess.run(
            [*_SHELL, str(script)],
            check=False,
            cwd=self.workspace,
            encoding="utf-8",
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=60,
            env={
                **{name: each for name, each in self.environ.items() if name != "GITHUB_TOKEN"},
                **given,
                "GITHUB_ACTION_PATH": str(self.action.parent),
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(summary),
                "RUNNER_TEMP": str(self.temporary),
            },
        )
        lines = output.read_text(encoding="utf-8").splitlines()
        return done, dict(line.split("=", 1) for line in lines)


def _fill(text: str, known: Mapping[str, str], missing: str | None = None) -> str:
    """A text with the values of its expressions; ``missing`` is that of what no step left."""

    def find(expression: re.Match[str]) -> str:
        name = expression[1]
        if missing is not None and name.startswith("steps."):
            return known.get(name, missing)
        return known[name]

    return EXPRESSION.sub(find, text)


def _applies(step: Mapping[str, Any], known: Mapping[str, str]) -> bool:
    if "if" not in step:
        return True
    asked = _IS_GIVEN.fullmatch(step["if"])
    assert asked, f"the runner does not know: if: {step['if']}"
    return bool(known[asked[1]])
