"""From a scenario's names to the pods and addresses they stand for."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from netsim.engine.space.stand_ins import ELSEWHERE
from netsim.intent.errors import IntentErrors
from netsim.intent.scenario.endpoints import (
    AddressEndpoint,
    LabelledEndpoint,
    ScenarioEndpoint,
    WorkloadEndpoint,
    is_anywhere,
)
from netsim.intent.scenario.scenario import Scenario
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.finding import Diagnostic, Severity
from netsim.model.labels import Labels, Selector
from netsim.model.placeholders import compare
from netsim.model.resources import Origin, Pod, Resources, WorkloadName
from netsim.words.nearness import suggest


class BoundEndpoint(Struct, frozen=True):
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
        endpoint = _bind_endpoint(declared, resources, scenario.namespaces)
        if isinstance(endpoint, Diagnostic):
            missing.append(endpoint)
        else:
            bound.append(BoundEndpoint(declared.name, endpoint, declared))
    if missing:
        raise IntentErrors(missing)
    return tuple(bound)


def report_unmatched(scenario: Scenario, resources: Resources) -> tuple[Diagnostic, ...]:
    """Warnings about labels that no pod has, though a workload that was read looks alike.

    Where none does, the pods are taken to be deployed by other means.
    """
    return tuple(
        _describe_unmatched(declared, near_by, len(read))
        for declared in scenario.endpoints
        if isinstance(declared, LabelledEndpoint)
        and not is_anywhere(declared)
        and not any(_may_be_labelled(pod, declared) for pod in resources.pods)
        and (read := _index_read(resources, declared.namespace))
        and (near_by := _find_nearest(declared, read, scenario))
    )


def _index_read(resources: Resources, namespace: str) -> dict[WorkloadName, Pod]:
    return {
        pod.workload: pod
        for pod in resources.pods
        if pod.origin is Origin.READ and pod.namespace == namespace
    }


def _find_nearest(
    declared: LabelledEndpoint, read: dict[WorkloadName, Pod], scenario: Scenario
) -> Pod | None:
    near_by = [
        pod
        for pod in read.values()
        if _measure_nearness(pod, declared) and not _is_spoken_for(pod, scenario)
    ]
    return min(
        near_by,
        key=lambda pod: (-_measure_nearness(pod, declared), str(pod.workload)),
        default=None,
    )


def _is_spoken_for(pod: Pod, scenario: Scenario) -> bool:
    """Whether an endpoint of its name has it: ``api`` is not a misspelt ``api-gateway``."""
    return any(
        _is_matched(pod, endpoint) and _compare_names(pod.workload.name, endpoint.name)
        for endpoint in scenario.endpoints
    )


def _is_matched(pod: Pod, declared: ScenarioEndpoint) -> bool:
    match declared:
        case AddressEndpoint():
            return False
        case LabelledEndpoint():
            return _is_labelled(pod, declared)
        case WorkloadEndpoint():
            return _is_of(pod, declared)


def _measure_nearness(pod: Pod, declared: LabelledEndpoint) -> int:
    shared = 1 if _list_shared(pod, declared) else 0
    return _compare_names(pod.workload.name, declared.name) + shared


def _compare_names(workload: str, endpoint: str) -> int:
    name = "-".join(endpoint.casefold().split())
    if name == workload:
        return 4
    return 2 if name in workload or workload in name else 0


def _list_shared(pod: Pod, declared: LabelledEndpoint) -> dict[str, str]:
    values = {value for _, value in declared.labels.pairs if value}
    return {key: value for key, value in pod.labels.pairs if value in values}


def _describe_unmatched(declared: LabelledEndpoint, pod: Pod, count: int) -> Diagnostic:
    shown = (
        Labels.of(_list_shared(pod, declared)) if _list_shared(pod, declared) else pod.labels
    )
    workloads = "workload" if count == 1 else "workloads"
    message = (
        f"endpoint {declared.name!r} matches none of the {count} {workloads} read in "
        f"namespace {declared.namespace}; the nearest is {pod.workload}, "
        f"which has {shown if shown.pairs else 'no labels'}"
    )
    return Diagnostic(Severity.WARNING, message, declared.location)


def _bind_endpoint(
    declared: ScenarioEndpoint, resources: Resources, governed: tuple[str, ...]
) -> Endpoint | Diagnostic:
    match declared:
        case AddressEndpoint():
            return ExternalEndpoint(declared.name, declared.addresses)
        case LabelledEndpoint():
            pods = tuple(pod for pod in resources.pods if _is_labelled(pod, declared))
            return PodEndpoint(declared.name, (*pods, *_model_pods(declared, pods, governed)))
        case WorkloadEndpoint():
            pods = tuple(pod for pod in resources.pods if _is_of(pod, declared))
            return (
                PodEndpoint(declared.name, pods)
                if pods
                else _describe_missing(declared, resources)
            )


def _is_labelled(pod: Pod, declared: LabelledEndpoint) -> bool:
    is_there = is_anywhere(declared) or pod.namespace == declared.namespace
    return is_there and all(
        pod.labels.get(key) == value for key, value in declared.labels.pairs
    )


def _may_be_labelled(pod: Pod, declared: LabelledEndpoint) -> bool:
    """Whether a pod has the labels once its placeholders are filled in."""
    is_there = is_anywhere(declared) or compare(pod.namespace, declared.namespace)
    return bool(is_there) and Selector.of(dict(declared.labels.pairs)).may_match(pod.labels)


def _model_pods(
    declared: LabelledEndpoint, pods: tuple[Pod, ...], governed: tuple[str, ...]
) -> Iterator[Pod]:
    """Pods that the input lacks.

    Of an endpoint of any namespace, one in each governed namespace, and one elsewhere.
    """
    if not is_anywhere(declared):
        if not pods:
            yield _model_pod(declared, declared.namespace)
    elif declared.labels.pairs:
        inhabited = {pod.namespace for pod in pods}
        for namespace in (*governed, ELSEWHERE):
            if namespace not in inhabited:
                yield _model_pod(declared, namespace)
    elif not pods:
        yield _model_pod(declared, ELSEWHERE)


def _model_pod(declared: LabelledEndpoint, namespace: str) -> Pod:
    return Pod(
        workload=WorkloadName(namespace, declared.name, "Scenario"),
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


def _describe_missing(declared: WorkloadEndpoint, resources: Resources) -> Diagnostic:
    known = sorted({str(pod.workload) for pod in resources.pods})
    wanted = declared.workload
    full = wanted if "/" in wanted else f"{declared.namespace}/{wanted}"
    hint = suggest(full, known) or "; use labels for pods that are not in the input"
    message = f"endpoint {declared.name!r}: no workload {full!r} in the input{hint}"
    return Diagnostic(Severity.ERROR, message, declared.location)
