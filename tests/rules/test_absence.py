"""What is named and not in the input: a finding, or a note that says who may make it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from netsim.model.finding import Finding, Severity
from netsim.rules.registry import run_rules
from tests.rules.samples import (
    case,
    documents,
    namespace,
    pod,
    policy,
    scenario_context,
)

WEB = pod("web")
SELECTS_NOTHING = policy("prometheus", "podSelector: {matchLabels: {app: prometheus}}")


def wants(kind: str, name: str) -> str:
    """A pod that needs an object, and another object of the kind in its namespace."""
    reference = {
        "Secret": f"envFrom: [{{secretRef: {{name: {name}}}}}]",
        "ConfigMap": f"envFrom: [{{configMapRef: {{name: {name}}}}}]",
    }[kind]
    return documents(
        pod("api", spec=f"containers: [{{name: api, image: api:1, {reference}}}]"),
        f"apiVersion: v1\nkind: {kind}\nmetadata: {{name: something, namespace: shop}}",
    )


def role(rule: str, *, kind: str = "Role", namespace: str = "shop", name: str = "maker") -> str:
    place = f", namespace: {namespace}" if kind == "Role" else ""
    return (
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n"
        f"metadata: {{name: {name}{place}}}\nrules: [{{{rule}}}]"
    )


def binding(
    role: str = "{kind: Role, name: maker}",
    subject: str = "{kind: ServiceAccount, name: operator, namespace: shop}",
    *,
    kind: str = "RoleBinding",
    namespace: str = "shop",
) -> str:
    place = f", namespace: {namespace}" if kind == "RoleBinding" else ""
    return (
        f"apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\n"
        f"metadata: {{name: maker{place}}}\nroleRef: {role}\nsubjects: [{subject}]"
    )


OPERATOR = pod("operator", spec="serviceAccountName: operator")
PODS = 'apiGroups: [""], resources: [pods], verbs: [create]'
WORKLOADS = "apiGroups: [apps], resources: [deployments, statefulsets], verbs: ['*']"
SECRETS = 'apiGroups: [""], resources: [secrets], verbs: [create, get]'


def custom(kind: str, group: str, spec: str = "", namespace: str = "shop") -> str:
    place = f", namespace: {namespace}" if namespace else ""
    body = f"\nspec: {{{spec}}}" if spec else ""
    return f"apiVersion: {group}/v1\nkind: {kind}\nmetadata: {{name: it{place}}}{body}"


@dataclass(frozen=True)
class Absence:
    """What is named and not there, what else is in the input, and who may make it."""

    name: str
    text: str
    maker: str
    """A part of the note; empty where nobody may."""


ABSENCES = (
    Absence("nobody", documents(WEB, SELECTS_NOTHING), ""),
    Absence(
        "a workload with a role",
        documents(WEB, SELECTS_NOTHING, OPERATOR, role(PODS), binding()),
        "shop/operator[Pod]: Role maker may create pods",
    ),
    Absence(
        "that may create workloads",
        documents(WEB, SELECTS_NOTHING, OPERATOR, role(WORKLOADS), binding()),
        "shop/operator[Pod]: Role maker may create deployments",
    ),
    # It may put the label on pods that are there.
    Absence(
        "that may change pods",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS.replace("create", "patch")),
            binding(),
        ),
        "Role maker may patch pods",
    ),
    Absence(
        "that may only read",
        documents(
            WEB, SELECTS_NOTHING, OPERATOR, role(PODS.replace("create", "list")), binding()
        ),
        "",
    ),
    Absence(
        "that may delete and watch",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS.replace("create", "delete, watch, deletecollection")),
            binding(),
        ),
        "",
    ),
    # To create names no object, so such a rule permits nothing (RBAC, resourceNames).
    Absence(
        "that may create pods of a name",
        documents(
            WEB, SELECTS_NOTHING, OPERATOR, role(f"{PODS}, resourceNames: [x]"), binding()
        ),
        "",
    ),
    Absence(
        "that may run commands in pods",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS.replace("[pods]", "[pods/exec]")),
            binding(),
        ),
        "",
    ),
    Absence(
        "in another namespace",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS, namespace="lab"),
            binding(namespace="lab"),
        ),
        "",
    ),
    Absence("an unbound role", documents(WEB, SELECTS_NOTHING, OPERATOR, role(PODS)), ""),
    Absence(
        "a role for people",
        documents(WEB, SELECTS_NOTHING, role(PODS), binding(subject="{kind: User, name: eve}")),
        "",
    ),
    Absence(
        "an account that no workload uses",
        documents(WEB, SELECTS_NOTHING, role(PODS), binding()),
        "ServiceAccount shop/operator: Role maker may create pods",
    ),
    Absence(
        "an account, named as a user",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS),
            binding(subject="{kind: User, name: 'system:serviceaccount:shop:operator'}"),
        ),
        "shop/operator[Pod]: Role maker may create pods",
    ),
    Absence(
        "every account of a namespace",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS),
            binding(subject="{kind: Group, name: 'system:serviceaccounts:shop'}"),
        ),
        "shop/web[Pod]: Role maker may create pods",
    ),
    Absence(
        "a ClusterRole, bound in the namespace",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS, kind="ClusterRole"),
            binding("{kind: ClusterRole, name: maker}"),
        ),
        "ClusterRole maker may create pods",
    ),
    Absence(
        "a ClusterRole, bound for all namespaces",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS, kind="ClusterRole"),
            binding("{kind: ClusterRole, name: maker}", kind="ClusterRoleBinding"),
        ),
        "ClusterRole maker may create pods",
    ),
    Absence(
        "the administrator of the cluster",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            binding("{kind: ClusterRole, name: cluster-admin}", kind="ClusterRoleBinding"),
        ),
        "ClusterRole cluster-admin may create pods",
    ),
    Absence(
        "a role that every cluster has for reading",
        documents(WEB, SELECTS_NOTHING, OPERATOR, binding("{kind: ClusterRole, name: view}")),
        "",
    ),
    Absence(
        "a role that is not in the input",
        documents(WEB, SELECTS_NOTHING, OPERATOR, binding("{kind: ClusterRole, name: other}")),
        "ClusterRole other, which the input does not have, may let it",
    ),
    Absence(
        "an aggregated role",
        documents(
            WEB,
            SELECTS_NOTHING,
            OPERATOR,
            role(PODS, kind="ClusterRole", name="part").replace(
                "{name: part}", "{name: part, labels: {of: whole}}"
            ),
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\n"
            "metadata: {name: maker}\n"
            "aggregationRule: {clusterRoleSelectors: [{matchLabels: {of: whole}}]}\nrules: []",
            binding("{kind: ClusterRole, name: maker}"),
        ),
        "ClusterRole maker may create pods",
    ),
    Absence(
        "an object of another project's kind",
        documents(WEB, SELECTS_NOTHING, custom("Prometheus", "monitoring.coreos.com")),
        "Prometheus shop/it",
    ),
    Absence(
        "one of another namespace",
        documents(
            WEB,
            SELECTS_NOTHING,
            custom("Prometheus", "monitoring.coreos.com", namespace="monitoring"),
        ),
        "",
    ),
    Absence(
        "one that only configures",
        documents(WEB, SELECTS_NOTHING, custom("ServiceMonitor", "monitoring.coreos.com")),
        "",
    ),
    Absence(
        "what deploys into the namespace",
        documents(
            WEB,
            SELECTS_NOTHING,
            custom("Application", "argoproj.io", "destination: {namespace: shop}", "argocd"),
        ),
        "Application argocd/it",
    ),
    Absence(
        "what deploys into another one",
        documents(
            WEB,
            SELECTS_NOTHING,
            custom("Application", "argoproj.io", "destination: {namespace: lab}", "argocd"),
        ),
        "",
    ),
    Absence(
        "a misspelt label, whoever may make pods",
        documents(
            WEB,
            policy("web", "podSelector: {matchLabels: {app: wep}}"),
            OPERATOR,
            role(PODS),
            binding(),
        ),
        "",
    ),
    Absence(
        "a Secret",
        documents(wants("Secret", "login"), OPERATOR, role(SECRETS), binding()),
        "shop/operator[Pod]: Role maker may create secrets",
    ),
    Absence(
        "a Secret, of who may make pods",
        documents(wants("Secret", "somethin"), OPERATOR, role(PODS), binding()),
        "",
    ),
    Absence(
        "a ConfigMap of a Kafka",
        documents(wants("ConfigMap", "cluster"), custom("Kafka", "kafka.strimzi.io")),
        "Kafka shop/it",
    ),
)


def findings(text: str) -> list[Finding]:
    rules = ("subject-selects-nothing", "secret-not-provided", "reference-not-provided")
    found = run_rules(case(text))
    return [each for each in found if each.rule in (*rules, "made-at-run-time")]


@pytest.mark.parametrize("absence", ABSENCES, ids=lambda each: each.name)
def test_absence(absence: Absence) -> None:
    (found,) = findings(absence.text)
    if absence.maker:
        assert (found.rule, found.severity) == ("made-at-run-time", Severity.NOTE)
        assert absence.maker in found.message
        assert not found.fix
        assert not found.patches
    else:
        assert found.severity is not Severity.NOTE


def test_all_that_one_may_make_is_one_note_of_a_namespace() -> None:
    text = documents(
        wants("Secret", "login"),
        WEB,
        SELECTS_NOTHING,
        policy("other", "podSelector: {matchLabels: {app: alertmanager}}"),
        OPERATOR,
        role(PODS),
        role(SECRETS, name="secrets"),
        binding(),
        binding("{kind: Role, name: secrets}").replace("{name: maker,", "{name: secrets,"),
    )
    (found,) = findings(text)
    assert found.message == (
        "1 reference and 2 selectors of namespace shop name what the input does not have; it "
        "may be made at run time by shop/operator[Pod]: Role secrets may create secrets"
    )
    there = "the pods there are shop/api[Pod]; shop/operator[Pod]; shop/web[Pod]"
    nobody = "protects nothing: no pod of namespace shop has"
    assert [each.message for each in found.related] == [
        "shop/api[Pod] needs Secret shop/login, which nothing provides",
        f"shop/prometheus {nobody} app=prometheus; {there}",
        f"shop/other {nobody} app=alertmanager; {there}",
    ]


def test_many_namespaces_of_one_maker_are_one_note() -> None:
    spaces = [f"space-{number}" for number in range(6)]
    text = documents(
        *(pod("web", namespace=space) for space in spaces),
        *(
            policy("db", "podSelector: {matchLabels: {app: db}}").replace(
                "namespace: shop", f"namespace: {space}"
            )
            for space in spaces
        ),
        OPERATOR,
        role(PODS, kind="ClusterRole"),
        binding("{kind: ClusterRole, name: maker}", kind="ClusterRoleBinding"),
    )
    (found,) = findings(text)
    assert found.message.startswith("6 selectors of namespace space-0, space-1 and 4 more name")


@pytest.mark.parametrize(
    ("name", "severity"),
    # A slip is an error, whatever there may be elsewhere.
    [("login", Severity.NOTE), ("somethin", Severity.ERROR)],
)
def test_without_a_scenario_a_secret_may_be_elsewhere(name: str, severity: Severity) -> None:
    (found,) = findings(wants("Secret", name))
    assert (found.rule, found.severity) == ("secret-not-provided", severity)


def test_with_a_scenario_it_is_missing() -> None:
    text = documents(WEB, wants("Secret", "login"))
    found = run_rules(scenario_context(text, {"web": "{labels: {app: web}}"}))
    severities = {each.rule: each.severity for each in found}
    assert severities["secret-not-provided"] is Severity.ERROR


def test_several_that_may_be_elsewhere_are_one_note() -> None:
    both = "envFrom: [{secretRef: {name: one}}, {secretRef: {name: two}}]"
    text = documents(
        pod("api", spec=f"containers: [{{name: api, image: api:1, {both}}}]"),
        "apiVersion: v1\nkind: Secret\nmetadata: {name: something, namespace: shop}",
    )
    (found,) = findings(text)
    assert found.severity is Severity.NOTE
    assert found.message == (
        "2 references name what the input does not have; without a scenario it may be elsewhere"
    )
    assert len(found.related) == 2


def test_a_label_that_asks_for_admission_is_a_note_of_no_known_pod() -> None:
    """Charts let in whoever puts a label on; nobody of the chart does."""
    text = documents(
        pod("db"),
        policy(
            "db",
            "podSelector: {matchLabels: {app: db}}\n"
            "ingress: [{from: [{podSelector: {matchLabels: {db-client: 'true'}}}]}]",
        ),
        policy("internet", "podSelector: {matchLabels: {internet: allowed}}\negress: [{}]"),
    )
    found = run_rules(case(text))
    notes = {each.rule: each for each in found if each.severity is Severity.NOTE}
    assert notes.keys() == {"peer-matches-nothing", "subject-selects-nothing"}
    assert notes["peer-matches-nothing"].fix.startswith("Put the label db-client on")
    assert "remove" not in notes["subject-selects-nothing"].fix


def test_a_namespace_that_is_only_mentioned_may_have_any_label() -> None:
    """Where its labels were read, that it lacks one is a finding."""
    selector = "namespaceSelector: {matchLabels: {name: lab}}"
    text = documents(
        pod("web"),
        pod("probe", namespace="lab"),
        policy("web", f"podSelector: {{}}\ningress: [{{from: [{{{selector}}}]}}]"),
    )
    (note,) = (each for each in run_rules(case(text)) if each.rule.startswith("namespace-l"))
    assert note.severity is Severity.NOTE
    (found,) = (
        each
        for each in run_rules(case(documents(text, namespace("lab"))))
        if each.rule.startswith("namespace-l")
    )
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(
    "metadata",
    [
        "annotations: {service.beta.openshift.io/inject-cabundle: 'true'}",
        "labels: {config.openshift.io/inject-trusted-cabundle: 'true'}",
    ],
)
def test_keys_that_a_controller_writes_are_not_missing(metadata: str) -> None:
    text = documents(
        pod(
            "api",
            spec="containers: [{name: api, image: api:1, env: [{name: CA, valueFrom: "
            "{configMapKeyRef: {name: ca, key: service-ca.crt}}}]}]",
        ),
        f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: ca, namespace: shop, {metadata}}}",
    )
    assert [
        each.rule for each in run_rules(case(text)) if each.severity is Severity.ERROR
    ] == []
    plain = text.replace(f", {metadata}", "")
    assert [e.rule for e in run_rules(case(plain)) if e.severity is Severity.ERROR] == [
        "reference-not-provided"
    ]


def test_policies_of_namespaces_without_pods_are_a_note() -> None:
    """A repository of policies has the pods of few namespaces, or of none."""
    api = "podSelector: {matchLabels: {app: api}}"
    others = [policy("api", api, namespace=name) for name in ("one", "two")]
    text = documents(pod("web"), policy("web", "podSelector: {}"), *others)
    (note,) = (each for each in run_rules(case(text)) if each.rule.startswith("subject"))
    assert note.severity is Severity.NOTE
    assert len(note.related) == 2


def test_a_policy_beside_the_namespace_of_its_pods_stays_a_finding() -> None:
    """Unless the pods there have the same policy, as one copy of several."""
    web = "podSelector: {matchLabels: {app: web}}"
    text = documents(pod("web"), policy("web", web, namespace="lab"))
    found = [each for each in run_rules(case(text)) if each.rule.startswith("subject")]
    assert [each.severity for each in found] == [Severity.WARNING]
    copied = documents(text, policy("web", web))
    found = [each for each in run_rules(case(copied)) if each.rule.startswith("subject")]
    assert [each.severity for each in found] == [Severity.NOTE]
