"""The event that a job on GitHub is for, as far as it tells the pull request.

The shape is that of GitHub's webhooks; ``GITHUB_EVENT_PATH`` is the file that holds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec
from msgspec import Struct

from netsim.forge.interface import ForgeError, Trouble


class _Repository(Struct):
    full_name: str = ""


class _Branch(Struct):
    repo: _Repository | None = None


class _PullRequest(Struct):
    number: int
    head: _Branch | None = None
    base: _Branch | None = None

    @property
    def is_from_fork(self) -> bool:
        if self.head is None or self.base is None:
            return False
        # The repository of a fork may be gone by now.
        return self.head.repo is None or self.head.repo != self.base.repo


class _Issue(Struct):
    number: int
    pull_request: dict[str, object] | None = None


class _MergeGroup(Struct):
    base_sha: str = ""


class Event(Struct):
    """What a job on GitHub is for.

    ``before`` is where a branch was that somebody pushed to.
    """

    before: str = ""
    merge_group: _MergeGroup | None = None
    pull_request: _PullRequest | None = None
    issue: _Issue | None = None

    @property
    def base(self) -> str:
        """The commit that there is to compare with, if it is about no pull request."""
        return self.merge_group.base_sha if self.merge_group else self.before

    @property
    def number(self) -> int | None:
        """That of the pull request."""
        if self.pull_request:
            return self.pull_request.number
        return self.issue.number if self.issue and self.issue.pull_request else None

    @property
    def is_from_fork(self) -> bool:
        """Whether the pull request is of another repository."""
        return self.pull_request is not None and self.pull_request.is_from_fork


def read_event(environ: Mapping[str, str]) -> Event:
    """The event of the file that the environment names; without one, an empty event.

    Raises :class:`ForgeError`.
    """
    file = environ.get("GITHUB_EVENT_PATH")
    if not file or not Path(file).is_file():
        return Event()
    try:
        return msgspec.json.decode(Path(file).read_bytes(), type=Event)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        message = f"{file}: this is not the event of a job on GitHub: {error}"
        raise ForgeError(Trouble.NO_PULL_REQUEST, message) from error
