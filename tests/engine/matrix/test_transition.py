from __future__ import annotations

import pytest

from netsim.engine.matrix.diff import Side
from netsim.engine.matrix.transition import Caution, Hazard, find_cautions
from netsim.engine.naming.controller import Controller
from netsim.model.conventions import Conventions
from tests.rules.samples import documents, namespace, policy, resources

CHART = "app: db, chart: db-1.2.0"
NEXT = "app: db, chart: db-1.2.1"
DENY = policy("deny", "podSelector: {}\npolicyTypes: [Ingress, Egress]")


def stateful_set(labels: str, name: str = "db") -> str:
    metadata = f"metadata: {{name: {name}, namespace: shop}}"
    template = f"{{metadata: {{labels: {{{labels}}}}}, spec: {{containers: [{{name: a}}]}}}}"
    return f"apiVersion: apps/v1\nkind: StatefulSet\n{metadata}\nspec: {{template: {template}}}"


def among(labels: str, subject: str | None = None) -> str:
    chosen = labels if subject is None else subject
    return policy(
        "db",
        f"podSelector: {{matchLabels: {{{chosen}}}}}\n"
        f"ingress: [{{from: [{{podSelector: {{matchLabels: {{{labels}}}}}}}]}}]\n"
        "egress: [{}]\npolicyTypes: [Ingress, Egress]",
    )


def compare(old: str, new: str) -> tuple[Caution, ...]:
    before, now = (Side.of(resources(text), Conventions(), Controller()) for text in (old, new))
    return find_cautions(before, now)


def test_old_pods_meet_the_new_policy() -> None:
    (caution,) = compare(
        documents(DENY, among(CHART), stateful_set(CHART)),
        documents(DENY, among(NEXT), stateful_set(NEXT)),
    )
    assert caution.hazard is Hazard.ROLLING_UPDATE
    assert caution.title == "shop/db[StatefulSet]"
    assert caution.says == (
        "has chart=db-1.2.0 now and chart=db-1.2.1 once replaced: until then shop/db "
        "(podSelector, ingress[0]) misses the old pods, which lose connections"
    )
    assert caution.location.line == 10


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        # A label that no selector asks for.
        (
            (DENY, among("app: db"), stateful_set(CHART)),
            (DENY, among("app: db"), stateful_set(NEXT)),
            "",
        ),
        # A new label that the policy asks for.
        (
            (DENY, among("app: db"), stateful_set("app: db")),
            (DENY, among("app: db, tier: a"), stateful_set("app: db, tier: a")),
            "has no label tier now and tier=a once replaced",
        ),
        # Without the policy that denies the rest, the old pods are open.
        (
            (among("app: db", CHART), stateful_set(CHART)),
            (among("app: db", NEXT), stateful_set(NEXT)),
            "(podSelector) misses the old pods, which are open where the new ones are not",
        ),
        # Another peer admits the old pods, too.
        (
            (
                policy("in", "podSelector: {}\ningress: [{from: [{podSelector: {}}]}]"),
                stateful_set(CHART),
            ),
            (
                policy(
                    "in",
                    "podSelector: {}\ningress: [{from: [{podSelector: {}}, "
                    f"{{podSelector: {{matchLabels: {{{NEXT}}}}}}}]}}]",
                ),
                stateful_set(NEXT),
            ),
            "",
        ),
        # Both versions are listed.
        (
            (DENY, among("app: db"), stateful_set(CHART)),
            (
                DENY,
                policy(
                    "db",
                    "podSelector: {}\ningress: [{from: [{podSelector: {matchExpressions: [{"
                    "key: chart, "
                    "operator: In, values: [db-1.2.0, db-1.2.1]}]}}]}]\negress: [{}]",
                ),
                stateful_set(NEXT),
            ),
            "",
        ),
        # A workload that was not there has no old pods.
        ((DENY,), (DENY, among(NEXT), stateful_set(NEXT)), ""),
        ((DENY, among(NEXT), stateful_set(NEXT)), (DENY, among(NEXT), stateful_set(NEXT)), ""),
    ],
)
def test_rolling_updates(old: tuple[str, ...], new: tuple[str, ...], says: str) -> None:
    found = compare(documents(*old), documents(*new))
    assert says in "\n".join(map(str, found))
    assert len(found) == bool(says)


def test_peers_in_other_namespaces_count() -> None:
    def side(labels: str) -> str:
        pods = f"podSelector: {{matchLabels: {{{labels}}}}}"
        peer = f"{{namespaceSelector: {{matchLabels: {{team: a}}}}, {pods}}}"
        return documents(
            namespace("shop", "team: a"),
            stateful_set(labels),
            stateful_set("app: api", "api").replace("namespace: shop", "namespace: other"),
            policy("api", f"podSelector: {{}}\ningress: [{{from: [{peer}]}}]", "other"),
        )

    (caution,) = compare(side(CHART), side(NEXT))
    assert "other/api (ingress[0]) misses the old pods, which lose connections" in caution.says


INGRESS = "podSelector: {}\ningress: [{}]"
BOTH = "podSelector: {}\ningress: [{}]\negress: [{ports: [{port: 53}]}]"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            INGRESS,
            BOTH,
            (
                "leaves policyTypes out, and an object that exists keeps those it has, "
                "[Ingress]: its egress rules close nothing until the manifest says "
                "policyTypes: [Ingress, Egress]"
            ),
        ),
        (
            BOTH,
            INGRESS,
            (
                "keeps those it has, [Ingress, Egress]: egress stays isolated, without a rule "
                "until the manifest says policyTypes: [Ingress]"
            ),
        ),
        (INGRESS, f"{BOTH}\npolicyTypes: [Ingress, Egress]", ""),
        # A field that the manifest had and has no more is taken away, and filled in anew.
        (f"{INGRESS}\npolicyTypes: [Ingress]", BOTH, ""),
        (INGRESS, INGRESS, ""),
        (BOTH, f"{BOTH}\npolicyTypes: []", ""),
    ],
)
def test_stored_policy_types(old: str, new: str, says: str) -> None:
    found = compare(policy("api", old), policy("api", new))
    assert says in "\n".join(map(str, found))
    assert len(found) == bool(says)


def test_an_object_of_a_cluster_has_what_the_server_filled_in() -> None:
    stored = policy("api", f"{INGRESS}\npolicyTypes: [Ingress]")
    stored = stored.replace(
        "namespace: shop", "namespace: shop, uid: a-b, resourceVersion: '7'"
    )
    (caution,) = compare(stored, policy("api", BOTH))
    assert caution.hazard is Hazard.STORED_POLICY_TYPES


def test_a_new_policy_gets_what_its_rules_say() -> None:
    assert (
        compare(stateful_set(CHART), documents(stateful_set(CHART), policy("api", BOTH))) == ()
    )
