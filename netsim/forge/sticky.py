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

    ========  ==================  ======================  ===================
    when      there is news       no news, and a comment  no news, no comment
    ========  ==================  ======================  ===================
    CHANGES   created, or edited  edited to say so        nothing is written
    ALWAYS    created, or edited  edited to say so        created to say so
    NEVER     the forge is not asked for anything
    ========  ===============================================================
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
    """What became of the comment; LEFT_OUT is none, as none was to be written."""

    CREATED = "created"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left out"


class Kept(Struct, frozen=True):
    """What became of the comment, and where it is, if it is anywhere."""

    deed: Deed
    url: str = ""


class Key(Struct, frozen=True):
    """What tells the comments of several jobs apart; ``parse_key`` makes it."""

    name: str

    @property
    def marker(self) -> str:
        """The first line of the comment."""
        return f"<!-- netsim: {self.name} -->"


def parse_key(text: str) -> Key:
    """The key of a name.  Raises :class:`RequestError` for one that could end its marker."""
    if not _KEY.fullmatch(text):
        message = f"'{text}' is not a key: use up to 64 letters, digits and any of '._/-'"
        raise RequestError(message, "key")
    return Key(text)


def keep_comment(forge: Forge, key: Key, text: str, news: News, when: When) -> Kept:
    """Writes the comment of a key, if it is to be written and says something else by now.

    Raises :class:`ForgeError`.
    """
    body = f"{key.marker}\n{text}"
    old = _find(forge, key.marker)
    if old is None:
        if when is not When.ALWAYS and news is News.NONE:
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
