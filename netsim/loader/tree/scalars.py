"""What a plain YAML scalar means to kubectl (sigs.k8s.io/yaml, goyaml.v2 ``resolve.go``)."""

from __future__ import annotations

import re

from netsim.model.tree import Scalar, Style, Tree

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
    if scalar.style is Style.QUOTED:
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


def is_letter(scalar: Scalar) -> bool:
    """Whether this is a plain ``y`` or ``n``.

    A boolean to kubectl, yet PyYAML and others read and write it as text, unquoted.
    """
    return scalar.style is Style.PLAIN and scalar.text in ("y", "Y", "n", "N")


def is_null(tree: Tree) -> bool:
    """Whether a value counts as absent."""
    return isinstance(tree, Scalar) and tree.style is Style.PLAIN and tree.text in _NULLS


def described(value: Resolved) -> str:
    """What a value is, for messages."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case str():
            return "text"
    return "a number"
