"""Small projects that are right, and the commands to run over them once they are damaged."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from tests.cli.command import MANIFESTS, netsim
from tests.project import MANIFESTS as PRODUCTION
from tests.project import SCENARIO

Files = dict[str, bytes]

SHOP = b"""diagram: {file: ../README.md, heading: Network}
namespace: shop
podRanges: [10.0.0.0/8]
endpoints:
  web: {labels: {app: web}, ports: [{name: http, port: 3000}]}
  api: {aliases: [backend], labels: {app: api}, ports: [{port: 8080}]}
  db: {labels: {app: db}, untrusted: true}
  dns: {namespace: kube-system, labels: {k8s-app: kube-dns}}
  outside: {addresses: [0.0.0.0/0], except: [10.0.0.0/8]}
flows:
  - {from: web, to: outside, ports: [TCP 443], because: updates}
deny:
  - {from: db, to: outside, because: nobody takes data away}
"""
README = """# Shop

## Network

```
┌───────┐     ┌───────┐
│  web  │────→│  api  │──→ db (port 5432)
└───────┘     └───────┘
```

## Files

| File | What |
|---|---|
| `shop.yaml` | everything |
""".encode()
QUERIES = b"""src,dst,protocol,port
shop/web,shop/api,TCP,8080
shop/api,203.0.113.7,UDP,53
203.0.113.7,shop/web,TCP,443
"""


@dataclass(frozen=True)
class Project:
    """Manifests in ``m``, a scenario, documents; ``end`` and ``other`` name two endpoints."""

    files: Files
    end: str = "shop/web"
    other: str = "shop/api"


def _folder(name: str) -> Files:
    root = MANIFESTS / name
    return {
        f"m/{file.relative_to(root).as_posix()}": file.read_bytes()
        for file in sorted(root.rglob("*.yaml"))
        if "scenarios" not in file.parts
    }


def _shop(name: str) -> Project:
    return Project({**_folder(name), "scenarios/shop.yaml": SHOP, "README.md": README})


def _documented(name: str, manifests: str) -> Project:
    root = MANIFESTS / name
    documents = ("scenarios/shop.yaml", "README.md")
    intent = {each: (root / each).read_bytes() for each in documents}
    return Project({**_folder(manifests), **intent})


def _snapshot() -> Project:
    taken = netsim("snapshot", "--from", str(MANIFESTS / "shop" / "workloads.yaml"), "-o", "-")
    assert taken.code == 0, taken
    policies = (MANIFESTS / "shop" / "policies.yaml").read_bytes()
    files = {"m/cluster.json": taken.out.encode(), "m/policies.yaml": policies}
    return Project({**files, "scenarios/shop.yaml": SHOP, "README.md": README})


def _production() -> Project:
    manifests = {
        f"m/{file.relative_to(PRODUCTION).as_posix()}": file.read_bytes()
        for file in sorted(PRODUCTION.rglob("*"))
        if file.suffix in (".yaml", ".md")
    }
    scenario = SCENARIO.read_text(encoding="utf-8").replace("../manifests/", "../m/")
    return Project(
        {**manifests, "scenarios/production.yaml": scenario.encode()},
        "production/web",
        "production/api",
    )


def projects() -> tuple[Project, ...]:
    """All of them, small ones more than once."""
    small = [_shop(name) for name in ("shop", "query", "tiers", "odd")]
    return (
        *small,
        *small,
        *[_documented("rollout", "rollout")] * 2,
        *[_documented("drain", "drain/shop")] * 2,
        _documented("drain", "drain/running"),
        *[_snapshot()] * 2,
        _production(),
    )


FORMATS = {
    "check": ("text", "json", "markdown"),
    "list": ("text", "csv", "json", "markdown"),
    "explain": ("text", "json", "markdown"),
    "diff": ("text", "markdown", "json", "csv"),
    "query": ("text", "csv", "json", "markdown"),
    "order": ("text", "markdown", "json"),
    "coverage": ("text", "markdown", "json"),
    "fix": ("text", "markdown", "json"),
    "drain": ("text", "markdown", "json"),
}
COMMANDS = (*FORMATS, "eval", "report", "snapshot", "generate")
QUESTIONS = (
    "sources --to {0}",
    "destinations --from {0}",
    "path --from {0} --to {1}",
    "blast-radius --from {0} --max-hops 2",
    "exposed",
    "unisolated",
    "idle",
)


def arguments(rng: Random, command: str, project: Project, mutated: str) -> list[str]:
    """What to call over the damaged folder ``m``, the same file being right in ``right``."""
    ends = [project.end, project.other, "web", "203.0.113.7", "{ingress-controller}"]
    between = f"--src {rng.choice(ends)} --dst {rng.choice(ends)}"
    port = rng.choice(["", " --port 8080", " --port 443 --protocol UDP"])
    match command:
        case "eval":
            text = rng.choice([f"eval m {between} --port 80", "eval m --queries queries.csv"])
        case "explain":
            text = f"explain m {between}{port}"
        case "diff":
            text = rng.choice(["diff right m", "diff m right"])
        case "query":
            text = f"query {rng.choice(QUESTIONS).format(project.end, project.other)} m"
        case "snapshot":
            return ["snapshot", "--from", mutated, "-o", "-"]
        case "generate":
            more = ["", " --diff --format json", " --api clusternetworkpolicy"]
            return f"generate m{rng.choice(more)}".split()
        case "drain":
            text = "drain m" + rng.choice(["", " --replicas api=2", " --node node-1"])
        case _:
            text = f"{command} m"
    if command not in ("order", "coverage") and rng.random() < 0.2:
        text += " --no-scenario"
    if command in FORMATS:
        text += f" --format {rng.choice(FORMATS[command])}"
    return text.split()
