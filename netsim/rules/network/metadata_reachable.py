"""An untrusted workload reaches the metadata server of the cloud.

The server at 169.254.169.254 (over IPv6 fd00:ec2::254 on some) gives the credentials of the
node to any pod that asks. Code that nobody has reviewed must not be able to ask. Any port
counts, as clouds listen on different ones.

Endpoints are untrusted where the scenario marks them `untrusted: true`; without a scenario
nothing is reported. A workload whose egress no policy isolates also reaches the server. The
IPv6 address counts only for rules that open IPv6 blocks.

The examples belong to a scenario with this endpoint:

```text
runner: {labels: {app: runner}, untrusted: true}
```

PASS:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: runner, namespace: shop}
spec:
  podSelector: {matchLabels: {app: runner}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except:
              - 10.0.0.0/8
              - 100.64.0.0/10
              - 169.254.0.0/16
              - 172.16.0.0/12
              - 192.168.0.0/16
```

FAIL:

```yaml
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: runner, namespace: shop}
spec:
  podSelector: {matchLabels: {app: runner}}
  policyTypes: [Egress]
  egress:
    - to:
        - ipBlock:
            cidr: 0.0.0.0/0
            except:
              - 10.0.0.0/8
              - 100.64.0.0/10
              - 172.16.0.0/12
              - 192.168.0.0/16
```

Fix: except 169.254.0.0/16, the link-local range, from the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_network

from msgspec import Struct

from netsim.engine.evaluator import Evaluator
from netsim.engine.explain.verdicts import attribute
from netsim.engine.policy.flow import Flow
from netsim.engine.policy.rectangle import Certainty, Rectangle
from netsim.engine.space import bits
from netsim.engine.space.bits import contains
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.endpoints import Trust
from netsim.judge.case import Case
from netsim.model.addresses import AddressSet
from netsim.model.edit import Patch
from netsim.model.endpoint import PodEndpoint
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, DomainPeer, Peer
from netsim.model.policies import Action, Direction, Rule, Tier
from netsim.model.ports import PortSet
from netsim.model.resources import Pod
from netsim.model.verdict import Outcome
from netsim.rules import patches
from netsim.rules.closings import deny_by_default
from netsim.rules.interface import Check
from netsim.words.policy_parts import build_block
from netsim.words.ports import describe_ports


class _Server(Struct, frozen=True):
    """An address of the server, and the range to except."""

    address: str
    link_local: str

    @property
    def addresses(self) -> AddressSet:
        """The address as a set."""
        return AddressSet.parse(self.address)


_V4 = _Server("169.254.169.254", "169.254.0.0/16")
_V6 = _Server("fd00:ec2::254", "fd00:ec2::254/128")


def _run(case: Case) -> Iterator[Finding]:
    for bound in case.endpoints:
        if bound.declared.trust is Trust.UNTRUSTED and isinstance(bound.endpoint, PodEndpoint):
            yield from _check_endpoint(case, bound, bound.endpoint)


def _check_endpoint(
    case: Case, bound: BoundEndpoint, endpoint: PodEndpoint
) -> Iterator[Finding]:
    """One finding for each place that opens the server."""
    evaluator = case.evaluator
    found: dict[Location, Finding] = {}
    for pod in endpoint.pods:
        subject = evaluator.universe.bit(pod)
        if _is_unguarded(evaluator, subject):
            finding = _report_open(case, bound, pod)
            found.setdefault(finding.location, finding)
            continue
        for server in (_V4, _V6):
            for finding in _check_server(evaluator, bound, subject, server):
                found.setdefault(finding.location, finding)
    yield from found.values()


def _is_unguarded(evaluator: Evaluator, subject: int) -> bool:
    """Whether no policy of any tier decides about the way to the server."""
    if not contains(evaluator.chains[Direction.EGRESS].touched, subject):
        return True
    server = bits.members(evaluator.universe.outside(_V4.addresses))
    return any(
        verdict.tier is Tier.DEFAULT and verdict.outcome is Outcome.ALLOW
        for bit in server
        for _, verdict in attribute(
            evaluator, Flow(Direction.EGRESS, subject, bit), PortSet.full()
        )
    )


def _report_open(case: Case, bound: BoundEndpoint, pod: Pod) -> Finding:
    return CHECK.finding(
        pod.location or bound.declared.location,
        f"{bound.name} is untrusted and reaches the metadata server {_V4.address}: "
        f"no policy isolates {pod.title} for egress",
        flows=(f"{bound.name} -> {_V4.address}",),
        fix=f"Isolate every pod of namespace {pod.namespace}, and allow what each needs.",
        patches=(deny_by_default(case, pod.namespace, pod.location),) if pod.location else (),
    )


def _check_server(
    evaluator: Evaluator, bound: BoundEndpoint, subject: int, server: _Server
) -> Iterator[Finding]:
    for bit in bits.members(evaluator.universe.outside(server.addresses)):
        for rectangle in _list_admitting(evaluator, subject, bit):
            peer = next(evaluator.selection.admitting_peers(rectangle.rule, bit), None)
            is_v6_block = isinstance(peer, BlockPeer) and bool(
                peer.addresses and peer.addresses.v6
            )
            if server is _V4 or is_v6_block:
                yield _finding(bound, rectangle, peer, server)


def _list_admitting(evaluator: Evaluator, subject: int, bit: int) -> Iterator[Rectangle]:
    """What rules let through, in the tier that decides."""
    flow = Flow(Direction.EGRESS, subject, bit)
    if not contains(evaluator.chains[Direction.EGRESS].ruled, subject):
        yield from evaluator.allowing(flow)
        return
    for ports, verdict in attribute(evaluator, flow, PortSet.full()):
        if verdict.tier is Tier.OTHER_SYSTEMS:
            continue  # what such a policy allows is not known
        is_sure = verdict.outcome is Outcome.ALLOW
        certainty = Certainty.SURE if is_sure else Certainty.POSSIBLE
        for rule in verdict.rules if verdict.outcome is not Outcome.DENY else ():
            if rule.action is not Action.ALLOW:
                continue  # of several that may decide only these let it through
            yield Rectangle(1 << subject, 1 << bit, ports, certainty, rule)


def _finding(
    bound: BoundEndpoint, rectangle: Rectangle, peer: Peer | None, server: _Server
) -> Finding:
    is_sure = rectangle.certainty is Certainty.SURE
    ports, what = describe_ports(rectangle.ports), _describe_peer(peer)
    exceptions = _except(peer, server) if isinstance(peer, BlockPeer) else ()
    return CHECK.finding(
        peer.location if peer else rectangle.rule.location,
        f"{bound.name} is untrusted and {'reaches' if is_sure else 'may reach'} the "
        f"metadata server {server.address}: {rectangle.rule.title} {what} ({ports})",
        severity=CHECK.severity if is_sure else Severity.WARNING,
        policy=rectangle.rule.policy.title,
        flows=(f"{bound.name} -> {server.address} {ports}",),
        fix=f"Except {server.link_local} from the block; add one where there is none.",
        patches=_list_patches(rectangle.rule, peer, exceptions),
    )


def _describe_peer(peer: Peer | None) -> str:
    if isinstance(peer, BlockPeer):
        return f"allows the block {peer.cidr}"
    if isinstance(peer, DomainPeer):
        return f"allows {', '.join(peer.names)}"
    return "allows every destination"


def _except(peer: BlockPeer, server: _Server) -> tuple[str, ...]:
    """The exceptions of the block and the server; none where nothing would be left of it."""
    if not peer.addresses:
        return ()
    block = ip_network(peer.cidr, strict=False)
    for text in (server.link_local, str(ip_network(server.address))):
        if block.prefixlen < ip_network(text).prefixlen:
            return (*peer.exceptions, text)
    return ()


def _list_patches(
    rule: Rule, peer: Peer | None, exceptions: tuple[str, ...]
) -> tuple[Patch, ...]:
    if not (isinstance(peer, BlockPeer) and exceptions):
        return ()
    block = build_block(peer.cidr, exceptions)
    return (patches.replace_peer(rule, peer.location, block),)


CHECK = Check(
    id="metadata-reachable",
    title="An untrusted workload reaches the metadata server",
    severity=Severity.ERROR,
    run=_run,
    risk=8.5,
)
"""The rule."""
