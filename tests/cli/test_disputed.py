"""A policy that two files define differently: what the copies may change is unknown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netsim.loader.load import load
from tests.cli.command import netsim

WORLD = "".join(
    "apiVersion: v1\nkind: Pod\n"
    f"metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}\n"
    "spec: {containers: [{name: it, image: it:1, ports: [{containerPort: 80}]}]}\n---\n"
    for name in ("web", "api", "db")
)
OWN = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: own, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}]}]
"""
OTHER = OWN.replace("app: web", "app: db")
ELSEWHERE = OWN.replace("app: api", "app: db")
ADMIN = """apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: top}
spec:
  priority: 1
  subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}}
  ingress: [{action: Deny, from: [{namespaces: {}}]}]
"""


def _write(folder: Path, first: str, second: str) -> None:
    (folder / "a.yaml").write_text(WORLD + first, encoding="utf-8")
    (folder / "b.yaml").write_text(second, encoding="utf-8")


def _ask(folder: Path, source: str, destination: str) -> tuple[str, int]:
    ends = ("--src", f"shop/{source}", "--dst", f"shop/{destination}", "--port", "80")
    done = netsim("eval", ".", *ends, cwd=folder)
    return done.out.strip().rsplit(",", 1)[-1], done.code


@pytest.mark.parametrize(
    ("first", "second", "source", "destination", "verdict"),
    [
        (OWN, OTHER, "web", "api", "unknown"),
        (OWN, OTHER, "db", "api", "unknown"),
        (OTHER, OWN, "db", "api", "unknown"),
        (OWN, OTHER, "api", "web", "allow"),
        (OWN, ELSEWHERE, "db", "api", "unknown"),
        (OWN, ELSEWHERE, "api", "db", "unknown"),
        (OWN, ELSEWHERE, "db", "web", "allow"),
        (ADMIN, ADMIN.replace("Deny", "Allow"), "web", "api", "unknown"),
        (ADMIN, ADMIN.replace("Deny", "Allow"), "api", "web", "allow"),
    ],
)
def test_what_the_copies_may_change_is_unknown(
    tmp_path: Path, first: str, second: str, source: str, destination: str, verdict: str
) -> None:
    _write(tmp_path, first, second)
    assert _ask(tmp_path, source, destination) == (verdict, 2 if verdict == "unknown" else 0)


def test_the_reason_names_both_places(tmp_path: Path) -> None:
    _write(tmp_path, OWN, OTHER)
    done = netsim(
        "explain", ".", "--src", "shop/web", "--dst", "shop/api", "--port", "80", cwd=tmp_path
    )
    text = " ".join(done.out.split())
    assert "shop/own is defined differently at a.yaml:18 and at b.yaml:3, and may" in text
    assert "b.yaml:3: warning: metadata.name: NetworkPolicy shop/own is already" in done.err


def test_check_does_not_pass(tmp_path: Path) -> None:
    every = OWN.replace("{matchLabels: {app: api}}", "{}")
    _write(tmp_path, every, every.replace("app: web", "app: db"))
    done = netsim("check", ".", "--format", "json", cwd=tmp_path)
    result = json.loads(done.out)
    assert result["scope"]["unevaluated"] == ["NetworkPolicy shop/own"]
    assert done.code != 0
    assert "passed" not in netsim("check", ".", cwd=tmp_path).out.splitlines()[0]


def test_the_headline_says_so_beside_findings(tmp_path: Path) -> None:
    """Findings come first, and do not hide that nobody knows which copy applies."""
    _write(tmp_path, OWN, OTHER)
    done = netsim("check", ".", cwd=tmp_path)
    headline = " ".join(done.out.partition("\n\n")[0].split())
    assert done.code == 1
    assert headline.endswith(
        "; also inconclusive: policies that two files define differently "
        "(NetworkPolicy shop/own)"
    )


def test_a_rejected_copy_leaves_the_one_before_it_unsure(tmp_path: Path) -> None:
    wrong = OTHER.replace("{from:", "{form:")
    (tmp_path / "a.yaml").write_text(f"{WORLD}{OWN}---\n{wrong}", encoding="utf-8")
    assert _ask(tmp_path, "web", "api") == ("unknown", 2)
    assert _ask(tmp_path, "db", "api") == ("unknown", 2)
    listed = netsim("list", ".", cwd=tmp_path).out
    assert any(
        "shop/db[Pod]" in line and "=> shop/api[Pod]" in line and "unknown" in line
        for line in listed.splitlines()
    )


WRONG = OTHER.replace("{from:", "{form:")


@pytest.mark.parametrize(
    ("texts", "doubted"),
    [
        ((OWN, WRONG), 1),
        ((WRONG, OWN), 1),
        ((f"{OWN}---\n{WRONG}",), 1),
        # The later one of a file counts, as for kubectl apply.
        ((f"{WRONG}---\n{OWN}",), 0),
        ((OWN, f"{WRONG}---\n{OTHER}"), 2),
        ((f"{WRONG}---\n{OWN}", WRONG), 1),
        # Another policy that is rejected leaves no doubt of this one.
        ((OWN, WRONG.replace("name: own", "name: more")), 0),
        ((ADMIN, ADMIN.replace("Deny", "Never")), 1),
        ((ADMIN.replace("Deny", "Never"), ADMIN), 1),
    ],
)
def test_a_rejected_copy_in_any_file_leaves_the_other_unsure(
    tmp_path: Path, texts: tuple[str, ...], doubted: int
) -> None:
    (tmp_path / "a.yaml").write_text(WORLD, encoding="utf-8")
    for number, text in enumerate(texts):
        (tmp_path / f"b{number}.yaml").write_text(text, encoding="utf-8")
    loaded = load([str(tmp_path)])
    assert loaded.errors
    assert len(loaded.resources.unevaluated) == doubted


def test_a_dispute_that_stays_is_no_difference(tmp_path: Path) -> None:
    for name, comment in (("old", ""), ("new", "# moved\n")):
        (tmp_path / name).mkdir()
        _write(tmp_path / name, OWN, comment + OTHER)
    done = netsim("diff", "old", "new", cwd=tmp_path)
    assert (done.code, done.out.splitlines()[0]) == (0, "no connection differs")
