from __future__ import annotations

import io
from pathlib import Path

import pytest

from netsim.loader.sources.sources import Origin, Source, sources
from netsim.loader.tree.documents import Syntax
from netsim.model.finding import Diagnostic


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def names(*paths: str) -> list[str]:
    return [
        found.name if isinstance(found, Source) else str(found)
        for found in sources(paths, None)
    ]


def write(*paths: str) -> None:
    for path in paths:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_text("a: 1\n", encoding="utf-8")


def test_folders_are_read_recursively_and_in_order() -> None:
    write("d/b.yaml", "d/a.yml", "d/c/d.json", "d/README.md", "d/.git/x.yaml", "d/Z.YAML")
    assert names("d") == ["d/Z.YAML", "d/a.yml", "d/b.yaml", "d/c/d.json"]


def test_a_named_file_needs_no_suffix() -> None:
    write("rendered.txt")
    assert names("rendered.txt") == ["rendered.txt"]


def test_a_file_is_read_once() -> None:
    write("d/a.yaml")
    assert names("d/a.yaml", "d", "./d/a.yaml") == ["d/a.yaml"]


def test_links_in_a_circle_end() -> None:
    write("d/a.yaml")
    Path("d/loop").symlink_to("..", target_is_directory=True)
    Path("d/self.yaml").symlink_to("self.yaml")
    found = names("d")
    assert found[0] == "d/a.yaml"
    assert [line for line in found if "cannot be read" in line] == found[1:]


NOWHERE = "cannot be read: a link that cannot be followed: No such file or directory"
CIRCLE = "cannot be read: a link that cannot be followed: Too many levels of symbolic links"
LINKS = [
    ({"more": "more"}, {"more": CIRCLE}),
    ({"more": "nowhere"}, {"more": NOWHERE}),
    ({"more.yaml": "nowhere"}, {"more.yaml": NOWHERE}),
    ({"one": "two", "two": "one"}, {"one": CIRCLE, "two": CIRCLE}),
    ({"v1.2": "../gone"}, {"v1.2": NOWHERE}),  # no suffix of a file
    ({"more": "a.yaml/more"}, {"more": NOWHERE.replace("No such file or", "Not a")}),
    (
        {"more": "x" * 300},
        {"more": NOWHERE.replace("No such file or directory", "File name too long")},
    ),
    ({".more": "nowhere"}, {}),  # hidden folders are left out, as are files without a suffix
    ({"up": "..", "readme": "../notes"}, {}),  # read already, and no manifest
    ({"out": "../other"}, {"out/b.yaml": ""}),
]


@pytest.mark.parametrize(("links", "expected"), LINKS)
def test_a_link_is_followed_or_named(links: dict[str, str], expected: dict[str, str]) -> None:
    write("d/a.yaml", "notes", "other/b.yaml")
    for name, target in links.items():
        Path("d", name).symlink_to(target)
    said = [f"d/{name}: {why}" if why else f"d/{name}" for name, why in expected.items()]
    found = names("d")
    assert (
        sorted(each for each in found if each not in ("d/a.yaml", "d/up/other/b.yaml")) == said
    )
    assert len(found) == len(said) + 1 + ("up" in links)


def test_what_cannot_be_read_is_an_error() -> None:
    Path("empty").mkdir()
    assert names("none.yaml") == ["none.yaml: cannot be read: No such file or directory"]
    assert "no manifest here" in names("empty")[0]
    assert "standard input" in names("-")[0]
    assert "cannot be read" in names("a\0b")[0]


SYNTAXES = [
    ("a.json", '\n {"a": 1}', Syntax.JSON),
    ("a.json", "[]", Syntax.JSON),
    ("a.json", "a: 1", Syntax.YAML),  # YAML under another name
    ("a.json", "{{ template }}", Syntax.YAML),
    ("a.yaml", '{"a": 1}', Syntax.YAML),  # JSON is YAML
]


@pytest.mark.parametrize(("name", "text", "syntax"), SYNTAXES)
def test_syntax(name: str, text: str, syntax: Syntax) -> None:
    Path(name).write_text(text, encoding="utf-8")
    (found,) = sources([name], None)
    assert isinstance(found, Source)
    assert found.syntax is syntax


def test_standard_input_is_read_once() -> None:
    found = list(sources(["-", "-"], io.StringIO('{"a": 1}')))
    assert found == [Source("<stdin>", '{"a": 1}', Syntax.JSON, origin=Origin.STDIN)]


def test_bytes_of_standard_input_need_not_be_text() -> None:
    (found,) = sources(["-"], io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfa: \xe9\r\n"), "ascii"))
    assert not isinstance(found, Diagnostic)
    assert found.text == "a: \udce9\n"
