from pathlib import Path

import pytest

from netsim.rules.documents.documented_namespace import CHECK
from tests.rules.manifests.project import Project, case, told

RUNTIME = (
    "apiVersion: node.k8s.io/v1\nkind: RuntimeClass\nmetadata: {name: gvisor}\nhandler: x\n"
)


def config_map(name: str, namespace: str = "") -> str:
    inner = f"name: {name}, namespace: {namespace}" if namespace else f"name: {name}"
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{{inner}}}\n"


FILES = {
    "prod.yaml": f"{config_map('a', 'prod')}---\n{config_map('b', 'prod')}",
    "none.yaml": config_map("c"),
    "cluster.yaml": RUNTIME,
    "other.yaml": "apiVersion: x.io/v1\nkind: Thing\nmetadata: {name: t}\n",
    "deep/er/x.yaml": config_map("d", "prod"),
}


def found(folder: Path, command: str, *paths: str) -> list[tuple[str, str, list[str]]]:
    project = Project(f"```bash\n{command}\n```\n", "excerpts: []", FILES)
    return told(folder, CHECK, case(folder, project, *paths))


@pytest.mark.parametrize(
    "command",
    [
        "kubectl apply -f prod.yaml -n prod",
        "kubectl apply -f prod.yaml",  # the manifests name their namespace
        "kubectl apply -f none.yaml -n prod",
        "kubectl apply -f cluster.yaml",
        "kubectl apply -f cluster.yaml -n anywhere",  # kubectl passes over it
        "kubectl apply -f other.yaml",  # of kinds nothing is known about, this neither
        "kubectl apply -R -f deep -n prod",
        "kubectl apply -f deep/er -n prod",
        "kubectl apply -f deep/*/*.yaml",
        "cd deep/er\nkubectl apply -f x.yaml -f ../../prod.yaml",
        # What the input never shows.
        "kubectl apply -f notes.txt -f ../s/scenario.yaml -f /tmp/x.yaml",
        "kubectl config set-case --current --namespace=prod\nkubectl apply -f none.yaml",
    ],
)
def test_it_fits(tmp_path: Path, command: str) -> None:
    assert found(tmp_path, command) == []


@pytest.mark.parametrize(
    ("command", "says", "related"),
    [
        (
            "kubectl apply -f prod.yaml -n staging",
            (
                "the command has -n staging, but ConfigMap a and 1 other are of namespace "
                "prod, so kubectl refuses it"
            ),
            ["m/prod.yaml:3", "m/prod.yaml:7"],
        ),
        (
            "kubectl apply -f none.yaml",
            "names a namespace: ConfigMap c is of the current one, mostly default",
            ["m/none.yaml:3"],
        ),
        (
            "kubectl create -f prods.yaml -n prod",
            "which is not beside the document; did you mean prod.yaml?",
            ["m/prod.yaml"],
        ),
        ("kubectl apply -f dep/ -n prod", "did you mean deep/?", ["m/deep/er/x.yaml"]),
        (
            "cd deep\nkubectl apply -f prod.yaml -n prod",
            "applies deep/prod.yaml, which is not beside the document; did you mean prod.yaml?",
            ["m/prod.yaml"],
        ),
        # Endings are alike, but the names are not.
        ("kubectl apply -f secrets.yaml", "is not beside the document", []),
        (
            "kubectl apply -f none.yaml\nkubectl apply -f none.yaml",
            "names a namespace: ConfigMap c",
            ["m/none.yaml:3", "m/README.md:3"],
        ),
        (
            "kubectl apply -f deep/ -n prod",
            "the command applies deep/, which has manifests only in folders below it",
            [],
        ),
        (
            "kubectl config set-case --current --namespace=dev\nkubectl apply -f prod.yaml",
            "has -n dev, but ConfigMap a and 1 other are of namespace prod",
            ["m/prod.yaml:3", "m/prod.yaml:7"],
        ),
    ],
)
def test_it_does_not_fit(tmp_path: Path, command: str, says: str, related: list[str]) -> None:
    ((place, message, others),) = found(tmp_path, command)
    lines = command.splitlines()
    assert (place, others) == (f"m/README.md:{2 + lines.index(lines[-1])}", related)
    assert says in message


def test_each_file_and_fault_of_a_command(tmp_path: Path) -> None:
    command = "kubectl apply -f gone.yaml -f none.yaml -f prod.yaml -f deep/er"
    assert [related for _, _, related in found(tmp_path, command)] == [
        ["m/none.yaml"],
        ["m/none.yaml:3"],
    ]


def test_part_of_the_folder_proves_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, "kubectl apply -f gone.yaml", "m/none.yaml", "other") == []
