"""The CI job around: which forge, which pull request, against what, with which token.

Nothing but the environment and the file of the event says so::

    open_forge(os.environ)      # the comments of the pull request that this job is about
    find_base(os.environ)       # the revision that it is to be merged into
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from netsim.forge.event import read_event
from netsim.forge.github import HEADERS, GitHub, PullRequest
from netsim.forge.gitlab import GitLab, MergeRequest
from netsim.forge.http import Api, Credential
from netsim.forge.interface import Forge, ForgeError, Trouble

_PUBLIC_GITHUB = "https://api.github.com"
_REF = re.compile(r"refs/pull/(\d+)/")
_NO_COMMIT = re.compile("0+")

Environment = Mapping[str, str]


@contextmanager
def open_forge(environ: Environment, number: int | None = None) -> Iterator[Forge]:
    """The pull request of this job, or that of a number, while it is looked at.

    Raises :class:`ForgeError` where there is none, or no token for it.
    """
    if _is_gitlab(environ):
        merge_request = _find_merge_request(environ, number)
        credential = Credential("PRIVATE-TOKEN", "", _find_gitlab_token(environ))
        with Api(environ["CI_API_V4_URL"], credential, {}) as api:
            yield GitLab(api, merge_request)
        return
    pull_request = _find_pull_request(environ, number)
    token = _find_token(environ, ("GITHUB_TOKEN", "GH_TOKEN"))
    if not token:
        message = "no token: give the step `GITHUB_TOKEN: ${{ github.token }}`"
        raise ForgeError(Trouble.NO_TOKEN, message)
    url = (environ.get("GITHUB_API_URL") or _PUBLIC_GITHUB).rstrip("/")
    graphql = environ.get("GITHUB_GRAPHQL_URL") or f"{url.removesuffix('/v3')}/graphql"
    with Api(url, Credential("Authorization", "Bearer ", token), HEADERS) as api:
        yield GitHub(api, pull_request, graphql)


def find_base(environ: Environment) -> str | None:
    """What the change of this job is a change of: a revision of git, if the job says one."""
    if _is_gitlab(environ):
        return environ.get("CI_MERGE_REQUEST_DIFF_BASE_SHA") or _commit(
            environ.get("CI_COMMIT_BEFORE_SHA", "")
        )
    branch = environ.get("GITHUB_BASE_REF")
    # A tag `origin/main` would come first, and hide what the pull request changes.
    return f"refs/remotes/origin/{branch}" if branch else _commit(read_event(environ).base)


def _commit(text: str) -> str | None:
    """A commit; the first push of a branch has only zeros."""
    return None if _NO_COMMIT.fullmatch(text) or not text else text


def _is_gitlab(environ: Environment) -> bool:
    return bool(environ.get("CI_API_V4_URL")) and not environ.get("GITHUB_ACTIONS")


def _find_pull_request(environ: Environment, number: int | None) -> PullRequest:
    repository = environ.get("GITHUB_REPOSITORY", "")
    if not repository:
        message = (
            "this is a job of neither GitHub nor GitLab: set GITHUB_REPOSITORY to owner/name "
            "and GITHUB_TOKEN, or CI_API_V4_URL, CI_PROJECT_ID and NETSIM_GITLAB_TOKEN"
        )
        raise ForgeError(Trouble.NO_FORGE, message)
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", repository, re.ASCII):
        message = f"GITHUB_REPOSITORY is '{repository}', which is not owner/name"
        raise ForgeError(Trouble.NO_FORGE, message)
    event = read_event(environ)
    ref = _REF.match(environ.get("GITHUB_REF", ""))
    if number is not None:
        return PullRequest(repository, number, event.is_from_fork)
    number = event.number or (int(ref[1]) if ref else None)
    if number is None:
        what = environ.get("GITHUB_EVENT_NAME")
        why = f": the job is for the event `{what}`" if what else ""
        raise ForgeError(Trouble.NO_PULL_REQUEST, f"no pull request to comment on{why}")
    return PullRequest(repository, number, event.is_from_fork)


def _find_merge_request(environ: Environment, number: int | None) -> MergeRequest:
    # The pipeline of a fork runs in the fork; its merge request is of the project it goes into.
    project = environ.get("CI_MERGE_REQUEST_PROJECT_ID") or environ.get("CI_PROJECT_ID", "")
    found = environ.get("CI_MERGE_REQUEST_IID", "") if number is None else str(number)
    if not found.isdecimal():
        message = "no merge request to comment on: add `merge_request_event` to the job's rules"
        raise ForgeError(Trouble.NO_PULL_REQUEST, message)
    if not project:
        raise ForgeError(Trouble.NO_FORGE, "no project: set CI_PROJECT_ID")
    home = environ.get("CI_MERGE_REQUEST_PROJECT_URL") or environ.get("CI_PROJECT_URL", "")
    return MergeRequest(project, int(found), f"{home}/-/merge_requests/{found}" if home else "")


def _find_gitlab_token(environ: Environment) -> str:
    token = _find_token(environ, ("NETSIM_GITLAB_TOKEN", "GITLAB_TOKEN"))
    if token:
        return token
    why = " (CI_JOB_TOKEN cannot write notes)" if environ.get("CI_JOB_TOKEN") else ""
    message = (
        "no token: set the masked variable NETSIM_GITLAB_TOKEN to a project access token with "
        f"the scope `api`{why}"
    )
    raise ForgeError(Trouble.NO_TOKEN, message)


def _find_token(environ: Environment, names: tuple[str, ...]) -> str | None:
    for name in names:
        token = environ.get(name, "").strip()
        if not token:
            continue
        # Else the library would refuse the header, and show it.
        if not (token.isascii() and token.isprintable()) or " " in token:
            message = f"{name} has characters that no token has: set it again"
            raise ForgeError(Trouble.NO_TOKEN, message)
        return token
    return None
