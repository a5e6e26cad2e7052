"""The file system of a pod: the host's, with other commands and without name servers."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from shutil import which
from subprocess import Popen

from tests.fakes.laboratory.sandbox import Sandbox
from tests.fakes.laboratory.tools import Toolset

COMMAND_FOLDERS = ("/usr/bin", "/usr/sbin", "/bin", "/sbin")
_RESOLVER = Path("/etc/resolv.conf")
# Nothing listens there, so a lookup fails at once instead of after half a minute.
_NO_NAME_SERVER = "nameserver 127.0.0.1\n"


class Mounts:
    """What one pod sees in place of the host's command folders.

    The host's own commands stay reachable under a path nobody looks at, where the links of
    the pod's commands lead.  All of it is mounted in the pod's mount namespace only.
    """

    def __init__(self, folder: Path) -> None:
        self._commands = folder / "commands"
        self._host = folder / "host"
        self._resolver = folder / "resolv.conf"

    def apply(self, sandbox: Sandbox) -> Popen[str]:
        """Starts to mount them; :func:`tests.fakes.laboratory.sandbox.finish` waits for it."""
        self._commands.mkdir(parents=True)
        for folder in _real_folders():
            self._moved(folder).mkdir(parents=True)
        self._resolver.write_text(_NO_NAME_SERVER, encoding="ascii")
        return sandbox.configuring(("sh", "-ec", self._script()), namespace="mount")

    def offer(self, tools: Toolset) -> None:
        """Replaces the commands."""
        programs = tools.programs()
        for command in self._commands.iterdir():
            command.unlink()
        for name, program in programs.items():
            (self._commands / name).symlink_to(self._moved(program))

    def has(self, name: str) -> bool:
        """Whether there is such a command."""
        return (self._commands / name).is_symlink()

    def _script(self) -> str:
        folders = _real_folders()
        pairs = [(folder, self._moved(folder)) for folder in folders]
        if _RESOLVER.exists():
            pairs.append((self._resolver, _RESOLVER))
        lines = [f"mount --bind {quote(str(a))} {quote(str(b))}" for a, b in pairs]
        mount = quote(str(self._moved(_program("mount"))))
        lines += [f"{mount} --bind {quote(str(self._commands))} {each}" for each in folders]
        return "\n".join(lines)

    def _moved(self, path: Path) -> Path:
        """Where the pod sees what the host has at a path; only commands are elsewhere."""
        if any(path.is_relative_to(folder) for folder in _real_folders()):
            return self._host / path.relative_to("/")
        return path


def _real_folders() -> list[Path]:
    """The command folders of the host, each once; some are links to others."""
    resolved = [Path(folder).resolve() for folder in COMMAND_FOLDERS]
    return [folder for folder in dict.fromkeys(resolved) if folder.is_dir()]


def _program(name: str) -> Path:
    return Path(which(name) or name).resolve()
