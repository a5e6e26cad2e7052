"""A repository with the manifests of a shop, its diagram, and a branch for each kind of change.

Commits have fixed dates and names, so that they have the same hash everywhere.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

README = """\
# Shop

## Network

```mermaid
flowchart LR
  web[Web] -->|TCP 4000| api[API]
  api -->|TCP 5432| db[DB]
```
"""
SCENARIO = """\
diagram: {file: ../README.md, heading: Network}
namespace: shop
endpoints:
  Web: {workload: shop/web}
  API: {workload: shop/api}
  DB: {workload: shop/db}
"""
POLICIES = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: shop}
spec:
  podSelector: {}
  policyTypes: [Ingress, Egress]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {matchLabels: {app: web}}
  policyTypes: [Egress]
  egress:
    - to: [{podSelector: {matchLabels: {app: api}}}]
      ports: [{port: 4000}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  policyTypes: [Ingress, Egress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: web}}}]
      ports: [{port: 4000}]
  egress:
    - to: [{podSelector: {matchLabels: {app: db}}}]
      ports: [{port: 5432}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: db, namespace: shop}
spec:
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress:
    - from: [{podSelector: {matchLabels: {app: api}}}]
      ports: [{port: 5432}]
"""
WEB_TO_DB = "    - to: [{podSelector: {matchLabels: {app: db}}}]\n      ports: [{port: 5432}]\n"
WEB_EGRESS = "matchLabels: {app: api}}}]\n      ports: [{port: 4000}]\n"
DB_INGRESS = (
    "    - from: [{podSelector: {matchLabels: {app: api}}}]\n      ports: [{port: 5432}]\n"
)


def write_workload(name: str, port: int) -> str:
    return dedent(f"""\
        apiVersion: apps/v1
        kind: Deployment
        metadata: {{name: {name}, namespace: shop}}
        spec:
          selector: {{matchLabels: {{app: {name}}}}}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              containers:
                - name: main
                  image: registry.internal/{name}:1
                  ports: [{{containerPort: {port}}}]
        """)


class Repository:
    """A repository in a folder, whose branches begin at ``main``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")
        workloads = (("web", 3000), ("api", 4000), ("db", 5432))
        self.write("README.md", README)
        self.write("scenarios/shop.yaml", SCENARIO)
        self.write("manifests/policies.yaml", POLICIES)
        texts = (write_workload(name, port) for name, port in workloads)
        self.write("manifests/workloads.yaml", "---\n".join(texts))
        self.commit("the shop")

    def git(self, *arguments: str) -> str:
        names = {"GIT_AUTHOR_NAME": "dev", "GIT_AUTHOR_EMAIL": "dev@shop.example"}
        names |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in names.items()}
        dates = dict.fromkeys(("GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"), "2026-01-01T00:00:00Z")
        nowhere = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.folder,
            env=os.environ | names | dates | nowhere,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def write(self, file: str, text: str) -> None:
        path = self.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, file: str, old: str, new: str) -> None:
        text = (self.folder / file).read_text()
        assert old in text, f"{file} has no {old!r}"
        self.write(file, text.replace(old, new, 1))

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")

    def start(self, branch: str, change: Callable[[Repository], None]) -> None:
        """Makes a branch with one commit, and checks it out."""
        self.git("checkout", "--quiet", "-B", branch, "main")
        change(self)
        self.commit(branch)


def open_undocumented(repository: Repository) -> None:
    repository.replace("manifests/policies.yaml", WEB_EGRESS, WEB_EGRESS + WEB_TO_DB)
    more = DB_INGRESS.replace("}}}]", "}}}, {podSelector: {matchLabels: {app: web}}}]")
    repository.replace("manifests/policies.yaml", DB_INGRESS, more)


def open_with_its_excuse(repository: Repository) -> None:
    open_undocumented(repository)
    repository.replace("README.md", "  api -->", "  web -->|TCP 5432| db\n  api -->")


def change_nothing(repository: Repository) -> None:
    repository.replace("manifests/policies.yaml", "kind:", "# Nobody else.\nkind:")


def close_documented(repository: Repository) -> None:
    repository.replace(
        "manifests/policies.yaml", "ports: [{port: 5432}]", "ports: [{port: 5433}]"
    )


def remove_default_deny(repository: Repository) -> None:
    first, _, rest = POLICIES.partition("---\n")
    assert "default-deny" in first
    repository.write("manifests/policies.yaml", rest)


def reject_a_document(repository: Repository) -> None:
    repository.replace(
        "manifests/policies.yaml", "policyTypes: [Egress]", "policyType: [Egress]"
    )


def document_less(repository: Repository) -> None:
    repository.replace("README.md", "  api -->|TCP 5432| db[DB]\n", "  db[DB]\n")


def suppress_a_finding(repository: Repository) -> None:
    open_undocumented(repository)
    excuse = "    # netsim: ignore[exposed] the migration ends in May\n"
    repository.replace(
        "manifests/policies.yaml",
        "    - from: [{podSelector: {matchLabels: {app: api}}}, ",
        excuse + "    - from: [{podSelector: {matchLabels: {app: api}}}, ",
    )


def add_a_workload(repository: Repository) -> None:
    repository.write("manifests/cache.yaml", write_workload("cache", 6379))


CHANGES: dict[str, Callable[[Repository], None]] = {
    "harmless": change_nothing,
    "opens": open_undocumented,
    "documents": open_with_its_excuse,
    "closes": close_documented,
    "removes": remove_default_deny,
    "rejected": reject_a_document,
    "withdraws": document_less,
    "suppresses": suppress_a_finding,
    "arrives": add_a_workload,
}
"""The branches: what a pull request may do."""


def make_repository(folder: Path) -> Repository:
    repository = Repository(folder)
    for branch, change in CHANGES.items():
        repository.start(branch, change)
    return repository
