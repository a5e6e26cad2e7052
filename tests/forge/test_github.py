"""The client against a server that answers as GitHub does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from netsim.forge.http import Api, Credential
from netsim.forge.interface import ForgeError, Trouble
from netsim.forge.sticky import Deed, Kept, News, When, keep_comment, parse_key
from netsim.forge.surroundings import open_forge
from tests.fakes.forge.github import BOT, JOB_TOKEN, TOO_LONG, GitHubServer, secondary_limit
from tests.fakes.forge.server import Reply, fail, serving

KEY = parse_key("production")
MARK = "<!-- netsim: production -->"
COMMENTS = "/repos/acme/shop/issues/7/comments"
URL = "https://github.com/acme/shop/pull/7#issuecomment-{}"


@pytest.fixture
def server() -> Iterator[GitHubServer]:
    with serving(GitHubServer()) as found:
        yield found


def keep(server: GitHubServer, text: str = "Opens 2.", token: str = JOB_TOKEN) -> Kept:
    with open_forge(server.environ(token)) as forge:
        return keep_comment(forge, KEY, text, News.SOME, When.CHANGES)


def refuse(server: GitHubServer, text: str = "Opens 2.", token: str = JOB_TOKEN) -> ForgeError:
    with pytest.raises(ForgeError) as error:
        keep(server, text, token)
    assert token not in str(error.value)
    return error.value


def test_a_comment_is_created_then_edited_then_left(server: GitHubServer) -> None:
    assert keep(server) == Kept(Deed.CREATED, URL.format(1))
    assert keep(server) == Kept(Deed.UNCHANGED, URL.format(1))
    assert keep(server, "Opens 3.") == Kept(Deed.EDITED, URL.format(1))
    assert server.bodies == [f"{MARK}\nOpens 3."]
    assert server.writes == [f"POST {COMMENTS}", "PATCH /repos/acme/shop/issues/comments/1"]


def test_it_says_who_it_is_and_which_version_it_means(server: GitHubServer) -> None:
    keep(server)
    for request in server.log:
        assert request.headers["authorization"] == f"Bearer {JOB_TOKEN}"
        assert request.headers["accept"] == "application/vnd.github+json"
        assert request.headers["x-github-api-version"] == "2022-11-28"
        assert request.headers["user-agent"].startswith("netsim/")


def test_the_comment_is_found_on_a_later_page(server: GitHubServer) -> None:
    for number in range(230):
        server.add(f"Comment {number}", "somebody")
    server.add(f"{MARK}\nOpens 1.")
    assert keep(server) == Kept(Deed.EDITED, URL.format(231))
    assert server.requests[:3] == [f"GET {COMMENTS}"] * 3
    assert [each.query.get("page") for each in server.log[:3]] == [None, "2", "3"]


def test_no_page_is_read_beyond_the_comment(server: GitHubServer) -> None:
    server.add(f"{MARK}\nOpens 2.")
    for number in range(230):
        server.add(f"Comment {number}", "somebody")
    assert keep(server).deed is Deed.UNCHANGED
    assert server.requests.count(f"GET {COMMENTS}") == 1


def test_a_comment_of_somebody_with_our_marker_stays(server: GitHubServer) -> None:
    server.add(f"{MARK}\nAll is well.", "somebody")
    assert keep(server).deed is Deed.CREATED
    assert server.bodies == [f"{MARK}\nAll is well.", f"{MARK}\nOpens 2."]


def test_a_person_s_token_edits_that_person_s_comment(server: GitHubServer) -> None:
    server.tokens["a-person-s"] = "olga"
    server.add(f"{MARK}\nOpens 1.", BOT)
    server.add(f"{MARK}\nOpens 1.", "olga")
    assert keep(server, "Opens 2.", "a-person-s") == Kept(Deed.EDITED, URL.format(2))


@pytest.mark.parametrize(
    "reply", [Reply(403, {"message": "no"}), Reply(200, {"errors": []}), Reply(200, "<html>")]
)
def test_where_nobody_says_who_asks_the_comment_of_a_bot_is_ours(
    server: GitHubServer, reply: Reply
) -> None:
    server.faults.append(fail("POST /graphql", reply))
    server.add(f"{MARK}\nAll is well.", "somebody")
    server.add(f"{MARK}\nOpens 1.", BOT)
    assert keep(server) == Kept(Deed.EDITED, URL.format(2))


def test_enterprise_has_its_api_below_a_path() -> None:
    with serving(GitHubServer(prefix="/api/v3")) as server:
        assert [keep(server).deed, keep(server).deed] == [Deed.CREATED, Deed.UNCHANGED]
        assert "POST /api/graphql" in server.requests


def test_a_repository_that_was_renamed_is_found(server: GitHubServer) -> None:
    server.former_names.add("acme/old")
    environ = {**server.environ(), "GITHUB_REPOSITORY": "acme/old"}
    with open_forge(environ) as forge:
        keep_comment(forge, KEY, "Opens 2.", News.SOME, When.CHANGES)
    assert server.bodies == [f"{MARK}\nOpens 2."]


def test_the_token_goes_to_no_other_host(server: GitHubServer) -> None:
    with serving(GitHubServer()) as other:
        place = {"Location": f"{other.url}{COMMENTS}"}
        server.faults.append(fail("GET .*", Reply(307, {}, place)))
        error = refuse(server)
        assert other.log == []
    assert error.trouble is Trouble.REDIRECTED
    assert "the token is not for it, and was not sent" in error.message


def test_the_token_goes_to_no_other_host_by_a_page(server: GitHubServer) -> None:
    with serving(GitHubServer()) as other:
        link = {"Link": f'<{other.url}{COMMENTS}?page=2>; rel="next"'}
        server.faults.append(fail("GET .*", Reply(200, [], link)))
        assert refuse(server).trouble is Trouble.REDIRECTED
        assert other.log == []


def test_a_circle_of_redirects_ends(server: GitHubServer) -> None:
    reply = Reply(302, {}, {"Location": COMMENTS})
    server.faults.append(fail("GET .*", reply, times=99))
    assert refuse(server).trouble is Trouble.REDIRECTED
    assert len(server.log) < 10


def test_a_circle_of_pages_ends(server: GitHubServer) -> None:
    link = {"Link": f'<{server.url}{COMMENTS}>; rel="next"'}
    server.faults.append(fail("GET .*", Reply(200, [], link), times=999))
    assert refuse(server).message == "acme/shop#7 has more than 100 pages of comments"


def test_a_read_only_token_is_explained(server: GitHubServer) -> None:
    server.readers.add(JOB_TOKEN)
    error = refuse(server)
    assert error.trouble is Trouble.FORBIDDEN
    assert error.message == (
        f"127.0.0.1:{server.port} answers 403 (Resource not accessible by integration): the "
        "token may not write comments: give the job `pull-requests: write`"
    )


def test_a_wrong_token_is_explained(server: GitHubServer) -> None:
    error = refuse(server, "Opens 2.", "one-of-last-year")
    assert error.trouble is Trouble.UNAUTHORIZED
    assert error.message == (
        f"127.0.0.1:{server.port} answers 401 (Bad credentials): the token is wrong or has "
        "expired"
    )


def test_what_is_not_there_is_explained(server: GitHubServer) -> None:
    environ = {**server.environ(), "GITHUB_REF": "refs/pull/8/merge"}
    with (
        pytest.raises(ForgeError, match=r"there is no acme/shop#8, or the token may") as error,
        open_forge(environ) as forge,
    ):
        keep_comment(forge, KEY, "Opens 2.", News.SOME, When.CHANGES)
    assert error.value.trouble is Trouble.MISSING


def test_a_body_that_is_too_long_is_explained(server: GitHubServer) -> None:
    error = refuse(server, "x" * 65_536)
    assert error.trouble is Trouble.REFUSED
    assert (
        "(Validation Failed: Body is too long (maximum is 65536 characters))" in error.message
    )


def test_nothing_hides_in_what_the_server_says(server: GitHubServer) -> None:
    said = f"a\nb {JOB_TOKEN} " + "x" * 500
    server.faults.append(fail("GET .*", Reply(403, {"message": said})))
    message = refuse(server).message
    assert "(a b (hidden) xxx" in message
    assert len(message) < 450


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(403, {"message": "x"}, {"X-RateLimit-Remaining": "0"}), Trouble.LIMITED),
        (secondary_limit(None), Trouble.LIMITED),
        (secondary_limit(3600), Trouble.LIMITED),
        (Reply(429, "Too many"), Trouble.LIMITED),
        (Reply(410, {"message": "Issues are disabled"}), Trouble.MISSING),
        (Reply(500, "<html>oops"), Trouble.BROKEN),
        (Reply(200, "<html>log in"), Trouble.BROKEN),
        (Reply(200, {"id": "x"}), Trouble.BROKEN),
        (TOO_LONG, Trouble.REFUSED),
    ],
)
def test_troubles(server: GitHubServer, reply: Reply, trouble: Trouble) -> None:
    server.faults.append(fail("GET .*", reply))
    assert refuse(server).trouble is trouble
    assert len(server.log) == 1


def test_patience_is_what_the_server_asks_for(server: GitHubServer) -> None:
    waited: list[float] = []
    server.faults.append(fail("GET /x", secondary_limit(17)))
    with Api(server.url, _credential(), {}, waited.append) as api:
        assert api.ask("GET", "/x").status == 404
    assert waited == [17]


@pytest.mark.parametrize(("method", "times"), [("GET", 2), ("PATCH", 2), ("POST", 1)])
def test_only_what_may_be_done_twice_is_tried_twice(
    server: GitHubServer, method: str, times: int
) -> None:
    server.faults.append(fail(".*", Reply(502, "<html>"), times=9))
    with Api(server.url, _credential(), {}, lambda _: None) as api:
        assert api.ask(method, "/x").status == 502
    assert len(server.log) == times


def _credential() -> Credential:
    return Credential("Authorization", "Bearer ", JOB_TOKEN)


def test_a_credential_does_not_show_its_token() -> None:
    assert JOB_TOKEN not in repr(_credential())
