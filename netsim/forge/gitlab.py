"""GitLab: the comments of a merge request, which it calls notes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import quote

import msgspec
from msgspec import Struct

from netsim.forge.http import Answer, Api
from netsim.forge.interface import Comment, ForgeError, Trouble

MOST_PAGES = 100


class MergeRequest(Struct, frozen=True):
    """A merge request: the project it goes into, by number or path, and where people see it."""

    project: str
    number: int
    page: str = ""

    def __str__(self) -> str:
        return f"{self.project}!{self.number}"


class GitLab:
    """The notes of a merge request on GitLab."""

    def __init__(self, api: Api, merge_request: MergeRequest) -> None:
        self._api = api
        self._merge_request = merge_request
        project = quote(merge_request.project, safe="")
        self._notes = f"/projects/{project}/merge_requests/{merge_request.number}/notes"

    @property
    def title(self) -> str:
        """What people call the merge request: ``acme/shop!7``."""
        return str(self._merge_request)

    def list_comments(self) -> Iterator[Comment]:
        """All notes, oldest first, a page when it is needed.  Raises :class:`ForgeError`.

        By the number of the next page: behind a proxy, its address may be one of another host.
        """
        page = "1"
        for _ in range(MOST_PAGES):
            order = f"sort=asc&order_by=created_at&per_page=100&page={quote(page)}"
            answer = self._ask("GET", f"{self._notes}?{order}")
            yield from map(self._locate, self._api.read(answer, list[_Note]))
            page = answer.headers.get("x-next-page", "").strip()
            if not page:
                return
        message = f"{self.title} has more than {MOST_PAGES} pages of notes"
        raise ForgeError(Trouble.BROKEN, message)

    def is_own(self, comment: Comment) -> bool:
        """Whether the account of the token wrote it.  Raises :class:`ForgeError`."""
        return comment.author == self._account

    def create(self, body: str) -> Comment:
        """Adds a note.  Raises :class:`ForgeError`."""
        answer = self._ask("POST", self._notes, {"body": body})
        return self._locate(self._api.read(answer, _Note))

    def edit(self, comment: Comment, body: str) -> Comment:
        """Gives a note another text.  Raises :class:`ForgeError`."""
        answer = self._ask("PUT", f"{self._notes}/{comment.id}", {"body": body})
        return self._locate(self._api.read(answer, _Note))

    @cached_property
    def _account(self) -> str:
        return self._api.read(self._ask("GET", "/user"), _User).username

    def _locate(self, note: _Note) -> Comment:
        page = self._merge_request.page
        url = f"{page}#note_{note.id}" if page else ""
        return Comment(note.id, note.body, note.author.username, url)

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
            case Trouble.FORBIDDEN:
                return (
                    "the token may not write notes: it needs the scope `api` and the role "
                    "Reporter, or a higher one"
                )
            case Trouble.MISSING:
                return f"there is no {self.title}, or the token may not see it"
            case Trouble.LIMITED:
                return "it was asked too often, and a later run may comment again"
            case Trouble.BROKEN:
                return "it is broken at the moment"
        return "it does not take the note"


class _User(Struct):
    username: str = ""


class _Note(Struct):
    id: int
    author: _User
    body: str = ""


class _Refusal(Struct):
    message: object = None
    error_description: str = ""
    error: object = None


def _read_message(data: bytes) -> str:
    """What GitLab says, as text or as a table of fields: ``note is too long``."""
    try:
        found = msgspec.json.decode(data, type=_Refusal)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""
    said = found.message or found.error_description or found.error
    if isinstance(said, dict):
        said = "; ".join(f"{field} {_join(faults)}" for field, faults in said.items())
    return str(said or "")


def _join(faults: object) -> str:
    return ", ".join(map(str, faults)) if isinstance(faults, list) else str(faults)
