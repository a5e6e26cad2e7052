from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import pytest

from netsim.errors import RequestError
from netsim.forge.interface import Comment, ForgeError, Trouble
from netsim.forge.sticky import Deed, Kept, News, When, keep_comment, parse_key

OURS, SOMEBODY = "netsim", "somebody"
MARK = "<!-- netsim: production -->"


@dataclass
class Memory:
    """A forge that keeps comments in a list."""

    comments: list[Comment] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    on_edit: Callable[[], None] = lambda: None
    title: str = "acme/shop#7"

    def list_comments(self) -> Iterator[Comment]:
        self.calls.append("list")
        yield from self.comments

    def is_own(self, comment: Comment) -> bool:
        return comment.author == OURS

    def create(self, body: str) -> Comment:
        self.calls.append("create")
        comment = Comment(len(self.comments), body, OURS, f"url/{len(self.comments)}")
        self.comments.append(comment)
        return comment

    def edit(self, comment: Comment, body: str) -> Comment:
        self.calls.append("edit")
        self.on_edit()
        changed = Comment(comment.id, body, comment.author, comment.url)
        self.comments[comment.id] = changed
        return changed


def memory(*comments: tuple[str, str]) -> Memory:
    listed = (Comment(n, body, who, f"url/{n}") for n, (body, who) in enumerate(comments))
    return Memory(list(listed))


def keep(
    forge: Memory, news: News = News.SOME, when: When = When.CHANGES, key: str = "production"
) -> Kept:
    return keep_comment(forge, parse_key(key), "Opens 2.\n", news, when)


@pytest.mark.parametrize(
    ("when", "news", "is_there", "deed"),
    [
        (When.CHANGES, News.SOME, False, Deed.CREATED),
        (When.CHANGES, News.SOME, True, Deed.EDITED),
        (When.CHANGES, News.NONE, False, Deed.LEFT_OUT),
        (When.CHANGES, News.NONE, True, Deed.EDITED),
        (When.ALWAYS, News.SOME, False, Deed.CREATED),
        (When.ALWAYS, News.SOME, True, Deed.EDITED),
        (When.ALWAYS, News.NONE, False, Deed.CREATED),
        (When.ALWAYS, News.NONE, True, Deed.EDITED),
    ],
)
def test_when(when: When, news: News, is_there: bool, deed: Deed) -> None:  # noqa: FBT001
    forge = memory((f"{MARK}\nOpens 1.\n", OURS)) if is_there else memory()
    assert keep(forge, news, when).deed is deed
    written = {Deed.CREATED: ["list", "create"], Deed.EDITED: ["list", "edit"]}
    assert forge.calls == written.get(deed, ["list"])


@pytest.mark.parametrize("body", ["{}\nOpens 2.\n", "{}\nOpens 2.", "{}\r\nOpens 2.\r\n"])
def test_what_says_the_same_stays(body: str) -> None:
    forge = memory((body.format(MARK), OURS))
    assert keep(forge) == Kept(Deed.UNCHANGED, "url/0")
    assert forge.calls == ["list"]


@pytest.mark.parametrize(
    "comments",
    [
        [(f"{MARK}\nAll is well.", SOMEBODY)],
        [(f"Look at this:\n{MARK}\n", OURS)],
        [(f"> {MARK}\n> Opens 2.", OURS)],
        [(f"{MARK} all is well", OURS)],
        [("<!-- netsim: production-eu -->\nOpens 2.\n", OURS)],
        [("<!-- netsim: prod -->\nOpens 2.\n", OURS)],
        [("", OURS)],
    ],
)
def test_what_is_not_ours_stays(comments: Sequence[tuple[str, str]]) -> None:
    forge = memory(*comments)
    assert keep(forge).deed is Deed.CREATED
    assert [(each.body, each.author) for each in forge.comments[:-1]] == comments


def test_each_key_has_a_comment() -> None:
    forge = memory()
    deeds = [keep(forge, key=key).deed for key in ("staging", "production", "staging")]
    assert deeds == [Deed.CREATED, Deed.CREATED, Deed.UNCHANGED]
    assert [each.body.partition("\n")[0] for each in forge.comments] == [
        "<!-- netsim: staging -->",
        MARK,
    ]


def test_of_several_the_oldest_is_kept() -> None:
    forge = memory((f"{MARK}\nOld.", OURS), (f"{MARK}\nNewer.", OURS))
    assert keep(forge) == Kept(Deed.EDITED, "url/0")


def test_a_comment_that_is_deleted_meanwhile_is_made_anew() -> None:
    forge = memory((f"{MARK}\nOld.", OURS))
    forge.on_edit = _raise(Trouble.MISSING)
    assert keep(forge) == Kept(Deed.CREATED, "url/1")


def test_any_other_trouble_is_told() -> None:
    forge = memory((f"{MARK}\nOld.", OURS))
    forge.on_edit = _raise(Trouble.FORBIDDEN)
    with pytest.raises(ForgeError):
        keep(forge)
    assert forge.calls == ["list", "edit"]


def _raise(trouble: Trouble) -> Callable[[], None]:
    def fail() -> None:
        raise ForgeError(trouble, "no")

    return fail


@pytest.mark.parametrize("key", ["a", "eu-1/prod.shop_x", "x" * 64])
def test_a_key_is_in_its_marker(key: str) -> None:
    assert parse_key(key).marker == f"<!-- netsim: {key} -->"


@pytest.mark.parametrize(
    "key", ["", "x" * 65, "a-->b", "a--b", "-a", "a-", "a\nb", "a b", "<a>", "ä"]
)
def test_what_could_end_the_marker_is_no_key(key: str) -> None:
    with pytest.raises(RequestError) as error:
        parse_key(key)
    assert error.value.parameter == "key"
