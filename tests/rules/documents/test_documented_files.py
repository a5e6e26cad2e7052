from pathlib import Path

import pytest

from netsim.rules.documents.documented_files import CHECK
from tests.rules.manifests.project import Project, case, told

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
FILE = ", but there is no such file beside the document"
HEAD = "# Files\n\n| File |\n|------|\n"


def found(folder: Path, rows: str, names: str, *paths: str) -> list[tuple[str, str, list[str]]]:
    files = {name: MAP.replace("a}", f"a{n}}}") for n, name in enumerate(names.split())}
    project = Project(HEAD + rows, "files: Files", files)
    return told(folder, CHECK, case(folder, project, *paths))


@pytest.mark.parametrize(
    ("rows", "names"),
    [
        ("| `a.yaml` |\n| `./b.yml` |\n", "a.yaml b.yml"),
        ("| `x/` |\n", "x/a.yaml x/y/b.yaml"),
        ("| `x/a.yaml` |\n| x/b.yaml |\n", "x/a.yaml x/b.yaml"),
        ("| `*.yaml` |\n", "a.yaml b.yaml"),
        ("| `.` |\n", "a.yaml x/b.yaml"),
        # What the input never shows: other files, hidden ones, those outside.
        ("| `a.yaml` |\n| `README.md` |\n| `Makefile` |\n", "a.yaml"),
        ("| `a.yaml` |\n| `.github/ci.yaml` |\n| `../s/scenario.yaml` |\n", "a.yaml"),
    ],
)
def test_the_table_is_right(tmp_path: Path, rows: str, names: str) -> None:
    assert found(tmp_path, rows, names) == []


@pytest.mark.parametrize(
    ("rows", "names", "wanted"),
    [
        (
            "| `b.yaml` |\n| `alpha.yml` |\n",
            "b.yaml alpha.yaml",
            [
                (
                    "m/README.md:6",
                    f"names alpha.yml{FILE}; did you mean alpha.yaml?",
                    # That no row names this file needs no finding of its own.
                    "m/alpha.yaml",
                ),
            ],
        ),
        (
            "| `a.yaml` |\n| `y/` |\n",
            "a.yaml x/b.yaml",
            [
                ("m/README.md:6", "names y/, but there is no such folder with manifests", ""),
                ("m/README.md:3", "no row of the table names x/b.yaml", "m/x/b.yaml"),
            ],
        ),
        # The row of a file covers no other whose name it begins.
        (
            "| `a` |\n",
            "ab/c.yaml",
            [("m/README.md:3", "no row of the table names ab/c.yaml", "m/ab/c.yaml")],
        ),
    ],
)
def test_they_differ(
    tmp_path: Path, rows: str, names: str, wanted: list[tuple[str, str, str]]
) -> None:
    reported = found(tmp_path, rows, names)
    assert [(place, " ".join(related)) for place, _, related in reported] == [
        (place, related) for place, _, related in wanted
    ]
    for (_, message, _), (_, says, _) in zip(reported, wanted, strict=True):
        assert says in message


def test_part_of_the_folder_proves_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, "| `a.yaml` |\n", "b.yaml", "m/b.yaml", "other") == []


def test_folders_reached_over_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "m")
    assert found(tmp_path, "| `a.yaml` |\n", "a.yaml", "link", "other") == []


def test_the_scenario_among_the_manifests_is_none(tmp_path: Path) -> None:
    text = HEAD + "| `a.yaml` |\n"
    project = Project(text, "files: Files", {"a.yaml": MAP}, scenario="m/scenarios/s.yaml")
    assert told(tmp_path, CHECK, case(tmp_path, project)) == []
