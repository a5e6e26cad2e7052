"""``comment``: a text as the one comment that is kept on a pull request.

``comment(CommentRequest(parse_key("production"), When.CHANGES, os.environ), text, News.SOME)``
never fails because of the forge: a job goes by its verdict, and says why nobody reads of it.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from netsim.app.review import ReviewResult, Verdict
from netsim.forge.interface import ForgeError, Trouble
from netsim.forge.sticky import Deed, Kept, Key, News, When, keep_comment
from netsim.forge.surroundings import open_forge


class CommentRequest(Struct, frozen=True):
    """Which comment, when it is written, and where.

    ``environ`` is that of the CI job; ``pull_request`` a number in place of the job's own.
    """

    key: Key
    when: When
    environ: Mapping[str, str]
    pull_request: int | None = None


class NotKept(Struct, frozen=True):
    """Why the comment is not what it should be."""

    trouble: Trouble
    why: str


def comment(request: CommentRequest, text: str, news: News) -> Kept | NotKept:
    """Brings the comment up to date, if it is to be written."""
    if request.when is When.NEVER:
        return Kept(Deed.LEFT_OUT)
    try:
        with open_forge(request.environ, request.pull_request) as forge:
            return keep_comment(forge, request.key, text, news, request.when)
    except ForgeError as error:
        return NotKept(error.trouble, error.message)


def find_news(result: ReviewResult) -> News:
    """Whether a review has anything to tell: what a change does, adds or leaves open."""
    told = (
        result.errors,
        result.groups,
        result.arrivals,
        result.comparison and result.comparison.diff.removed,
        result.added,
        result.repaired,
        result.excused,
        result.documented,
        result.withdrawn,
        result.redefined,
    )
    is_told = any(told) or result.verdict is not Verdict.CLEAN
    return News.SOME if is_told else News.NONE
