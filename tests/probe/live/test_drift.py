"""Clusters that differ from what is documented, each in one way, which is to be found."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from tests.fakes.laboratory import production, tools
from tests.fakes.laboratory.cluster import LiveCluster
from tests.fakes.laboratory.manifests import Document, without
from tests.fakes.laboratory.nftables import Denial
from tests.probe.live.runs import Prober, Run, Via, false_verdicts

POLICY = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}
DOCUMENTS = production.documents()


def policy(name: str, **spec: object) -> Document:
    own = {"name": name, "namespace": production.NAMESPACE}
    return {**POLICY, "metadata": own, "spec": spec}


def changed(name: str, **spec: object) -> list[Document]:
    """The cluster, but for parts of a policy."""
    found = copy.deepcopy(DOCUMENTS)
    for document in found:
        if document["kind"] == "NetworkPolicy" and document["metadata"]["name"] == name:
            document["spec"] |= spec
    return found


EXTRA = policy(
    "debugging", podSelector={}, ingress=[{}], egress=[{}], policyTypes=["Ingress", "Egress"]
)
# Something else in the same namespace, so it neither opens nor closes anything.
HARMLESS = policy("harmless", podSelector={"matchLabels": {"app": "none"}}, ingress=[{}])
ONLY_API = {"podSelector": {"matchLabels": {"app.kubernetes.io/name": "plue-api"}}}
API_ONLY = [{"from": [ONLY_API], "ports": [{"protocol": "TCP", "port": 5432}]}]
NAME = "app.kubernetes.io/name"


@dataclass(frozen=True)
class Drift:
    """A cluster, a connection that shows the difference, and the diagnosis of it."""

    shown: Sequence[Document]
    connection: tuple[str, str, int]
    observed: str
    cause: str
    text: str
    enforced: Sequence[Document] | None = None


DRIFTS = {
    "missing, which closes": Drift(
        without(DOCUMENTS, "production/plue-postgres"),
        ("api", "postgres", 5432),
        "deny",
        "policy not applied",
        "plue-postgres",
    ),
    "missing, which opens": Drift(
        # Its own policy and the one of every pod: nothing isolates what may call it any more.
        without(DOCUMENTS, "production/plue-postgres", "production/default-deny"),
        ("ingress-controller", "postgres", 5432),
        "allow",
        "policy not applied",
        "plue-postgres",
    ),
    "extra": Drift(
        [*DOCUMENTS, EXTRA],
        ("web", "postgres", 5432),
        "allow",
        "extra live policy",
        "debugging",
    ),
    "changed": Drift(
        changed("plue-postgres", ingress=API_ONLY),
        ("runner", "postgres", 5432),
        "deny",
        "applied version differs",
        "plue-postgres",
    ),
    "a label": Drift(
        production.with_labels(production.API, {NAME: "plue-backend"}),
        ("api", "postgres", 5432),
        "deny",
        "labels differ from the model",
        "plue-backend",
    ),
    "not enforced": Drift(
        DOCUMENTS,
        ("web", "postgres", 5432),
        "allow",
        "policies are not enforced",
        "enforces no policies",
        enforced=(),
    ),
}


# Of all tools, bash is the quickest to notice that a datagram was answered.
IMAGE = tools.BASH


def run_both(live: LiveCluster, prober: Prober) -> list[Run]:
    runs = list(prober.both().values())
    for run in runs:
        assert false_verdicts(live, run) == []
    return runs


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS.keys())
def test_a_difference_is_found_and_explained(
    live: LiveCluster, prober: Prober, drift: Drift
) -> None:
    live.become(drift.shown, drift.enforced)
    live.offer(IMAGE)
    for run in run_both(live, prober):
        assert (run.code, run.found["conclusion"]) == (1, "differs")
        if drift.cause == "labels differ from the model":
            # It is no longer the api, so the connection has another name.
            (label,) = run.found["labels"]
            assert label["pod"] == production.API
            assert drift.text in str(label["found"])
            continue
        found = run.one(*drift.connection)
        assert (found["observed"], found["agreement"]) == (drift.observed, "differ")
        assert found["diagnosis"]["cause"] == drift.cause, found
        assert drift.text in found["diagnosis"]["text"]
        assert run.causes() == {drift.cause}


def test_an_extra_policy_that_changes_nothing_is_no_difference(
    live: LiveCluster, prober: Prober
) -> None:
    live.become([*DOCUMENTS, HARMLESS])
    live.offer(IMAGE)
    run = prober.run(Via.EXEC)
    assert run.code == 0, run.stdout
    assert run.found["extra_policies"] == "none"
    assert [each["policy"] for each in run.found["policies"]] == ["production/harmless"]


@pytest.mark.parametrize("denial", [Denial.DROP, Denial.RESET])
def test_where_nothing_listens_only_what_is_refused_by_a_network_that_drops_is_permitted(
    live: LiveCluster, prober: Prober, denial: Denial
) -> None:
    live.become(DOCUMENTS, denial=denial)
    live.offer(IMAGE)
    postgres = ("TCP", 5432)
    live.laboratory.pods[production.POSTGRES].stop_listening(postgres)
    for run in prober.both().values():
        assert run.code == (2 if denial is Denial.RESET else 0)
        assert run.of("differ") == []
        for source in ("api", "runner"):
            found = run.one(source, "postgres", 5432)
            assert found["outcome"] == "refused"
            if denial is Denial.RESET:
                # It cannot be told from a denial.
                assert found["observed"] == "unknown"
            else:
                assert found["observed"] == "allow"
                assert found["diagnosis"]["cause"] == "nothing listens"
        found = run.one("web", "postgres", 5432)
        assert found["observed"] == ("unknown" if denial is Denial.RESET else "deny")


def test_a_hole_to_a_pod_in_which_nothing_listens_is_not_called_denied(
    live: LiveCluster, prober: Prober
) -> None:
    hole = [
        policy(
            f"hole-{word}", podSelector={"matchLabels": {NAME: f"plue-{end}"}}, **{word: [{}]}
        )
        for word, end in (("ingress", "runner"), ("egress", "web"))
    ]
    hole[1]["spec"]["policyTypes"] = ["Egress"]
    live.become(DOCUMENTS, [*DOCUMENTS, *hole])
    live.offer(IMAGE)
    run = prober.run(Via.EXEC)
    found = run.one("web", "runner", 80)
    assert (found["outcome"], found["observed"]) == ("refused", "unknown")
    assert "may have reached the pod" in found["why"]
    assert run.one("api", "runner", 80)["observed"] == "deny"


def test_a_metadata_server_that_answers_a_runner(live: LiveCluster, prober: Prober) -> None:
    """Nobody names its port, so that only an open one shows anything."""
    live.laboratory.pods["metadata"].listen(("TCP", 80))
    everywhere = {"ipBlock": {"cidr": "0.0.0.0/0"}}
    hole = policy(
        "hole",
        podSelector={"matchLabels": {NAME: "plue-runner"}},
        policyTypes=["Egress"],
        egress=[{"to": [everywhere]}],
    )
    live.become([*DOCUMENTS, hole])
    live.offer(IMAGE)
    run = prober.run(Via.EXEC)
    assert run.code == 1
    found = run.one("runner", f"metadata ({production.METADATA_SERVER})", 80)
    assert (found["documented"], found["observed"]) == ("never", "allow")
    assert found["diagnosis"]["cause"] == "extra live policy"
    assert false_verdicts(live, run) == []


def test_a_policy_of_something_else_is_not_blamed_on_the_manifests(
    live: LiveCluster, prober: Prober
) -> None:
    """A firewall that the cluster's API knows nothing of."""
    hidden = policy(
        "hidden", podSelector={"matchLabels": {NAME: "plue-api"}}, policyTypes=["Ingress"]
    )
    enforced = without(DOCUMENTS, "production/plue-api")
    live.become(DOCUMENTS, [*enforced, hidden])
    live.offer(IMAGE)
    run = prober.run(Via.EXEC)
    assert run.code == 1
    assert run.one("web", "api", 4000)["diagnosis"]["cause"] == "unknown cause"
    assert false_verdicts(live, run) == []
