"""The commands of a document that ask for objects, such as ``get``, ``describe``, ``logs``.

``kubectl describe networkpolicy api -n shop`` asks for the NetworkPolicy ``api`` in ``shop``.
Names in capitals, in brackets and with ``$`` or ``...`` are placeholders, and no names.

Source: ``kubectl COMMAND --help`` of kubectl 1.37.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from netsim.intent.document.statements import AskedObject, MadeObject, ObjectCommand
from netsim.model.location import Location
from netsim.scripts.kubectl.arguments import Arguments, NotUnderstood, read_arguments

_UNKNOWN = re.compile(r"[$`~{}<>\[\]*]|\.\.|…|\bx{3,}\b|(?:\A|[-_])(?i:your|my|some)[-_]")
_PLACEHOLDER = re.compile(r"[A-Z0-9_-]*[A-Z][A-Z0-9_-]*")
_OF_KIND = frozenset(
    ("annotate", "autoscale", "delete", "describe", "edit", "expose", "get", "label", "patch")
) | {"scale", "wait"}
_OF_PODS = frozenset(("attach", "debug", "exec", "logs", "port-forward"))
_OF_ROLLOUT = frozenset(("history", "pause", "restart", "resume", "status", "undo"))
VERBS = _OF_KIND | _OF_PODS | {"rollout", "top", "set"}
"""The commands that are read."""
_MAKERS = frozenset(("create", "run", "apply", "replace"))


def read_object_command(
    words: Sequence[str], namespace: str | None, location: Location
) -> ObjectCommand | None:
    """What a call of kubectl asks for; None where it asks for nothing that the text tells.

    ``namespace`` is that of the context, if the document sets one.
    """
    try:
        arguments = read_arguments(words)
    except NotUnderstood:
        # Of another cluster, or with a flag whose value cannot be told from an operand.
        return None
    if arguments.command not in VERBS or arguments.get("filename") or _is_raw(arguments):
        return None
    own = arguments.get("namespace")
    selector = arguments.get("selector") or ""
    if any(_is_unknown(each) for each in (own or "", selector)):
        return None
    asked = tuple(dict.fromkeys(_list_asked(arguments)))
    if not asked:
        return None
    return ObjectCommand(
        "kubectl " + arguments.command,
        asked,
        own or namespace,
        location,
        selector,
        is_everywhere=arguments.is_set("all-namespaces"),
    )


def read_made(words: Sequence[str], tool: str, namespace: str | None) -> MadeObject | None:
    """What a command may make that is no file beside the document."""
    if tool == "helm":
        if not {"install", "upgrade"} & set(words):
            return None
        return MadeObject("", _find_flag(words, "-n", "--namespace") or namespace)
    verb = next((word for word in words if not word.startswith("-")), "")
    if verb not in _MAKERS:
        return None
    own = _find_flag(words, "-n", "--namespace") or namespace
    if verb in ("apply", "replace") or any(
        word.startswith(("-f", "--filename")) for word in words
    ):
        files = _find_flag(words, "-f", "--filename") or ""
        elsewhere = files == "-" or "://" in files or files.startswith(("..", "/", "~", "$"))
        is_tree = any(word.startswith(("-k", "--kustomize")) for word in words)
        return MadeObject("", own) if elsewhere or is_tree else None
    operands = [word for word in words if not word.startswith("-")][1:]
    before = 0 if verb == "run" else 2 if operands[:1] in (["secret"], ["service"]) else 1
    names = operands[before : before + 1]
    return MadeObject(names[0], own) if names else None


def _find_flag(words: Sequence[str], short: str, long: str) -> str | None:
    for word, after in zip(words, [*words[1:], ""], strict=True):
        if word in (short, long):
            return after
        for start in (f"{long}=", f"{short}=", short):
            if word.startswith(start) and not word.startswith("--" if start == short else " "):
                return word.removeprefix(start)
    return None


def _is_raw(arguments: Arguments) -> bool:
    return arguments.get("raw") is not None or arguments.get("field-selector") is not None


def _list_asked(arguments: Arguments) -> Iterator[AskedObject]:
    command, operands = arguments.command, arguments.operands
    if command in _OF_PODS:
        if not operands:
            if arguments.get("selector"):
                yield AskedObject("pods")
            return
        kind, slash, name = operands[0].partition("/")
        yield from _ask(kind if slash else "pods", (name if slash else operands[0],))
        return
    if command == "rollout":
        if operands[:1] and operands[0] in _OF_ROLLOUT:
            yield from _ask_kinds(operands[1:])
        return
    if command == "set":
        yield from _ask_kinds(operands[1:2] if "/" in "".join(operands[1:2]) else operands[1:3])
        return
    if command == "top":
        operands = (
            ("pods", *operands[1:]) if operands[:1] in (("pod",), ("pods",), ("po",)) else ()
        )
    if command in ("annotate", "label", "set"):
        operands = tuple(each for each in operands if "=" not in each and each[-1:] != "-")
    yield from _ask_kinds(operands)


def _ask_kinds(operands: Sequence[str]) -> Iterator[AskedObject]:
    if not operands:
        return
    if "/" in operands[0]:
        for operand in operands:
            kind, slash, name = operand.partition("/")
            if slash:
                yield from _ask(kind, (name,))
        return
    for kind in operands[0].split(","):
        yield from _ask(kind, operands[1:])


def _ask(kind: str, names: Sequence[str]) -> Iterator[AskedObject]:
    if not kind or _is_unknown(kind):
        return
    if not names:
        yield AskedObject(kind)
    for name in names:
        if name and not _is_unknown(name):
            yield AskedObject(kind, name)


def _is_unknown(text: str) -> bool:
    return bool(_UNKNOWN.search(text) or _PLACEHOLDER.fullmatch(text))
