"""A scenario for a diagram that has none: each name is the workload that goes by it.

``Web`` is ``shop/web[Deployment]`` where that is the only workload of the input which is named
``web`` or has ``web`` as its label ``app`` or ``app.kubernetes.io/name``.
"""

from __future__ import annotations

from msgspec import Struct

from netsim.intent.diagram.reading import Diagram
from netsim.intent.errors import IntentErrors
from netsim.intent.scenario.endpoints import Trust, WorkloadEndpoint
from netsim.intent.scenario.scenario import Scenario
from netsim.model.finding import Diagnostic, Severity
from netsim.model.resources import Resources, WorkloadName
from netsim.words.lists import join_all
from netsim.words.nearness import suggest

_NAMING_LABELS = ("app.kubernetes.io/name", "app")


class Matching(Struct, frozen=True):
    """A scenario made from the names of a diagram, and a note on what each stands for."""

    scenario: Scenario
    notes: tuple[Diagnostic, ...]


def match_names(diagram: Diagram, resources: Resources) -> Matching:
    """The workloads that a diagram names.

    Raises ``IntentErrors`` with each name that no workload goes by, or several.
    """
    owners = _index_names(resources)
    endpoints: list[WorkloadEndpoint] = []
    notes: list[Diagnostic] = []
    problems: list[Diagnostic] = []
    for name in diagram.names:
        workloads = sorted(owners.get(_normalize(name), ()), key=str)
        if len(workloads) != 1:
            message = _describe_problem(name, workloads, owners)
            problems.append(Diagnostic(Severity.ERROR, message, diagram.location))
            continue
        (workload,) = workloads
        message = f"{name!r} of the diagram is taken for {workload}"
        notes.append(Diagnostic(Severity.NOTE, message, diagram.location))
        endpoints.append(
            WorkloadEndpoint(
                name,
                (),
                Trust.TRUSTED,
                diagram.location,
                workload.namespace,
                f"{workload.name}[{workload.kind}]",
            )
        )
    if problems:
        raise IntentErrors(problems)
    namespaces = tuple(sorted({endpoint.namespace for endpoint in endpoints}))
    scenario = Scenario(diagram.location, namespaces=namespaces, endpoints=tuple(endpoints))
    return Matching(scenario, tuple(notes))


def _index_names(resources: Resources) -> dict[str, set[WorkloadName]]:
    owners: dict[str, set[WorkloadName]] = {}
    for pod in resources.pods:
        labels = dict(pod.labels.pairs)
        names = (pod.workload.name, *(labels.get(key, "") for key in _NAMING_LABELS))
        for name in filter(None, names):
            owners.setdefault(_normalize(name), set()).add(pod.workload)
    return owners


def _normalize(name: str) -> str:
    return "-".join(name.casefold().replace("_", " ").split())


def _describe_problem(
    name: str, workloads: list[WorkloadName], owners: dict[str, set[WorkloadName]]
) -> str:
    start = f"{name!r} of the diagram"
    end = "write a scenario that says what it stands for"
    if workloads:
        return f"{start} may be {join_all([*map(str, workloads)])}: {end}"
    return f"{start} is no workload of the input{suggest(_normalize(name), [*owners])}: {end}"
