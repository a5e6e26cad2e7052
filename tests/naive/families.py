"""Which address families the ends of a connection have."""

from __future__ import annotations

from collections.abc import Iterable

from netsim.model.conventions import DEFAULT_POD_RANGES, Conventions
from netsim.model.peers import BlockPeer
from netsim.model.resources import Pod, PodNetwork, Resources
from tests.naive import once
from tests.naive.blocks import Address, addresses_of, ip_network
from tests.naive.nodes import host_addresses

End = Pod | Address


@once
def common_families(
    resources: Resources, conventions: Conventions, source: End, destination: End
) -> set[int]:
    """The families, 4 and 6, of which packets may pass between two ends.

    "podIPs ... Pods may be allocated at most 1 value for each of IPv4 and IPv6."
    (core/v1, PodStatus)
    """
    both = (source, destination)
    possible = [_families(resources, conventions, end, both) for end in both]
    return possible[0] & possible[1]


def _families(
    resources: Resources, conventions: Conventions, end: End, both: tuple[End, End]
) -> set[int]:
    if not isinstance(end, Pod):
        return {end.version}
    known = known_addresses(resources, end)
    if known is not None:
        return {address.version for address in known}
    if not all(isinstance(each, Pod) for each in both):
        return {4, 6}  # an address outside tells
    return families_of_unknown(resources, conventions)


@once
def known_addresses(resources: Resources, pod: Pod) -> list[Address] | None:
    """The addresses that a pod has or, on its node's network, may have; None if unknown."""
    if pod.addresses is None and pod.network is PodNetwork.HOST:
        return host_addresses(resources, pod)
    return None if pod.addresses is None else addresses_of(pod)


@once
def families_of_unknown(resources: Resources, conventions: Conventions) -> set[int]:
    """The families of pods of unknown address: a convention.

    Those of the pod ranges that somebody stated, else those that the input shows.
    """
    if conventions.pod_ranges != DEFAULT_POD_RANGES:
        return _versions(family.value for family, _ in conventions.pod_ranges)
    shown = [pod.addresses for pod in resources.pods if pod.addresses is not None]
    for node in resources.nodes:
        shown.extend((node.addresses, node.pod_ranges))
    found = _versions(family.value for known in shown for family, _ in known)
    if not found:
        found = {4}
    for policy in resources.policies:
        for rule in policy.rules:
            for peer in rule.peers:
                if isinstance(peer, BlockPeer) and peer.addresses:
                    found.add(ip_network(peer.cidr).version)
    return found


def _versions(bits: Iterable[int]) -> set[int]:
    return {4 if each == 32 else 6 for each in bits}
