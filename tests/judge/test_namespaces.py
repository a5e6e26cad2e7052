"""The documented world has as many namespaces as the scenario says.

Whatever is drawn, listed or denied is judged wherever its ends are.
"""

from __future__ import annotations

from itertools import permutations

import pytest

from netsim.intent.diagram.reading import Diagram
from netsim.intent.documentation import Documentation, combine_flows
from netsim.intent.scenario.scenario import read_scenario
from netsim.judge.case import Case, build_case
from netsim.judge.judgement import Judgement, Standing
from netsim.model.conventions import Conventions
from netsim.rules.diagram import broken, exposed, forbidden
from tests.rules.samples import documents, pod, policy, resources, run, write_patch

HEAD = "diagram: {file: a.md, heading: A}\n"
CLOSED = "podSelector: {}\npolicyTypes: [Ingress, Egress]"
INGRESS_ONLY = "podSelector: {}\npolicyTypes: [Ingress]"
ENDPOINTS = """\
endpoints:
  web: {namespace: shop, labels: {app: web}}
  cache: {namespace: data, labels: {app: cache}}
  gate: {namespace: edge, labels: {app: gate}}
  portal: {namespace: edge, labels: {app: portal}}
  each: {namespace: shop, labels: {}}
  cluster: {namespace: "*", labels: {}}
  world: {addresses: [0.0.0.0/0]}
"""


def judge(head: str, flows: str, *objects: str) -> Case:
    scenario = read_scenario(HEAD + head + ENDPOINTS + flows, "scenario.yaml")
    flows_of_both = combine_flows(scenario, Diagram())
    documentation = Documentation(scenario, Diagram(), flows_of_both)
    read = resources(documents(*objects))
    return build_case(read, Conventions(), documentation)


def find(case: Case, source: str, destination: str) -> Judgement | None:
    ends = source, destination
    pairs = (j for j in case.judgements if (j.source.title, j.destination.title) == ends)
    return next(pairs, None)


def standing(case: Case, source: str, destination: str) -> Standing:
    judgement = find(case, source, destination)
    return judgement.standing if judgement else Standing.AS_DOCUMENTED


def entry(section: str, source: str, destination: str, ports: str = "[TCP 80]") -> str:
    flow = f"{{from: {source}, to: {destination}, ports: {ports}, because: why}}"
    return f"{section}: [{flow}]\n"


def test_the_world_is_closed_in_each_namespace() -> None:
    case = judge("namespaces: [shop, data]\n", "", policy("closed", CLOSED))
    open_ends = {j.destination.title for j in case.judgements if j.exposed}
    assert "cache" in open_ends
    assert "any other pod in data" in open_ends
    assert "web" not in open_ends
    (leak,) = (f for f in run(exposed.CHECK, case) if "gate -> cache" in f"{f.flows}")
    assert "namespace: data" in write_patch(leak)


def test_the_patch_of_each_open_namespace_is_its_own() -> None:
    case = judge("namespaces: [shop, data]\n", "", policy("closed", CLOSED, "other"))
    patches = "".join(write_patch(each) for each in run(exposed.CHECK, case))
    assert "namespace: shop" in patches
    assert "namespace: data" in patches


@pytest.mark.parametrize(
    ("section", "policies", "expected"),
    [
        ("flows", (), Standing.AS_DOCUMENTED),
        ("flows", (policy("closed", CLOSED, "edge"),), Standing.BROKEN),
        ("deny", (), Standing.FORBIDDEN),
        ("deny", (policy("closed", CLOSED, "edge"),), Standing.AS_DOCUMENTED),
    ],
)
def test_a_flow_between_other_namespaces_is_judged(
    section: str, policies: tuple[str, ...], expected: Standing
) -> None:
    base = policy("closed", CLOSED)
    case = judge("namespace: shop\n", entry(section, "gate", "portal"), base, *policies)
    judgement = find(case, "gate", "portal")
    assert judgement is not None
    assert judgement.standing is expected
    check = {Standing.BROKEN: broken, Standing.FORBIDDEN: forbidden}.get(expected)
    if check:
        assert "gate -> portal TCP 80" in f"{run(check.CHECK, case)}"


def test_what_is_not_stated_of_other_namespaces_is_left_open() -> None:
    case = judge("namespace: shop\n", entry("flows", "gate", "portal"), policy("c", CLOSED))
    assert find(case, "portal", "gate") is None
    judgement = find(case, "gate", "portal")
    assert judgement is not None
    assert not judgement.exposed


NAMES = ("web", "cache", "gate", "portal", "cluster", "world")
UNJUDGEABLE = {("cluster", "world"), ("world", "cluster")}


@pytest.mark.parametrize(
    ("section", "ends"),
    [
        (section, ends)
        for section in ("flows", "deny")
        for ends in permutations(NAMES, 2)
        if section == "deny" or ends not in UNJUDGEABLE
    ],
)
def test_no_flow_goes_unjudged(section: str, ends: tuple[str, str]) -> None:
    case = judge("namespace: shop\n", entry(section, *ends), policy("closed", CLOSED))
    assert case.unjudged == ()
    judged = {flow for judgement in case.judgements for flow in judgement.flows}
    assert judged == {*case.documentation.flows}


def test_two_names_of_one_running_pod_leave_nothing_to_judge() -> None:
    more = entry("flows", "gate", "web").replace("gate", "alone")
    more = f"  alone: {{workload: shop/web}}\n{more}"
    web = pod("web", "app: web")
    case = judge("namespace: shop\n", more, web, policy("closed", CLOSED))
    assert [flow.title for flow in case.unjudged] == ["alone -> web"]


class TestPodsOfAnyNamespace:
    """A flow with such an end documents only the other end's direction."""

    OPEN = "flows: [{from: [web, each], to: [cluster, world], because: open egress}]\n"

    def test_open_egress_is_documented_once(self) -> None:
        case = judge("namespace: shop\n", self.OPEN, policy("closed", INGRESS_ONLY))
        elsewhere = standing(case, "web", "any pod in another namespace")
        assert elsewhere is Standing.AS_DOCUMENTED
        assert standing(case, "any other pod in shop", "world") is Standing.AS_DOCUMENTED
        assert standing(case, "web", "any other pod in shop") is Standing.AS_DOCUMENTED

    def test_it_is_required(self) -> None:
        case = judge("namespace: shop\n", self.OPEN, policy("closed", CLOSED))
        assert standing(case, "web", "any pod in another namespace") is Standing.BROKEN
        text = f"{run(broken.CHECK, case)}"
        assert "web -> any pod in another namespace" in text

    def test_it_says_nothing_of_two_endpoints_with_names(self) -> None:
        case = judge("namespace: shop\n", self.OPEN, policy("closed", INGRESS_ONLY))
        assert standing(case, "web", "cache") is Standing.EXPOSED
        shut = judge("namespace: shop\n", self.OPEN, policy("closed", CLOSED))
        assert standing(shut, "web", "cache") is Standing.AS_DOCUMENTED

    def test_it_says_nothing_of_the_ingress_of_others(self) -> None:
        case = judge("namespace: shop\n", self.OPEN, policy("other", CLOSED, "x"))
        assert standing(case, "web", "any other pod in shop") is Standing.EXPOSED
        flow = "web -> any other pod in shop every port"
        (cause,) = (f for f in run(exposed.CHECK, case) if flow in f.flows)
        assert "No policy isolates the pods for ingress" in cause.message

    def test_ingress_from_anywhere(self) -> None:
        flows = entry("flows", "cluster", "portal")
        shut = judge(
            "namespace: shop\n", flows, policy("c", CLOSED), policy("c", CLOSED, "edge")
        )
        assert standing(shut, "any pod in another namespace", "portal") is Standing.BROKEN

    def test_a_denial_is_about_every_pod(self) -> None:
        flows = entry("deny", "cluster", "portal")
        case = judge("namespace: shop\n", flows, policy("closed", CLOSED))
        assert standing(case, "any pod in another namespace", "portal") is Standing.FORBIDDEN
        assert standing(case, "gate", "portal") is Standing.FORBIDDEN

    def test_labels_model_pods_in_each_namespace_of_interest(self) -> None:
        text = "  scraper: {namespace: '*', labels: {app: scraper}}\n"
        case = judge("namespace: shop\n", text, policy("other", CLOSED, "x"))
        titles = {judgement.source.title for judgement in case.judgements}
        assert {"shop/scraper[Scenario]", "another namespace/scraper[Scenario]"} <= titles


@pytest.mark.parametrize(
    ("direction", "open_end", "closed_end"),
    [
        ("ingress", ("web", "cache"), ("cache", "web")),
        ("egress", ("cache", "web"), ("web", "cache")),
    ],
)
def test_one_direction_is_closed(
    direction: str, open_end: tuple[str, str], closed_end: tuple[str, str]
) -> None:
    head = f"namespace: shop\ndirections: [{direction}]\n"
    case = judge(head, "", policy("other", CLOSED, "x"))
    assert standing(case, *open_end) is Standing.AS_DOCUMENTED
    assert standing(case, *closed_end) is Standing.EXPOSED
    for finding in run(exposed.CHECK, case):
        assert f"No policy isolates the pods for {direction}" in finding.message
