"""The one comment of a key on a pull request, which every run brings up to date.

It begins with a marker that readers do not see, by which the next run finds it again::

    <!-- netsim: production -->

A comment that begins so and is of another account is none of ours, and stays as it is.
"""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct

from netsim.errors import RequestError
from netsim.forge.interface import Comment, Forge, ForgeError, Trouble

_KEY = re.compile(r"(?!.*--)[\w./][\w./-]{0,62}[\w./]|[\w./]", re.ASCII)


class When(Enum):
    """When a comment is written.

    ========  ====================  =======================  ===================
    when      there is news         no news, and a comment   no news, no comment
    ========  ====================  =======================  ===================
    CHANGES   created, or edited    edited to say so         nothing is written
    ALWAYS    created, or edited    edited to say so         created to say so
    NEVER     nothing is written    nothing is written       nothing is written
    ========  ====================  =======================  ===================
    """

    CHANGES = "changes"
    ALWAYS = "always"
    NEVER = "never"

    def __str__(self) -> str:
        return self.value


class News(Enum):
    """Whether a review has something to tell."""

    SOME = "some"
    NONE = "none"


class Deed(Enum):
    """What became of the comment; LEFT_OUT is none, as there was nothing to tell."""

    CREATED = "created"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"


class Kept(Struct, frozen=True):
    """What became of the comment, and where it is, if it is anywhere."""

    deed: Deed
    url: str = ""


def mark(key: str) -> str:
    """The marker of a key.  Raises :class:`RequestError` for a key that cannot be one."""
    if not _KEY.fullmatch(key):
        message = (
            f"'{key}' is not a key: up to 64 letters, digits, '.', '_', '/', '-' and spaces"
        )
        raise RequestError(message, "key")
    return f"<!-- netsim: {key} -->"


def keep_comment(forge: Forge, key: str, text: str, news: News, when: When) -> Kept:
    """Writes the comment of a key, if it is to be written and says something else by now.

    Raises :class:`ForgeError`, and :class:`RequestError` for a key that cannot be one.
    """
    marker = mark(key)
    if when is When.NEVER:
        return Kept(Deed.LEFT_OUT)
    body = f"{marker}\n{text}"
    old = _find(forge, marker)
    if old is None:
        if when is When.CHANGES and news is News.NONE:
            return Kept(Deed.LEFT_OUT)
        return Kept(Deed.CREATED, forge.create(body).url)
    if _normalize(old.body) == _normalize(body):
        return Kept(Deed.UNCHANGED, old.url)
    try:
        return Kept(Deed.EDITED, forge.edit(old, body).url)
    except ForgeError as error:
        if error.trouble is not Trouble.MISSING:
            raise
        # Somebody has deleted it in the meantime.
        return Kept(Deed.CREATED, forge.create(body).url)


def _find(forge: Forge, marker: str) -> Comment | None:
    for comment in forge.list_comments():
        first = comment.body.partition("\n")[0].rstrip()
        if first == marker and forge.is_own(comment):
            return comment
    return None


def _normalize(body: str) -> str:
    """A forge may keep other line ends, and none at the end."""
    return "\n".join(body.splitlines()).rstrip()
