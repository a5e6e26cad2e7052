"""A kubectl for tests: it runs commands here, shows what it is told, and breaks as told.

``install`` writes the executable; this module is what it runs.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from enum import Enum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.probe.fake_forward import forward
from tests.project import ROOT

_HERE = Path(__file__).resolve()


class Fault(Enum):
    """What becomes of an exec."""

    NONE = "none"
    LOST_STATUS = "lost status"
    TRUNCATED = "truncated"
    NO_END = "no end"
    GARBAGE = "garbage"
    SILENT_SUCCESS = "silent success"
    HANG = "hang"
    IGNORE_TERM = "hang that cannot be terminated"
    GONE = "pod deleted"
    FORBIDDEN = "forbidden"
    UNAUTHORIZED = "unauthorized"
    BUSY = "too many requests"
    INTERNAL = "internal error"
    NO_SHELL = "no shell"
    ABORTED = "connection aborted"


_STDERR = {
    Fault.GONE: 'Error from server (NotFound): pods "web-0" not found',
    Fault.FORBIDDEN: 'Error from server (Forbidden): pods "web-0" is forbidden: User "x" '
    'cannot create resource "pods/exec"',
    Fault.UNAUTHORIZED: "error: You must be logged in to the server (Unauthorized)",
    Fault.BUSY: "Error from server (TooManyRequests): too many requests",
    Fault.INTERNAL: "Error from server (InternalError): an error on the server",
    Fault.NO_SHELL: "error: Internal error occurred: unable to start container process: "
    'exec: "sh": executable file not found in $PATH',
    Fault.ABORTED: "error: error reading from error stream: read tcp: connection reset by peer",
}


def install(folder: Path, **settings: Any) -> Path:
    """An executable that behaves as the settings say.

    ``fault`` is the value of a :class:`Fault`, ``times`` how many runs it happens to,
    ``answers`` the objects by path, ``path`` the PATH of the pods, ``forward`` the value of a
    fault of :mod:`tests.probe.fake_forward`, and ``ports`` what it leads to.
    """
    folder.mkdir(exist_ok=True)
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    file = folder / "kubectl"
    path = f'PYTHONPATH="{ROOT}"'
    command = f'exec "{sys.executable}" "{_HERE}" "{folder}" "$@"'
    file.write_text(f"#!/bin/sh\n{path} {command}\n", "utf-8")
    file.chmod(0o755)
    return file


def runs(folder: Path) -> list[list[str]]:
    """The arguments of all runs."""
    log = folder / "log"
    return (
        [json.loads(line) for line in log.read_text("utf-8").splitlines()]
        if log.exists()
        else []
    )


def main(folder: Path, arguments: list[str]) -> int:
    """One run."""
    settings = json.loads((folder / "settings.json").read_text("utf-8"))
    with (folder / "log").open("a", encoding="utf-8") as log:
        log.write(json.dumps(arguments) + "\n")
    words = [word for word in arguments if not word.startswith("--kubeconfig")]
    words = [word for word in words if not word.startswith("--context")]
    if words[0] == "exec":
        return _exec(_fault(folder, settings), settings, words)
    if words[0] == "port-forward":
        return forward(settings, words)
    return _raw(settings, words)


def _fault(folder: Path, settings: dict[str, Any]) -> Fault:
    so_far = sum(run[0] == "exec" or "exec" in run[:3] for run in runs(folder))
    is_due = so_far <= settings.get("times", 1_000_000)
    return Fault(settings.get("fault", "none")) if is_due else Fault.NONE


def _exec(fault: Fault, settings: dict[str, Any], words: list[str]) -> int:
    if fault in _STDERR:
        sys.stderr.write(f"{_STDERR[fault]}\n")
        return 1
    if fault is Fault.SILENT_SUCCESS:
        return 0
    if fault is Fault.GARBAGE:
        sys.stdout.buffer.write(b"\xff\xfe\x00 1 2 3\nEND\nopen open open\n")
        return 0
    if fault in (Fault.HANG, Fault.IGNORE_TERM):
        if fault is Fault.IGNORE_TERM:
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(600)
    command = words[words.index("--") + 1 :]
    env = {"PATH": settings.get("path", os.defpath)}
    done = subprocess.run(command, env=env, capture_output=True, check=False)
    sys.stdout.buffer.write(_cut(fault, done.stdout))
    sys.stderr.buffer.write(done.stderr)
    return 0 if fault is Fault.LOST_STATUS else done.returncode


def _cut(fault: Fault, output: bytes) -> bytes:
    lines = output.splitlines(keepends=True)
    if fault is Fault.TRUNCATED:
        return b"".join(lines[:1]) + lines[1][:-10]
    return b"".join(lines[:-1]) if fault is Fault.NO_END else output


def _raw(settings: dict[str, Any], words: list[str]) -> int:
    path = urlsplit(words[words.index("--raw") + 1]).path
    if words[0] == "create":
        body = json.load(sys.stdin)
        asked = body["spec"]["resourceAttributes"]
        resource = "/".join(filter(None, (asked["resource"], asked.get("subresource"))))
        denied = [asked["verb"], resource] in settings.get("denied", [])
        json.dump({**body, "status": {"allowed": not denied}}, sys.stdout)
        return 0
    found = settings.get("answers", {}).get(path)
    if found is None:
        sys.stderr.write(
            "Error from server (NotFound): the server could not find the requested resource\n"
        )
        return 1
    if isinstance(found, str):
        sys.stderr.write(f"{found}\n")
        return 1
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
