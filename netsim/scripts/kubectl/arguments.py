"""The command line of kubectl: command, operands and flags, as cobra and pflag read it.

Source: ``kubectl options`` and ``kubectl COMMAND --help`` of kubectl 1.37.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from netsim.errors import NetsimError
from netsim.scripts.shell.values import TEXT, has_hole


class NotUnderstood(NetsimError):  # noqa: N818 - nothing is wrong with the call
    """A call of which the text does not tell what it needs; the message says why."""


class Arguments(Struct, frozen=True):
    """A call of kubectl; ``behind`` are the words after ``--``.

    Flags are by their long names; one without value is ``true``.
    """

    command: str
    operands: tuple[str, ...]
    flags: tuple[tuple[str, str], ...]
    behind: tuple[str, ...] = ()

    def all(self, name: str) -> list[str]:
        """Every value of a flag."""
        return [value for key, value in self.flags if key == name]

    def get(self, name: str) -> str | None:
        """The value of a flag that counts, the last one; None where it is not given."""
        found = self.all(name)
        return found[-1] if found else None

    def is_set(self, name: str) -> bool:
        """Whether a flag is given, and not as ``false``."""
        return self.get(name) not in (None, "false", "False", "0", "f")

    @property
    def is_dry_run(self) -> bool:
        """Whether the server is not even asked what it would do (``--dry-run=client``)."""
        return self.get("dry-run") in ("client", "true")

    @property
    def rest(self) -> Arguments:
        """The call less its first operand, which is part of the command."""
        return Arguments(self.operands[0], self.operands[1:], self.flags, self.behind)


_VALUED = frozenset(
    (
        *("annotations", "as", "as-group", "as-uid", "audience", "bound-object-kind"),
        *(
            "bound-object-name",
            "bound-object-uid",
            "cache-dir",
            "cert",
            "certificate-authority",
        ),
        *("chunk-size", "class", "client-certificate", "client-key", "cluster", "clusterip"),
        *("clusterrole", "container", "containers", "context", "current-replicas"),
        *("default-backend", "description", "docker-email", "docker-password"),
        *("docker-server", "docker-username", "duration", "env", "external-name"),
        *("field-manager", "field-selector", "filename", "for", "from", "from-env-file"),
        *("from-file", "from-literal", "grace-period", "group", "hard", "image", "key"),
        *("kubeconfig", "kuberc", "kustomize", "label-columns", "labels", "limit-bytes"),
        *("limits", "log-flush-frequency", "max-log-requests", "max-unavailable"),
        *("min-available", "namespace", "node-port", "output", "output-version", "overrides"),
        *("override-type", "password", "patch", "patch-file", "pod-running-timeout", "port"),
        *("preemption-policy", "prefix-format", "profile", "profile-output", "prune-allowlist"),
        *("raw", "replicas", "request-timeout", "requests", "resource", "resource-name"),
        *("resource-version", "restart", "revision", "role", "rule", "schedule", "scopes"),
        *("selector", "server", "serviceaccount", "since", "since-time", "sort-by"),
        *(
            "subresource",
            "tail",
            "tcp",
            "template",
            "timeout",
            "tls-server-name",
            "to-revision",
        ),
        *("token", "type", "user", "username", "v", "value", "verb", "vmodule"),
        *("non-resource-url", "aggregation-rule", "container-name", "contained-in"),
    )
)
_SWITCHES = frozenset(
    (
        *("all", "all-containers", "all-namespaces", "all-pods", "allow-missing-template-keys"),
        *("append-hash", "attach", "cascade", "client", "command", "create-annotation"),
        *("disable-compression", "dry-run", "edit", "expose", "follow", "force"),
        *("force-conflicts", "global-default", "help", "ignore-errors", "ignore-not-found"),
        *("insecure-skip-tls-verify", "insecure-skip-tls-verify-backend", "interactive"),
        *("keep-annotations", "leave-stdin-open", "list", "local", "match-server-version"),
        *("namespaced", "no-headers", "now", "openapi-patch", "output-watch-events"),
        *("overwrite", "prefix", "previous", "privileged", "prune", "quiet", "record"),
        *("recursive", "rm", "save-config", "server-print", "server-side", "short"),
        *("show-events", "show-kind", "show-labels", "show-managed-fields", "stdin"),
        *("timestamps", "tty", "validate", "wait", "warnings-as-errors", "watch"),
        *("watch-only", "windows-line-endings"),
    )
)
_SHORT = {
    "A": "all-namespaces",
    "L": "label-columns",
    "R": "recursive",
    "c": "container",
    "f": "filename",
    "h": "help",
    "i": "stdin",
    "k": "kustomize",
    "l": "selector",
    "n": "namespace",
    "o": "output",
    "q": "quiet",
    "s": "server",
    "t": "tty",
    "v": "v",
    "w": "watch",
}
_SHORT_OF = {
    "logs": {"f": "follow", "p": "previous"},
    "patch": {"p": "patch"},
    "set": {"e": "env"},
}
_OTHER_ACCOUNT = (
    *("as", "as-group", "as-uid", "client-certificate", "client-key", "cluster", "context"),
    *("kubeconfig", "password", "server", "token", "user", "username"),
)


def takes_value(flag: str) -> bool:
    """Whether a flag, by its long name, takes the next word as its value."""
    return flag in _VALUED


def spell_out(letter: str) -> str:
    """The long name of a flag of one letter; the letter itself where it stands for none."""
    return _SHORT.get(letter, letter)


def read_arguments(words: Sequence[str]) -> Arguments:
    """The words after ``kubectl``.  Raises ``NotUnderstood``."""
    operands: list[str] = []
    flags: list[tuple[str, str]] = []
    behind: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "--":
            behind, rest = rest, []
        elif word.startswith("--"):
            flags.append(_long(word[2:], rest))
        elif word.startswith("-") and word != "-":
            flags += _short(word[1:], rest, operands[0] if operands else "")
        else:
            operands.append(_operand(word))
    if not operands:
        return Arguments("", (), tuple(flags), tuple(behind))
    found = Arguments(operands[0], tuple(operands[1:]), tuple(flags), tuple(behind))
    for name in _OTHER_ACCOUNT:
        if found.get(name) is not None:
            raise NotUnderstood(f"--{name} may make it another account")
    return found


def _operand(word: str) -> str:
    if TEXT in word:
        raise NotUnderstood(
            "a variable without quotes may be several words; quote it, or give its value"
        )
    return word


def _long(text: str, rest: list[str]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if has_hole(name):
        raise NotUnderstood("the name of a flag is not in the text")
    if equals:
        return name, value
    if name in _SWITCHES:
        return name, "true"
    if name not in _VALUED:
        raise NotUnderstood(f"the flag --{name} is not known here")
    return name, rest.pop(0) if rest else ""


def _short(text: str, rest: list[str], command: str) -> list[tuple[str, str]]:
    """``-it``, ``-ojson``, ``-n shop``: switches, then perhaps one flag with a value."""
    names = {**_SHORT, **_SHORT_OF.get(command, {})}
    found: list[tuple[str, str]] = []
    for place, letter in enumerate(text):
        name = names.get(letter)
        if name is None:
            raise NotUnderstood(f"the flag -{'?' if has_hole(letter) else letter} is not known")
        if name in _VALUED:
            value = text[place + 1 :].removeprefix("=")
            found.append((name, value or (rest.pop(0) if rest else "")))
            break
        found.append((name, "true"))
    return found
