"""What a snapshot of a file keeps: answers of the file are those of the snapshot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from netsim.app.check import CheckRequest, Conclusion, check
from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.loader.snapshot.snapshot import Snapshot
from netsim.loader.snapshot.taking import take

PODS = """\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {containers: [{name: main, image: "registry.internal/web:1"}]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""

INCOMPLETE = {
    "a version that is not served": "apiVersion: networking.k8s.io/v1beta1\n"
    "kind: NetworkPolicy\nmetadata: {name: older, namespace: shop}\nspec: {podSelector: {}}",
    "a kind in the wrong case": "apiVersion: networking.k8s.io/v1\nkind: Networkpolicy\n"
    "metadata: {name: a}\nspec: {podSelector: {}}",
    "a wrong field": "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
    "metadata: {name: a, namespace: shop}\nspec: {podSelector: {}, ingres: [{}]}",
    "no YAML": "apiVersion: v1\nkind: [",
    "no object": "- a",
    "text": "text",
    "no kind": "apiVersion: v1\nmetadata: {name: a}",
    "no apiVersion": "kind: NetworkPolicy\nmetadata: {name: a}\nspec: {podSelector: {}}",
    "metadata of a list": "apiVersion: v1\nkind: Pod\nmetadata: [a]\nspec: {}",
    "a name that is a number": "apiVersion: v1\nkind: Pod\nmetadata: {name: 1}",
    "a Secret that is wrong": "apiVersion: v1\nkind: Secret\nmetadata: {name: [a]}",
    "a Cilium policy": "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
    "metadata: {name: a, namespace: shop}\nspec: {endpointSelector: {}}",
    "a Calico policy": "apiVersion: projectcalico.org/v3\nkind: NetworkPolicy\n"
    "metadata: {name: a, namespace: shop}\nspec: {selector: all()}",
    "a firewall": "apiVersion: k8s.ovn.org/v1\nkind: EgressFirewall\n"
    "metadata: {name: default, namespace: shop}\nspec: {egress: []}",
    "policies in a list": "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicyList\nitems:\n"
    "- metadata: {name: a, namespace: shop}",
    "policies in a list of any kind": "apiVersion: v1\nkind: List\nitems:\n"
    "- {apiVersion: cilium.io/v2, kind: CiliumNetworkPolicy, metadata: {name: a}}",
    "a snapshot that lacks a kind": "apiVersion: v1\nkind: List\n"
    "netsim: {missing: [{kind: NetworkPolicy, reason: why}]}\nitems: []",
    "a snapshot that lacks a kind of others": "apiVersion: v1\nkind: List\nnetsim:\n"
    "  missing: [{kind: CiliumNetworkPolicy, group: cilium.io, reason: why}]\nitems: []",
    "a snapshot of what was rejected": "apiVersion: v1\nkind: List\n"
    "netsim: {rejected: [{place: 'a:1', message: why}]}\nitems: []",
    "a snapshot with an odd mark": "apiVersion: v1\nkind: List\nnetsim: [a]\nitems: []",
}


def write(folder: Path, taken: Snapshot) -> str:
    file = folder / "s.json"
    file.write_text(taken.text("now"), encoding="utf-8")
    return str(file)


def conclude(path: str) -> Conclusion:
    found = check(CheckRequest((path,)))
    worst = (Conclusion.BAD_INPUT, Conclusion.FAILED, Conclusion.INCONCLUSIVE)
    assert found.conclusion in (*worst, Conclusion.PASSED)
    return found.conclusion


@pytest.mark.parametrize("text", INCOMPLETE.values(), ids=INCOMPLETE)
def test_what_is_not_whole_is_not_whole_by_way_of_a_snapshot(text: str, tmp_path: Path) -> None:
    file = tmp_path / "all.yaml"
    file.write_text(f"{PODS}---\n{text}\n", encoding="utf-8")
    once = write(tmp_path, take(file.read_text(encoding="utf-8"), str(file)))
    first = load([str(file)], scope=Scope.BUNDLE)
    loaded = load([once], scope=Scope.BUNDLE)
    for each in (first, loaded):
        assert each.errors or each.inventory.unevaluated or each.inventory.unread
    assert bool(first.errors) == bool(loaded.errors)
    assert first.inventory.unevaluated == loaded.inventory.unevaluated
    assert first.inventory.unread == loaded.inventory.unread
    again = take(Path(once).read_text(encoding="utf-8"), once)
    twice = load([write(tmp_path, again)], scope=Scope.BUNDLE)
    assert bool(twice.errors) == bool(loaded.errors)
    assert twice.inventory.unread == loaded.inventory.unread
    assert len(twice.resources.unevaluated) == len(loaded.resources.unevaluated)


def test_what_is_wrong_only_beside_the_network_is_an_error_only_there(tmp_path: Path) -> None:
    text = f"{PODS}---\napiVersion: v1\nkind: Secret\nmetadata: {{name: [a]}}\n"
    file = write(tmp_path, take(text, "all.yaml"))
    assert not load([file]).errors
    (error,) = load([file], scope=Scope.BUNDLE).errors
    assert "what was rejected at all.yaml:" in str(error)


def test_of_policies_of_others_only_their_names_are_kept() -> None:
    text = (
        "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, annotations: "
        "{x: hush}}\nspec: {ingress: [{toPorts: [{rules: {http: [{headers: ['T: hush']}]}}]}]}"
    )
    taken = take(text, "c.yaml")
    assert "hush" not in taken.text("now")
    assert taken.counts == {"CiliumNetworkPolicy": 1}


def test_pods_that_a_policy_of_others_selects_are_kept(tmp_path: Path) -> None:
    text = (
        "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\n"
        "metadata: {name: a, namespace: shop}\n"
        "spec: {selector: {matchLabels: {app: web}}, rules: [{when: [{key: hush}]}]}"
    )
    taken = take(text, "c.yaml")
    assert "hush" not in taken.text("now")
    file = tmp_path / "c.yaml"
    file.write_text(text, encoding="utf-8")
    (before,) = load([str(file)]).resources.unevaluated
    (after,) = load([write(tmp_path, taken)]).resources.unevaluated
    assert before.subject.pods == after.subject.pods


VALUES = [
    ("since: 2024-01-01", {"since": "2024-01-01"}),
    ("a: 'true'", {"a": "true"}),
    ('a: "0123"', {"a": "0123"}),
]


@pytest.mark.parametrize(("written", "read"), VALUES)
def test_values_mean_what_they_mean_to_the_loader(
    written: str, read: dict[str, str], tmp_path: Path
) -> None:
    text = PODS.replace("app: web", written)
    (pod,) = load([write(tmp_path, take(text, "p.yaml"))]).resources.pods
    assert dict(pod.labels.pairs) == read


def test_copies_of_one_object_keep_their_order() -> None:
    """Which of two counts is a matter of their order."""
    head = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nspec: {podSelector: {}}\n"
    copies = [
        f"{head}metadata: {{name: a{space}, labels: {{copy: '{number}'}}}}"
        for number, space in enumerate((", namespace: default", "", ", namespace: default"))
    ]
    found = json.loads(take("\n---\n".join(copies), "s.yaml").text("now"))
    assert [item["metadata"]["labels"]["copy"] for item in found["items"]] == ["0", "1", "2"]


def test_numbers_that_json_has_not() -> None:
    text = PODS.replace("app: web", "app: .inf")
    json.loads(take(text, "p.yaml").text("now"), parse_constant=pytest.fail)


EVERY_POLICY = ("NetworkPolicy", "AdminNetworkPolicy", "ClusterNetworkPolicy", "WhoKnows")


@pytest.mark.parametrize("kind", EVERY_POLICY)
def test_a_missing_kind_of_policy_leaves_everything_unknown(kind: str, tmp_path: Path) -> None:
    found = _partial(tmp_path, kind)
    assert found == {"unknown"}


def test_a_missing_kind_that_decides_about_nothing_leaves_verdicts(tmp_path: Path) -> None:
    assert _partial(tmp_path, "PodDisruptionBudget") == {"allow", "deny"}


def test_missing_namespaces_matter_where_labels_of_theirs_decide(tmp_path: Path) -> None:
    assert _partial(tmp_path, "Namespace") == {"allow", "deny"}
    selected = "{namespaceSelector: {matchLabels: {team: a}}}"
    assert _partial(tmp_path, "Namespace", selected) == {"unknown"}


def _partial(folder: Path, kind: str, peer: str = "{podSelector: {}}") -> set[str]:
    """The verdicts for two ports of a pod, of which a policy allows one."""
    from netsim.app.connection_query import ConnectionQuery
    from netsim.app.evaluate import EvaluateRequest, evaluate

    text = PODS.replace(
        "policyTypes: [Ingress, Egress]",
        f"policyTypes: [Ingress], ingress: [{{from: [{peer}], ports: [{{port: 80}}]}}]",
    )
    text += "---\n" + PODS.partition("---")[0].replace("web", "api")
    text += f"---\napiVersion: v1\nkind: List\nnetsim: {{missing: [{{kind: {kind}}}]}}\n"
    file = folder / f"{kind}.yaml"
    file.write_text(text, encoding="utf-8")
    queries = tuple(ConnectionQuery("shop/web", "shop/api", port) for port in (80, 81))
    done = evaluate(EvaluateRequest((str(file),), queries=queries))
    return {each.outcome.value for each in done.answers}
