"""Small random clusters."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.labels import Labels
from netsim.model.resources import (
    NAME_LABEL,
    Namespace,
    Origin,
    Pod,
    PodNetwork,
    Resources,
    WorkloadName,
)
from tests.strategies.parts import (
    CONTAINER_PORTS,
    GENERATED_LABELS,
    HOSTS,
    NAMESPACE_LABELS,
    NAMESPACE_NAMES,
    NODE_SELECTORS,
    NODES,
    POD_LABELS,
    conventions,
    tuples_of,
)
from tests.strategies.placeholders import opened
from tests.strategies.policies import admin_policies, policies


class Cluster(Struct, frozen=True):
    """What a test is run on."""

    resources: Resources
    conventions: Conventions


_ports_of_pods = tuples_of(CONTAINER_PORTS, 3)
_flags = st.booleans()
_generated = tuples_of(GENERATED_LABELS, 2)
_labels_of_pods = st.sampled_from(POD_LABELS)
_rarely = st.sampled_from((False, False, False, True))
_addressing = st.sampled_from(("none", "v4", "v6", "dual"))


@st.composite
def _labels_of_templates(draw: st.DrawFn) -> Labels:
    """With labels that a controller adds, at most one of a key and none that is written."""
    labels = draw(_labels_of_pods)
    written = {key for key, _ in labels.pairs}
    drawn = {each.key: each for each in draw(_generated) if each.key not in written}
    return replace(labels, generated=tuple(drawn.values()))


@st.composite
def pods(draw: st.DrawFn, number: int, namespaces: Sequence[str]) -> Pod:
    """One pod, or a template; addresses, where known, are the pod's own."""
    node, host = draw(st.sampled_from(HOSTS))
    network = draw(st.sampled_from((PodNetwork.POD,) * 4 + (PodNetwork.HOST,)))
    known: AddressSet | None = None
    match draw(_addressing):
        case "v4":
            known = AddressSet.parse(f"10.0.0.{number}")
        case "v6":
            known = AddressSet.parse(f"fd00::{number}")
        case "dual":
            known = AddressSet.of((f"10.0.0.{number}", f"fd00::{number}"))
    if network is PodNetwork.HOST and known is not None:
        known = next((n.host_addresses for n in NODES if n.name == node), known)
    template = known is None and draw(_rarely)
    kind = "Deployment" if template else "Pod"
    return Pod(
        workload=WorkloadName(draw(st.sampled_from(namespaces)), f"p{number}", kind),
        labels=draw(_labels_of_templates() if template else _labels_of_pods),
        ports=draw(_ports_of_pods),
        name=None if template else f"p{number}",
        addresses=known,
        network=network,
        node=node,
        host_addresses=host,
        node_selector=draw(st.sampled_from(NODE_SELECTORS)),
    )


@st.composite
def clusters(draw: st.DrawFn) -> Cluster:
    """A small cluster, seldom with placeholders.

    A namespace may be absent from the input, or be marked as implied.
    """
    names = NAMESPACE_NAMES[: draw(st.sampled_from((1, 2, 2, 3, 4)))]
    namespaces: list[Namespace] = []
    for name in names:
        origin = draw(st.sampled_from((Origin.READ, Origin.READ, Origin.IMPLIED, None)))
        if origin is not None:
            extra = draw(st.sampled_from(NAMESPACE_LABELS)) if origin is Origin.READ else {}
            labels = Labels.of({NAME_LABEL: name, **extra})
            namespaces.append(Namespace(name, labels, origin))
    resources = Resources(
        namespaces=tuple(namespaces),
        pods=tuple(draw(pods(n, names)) for n in range(draw(st.integers(1, 8)))),
        nodes=NODES[: draw(st.sampled_from((0, 1, 2, 2)))],
        policies=(
            *(
                draw(policies(n, names))
                for n in range(draw(st.sampled_from((1, 2, 3, 2, 3, 4, 5, 0))))
            ),
            *(draw(admin_policies(n)) for n in range(draw(st.sampled_from((0, 0, 1, 2, 3))))),
        ),
    )
    if draw(_rarely):
        resources = draw(opened(resources))
    return Cluster(resources, draw(conventions))
