"""What a cluster with placeholders is sure of holds whatever they turn out to be."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from netsim.engine.reachability import Reachability
from tests.engine.test_random_clusters import endpoint
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.placeholders import opened, worlds


@thorough(300)
@given(clusters(), st.data())
def test_what_is_sure_holds_in_every_world(cluster: Cluster, data: st.DataObject) -> None:
    resources = data.draw(opened(cluster.resources), "opened")
    assume(resources != cluster.resources)
    conventions = cluster.conventions
    whole = Reachability.of(resources, conventions)
    count = len(resources.pods)
    chosen = data.draw(
        st.lists(st.tuples(*[st.integers(0, count - 1)] * 2), min_size=1, max_size=6)
    )
    for world in data.draw(st.permutations(list(worlds(resources))), "worlds")[:6]:
        reachability = Reachability.of(world, conventions)
        for source, destination in chosen:
            before, now = (
                each.connections(endpoint(pods[source]), endpoint(pods[destination]))
                for each, pods in ((whole, resources.pods), (reachability, world.pods))
            )
            assert before.some <= now.some, (source, destination, world)
            assert now.possible <= before.possible, (source, destination, world)
