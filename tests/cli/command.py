from __future__ import annotations

import os
import subprocess
import sys
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from unittest.mock import patch

from netsim.__main__ import main
from netsim.cli.main import app
from tests.project import ROOT

MANIFESTS = Path(__file__).parent / "manifests"
SNAPSHOTS = Path(__file__).parent / "snapshots"
UPDATE = "NETSIM_UPDATE_SNAPSHOTS"


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit code {self.code}\n--- output\n{self.out}--- errors\n{self.err}"


def environment(**more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "SYSTEMROOT")}
    return {**kept, "PYTHONPATH": str(ROOT), "COLUMNS": "100", "PYTHONUTF8": "1", **more}


def netsim(*arguments: str, stdin: str = "", cwd: Path = MANIFESTS, **env: str) -> Done:
    """The command as a whole: in this process, which is much quicker, where that will do."""
    # Python reads variables of its own when it starts, and never again.
    of_python = any(name.startswith("PYTHON") for name in env)
    run = _apart if of_python else _within
    done = run(arguments, stdin, cwd, environment(**env))
    assert "Traceback" not in done.err, done.err
    return done


def _within(arguments: tuple[str, ...], stdin: str, cwd: Path, env: dict[str, str]) -> Done:
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8") for _ in range(2))
    # Those of the last run; a process starts without any.
    app.registered_commands.clear()
    with (
        patch.object(sys, "argv", ["netsim", *arguments]),
        patch.object(sys, "stdin", TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8")),
        patch.dict(os.environ, env, clear=True),
        chdir(cwd),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = _exit_code()
    return Done(code, _written(out), _written(err))


def _exit_code() -> int:
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def _written(stream: TextIOWrapper) -> str:
    stream.flush()
    written = stream.buffer
    assert isinstance(written, BytesIO)
    return written.getvalue().decode()


def _apart(arguments: tuple[str, ...], stdin: str, cwd: Path, env: dict[str, str]) -> Done:
    done = subprocess.run(
        [sys.executable, "-m", "netsim", *arguments],
        input=stdin.encode(),
        capture_output=True,
        check=False,
        cwd=cwd,
        env=env,
        timeout=60,
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_snapshot(name: str, done: Done) -> None:
    """Compares with the file of that name; the environment variable UPDATE rewrites it."""
    assert_text(SNAPSHOTS / f"{name}.txt", str(done))


def assert_text(file: Path, text: str) -> None:
    """Compares with a file; the environment variable UPDATE rewrites it."""
    if os.environ.get(UPDATE):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(text.encode())
    assert text == file.read_bytes().decode()
