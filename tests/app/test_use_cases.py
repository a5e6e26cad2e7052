"""Use cases from Python: they print nothing, never exit, and say in types what is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import netsim
from netsim.app.check import CheckRequest, check
from netsim.app.notes import Note
from netsim.errors import ParametersError
from netsim.model.conventions import IpBlockPods
from tests.cli.command import MANIFESTS, ROOT

SHOP = MANIFESTS / "shop"
HALF = MANIFESTS / "half"


@pytest.fixture(autouse=True)
def quiet(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    yield
    assert capfd.readouterr() == ("", "")


def test_check_finds_the_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = netsim.check(["manifests/"])
    assert result.conclusion is netsim.Conclusion.PASSED
    assert str(result.conclusion) == "passed"
    assert (result.coverage.scenario, result.notes) == ("scenarios/production.yaml", ())


def test_check_without_documentation_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = netsim.check(SHOP)
    assert result.notes == (Note.NO_DIAGRAM,)
    assert result.coverage.scenario is None


def test_check_with_a_scenario_that_is_missing_still_runs_the_other_rules() -> None:
    result = netsim.check(ROOT / "manifests", scenario=HALF / "none.yaml")
    assert result.conclusion is netsim.Conclusion.BAD_INPUT
    assert "none.yaml: cannot be read" in str(result.errors[0])
    assert result.suppressed


def test_check_of_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    result = netsim.check(tmp_path)
    assert result.conclusion is netsim.Conclusion.BAD_INPUT
    assert [str(each).partition(": ")[2] for each in result.errors] == [
        "no manifest here: the folder holds no .yaml, .yml or .json file"
    ]


def test_a_request_is_a_value() -> None:
    request = CheckRequest((str(SHOP),), namespace="shop")
    assert request == CheckRequest((str(SHOP),), namespace="shop")
    assert check(request) == netsim.check(SHOP, namespace="shop")


def test_one_bad_document_leaves_the_others() -> None:
    result = netsim.list_connections(HALF)
    assert len(result.errors) == 2
    assert result.pairs


def test_conventions_take_words_and_members() -> None:
    for choice in ("ignore", IpBlockPods.IGNORE):
        answers = netsim.evaluate(
            SHOP, [("shop/web", "tools/cache", 443)], ipblock_pods=choice
        ).answers
        assert [each.outcome for each in answers] == [netsim.Outcome.DENY]


def test_questions_without_an_answer_are_refused_one_by_one() -> None:
    unknown = netsim.ConnectionQuery("shop/wep", "shop/api", 4000)
    result = netsim.evaluate(SHOP, [unknown, ("shop/web", "shop/api", 4000)])
    assert [each.outcome for each in result.answers] == [netsim.Outcome.ALLOW]
    assert "no pod or workload 'shop/wep'" in result.refused[0]


def test_a_rejected_document_makes_every_answer_unknown() -> None:
    result = netsim.evaluate(HALF, [("ns/one", "ns/two", 1)])
    assert result.unknown == result.answers


def test_explain_without_a_port_is_an_overview() -> None:
    result = netsim.explain(SHOP, "shop/web", "shop/api")
    assert "shop/web" in netsim.render(result)


def test_diff_of_a_folder_with_itself() -> None:
    assert netsim.diff(SHOP, str(SHOP)).diff.is_empty


def test_diff_with_a_side_that_is_not_there() -> None:
    with pytest.raises(netsim.LoadError, match="cannot be read"):
        netsim.diff(SHOP, MANIFESTS / "none")


def test_a_path_that_is_not_there() -> None:
    result = netsim.query(SHOP, "path", source="tools/agent", destination="shop/web")
    assert result.is_without_path


def test_drain_takes_numbers_of_pods(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    drain = netsim.drain_node("manifests/", replicas={"api": 2, "web": 1}).drain
    numbers = {fate.group.title: fate.placed.number for fate in drain.fates}
    assert [n.pods for title, n in numbers.items() if n and "web" in title] == [1]


def test_snapshot_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "objects.yaml"
    file.write_text("kind: Namespace\napiVersion: v1\nmetadata: {name: a}\n")
    taken = netsim.snapshot(source=file)
    assert taken.counts == {"Namespace": 1}


@pytest.mark.parametrize(
    ("ask", "parameter"),
    [
        (lambda: netsim.check(SHOP, ipblock_pods="some"), "ipblock_pods"),
        (lambda: netsim.check(SHOP, pod_ranges=["10.0.0.0/33"]), "pod_ranges"),
        (lambda: netsim.evaluate(SHOP, [("a/b", "c/d", 0)]), "port"),
        (lambda: netsim.explain(SHOP, "a/b", "c/d", 1, "ICMP"), "protocol"),
        (lambda: netsim.query(SHOP, "nothing"), "question"),
        (lambda: netsim.order(SHOP, choice="any"), "choice"),
        (lambda: netsim.drain_node(SHOP, replicas={"none": 1}), "replicas"),
        (lambda: netsim.drain_node(SHOP, node="none"), "node"),
        (lambda: netsim.render(netsim.check(SHOP), "csv"), "form"),
    ],
)
def test_requests_that_are_not_well_put(ask: Callable[[], object], parameter: str) -> None:
    with pytest.raises(netsim.RequestError) as caught:
        ask()
    assert caught.value.parameter == parameter
    assert isinstance(caught.value, ValueError)


def test_parameters_that_a_question_needs_or_does_not_take() -> None:
    with pytest.raises(ParametersError, match="path needs source and destination"):
        netsim.query(SHOP, "path")
    with pytest.raises(ParametersError, match="idle takes no port"):
        netsim.query(SHOP, "idle", port=1)


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda: netsim.list_connections(HALF, focus="x"), "nothing in the input is called"),
        (lambda: netsim.explain(HALF, "a/b", "c/d", 1), "no namespace 'a'"),
        (lambda: netsim.query(HALF, "sources", destination="a/b"), "no namespace 'a'"),
        (lambda: netsim.snapshot(source=HALF / "none"), "cannot be read"),
        (lambda: netsim.order(MANIFESTS / "none"), "nothing to order"),
    ],
)
def test_questions_without_an_answer(ask: Callable[[], object], message: str) -> None:
    with pytest.raises(netsim.UnanswerableError, match=message):
        ask()


def test_an_error_also_says_what_is_wrong_with_the_input() -> None:
    with pytest.raises(netsim.UnanswerableError) as caught:
        netsim.explain(HALF, "a/b", "c/d", 1)
    assert len(caught.value.diagnostics) == 2


def test_order_needs_all_of_its_documentation() -> None:
    with pytest.raises(netsim.DocumentationError, match=r"none\.yaml: cannot be read"):
        netsim.order(ROOT / "manifests", scenario="none.yaml")


def test_all_errors_are_of_one_tree() -> None:
    for error in (
        netsim.LoadError,
        netsim.DocumentationError,
        netsim.RequestError,
        netsim.UnanswerableError,
    ):
        assert issubclass(error, netsim.NetsimError)


def test_every_public_name_exists() -> None:
    assert all(hasattr(netsim, name) for name in netsim.__all__)
    assert {*netsim.__all__} <= {*dir(netsim)}
