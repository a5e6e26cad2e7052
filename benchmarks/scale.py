"""How the engine grows with its input, as ratios.

Twice the pods and policies to compile; and listing all pairs under admin tiers as against
without them.

python benchmarks/scale.py [PODS]
"""

from __future__ import annotations

import gc
import sys
import time

from msgspec.structs import replace

from netsim.engine.evaluator import Evaluator
from netsim.engine.matrix.listing import pairs
from netsim.model.labels import Labels, Selector
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Action, Direction, NumberedPorts, Policy, PolicyId, Rule, Tier
from netsim.model.ports import Protocol
from netsim.model.resources import NAME_LABEL, Namespace, Origin, Pod, Resources, WorkloadName

HERE = Location("generated", 0)
APPS = 10
ADMIN_POLICIES = 25


def resources(pods: int) -> Resources:
    """A hundredth as many namespaces as pods, and a tenth as many policies."""
    names = [f"n{number}" for number in range(max(1, pods // 100))]
    return Resources(
        tuple(Namespace(n, Labels.of({NAME_LABEL: n}), Origin.READ) for n in names),
        tuple(_pod(names[number % len(names)], number) for number in range(pods)),
        policies=tuple(
            _policy(names[number % len(names)], number) for number in range(pods // 10)
        ),
    )


def _pod(namespace: str, number: int) -> Pod:
    name = WorkloadName(namespace, f"p{number}", "Pod")
    return Pod(name, _labels(number // 7), name=f"p{number}")


def _labels(number: int) -> Labels:
    return Labels.of({"app": f"a{number % APPS}"})


def _policy(namespace: str, number: int) -> Policy:
    policy = PolicyId("networking.k8s.io", "NetworkPolicy", namespace, f"np{number}")
    peer = PodPeer(None, Selector.of({"app": f"a{(number + 1) % APPS}"}), HERE)
    port = NumberedPorts(Protocol.TCP, 80, 80, HERE)
    rule = Rule(policy, Direction.INGRESS, 0, (peer,), (port,), HERE)
    subject = PodPeer(None, Selector.of({"app": f"a{number % APPS}"}), HERE)
    isolates = (Direction.INGRESS,)
    return Policy(policy, Tier.NETWORK_POLICY, subject, (rule,), HERE, isolates)


def _admin_policy(number: int) -> Policy:
    policy = PolicyId("policy.networking.k8s.io", "AdminNetworkPolicy", "", f"anp{number}")
    everyone = PodPeer(Selector(), Selector(), HERE)
    app = PodPeer(Selector(), Selector.of({"app": f"a{number % APPS}"}), HERE)
    rules = tuple(
        Rule(policy, direction, index, (app,), (_port(1000 + index),), HERE, action)
        for direction in Direction
        for index, action in enumerate((Action.DENY, Action.ALLOW, Action.PASS))
    )
    return Policy(policy, Tier.ADMIN, everyone, rules, HERE, priority=number)


def _port(number: int) -> NumberedPorts:
    return NumberedPorts(Protocol.TCP, number, number, HERE)


def listing(made: Resources) -> float:
    """The time to list all pairs of a cluster."""
    gc.collect()
    before = time.perf_counter()
    pairs(Evaluator.of(made))
    return time.perf_counter() - before


def seconds(pods: int) -> float:
    """The time to compile the policies of a cluster."""
    made = resources(pods)
    gc.collect()
    before = time.perf_counter()
    Evaluator.of(made)
    return time.perf_counter() - before


def main(pods: int) -> None:
    """Prints the time for one size and the ratio for its double."""
    once, twice = seconds(pods), seconds(2 * pods)
    sys.stdout.write(f"{pods} pods, {pods // 10} policies: {once:.2f} s\n")
    sys.stdout.write(f"twice as many: {twice / once:.1f} x the time\n")
    small = resources(pods // 40)
    tiered = replace(
        small, policies=(*small.policies, *map(_admin_policy, range(ADMIN_POLICIES)))
    )
    plain, under = listing(small), listing(tiered)
    sys.stdout.write(f"list of {pods // 40} pods: {plain:.2f} s\n")
    sys.stdout.write(f"under {ADMIN_POLICIES} admin policies: {under / plain:.1f} x the time\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
