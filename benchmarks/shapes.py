"""Clusters to measure with, of shapes that occur: the same seed makes the same cluster.

``make(SHAPES["fleet"])`` is a cluster in memory, ``python benchmarks/shapes.py fleet FOLDER``
writes one as JSON that ``kubectl apply`` takes, with a scenario for ``netsim check`` beside it.

An *app* is a Deployment with pods of one template.  Every shape isolates all of its pods, so
that a list grows with its policies and not with the square of its pods.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from msgspec import Struct
from msgspec.structs import replace

from netsim.intent.diagram.reading import Diagram
from netsim.intent.documentation import Documentation, combine_flows
from netsim.intent.scenario.scenario import read_scenario
from netsim.model.addresses import AddressSet, Family
from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.peers import BlockPeer, Peer, PodPeer
from netsim.model.policies import Action, Direction, NumberedPorts, Policy, PolicyId, Rule, Tier
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Namespace, Origin, Pod, Resources, WorkloadName

HERE = Location("generated", 0)
TEAMS = 20
PORTS = (80, 443, 5432, 6379, 8080, 9090)


class Shape(Struct, frozen=True):
    """What a cluster is like; numbers are totals.

    ``blocks`` are address blocks, of which each policy names two.  ``admins`` are policies of
    the Admin tier.  ``is_labelled_apart`` gives every pod a label of its own that policies
    name.
    """

    pods: int
    policies: int
    namespaces: int
    blocks: int = 8
    admins: int = 0
    seed: int = 17
    is_labelled_apart: bool = False

    @property
    def apps(self) -> int:
        """Apps of one namespace."""
        per_space = max(1, self.pods // self.namespaces)
        if self.is_labelled_apart:
            return per_space
        return min(per_space, max(10, self.policies // self.namespaces))


SHAPES = {
    "fleet": Shape(100_000, 10_000, 1_000),
    "strict": Shape(5_400, 13_600, 540),
    "crowded": Shape(10_000, 10_000, 1),
    "apart": Shape(10_000, 10_000, 10, blocks=2_000, is_labelled_apart=True),
    "guarded": Shape(10_000, 1_000, 100, admins=200),
    "small": Shape(1_000, 500, 50),
    "medium": Shape(20_000, 2_000, 200),
}
"""``strict`` has more policies than pods, ``crowded`` one namespace, ``guarded`` admins."""

BLOCKS = 320
"""Of the change that adds blocks."""


def make(shape: Shape) -> Resources:
    """The cluster of a shape, in memory."""
    random = Random(shape.seed)  # noqa: S311
    names = [f"n{number}" for number in range(shape.namespaces)]
    own = [_policy(shape, random, names, number) for number in range(shape.policies)]
    admins = [_admin_policy(names, number) for number in range(shape.admins)]
    return Resources(
        (_namespace("kube-system", 0), *map(_namespace, names, range(len(names)))),
        (*_dns_pods(), *(_pod(shape, names, number) for number in range(shape.pods))),
        policies=(*own, *admins),
    )


def _namespace(name: str, number: int) -> Namespace:
    labels = {NAME_LABEL: name, "team": f"t{number % TEAMS}"}
    return Namespace(name, Labels.of(labels), Origin.READ, HERE)


def _dns_pods() -> tuple[Pod, ...]:
    name = WorkloadName("kube-system", "coredns", "Deployment")
    labels = Labels.of({"k8s-app": "kube-dns"})
    return tuple(
        Pod(name, labels, name=f"coredns-{n}", addresses=_address(n), location=HERE)
        for n in range(2)
    )


def _pod(shape: Shape, names: list[str], number: int) -> Pod:
    space, place = names[number % len(names)], number // len(names)
    app = place % shape.apps
    labels = {"app": f"a{app}", "tier": f"r{app % 3}", "pod-template-hash": f"{app:06x}"}
    name = WorkloadName(space, f"a{app}", "Deployment")
    return Pod(
        name,
        Labels.of(labels),
        name=f"a{app}-{place // shape.apps}",
        addresses=_address(256 + number),
        location=HERE,
    )


def _address(number: int) -> AddressSet:
    low = (10 << 24) + number
    return AddressSet.of_range(Family.IPV4, (low, low))


def _block(number: int) -> BlockPeer:
    cidr = f"{52 + number // 4096}.{number // 16 % 256}.{number % 16 * 16}.0/21"
    return BlockPeer(cidr, (), AddressSet.parse(cidr), HERE)


def _peer(key: str, value: str, namespaces: Selector | None = None) -> PodPeer:
    return PodPeer(namespaces, Selector.of({key: value}), HERE)


def _port(number: int, protocol: Protocol = Protocol.TCP) -> NumberedPorts:
    return NumberedPorts(protocol, number, number, HERE)


def _policy(shape: Shape, random: Random, names: list[str], number: int) -> Policy:
    """The first of a namespace isolate each app; the rest allow one further caller each."""
    space, place = names[number % len(names)], number // len(names)
    app = place % shape.apps
    identity = PolicyId("networking.k8s.io", "NetworkPolicy", space, f"np{place}")
    callers: tuple[Peer, ...] = (_peer("app", f"a{random.randrange(shape.apps)}"),)
    if place < shape.apps:
        other = random.choice(names)
        team = Selector.of({NAME_LABEL: other})
        blocks = tuple(_block(random.randrange(shape.blocks)) for _ in range(2))
        callers += (_peer("app", f"a{app}", team), blocks[0])
        called: tuple[Peer, ...] = (_peer("tier", f"r{app % 3}"), blocks[1])
        dns = _peer("k8s-app", "kube-dns", Selector.of({NAME_LABEL: "kube-system"}))
        rules = (
            _rule(identity, Direction.INGRESS, 0, callers, (_port(random.choice(PORTS)),)),
            _rule(identity, Direction.EGRESS, 0, called, (_port(80), _port(443))),
            _rule(identity, Direction.EGRESS, 1, (dns,), (_port(53, Protocol.UDP),)),
        )
        isolates = tuple(Direction)
    else:
        rules = (
            _rule(identity, Direction.INGRESS, 0, callers, (_port(random.choice(PORTS)),)),
        )
        isolates = (Direction.INGRESS,)
    # Where there are fewer policies than apps, one is about all of a namespace.
    is_for_all = shape.policies // shape.namespaces < shape.apps and place == 0
    chosen = Selector() if is_for_all else Selector.of({"app": f"a{app}"})
    subject = PodPeer(None, chosen, HERE)
    return Policy(identity, Tier.NETWORK_POLICY, subject, rules, HERE, isolates)


def _rule(
    policy: PolicyId,
    direction: Direction,
    index: int,
    peers: tuple[Peer, ...],
    ports: tuple[NumberedPorts, ...],
    action: Action = Action.ALLOW,
) -> Rule:
    return Rule(policy, direction, index, peers, ports, HERE, action)


def _admin_policy(names: list[str], number: int) -> Policy:
    identity = PolicyId("policy.networking.k8s.io", "AdminNetworkPolicy", "", f"anp{number}")
    team = Selector.of({"team": f"t{number % TEAMS}"})
    subject = PodPeer(Selector() if number % 2 else team, Selector(), HERE)
    near = _peer("app", f"a{number % 7}", team)
    far = PodPeer(Selector.of({NAME_LABEL: names[number % len(names)]}), Selector(), HERE)
    rules = tuple(
        _rule(identity, direction, index, (peer,), (_port(port + number),), action)
        for direction in Direction
        for index, (peer, port, action) in enumerate(
            (
                (far, 1000, Action.DENY),
                (near, 2000, Action.ALLOW),
                (far, 3000, Action.PASS),
            )
        )
    )
    return Policy(identity, Tier.ADMIN, subject, rules, HERE, priority=number)


def change_one(made: Resources) -> Resources:
    """The same cluster after one policy admits its peers on any port."""
    old = made.policies[len(made.policies) // 2]
    rule = replace(old.rules[0], ports=())
    new = replace(old, rules=(rule, *old.rules[1:]))
    return replace(made, policies=tuple(new if p is old else p for p in made.policies))


def open_blocks() -> tuple[Resources, Resources]:
    """Twenty pods, before and after their policy names many address blocks."""
    made = make(Shape(20, 1, 1))
    old = made.policies[0]
    rules = (
        _rule(
            old.id,
            direction,
            0,
            tuple(_block(2 * number) for number in range(BLOCKS)),
            (_port(443),),
        )
        for direction in Direction
    )
    return made, replace(made, policies=(replace(old, rules=tuple(rules)),))


def close_all() -> tuple[Resources, Resources]:
    """Two hundred workloads, before and after a policy denies all between them."""
    made = make(Shape(200, 1, 1, is_labelled_apart=True))
    denying = replace(made.policies[0], rules=())
    return replace(made, policies=()), replace(made, policies=(denying,))


def scenario(shape: Shape) -> str:
    """A scenario that speaks for one namespace: its apps, and who calls whom."""
    apps = range(min(shape.apps, 10))
    lines = ["namespace: n0", "podRanges: [10.0.0.0/8]", "endpoints:"]
    lines += [f"  a{app}:\n    labels: {{app: a{app}}}" for app in apps]
    lines += ["  dns:\n    namespace: kube-system\n    labels: {k8s-app: kube-dns}", "flows:"]
    lines += [f"  - {{from: a{app}, to: dns, ports: [UDP 53], because: names}}" for app in apps]
    return "\n".join(lines) + "\n"


def documentation(shape: Shape) -> Documentation:
    """The scenario, read."""
    read = read_scenario(scenario(shape), "scenario.yaml")
    return Documentation(read, Diagram(), combine_flows(read, Diagram()))


# --- as files ---


def write(made: Resources, file: Path) -> None:
    """Writes a cluster as one ``List``, as ``kubectl get -o json`` does."""
    items = [*map(_space_object, made.namespaces), *map(_pod_object, made.pods)]
    items += map(_policy_object, made.policies)
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))


def _space_object(space: Namespace) -> dict[str, object]:
    labels = dict(space.labels.pairs)
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": space.name, "labels": labels},
    }


def _pod_object(pod: Pod) -> dict[str, object]:
    owner = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": f"{pod.workload.name}-{dict(pod.labels.pairs).get('pod-template-hash', '0')}",
        "uid": "0",
        "controller": True,
    }
    address = str(pod.addresses).partition("-")[0]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": pod.name,
            "namespace": pod.namespace,
            "labels": dict(pod.labels.pairs),
            "ownerReferences": [owner],
        },
        "spec": {"containers": [{"name": "main", "image": "example/app:1"}]},
        "status": {"phase": "Running", "podIP": address, "podIPs": [{"ip": address}]},
    }


def _policy_object(policy: Policy) -> dict[str, object]:
    spec: dict[str, object] = {}
    if policy.tier is Tier.NETWORK_POLICY:
        spec["podSelector"] = _selector_object(policy.subject.pods)
        spec["policyTypes"] = [direction.value for direction in policy.isolates]
    else:
        spaces = policy.subject.namespaces or Selector()
        spec |= {
            "priority": policy.priority,
            "subject": {"namespaces": _selector_object(spaces)},
        }
    for direction in Direction:
        rules = [_rule_object(policy, rule) for rule in policy.rules_of(direction)]
        if rules:
            spec[direction.word] = rules
    version = "v1" if policy.tier is Tier.NETWORK_POLICY else "v1alpha1"
    metadata = {"name": policy.id.name}
    if policy.namespace:
        metadata["namespace"] = policy.namespace
    return {
        "apiVersion": f"{policy.id.group}/{version}",
        "kind": policy.id.kind,
        "metadata": metadata,
        "spec": spec,
    }


def _rule_object(policy: Policy, rule: Rule) -> dict[str, object]:
    ports = [port for port in rule.ports if isinstance(port, NumberedPorts)]
    if policy.tier is Tier.NETWORK_POLICY:
        return {
            rule.direction.peer_word: [_peer_object(peer) for peer in rule.peers],
            "ports": [{"protocol": str(p.protocol), "port": p.first} for p in ports],
        }
    return {
        "action": rule.action.value,
        rule.direction.peer_word: [_admin_peer_object(peer) for peer in rule.peers],
        "ports": [
            {"portNumber": {"protocol": str(p.protocol), "port": p.first}} for p in ports
        ],
    }


def _peer_object(peer: Peer) -> dict[str, object]:
    match peer:
        case BlockPeer():
            return {"ipBlock": {"cidr": peer.cidr}}
        case PodPeer(None, pods):
            return {"podSelector": _selector_object(pods)}
        case PodPeer(namespaces, pods):
            return {
                "namespaceSelector": _selector_object(namespaces or Selector()),
                "podSelector": _selector_object(pods),
            }
    raise TypeError(f"no shape has a peer like {peer}")


def _admin_peer_object(peer: Peer) -> dict[str, object]:
    if not isinstance(peer, PodPeer) or peer.namespaces is None:
        raise TypeError(f"no shape has a peer like {peer}")
    spaces = _selector_object(peer.namespaces)
    if not peer.pods.requirements:
        return {"namespaces": spaces}
    pods = _selector_object(peer.pods)
    return {"pods": {"namespaceSelector": spaces, "podSelector": pods}}


def _selector_object(selector: Selector) -> dict[str, object]:
    found = {each.key: each.values[0] for each in selector.requirements}
    return {"matchLabels": found} if found else {}


def _write_all(name: str, folder: Path) -> Iterator[Path]:
    shape = SHAPES[name]
    folder.mkdir(parents=True, exist_ok=True)
    made = make(shape)
    writers: dict[str, Callable[[Path], None]] = {
        "cluster.json": lambda file: write(made, file),
        "changed.json": lambda file: write(change_one(made), file),
    }
    for own, writer in writers.items():
        writer(folder / own)
        yield folder / own
    (folder / "scenario.yml").write_text(scenario(shape))
    yield folder / "scenario.yml"


if __name__ == "__main__":
    for file in _write_all(sys.argv[1], Path(sys.argv[2])):
        sys.stdout.write(f"{file}: {file.stat().st_size / 1e6:.1f} MB\n")
