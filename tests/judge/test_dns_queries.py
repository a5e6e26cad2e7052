from __future__ import annotations

from unittest.mock import patch

from hypothesis import given

from netsim.engine.evaluator import Evaluator
from netsim.judge.case import Case
from netsim.judge.dns import Dns
from netsim.judge.dns_queries import DnsQueries
from netsim.judge.knowledge import Knowledge
from netsim.model.ports import Protocol
from netsim.model.resources import Pod, PodNetwork
from netsim.model.verdict import Outcome
from tests.naive.decision import decide
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters

PORT = 80


def _find_port(server: Pod, protocol: Protocol) -> int:
    name = "dns" if protocol is Protocol.UDP else "dns-tcp"
    own = [p for p in server.ports if (p.name, p.protocol) == (name, protocol)]
    return own[0].number if own else PORT


@given(clusters())
@thorough(150)
def test_who_can_resolve_names_is_what_single_connections_say(cluster: Cluster) -> None:
    """Pods of one namespace and label stand for DNS, as random clusters have them."""
    resources, conventions = cluster.resources, cluster.conventions
    evaluator = Evaluator.of(resources, conventions)
    with (
        patch("netsim.judge.dns._NAMESPACES", ("n0",)),
        patch("netsim.judge.dns._LABELS", frozenset((("a", "x"),))),
        patch("netsim.judge.dns.PORT", PORT),
        patch("netsim.judge.dns_queries._is_no_single_address", lambda _: True),
    ):
        known = Knowledge.of(Case(resources, evaluator))
        queries = DnsQueries(known, Dns.of(known))
        servers = queries.dns.servers
        answers = {each: queries.resolving(each) for each in (Protocol.UDP, Protocol.TCP)}
    if not servers:
        return
    for pod in resources.pods:
        if pod.network is PodNetwork.HOST or pod in servers:
            continue
        number = evaluator.universe.bit(pod)
        for protocol, resolving in answers.items():
            verdicts = {
                decide(resources, conventions, pod, each, protocol, _find_port(each, protocol))
                for each in servers
            }
            assert bool(resolving >> number & 1) == bool(verdicts - {Outcome.DENY}), (
                pod.title,
                protocol,
            )
