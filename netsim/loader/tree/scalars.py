"""Scalars: what a plain one means to kubectl, and placeholders such as ``${PORT}`` in them.

``yes`` is true, ``010`` is 8; a placeholder is left for a later step to fill in.
Source: sigs.k8s.io/yaml, goyaml.v2 ``resolve.go``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsim.model.placeholders import find_placeholders
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Sequence, Tree

Resolved = str | int | float | bool | None

_NULLS = frozenset(("", "~", "null", "Null", "NULL"))
_WORDS: dict[str, bool] = {
    spelling: meaning
    for meaning, words in (
        (True, ("y", "yes", "on", "true")),
        (False, ("n", "no", "off", "false")),
    )
    for word in words
    for spelling in (word, word.capitalize(), word.upper())
}
_INTEGER = re.compile(r"([-+]?)(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SPECIAL = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_BASES = {"x": 16, "b": 2, "o": 8}


def resolve(scalar: Scalar) -> Resolved:
    """The value of a scalar; one that is quoted is always text."""
    text = scalar.text
    if scalar.style is ScalarStyle.QUOTED:
        return text
    if text in _NULLS:
        return None
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    return _number(text)


def _number(text: str) -> Resolved:
    digits = text.replace("_", "")
    if match := _INTEGER.fullmatch(digits):
        return _integer(match[1], match[2])
    if _FLOAT.fullmatch(digits):
        return float(digits)
    if _SPECIAL.fullmatch(text):
        return float(text.replace(".", "", 1))
    return text


def _integer(sign: str, digits: str) -> int:
    base = _BASES.get(digits[1:2].lower(), 8 if digits[0] == "0" else 10)
    # Python refuses to convert numbers of thousands of digits; none is in range of any field.
    number = int(digits, base) if len(digits) < 100 else 10**99
    return -number if sign == "-" else number


def resolve_key(key: Scalar) -> str | None:
    """What a key of a mapping is to kubectl, which writes it as JSON; None where it is refused.

    ``y`` is ``true``, ``010`` is ``8``.  Source: sigs.k8s.io/yaml ``convertToJSONableObject``.
    """
    match resolve(key):
        case str() as text:
            return text
        case bool() as truth:
            return "true" if truth else "false"
        case int() as number:
            return str(number)
    return None


def is_letter(scalar: Scalar) -> bool:
    """Whether this is a plain ``y`` or ``n``.

    A boolean to kubectl, yet PyYAML and others read and write it as text, unquoted.
    """
    return scalar.style is ScalarStyle.PLAIN and scalar.text in ("y", "Y", "n", "N")


def is_null(tree: Tree) -> bool:
    """Whether a value counts as absent."""
    return isinstance(tree, Scalar) and tree.style is ScalarStyle.PLAIN and tree.text in _NULLS


def describe(value: Resolved) -> str:
    """What a value is, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "text"
    return "a number"


_SCRIPTS = frozenset(("command", "args"))
"""Fields that hold shell text, where the same notation is a variable of the shell."""


def placeholders(tree: Tree) -> dict[str, int]:
    """The distinct placeholders of a document, with the line of the first use."""
    found: dict[str, int] = {}
    for scalar in _scalars(tree):
        for text in find_placeholders(scalar.text):
            found.setdefault(text, scalar.line)
    return found


def _scalars(tree: Tree) -> Iterator[Scalar]:
    match tree:
        case Scalar():
            yield tree
        case Sequence():
            for item in tree.items:
                yield from _scalars(item)
        case Mapping():
            for key, entry in tree.entries.items():
                yield Scalar(key, entry.style, entry.line)
                if key not in _SCRIPTS:
                    yield from _scalars(entry.value)
