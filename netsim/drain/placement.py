"""Where the pods of a group are when a drain begins."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from msgspec import Struct, field

from netsim.drain.pod_groups import Keeper, PodGroup
from netsim.model.location import Location
from netsim.model.resources import WorkloadName

MOST_PODS = 2**31 - 1
"""What ``replicas`` can hold (int32)."""


def parse_pod_count(text: str) -> int | None:
    """A number of pods as it is written; None for what is none, or more than there can be."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(MOST_PODS))
    return int(text) if is_number and int(text) <= MOST_PODS else None


class Pods(Struct, frozen=True):
    """Numbers of pods."""

    ready: int = 0
    unready: int = 0

    @property
    def total(self) -> int:
        """Both together."""
        return self.ready + self.unready


class NumberSource(Enum):
    """Where a number of pods comes from."""

    OPTION = "--replicas"
    RUNNING = "the pods of the input"
    MANIFEST = "the manifest"
    WARM_POOL = "the size of the warm pool"
    UNKNOWN = "unknown"


class Number(Struct, frozen=True):
    """How many pods a group has, who says so, and where."""

    pods: int
    source: NumberSource
    location: Location | None = None


class Assumptions(Struct, frozen=True):
    """What is said of a drain beside the manifests.

    ``numbers`` of pods take precedence over those of the manifests; ``unready`` are how many
    of them are not ready, which the status of running pods says of the others.  ``node`` is
    the node drained; None is one that holds every pod.
    """

    numbers: Mapping[WorkloadName, Number] = field(default_factory=dict)
    unready: Mapping[WorkloadName, int] = field(default_factory=dict)
    node: str | None = None


class Placed(Struct, frozen=True):
    """A group with its pods on the node that is drained, and those elsewhere.

    ``number`` is None where it is not known how many there are; the counts mean nothing then.
    """

    group: PodGroup
    number: Number | None
    here: Pods = Pods()
    elsewhere: Pods = Pods()

    @property
    def scale(self) -> int | None:
        """What its controller asks for; the number given, where no running pod was read."""
        if self.group.keeper is not Keeper.SCALED:
            return None
        if self.number and not self.group.running:
            return self.number.pods
        return self.group.scale

    @property
    def ready(self) -> int:
        """How many are ready, wherever they are."""
        return self.here.ready + self.elsewhere.ready


def place_group(group: PodGroup, said: Assumptions) -> Placed:
    """A group at the start.

    Pods that the input does not place are all on the node that is drained, which is the worst.
    Of those that it does place, as many are not ready as was said, and they are elsewhere as
    far as possible, as this leaves the fewest.
    """
    number = _find_number(group, said)
    if number is None:
        return Placed(group, None)
    here = number.pods
    if said.node is not None and group.running:
        here = sum(pod.node == said.node for pod in group.running)
    away = number.pods - here
    unready, idle = _split_unready(group, said, number.pods, away)
    return Placed(
        group,
        number,
        Pods(here - (unready - idle), unready - idle),
        Pods(away - idle, idle),
    )


def _split_unready(group: PodGroup, said: Assumptions, pods: int, away: int) -> tuple[int, int]:
    """How many are not ready, and how many of these are elsewhere."""
    given = [said.unready[name] for name in group.workloads if name in said.unready]
    if given or said.node is None:
        unready = min(sum(given) if given else len(group.unready), pods)
        return unready, min(unready, away)
    return len(group.unready), sum(pod.node != said.node for pod in group.unready)


def _find_number(group: PodGroup, said: Assumptions) -> Number | None:
    given = said.numbers.get(group.workloads[0])
    if given and not group.running:
        return given
    if group.size is None:
        return None
    source = NumberSource.RUNNING if group.running else NumberSource.MANIFEST
    return Number(group.size, source, group.location)
