"""No command answers for sure, with exit code 0, where the input lacks what may decide it.

Every command is asked about every way in which input can be incomplete.  The complete input has
a definite answer to each, so that what is seen comes from what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from errno import EACCES
from pathlib import Path
from stat import S_IMODE
from unittest.mock import patch

import pytest

from tests.cli.command import Done, netsim

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
PODS = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: main, image: "a.example/web:1"}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: api}}
  template:
    metadata: {labels: {app: api}}
    spec: {containers: [{name: main, image: "a.example/api:1", ports: [{containerPort: 80}]}]}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: api, namespace: shop}
spec: {maxUnavailable: 1, selector: {matchLabels: {app: api}}}
"""
POLICIES = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: closed, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress]}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]
"""
SCENARIO = """\
namespace: shop
directions: [ingress]
endpoints:
  web: {labels: {app: web}}
  api: {labels: {app: api}, ports: [{port: 80}]}
  office: {addresses: [192.0.2.0/24]}
  branch: {addresses: [198.51.100.0/24]}
flows:
  - {from: web, to: api, ports: [TCP 80], because: orders are kept there}
"""
UNJUDGED = "  - {from: office, to: branch, ports: [TCP 443], because: it is drawn}\n"

WEB, API = "shop/web[Deployment]", "shop/api[Deployment]"
ONE = ("--src", WEB, "--dst", API, "--port", "80")
COMMANDS = {
    "check": ("check", "new"),
    "check-markdown": ("check", "new", "--format", "markdown"),
    "check-json": ("check", "new", "--format", "json"),
    "list": ("list", "new"),
    "list-csv": ("list", "new", "--format", "csv"),
    "list-json": ("list", "new", "--format", "json"),
    "list-markdown": ("list", "new", "--format", "markdown"),
    "eval": ("eval", "new", *ONE),
    "explain": ("explain", "new", *ONE),
    "explain-all-ports": ("explain", "new", *ONE[:4]),
    "explain-json": ("explain", "new", *ONE, "--format", "json"),
    "diff": ("diff", "old", "new"),
    "diff-back": ("diff", "new", "old"),
    "diff-json": ("diff", "old", "new", "--format", "json"),
    "sources": ("query", "sources", "new", "--to", API),
    "destinations": ("query", "destinations", "new", "--from", WEB),
    "path": ("query", "path", "new", "--from", WEB, "--to", API),
    "blast-radius": ("query", "blast-radius", "new", "--from", WEB),
    "exposed": ("query", "exposed", "new"),
    "unisolated": ("query", "unisolated", "new"),
    "idle": ("query", "idle", "new"),
    "order": ("order", "new"),
    "drain": ("drain", "new"),
    "snapshot": ("snapshot", "--from", "all.yaml", "-o", "-"),
}

REJECTED_POLICY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: more, namespace: shop}
spec: {podSelecter: {}}
"""
REJECTED_POD = "apiVersion: v1\nkind: Pod\nmetadata: [web]\n"
BROKEN_YAML = "apiVersion: v1\nkind: [\n"
MISSPELT_KIND = REJECTED_POLICY.replace("podSelecter", "podSelector").replace(
    "NetworkPolicy", "NetwrokPolicy"
)
CALICO = """\
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: all}
spec: {order: 1}
"""
CILIUM = """\
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: all, namespace: shop}
spec: {endpointSelector: {}, ingress: [{}]}
"""
OPENED = POLICIES.partition("---\n")[2].replace("port: 80", "port: 81")


def lacking(kind: str) -> str:
    """What a snapshot says of a kind that it lacks."""
    return f"apiVersion: v1\nkind: List\nnetsim: {{missing: [{{kind: {kind}}}]}}\n"


def _add(text: str) -> Callable[[Path], None]:
    """The way of one more document."""
    return lambda folder: write(folder / "new" / "more.yaml", text)


def _make_unread_folder(folder: Path) -> None:
    (folder / "new" / "more").mkdir(mode=0)


def _make_unread_file(folder: Path) -> None:
    (folder / "new" / "more.yaml").symlink_to("nowhere")


def _leave_flow_unjudged(folder: Path) -> None:
    write(folder / "scenarios" / "shop.yaml", SCENARIO + UNJUDGED)


def _leave_placeholder(file: str, text: str, old: str, new: str) -> Callable[[Path], None]:
    """The way of a placeholder in one of the files."""
    assert old in text
    return lambda folder: write(folder / "new" / file, text.replace(old, new))


def _leave_placeholder_in_block(folder: Path) -> None:
    text = POLICIES.replace(
        "podSelector: {matchLabels: {app: web}}", 'ipBlock: {cidr: "${IP}"}'
    )
    write(folder / "new" / "policies.yaml", text)


NETWORK = frozenset(COMMANDS) - {"drain", "snapshot"}
"""The commands that say something of connections."""

FILES = frozenset(COMMANDS) - {"snapshot"}
"""Those that read a folder; a snapshot is of one file."""

_ABOUT_ONE = frozenset({"eval", "explain", "explain-json", "explain-all-ports"})
"""Those about two workloads that are known, whatever other pods there are."""

_NOT_OF_PEERS = frozenset({"exposed", "idle", "unisolated"})
"""Those that a rule from some pods of the namespace to others changes nothing for."""

WAYS: dict[str, tuple[Callable[[Path], None], frozenset[str]]] = {
    "rejected policy": (_add(REJECTED_POLICY), frozenset(COMMANDS)),
    "rejected pod": (_add(REJECTED_POD), frozenset(COMMANDS)),
    "broken YAML": (_add(BROKEN_YAML), frozenset(COMMANDS)),
    "misspelt kind": (_add(MISSPELT_KIND), NETWORK),
    "unread folder": (_make_unread_folder, FILES),
    "unread file": (_make_unread_file, FILES),
    "Calico": (_add(CALICO), NETWORK - {"idle"}),
    "Cilium": (_add(CILIUM), NETWORK - {"idle"}),
    "snapshot without policies": (_add(lacking("NetworkPolicy")), NETWORK),
    "snapshot without pods": (_add(lacking("Pod")), FILES - _ABOUT_ONE),
    "snapshot without namespaces": (_add(lacking("Namespace")), frozenset({"check"})),
    "snapshot without budgets": (
        _add(lacking("PodDisruptionBudget")),
        frozenset({"drain"}),
    ),
    "differing copies": (_add(OPENED), NETWORK),
    # Only what compares with the documentation is about a flow.
    "unjudged flow": (
        _leave_flow_unjudged,
        frozenset({"check", "check-markdown", "check-json"}),
    ),
    "placeholder for a port": (
        _leave_placeholder("policies.yaml", POLICIES, "port: 80", 'port: "${PORT}"'),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder in a peer": (
        _leave_placeholder("policies.yaml", POLICIES, "app: web", 'app: "${APP}"'),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder for a key": (
        _leave_placeholder("policies.yaml", POLICIES, "app: web", '"${KEY}": web'),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder in a namespaceSelector": (
        _leave_placeholder(
            "policies.yaml",
            POLICIES,
            "{podSelector: {matchLabels: {app: web}}}",
            '{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: "${NS}"}}}',
        ),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder in a subject": (
        _leave_placeholder("policies.yaml", POLICIES, "app: api", 'app: "${APP}"'),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder for a policy's namespace": (
        _leave_placeholder(
            "policies.yaml",
            POLICIES,
            "name: api, namespace: shop",
            'name: api, namespace: "${NS}"',
        ),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder in the labels of a source": (
        _leave_placeholder(
            "pods.yaml",
            PODS,
            "metadata: {labels: {app: web}}",
            'metadata: {labels: {app: "${APP}"}}',
        ),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder in the labels of a destination": (
        _leave_placeholder(
            "pods.yaml",
            PODS,
            "metadata: {labels: {app: api}}",
            'metadata: {labels: {app: "${APP}"}}',
        ),
        NETWORK - _NOT_OF_PEERS,
    ),
    "placeholder for a block": (
        _leave_placeholder_in_block,
        NETWORK - frozenset({"idle", "unisolated"}),
    ),
}
FINDS_MORE = frozenset(each for each in COMMANDS if each.startswith(("check", "diff", "order")))
"""The commands whose findings come before what is inconclusive."""

CELLS = [
    pytest.param(way, command, id=f"{way}-{command}")
    for way, (_, affected) in WAYS.items()
    for command in COMMANDS
    if command in affected
]


def write(file: Path, text: str) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    for side in ("old", "new"):
        write(tmp_path / side / "namespace.yaml", NAMESPACE)
        write(tmp_path / side / "pods.yaml", PODS)
        write(tmp_path / side / "policies.yaml", POLICIES)
    write(tmp_path / "scenarios" / "shop.yaml", SCENARIO)
    return tmp_path


_ITERDIR = Path.iterdir


def iterate_with_permission(folder: Path) -> Iterator[Path]:
    """What a folder holds; whoever tests may be root, to whom no folder is closed."""
    if not S_IMODE(folder.stat().st_mode):
        raise PermissionError(EACCES, "Permission denied", str(folder))
    return _ITERDIR(folder)


def run(place: Path, command: str) -> Done:
    """Runs a command about the folder ``new``, or about one file that holds all of it."""
    if command == "snapshot":
        files = sorted(file for file in (place / "new").iterdir() if file.is_file())
        texts = (file.read_text(encoding="utf-8") for file in files)
        write(place / "all.yaml", "---\n".join(texts))
    with patch.object(Path, "iterdir", iterate_with_permission):
        return netsim(*COMMANDS[command], cwd=place)


@pytest.mark.parametrize("command", COMMANDS)
def test_complete_input_has_an_answer(place: Path, command: str) -> None:
    done = run(place, command)
    assert done.code == 0, done


@pytest.mark.parametrize(("way", "command"), CELLS)
def test_incomplete_input_has_no_definite_answer(place: Path, way: str, command: str) -> None:
    make, _ = WAYS[way]
    make(place)
    done = run(place, command)
    assert done.code == 2 or (done.code == 1 and command in FINDS_MORE), done
    assert not claims(command, done), done


@pytest.mark.parametrize(
    "command", ["sources", "destinations", "path", "blast-radius", "exposed"]
)
def test_no_row_is_sure_beside_a_rejected_document(place: Path, command: str) -> None:
    """It may be a policy about any pod, so no port is surely open."""
    write(place / "new" / "more.yaml", REJECTED_POLICY)
    name, question, path, *rest = COMMANDS[command]
    said = json.loads(netsim(name, question, path, *rest, "--format", "json", cwd=place).out)
    rows = said["answer"]
    assert rows
    assert not any(row.get("allowed") for row in rows), rows


def test_the_reason_names_the_placeholder(place: Path) -> None:
    """Beside a block that covers a part of the pod ranges, which says nothing."""
    block = "- ipBlock:\n            cidr: ${IP}\n        - ipBlock: {cidr: 10.1.0.0/16}\n"
    text = POLICIES.partition("  ingress: [")[0] + f"  ingress:\n    - from:\n        {block}"
    write(place / "new" / "policies.yaml", text)
    done = run(place, "explain")
    said = " ".join(done.out.split())
    line = text.splitlines().index("            cidr: ${IP}") + 1
    assert f"new/policies.yaml:{line}: the ipBlock still holds the placeholder ${{IP}}" in said
    assert "inconclusive: the answer depends on what is unknown of shop/api" in done.err


OPEN = ("Calico", "Cilium", "differing copies", "placeholder for a port")
"""Ways in which every document is read, and what it does is not known."""

ACCEPTING = frozenset({*NETWORK, "drain"})


@pytest.mark.parametrize("way", OPEN)
@pytest.mark.parametrize("command", sorted(ACCEPTING - FINDS_MORE))
def test_whoever_accepts_it_gets_an_answer(place: Path, way: str, command: str) -> None:
    WAYS[way][0](place)
    name, *rest = COMMANDS[command]
    with patch.object(Path, "iterdir", iterate_with_permission):
        done = netsim(name, *rest, "--allow-inconclusive", cwd=place)
    assert done.code == 0, done


BY_CONVENTION = POLICIES.replace(
    "from: [{podSelector: {matchLabels: {app: web}}}]", "from: [{ipBlock: {cidr: 10.1.0.0/16}}]"
)


@pytest.mark.parametrize(
    "command",
    [
        *("list", "list-json", "list-markdown", "explain", "explain-json", "explain-all-ports"),
        *("sources", "destinations", "path", "blast-radius"),
    ],
)
def test_a_convention_is_no_lack_of_input(place: Path, command: str) -> None:
    """A pod of unknown address may be in a block that covers a part of the pod ranges."""
    write(place / "new" / "policies.yaml", BY_CONVENTION)
    done = run(place, command)
    assert (done.code, "unknown" in done.out or "possible" in done.out) == (0, True), done


@pytest.mark.parametrize("command", ["eval", "list-csv"])
def test_an_answer_without_a_word_for_it_is_inconclusive(place: Path, command: str) -> None:
    """What asks ``eval`` reads the exit code, and CSV leaves the connection out."""
    write(place / "new" / "policies.yaml", BY_CONVENTION)
    assert run(place, command).code == 2
    done = netsim(*COMMANDS[command], "--allow-inconclusive", cwd=place)
    assert done.code == 0, done


def claims(command: str, done: Done) -> bool:  # noqa: C901
    """Whether an output says for sure of the connection in question what is not known.

    The exit code says it of a question about many connections, or each says so itself.
    """
    first = done.out.partition("\n")[0]
    match command.split("-"):
        case ["check", "json"]:
            return bool(json.loads(done.out)["conclusion"] == "passed")
        case ["check", *_]:
            return "passed" in first
        case ["eval"]:
            return done.out.rstrip().endswith((",allow", ",deny"))
        case ["explain", "json"]:
            return bool(json.loads(done.out)["verdict"] != "unknown")
        case ["explain"]:
            rows = (row for row in done.out.splitlines() if row.startswith(f"{WEB} => "))
            return not all("unknown" in row for row in rows)
        case ["diff", "json"]:
            return json.loads(done.out)["differs"] is False and done.code == 0
        case ["diff", *_]:
            return done.out.startswith("no connection differs")
        case ["list", "json"]:
            listed = () if done.code else json.loads(done.out)["connections"]
            return any(row["ports"] for row in listed if (row["src"], row["dst"]) == (WEB, API))
        case ["list", "csv"]:
            return done.code == 0
        case ["list", *_]:
            rows = (row for row in done.out.splitlines() if WEB in row and API in row)
            return done.code == 0 and not all("unknown: " in row for row in rows)
        case ["order"]:
            return first.startswith("passed")
        case _:
            return False
