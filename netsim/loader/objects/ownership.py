"""Which pods belong together: pods and workloads to what controls them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from netsim.loader.objects.workloads import Owner, Phase, Workload
from netsim.model.addresses import AddressSet
from netsim.model.resources import FinishedPod, Node, Pod, PodNetwork, WorkloadName

_NOT_WORKLOADS = frozenset(("Node",))
"""Kinds that control pods without being a workload: a kubelet owns its static pods."""


def resolve(workloads: Sequence[Workload], nodes: Sequence[Node]) -> tuple[Pod, ...]:
    """The pods and templates that take part, each under its top-most owner.

    A workload whose owner was read gives way to it, and a template to its running pods.
    """
    owners = _Owners(workloads)
    hosts = {node.name: node.host_addresses for node in nodes}
    workloads = tuple(owners.with_template(workload) for workload in workloads)
    topped = [(each, owners.top(each)) for each in workloads if _active(each)]
    running = {top for workload, top in topped if workload.kind == "Pod"}
    return tuple(
        _pod(workload, top, hosts)
        for workload, top in topped
        if workload.lender is None
        and (workload.kind == "Pod" or owners.stands(workload, running))
    )


def list_finished(workloads: Sequence[Workload]) -> tuple[FinishedPod, ...]:
    """The pods that take no part any more."""
    return tuple(
        FinishedPod(
            f"{workload.namespace}/{workload.name}",
            workload.phase.value,
            workload.addresses,
            workload.location,
        )
        for workload in workloads
        if workload.is_finished_pod
    )


def _active(workload: Workload) -> bool:
    return workload.phase is Phase.ACTIVE


class _Owners:
    """Finds owners by name."""

    def __init__(self, workloads: Sequence[Workload]) -> None:
        self._read = {_name(workload): workload for workload in workloads}
        self._tops: dict[tuple[str, str, str], WorkloadName] = {}

    def top(self, workload: Workload) -> WorkloadName:
        """The top-most owner, also where only a reference names it."""
        owner = _controller(workload)
        if owner is None:
            return _name(workload)
        key = workload.namespace, owner.name, owner.kind
        found = self._tops.get(key)
        if found is None:
            *_, found = self._climb(workload)
            last = self._read.get(found)
            # Of owners in a circle each that asks has another top.
            if last is None or _controller(last) is None:
                self._tops[key] = found
        return found

    def _climb(self, workload: Workload) -> Iterator[WorkloadName]:
        """A workload and its owners, each once."""
        name = _name(workload)
        yield name
        seen = {name}
        owner = _controller(workload)
        while owner:
            above = WorkloadName(workload.namespace, owner.name, owner.kind)
            if above in seen:
                break
            seen.add(above)
            yield above
            read = self._read.get(above)
            owner = _controller(read) if read else None

    def with_template(self, workload: Workload) -> Workload:
        """A workload with the template that it borrows, where that was read."""
        lender = self._read.get(workload.lender) if workload.lender else None
        return replace(workload, spec=lender.spec, lender=None) if lender else workload

    def stands(self, workload: Workload, running: set[WorkloadName]) -> bool:
        """Whether a template is to be used."""
        owner = _controller(workload)
        if owner and WorkloadName(workload.namespace, owner.name, owner.kind) in self._read:
            return False
        return self.top(workload) not in running


def _name(workload: Workload) -> WorkloadName:
    return WorkloadName(workload.namespace, workload.name, workload.kind)


def _controller(workload: Workload) -> Owner | None:
    owner = workload.owner
    return None if owner and owner.kind in _NOT_WORKLOADS else owner


def _pod(workload: Workload, name: WorkloadName, hosts: dict[str, AddressSet]) -> Pod:
    spec = workload.spec
    return Pod(
        name,
        spec.labels,
        spec.ports,
        workload.name if workload.kind == "Pod" else None,
        _addresses(workload, hosts) or None,
        spec.network,
        spec.node,
        location=workload.location,
        open_ports=spec.open_ports,
        misplaced=spec.misplaced,
        resolver=spec.resolver,
        host_addresses=workload.host_addresses or None,
        node_selector=spec.node_selector,
    )


def _addresses(workload: Workload, hosts: dict[str, AddressSet]) -> AddressSet:
    """A pod on the host's network has the node's addresses; its status says which of them."""
    if workload.kind != "Pod" or workload.spec.network is PodNetwork.POD:
        return workload.addresses
    on_node = hosts.get(workload.spec.node or "", AddressSet.empty())
    return workload.addresses or workload.host_addresses or on_node
