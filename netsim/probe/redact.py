"""Messages of others, without what must not be shown."""

from __future__ import annotations

import re

_SECRETS = (
    re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]+"),
    re.compile(r"(?i)\b(token|password|passwd|secret|authorization)(\s*[=:]\s*)\S+"),
    re.compile(r"\beyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]+)*"),
    re.compile(r"(?<=//)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(r"-----BEGIN [A-Z ]+-----.*?(?:-----END [A-Z ]+-----|$)", re.DOTALL),
)


def redacted(text: str) -> str:
    """A text with tokens, passwords, keys and credentials in addresses replaced."""
    for pattern in _SECRETS:
        text = pattern.sub("[redacted]", text)
    return text
