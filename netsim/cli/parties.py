"""From a scenario's endpoints to what a probe looks for among live pods."""

from __future__ import annotations

from netsim.intent.scenario.endpoints import (
    AddressEndpoint,
    LabelledEndpoint,
    ScenarioEndpoint,
    WorkloadEndpoint,
)
from netsim.probe.planning.documented import Party


def party(declared: ScenarioEndpoint) -> Party:
    """What an endpoint stands for in a cluster."""
    match declared:
        case AddressEndpoint():
            return Party(declared.name, addresses=declared.addresses)
        case LabelledEndpoint():
            return Party(
                declared.name, declared.namespace, declared.labels, ports=declared.ports
            )
        case WorkloadEndpoint():
            namespace, slash, _ = declared.workload.rpartition("/")
            full = declared.workload if slash else f"{declared.namespace}/{declared.workload}"
            return Party(declared.name, namespace or declared.namespace, workload=full)
