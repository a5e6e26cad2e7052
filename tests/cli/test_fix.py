"""``netsim fix``: whole outputs, what is written, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import Done, assert_snapshot, netsim
from tests.project import ROOT

EXAMPLE = ROOT / "docs/examples/shop"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """The small example, documented, with a misspelt peer and a port too many."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "shop"))
    reference = "README.md#Network"
    done = netsim("init", "k8s", "--diagram", reference, "-o", "scenarios/s.yaml", cwd=folder)
    assert done.code == 0
    file = folder / "k8s/policies.yaml"
    lines = file.read_text(encoding="utf-8").splitlines()
    lines[43] = lines[43].replace("app: web", "app: wbe")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def fix(project: Path, *arguments: str, stdin: str = "", **env: str) -> Done:
    return netsim("fix", *arguments, cwd=project, stdin=stdin, **env)


@pytest.mark.parametrize("columns", ["80", "200"])
def test_width(shop: Path, columns: str) -> None:
    done = fix(shop, "k8s", COLUMNS=columns)
    assert_snapshot(f"fix/at-{columns}", done)


@pytest.mark.parametrize("form", ["markdown", "json"])
def test_formats(shop: Path, form: str) -> None:
    assert_snapshot(f"fix/{form}", fix(shop, "k8s", "--format", form))


def test_nothing_is_written_unless_asked(shop: Path) -> None:
    file = shop / "k8s/policies.yaml"
    before = file.read_text(encoding="utf-8")
    assert fix(shop, "k8s").code == 0
    assert file.read_text(encoding="utf-8") == before
    assert fix(shop, "k8s", "--write").code == 0
    assert file.read_text(encoding="utf-8") == before.replace("app: wbe", "app: web")
    assert netsim("check", "k8s", cwd=shop).code == 0
    assert fix(shop, "k8s").out == "# nothing to fix\n"


def test_what_is_left(shop: Path) -> None:
    file = shop / "k8s/policies.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("port: 4000", "port: &p 4000"), encoding="utf-8")
    done = fix(shop, "k8s", "--format", "json")
    body = json.loads(done.out)
    assert (done.code, body["verdict"]) == (0, "done")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("k8s", "--rule", "peer-matches-nothin"), "did you mean 'peer-matches-nothing'"),
        (("-", "--write"), "standard input cannot be changed"),
        (("HEAD:k8s", "--write"), "is a git revision, which cannot be changed"),
        (("nowhere",), "nowhere"),
    ],
)
def test_bad_usage(shop: Path, arguments: tuple[str, ...], says: str) -> None:
    done = fix(shop, *arguments)
    assert done.code == 2
    assert says in " ".join(f"{done.out}{done.err}".split())


def test_a_rejected_document_is_said_first(shop: Path) -> None:
    (shop / "k8s/more.yaml").write_text("kind: [\n", encoding="utf-8")
    before = (shop / "k8s/policies.yaml").read_bytes()
    done = fix(shop, "k8s", "--write")
    assert done.code == 2
    assert "k8s/more.yaml:1" in done.err
    assert done.out.startswith("# bad input: nothing is fixed where a document was rejected")
    assert (shop / "k8s/policies.yaml").read_bytes() == before


def test_no_value_of_a_workload_is_shown(shop: Path) -> None:
    """The lines around a change are those of policies."""
    canary = "xK7-canary-q9Zr4Tn2Lw8"
    file = shop / "k8s/policies.yaml"
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: it, namespace: other}\nspec:\n"
        "  containers:\n    - name: it\n      image: it:1\n"
        f"      env: [{{name: A, value: {canary}}}]\n"
    )
    file.write_text(f"{pod}---\n{file.read_text(encoding='utf-8')}", encoding="utf-8")
    for form in ("text", "json", "markdown"):
        assert canary not in fix(shop, "k8s", "--format", form).out
    assert canary not in netsim("check", "k8s", "--format", "json", cwd=shop).out
