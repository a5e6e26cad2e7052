"""Systems to report on: one in which two pairs differ, and a large one in which none does."""

from __future__ import annotations

from pathlib import Path

POD = """apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {namespace}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: main, image: "r/i:1", ports: [{{containerPort: 80}}]}}]}}
---
"""
SHUT = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: shop}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
---
"""
WAY = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: {name}-{direction}, namespace: shop}}
spec:
  podSelector: {{matchLabels: {{app: {name}}}}}
  {direction}:
    - {word}:
        - podSelector: {{matchLabels: {{app: {peer}}}}}
      ports: [{{protocol: TCP, port: {port}}}]
---
"""


def _way(name: str, direction: str, peer: str, port: int) -> str:
    word = "from" if direction == "ingress" else "to"
    return WAY.format(name=name, direction=direction, peer=peer, port=port, word=word)


SHOP = "".join(
    (
        *(POD.format(name=name, namespace="shop") for name in ("web", "books", "stock")),
        SHUT,
        _way("web", "egress", "books", 80),
        _way("books", "ingress", "web", 80),
        # Documented is 5432.
        _way("books", "egress", "stock", 5433),
        _way("stock", "ingress", "books", 5433),
        POD.format(name="agent", namespace="tools"),
    )
)
SHOP_DIAGRAM = """# Net

```mermaid
flowchart LR
  web[Web] -->|port 80| books[Books]
  books -->|port 5432| stock[Stock]
```
"""
SHOP_SCENARIO = """diagram: {file: README.md, heading: Net}
namespace: shop
endpoints:
  Web: {labels: {app: web}}
  Books: {labels: {app: books}}
  Stock: {labels: {app: stock}}
"""


def write_shop(folder: Path) -> Path:
    """Writes it, and returns the scenario."""
    (folder / "k8s").mkdir()
    (folder / "k8s" / "all.yaml").write_text(SHOP)
    (folder / "README.md").write_text(SHOP_DIAGRAM)
    scenario = folder / "net.yaml"
    scenario.write_text(SHOP_SCENARIO)
    return scenario


def write_ring(folder: Path, size: int) -> Path:
    """Writes workloads each of which may connect to the next, and returns the scenario."""
    names = [f"part-{number:03}" for number in range(size)]
    ring = list(zip(names, (*names[1:], names[0]), strict=True))
    text = "".join(
        (
            *(POD.format(name=name, namespace="shop") for name in names),
            SHUT,
            *(_way(name, "egress", after, 80) for name, after in ring),
            *(_way(after, "ingress", name, 80) for name, after in ring),
        )
    )
    (folder / "k8s").mkdir()
    (folder / "k8s" / "all.yaml").write_text(text)
    arrows = "\n".join(f"  {a}[{a}] -->|port 80| {b}[{b}]" for a, b in ring)
    (folder / "README.md").write_text(f"# Net\n\n```mermaid\nflowchart LR\n{arrows}\n```\n")
    ends = "\n".join(f"  {name}: {{labels: {{app: {name}}}}}" for name in names)
    scenario = folder / "net.yaml"
    scenario.write_text(
        f"diagram: {{file: README.md, heading: Net}}\nnamespace: shop\nendpoints:\n{ends}\n"
    )
    return scenario
