from __future__ import annotations

import pytest
from hypothesis import event, given
from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.query.idle import Idle, Reason, idle
from netsim.engine.reachability import Connections, Reachability
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.policies import Policy
from netsim.model.resources import Resources
from tests.rules.samples import documents, namespace, pod, policy, resources
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.questions import interesting_addresses

PODS = documents(namespace("shop"), pod("api"), pod("web"))
DENY = policy("deny", "podSelector: {}")
API = "podSelector: {matchLabels: {app: api}}"
FROM_WEB = "{from: [podSelector: {matchLabels: {app: web}}], ports: [{port: 80}]}"
FROM_ON_ANY = FROM_WEB.replace("80", '"${PORT}"')
BASELINE = "BaselineAdminNetworkPolicy/default"
FROM_NOBODY_IN_SHOP = (
    "{from: [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}, "
    "podSelector: {matchLabels: {app: wep}}}]}"
)
OUT = "policyTypes: [Egress]\negress: "


def admin(name: str, priority: int, *rules: str) -> str:
    head = "apiVersion: policy.networking.k8s.io/v1alpha1\nkind: AdminNetworkPolicy"
    spec = f"priority: {priority}, subject: {{namespaces: {{}}}}, ingress: [{', '.join(rules)}]"
    return f"{head}\nmetadata: {{name: {name}}}\nspec: {{{spec}}}"


def all_from(action: str, ports: str = "") -> str:
    limit = f", ports: [{{portRange: {ports}}}]" if ports else ""
    return f"{{action: {action}, from: [{{namespaces: {{}}}}]{limit}}}"


LOW, HIGH = ("{protocol: TCP, start: 1, end: 99}", "{protocol: TCP, start: 50, end: 60}")

SAMPLES = {
    "all of use": (documents(PODS, DENY, policy("api", f"{API}\ningress: [{FROM_WEB}]")), []),
    "no subject": (
        documents(PODS, policy("db", "podSelector: {matchLabels: {app: db}}")),
        ["shop/db selects no pod"],
    ),
    # Protects pods that nobody has written yet.
    "default deny": (
        documents(
            PODS,
            DENY,
            policy("api", API),
            policy("web", "podSelector: {matchLabels: {app: web}}"),
        ),
        [
            "shop/api redundant by shop/deny",
            "shop/web redundant by shop/deny",
        ],
    ),
    "twice the same": (
        documents(PODS, DENY, policy("deny-too", "podSelector: {}")),
        [
            "shop/deny redundant by shop/deny-too",
            "shop/deny-too redundant by shop/deny",
        ],
    ),
    "peer nobody is": (
        documents(
            PODS, DENY, policy("api", f"{API}\ningress: [{FROM_WEB.replace('web', 'w')}]")
        ),
        ["shop/api ingress[0] matches nothing"],
    ),
    # Its pods are of a namespace that the input does not have.
    "peer elsewhere": (
        documents(
            PODS,
            DENY,
            policy(
                "api",
                f"{API}\ningress: [{{from: [namespaceSelector: {{matchLabels: {{a: b}}}}]}}]",
            ),
        ),
        [f"shop/api ingress[0] {Reason.UNREAD.value}"],
    ),
    # All pods of the namespaces that it asks for are there, and none is such a pod.
    "peer nobody is in a known namespace": (
        documents(PODS, DENY, policy("api", f"{API}\ningress: [{FROM_NOBODY_IN_SHOP}]")),
        ["shop/api ingress[0] matches nothing"],
    ),
    "peer in a namespace without pods": (
        documents(
            PODS,
            namespace("ops"),
            DENY,
            policy("api", f"{API}\ningress: [{FROM_NOBODY_IN_SHOP.replace('shop', 'ops')}]"),
        ),
        [f"shop/api ingress[0] {Reason.UNREAD.value}"],
    ),
    "rule within another": (
        documents(
            PODS,
            DENY,
            policy(
                "api",
                f"{API}\ningress: [{FROM_WEB}, "
                f"{FROM_WEB.replace('{port: 80}', '{port: 80}, {port: 81}')}]",
            ),
        ),
        ["shop/api ingress[0] redundant by shop/api ingress[1]"],
    ),
    "other end denies": (
        documents(
            PODS,
            DENY,
            policy("api", f"{API}\ningress: [{FROM_WEB}]"),
            policy("web", "podSelector: {matchLabels: {app: web}}\n" + OUT + "[]"),
        ),
        ["shop/api changes nothing, as the other end denies the connections anyway"],
    ),
    "under an admin rule": (
        documents(
            PODS,
            DENY,
            policy("api", f"{API}\ningress: [{FROM_WEB}]"),
            admin("ban", 5, all_from("Deny")),
        ),
        ["shop/api ingress[0] is shadowed by AdminNetworkPolicy/ban ingress[0]"],
    ),
    "admin rule within an earlier one": (
        documents(
            PODS,
            admin("ban", 5, all_from("Deny", LOW)),
            admin("open", 6, all_from("Allow", HIGH)),
        ),
        ["AdminNetworkPolicy/open ingress[0] is shadowed by AdminNetworkPolicy/ban ingress[0]"],
    ),
    # Nothing says which of two policies of one priority comes first.
    "admin rule of the same priority": (
        documents(
            PODS,
            admin("ban", 5, all_from("Deny", LOW)),
            admin("open", 5, all_from("Allow", HIGH)),
        ),
        [],
    ),
    # What follows allows by default, too.
    "admin rule that allows what is open": (
        documents(PODS, admin("open", 5, all_from("Allow", LOW))),
        ["AdminNetworkPolicy/open redundant"],
    ),
    # The Baseline tier denies it, too, where no NetworkPolicy isolates.
    "admin rule before a baseline that agrees": (
        documents(
            PODS,
            admin("ban", 5, all_from("Deny")),
            admin("default", 0, all_from("Deny"))
            .replace("kind: Admin", "kind: BaselineAdmin")
            .replace("priority: 0, ", ""),
        ),
        [
            f"AdminNetworkPolicy/ban redundant by {BASELINE} ingress[0]",
            f"{BASELINE} ingress[0] is shadowed by AdminNetworkPolicy/ban ingress[0]",
        ],
    ),
    # Which port the third opens is not known, and does not matter for the others.
    "beside an unknown port": (
        documents(
            PODS,
            DENY,
            policy(
                "api",
                f"{API}\ningress: [{FROM_WEB}, "
                f"{FROM_WEB.replace('{port: 80}', '{port: 80}, {port: 81}')}, "
                f"{FROM_ON_ANY}]",
            ),
        ),
        ["shop/api ingress[0] redundant by shop/api ingress[1], shop/api ingress[2]"],
    ),
    # Of two rules that may both match, each may be the one that does.
    "unknown": (
        documents(
            PODS,
            DENY,
            policy(
                "api",
                f"{API}\ningress: "
                "[{from: [ipBlock: {cidr: 10.1.0.0/16}]}, "
                "{from: [ipBlock: {cidr: 10.1.0.0/17}]}]",
            ),
        ),
        [],
    ),
}


def shown(found: Idle) -> str:
    by = f" by {', '.join(other.title for other in found.by)}" if found.by else ""
    return f"{found.title} {found.reason.value}{by}"


@pytest.mark.parametrize("name", SAMPLES)
def test_samples(name: str) -> None:
    text, expected = SAMPLES[name]
    assert [shown(each) for each in idle(Evaluator.of(resources(text)))] == expected


def test_places_are_those_of_the_input() -> None:
    text = SAMPLES["rule within another"][0]
    (found,) = idle(Evaluator.of(resources(text)))
    assert text.splitlines()[found.location.line - 1].startswith("  ingress:")
    assert [other.location.line for other in found.by] == [found.location.line]


def without(resources: Resources, title: str) -> Resources:
    """The resources without a policy, or without a rule of one."""
    kept = (cut(policy, title) for policy in resources.policies if policy.title != title)
    return replace(resources, policies=tuple(kept))


def cut(policy: Policy, title: str) -> Policy:
    return replace(policy, rules=tuple(rule for rule in policy.rules if rule.title != title))


@given(clusters())
@thorough(150)
def test_taking_one_away_changes_nothing(cluster: Cluster) -> None:
    resources, conventions = cluster.resources, cluster.conventions
    before = every_connection(resources, resources, conventions)
    for found in idle(Evaluator.of(resources, conventions)):
        event(found.reason.name)
        rest = without(resources, found.title)
        assert rest != resources
        assert every_connection(resources, rest, conventions) == before, shown(found)


def every_connection(
    asked: Resources, answered: Resources, conventions: Conventions
) -> list[Connections]:
    """About the ends that are interesting in one input, what another one allows."""
    reachability = Reachability.of(answered, conventions)
    pods = [PodEndpoint(pod.title, (pod,)) for pod in asked.pods]
    outside = [
        ExternalEndpoint(str(a), AddressSet.single(a)) for a in interesting_addresses(asked)
    ]
    ends: list[Endpoint] = [*pods, *outside]
    inward = [reachability.connections(a, b) for a in ends for b in pods]
    return inward + [reachability.connections(a, b) for a in pods for b in outside]


def test_reasons_are_all_tried() -> None:
    said = " ".join(row for _, rows in SAMPLES.values() for row in rows)
    assert all(reason.value in said for reason in Reason)
