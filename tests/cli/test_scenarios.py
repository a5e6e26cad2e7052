"""Which documentation a command is about: a scenario, several, a diagram alone, or none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netsim as api
from tests.cli.command import netsim

CLOSED = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""
PODS = """\
---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: main, image: "a:1"}]}
---
apiVersion: v1
kind: Pod
metadata: {name: store, namespace: shop, labels: {app: books}}
spec: {containers: [{name: main, image: "a:1"}]}
"""
SCENARIO = """\
namespace: shop
endpoints:
  web: {labels: {app: web}}
  books: {labels: {app: books}}
"""
FLOWS = "flows: [{from: web, to: books, ports: [TCP 5432], because: orders are kept there}]\n"
DENY = "deny: [{from: web, to: books, because: they have nothing to say}]\n"
FOREIGN = "name: node loss\nsteps: [{stop: node}]\n"
DRAWN = """\
# Net

```mermaid
flowchart LR
  web[Web] -->|port 5432| books[Books]
```
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "k8s").mkdir()
    (tmp_path / "k8s" / "all.yaml").write_text(CLOSED + PODS, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    return tmp_path


def write(place: Path, name: str, text: str) -> str:
    (place / name).write_text(text, encoding="utf-8")
    return name


def test_a_scenario_without_a_diagram(place: Path) -> None:
    write(place, "scenarios/shop.yaml", SCENARIO + FLOWS)
    done = netsim("check", "k8s", cwd=place)
    assert done.code == 1
    assert "web -> books TCP 5432" in done.out


def test_a_scenario_with_neither_diagram_nor_flows(place: Path) -> None:
    write(place, "scenarios/shop.yaml", SCENARIO)
    done = netsim("check", "k8s", cwd=place)
    assert done.code == 2
    assert "diagram: missing" in done.err


@pytest.mark.parametrize("command", ["check", "order"])
def test_a_scenario_of_another_program_is_passed_over(place: Path, command: str) -> None:
    write(place, "scenarios/node-loss.yaml", FOREIGN)
    done = netsim(command, "k8s", cwd=place)
    assert done.code != 2
    assert "scenarios/node-loss.yaml: note: passed over" in done.err


def test_a_scenario_beside_that_of_another_program_counts(place: Path) -> None:
    write(place, "scenarios/node-loss.yaml", FOREIGN)
    write(place, "scenarios/shop.yaml", SCENARIO + FLOWS)
    assert "broken" in netsim("check", "k8s", cwd=place).out


@pytest.mark.parametrize("text", ["namespace: shop\nendpoint: {}\n", "a: [\n"])
def test_a_broken_scenario_is_not_passed_over(place: Path, text: str) -> None:
    write(place, "scenarios/shop.yaml", text)
    done = netsim("check", "k8s", cwd=place)
    assert done.code == 2
    assert "scenarios/shop.yaml" in done.err


def test_no_scenario(place: Path) -> None:
    write(place, "scenarios/shop.yaml", SCENARIO + FLOWS)
    done = netsim("check", "k8s", "--no-scenario", cwd=place)
    assert "broken" not in done.out
    both = netsim("check", "k8s", "--no-scenario", "-s", "scenarios/shop.yaml", cwd=place)
    assert both.code == 2


class TestSeveral:
    """Several scenarios are several documented systems, each judged."""

    def test_each_is_judged(self, place: Path) -> None:
        one = write(place, "one.yaml", SCENARIO + FLOWS)
        two = write(place, "two.yaml", SCENARIO + DENY)
        for given in ([one, two], [two, one]):
            options = [part for name in given for part in ("-s", name)]
            done = netsim("check", "k8s", *options, "-f", "json", cwd=place)
            assert done.code == 1
            result = json.loads(done.out)
            assert "broken" in {each["rule"] for each in result["findings"]}
            assert {each["scenario"] for each in result["pairs"]} == {one, two}

    @pytest.mark.parametrize("form", ["text", "markdown"])
    def test_each_has_its_matrix(self, place: Path, form: str) -> None:
        one = write(place, "one.yaml", SCENARIO + FLOWS)
        two = write(place, "two.yaml", SCENARIO + DENY)
        done = netsim("check", "k8s", "-s", one, "-s", two, "-f", form, cwd=place)
        assert "one.yaml:" in done.out
        assert "two.yaml:" in done.out

    def test_one_that_cannot_be_read(self, place: Path) -> None:
        two = write(place, "two.yaml", SCENARIO + DENY)
        done = netsim("check", "k8s", "-s", "missing.yaml", "-s", two, cwd=place)
        assert done.code == 2
        assert "missing.yaml" in done.err

    @pytest.mark.parametrize("command", [["order"], ["drain"]])
    def test_a_command_that_takes_one(self, place: Path, command: list[str]) -> None:
        one = write(place, "one.yaml", SCENARIO + FLOWS)
        assert netsim(*command, "k8s", "-s", one, "-s", one, cwd=place).code == 2


class TestDiagramAlone:
    """Its names are matched to workloads, which is said; it is never picked up by itself."""

    def test_names_are_workloads(self, place: Path) -> None:
        write(place, "README.md", DRAWN)
        done = netsim("check", "k8s", "--diagram", "README.md#Net", cwd=place)
        assert done.code == 1
        assert "Web -> Books TCP 5432" in done.out
        assert "'Web' of the diagram is taken for shop/web[Pod]" in done.err
        assert "'Books' of the diagram is taken for shop/store[Pod]" in done.err

    def test_it_is_not_picked_up(self, place: Path) -> None:
        write(place, "README.md", DRAWN)
        assert "broken" not in netsim("check", "k8s", cwd=place).out

    @pytest.mark.parametrize(
        ("old", "new", "says"),
        [
            ("[Books]", "[Boks]", "'Boks' of the diagram is no workload of the input"),
            ("app: web", "app: books", "may be shop/store[Pod] and shop/web[Pod]"),
        ],
    )
    def test_names_that_are_none_or_several(
        self, place: Path, old: str, new: str, says: str
    ) -> None:
        write(place, "README.md", DRAWN.replace(old, new))
        write(place, "k8s/all.yaml", (CLOSED + PODS).replace(old, new))
        done = netsim("check", "k8s", "--diagram", "README.md#Net", cwd=place)
        assert done.code == 2
        assert says in done.err

    @pytest.mark.parametrize("given", ["README.md", "#Net", "README.md#"])
    def test_another_form_is_bad_usage(self, place: Path, given: str) -> None:
        write(place, "README.md", DRAWN)
        done = netsim("check", "k8s", "--diagram", given, cwd=place)
        assert done.code == 2
        assert "FILE#HEADING" in done.err

    def test_not_with_a_scenario(self, place: Path) -> None:
        one = write(place, "one.yaml", SCENARIO + FLOWS)
        done = netsim("check", "k8s", "-s", one, "--diagram", "README.md#Net", cwd=place)
        assert done.code == 2


@pytest.mark.parametrize("command", ["check", "list", "order"])
def test_a_scenario_that_cannot_be_read_is_an_error(place: Path, command: str) -> None:
    (place / "scenarios" / "shop.yaml").write_bytes(b"\xff\xfe\xff")
    done = netsim(command, "k8s", cwd=place)
    assert done.code == 2
    assert "scenarios/shop.yaml: cannot be read: it is not UTF-8" in done.err
    if command == "check":
        assert "bad input" in done.out


def test_what_is_not_of_the_network_judges_no_flow(place: Path) -> None:
    write(place, "scenarios/shop.yaml", SCENARIO + FLOWS + DENY)
    text = "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: shop}\n"
    write(place, "k8s/all.yaml", text)
    done = netsim("check", "k8s", cwd=place)
    assert done.code == 2
    assert "web -> books TCP 5432 is documented, but not judged" in done.err
    assert "web -> books every port is documented, but not judged" in done.err


def test_nobody_who_wants_no_scenario_is_told_of_it(place: Path) -> None:
    """Whoever leaves it aside knows that there is none; who finds none may not."""
    for command in ("check", "order"):
        asked = netsim(command, "k8s", "--no-scenario", cwd=place)
        assert "note: no scenario found" not in asked.err
        assert "note: no scenario found" in netsim(command, "k8s", cwd=place).err


def test_the_python_api_has_all_that_the_command_has(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    write(place, "scenarios/shop.yaml", SCENARIO + FLOWS)
    write(place, "deny.yaml", SCENARIO + DENY)
    write(place, "net.md", DRAWN)
    files = ("scenarios/shop.yaml", "deny.yaml")
    assert len(api.check("k8s", scenario=files).systems) == 2
    assert api.check("k8s", scenario=files[1]).coverage.scenario == files[1]
    assert api.check("k8s").coverage.scenario == files[0]
    assert api.check("k8s", discovery="none").coverage.scenario is None
    assert api.check("k8s", diagram="net.md#Net").coverage.diagram == "net.md"
    assert api.list_connections("k8s", discovery="none").read.endpoints == 2
    with pytest.raises(api.RequestError, match="not both"):
        api.check("k8s", scenario=files[0], discovery="none")
    with pytest.raises(api.RequestError, match="discovery: write one of near, none"):
        api.order("k8s", discovery="never")


@pytest.fixture
def two(place: Path) -> tuple[str, ...]:
    """The same names, forbidden the same in two namespaces; only the first one is open."""
    options: list[str] = []
    for name in ("shop", "stage"):
        manifests = PODS.replace("namespace: shop", f"namespace: {name}")
        write(place, f"k8s/{name}.yaml", manifests)
        text = SCENARIO.replace("shop", name) + FLOWS.replace(
            "web, to: books", "books, to: web"
        )
        options += ["--scenario", write(place, f"{name}.yaml", text + DENY)]
    write(place, "k8s/all.yaml", CLOSED.replace("shop", "stage") + NEED)
    return tuple(options)


NEED = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: books, namespace: stage}
spec:
  podSelector: {matchLabels: {app: books}}
  policyTypes: [Egress]
  egress: [{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 5432}]}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: stage}
spec:
  podSelector: {matchLabels: {app: web}}
  ingress: [{from: [{podSelector: {matchLabels: {app: books}}}], ports: [{port: 5432}]}]
"""


def test_systems_share_a_finding_once(place: Path, two: tuple[str, ...]) -> None:
    done = netsim("check", "k8s", *two, "--format", "json", cwd=place)
    found = json.loads(done.out)["findings"]
    blocked = [each for each in found if "cannot resolve names" in each["message"]]
    # To mend it would expose something in one of them.
    assert [each["patch"] for each in blocked] == [""]


def test_what_is_accepted_of_one_system_is_not_of_another(
    place: Path, two: tuple[str, ...]
) -> None:
    netsim("check", "k8s", *two, "--write-baseline", "b.json", cwd=place)
    done = netsim("check", "k8s", *two, "--baseline", "b.json", cwd=place)
    assert done.code == 0
    assert "no longer there" not in done.out
    write(place, "k8s/all.yaml", "")
    done = netsim("check", "k8s", *two, "--baseline", "b.json", "--format", "json", cwd=place)
    found = json.loads(done.out)["findings"]
    forbidden = [each for each in found if each["rule"] == "forbidden"]
    assert (done.code, [each["location"]["file"] for each in forbidden]) == (1, ["stage.yaml"])
