"""Pages that load nothing, and in which nothing runs but one script of netsim.

``write_policy(style, script)`` is their Content-Security-Policy, of sources by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files


def read_sources(*paths: str) -> str:
    """Files of this folder, as one text: ``page/page.css``."""
    return "".join(files("netsim.report").joinpath(path).read_text("utf-8") for path in paths)


def write_policy(style: str, script: str) -> str:
    """What a page of one style and one script allows."""
    return (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
