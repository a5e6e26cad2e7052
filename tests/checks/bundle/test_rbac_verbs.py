from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from netsim.checks.bundle import rbac_excess_verb, rbac_missing_verb
from netsim.checks.interface import Check, Context, Extent
from netsim.model.finding import Finding, Severity
from tests.checks.samples import (
    MARK,
    Sample,
    context,
    documents,
    ids,
    run,
    scenario_context,
    verify,
)

MISSING, EXCESS = rbac_missing_verb.CHECK, rbac_excess_verb.CHECK

ACCOUNT = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: bot, namespace: shop}"


def role(*rules: str, kind: str = "Role", name: str = "bot") -> str:
    namespace = ", namespace: shop" if kind == "Role" else ""
    head = f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}"
    metadata = f"metadata: {{name: {name}{namespace}}}"
    return f"{head}\n{metadata}\nrules:\n" + "\n".join(f"  - {rule}" for rule in rules)


def rule(
    verbs: str, resources: str, mark: str = "", *, groups: str = '""', names: str = ""
) -> str:
    named = f", resourceNames: [{names}]" if names else ""
    inner = f"apiGroups: [{groups}], resources: [{resources}], verbs: [{verbs}]{named}"
    return f"{{{inner}}} {mark}".rstrip()


def binding(
    kind: str = "RoleBinding",
    role_kind: str = "Role",
    namespace: str = "shop",
    name: str = "bot",
) -> str:
    metadata = (
        f"{{name: {name}}}"
        if kind.startswith("Cluster")
        else f"{{name: {name}, namespace: {namespace}}}"
    )
    return (
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {metadata}\n"
        f"roleRef: {{apiGroup: rbac.authorization.k8s.io, kind: {role_kind}, name: {name}}}\n"
        "subjects:\n  - {kind: ServiceAccount, name: bot, namespace: shop}"
    )


def job(
    *lines: str, name: str = "bot", account: str = "bot", env: str = "", mark: str = ""
) -> str:
    """A Job whose container runs these lines."""
    text = "".join(f"\n            {line}" for line in lines)
    variables = f"\n          env: {env}" if env else ""
    return f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: {name}, namespace: shop}} {mark}
spec:
  template:
    spec:
      serviceAccountName: {account}
      restartPolicy: Never
      containers:
        - name: main
          image: registry.internal/kubectl:1.34.2{variables}
          command: [sh, -c]
          args:
          - |{text}"""


def bundle(rules: str, *lines: str, env: str = "") -> str:
    return documents(ACCOUNT, role(rules), binding(), job(*lines, env=env))


LIST = 'kubectl get pods --selector="app=web"'

MISSED = (
    Sample("granted", bundle(rule("list", "pods"), LIST)),
    Sample(
        "no such verb",
        bundle(rule("get", "pods", MARK), LIST),
        says="line 1 of the command of container main needs list on pods in namespace shop, "
        "which no role of ServiceAccount shop/bot grants",
        patch='- apiGroups: [""]\n  resources: [pods]\n  verbs: [get, list]',
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
        patch='- apiGroups: [""]\n  resources: [pods]\n  verbs: [list]',
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
    assert len(run(MISSING, context(text, extent=Extent.WHOLE))) == 1
    provided = "provided: [{kind: RoleBinding, name: bot, because: the cluster has it}]"
    subject = scenario_context(
        text, {"web": "{labels: {app: web}}"}, sections=provided, extent=Extent.WHOLE
    )
    assert run(MISSING, subject) == []


def test_one_finding_for_a_verb_however_many_lines_need_it() -> None:
    text = bundle(rule("get", "pods"), LIST, "kubectl get pods", "kubectl get pod p")
    (finding,) = run(MISSING, context(text))
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
    subject = context(bundle(rule("list, delete", "pods"), *script.splitlines(), "# kubectl"))
    (finding,) = run(MISSING, subject)
    assert finding.severity is Severity.NOTE
    assert finding.message.endswith(reason)
    assert run(EXCESS, subject) == []


ANOTHER = (
    "kubectl config set-credentials me --token=x; kubectl get cm",
    "kubectl config set-context --current --namespace=lab; kubectl get cm",
    "export KUBECONFIG=/etc/admin.conf; kubectl get cm",
    "KUBECONFIG=/etc/admin.conf kubectl get cm",
    "kubectl --kubeconfig=/etc/admin.conf get cm",
    "kubectl --as=admin get cm",
)


@pytest.mark.parametrize("script", ANOTHER)
def test_calls_of_another_account_are_noted_only(script: str) -> None:
    subject = context(bundle(rule("list", "pods"), script))
    (finding,) = run(MISSING, subject)
    assert finding.severity is Severity.NOTE
    assert "another account" in finding.message
    assert run(EXCESS, subject) == []


def test_reading_the_configuration_changes_nothing() -> None:
    text = bundle(rule("list", "pods"), "kubectl config view", LIST)
    assert run(MISSING, context(text)) == []


def test_what_is_certain_is_missed_all_the_same() -> None:
    text = bundle(rule("list", "pods"), "kubectl get cm", 'kubectl get "$KIND"')
    found = run(MISSING, context(text))
    assert {finding.severity for finding in found} == {Severity.ERROR, Severity.NOTE}


EXCEEDED = (
    Sample("used", bundle(rule("list", "pods"), LIST)),
    Sample(
        "verb",
        bundle(rule("list, watch, delete", "pods", MARK), LIST),
        says="Role shop/bot grants watch, delete on pods, which the command of container main "
        "never asks for",
        patch='- apiGroups: [""]\n  resources: [pods]\n  verbs: [list]',
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
        patch="resourceNames: [p]",
    ),
    Sample(
        "other names",
        bundle(rule("get", "pods", MARK), "kubectl get pod p"),
        says="grants other names than p,",
        patch="resourceNames: [p]",
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
    assert len(run(EXCESS, context(text))) == 1
    assert run(EXCESS, context(more)) == []


def config_job(
    text: str, mount: str = "/scripts", command: str = "[sh, /scripts/run.sh]"
) -> str:
    """A Job that runs a script of a ConfigMap; ``text`` is the ConfigMap's data."""
    return documents(
        ACCOUNT,
        role(rule("get", "pods")),
        binding(),
        "apiVersion: v1\nkind: ConfigMap\n"
        f"metadata: {{name: s, namespace: shop}}\ndata:\n{text}",
        f"""\
apiVersion: batch/v1
kind: Job
metadata: {{name: bot, namespace: shop}}
spec:
  template:
    spec:
      serviceAccountName: bot
      containers:
        - name: main
          image: registry.internal/kubectl:1.34.2
          command: {command}
          volumeMounts: [{{name: s, mountPath: {mount}}}]
      volumes: [{{name: s, configMap: {{name: s}}}}]""",
    )


SCRIPT = "  run.sh: |\n    #!/bin/sh\n    true\n    kubectl get pods"

PLACES = (
    ("literal block", SCRIPT, "    kubectl get pods", "/scripts", "[sh, /scripts/run.sh]"),
    ("executable", SCRIPT, "    kubectl get pods", "/scripts/", "[/scripts/run.sh]"),
    (
        "options",
        SCRIPT,
        "    kubectl get pods",
        "/scripts",
        "[/bin/bash, -eu, -o, pipefail, /scripts/run.sh]",
    ),
    ("subPath", SCRIPT, "    kubectl get pods", "/run.sh", "[sh, /run.sh]"),
    # Its lines are not those of the file, so the key has to do.
    (
        "quoted",
        '  run.sh: "true\\ntrue\\nkubectl get pods"',
        "  run.sh",
        "/scripts",
        "[sh, /scripts/run.sh]",
    ),
    ("one line", "  run.sh: kubectl get pods", "  run.sh", "/scripts", "[sh, /scripts/run.sh]"),
)


@pytest.mark.parametrize(
    ("data", "line", "mount", "command"), [r[1:] for r in PLACES], ids=[r[0] for r in PLACES]
)
def test_the_line_of_the_script_is_related(
    data: str, line: str, mount: str, command: str
) -> None:
    text = config_job(data, mount, command)
    (finding,) = run(MISSING, context(text))
    (related,) = finding.related
    assert text.splitlines()[related.location.line - 1].startswith(line)
    assert "of run.sh" in finding.message


def test_a_script_that_is_not_mounted_is_unknown() -> None:
    for command in ("[sh, /other/run.sh]", "[sh, /scripts/other.sh]", "[/bin/tool]", "[]"):
        assert run(MISSING, context(config_job(SCRIPT, command=command))) == []


def test_kubectl_as_the_command_itself() -> None:
    command = "[kubectl, get, pods, -n, $(NS)]"
    (finding,) = run(MISSING, context(config_job(SCRIPT, command=command)))
    assert "needs list on pods" in finding.message


def test_a_manifest_that_is_mounted_beside_the_script() -> None:
    data = "  run.sh: kubectl create -f /scripts/a.yaml\n  a.yaml: |\n    kind: Job"
    (finding,) = run(MISSING, context(config_job(data)))
    assert "needs create on jobs.batch" in finding.message


WARM_POOL = (Path(__file__).parents[3] / "manifests" / "warm-pool.yaml").read_text("utf-8")


def of_warm_pool(check: Check, text: str = WARM_POOL) -> list[Finding]:
    return run(check, context(text))


def granted(subject: Context) -> list[tuple[int, str]]:
    """Each verb of each rule of the only role, with the number of the rule."""
    (only,) = subject.bundle.roles
    return [(number, verb) for number, each in enumerate(only.rules) for verb in each.verbs]


def changed(subject: Context, number: int, verbs: tuple[str, ...]) -> Context:
    (only,) = subject.bundle.roles
    rules = list(only.rules)
    rules[number] = replace(rules[number], verbs=verbs)
    roles = (replace(only, rules=tuple(rules)),)
    return replace(subject, bundle=replace(subject.bundle, roles=roles))


def test_the_warm_pool_has_what_it_needs_and_no_more() -> None:
    assert of_warm_pool(MISSING) == []
    assert of_warm_pool(EXCESS) == []


def test_each_verb_of_the_warm_pool_is_needed() -> None:
    whole = context(WARM_POOL)
    assert len(granted(whole)) >= 6
    lines = WARM_POOL.splitlines()
    for number, verb in granted(whole):
        rule = whole.bundle.roles[0].rules[number]
        left = tuple(each for each in rule.verbs if each != verb)
        (finding,) = run(MISSING, changed(whole, number, left))
        assert finding.location == rule.location
        assert f" {verb} on " in finding.message
        assert finding.related
        for related in finding.related:
            assert "api " in lines[related.location.line - 1]


@pytest.mark.parametrize(
    "verb", ["get", "list", "watch", "create", "update", "patch", "delete", "*"]
)
def test_each_further_verb_of_the_warm_pool_is_too_much(verb: str) -> None:
    whole = context(WARM_POOL)
    for number, rule in enumerate(whole.bundle.roles[0].rules):
        if verb not in rule.verbs:
            (finding,) = run(EXCESS, changed(whole, number, (*rule.verbs, verb)))
            assert finding.location == rule.location
            assert finding.severity is Severity.WARNING


def test_names_of_the_warm_pool() -> None:
    others = WARM_POOL.replace("resourceNames: [runner]", "resourceNames: [runner, other]")
    (finding,) = of_warm_pool(EXCESS, others)
    assert "grants the name other" in finding.message
    wrong = WARM_POOL.replace("resourceNames: [runner]", "resourceNames: [other]")
    assert len(of_warm_pool(MISSING, wrong)) == 1
    (finding,) = of_warm_pool(EXCESS, WARM_POOL.replace("    resourceNames: [runner]\n", ""))
    assert "other names than runner" in finding.message
