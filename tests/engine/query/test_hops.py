"""What a class of pods is called on a way."""

from __future__ import annotations

from netsim.engine.evaluator import Evaluator
from netsim.engine.query.hops import ClassTitles
from tests.rules.samples import documents, policy, resources


def member(name: str, kind: str, owner: str, tier: str) -> str:
    return f"""\
apiVersion: v1
kind: Pod
metadata:
  name: {name}
  namespace: shop
  labels: {{tier: {tier}}}
  ownerReferences: [{{kind: {kind}, name: {owner}, controller: true}}]
"""


def titles(*pods: str) -> set[str]:
    """The titles of all classes, where a policy tells the front tier from others."""
    front = policy("front", "podSelector: {matchLabels: {tier: front}}")
    universe = Evaluator.of(resources(documents(*pods, front))).universe
    named = ClassTitles(universe)
    return {named.of(number) for number in range(len(universe.pods))}


def test_a_class_with_all_pods_of_a_workload_has_its_name() -> None:
    web = [member(f"web-{n}", "StatefulSet", "web", "front") for n in range(2)]
    assert titles(*web) == {"shop/web[StatefulSet]"}


def test_a_class_with_some_pods_of_a_workload_has_the_name_of_the_first() -> None:
    tiers = ("front", "front", "back")
    web = [member(f"web-{n}", "StatefulSet", "web", tier) for n, tier in enumerate(tiers)]
    assert titles(*web) == {"shop/web-0", "shop/web-2"}


def test_of_several_workloads_the_first_gives_the_name() -> None:
    web = [member(f"web-{n}", "StatefulSet", "web", "front") for n in range(2)]
    api = [member(f"api-{n}", "StatefulSet", "api", "front") for n in range(2)]
    assert titles(*web, *api) == {"shop/api[StatefulSet]"}
