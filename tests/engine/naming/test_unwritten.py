"""A pod that nobody has written fares as it would if somebody did."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netsim.engine.naming.unwritten import UnwrittenPod, add_unwritten
from netsim.engine.reachability import Reachability
from netsim.errors import UnanswerableError
from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Labels
from netsim.model.resources import NAME_LABEL, Namespace, Origin, Resources
from tests.naive.decision import decide
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.parts import NAMESPACE_LABELS, NAMESPACE_NAMES, POD_LABELS
from tests.strategies.questions import interesting_ports

ENDS = st.one_of(
    st.builds(UnwrittenPod, st.sampled_from(POD_LABELS), st.sampled_from(NAMESPACE_NAMES)),
    st.builds(
        UnwrittenPod,
        st.sampled_from(POD_LABELS),
        st.none(),
        st.sampled_from(NAMESPACE_LABELS).map(Labels.of),
    ),
)


@thorough(200)
@given(clusters(), ENDS, ENDS, st.data())
def test_its_verdicts_are_those_of_a_pod_that_is_written(
    cluster: Cluster, one: UnwrittenPod, other: UnwrittenPod, data: st.DataObject
) -> None:
    # A namespace that nothing names is none that a placeholder stands for, either.
    names = [pod.namespace for pod in cluster.resources.pods]
    is_open = any(policy.has_placeholder for policy in cluster.resources.policies)
    is_named = bool(one.namespace and other.namespace)
    assume(is_named or not (is_open or any("${" in name for name in names)))
    resources = add_unwritten(cluster.resources, (one, other))
    reachability = Reachability.of(resources, cluster.conventions)
    asked = data.draw(st.lists(st.sampled_from(interesting_ports(resources)), max_size=4))
    for pod in cluster.resources.pods:
        for connection in asked:
            for ends in ((one.pod, pod), (pod, one.pod), (one.pod, other.pod)):
                points = [PodEndpoint(end.title, (end,)) for end in ends]
                found = reachability.verdict(points[0], points[1], *connection).outcome
                expected = decide(resources, cluster.conventions, *ends, *connection)
                assert found is expected


SHOP = Namespace("shop", Labels.of({NAME_LABEL: "shop", "team": "a"}), Origin.READ)


def test_the_labels_of_a_known_namespace_are_known() -> None:
    resources = Resources(namespaces=(SHOP,))
    with pytest.raises(UnanswerableError, match="namespace shop is known with the labels"):
        UnwrittenPod.of({"app": "a"}, "shop", {"team": "b"}).add(resources)
    assert UnwrittenPod.of({"app": "a"}, "shop", {"team": "a"}).add(resources).namespaces == (
        SHOP,
    )


def test_it_is_called_by_what_is_known_of_it() -> None:
    assert [
        str(pod)
        for pod in (
            UnwrittenPod.of({}),
            UnwrittenPod.of({"app": "a"}, "shop"),
            UnwrittenPod.of({}, namespace_labels={"team": "b"}),
        )
    ] == [
        "any pod in another namespace",
        "any pod with app=a in shop",
        "any other pod in a namespace with team=b",
    ]
