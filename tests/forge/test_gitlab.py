"""The client against a server that answers as GitLab does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from netsim.forge.interface import ForgeError, Trouble
from netsim.forge.sticky import Deed, Kept, News, When, keep_comment, parse_key
from netsim.forge.surroundings import open_forge
from tests.fakes.forge.gitlab import TOKEN, GitLabServer
from tests.fakes.forge.server import Reply, fail, serving

KEY = parse_key("production")
MARK = "<!-- netsim: production -->"
NOTES = "/api/v4/projects/42/merge_requests/7/notes"
URL = "https://gitlab.com/acme/shop/-/merge_requests/7#note_{}"


@pytest.fixture
def server() -> Iterator[GitLabServer]:
    with serving(GitLabServer()) as found:
        yield found


def keep(server: GitLabServer, text: str = "Opens 2.", token: str = TOKEN) -> Kept:
    with open_forge(server.environ(token)) as forge:
        return keep_comment(forge, KEY, text, News.SOME, When.CHANGES)


def refuse(server: GitLabServer, text: str = "Opens 2.", token: str = TOKEN) -> ForgeError:
    with pytest.raises(ForgeError) as error:
        keep(server, text, token)
    assert token not in str(error.value)
    return error.value


def test_a_note_is_created_then_edited_then_left(server: GitLabServer) -> None:
    assert keep(server) == Kept(Deed.CREATED, URL.format(1))
    assert keep(server) == Kept(Deed.UNCHANGED, URL.format(1))
    assert keep(server, "Opens 3.") == Kept(Deed.EDITED, URL.format(1))
    assert server.bodies == [f"{MARK}\nOpens 3."]
    assert server.writes == [f"POST {NOTES}", f"PUT {NOTES}/1"]


def test_the_note_is_found_on_a_later_page(server: GitLabServer) -> None:
    for number in range(230):
        server.add(f"Note {number}", "somebody")
    server.add(f"{MARK}\nOpens 1.")
    assert keep(server) == Kept(Deed.EDITED, URL.format(231))
    pages = [each.query["page"] for each in server.log if each.path == NOTES]
    assert pages == ["1", "2", "3"]


def test_a_note_of_somebody_with_our_marker_stays(server: GitLabServer) -> None:
    server.add(f"{MARK}\nAll is well.", "somebody")
    assert keep(server).deed is Deed.CREATED
    assert server.bodies == [f"{MARK}\nAll is well.", f"{MARK}\nOpens 2."]


def test_a_token_that_cannot_tell_whose_it_is_writes_nothing(server: GitLabServer) -> None:
    server.add(f"{MARK}\nOpens 1.")
    server.faults.append(fail("GET .*/user", Reply(403, {"message": "403 Forbidden"})))
    assert refuse(server).trouble is Trouble.FORBIDDEN
    assert server.writes == []


def test_a_token_that_only_reads_is_explained(server: GitLabServer) -> None:
    server.readers.add(TOKEN)
    error = refuse(server)
    assert error.trouble is Trouble.FORBIDDEN
    assert error.message == (
        f"127.0.0.1:{server.port} answers 403 (insufficient_scope): the token may not write "
        "notes: it needs the scope `api` and the role Reporter, or a higher one"
    )


def test_a_note_that_is_too_long_is_explained(server: GitLabServer) -> None:
    error = refuse(server, "x" * 1_000_000)
    assert error.trouble is Trouble.REFUSED
    assert error.message == (
        f"127.0.0.1:{server.port} answers 400 (note is too long (maximum is 1000000 "
        "characters)): it does not take the note"
    )


@pytest.mark.parametrize(
    ("reply", "trouble"),
    [
        (Reply(401, {"message": "401 Unauthorized"}), Trouble.UNAUTHORIZED),
        (Reply(404, {"message": "404 Project Not Found"}), Trouble.MISSING),
        (Reply(429, "Retry later\n"), Trouble.LIMITED),
        (Reply(500, {"message": "500 Internal Server Error"}), Trouble.BROKEN),
        (Reply(200, "<html>log in"), Trouble.BROKEN),
        (Reply(302, {}, {"Location": "https://gitlab.example/sign_in"}), Trouble.REDIRECTED),
    ],
)
def test_troubles(server: GitLabServer, reply: Reply, trouble: Trouble) -> None:
    server.faults.append(fail("GET .*notes", reply))
    assert refuse(server).trouble is trouble
    assert server.writes == []


def test_a_circle_of_pages_ends(server: GitLabServer) -> None:
    reply = Reply(200, [], {"X-Next-Page": "1"})
    server.faults.append(fail("GET .*", reply, times=999))
    assert refuse(server).message == "42!7 has more than 100 pages of notes"
