"""Input that wants to be markup wherever the API or a file lets it be any text."""

from __future__ import annotations

from pathlib import Path

TAGS = (
    "<x-evil>",
    "<img src=x onerror=evil=1>",
    "</script><script>evil=1</script>",
    "</title></style></textarea></pre><x-evil>",
    "<!-- <script>",
    "--> ]]> $style ${evil} {{evil}}",
    "'\"><x-evil onload='evil=1'>",
    "javascript:evil=1 [a](javascript:evil=1) ![](x) `</code>` **b** &lt;x-evil&gt;",
)
EVIL = " ".join(TAGS).replace("'", "''")
"""As a quoted scalar of YAML."""

ORDERS = "::error::now ##[error]now"
FILE = "<x-evil onload=evil=1> &quot; ::error::x.yaml"
EVIL_NAMES = ("<x-evil>", "<!-- <script>", "&lt;x-evil&gt;", FILE)
"""Texts that have to be seen as they are."""

FILES = {
    "net.yaml": f"""diagram: {{file: README.md, heading: Net}}
namespace: shop
endpoints:
  Web: {{labels: {{app: web}}}}
  Books: {{labels: {{app: books}}}}
  '{EVIL}': {{labels: {{app: odd}}}}
flows:
  - {{from: Web, to: '{EVIL}', ports: [TCP 81], because: '{EVIL}'}}
deny:
  - {{from: Books, to: Web, because: '{EVIL} {ORDERS}'}}
""",
    "README.md": """# Net

```mermaid
flowchart LR
  web[Web] -->|port 80| books[Books]
```
""",
    f"k8s/{FILE}": f"""# netsim: ignore[exposed] {" ".join(TAGS)} {ORDERS}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: web
  namespace: shop
  annotations: {{note: '{EVIL}'}}
spec:
  podSelector: {{matchLabels: {{app: web}}}}
  egress:
    # {" ".join(TAGS)}
    - ports: [{{port: 80}}]  # {ORDERS}
---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {{name: guard}}
spec:
  priority: 1
  subject: {{namespaces: {{}}}}
  ingress:
    - name: '{EVIL[:90].rstrip("'")}'
      action: Allow
      from: [{{namespaces: {{}}}}]
---
apiVersion: 'example.org/{EVIL}'
kind: '{EVIL}'
metadata: {{name: '{EVIL}', namespace: shop}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, labels: {{app: web}}}}
spec: {{containers: [{{name: '{EVIL}', image: '{EVIL}'}}]}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: '{EVIL}', namespace: shop}}
spec: {{podSelector: {{matchLabels: {{'{EVIL}': '{EVIL}'}}}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: books, namespace: shop, labels: {{app: books}}}}
spec: {{containers: [{{name: c}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: odd, namespace: shop, labels: {{app: odd}}}}
spec: {{containers: [{{name: c}}]}}
""",
    "k8s/broken.yaml": f"a: '{EVIL}",
}


def write_evil(folder: Path) -> None:
    for name, text in FILES.items():
        file = folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
