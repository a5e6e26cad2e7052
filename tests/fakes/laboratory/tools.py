"""What commands a pod has: images differ in that more than in anything else a probe meets."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from shutil import which

_PACKAGES = {
    "nc.openbsd": "netcat-openbsd",
    "nc.traditional": "netcat-traditional",
    "ncat": "ncat",
    "busybox": "busybox",
}


class ToolMissingError(LookupError):
    """The machine lacks the program that a tool stands for."""


@dataclass(frozen=True, slots=True)
class Toolset:
    """Commands by the name a pod knows them by, each with the host's program behind it."""

    commands: tuple[tuple[str, str], ...] = ()

    def __or__(self, other: Toolset) -> Toolset:
        """The commands of both; of one name, that of the right side."""
        return Toolset(tuple({**dict(self.commands), **dict(other.commands)}.items()))

    def programs(self) -> dict[str, Path]:
        """Where the programs are, all links resolved.  Raises :class:`ToolMissingError`."""
        return {name: _located(program) for name, program in self.commands}


def _located(program: str) -> Path:
    # Never a version manager's stand-in, which wants a shell and a home.
    path = sys.executable if program == "python3" else which(program)
    if path is None:
        package = _PACKAGES.get(program, program)
        raise ToolMissingError(f"needs {program} (package {package})")
    return Path(path).resolve()


NOTHING = Toolset()
SHELL = Toolset((("sh", "sh"),))
TIMEOUT = Toolset((("timeout", "timeout"),))
COREUTILS = TIMEOUT | Toolset((("sleep", "sleep"), ("cat", "cat"), ("true", "true")))
BASH = SHELL | Toolset((("bash", "bash"),))
PYTHON = SHELL | Toolset((("python3", "python3"),))
NC_OPENBSD = SHELL | Toolset((("nc", "nc.openbsd"),))
NC_TRADITIONAL = SHELL | Toolset((("nc", "nc.traditional"),))
NCAT = SHELL | Toolset((("nc", "ncat"), ("ncat", "ncat")))
# It is a shell, too, and looks at the name it is called by.
NC_BUSYBOX = Toolset(tuple((name, "busybox") for name in ("sh", "nc", "timeout", "true")))
