"""Shows flows in a short form, for tables of expectations."""

from netsim.intent.diagram.reading import read_diagram
from netsim.model.flow import DocumentedFlow, Intent

SEED = """\
# Kubernetes
## Network Policies

```
┌─────────┐
│   Web   │──→ API (port 4000)
└─────────┘
     ✗
┌─────────┐
│ Runner  │──→ API (port 4000, mTLS)
└─────────┘    ├─→ Postgres (port 5432)
               └─→ External (egress allowed)
```

Default policy: DENY all ingress/egress, then allow specific routes.

## Pod Disruption Budgets
"""


def shown(flow: DocumentedFlow) -> str:
    sign = "->" if flow.intent is Intent.ALLOWED else "x>"
    return f"{flow.source} {sign} {flow.destination} {flow.ports}"


def drawn(drawing: str, info: str = "") -> list[str]:
    text = f"# Net\n```{info}\n{drawing}\n```\n"
    return [shown(flow) for flow in read_diagram(text, "d.md", "Net").flows]
