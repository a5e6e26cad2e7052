"""Programs that shell scripts call, by what they mean to one who looks for another."""

from __future__ import annotations

from collections.abc import Sequence

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

_VALUED = {
    "env": ("-u", "-C", "-S"),
    "nice": ("-n",),
    "sudo": ("-u", "-g"),
    "timeout": ("-s", "-k", "--signal", "--kill-after"),
    "stdbuf": ("-i", "-o", "-e"),
    "ionice": ("-c", "-n"),
    "exec": ("-a",),
}
_OPERANDS = {"timeout": 1, "flock": 1, "chroot": 1}
_PLAIN = ("command", "builtin", "nohup", "setsid", "time", "busybox")
PREFIXES = frozenset((*_VALUED, *_OPERANDS, *_PLAIN))
"""They run the command that stands after them."""

APPENDING = frozenset(("xargs", "find", "parallel", "watch"))
"""They run a command with words from elsewhere after it."""


def behind(prefix: str, arguments: Sequence[str]) -> list[str]:
    """The command after a prefix, its options and operands left out."""
    rest = list(arguments)
    valued = _VALUED.get(prefix, ())
    if prefix == "command" and rest and rest[0] in ("-v", "-V"):
        return []
    while rest and (rest[0].startswith("-") or (prefix == "env" and "=" in rest[0])):
        option = rest.pop(0)
        if option in valued and rest:
            rest.pop(0)
        if option == "--":
            break
    return rest[_OPERANDS.get(prefix, 0) :]
