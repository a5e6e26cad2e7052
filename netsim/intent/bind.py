"""From a scenario's names to the pods and addresses they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from netsim.intent.errors import IntentErrors, near
from netsim.intent.scenario import Scenario
from netsim.intent.scenario_endpoints import (
    AddressEndpoint,
    LabelledEndpoint,
    ScenarioEndpoint,
    WorkloadEndpoint,
)
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.finding import Diagnostic, Severity
from netsim.model.resources import Origin, Pod, Resources, WorkloadName


@dataclass(frozen=True, slots=True)
class BoundEndpoint:
    """An endpoint of a scenario and what it stands for in the input."""

    name: str
    endpoint: Endpoint
    declared: ScenarioEndpoint


def bind(scenario: Scenario, resources: Resources) -> tuple[BoundEndpoint, ...]:
    """Bind all endpoints of a scenario, in its order.

    Raises ``IntentErrors`` with each workload that the input does not have.
    """
    missing: list[Diagnostic] = []
    bound: list[BoundEndpoint] = []
    for declared in scenario.endpoints:
        endpoint = _endpoint(declared, resources)
        if isinstance(endpoint, Diagnostic):
            missing.append(endpoint)
        else:
            bound.append(BoundEndpoint(declared.name, endpoint, declared))
    if missing:
        raise IntentErrors(missing)
    return tuple(bound)


def _endpoint(declared: ScenarioEndpoint, resources: Resources) -> Endpoint | Diagnostic:
    match declared:
        case AddressEndpoint():
            return ExternalEndpoint(declared.name, declared.addresses)
        case LabelledEndpoint():
            pods = tuple(pod for pod in resources.pods if _is_labelled(pod, declared))
            return PodEndpoint(declared.name, pods or (_modelled(declared),))
        case WorkloadEndpoint():
            pods = tuple(pod for pod in resources.pods if _is_of(pod, declared))
            return PodEndpoint(declared.name, pods) if pods else _missing(declared, resources)


def _is_labelled(pod: Pod, declared: LabelledEndpoint) -> bool:
    wanted = set(declared.labels.pairs)
    return pod.namespace == declared.namespace and wanted <= set(pod.labels.pairs)


def _modelled(declared: LabelledEndpoint) -> Pod:
    return Pod(
        workload=WorkloadName(declared.namespace, declared.name, "Scenario"),
        labels=declared.labels,
        ports=declared.ports,
        origin=Origin.MODELLED,
        location=declared.location,
    )


def _is_of(pod: Pod, declared: WorkloadEndpoint) -> bool:
    namespace, slash, rest = declared.workload.rpartition("/")
    if pod.namespace != (namespace if slash else declared.namespace):
        return False
    return rest in (pod.workload.name, f"{pod.workload.name}[{pod.workload.kind}]")


def _missing(declared: WorkloadEndpoint, resources: Resources) -> Diagnostic:
    known = sorted({str(pod.workload) for pod in resources.pods})
    wanted = declared.workload
    full = wanted if "/" in wanted else f"{declared.namespace}/{wanted}"
    hint = near(full, known) or "; use labels for pods that are not in the input"
    message = f"endpoint {declared.name!r}: no workload {full!r} in the input{hint}"
    return Diagnostic(Severity.ERROR, message, declared.location)
