"""Pods that only a scenario knows, in every command that asks about connections."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command import Done, netsim

POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: books, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: books}}}}
  policyTypes: [Ingress]
  ingress: {ingress}
"""
SHUT = POLICY.format(ingress="[]")
FROM_WEB = POLICY.format(
    ingress="[{from: [podSelector: {matchLabels: {app: web}}], ports: [{port: 5432}]}]"
)
OPEN = POLICY.format(ingress="[{}]")
SCENARIO = """\
namespace: shop
endpoints:
  Web: {labels: {app: web}}
  Books: {labels: {app: books}, aliases: [Library]}
  Job: {labels: {app: job}}
  office: {addresses: [192.0.2.0/24]}
flows:
  - {from: Web, to: Books, ports: [TCP 5432], because: orders}
  - {from: office, to: Books, ports: [TCP 443], because: browsers}
deny:
  - {from: Job, to: Books, because: jobs read no books}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for name, text in (("shut", SHUT), ("web", FROM_WEB), ("open", OPEN)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "books.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "shop.yaml").write_text(SCENARIO, encoding="utf-8")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "books.yaml").write_text(
        FROM_WEB.replace("5432", "'5432'"), encoding="utf-8"
    )
    return tmp_path


def ask(place: Path, command: str, *options: str) -> Done:
    return netsim(*command.split(), *options, cwd=place)


class TestQuestions:
    """``list``, ``eval``, ``explain`` and ``query`` know the scenario's pods and names."""

    @pytest.mark.parametrize(
        ("command", "says"),
        [
            ("list web -f csv", "shop/Web[Scenario],shop/Books[Scenario],TCP 5432"),
            ("list web --focus library -f csv", "shop/Books[Scenario],TCP 5432"),
            ("eval web --src web --dst LIBRARY --port 5432", "allow"),
            ("eval web --src Web --dst Books --port 80", "deny"),
            ("eval open --src office --dst Books --port 80", "allow"),
            ("explain web --src Web --dst Books --port 5432", "web/books.yaml:7"),
            ("query sources web --to Books -f csv", "shop/Web[Scenario]"),
        ],
    )
    @pytest.mark.parametrize("given", [[], ["-s", "scenarios/shop.yaml"]])
    def test_names_of_the_scenario(
        self, place: Path, command: str, says: str, given: list[str]
    ) -> None:
        done = ask(place, command, *given)
        assert done.code == 0, done
        assert says in done.out

    @pytest.mark.parametrize(
        "command",
        [
            "eval web --src Web --dst Books --port 5432",
            "explain web --src Web --dst Books --port 5432",
            "query sources web --to Books",
        ],
    )
    def test_without_the_scenario_nobody_is_called_so(self, place: Path, command: str) -> None:
        assert ask(place, command, "--no-scenario").code == 2

    @pytest.mark.parametrize(
        "command",
        [
            "list web",
            "eval web --src Web --dst Books --port 5432",
            "explain web --src Web --dst Books",
            "query sources web --to Books",
            "diff shut web",
        ],
    )
    def test_a_scenario_that_cannot_be_read(self, place: Path, command: str) -> None:
        (place / "scenarios" / "shop.yaml").write_text("namespace: [", encoding="utf-8")
        done = ask(place, command)
        assert done.code == 2
        assert "scenarios/shop.yaml" in done.err

    def test_a_scenario_of_another_program(self, place: Path) -> None:
        (place / "scenarios" / "shop.yaml").write_text("steps: []", encoding="utf-8")
        done = ask(place, "list web")
        assert done.code == 0
        assert "passed over" in done.err


class TestRejected:
    """Where a document was rejected, nothing is definite."""

    def test_list(self, place: Path) -> None:
        done = ask(place, "list bad -f json")
        assert done.code == 2
        assert not any(each["ports"] for each in json.loads(done.out)["connections"])

    @pytest.mark.parametrize("port", [["--port", "5432"], []])
    def test_explain(self, place: Path, port: list[str]) -> None:
        done = ask(place, "explain bad --src Web --dst Books", *port)
        assert done.code == 2
        assert "unknown" in done.out

    @pytest.mark.parametrize("sides", ["bad web", "web bad"])
    @pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
    def test_diff(self, place: Path, sides: str, form: str) -> None:
        done = ask(place, f"diff {sides} -f {form}")
        assert done.code == 2
        assert "bad/books.yaml:7" in done.out or '"file": "bad/books.yaml"' in done.out
        assert "shop/Books" not in done.out
        if form == "json":
            assert json.loads(done.out)["differs"] is None


class TestDiff:
    def test_a_documented_connection_opens(self, place: Path) -> None:
        done = ask(place, "diff shut web")
        assert done.code == 1
        assert "shop/Web[Scenario] => shop/Books[Scenario]" in done.out
        assert "    documented\n" in done.out
        assert "web/books.yaml:7" in done.out

    def test_each_difference_says_whether_it_is_documented(self, place: Path) -> None:
        result = json.loads(ask(place, "diff shut open -f json").out)
        stated = {each["src"]: each["documented"] for each in result["differences"]}
        assert stated["shop/Web[Scenario]"] == "partly documented"
        assert stated["shop/Job[Scenario]"] == "documented as denied"
        assert stated["0.0.0.0-255.255.255.255[External]"] == "partly documented"
        assert (
            stated["::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff[External]"] == "not documented"
        )

    @pytest.mark.parametrize("form", ["markdown", "csv"])
    def test_every_format_says_so(self, place: Path, form: str) -> None:
        assert "documented as denied" in ask(place, f"diff shut open -f {form}").out

    def test_the_same(self, place: Path) -> None:
        assert ask(place, "diff web web").code == 0

    def test_a_workload_of_one_side_takes_the_place_of_the_scenarios(self, place: Path) -> None:
        pod = "---\napiVersion: v1\nkind: Pod\n"
        pod += "metadata: {name: books, namespace: shop, labels: {app: books}}\n"
        pod += "spec: {containers: [{name: main, image: 'a:1'}]}\n"
        (place / "open" / "books.yaml").write_text(OPEN + pod, encoding="utf-8")
        done = ask(place, "diff web open")
        assert "Workloads added: shop/books[Pod]" in done.out
        assert "shop/Books[Scenario]" not in done.out


class TestPoliciesWithoutKnownPods:
    """A change of them is a difference, though no workload is there to show it."""

    @pytest.mark.parametrize(
        ("old", "new", "status"),
        [(SHUT, OPEN, "changed"), ("", OPEN, "added"), (OPEN, "", "removed")],
    )
    @pytest.mark.parametrize("form", ["text", "markdown", "csv", "json"])
    def test_is_named(self, tmp_path: Path, old: str, new: str, status: str, form: str) -> None:
        space = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n---\n"
        (tmp_path / "old.yaml").write_text(space + old, encoding="utf-8")
        (tmp_path / "new.yaml").write_text(space + new, encoding="utf-8")
        done = netsim("diff", "old.yaml", "new.yaml", "-f", form, cwd=tmp_path)
        assert done.code == 1
        assert status in done.out
        assert "app=books" in done.out
        assert "shop/books" in done.out

    def test_what_it_opens_is_shown(self, tmp_path: Path) -> None:
        (tmp_path / "old.yaml").write_text(SHUT, encoding="utf-8")
        (tmp_path / "new.yaml").write_text(OPEN, encoding="utf-8")
        result = json.loads(
            netsim("diff", "old.yaml", "new.yaml", "-f", "json", cwd=tmp_path).out
        )
        assert {each["dst"] for each in result["differences"]} == {
            "shop/any pod with app=books[Any]"
        }

    def test_a_peer_without_known_pods_counts(self, tmp_path: Path) -> None:
        pod = "---\napiVersion: v1\nkind: Pod\n"
        pod += "metadata: {name: books, namespace: shop, labels: {app: books}}\n"
        pod += "spec: {containers: [{name: main, image: 'a:1'}]}\n"
        (tmp_path / "old.yaml").write_text(SHUT + pod, encoding="utf-8")
        (tmp_path / "new.yaml").write_text(FROM_WEB + pod, encoding="utf-8")
        done = netsim("diff", "old.yaml", "new.yaml", cwd=tmp_path)
        assert done.code == 1
        assert "shop/any pod with app=web[Any] => shop/books[Pod]" in done.out

    def test_the_same_meaning_is_no_difference(self, tmp_path: Path) -> None:
        (tmp_path / "old.yaml").write_text(OPEN, encoding="utf-8")
        (tmp_path / "new.yaml").write_text("# moved\n\n" + OPEN, encoding="utf-8")
        assert netsim("diff", "old.yaml", "new.yaml", cwd=tmp_path).code == 0

    def test_namespaces_that_nobody_knows(self, tmp_path: Path) -> None:
        text = """\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: all}
spec:
  priority: 1
  subject: {namespaces: {matchLabels: {team: a}}}
  ingress: [{action: Deny, from: [namespaces: {}]}]
"""
        (tmp_path / "old.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "new.yaml").write_text(text.replace("Deny", "Allow"), encoding="utf-8")
        done = netsim("diff", "old.yaml", "new.yaml", cwd=tmp_path)
        assert done.code == 1
        assert "selects no known pod: {} in namespaces with team=a" in done.out
        assert "=> a namespace with team=a/any other pod[Any]" in done.out
