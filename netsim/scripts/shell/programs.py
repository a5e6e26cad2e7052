"""Programs that shell scripts call, by what they mean to one who looks for another."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from msgspec import Struct

from netsim.scripts.shell.values import TEXT, has_hole

SHELLS = frozenset(("sh", "bash", "dash", "ash", "ksh", "zsh"))

SILENT = frozenset(
    (
        *(":", "true", "false", "test", "[", "[[", "exit", "return", "break", "continue"),
        *("sleep", "wait", "umask", "ulimit", "shopt", "hash", "cd", "mkdir", "rm", "rmdir"),
        *("touch", "cp", "mv", "ln", "chmod", "chown", "kill", "sync", "let", "pushd", "popd"),
        *("alias", "times"),
    )
)
"""They print nothing and call nothing."""

HARMLESS = frozenset(
    (
        *("awk", "gawk", "base64", "basename", "bc", "comm", "cut", "date", "diff", "dirname"),
        *("df", "du", "egrep", "expr", "fgrep", "file", "fold", "grep", "gzip", "gunzip"),
        *("head", "hostname", "id", "join", "jobs", "jq", "ls", "md5sum", "mktemp", "nl"),
        *("nproc", "od", "paste", "pgrep", "pidof", "ps", "pwd", "readlink", "realpath", "rev"),
        *("sed", "seq", "sha1sum", "sha256sum", "sha512sum", "shuf", "sort", "split", "stat"),
        *("strings", "tac", "tail", "tar", "tr", "tsort", "tty", "type", "uname", "uniq"),
        *("uptime", "uuidgen", "wc", "which", "whoami", "xxd", "yes", "yq", "zcat"),
    )
)
"""They print something and call nothing, and no server either."""

_VALUED: dict[str, tuple[str, tuple[str, ...]]] = {
    "env": ("uCS", ("unset", "chdir", "split-string")),
    "nice": ("n", ("adjustment",)),
    "sudo": ("ughpCDrtTRU", ("user", "group", "host", "prompt", "chdir")),
    "timeout": ("sk", ("signal", "kill-after")),
    "stdbuf": ("ioe", ("input", "output", "error")),
    "ionice": ("cn", ("class", "classdata")),
    "flock": ("wE", ("wait", "timeout", "conflict-exit-code")),
    "time": ("fo", ("format", "output")),
    "exec": ("a", ()),
    # Not values, but what stands behind them is looked up only.
    "command": ("vV", ()),
}
"""Options that have a value, which may be a word of its own: letters, and long names."""

_OPERANDS = {"timeout": 1, "flock": 1, "chroot": 1}
_ASSIGNING = frozenset(("env", "sudo"))
_PLAIN = ("builtin", "nohup", "setsid", "busybox")
PREFIXES = frozenset((*_VALUED, *_OPERANDS, *_PLAIN))
"""They run the program that stands after them; functions of the script are none."""

APPENDING = frozenset(("xargs", "find", "parallel", "watch"))
"""They run a command with words from elsewhere after it."""


class Prefixed(Struct, frozen=True):
    """What a prefix runs, and the variables that it sets for that."""

    words: tuple[str, ...]
    variables: tuple[tuple[str, str], ...] = ()


def behind(prefix: str, arguments: Sequence[str]) -> Prefixed:
    """What a prefix runs, its options and operands left out."""
    rest = list(arguments)
    variables: list[tuple[str, str]] = []
    while rest and rest[0].startswith("-"):
        word = rest.pop(0)
        if word == "--":
            break
        name, value = _option(prefix, word, rest)
        if prefix == "command" and name in ("v", "V"):
            return Prefixed(())
        if prefix == "env" and name in ("S", "split-string"):
            rest = [*_split(value), *rest]
    while prefix in _ASSIGNING and rest and "=" in rest[0]:
        name, _, value = rest.pop(0).partition("=")
        variables.append((name, value))
    return Prefixed(tuple(rest[_OPERANDS.get(prefix, 0) :]), tuple(variables))


def _option(prefix: str, word: str, rest: list[str]) -> tuple[str, str]:
    """The last option of a word, and its value, which is taken from the rest if it is there."""
    letters, names = _VALUED.get(prefix, ("", ()))
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        takes_next = name in names and not equals
    else:
        place = next((at for at, each in enumerate(word) if at and each in letters), -1)
        name, value = word[place], word[place + 1 :] if place > 0 else ""
        takes_next = place > 0 and not value
    return name, rest.pop(0) if takes_next and rest else value


def _split(text: str) -> list[str]:
    """The words that ``env -S`` makes of one."""
    try:
        return [TEXT] if has_hole(text) else shlex.split(text)
    except ValueError:
        return [TEXT]
