from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
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
    done = subprocess.run(
        [sys.executable, "-m", "netsim", *arguments],
        input=stdin.encode(),
        capture_output=True,
        check=False,
        cwd=cwd,
        env=environment(**env),
        timeout=60,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def assert_snapshot(name: str, done: Done) -> None:
    """Compares with the file of that name; the environment variable UPDATE rewrites it."""
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get(UPDATE):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(str(done).encode())
    assert str(done) == file.read_bytes().decode()
