"""``netsim generate``: where the policies go, and how it ends without any."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.command import MANIFESTS, Done, netsim


@pytest.fixture
def bazaar(tmp_path: Path) -> Path:
    shutil.copytree(MANIFESTS / "bazaar", tmp_path / "bazaar")
    (tmp_path / "scenarios").mkdir()
    text = (tmp_path / "bazaar/scenario.yaml").read_text("utf-8")
    (tmp_path / "bazaar/scenario.yaml").unlink()
    moved = text.replace("README.md", "../bazaar/README.md")
    (tmp_path / "scenarios/bazaar.yaml").write_text(moved, "utf-8")
    return tmp_path


def generate(place: Path, *options: str, stdin: str = "") -> Done:
    return netsim("generate", *(options or ("bazaar",)), cwd=place, stdin=stdin)


def test_what_is_written_passes(bazaar: Path) -> None:
    done = generate(bazaar, "bazaar", "-o", "bazaar/policies.yaml")
    assert (done.code, done.out, done.err) == (0, "", "")
    checked = netsim("check", "bazaar", cwd=bazaar)
    assert checked.code == 0
    assert "passed" in checked.out


def test_a_second_run_writes_the_same(bazaar: Path) -> None:
    first = generate(bazaar)
    (bazaar / "bazaar/policies.yaml").write_text(first.out, "utf-8")
    assert generate(bazaar) == first


def test_a_file_that_is_there_is_never_overwritten(bazaar: Path) -> None:
    (bazaar / "mine.yaml").write_text("mine", "utf-8")
    done = generate(bazaar, "bazaar", "-o", "mine.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err == "mine.yaml: is there already; it is never overwritten\n"
    assert (bazaar / "mine.yaml").read_text("utf-8") == "mine"


def test_standard_input(bazaar: Path) -> None:
    text = (bazaar / "bazaar/bazaar.yaml").read_text("utf-8")
    done = generate(bazaar, "-", "-s", "scenarios/bazaar.yaml", stdin=text)
    assert done == generate(bazaar)


def test_the_difference_stands_in_place_of_the_policies(bazaar: Path) -> None:
    form = ("--diff", "--format", "json")
    done = generate(bazaar, "bazaar", *form)
    assert done.code == 0
    assert json.loads(done.out)
    beside = generate(bazaar, "bazaar", *form, "-o", "policies.yaml")
    assert beside.out == done.out
    assert (bazaar / "policies.yaml").read_text("utf-8") == generate(bazaar).out


def test_workloads_alike_end_with_1(bazaar: Path) -> None:
    manifests = bazaar / "bazaar/bazaar.yaml"
    text = manifests.read_text("utf-8")
    alike = text.replace("app.kubernetes.io/name: adverts", "app.kubernetes.io/name: mailer")
    manifests.write_text(alike, "utf-8")
    done = generate(bazaar, "bazaar", "-o", "policies.yaml")
    assert (done.code, done.out) == (1, "")
    assert "stands in the way: mailer: no selector tells bazaar/mailer[Deployment]" in done.err
    assert done.err.endswith("no policies are written\n")
    assert not (bazaar / "policies.yaml").exists()


def test_without_documentation(bazaar: Path) -> None:
    shutil.rmtree(bazaar / "scenarios")
    done = generate(bazaar)
    assert (done.code, done.out) == (2, "")
    assert "nothing is documented that policies could be made from" in done.err


def test_what_is_not_evaluated_ends_with_2(bazaar: Path) -> None:
    (bazaar / "bazaar/cilium.yaml").write_text(
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
        "metadata: {name: guard, namespace: bazaar}\nspec: {endpointSelector: {}}\n",
        "utf-8",
    )
    done = generate(bazaar)
    assert (done.code, done.out) == (2, "")
    assert "unknown: CiliumNetworkPolicy is not evaluated" in done.err
