"""What ``redundant-policy`` reports can be deleted: nothing may change, on random clusters."""

from __future__ import annotations

from hypothesis import event, given
from msgspec.structs import replace

from netsim.engine.reachability import Reachability
from netsim.judge.case import build_case
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import Endpoint, ExternalEndpoint, PodEndpoint
from netsim.model.resources import Resources
from netsim.rules.network.redundant_policy import CHECK
from netsim.rules.registry import conclude
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.questions import interesting_addresses


def ends(resources: Resources) -> list[Endpoint]:
    pods = [PodEndpoint(pod.title, (pod,)) for pod in resources.pods]
    addresses = interesting_addresses(resources)
    return [*pods, *(ExternalEndpoint(str(a), AddressSet.single(a)) for a in addresses)]


@given(clusters())
@thorough(200)
def test_deleting_what_is_reported_changes_nothing(cluster: Cluster) -> None:
    resources = cluster.resources
    found = conclude(CHECK.run(build_case(resources, cluster.conventions)))
    reported = {finding.policy for finding in found}
    event("reported" if reported else "nothing to report")
    rest = tuple(policy for policy in resources.policies if policy.title not in reported)
    before = Reachability.of(resources, cluster.conventions)
    after = Reachability.of(replace(resources, policies=rest), cluster.conventions)
    everyone = ends(resources)
    for source in everyone:
        for destination in everyone:
            now, then = (r.connections(source, destination) for r in (before, after))
            assert now == then
