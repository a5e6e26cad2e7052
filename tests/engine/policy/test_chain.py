"""The chain of tiers: which tiers a subject's connections get to, and what they leave."""

from __future__ import annotations

from netsim.engine.evaluator import Evaluator
from netsim.engine.policy.chain import TIERS
from netsim.engine.policy.flow import Flow
from netsim.engine.space.bits import single
from netsim.model.policies import Direction, Policy, Tier
from netsim.model.ports import PortSet, Protocol
from tests.rules.samples import documents, pod, policy, resources

INGRESS = Direction.INGRESS
WEB = PortSet.of(Protocol.TCP, 80)


def ordered(kind: str, name: str, app: str, rules: str, priority: str = "") -> str:
    return f"""\
apiVersion: policy.networking.k8s.io/v1alpha1
kind: {kind}
metadata: {{name: {name}}}
spec:
  {priority}
  subject: {{pods: {{namespaceSelector: {{}}, podSelector: {{matchLabels: {{app: {app}}}}}}}}}
  ingress: {rules}
"""


def rule(action: str, port: int) -> str:
    ports = f"[{{portNumber: {{protocol: TCP, port: {port}}}}}]"
    return f"{{action: {action}, from: [{{namespaces: {{}}}}], ports: {ports}}}"


ADMIN = ordered(
    "AdminNetworkPolicy",
    "guard",
    "api",
    f"[{rule('Allow', 80)}, {rule('Pass', 81)}, {rule('Deny', 82)}]",
    "priority: 1",
)
LATER = ordered("AdminNetworkPolicy", "later", "db", f"[{rule('Deny', 83)}]", "priority: 2")
BASELINE = ordered("BaselineAdminNetworkPolicy", "default", "api", f"[{rule('Deny', 80)}]")
PODS = tuple(map(pod, ("web", "api", "db")))


class World:
    """Three pods under some policies."""

    def __init__(self, *policies: str) -> None:
        self.resources = resources(documents(*PODS, *policies))
        self.evaluator = Evaluator.of(self.resources)
        self.chain = self.evaluator.chains[INGRESS]

    def bit(self, name: str) -> int:
        (found,) = (p for p in self.resources.pods if p.name == name)
        return self.evaluator.universe.bit(found)

    def flow(self, source: str, destination: str) -> Flow:
        return Flow(INGRESS, self.bit(source), self.bit(destination))

    def policy(self, tier: Tier) -> Policy:
        return self.resources.policies_of(tier)[0]


def test_the_tiers_are_asked_in_their_order() -> None:
    assert TIERS == (
        Tier.OTHER_SYSTEMS,
        Tier.ADMIN,
        Tier.NETWORK_POLICY,
        Tier.BASELINE,
    )


def test_a_tier_that_isolates_is_the_last_one() -> None:
    world = World(ADMIN, BASELINE, policy("deny", "podSelector: {matchLabels: {app: api}}"))
    asked = {
        name: [tier.tier for tier in world.chain.at(world.bit(name))] for name in ("api", "db")
    }
    assert asked == {"api": list(TIERS[:-1]), "db": list(TIERS)}


def test_what_a_tier_passes_on_the_next_decides() -> None:
    open_, isolated = World(ADMIN), World(ADMIN, policy("deny", "podSelector: {}"))
    for world, rest in ((open_, True), (isolated, False)):
        allowed = world.evaluator.allowed_by(world.flow("web", "api")).sure
        ports = {port: (Protocol.TCP, port) in allowed for port in (80, 81, 82, 83)}
        assert ports == {80: True, 81: rest, 82: False, 83: rest}


def test_only_what_earlier_rules_and_tiers_leave_reaches_a_rule() -> None:
    alone, behind = World(BASELINE), World(ADMIN, BASELINE)
    isolated = World(BASELINE, policy("deny", "podSelector: {}"))
    reaching = [
        world.chain.reaching(
            Tier.BASELINE, world.policy(Tier.BASELINE).rules[0], world.flow("web", "api")
        )
        for world in (alone, behind, isolated)
    ]
    assert reaching == [WEB, PortSet.empty(), PortSet.empty()]


def test_a_chain_touches_those_whom_rules_select_and_nobody_else() -> None:
    """Boundaries between policies and priorities stand for no class."""
    world = World(ADMIN, LATER, policy("deny", "podSelector: {matchLabels: {app: db}}"))
    api, db = world.bit("api"), world.bit("db")
    assert world.chain.ruled == single(api) | single(db)
    assert world.chain.isolated == single(db)
    assert world.chain[Tier.ADMIN].touched == single(api) | single(db)
    assert world.chain[Tier.BASELINE].touched == 0
    assert world.evaluator.chains[Direction.EGRESS].touched == 0
