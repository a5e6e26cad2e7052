"""Random scenarios about the random clusters: endpoints of every kind, flows and denials."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from netsim.intent.diagram.reading import Diagram
from netsim.intent.documentation import Documentation, combine_flows
from netsim.intent.errors import IntentError
from netsim.intent.scenario.scenario import read_scenario
from netsim.model.resources import Resources
from tests.strategies.parts import NAMESPACE_NAMES

_LABELS = ("{}", "{a: x}", "{a: y}", "{b: x}", "{a: x, b: y}", "{app: web}")
_BLOCKS = (
    "[203.0.113.0/24]",
    "[192.168.0.0/16]",
    '[0.0.0.0/0], except: ["10.0.0.0/8", "192.168.0.0/16"]',
    "[198.51.100.7/32]",
    '["2001:db8::/32"]',
)
_PORTS = ("[80]", "[80, 443]", "[UDP 53, TCP 53]", "[80-90]", "[1-65535]", "")
_DIRECTIONS = ("", "", "", "directions: [ingress]\n", "directions: [egress]\n")


@st.composite
def documentations(draw: st.DrawFn, resources: Resources) -> Documentation | None:
    """What somebody may have documented of a cluster; None where it contradicts itself."""
    names = NAMESPACE_NAMES[: draw(st.sampled_from((1, 1, 2)))]
    workloads = sorted({pod.workload for pod in resources.pods}, key=str)
    lines = [f"namespaces: [{', '.join(names)}]\n", draw(st.sampled_from(_DIRECTIONS))]
    lines.append("endpoints:\n")
    ends = []
    for number in range(draw(st.integers(2, 6))):
        ends.append(f"e{number}")
        lines.append(f"  e{number}: {{{draw(_endpoint(names, workloads))}}}\n")
    for key, most in (("flows", 5), ("deny", 2)):
        entries = draw(st.lists(_flow(ends), max_size=most))
        lines.append(f"{key}:{'' if entries else ' []'}\n")
        lines += entries
    try:
        scenario = read_scenario("".join(lines), "scenario.yaml")
        return Documentation(scenario, flows=combine_flows(scenario, Diagram()))
    except IntentError:
        return None


@st.composite
def _endpoint(draw: st.DrawFn, names: Sequence[str], workloads: Sequence[object]) -> str:
    homes = st.sampled_from((*names, *names, "n2", "'*'"))
    match draw(st.sampled_from(("labels", "labels", "labels", "workload", "addresses"))):
        case "labels":
            labels = draw(st.sampled_from(_LABELS))
            return f"namespace: {draw(homes)}, labels: {labels}"
        case "workload":
            return f"workload: '{draw(st.sampled_from(workloads))}'"
    return f"addresses: {draw(st.sampled_from(_BLOCKS))}"


@st.composite
def _flow(draw: st.DrawFn, ends: Sequence[str]) -> str:
    source, destination = draw(st.permutations(ends))[:2]
    ports = draw(st.sampled_from(_PORTS))
    written = f", ports: {ports}" if ports else ""
    return f"  - {{from: {source}, to: {destination}{written}, because: it has to}}\n"
