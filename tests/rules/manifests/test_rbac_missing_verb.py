from __future__ import annotations

import pytest

from netsim.bundle.provision import Extent
from netsim.model.finding import Severity
from netsim.rules.manifests import rbac_excess_verb, rbac_missing_verb
from tests.rules.manifests.access import ACCOUNT, LIST, binding, bundle, job, role, rule
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    run,
    scenario_context,
    verify,
)

MISSING, EXCESS = rbac_missing_verb.CHECK, rbac_excess_verb.CHECK

MISSED = (
    Sample("granted", bundle(rule("list", "pods"), LIST)),
    Sample(
        "no such verb",
        bundle(rule("get", "pods", MARK), LIST),
        says="line 1 of the command of container main needs list on pods in namespace shop, "
        "which no role of ServiceAccount shop/bot grants",
        patch="- list",
    ),
    Sample("every verb", bundle(rule('"*"', "pods"), LIST)),
    Sample("every resource", bundle(rule("list", '"*"'), LIST)),
    Sample("every group", bundle(rule("list", "pods", groups='"*"'), LIST)),
    # The rule with the verb is for another group; no rule is about pods.
    Sample(
        "another group",
        documents(
            ACCOUNT,
            role(rule("list", "pods", groups="apps")).replace("shop}", f"shop}} {MARK}"),
            binding(),
            job(LIST),
        ),
        patch='- apiGroups:\n    - ""\n  resources:\n    - pods\n  verbs:\n    - list',
    ),
    Sample("subresource", bundle(rule("get", "pods, pods/log"), "kubectl logs p")),
    # pods does not include pods/log; pods/log comes with get alone.
    Sample(
        "subresource missing",
        documents(
            ACCOUNT,
            role(rule("get", "pods")).replace("shop}", f"shop}} {MARK}"),
            binding(),
            job("kubectl logs p"),
        ),
        says="needs get on pods/log p",
    ),
    Sample("subresource of everything", bundle(rule("get", 'pods, "*/log"'), "kubectl logs p")),
    Sample("name", bundle(rule("get", "pods", names="p"), "kubectl get pod p")),
    Sample(
        "another name",
        bundle(rule("get", "pods", MARK, names="q, r"), "kubectl get pod p"),
        says="grants; there is one for the name q, r only",
    ),
    # Which name it is, only the running script knows; the one that is granted, let us hope.
    Sample("unknown name", bundle(rule("get", "pods", names="p"), 'kubectl get pod "$(date)"')),
    Sample(
        "lists have no name",
        bundle(rule("list", "pods", MARK, names="p"), LIST),
        says="is for the name p only, and this request has no name",
    ),
    Sample(
        "list of one name",
        bundle(
            rule("list", "pods", names="p"), "kubectl get pods --field-selector metadata.name=p"
        ),
    ),
    Sample(
        "creation has no name",
        bundle(rule("create", "configmaps", MARK, names="m"), "kubectl create cm m"),
    ),
    Sample(
        "another namespace",
        documents(
            ACCOUNT,
            role(rule("list", "pods")).replace("shop}", f"shop}} {MARK}"),
            binding(),
            job("kubectl get pods -n lab"),
        ),
        says="list on pods in namespace lab",
    ),
    Sample("unknown namespace", bundle(rule("list", "pods"), 'kubectl get pods -n "$(date)"')),
    Sample(
        "of a variable",
        bundle(
            rule("list", "pods"), 'kubectl -n "$NS" get pods', env="[{name: NS, value: shop}]"
        ),
    ),
    # The kubelet puts in the value.
    Sample(
        "of another variable",
        bundle(
            rule("list", "pods"),
            'kubectl -n "$B" get pods',
            env="[{name: A, value: shop}, {name: B, value: $(A)}]",
        ),
    ),
    # It looks whether the pod is gone, and does without.
    Sample("deletion", bundle(rule("delete", "pods"), "kubectl delete pod p")),
    Sample(
        "in a function that nothing calls",
        bundle(rule("list", "pods"), "f() { kubectl get cm; }", LIST),
    ),
    Sample("text", bundle(rule("list", "pods"), LIST, "echo kubectl get cm")),
    Sample(
        "two verbs",
        bundle(rule("patch", "pods", f"{MARK}"), "kubectl label pod p a=b"),
        says="needs get on pods p",
    ),
    Sample(
        "all namespaces",
        documents(
            ACCOUNT,
            role(rule("list", "pods")).replace("shop}", f"shop}} {MARK}"),
            binding(),
            job("kubectl get pods -A"),
        ),
        says="list on pods in the whole cluster",
    ),
    Sample(
        "all namespaces granted",
        documents(
            ACCOUNT,
            role(rule("list", "pods"), kind="ClusterRole"),
            binding("ClusterRoleBinding", "ClusterRole"),
            job("kubectl get pods -A"),
        ),
    ),
    # Bound in a namespace, a ClusterRole grants there only.
    Sample(
        "ClusterRole in a namespace",
        documents(
            ACCOUNT,
            role(rule("list", "pods"), kind="ClusterRole"),
            binding("RoleBinding", "ClusterRole"),
            job(LIST),
        ),
    ),
    Sample(
        "bound elsewhere",
        documents(
            ACCOUNT,
            role(rule("list", "pods"), kind="ClusterRole").replace("bot}", f"bot}} {MARK}"),
            binding("RoleBinding", "ClusterRole", "lab"),
            job(LIST),
        ),
    ),
    # Its rules are in the cluster, or come from labels.
    Sample(
        "unknown role", documents(ACCOUNT, binding("RoleBinding", "ClusterRole"), job(LIST))
    ),
    Sample(
        "aggregated",
        documents(
            ACCOUNT,
            role(kind="ClusterRole").removesuffix("rules:\n"),
            binding("RoleBinding", "ClusterRole"),
            job(LIST),
        ),
    ),
    # Where the input may be a part, the binding may be elsewhere.
    Sample("no binding known", documents(ACCOUNT, job(LIST))),
    Sample(
        "bindings of others",
        documents(
            ACCOUNT,
            role(),
            binding().replace(
                "{kind: ServiceAccount, name: bot", "{kind: ServiceAccount, name: b"
            ),
            job(LIST, mark=MARK),
        ),
        says="needs list on pods",
    ),
    Sample("no program known", documents(ACCOUNT, role(), binding(), job("sleep 1"))),
)


@pytest.mark.parametrize("sample", MISSED, ids=ids(MISSED))
def test_missing(sample: Sample) -> None:
    verify(MISSING, sample)


def test_nothing_is_bound_in_the_whole_bundle() -> None:
    text = documents(ACCOUNT, job(LIST))
    assert len(run(MISSING, case(text, extent=Extent.WHOLE))) == 1
    provided = "provided: [{kind: RoleBinding, name: bot, because: the cluster has it}]"
    subject = scenario_context(
        text, {"web": "{labels: {app: web}}"}, sections=provided, extent=Extent.WHOLE
    )
    assert run(MISSING, subject) == []


def test_one_finding_for_a_verb_however_many_lines_need_it() -> None:
    text = bundle(rule("get", "pods"), LIST, "kubectl get pods", "kubectl get pod p")
    (finding,) = run(MISSING, case(text))
    assert "line 1 of the command of container main (and 1 more) needs list" in finding.message


NOTED = (
    ('kubectl get "$KIND"', "line 1: the kind of object is not in the text"),
    ("date | kubectl create -f -", "line 1: what its input holds is not in the text"),
    ('true\neval "$X"', "line 2: it runs commands that are not in the text"),
    ("kubectl get pods; if", "line 3: then is missing"),
)


@pytest.mark.parametrize(("script", "reason"), NOTED)
def test_what_is_not_understood_is_noted_and_excess_not_judged(
    script: str, reason: str
) -> None:
    subject = case(bundle(rule("list, delete", "pods"), *script.splitlines(), "# kubectl"))
    (finding,) = run(MISSING, subject)
    assert finding.severity is Severity.NOTE
    assert finding.message.endswith(reason)
    assert run(EXCESS, subject) == []


ANOTHER = (
    "kubectl config set-credentials me --token=x; kubectl get cm",
    "kubectl config set-case --current --namespace=lab; kubectl get cm",
    "export KUBECONFIG=/etc/admin.conf; kubectl get cm",
    "KUBECONFIG=/etc/admin.conf kubectl get cm",
    "kubectl --kubeconfig=/etc/admin.conf get cm",
    "kubectl --as=admin get cm",
)


@pytest.mark.parametrize("script", ANOTHER)
def test_calls_of_another_account_are_noted_only(script: str) -> None:
    subject = case(bundle(rule("list", "pods"), script))
    (finding,) = run(MISSING, subject)
    assert finding.severity is Severity.NOTE
    assert "another account" in finding.message
    assert run(EXCESS, subject) == []


def test_reading_the_configuration_changes_nothing() -> None:
    text = bundle(rule("list", "pods"), "kubectl config view", LIST)
    assert run(MISSING, case(text)) == []


def test_what_is_certain_is_missed_all_the_same() -> None:
    text = bundle(rule("list", "pods"), "kubectl get cm", 'kubectl get "$KIND"')
    found = run(MISSING, case(text))
    assert {finding.severity for finding in found} == {Severity.ERROR, Severity.NOTE}
