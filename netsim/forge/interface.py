"""What a forge offers: the comments of one pull request, or why there are none to be had."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Protocol

from msgspec import Struct

from netsim.errors import NetsimError


class Trouble(Enum):
    """Why a forge does not do what it is asked."""

    NO_FORGE = "no forge"
    NO_PULL_REQUEST = "no pull request"
    NO_TOKEN = "no token"  # noqa: S105 -- a word for its absence
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    REFUSED = "refused"
    LIMITED = "limited"
    REDIRECTED = "redirected"
    OVERDUE = "overdue"
    UNREACHABLE = "unreachable"
    BROKEN = "broken"


class ForgeError(NetsimError):
    """A forge that cannot be used; the message says why and what would help.

    No message holds the token.
    """

    def __init__(self, trouble: Trouble, message: str) -> None:
        super().__init__(message)
        self.trouble = trouble


class Comment(Struct, frozen=True):
    """A comment, the account that wrote it, and where people read it.

    ``url`` is empty where the forge does not say.
    """

    id: int
    body: str
    author: str
    url: str = ""


class Forge(Protocol):
    """The comments of one pull request.  Every method raises :class:`ForgeError`."""

    @property
    def title(self) -> str:
        """What people call the pull request: ``acme/shop#7``."""
        ...

    def list_comments(self) -> Iterator[Comment]:
        """All comments, oldest first, a page when it is needed."""
        ...

    def is_own(self, comment: Comment) -> bool:
        """Whether the account of the token wrote it."""
        ...

    def create(self, body: str) -> Comment:
        """Adds a comment."""
        ...

    def edit(self, comment: Comment, body: str) -> Comment:
        """Gives a comment another text."""
        ...
