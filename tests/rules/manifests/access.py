"""A ServiceAccount with its role, and a Job that calls kubectl as this account."""

from __future__ import annotations

from tests.rules.samples import documents

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
