"""Numbers of pods by name, such as ``api=2,web=2``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from netsim.drain.placement import parse_pod_count
from netsim.drain.pod_groups import PodGroup
from netsim.engine.naming.endpoints import hint, near_names
from netsim.errors import RequestError
from netsim.intent.diagram.drawing import fold
from netsim.model.endpoint import Endpoint, PodEndpoint
from netsim.model.resources import WorkloadName

REPLICAS, UNREADY = "replicas", "unready"


class Counted(Struct, frozen=True):
    """A number that was given for a group."""

    group: PodGroup
    number: int


class Counts:
    """Finds what the names stand for: endpoints of the scenario, workloads of the input."""

    def __init__(self, groups: Sequence[PodGroup], named: Mapping[str, Endpoint]) -> None:
        self._groups = groups
        self._named = named

    def read(self, parameter: str, given: Sequence[str] | None) -> tuple[Counted, ...]:
        """The numbers of a parameter.  Raises ``RequestError``."""
        found = [self._one(parameter, text) for text in _entries(given)]
        seen: dict[int, Counted] = {}
        for each in found:
            first = seen.setdefault(id(each.group), each)
            if first.number != each.number:
                both = f"{first.number} and {each.number}"
                raise RequestError(f"{each.group.title} is given twice, with {both}", parameter)
        return tuple(seen.values())

    def _one(self, parameter: str, text: str) -> Counted:
        name, sign, number = (part.strip() for part in text.rpartition("="))
        count = parse_pod_count(number)
        if not (name and sign) or count is None:
            raise RequestError(
                f"{text!r} is not a number of pods: write for example api=2", parameter
            )
        group = self._group(parameter, name)
        if parameter == REPLICAS and group.running:
            message = f"{name!r} has {len(group.running)} pods in the input, and those count"
            raise RequestError(message, parameter)
        return Counted(group, count)

    def _group(self, parameter: str, name: str) -> PodGroup:
        endpoint = self._named.get(fold(name))
        if endpoint is not None:
            found = self._of_endpoint(parameter, name, endpoint)
        else:
            found = [g for g in self._groups if any(_matches(name, w) for w in g.workloads)]
        if len(found) == 1:
            return found[0]
        if found:
            titles = " or ".join(group.title for group in found)
            raise RequestError(f"{name!r} could be {titles}", parameter)
        raise RequestError(f"no pods called {name!r}{hint(self._near(name))}", parameter)

    def _of_endpoint(self, parameter: str, name: str, endpoint: Endpoint) -> list[PodGroup]:
        if not isinstance(endpoint, PodEndpoint):
            raise RequestError(f"{name!r} stands for addresses, not for pods", parameter)
        own = {pod.workload for pod in endpoint.pods}
        found = [group for group in self._groups if own & set(group.workloads)]
        if not found:
            message = f"{name!r}: the input has neither pods nor budgets of its namespace"
            raise RequestError(message, parameter)
        return found

    def _near(self, name: str) -> list[str]:
        titles = [str(workload) for group in self._groups for workload in group.workloads]
        names = [each for each, end in self._named.items() if isinstance(end, PodEndpoint)]
        return near_names(name, [*names, *titles])


def _entries(given: Sequence[str] | None) -> Iterator[str]:
    for text in given or ():
        yield from (part for part in text.split(",") if part.strip())


def _matches(name: str, workload: WorkloadName) -> bool:
    """``name``, ``name[Kind]``, ``namespace/name`` or ``namespace/name[Kind]``."""
    short, place = workload.name, f"{workload.namespace}/{workload.name}"
    return name in (short, place, f"{short}[{workload.kind}]", str(workload))
