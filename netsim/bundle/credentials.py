"""What a credential looks like, and what a placeholder does.

Nothing here gives a value back: a shape is all that findings may tell.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from enum import Enum
from itertools import pairwise

from msgspec import Struct

_SHAPES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("an access key of AWS", ("AKIA", "ASIA"), r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    (
        "a GitHub token",
        ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
        r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{22,})",
    ),
    ("a GitLab token", ("glpat-",), r"\bglpat-[A-Za-z0-9_-]{20,}"),
    ("a Slack token", ("xox",), r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
    (
        "the address of a Slack webhook",
        ("hooks.slack.com",),
        r"\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/]{20,}",
    ),
    ("an API key of Google", ("AIza",), r"\bAIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])"),
    ("a client secret of Google", ("GOCSPX-",), r"\bGOCSPX-[A-Za-z0-9_-]{28}"),
    ("a live key of Stripe", ("k_live_",), r"\b[rs]k_live_[A-Za-z0-9]{16,}"),
    ("an npm token", ("npm_",), r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("a PyPI token", ("pypi-",), r"\bpypi-[A-Za-z0-9_-]{50,}"),
    ("a token of SendGrid", ("SG.",), r"\bSG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    ("a Vault token", ("hvb.", "hvs."), r"\bhv[bs]\.[A-Za-z0-9_-]{24,}"),
    ("an API key of a language model", ("sk-",), r"\bsk-(?:ant-|proj-)?[A-Za-z0-9_-]{32,}"),
    (
        "a JSON Web Token",
        ("eyJ",),
        r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}",
    ),
    (
        "a registry login",
        ('"auths"',),
        r'"auths"(?s:.)*"(?:auth|password)"\s*:\s*"[^"]{8,}"',
    ),
)
# Texts: most Secrets hold placeholders, and compiling all of these takes longer than a rule.
_PRIVATE_KEY = r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----([^-]*)"
_SERVICE_ACCOUNT = r'"type"\s*:\s*"service_account"'
_URL = (
    r"(?i)[a-z][a-z0-9+.-]*://(?P<user>[^\s/:@\"']*):(?P<password>[^\s/@\"']+)@"
    r"(?P<host>\[[^\]]*\]|[^\s/:?#,\"']+)"
)

_PLACEHOLDER = re.compile(
    r"replace|change.?(?:me|it)|example|placeholder|dummy|redacted|sample|not.a.real"
    r"|your[-_ ]|insert[-_ ]|to[-_ ]?do\b|x{4,}|\*{3,}|\.{3}"
    # What a tool fills in: <name>, ${NAME}, $(name), {{ name }}, %NAME%, @NAME@.
    r"|<[^<>]*>|\$\{[^}]*\}|\$\([^)]*\)|\{\{.*?\}\}|^\$[A-Za-z_]\w*$|^%\w+%$|^@\w+@$",
    re.IGNORECASE | re.DOTALL,
)
_WEAK = frozenset(
    (
        *("admin", "changeme", "default", "dev", "development", "guest", "local", "minio"),
        *("mysql", "pass", "passwd", "password", "postgres", "root", "secret", "test", "user"),
    )
)
"""Passwords by which development set-ups go, no secret to anybody."""

_LOCAL = r"localhost|127\.[0-9.]+|\[::1\]|host\.docker\.internal|[a-z0-9_-]+"
_PUBLIC_KEY = r"(?i)\.(?:crt|cer|cert|pub)$|fingerprint|checksum|digest|sha(?:1|256|512)|public"
_IDENTIFIER = r"(?i)(?:^|[-_.])(?:uu|gu)?ids?$|(?<=[a-z])(?:ID|Id|UUID)s?$"
"""Keys that name something, as ``kraft-cluster-id``; what they hold is no secret."""
_UUID = r"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_BASE64 = r"[A-Za-z0-9+/_-]{16,}={0,2}"
_HEXADECIMAL = r"[0-9a-f]{32,}|[0-9A-F]{32,}"
_PRINTABLE = r"[!-~]{16,200}"
_JOINTS = r"[^A-Za-z0-9]"
_PATH = r"(?i)(?:/|\./|[a-z][a-z0-9+.-]*://)\S*"

_LEAST_KEY = 64
"""Letters that the body of any private key has; the shortest, Ed25519 in PKCS 8, has these."""


class Origin(Enum):
    """Who may have made up a credential of this look."""

    ISSUED = "issued"
    """A service that gives out credentials of this shape, or whoever wrote it into an address:
    no template draws one."""

    DRAWN = "drawn"
    """Anybody: a key or random text, as functions of templates make them, too."""


class Likeness(Struct, frozen=True):
    """What a value looks like, such as ``a GitHub token``, and who may have made it up."""

    title: str
    origin: Origin


def recognize_credential(key: str, value: str) -> Likeness | None:
    """What the value of a key looks like; None for no credential.

    Placeholders, public certificates, identifiers and default passwords of local set-ups are
    none.
    """
    text = value.strip()
    issued = _identify(text) or _url(text)
    if issued:
        return Likeness(issued, Origin.ISSUED)
    drawn = _private_key(text)
    if drawn or not text or is_placeholder(text) or re.search(_PUBLIC_KEY, key):
        return Likeness(drawn, Origin.DRAWN) if drawn else None
    return _random(key, text)


def is_placeholder(text: str) -> bool:
    """Whether a text stands for a value that somebody else fills in."""
    return not text.strip() or _PLACEHOLDER.search(text) is not None


def _private_key(text: str) -> str | None:
    if "PRIVATE KEY" not in text:
        return None
    for found in re.finditer(_PRIVATE_KEY, text):
        # In JSON its lines are joined by the two characters of an escape.
        body = re.sub(r"\\[nr]|\s", "", found[1])
        if len(body) >= _LEAST_KEY and not is_placeholder(body):
            if re.search(_SERVICE_ACCOUNT, text):
                return "the key of a service account of Google Cloud"
            return "a private key"
    return None


def _identify(text: str) -> str | None:
    for name, signs, pattern in _SHAPES:
        # Compiling a pattern takes far longer than this.
        if any(sign in text for sign in signs):
            for found in re.finditer(pattern, text):
                if not is_placeholder(found[0]):
                    return name
    return None


def _url(text: str) -> str | None:
    if "://" not in text:
        return None
    for found in re.finditer(_URL, text):
        user, password, host = found["user"], found["password"], found["host"]
        if is_placeholder(password) or is_placeholder(host):
            continue
        if not _is_default(user, password, host):
            return "an address with a password in it"
    return None


def _is_default(user: str, password: str, host: str) -> bool:
    """Whether everyone knows the password, on a host that only a local network has."""
    weak = password.lower() in _WEAK or password == user
    return weak and re.fullmatch(_LOCAL, host.lower()) is not None


class _Class(Enum):
    LOWER = "lower"
    UPPER = "upper"
    DIGIT = "digit"


_SHORTEST = {2: 24, 3: 12}
_CHANGES = {2: 0.25, 3: 0.32}
"""By the number of kinds of letters."""


def _random(key: str, text: str) -> Likeness | None:
    """Whether the whole value is one token that no person thought of."""
    if not re.fullmatch(_PRINTABLE, text) or any(
        re.fullmatch(each, text) for each in (_UUID, _PATH)
    ):
        return None
    inner = _decode(text)
    if inner is not None:
        return recognize_credential(key, inner)
    if re.search(_IDENTIFIER, key):
        return None
    if re.fullmatch(_HEXADECIMAL, text):
        is_random = not text.isdigit() and _entropy(text) > 3
        return Likeness("random hexadecimal digits", Origin.DRAWN) if is_random else None
    longest = max(re.split(_JOINTS, text), key=len)
    return Likeness("random characters", Origin.DRAWN) if _is_random(longest) else None


def _decode(text: str) -> str | None:
    """The readable text that a value is the base64 of."""
    if not re.fullmatch(_BASE64, text) or len(text) % 4:
        return None
    import base64
    import binascii

    try:
        found = base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return found if found.isprintable() or "\n" in found else None


def _is_random(text: str) -> bool:
    """By changes between kinds of letters: words have few, even with a digit in each.

    Of random letters of both cases and digits two in five change, and as many of random small
    letters and digits.
    """
    classes = [_class_of(letter) for letter in text]
    kinds = len(set(classes))
    if kinds < 2 or _Class.DIGIT not in classes or len(text) < _SHORTEST[kinds]:
        return False
    changes = sum(_differ(one, other) for one, other in pairwise(classes))
    return changes / (len(text) - 1) >= _CHANGES[kinds] and _entropy(text) >= 3.2


def _differ(one: _Class, other: _Class) -> bool:
    """A capital before a small letter begins a word, and is no change."""
    return one is not other and (one, other) != (_Class.UPPER, _Class.LOWER)


def _class_of(letter: str) -> _Class:
    if letter.isdigit():
        return _Class.DIGIT
    return _Class.UPPER if letter.isupper() else _Class.LOWER


def _entropy(text: str) -> float:
    """Bits per letter, by how often each occurs (Shannon)."""
    total = len(text)
    shares = (count / total for count in Counter(text).values())
    return -sum(share * math.log2(share) for share in shares)
