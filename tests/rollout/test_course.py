"""Which flows are wrong on the way: only between pods that exist, and only for the time."""

from __future__ import annotations

import pytest

from netsim.judge.case import Case
from netsim.rollout.course import Course, Fault, Follower, Presence, Situation, order_objects
from netsim.rollout.plan import plan_documented
from tests.rollout.samples import CHART, ENDPOINTS, FLOWS, Steps, deployment
from tests.rules.samples import documents, pod, policy

DENY = policy("deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]")
WEB = policy(
    "web",
    "podSelector: {matchLabels: {app: web}}\npolicyTypes: [Egress]\n"
    "egress: [{to: [{podSelector: {matchLabels: {app: api}}}], ports: [{port: 80}]}]",
)
API = policy(
    "api",
    "podSelector: {matchLabels: {app: api}}\n"
    "ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]",
)
FILES = {
    "deny.yaml": DENY,
    "allow.yaml": documents(WEB, API),
    "web.yaml": pod("web"),
    "api.yaml": pod("api"),
}
GOOD = ("deny.yaml", "allow.yaml", "web.yaml", "api.yaml")


def course(subject: Case, situation: Situation = Situation.FIRST) -> Course:
    plan = plan_documented(subject.statements[0], subject.bundle, ("shop",))
    order = order_objects(plan, subject)
    return Follower(subject).follow(order, plan.chart, situation)


def flows(subject: Case, situation: Situation = Situation.FIRST) -> list[list[str]]:
    """The pairs that are wrong before the first step and after each."""
    found = course(subject, situation)
    states = (found.before, *(step.after for step in found.steps))
    return [
        [f"{f.fault.value} {f.source} > {f.destination}" for f in state.flows]
        for state in states
    ]


def test_policies_first_leave_nothing_wrong() -> None:
    assert flows(deployment(FILES, GOOD)) == [[]] * 5


def test_before_any_pod_there_is_nothing_to_judge() -> None:
    found = course(deployment(FILES, GOOD))
    presences = [step.after.presence for step in found.steps]
    assert presences == [Presence.NO_PODS] * 2 + [Presence.PODS] * 2


ALONE = [
    "open web > any other address",
    "open any other address > web",
]
"""What an open pod has beside other pods; of its own kind there is none."""


def test_a_pod_before_its_policies_is_open_until_they_come() -> None:
    found = flows(deployment(FILES, ("web.yaml", "deny.yaml", "allow.yaml", "api.yaml")))
    assert found == [[], ALONE, [], [], []]


def test_a_flow_counts_once_both_ends_exist() -> None:
    steps = ("deny.yaml", "web.yaml", "api.yaml", "allow.yaml")
    found = flows(deployment(FILES, steps))
    assert found == [[], [], [], ["broken web > api"], []]


def test_states_within_a_step() -> None:
    files = {"all.yaml": documents(pod("web"), pod("api"), DENY, WEB, API)}
    (step,) = course(deployment(files, ("all.yaml",))).steps
    shown = [(s.item.title if s.item else "", len(s.flows)) for s in step.states]
    assert [title for title, _ in shown] == [
        "Pod shop/web",
        "Pod shop/api",
        "NetworkPolicy shop/deny",
        "NetworkPolicy shop/web",
        "NetworkPolicy shop/api",
    ]
    assert [bool(number) for _, number in shown] == [True, True, True, True, False]
    assert [state.count(Fault.BROKEN) for state in step.passing] == [0, 0, 1, 1]


def test_what_is_wrong_in_the_end_is_no_fault_of_the_order() -> None:
    """Nothing ever allows the flow, and nothing ever isolates api for egress."""
    files = {"web.yaml": documents(DENY, pod("web")), "api.yaml": pod("api")}
    assert flows(deployment(files, ("web.yaml", "api.yaml"))) == [[], [], []]


def test_running_pods_without_policies() -> None:
    found = flows(deployment(FILES, GOOD), Situation.EXISTING)
    before, denied, *rest = found
    assert "open web > api" in before
    assert denied == ["broken web > api"]
    assert rest == [[]] * 3


# --- what the input lacks -----------------------------------------------------------------

LACKING = {name: FILES[name] for name in ("deny.yaml", "allow.yaml", "web.yaml")}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        # The chart brings api, which is open until its policies come.
        (("deny.yaml", "allow.yaml", CHART, "web.yaml"), [0, 0, 0, 0, 0]),
        ((CHART, "deny.yaml", "allow.yaml", "web.yaml"), [0, 3, 0, 0, 0]),
        # Without a step for it, nothing is said of api.
        (("deny.yaml", "web.yaml", "allow.yaml"), [0, 0, 0, 0]),
        (("deny.yaml", CHART, "web.yaml", "allow.yaml"), [0, 0, 0, 1, 0]),
    ],
)
def test_pods_that_a_chart_brings(steps: Steps, expected: list[int]) -> None:
    assert [len(each) for each in flows(deployment(LACKING, steps))] == expected


INFRASTRUCTURE = "  dns: {namespace: kube-system, labels: {k8s-app: dns}}\n"
TO_DNS = FLOWS.rstrip("]\n") + ", {from: web, to: dns, ports: [UDP 53], because: names}]\n"


def test_pods_of_other_namespaces_run_from_the_start() -> None:
    names = policy(
        "names",
        "podSelector: {}\npolicyTypes: [Egress]\n"
        "egress: [{to: [{namespaceSelector: {}}], ports: [{port: 53, protocol: UDP}]}]",
    )
    files = {**FILES, "names.yaml": names}
    steps = ("deny.yaml", "web.yaml", "names.yaml", "allow.yaml", "api.yaml")
    found = flows(deployment(files, steps, ENDPOINTS + INFRASTRUCTURE, TO_DNS))
    assert found[2] == ["broken web > dns"]
    assert found[3] == []


def test_a_workload_that_the_scenario_names_may_come_later() -> None:
    """Until then it is no endpoint, rather than one that is missing."""
    endpoints = "  web: {labels: {app: web}}\n  api: {workload: api}\n"
    assert flows(deployment(FILES, GOOD, endpoints)) == [[]] * 5


def test_an_endpoint_of_every_pod_is_none_of_its_own() -> None:
    """Of pods that nobody has written none exists."""
    endpoints = ENDPOINTS + "  any-pod: {labels: {}}\n"
    policies = {name: FILES[name] for name in ("deny.yaml", "allow.yaml")}
    found = course(deployment(policies, ("deny.yaml", "allow.yaml"), endpoints))
    assert {step.after.presence for step in found.steps} == {Presence.NO_PODS}


def test_a_file_in_no_step_comes_last() -> None:
    found = course(deployment(FILES, ("deny.yaml", "web.yaml", "api.yaml")))
    assert [len(step.after.flows) for step in found.steps] == [0, 0, 1, 0]
    assert found.steps[-1].step.units == ("allow.yaml",)
