from __future__ import annotations

import pytest

from netsim.rules.manifests import rbac_excess_verb
from tests.rules.manifests.access import ACCOUNT, LIST, binding, bundle, job, role, rule
from tests.rules.samples import MARK, Sample, case, documents, ids, run, verify

EXCESS = rbac_excess_verb.CHECK

EXCEEDED = (
    Sample("used", bundle(rule("list", "pods"), LIST)),
    Sample(
        "verb",
        bundle(rule("list, watch, delete", "pods", MARK), LIST),
        says="Role shop/bot grants watch, delete on pods, which the command of container main "
        "never asks for",
        patch="verbs:\n  - list",
    ),
    Sample(
        "resource",
        bundle(rule("list", "pods, secrets", MARK), LIST),
        says="grants list on secrets,",
    ),
    Sample(
        "subresource",
        bundle(rule("list", "pods, pods/log", MARK), LIST),
        says="list on pods/log",
    ),
    Sample(
        "name",
        bundle(rule("get", "pods", MARK, names="p, q"), "kubectl get pod p"),
        says="grants the name q,",
        patch="resourceNames:\n  - p",
    ),
    Sample(
        "other names",
        bundle(rule("get", "pods", MARK), "kubectl get pod p"),
        says="grants other names than p,",
        patch="resourceNames:\n  - p",
    ),
    # A name that only the running script knows cannot be in the rule.
    Sample("any name", bundle(rule("get", "pods"), 'kubectl get pod "$(date)"')),
    # Lists have no name, so a rule for both has none either.
    Sample("names beside lists", bundle(rule("get, list", "pods"), LIST, "kubectl get pod p")),
    Sample(
        "every verb", bundle(rule('"*"', "pods", MARK), LIST), says="grants every verb on pods"
    ),
    Sample(
        "every resource",
        bundle(rule("list", '"*"', MARK), LIST),
        says="grants list on every resource of the core group",
    ),
    Sample(
        "everything",
        bundle(rule('"*"', '"*"', MARK, groups='"*"'), LIST),
        says="grants every verb on everything",
    ),
    # The pairs that do not exist are granted to nobody.
    Sample(
        "groups side by side",
        bundle(
            rule("list", "pods, deployments", groups='"", apps'), LIST, "kubectl get deploy"
        ),
    ),
    # Where kubectl asks if it may and does without, a role may let it.
    Sample(
        "waiting",
        bundle(rule("get, list, watch, delete", "pods"), 'kubectl delete pod "$(date)"'),
    ),
    Sample(
        "waiting, not at all",
        bundle(
            rule("watch, delete", "pods", MARK), 'kubectl delete pod --wait=false "$(date)"'
        ),
        says="watch on pods",
    ),
    Sample(
        "in a function that nothing calls",
        bundle(rule("list", "pods"), f"f() {{ {LIST}; }}", "# kubectl"),
    ),
    # It may ask the API for more than can be seen.
    Sample("another program", bundle(rule("list, delete", "pods"), LIST, "curl https://x")),
    Sample(
        "program of an image",
        documents(
            ACCOUNT,
            role(rule("list", "pods")),
            binding(),
            job("sleep 1"),
        ),
    ),
    Sample("no pods", documents(ACCOUNT, role(rule("list", "pods")), binding())),
    Sample(
        "two pods",
        documents(
            ACCOUNT,
            role(rule("list, delete", "pods")),
            binding(),
            job(LIST),
            job('kubectl delete pod --wait=false "$(date)"', name="other"),
        ),
    ),
    Sample(
        "two pods, one unknown",
        documents(
            ACCOUNT,
            role(rule("list, delete", "pods")),
            binding(),
            job(LIST),
            job("sleep 1", name="other"),
        ),
    ),
    Sample(
        "bound elsewhere",
        documents(
            ACCOUNT,
            role(rule("list", "pods", MARK), kind="ClusterRole"),
            binding("RoleBinding", "ClusterRole", "lab"),
            job(LIST),
        ),
        says="ClusterRole bot grants list on pods",
    ),
    Sample("not bound", documents(ACCOUNT, role(rule("list", "pods")), job(LIST))),
)


@pytest.mark.parametrize("sample", EXCEEDED, ids=ids(EXCEEDED))
def test_excess(sample: Sample) -> None:
    verify(EXCESS, sample)


def test_a_second_container_that_is_unknown() -> None:
    text = bundle(rule("list, delete", "pods"), LIST)
    more = text.replace(
        "      containers:\n", "      containers:\n        - {name: log, image: x:1}\n"
    )
    assert len(run(EXCESS, case(text))) == 1
    assert run(EXCESS, case(more)) == []
