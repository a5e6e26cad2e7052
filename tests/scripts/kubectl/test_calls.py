from __future__ import annotations

import shlex

import pytest

from netsim.scripts.kubectl.accesses import Access, Call, Naming, Place
from netsim.scripts.kubectl.calls import read_call
from netsim.scripts.kubectl.invocations import Invocation, Reach
from netsim.scripts.shell.values import TEXT, WORD

POD = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n"
LEASE = '{"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": {"name": "l"}}'
FILES = {"/etc/pod.yaml": POD}


def read(command: str, stdin: str | None = None) -> Call:
    """In the command ``?`` stands for an unknown word, ``*`` for any number of them."""
    words = [
        word.replace("?", WORD).replace("*", TEXT) if "=" not in word else word
        for word in shlex.split(command)
    ]
    return read_call(Invocation(tuple(words), stdin, FILES, 1, Reach.CALLED))


PLACES = {Place.OWN: "", Place.CLUSTER: " @*", Place.UNKNOWN: " @?"}


def shown(access: Access) -> str:
    place = access.namespace
    where = PLACES[place] if isinstance(place, Place) else f" @{place}"
    name = " ?" if access.name is Naming.UNKNOWN else ""
    return f"{access}{name}{where}"


def needs(command: str, stdin: str | None = None) -> list[str]:
    return sorted({shown(access) for access in read(command, stdin).needs})


COMMANDS: tuple[tuple[str, list[str]], ...] = (
    ("get pods", ["list pods"]),
    ("get po", ["list pods"]),
    ("get Pod", ["list pods"]),
    ("get pods -l app=x", ["list pods"]),
    ("get pods -lapp=x -ojson", ["list pods"]),
    ("get pods p", ["get pods p"]),
    ("get pods p q", ["get pods p", "get pods q"]),
    ("get pods ?", ["get pods ?"]),
    ("get pod/p", ["get pods p"]),
    ("get pod/? cm/m", ["get configmaps m", "get pods ?"]),
    ("get pods,cm", ["list configmaps", "list pods"]),
    ("get pods,cm x", ["get configmaps x", "get pods x"]),
    ("get pods -w", ["list pods", "watch pods"]),
    ("get pods p --watch", ["get pods p", "watch pods p"]),
    ("get pods p --watch=false", ["get pods p"]),
    # RBAC takes the name from the field selector.
    ("get pods --field-selector metadata.name=p", ["list pods p"]),
    ("get pods --field-selector=status.phase=Running", ["list pods"]),
    ("get pods -A", ["list pods @*"]),
    ("get pods -n lab", ["list pods @lab"]),
    ("-n lab get pods", ["list pods @lab"]),
    ("--namespace=lab get pods", ["list pods @lab"]),
    ("get pods -n ?", ["list pods @?"]),
    ("get nodes -n lab", ["list nodes @*"]),
    ("get ns", ["list namespaces @*"]),
    # The path of a namespace is also the namespace of the request.
    ("get ns lab", ["get namespaces lab @lab"]),
    ("get lease l", ["get leases.coordination.k8s.io l"]),
    ("get lease.coordination.k8s.io l", ["get leases.coordination.k8s.io l"]),
    ("get leases.v1.coordination.k8s.io/l", ["get leases.coordination.k8s.io l"]),
    ("get certificates.cert-manager.io", ["list certificates.cert-manager.io"]),
    ("get pods.metrics.k8s.io p", ["get pods.metrics.k8s.io p"]),
    ("get -f /etc/pod.yaml", ["get pods p"]),
    ("get --raw /api/v1/namespaces/shop/pods", ["list pods @shop"]),
    ("get --raw /api/v1/namespaces/shop/pods/p/log", ["get pods/log p @shop"]),
    ("get --raw /api/v1/nodes/n", ["get nodes n @*"]),
    ("get --raw /apis/apps/v1/deployments?limit=1", ["list deployments.apps @*"]),
    ("get --raw /healthz", []),
    ("get --raw /api/v1/namespaces/lab", ["get namespaces lab @lab"]),
    ("delete --raw /api/v1/namespaces/shop/pods/p", ["delete pods p @shop"]),
    ("delete --raw /api/v1/namespaces/?/pods/?", ["delete pods ? @?"]),
    ("delete --raw /api/v1/namespaces/shop/pods", ["deletecollection pods @shop"]),
    (
        "replace --raw /apis/coordination.k8s.io/v1/namespaces/shop/leases/l -f -",
        ["update leases.coordination.k8s.io l @shop"],
    ),
    ("create --raw /api/v1/namespaces/shop/pods -f -", ["create pods @shop"]),
    ("create -f /etc/pod.yaml", ["create pods"]),
    ("create -f /etc/pod.yaml --dry-run=client", []),
    ("create -f /etc/pod.yaml --dry-run=server", ["create pods"]),
    ("create cm m --from-literal=a=b", ["create configmaps"]),
    ("create secret generic s --from-file a", ["create secrets"]),
    ("create job j --from=cronjob/c", ["create jobs.batch", "get cronjobs.batch c"]),
    ("create ns lab", ["create namespaces @*"]),
    ("create token bot", ["create serviceaccounts/token bot"]),
    ("apply -f /etc/pod.yaml", ["create pods", "get pods p", "patch pods p"]),
    ("apply -f /etc/pod.yaml --server-side", ["create pods", "patch pods p"]),
    ("replace -f /etc/pod.yaml", ["update pods p"]),
    ("replace --force -f /etc/pod.yaml", ["create pods", "delete pods p"]),
    ("delete pod p", ["delete pods p"]),
    ("delete pods -l app=x", ["delete pods ?", "list pods"]),
    ("delete pods --all", ["delete pods ?", "list pods"]),
    ("delete -f /etc/pod.yaml", ["delete pods p"]),
    ("patch pod p -p x", ["get pods p", "patch pods p"]),
    (
        "patch deploy d --subresource=scale --type=merge -p x",
        [
            "get deployments.apps/scale d",
            "patch deployments.apps/scale d",
        ],
    ),
    ("label pod p a=b c-", ["get pods p", "patch pods p"]),
    ("label pod/p a=b --overwrite", ["get pods p", "patch pods p"]),
    ("label pods --all a=b", ["list pods", "patch pods ?"]),
    ("label pod p --list", ["get pods p"]),
    ("annotate cm m a=b", ["get configmaps m", "patch configmaps m"]),
    ("set image deploy/d c=image", ["get deployments.apps d", "patch deployments.apps d"]),
    ("set env deployment d A=b", ["get deployments.apps d", "patch deployments.apps d"]),
    ("logs p", ["get pods p", "get pods/log p"]),
    ("logs -f p -c main", ["get pods p", "get pods/log p"]),
    ("logs -l app=x", ["get pods/log ?", "list pods"]),
    ("logs job/j", ["get jobs.batch j", "get pods/log ?", "list pods"]),
    ("exec p -- cat -n x", ["create pods/exec p", "get pods p"]),
    ("exec -it p -c main -- sh", ["create pods/exec p", "get pods p"]),
    ("exec deploy/d -- true", ["create pods/exec ?", "get deployments.apps d", "list pods"]),
    ("wait pod p --for=condition=Ready", ["get pods p", "list pods p", "watch pods p"]),
    ("wait pods --all --for delete", ["list pods", "list pods ?", "watch pods ?"]),
    (
        "scale deploy d --replicas=2",
        ["get deployments.apps d", "patch deployments.apps/scale d"],
    ),
    (
        "scale deploy d --replicas=2 --current-replicas=1",
        [
            "get deployments.apps d",
            "get deployments.apps/scale d",
            "update deployments.apps/scale d",
        ],
    ),
    ("rollout restart deploy/d", ["get deployments.apps d", "patch deployments.apps d"]),
    (
        "rollout status deploy d --timeout=1m",
        [
            "get deployments.apps d",
            "list deployments.apps d",
            "watch deployments.apps d",
        ],
    ),
    ("rollout status deploy d --watch=false", ["get deployments.apps d"]),
    ("rollout history ds d", ["get daemonsets.apps d", "list controllerrevisions.apps"]),
    (
        "rollout undo deploy d",
        [
            "get deployments.apps d",
            "list replicasets.apps",
            "patch deployments.apps d",
        ],
    ),
    ("run p --image=i", ["create pods"]),
    ("events", ["list events"]),
    ("auth can-i create pods", []),
    ("version", []),
    ("config view", []),
    ("api-resources", []),
    ("", []),
    ("get --help", []),
)


@pytest.mark.parametrize(("command", "expected"), COMMANDS, ids=[row[0] for row in COMMANDS])
def test_needs(command: str, expected: list[str]) -> None:
    assert needs(command) == sorted(expected)
    assert read(command).unclear is None


MAYBE: tuple[tuple[str, list[str]], ...] = (
    ("delete pod p", ["get pods p", "list pods p", "watch pods p"]),
    ("delete pod p --wait=true", ["get pods p", "list pods p", "watch pods p"]),
    ("delete pod p --wait=false", []),
    ("delete pods -l a=b", ["get pods ?", "list pods ?", "watch pods ?"]),
    ("replace -f /etc/pod.yaml", ["get pods p"]),
    ("exec p -- true", ["get pods/exec p"]),
    (
        "scale rs r --replicas=1",
        ["get replicasets.apps/scale r", "update replicasets.apps/scale r"],
    ),
    ("get pods", []),
)


@pytest.mark.parametrize(("command", "expected"), MAYBE, ids=[row[0] for row in MAYBE])
def test_what_it_does_without(command: str, expected: list[str]) -> None:
    assert sorted({shown(access) for access in read(command).may}) == expected


UNCLEAR = (
    ("get ?", "the kind of object is not in the text"),
    ("get ?/p", "the kind of object is not in the text"),
    ("get all", "what kind of object all is, is not known here"),
    ("get certificates", "what kind of object certificates is, is not known here"),
    ("get pods *", "a variable without quotes may be several words"),
    ("? pods", "the command is not in the text"),
    ("get", "what it is about is not in the text"),
    ("get pods --some-flag x", "the flag --some-flag is not known here"),
    ("get pods -Z", "the flag -Z is not known"),
    ("get pods -?", "the flag -? is not known"),
    ("get pods --kubeconfig=x", "--kubeconfig may make it another account"),
    ("get pods --as=admin", "--as may make it another account"),
    ("get pods -s https://a", "--server may make it another account"),
    ("apply -k .", "what the kustomization holds is not in the text"),
    ("apply -f pod.yaml", "what pod.yaml holds is not in the text"),
    ("apply -f ?", "what a file holds is not in the text"),
    ("apply -f https://a/b.yaml", "what https://a/b.yaml holds is not in the text"),
    ("apply -f /etc/pod.yaml --prune -l a=b", "--prune deletes what is not in the text"),
    ("apply view-last-applied pod p", "what kubectl apply view-last-applied asks for"),
    ("create -f -", "what its input holds is not in the text"),
    ("create widget w", "what kubectl create widget makes is not known here"),
    ("create -f /etc/pod.yaml --edit", "--edit asks a person"),
    ("logs ?", "whether this names a pod or another object is not in the text"),
    ("exec", "which pod it is about is not in the text"),
    ("get --raw ?", "the path is not in the text"),
    ("get --raw /api/v1/namespaces/shop/?", "the resource of the path is not in the text"),
    ("patch --raw /api", "kubectl patch has no --raw"),
    ("describe pod p", "kubectl describe also reads what belongs to an object"),
    ("drain n", "what kubectl drain asks for is not known here"),
    ("rollout history job j", "jobs have no history of roll-outs"),
    ("run p --image=i --rm -i", "what kubectl run --rm asks for is not known here"),
    ("auth reconcile -f x", "what kubectl auth reconcile asks for is not known here"),
)


@pytest.mark.parametrize(("command", "reason"), UNCLEAR, ids=[row[0] for row in UNCLEAR])
def test_unclear(command: str, reason: str) -> None:
    assert (read(command).unclear or "").startswith(reason)


INPUTS: tuple[tuple[str, str | None, list[str] | None], ...] = (
    ("YAML", POD, ["create pods"]),
    ("JSON", LEASE, ["create leases.coordination.k8s.io"]),
    ("two documents", f"{POD}---\n{LEASE}", None),
    (
        "two documents of YAML",
        f"---\n{POD}---\nkind: Job\n",
        ["create jobs.batch", "create pods"],
    ),
    ("hole in a value", f"kind: Pod\nmetadata: {{name: {WORD}}}", ["create pods"]),
    ("hole in a list", f'{{"kind":"Pod","spec":{{"containers":[{WORD}]}}}}', ["create pods"]),
    # A line that is unknown may be anything.
    ("hole in place of a line", f"kind: Pod\n{WORD}\n", None),
    ("hole in place of the kind", f"kind: {WORD}\n", None),
    ("nothing but a hole", TEXT, None),
    ("no kind", "a: b\n", None),
    ("inner kind", "spec:\n  kind: Pod\n", None),
    ("inner kind of JSON", '{"spec": {"kind": "Pod"}}', None),
    ("inner kind beside its own", '{"owner": {"kind": "Job"}, "kind": "Pod"}', ["create pods"]),
    ("list", "apiVersion: v1\nkind: List\nitems: []\n", None),
    ("kind of others", "apiVersion: acme.io/v1\nkind: Widget\n", None),
    # The Job of another group is not the one that is known.
    ("kind of another group", "apiVersion: acme.io/v1\nkind: Job\n", None),
    ("nothing", None, None),
)


@pytest.mark.parametrize(
    ("stdin", "expected"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS]
)
def test_input(stdin: str | None, expected: list[str] | None) -> None:
    found = read("create -f -", stdin)
    assert (found.unclear is not None) is (expected is None)
    assert needs("create -f -", stdin) == (expected or [])
