"""Which text of the input a container runs, and where the lines of it stand."""

from __future__ import annotations

import pytest

from netsim.rules.manifests import rbac_missing_verb
from tests.rules.manifests.access import ACCOUNT, binding, role, rule
from tests.rules.samples import case, documents, run

MISSING = rbac_missing_verb.CHECK


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
        "behind other programs",
        SCRIPT,
        "    kubectl get pods",
        "/scripts",
        "[busybox, timeout, -k, '5', '60', /bin/sh, /scripts/run.sh]",
    ),
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
    (finding,) = run(MISSING, case(text))
    (related,) = finding.related
    assert text.splitlines()[related.location.line - 1].startswith(line)
    assert "of run.sh" in finding.message


OTHERS = ("[env, KUBECONFIG=/a, sh, /scripts/run.sh]", "[timeout, '5']")


def test_a_script_that_is_not_mounted_is_unknown() -> None:
    for command in (
        "[sh, /other/run.sh]",
        "[sh, /scripts/other.sh]",
        "[/bin/tool]",
        "[]",
        *OTHERS,
    ):
        assert run(MISSING, case(config_job(SCRIPT, command=command))) == []


def test_kubectl_as_the_command_itself() -> None:
    command = "[kubectl, get, pods, -n, $(NS)]"
    (finding,) = run(MISSING, case(config_job(SCRIPT, command=command)))
    assert "needs list on pods" in finding.message


def test_a_manifest_that_is_mounted_beside_the_script() -> None:
    data = "  run.sh: kubectl create -f /scripts/a.yaml\n  a.yaml: |\n    kind: Job"
    (finding,) = run(MISSING, case(config_job(data)))
    assert "needs create on jobs.batch" in finding.message
