"""Which pods take part, and what to try on them."""

from __future__ import annotations

import re
import socket
from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import Enum

from msgspec import Struct

from netsim.loader.objects.validation import dns_label
from netsim.model.addresses import Address, parse_address
from netsim.model.flow import DocumentedFlow, Intent
from netsim.model.labels import Labels
from netsim.model.ports import HIGHEST_PORT, LOWEST_PORT, Connection, PortSet, Protocol
from netsim.probe.planning.documented import Documented, LiveParty
from netsim.probe.pods import LivePod, PodState

STAND_IN: Connection = (Protocol.TCP, 80)
"""What is asked of what has no known port, if something must never reach it.

It is also where the metadata servers of clouds listen.
"""
_FEW = 4
"""A documented range of more ports is tried at both ends."""

# Controllers tell pods, and versions of a template, apart by these.
_OWN = frozenset(
    (
        *("pod-template-hash", "controller-revision-hash", "pod-template-generation"),
        *("statefulset.kubernetes.io/pod-name", "apps.kubernetes.io/pod-index"),
        "batch.kubernetes.io/job-completion-index",
    )
)

# HOST:PORT, an IPv6 address in brackets.
_FORM = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)\]|(?P<name>[A-Za-z0-9.-]+)):(?P<port>[0-9]{1,5})"
)
_NUMBERS = re.compile(r"[0-9.]+")


class Replicas(Enum):
    """How many pods of a workload take part."""

    ONE = "one"
    ALL = "all"


class Omission(Enum):
    """Which connections of something are not tried; the value is for people."""

    WHOLE = "{}"
    FROM = "{} -> any"
    TO = "any -> {}"


class LeftOut(Struct, frozen=True):
    """Something that is not tried, and why.

    ``name`` is a pod's, an endpoint's or a flow's; ``ports`` is empty for all of them.
    """

    name: str
    reason: str
    side: Omission = Omission.WHOLE
    ports: str = ""

    @property
    def what(self) -> str:
        """``any -> api SCTP 80``."""
        return " ".join(filter(None, (self.side.value.format(self.name), self.ports)))


class Host(Struct, frozen=True):
    """A target outside the pods: as written, its port, and its addresses where known."""

    name: str
    port: int
    addresses: tuple[Address, ...] = ()
    protocol: Protocol = Protocol.TCP


class Chosen(Struct, frozen=True):
    """The pods that take part, each with what people call it, and those that do not."""

    pods: tuple[LivePod, ...]
    titles: dict[str, str]
    skipped: tuple[LeftOut, ...]


def chosen(pods: Iterable[LivePod], documented: Documented, replicas: Replicas) -> Chosen:
    """One pod, or all, of each workload; pods of other labels count as another workload.

    Pods elsewhere take part only where the documentation names them.
    """
    skipped: list[LeftOut] = []
    groups: dict[tuple[str, tuple[str, ...]], list[LivePod]] = defaultdict(list)
    for pod in sorted(pods, key=lambda each: each.title):
        names = documented.names(pod)
        if pod.namespace != documented.namespace and not names:
            continue
        if pod.state is PodState.READY:
            groups[pod.workload, names].append(pod)
        else:
            skipped.append(LeftOut(pod.title, pod.state.value))
    found = [pod for group in groups.values() for pod in _some(group, replicas)]
    return Chosen(tuple(found), _titles(found, documented), tuple(skipped))


def _some(group: list[LivePod], replicas: Replicas) -> list[LivePod]:
    return group if replicas is Replicas.ALL else group[:1]


def _titles(pods: list[LivePod], documented: Documented) -> dict[str, str]:
    """The name of the party, with the pod's where it alone does not tell."""
    shared: dict[str, int] = defaultdict(int)
    for pod in pods:
        shared[documented.title(pod)] += 1
    return {
        pod.title: title if shared[title] == 1 else f"{title} ({pod.name})"
        for pod in pods
        for title in (documented.title(pod),)
    }


def _shared(labels: Labels) -> frozenset[tuple[str, str]]:
    """The labels that are not of one pod, or of one version, alone."""
    return frozenset((key, value) for key, value in labels.pairs if key not in _OWN)


def siblings(pod: LivePod, pods: Iterable[LivePod]) -> Iterator[LivePod]:
    """The other pods of its workload that are ready."""
    return (
        each
        for each in pods
        if each.workload == pod.workload
        and each.title != pod.title
        and each.state is PodState.READY
        and _shared(each.labels) == _shared(pod.labels)
    )


def ports_of(pod: LivePod, documented: Documented) -> tuple[Connection, ...]:
    """The ports that a pod is known to have: declared, or named by the documentation."""
    names = documented.names(pod)
    own = [party for party in documented.parties if party.name in names and not party.is_wide]
    declared = [*pod.ports, *(port for party in own for port in party.ports)]
    found = {(port.protocol, port.number) for port in declared}
    narrow = {party.name for party in own}
    for flow in documented.flows:
        if flow.destination in narrow:
            found.update(list_single_ports(flow.ports))
    return tuple(sorted(found, key=lambda each: (each[0].value, each[1])))


def list_single_ports(ports: PortSet) -> Iterator[Connection]:
    """Single ports of a set; of all ports of a protocol none, as that names none."""
    for protocol in Protocol:
        if ports.restricted(protocol) == PortSet.all_of(protocol):
            continue
        for low, high in ports.ports(protocol):
            several = range(low, high + 1) if high - low < _FEW else (low, high)
            yield from ((protocol, number) for number in several)


def hosts_of(documented: Documented) -> Iterator[tuple[LiveParty, Host]]:
    """The documented endpoints of one address, on the ports that flows name."""
    for party in documented.parties:
        address = _only(party)
        flows = [flow for flow in documented.flows if flow.destination == party.name]
        every = (
            {each for flow in flows for each in list_single_ports(flow.ports)}
            if address
            else ()
        )
        for protocol, number in sorted(every, key=lambda each: (each[0].value, each[1])):
            if address:
                yield party, Host(str(address), number, (address,), protocol)


def forbidden_hosts(documented: Documented) -> Iterator[tuple[LiveParty, Host]]:
    """The documented endpoints of one address that something must never reach on any port."""
    named = {party.name for party, _ in hosts_of(documented)}
    never = {f.destination for f in documented.flows if is_never(f)}
    for party in documented.parties:
        address = _only(party)
        if address and party.name in never - named:
            protocol, number = STAND_IN
            yield party, Host(str(address), number, (address,), protocol)


def is_never(flow: DocumentedFlow) -> bool:
    """Whether a flow must never be, on the port that stands in for others as well."""
    return flow.intent is Intent.DENIED and STAND_IN in flow.ports


def _only(party: LiveParty) -> Address | None:
    blocks = party.addresses.cidrs() if party.addresses else ()
    if len(blocks) != 1 or not blocks[0].endswith(("/32", "/128")):
        return None
    return parse_address(blocks[0].partition("/")[0])


def parse_host(text: str) -> Host:
    """``HOST:PORT``, an IPv6 address in brackets; raises ``ValueError``.

    A name is looked up here, which may give other addresses than it has in the cluster: what
    the simulator makes of them counts only where all have one verdict.
    """
    found = _FORM.fullmatch(text.strip())
    port = int(found["port"]) if found else 0
    name = (found["v6"] or found["name"]) if found else ""
    if not LOWEST_PORT <= port <= HIGHEST_PORT or not _is_host(name):
        raise ValueError(
            f"--external: {text!r} is not a target: write HOST:PORT, such as example.com:443 "
            "or [2001:db8::1]:443"
        )
    return Host(name, port, _addresses(name))


def _is_host(text: str) -> bool:
    """An address, or a name as DNS has it: what else begins with - is an option of nc."""
    if ":" in text or _NUMBERS.fullmatch(text):
        return bool(_address(text))
    labels = text.lower().removesuffix(".").split(".")
    return not any(map(dns_label, labels))


def _address(text: str) -> tuple[Address, ...]:
    try:
        return (parse_address(text),)
    except ValueError:
        return ()


def _addresses(name: str) -> tuple[Address, ...]:
    if own := _address(name):
        return own
    try:
        found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    texts = dict.fromkeys(str(each[4][0]) for each in found)
    return tuple(address for each in texts for address in _address(each))
