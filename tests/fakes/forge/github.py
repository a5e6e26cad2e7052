"""GitHub: the comments of a pull request, and who asks.

What it answers to requests that fail are the words of GitHub's own API.
"""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.forge.server import ForgeServer, Reply, Request

BOT = "github-actions[bot]"
JOB_TOKEN = "the-own-token-of-the-job"  # noqa: S105 -- of nothing
LONGEST_BODY = 65_536
READ_ONLY = Reply(403, {"message": "Resource not accessible by integration", "status": "403"})
NOT_FOUND = Reply(404, {"message": "Not Found", "status": "404"})
TOO_LONG = Reply(
    422,
    {
        "message": "Validation Failed",
        "errors": [
            {
                "resource": "IssueComment",
                "code": "unprocessable",
                "field": "data",
                "message": f"Body is too long (maximum is {LONGEST_BODY} characters)",
            }
        ],
        "status": "422",
    },
)
_ID = 4711


def secondary_limit(seconds: int | None) -> Reply:
    """Too many requests, or too many comments, within a short time."""
    message = "You have exceeded a secondary rate limit. Please wait a few minutes."
    headers = {} if seconds is None else {"Retry-After": str(seconds)}
    return Reply(403, {"message": message}, headers)


class GitHubServer(ForgeServer):
    """One repository with one pull request; a repository may have had other names before.

    ``prefix`` is that of GitHub Enterprise, ``/api/v3``, or none.
    """

    def __init__(
        self, repository: str = "acme/shop", number: int = 7, prefix: str = ""
    ) -> None:
        super().__init__()
        self.repository, self.number, self.prefix = repository, number, prefix
        self.former_names: set[str] = set()
        self.comments: list[dict[str, Any]] = []
        self.tokens[JOB_TOKEN] = BOT

    @property
    def api(self) -> str:
        """The address that clients are given."""
        return f"{self.url}{self.prefix}"

    @property
    def bodies(self) -> list[str]:
        """The text of each comment."""
        return [each["body"] for each in self.comments]

    def environ(self, token: str = JOB_TOKEN) -> dict[str, str]:
        """What a job for this pull request has in its environment."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.api,
            "GITHUB_REPOSITORY": self.repository,
            "GITHUB_REF": f"refs/pull/{self.number}/merge",
            "GITHUB_TOKEN": token,
        }

    def add(self, body: str, login: str = BOT) -> dict[str, Any]:
        """A comment that somebody wrote."""
        number = len(self.comments) + 1
        page = f"https://github.com/{self.repository}/pull/{self.number}"
        comment = {
            "id": number,
            "body": body,
            "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"},
            "html_url": f"{page}#issuecomment-{number}",
        }
        self.comments.append(comment)
        return comment

    def decide(self, request: Request) -> Reply:
        """What GitHub answers."""
        way, _, token = request.headers.get("authorization", "").partition(" ")
        login = self.tokens.get(token) if way == "Bearer" else None
        if login is None:
            return Reply(401, {"message": "Bad credentials", "status": "401"})
        if request.path == f"{self.prefix.removesuffix('/v3')}/graphql":
            return Reply(200, {"data": {"viewer": {"login": login}}})
        path = request.path.removeprefix(self.prefix)
        for name in self.former_names:
            if path.startswith(f"/repos/{name}/"):
                moved = path.replace(f"/repos/{name}", f"/repositories/{_ID}", 1)
                return Reply(301, {}, {"Location": f"{self.api}{moved}"})
        path = path.replace(f"/repositories/{_ID}", f"/repos/{self.repository}", 1)
        issues = f"/repos/{self.repository}/issues"
        if path == f"{issues}/{self.number}/comments":
            if request.method == "GET":
                return self._list(request)
            return self._write(request, token, login)
        one = re.fullmatch(rf"{re.escape(issues)}/comments/(\d+)", path)
        return self._edit(request, token, int(one[1])) if one else NOT_FOUND

    def _list(self, request: Request) -> Reply:
        size = min(int(request.query.get("per_page", 30)), 100)
        page = int(request.query.get("page", 1))
        shown = self.comments[(page - 1) * size : page * size]
        if page * size >= len(self.comments):
            return Reply(200, shown)
        url = f"{self.url}{request.path}?per_page={size}&page"
        last = -(-len(self.comments) // size)
        return Reply(
            200, shown, {"Link": f'<{url}={page + 1}>; rel="next", <{url}={last}>; rel="last"'}
        )

    def _write(self, request: Request, token: str, login: str) -> Reply:
        refusal = self._refuse(request, token)
        return refusal or Reply(201, self.add(request.body["body"], login))

    def _edit(self, request: Request, token: str, number: int) -> Reply:
        found = next((each for each in self.comments if each["id"] == number), None)
        refusal = self._refuse(request, token)
        if refusal or found is None:
            return refusal or NOT_FOUND
        found["body"] = request.body["body"]
        return Reply(200, found)

    def _refuse(self, request: Request, token: str) -> Reply | None:
        if token in self.readers:
            return READ_ONLY
        return TOO_LONG if len(request.body["body"]) > LONGEST_BODY else None
