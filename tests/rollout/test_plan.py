"""The steps of a document, matched with the files of the input."""

from __future__ import annotations

import pytest

from netsim.intent.document.statements import Statements, Step
from netsim.model.bundle import Bundle, Manifest
from netsim.model.location import Location
from netsim.model.references import ObjectName
from netsim.rollout.plan import Kind, find_chart, plan_documented

FILES = ("k8s/a.yaml", "k8s/b/c.yaml", "k8s/b/d.yaml", "k8s/e.yaml", "other/f.yaml")


def step(number: int, title: str, *paths: str) -> Step:
    return Step(number, title, paths, Location("k8s/README.md", number))


def held(file: str, kind: str = "ConfigMap", namespace: str = "shop") -> Manifest:
    return Manifest(ObjectName(kind, namespace, "x"), Location(file, 1))


def bundle(*manifests: Manifest) -> Bundle:
    return Bundle(FILES, manifests or tuple(held(file) for file in FILES))


def stated(*steps: Step, file: str = "k8s/README.md") -> Statements:
    return Statements(file, steps=steps)


@pytest.mark.parametrize(
    ("path", "units"),
    [
        ("a.yaml", ["k8s/a.yaml"]),
        ("./a.yaml", ["k8s/a.yaml"]),
        ("b/", ["k8s/b/c.yaml", "k8s/b/d.yaml"]),
        ("b", ["k8s/b/c.yaml", "k8s/b/d.yaml"]),
        ("b/d.yaml", ["k8s/b/d.yaml"]),
        # All of the document's folder, and nothing beside it.
        (".", list(FILES[:4])),
        # A part of a name is no name.
        ("a", []),
        ("k8s/a.yaml", []),
    ],
)
def test_paths_are_relative_to_the_document(path: str, units: list[str]) -> None:
    plan = plan_documented(stated(step(1, "Some", path)), bundle(), ("shop",))
    assert list(plan.steps[0].units) == units
    assert [each.path for each in plan.unknown] == ([] if units else [path])


def test_a_path_outside_the_folder_may_well_exist() -> None:
    plan = plan_documented(stated(step(1, "F", "../other/f.yaml")), bundle(), ("shop",))
    assert (plan.steps[0].units, plan.unknown) == ((), ())


def test_an_unknown_path_has_a_neighbour() -> None:
    plan = plan_documented(stated(step(1, "C", "b/cc.yaml")), bundle(), ("shop",))
    (unknown,) = plan.unknown
    (nearest,) = unknown.related
    assert (unknown.near, nearest.location.file) == ("b/c.yaml", "k8s/b/c.yaml")


def test_files_of_the_folder_that_are_in_no_step_come_last() -> None:
    plan = plan_documented(
        stated(step(1, "A", "a.yaml"), step(2, "B", "b/")), bundle(), ("shop",)
    )
    assert plan.unlisted == ("k8s/e.yaml",)
    assert [each.kind for each in plan.steps] == [Kind.APPLIED, Kind.APPLIED, Kind.UNLISTED]


def test_a_file_without_objects_needs_no_step() -> None:
    plan = plan_documented(
        stated(step(1, "A", "a.yaml")), bundle(held("k8s/a.yaml")), ("shop",)
    )
    assert plan.unlisted == ()


@pytest.mark.parametrize(
    ("kinds", "aside"),
    [
        ([("Secret", "local")], True),
        ([("Secret", "local"), ("Secret", "test")], True),
        # Of the scenario's namespace: an order should say when they come.
        ([("Secret", "shop")], False),
        ([("Secret", "local"), ("Secret", "shop")], False),
        ([("Secret", "local"), ("ConfigMap", "local")], False),
    ],
)
def test_secrets_of_other_namespaces_need_no_step(
    kinds: list[tuple[str, str]], *, aside: bool
) -> None:
    manifests = (held("k8s/e.yaml", kind, namespace) for kind, namespace in kinds)
    plan = plan_documented(stated(), bundle(*manifests), ("shop",))
    assert plan.aside == (("k8s/e.yaml",) if aside else ())
    assert plan.unlisted == (() if aside else ("k8s/e.yaml",))


@pytest.mark.parametrize(
    ("titles", "chart"),
    [
        (["Namespace", "Helm chart", "Chart of tests"], "Helm chart"),
        (["External Secrets Operator chart", "Helm release"], "Helm release"),
        (["Deployments of the chart"], "Deployments of the chart"),
        (["Workloads"], "Workloads"),
        # A word within another.
        (["Charter", "Namespace"], None),
        (["Ingress controller (Helm)"], None),
    ],
)
def test_the_step_that_brings_what_the_input_lacks(
    titles: list[str], chart: str | None
) -> None:
    assert find_chart([step(n, title) for n, title in enumerate(titles, 1)]) == chart


def test_a_step_with_files_is_no_chart() -> None:
    assert find_chart([step(1, "Deployments", "a.yaml")]) is None


def test_a_file_counts_where_it_is_first_applied() -> None:
    again = stated(step(1, "A", "a.yaml"), step(2, "B", "b/"), step(3, "A again", "a.yaml"))
    plan = plan_documented(again, bundle(), ("shop",))
    assert plan.places["k8s/a.yaml"] == (0, 0)
    assert plan.places["k8s/b/d.yaml"] == (1, 1)
    assert "other/f.yaml" not in plan.places


def test_a_step_may_name_kinds() -> None:
    """Their files are those that no other step names; the first step takes a file."""
    manifests = (
        held("k8s/a.yaml", "NetworkPolicy"),
        held("k8s/b/c.yaml", "Service"),
        held("k8s/b/c.yaml", "Deployment"),
        held("k8s/b/d.yaml", "Deployment"),
        held("k8s/e.yaml", "Deployment"),
        held("other/f.yaml", "NetworkPolicy"),
    )
    steps = (
        step(1, "Network policies"),
        step(2, "Services"),
        step(3, "Deployments"),
        step(4, "Web", "e.yaml"),
        step(5, "Secrets"),
    )
    plan = plan_documented(stated(*steps), bundle(*manifests), ("shop",))
    assert [each.units for each in plan.steps] == [
        ("k8s/a.yaml",),
        ("k8s/b/c.yaml",),
        ("k8s/b/d.yaml",),
        ("k8s/e.yaml",),
        ("Secrets",),
    ]
    assert plan.steps[4].kind is Kind.INSTALLED
    assert plan.unlisted == ()
