"""GitHub and GitHub Enterprise: the comments of a pull request.

A pull request is an issue with a branch: what is said below it are comments of that issue.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import msgspec
from msgspec import Struct

from netsim.forge.http import Answer, Api
from netsim.forge.interface import Comment, ForgeError, Trouble

HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
MOST_PAGES = 100
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')
_BOT = "[bot]"


class PullRequest(Struct, frozen=True):
    """A pull request of a repository, ``owner/name``; a fork's runs with a read-only token."""

    repository: str
    number: int
    is_from_fork: bool = False

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"


class GitHub:
    """The comments of a pull request on GitHub; ``graphql`` is where the other API is."""

    def __init__(self, api: Api, pull_request: PullRequest, graphql: str) -> None:
        self._api = api
        self._pull_request = pull_request
        self._graphql = graphql
        self._issues = f"/repos/{pull_request.repository}/issues"

    @property
    def title(self) -> str:
        """What people call the pull request: ``acme/shop#7``."""
        return str(self._pull_request)

    def list_comments(self) -> Iterator[Comment]:
        """All comments, oldest first, a page when it is needed.  Raises :class:`ForgeError`."""
        path = f"{self._issues}/{self._pull_request.number}/comments?per_page=100"
        for _ in range(MOST_PAGES):
            answer = self._ask("GET", path)
            yield from (each.comment for each in self._api.read(answer, list[_Comment]))
            following = _NEXT.search(answer.headers.get("link", ""))
            if following is None:
                return
            path = following[1]
        message = f"{self.title} has more than {MOST_PAGES} pages of comments"
        raise ForgeError(Trouble.BROKEN, message)

    def is_own(self, comment: Comment) -> bool:
        """Whether the account of the token wrote it; of a token that may not ask, any bot."""
        viewer = self._viewer
        if viewer is None:
            return comment.author.endswith(_BOT)
        return comment.author in (viewer, f"{viewer}{_BOT}")

    def create(self, body: str) -> Comment:
        """Adds a comment.  Raises :class:`ForgeError`."""
        path = f"{self._issues}/{self._pull_request.number}/comments"
        return self._api.read(self._ask("POST", path, {"body": body}), _Comment).comment

    def edit(self, comment: Comment, body: str) -> Comment:
        """Gives a comment another text.  Raises :class:`ForgeError`."""
        path = f"{self._issues}/comments/{comment.id}"
        return self._api.read(self._ask("PATCH", path, {"body": body}), _Comment).comment

    @cached_property
    def _viewer(self) -> str | None:
        """The account of the token; only GraphQL tells that of a job's own token."""
        try:
            answer = self._api.ask("POST", self._graphql, {"query": "{ viewer { login } }"})
            found = self._api.read(answer, _Viewer) if answer.is_good else None
        except ForgeError:
            return None
        return found.login if found else None

    def _ask(self, method: str, path: str, body: object = None) -> Answer:
        answer = self._api.ask(method, path, body)
        if answer.is_good:
            return answer
        said = _read_message(answer.data)
        raise self._api.refuse(answer, said, self._advise(answer.trouble))

    def _advise(self, trouble: Trouble) -> str:
        match trouble:
            case Trouble.UNAUTHORIZED:
                return "the token is wrong or has expired"
            case Trouble.FORBIDDEN if self._pull_request.is_from_fork:
                return "the pull request is of a fork, whose token may only read"
            case Trouble.FORBIDDEN:
                return "the token may not write comments: give the job `pull-requests: write`"
            case Trouble.MISSING:
                return f"there is no {self.title}, or the token may not see it"
            case Trouble.REFUSED:
                return "it does not take the comment"
            case Trouble.LIMITED:
                return "it was asked too often, and a later run may comment again"
        return "it is broken at the moment"


class _User(Struct):
    login: str = ""


class _Comment(Struct):
    id: int
    body: str | None = None
    user: _User | None = None
    html_url: str = ""

    @property
    def comment(self) -> Comment:
        author = self.user.login if self.user else ""
        return Comment(self.id, self.body or "", author, self.html_url)


class _Login(Struct):
    viewer: _User


class _Viewer(Struct):
    data: _Login | None = None

    @property
    def login(self) -> str | None:
        return (self.data.viewer.login or None) if self.data else None


class _Fault(Struct):
    message: str = ""


class _Refusal(Struct):
    message: str = ""
    errors: list[_Fault | str] = []


def _read_message(data: bytes) -> str:
    """``Validation Failed: Body is too long``, or nothing where the answer is another."""
    try:
        found = msgspec.json.decode(data, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    faults = (each if isinstance(each, str) else each.message for each in found.errors)
    return ": ".join(filter(None, (found.message, *faults)))
