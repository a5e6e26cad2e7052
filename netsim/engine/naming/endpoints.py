"""Names people write to endpoints: pods, workloads, IP addresses and ranges of them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import get_close_matches

from msgspec.structs import replace

from netsim.engine.naming.controller import TITLE as CONTROLLER
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.errors import NetsimError
from netsim.model.addresses import Address, AddressSet, ZoneError
from netsim.model.endpoint import EXTERNAL, Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.resources import Pod, PodNetwork, Resources
from netsim.words.addresses import parse_blocks

_FORM = re.compile(r"(?P<namespace>[^/\[\]]+)/(?P<name>[^/\[\]]+)(\[(?P<kind>[^/\[\]]+)\])?")
_BARE = re.compile(r"(?P<name>[^/\[\]]+)(\[(?P<kind>[^/\[\]]+)\])?")
_FORMS = "namespace/pod, namespace/name[Kind] or an IP address"
_RANGE = re.compile(
    r"[0-9.]+[-/][0-9.]+(\[External\]| except .*)?|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*[-/].*"
)
NEAR = 3
_SERVICES = ("svc/", "service/", "services/")


class EndpointError(NetsimError, ValueError):
    """A name that stands for no endpoint, or for more than one."""


class Endpoints:
    """The endpoints of one input by name; :func:`resolve` does for a single question.

    ``find_alias`` knows further names, such as those of a scenario, which come first.
    """

    def __init__(
        self,
        resources: Resources,
        find_alias: Callable[[str], Endpoint | None] = lambda _: None,
    ) -> None:
        self._find_alias = find_alias
        self._running: dict[str, Pod] = {}
        self._workloads: dict[str, list[Pod]] = defaultdict(list)
        self._kinds: dict[str, dict[str, None]] = defaultdict(dict)
        self._placed: list[tuple[AddressSet, Pod]] = []
        self._controller: Pod | None = None
        self._namespaces = {namespace.name for namespace in resources.namespaces}
        self._finished = {pod.title: pod for pod in resources.finished}
        for pod in resources.pods:
            self._add(pod)

    def _add(self, pod: Pod) -> None:
        workload = pod.workload
        self._workloads[str(workload)].append(pod)
        self._kinds[f"{workload.namespace}/{workload.name}"][str(workload)] = None
        if pod.name == CONTROLLER:
            self._controller = pod
        elif pod.name:
            self._running[pod.title] = pod
        if pod.addresses:
            self._placed.append((pod.addresses, pod))

    @property
    def titles(self) -> tuple[str, ...]:
        """The workloads, and the pods that have a name of their own, sorted."""
        return tuple(sorted({*self._workloads, *self._running}))

    def resolve(self, text: str | UnwrittenPod) -> Endpoint:
        """The endpoint that a text names; raises :class:`EndpointError`."""
        if isinstance(text, UnwrittenPod):
            return text.endpoint
        name = text.strip()
        if known := self._find_alias(name):
            return known
        try:
            addresses = parse_blocks(name.removesuffix(EXTERNAL))
        except ZoneError as error:
            raise EndpointError(
                f"{name!r}: an address with a zone means nothing here"
            ) from error
        except ValueError as error:
            if _RANGE.fullmatch(name):
                raise EndpointError(
                    f"{name!r} is no range of addresses: write for example 10.0.0.0/8 or "
                    "10.0.0.0-10.0.0.255, the lower address first"
                ) from error
            return self._named(name)
        if addresses.is_single:
            ((family, (low, _)),) = addresses
            return self._addressed(name, family.address(low))
        return ExternalEndpoint(name, addresses)

    def _addressed(self, title: str, address: Address) -> Endpoint:
        pods = [pod for addresses, pod in self._placed if address in addresses]
        own = [pod for pod in pods if pod.network is PodNetwork.POD]
        if own or pods:
            return PodEndpoint(title, tuple(at(pod, address) for pod in own or pods))
        return ExternalEndpoint(title, AddressSet.single(address))

    def _named(self, name: str) -> Endpoint:
        if name == CONTROLLER and self._controller:
            return PodEndpoint(name, (self._controller,))
        form = _FORM.fullmatch(name)
        if form is None and name.startswith(_SERVICES):
            raise EndpointError(
                f"{name!r} is a Service: connections arrive there, name a pod or workload"
            )
        if form is None:
            return self._bare(name)
        if form["kind"]:
            if name in self._workloads:
                return PodEndpoint(name, tuple(self._workloads[name]))
            pod = self._running.get(name.removesuffix("[Pod]"))
            if pod:
                return PodEndpoint(name, (pod,))
        elif name in self._running:
            return PodEndpoint(name, (self._running[name],))
        elif name in self._kinds:
            return self._only(name, tuple(self._kinds[name]))
        if name.removesuffix("[Pod]") in self._finished:
            raise EndpointError(self._finished[name.removesuffix("[Pod]")].why)
        raise EndpointError(self._missing(name, form["namespace"]))

    def _bare(self, name: str) -> Endpoint:
        """A workload or pod by its name alone, where no other is called so."""
        form = _BARE.fullmatch(name)
        found = self.find_called(form["name"], form["kind"]) if form else ()
        if not found:
            raise EndpointError(self._unreadable(name))
        if len(found) > 1:
            raise EndpointError(tell_candidates(name, found))
        return self._named(found[0])

    def find_called(self, name: str, kind: str | None = None) -> tuple[str, ...]:
        """The full names of all workloads, and of pods of others, that go by a bare name."""
        titles = {
            title: None
            for workload, kinds in self._kinds.items()
            if workload.partition("/")[2] == name
            for title in kinds
        }
        for title, pod in self._running.items():
            if title.partition("/")[2] == name and str(pod.workload) not in titles:
                titles[f"{title}[Pod]"] = None
        wanted = f"[{kind}]" if kind else ""
        return tuple(sorted(title for title in titles if title.endswith(wanted)))

    def has_namespace(self, name: str) -> bool:
        """Whether the input has a namespace of this name."""
        return name in self._namespaces

    def _only(self, name: str, workloads: tuple[str, ...]) -> Endpoint:
        if len(workloads) > 1:
            raise EndpointError(tell_candidates(name, workloads))
        return PodEndpoint(workloads[0], tuple(self._workloads[workloads[0]]))

    def _unreadable(self, name: str) -> str:
        if not name:
            return f"no endpoint is given: write {_FORMS}"
        near = near_names(name, self.titles)
        return f"{name!r} is not an endpoint: write {_FORMS}{hint(near)}"

    def _missing(self, name: str, namespace: str) -> str:
        if namespace in self._namespaces:
            near = [title for title in self.titles if title.startswith(f"{namespace}/")]
            return f"no pod or workload {name!r} in the input{hint(near_names(name, near))}"
        if f"{namespace}/" in _SERVICES:
            return f"{name!r}: write a Service as svc/namespace/name"
        near = near_names(name, self.titles) or get_close_matches(namespace, self._namespaces)
        return f"no namespace {namespace!r} in the input{hint(near)}"


def tell_candidates(name: str, titles: Sequence[str]) -> str:
    """Which full names a name could stand for."""
    return f"{name!r} could be {' or '.join(titles)}: write one of these"


def list_ranges(texts: Iterable[str]) -> Iterator[AddressSet]:
    """The ranges of more than one address among texts that name endpoints."""
    for text in texts:
        try:
            addresses = parse_blocks(text.strip().removesuffix(EXTERNAL))
        except ValueError:
            continue
        if not addresses.is_single:
            yield addresses


def at(pod: Pod, address: Address) -> Pod:
    """A pod at one of its addresses: the one that packets carry."""
    return replace(pod, addresses=AddressSet.single(address))


def resolve(resources: Resources, text: str) -> Endpoint:
    """The endpoint that a text names: ``ns/pod``, ``ns/name[Kind]`` or an IP address.

    ``name`` and ``name[Kind]`` do where one workload or pod is called so.
    ``10.0.0.0/8`` and ``10.0.0.0-10.255.255.255[External]`` are those addresses of the range
    that no pod has.

    The address of a pod of the input means that pod, at that address.  Raises
    :class:`EndpointError`, which says which names are near.
    """
    return Endpoints(resources).resolve(text)


def near_names(name: str, titles: Iterable[str]) -> list[str]:
    """Up to three titles that look like a name, also where only a part was written."""
    forms: dict[str, list[str]] = defaultdict(list)
    for title in titles:
        unkinded = title.partition("[")[0]
        for form in dict.fromkeys((title, unkinded, unkinded.partition("/")[2])):
            forms[form].append(title)
    short = name.partition("[")[0]
    bare = short.rpartition("/")[2]
    close = [*get_close_matches(name, forms), *get_close_matches(bare, forms)]
    if short in forms:
        close = [short]
    return list(dict.fromkeys(title for form in close for title in forms[form]))[:NEAR]


def hint(near: Iterable[str]) -> str:
    """The end of a message about a name that is not known."""
    names = " or ".join(near)
    return f"; did you mean {names}?" if names else ""
