"""GitLab: the notes of a merge request, and who asks.

What it answers to requests that fail are the words of GitLab's own API.
"""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.forge.server import ForgeServer, Reply, Request

BOT = "project_42_bot_1a2b"
TOKEN = "a-token-of-the-project"  # noqa: S105 -- of nothing
LONGEST_NOTE = 1_000_000
_API = "/api/v4"


class GitLabServer(ForgeServer):
    """One project with one merge request."""

    def __init__(self, project: str = "42", number: int = 7) -> None:
        super().__init__()
        self.project, self.number = project, number
        self.notes: list[dict[str, Any]] = []
        self.tokens[TOKEN] = BOT

    @property
    def bodies(self) -> list[str]:
        """The text of each note."""
        return [each["body"] for each in self.notes]

    def environ(self, token: str = TOKEN) -> dict[str, str]:
        """What a job for this merge request has in its environment."""
        return {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.url}{_API}",
            "CI_PROJECT_ID": self.project,
            "CI_PROJECT_URL": "https://gitlab.com/acme/shop",
            "CI_MERGE_REQUEST_IID": str(self.number),
            "CI_JOB_TOKEN": "a-token-of-the-job",
            "NETSIM_GITLAB_TOKEN": token,
        }

    def add(self, body: str, username: str = BOT) -> dict[str, Any]:
        """A note that somebody wrote."""
        note = {"id": len(self.notes) + 1, "body": body, "author": {"username": username}}
        self.notes.append(note)
        return note

    def decide(self, request: Request) -> Reply:
        """What GitLab answers."""
        token = request.headers.get("private-token", "")
        if token not in self.tokens:
            return Reply(401, {"message": "401 Unauthorized"})
        if request.path == f"{_API}/user":
            return Reply(200, {"username": self.tokens[token]})
        notes = f"{_API}/projects/{self.project}/merge_requests/{self.number}/notes"
        if request.method == "GET" and request.path == notes:
            return self._list(request)
        if not request.path.startswith(notes):
            return Reply(404, {"message": "404 Not found"})
        return self._write(request, token)

    def _list(self, request: Request) -> Reply:
        size, page = int(request.query.get("per_page", 20)), int(request.query.get("page", 1))
        is_last = page * size >= len(self.notes)
        shown = self.notes[(page - 1) * size : page * size]
        # Behind a proxy, GitLab's own idea of its address may be another.
        link = f'<http://gitlab.internal{request.path}?page={page + 1}>; rel="next"'
        following = "" if is_last else str(page + 1)
        return Reply(200, shown, {"X-Next-Page": following, "Link": link})

    def _write(self, request: Request, token: str) -> Reply:
        if token in self.readers:
            return Reply(403, {"error": "insufficient_scope", "scope": "api"})
        body = request.body["body"]
        if len(body) > LONGEST_NOTE:
            faults = [f"is too long (maximum is {LONGEST_NOTE} characters)"]
            return Reply(400, {"message": {"note": faults}})
        one = re.search(r"/notes/(\d+)$", request.path)
        if request.method == "POST" and not one:
            return Reply(201, self.add(body, self.tokens[token]))
        found = next((each for each in self.notes if one and each["id"] == int(one[1])), None)
        if request.method != "PUT" or found is None:
            return Reply(404, {"message": "404 Not found"})
        found["body"] = body
        return Reply(200, found)
