from pathlib import Path

import pytest

from netsim.rules.documents.documented_object import CHECK
from tests.rules.manifests.project import Project, case, told


def policy(name: str, namespace: str = "prod") -> str:
    return (
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\nspec: {{podSelector: {{}}}}\n"
    )


def workload(kind: str, name: str, namespace: str = "prod") -> str:
    return (
        f"apiVersion: apps/v1\nkind: {kind}\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\n"
        f"spec:\n  selector: {{matchLabels: {{app: {name}}}}}\n  template:\n"
        f"    metadata: {{labels: {{app: {name}}}}}\n"
        "    spec: {containers: [{name: main, image: x}]}\n"
    )


FILES = {
    "net.yaml": f"{policy('closed')}---\n{policy('books')}",
    "books.yaml": workload("Deployment", "books"),
    "db.yaml": workload("StatefulSet", "postgres", "data"),
}


def found(folder: Path, command: str) -> list[tuple[str, str, list[str]]]:
    project = Project(f"```bash\n{command}\n```\n", "excerpts: []", FILES)
    return told(folder, CHECK, case(folder, project))


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get networkpolicies -n prod",
        "kubectl describe netpol books -n prod",
        "kubectl describe networkpolicy/books",
        "kubectl get networkpolicy NAME -n prod",
        "kubectl get networkpolicy <name> -n prod",
        "kubectl get networkpolicy $NAME -n prod",
        "kubectl describe pod books-7d9c-xxxxx -n prod",
        "kubectl logs -f deploy/books -n prod -c main",
        "kubectl exec -it deploy/books -n prod -- sh",
        "kubectl logs -n prod -l app=books --tail=5",
        "kubectl get pods -A -l app=whatever",
        "kubectl get pods -n kube-system -l k8s-app=kube-dns",
        "kubectl get pods -n ingress-nginx",
        "kubectl get svc -n observability -l app=jaeger",  # of something else
        "kubectl get secret made-elsewhere -n prod",
        "kubectl get sts postgres -n data",
        "kubectl --context other get netpol missing -n nowhere",  # of another cluster
        "helm install x y -n prod\nkubectl get svc x -n prod",
        "kubectl create deployment x --image=y -n prod\nkubectl get deploy x -n prod",
        "kubectl apply -f https://host/x.yaml\nkubectl get deploy x -n prod",
        "kubectl get widgets any",  # of a kind nobody knows
    ],
)
def test_it_is_there(tmp_path: Path, command: str) -> None:
    assert found(tmp_path, command) == []


@pytest.mark.parametrize(
    ("command", "says", "near"),
    [
        (
            "kubectl describe networkpolicy books-allow -n prod",
            "no NetworkPolicy is called books-allow, the nearest is books",
            "net.yaml",
        ),
        (
            "kubectl delete netpol/shut -n prod",
            "no NetworkPolicy is called shut: there are books, closed in prod",
            "net.yaml",
        ),
        (
            "kubectl get pods -n production -l app=books",
            "the pods with app=books are in prod, not in production",
            "books.yaml",
        ),
        (
            "kubectl get netpol -n staging",
            "the networkpolicies are in prod, not in",
            "net.yaml",
        ),
        ("kubectl logs -n prod -l app=boks", "no pod has app=boks", "books.yaml"),
        ("kubectl get deploy book -n prod", "no Deployment is called book", "books.yaml"),
        ("kubectl get sts postgres -n prod", "sts postgres is in data, not in prod", "db.yaml"),
        (
            "kubectl rollout restart deploy/postgres -n data",
            "postgres is a StatefulSet",
            "db.yaml",
        ),
        (
            "kubectl apply -f net.yaml -n live\nkubectl logs -n live -l app=nobody",
            "the manifests have no namespace live",
            "",
        ),
    ],
)
def test_it_is_not_there(tmp_path: Path, command: str, says: str, near: str) -> None:
    ((_, message, related),) = found(tmp_path, command)
    assert says in message
    assert any(near in each for each in related)


def test_a_command_in_a_line_of_prose(tmp_path: Path) -> None:
    project = Project("See `kubectl get netpol shut -n prod`.\n", "excerpts: []", FILES)
    ((place, _, _),) = told(tmp_path, CHECK, case(tmp_path, project))
    assert place.startswith("m/README.md:1")
