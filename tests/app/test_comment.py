from __future__ import annotations

import pytest

from netsim.app.comment import CommentRequest, NotKept, comment
from netsim.forge.interface import Trouble
from netsim.forge.sticky import Deed, Kept, News, When, parse_key
from tests.fakes.forge.github import JOB_TOKEN, GitHubServer
from tests.fakes.forge.server import serving

KEY = parse_key("production")


@pytest.mark.parametrize("news", News)
def test_never_asks_nobody(news: News) -> None:
    with serving(GitHubServer()) as server:
        request = CommentRequest(KEY, When.NEVER, server.environ())
        assert comment(request, "Opens 2.", news) == Kept(Deed.LEFT_OUT)
        assert server.log == []
    assert comment(CommentRequest(KEY, When.NEVER, {}), "", news) == Kept(Deed.LEFT_OUT)


def test_a_comment_is_kept() -> None:
    with serving(GitHubServer()) as server:
        request = CommentRequest(KEY, When.CHANGES, server.environ())
        done = [comment(request, text, News.SOME) for text in ("Opens 2.", "Opens 2.", "None.")]
        assert [getattr(each, "deed", None) for each in done] == [
            Deed.CREATED,
            Deed.UNCHANGED,
            Deed.EDITED,
        ]


def test_what_the_forge_refuses_is_told_and_not_raised() -> None:
    with serving(GitHubServer()) as server:
        server.readers.add(JOB_TOKEN)
        done = comment(CommentRequest(KEY, When.ALWAYS, server.environ()), "x", News.NONE)
    assert isinstance(done, NotKept)
    assert done.trouble is Trouble.FORBIDDEN


def test_a_number_stands_in_place_of_the_job_s() -> None:
    with serving(GitHubServer(number=9)) as server:
        environ = {**server.environ(), "GITHUB_REF": "refs/heads/main"}
        done = comment(CommentRequest(KEY, When.ALWAYS, environ, 9), "x", News.NONE)
    assert done == Kept(Deed.CREATED, "https://github.com/acme/shop/pull/9#issuecomment-1")
