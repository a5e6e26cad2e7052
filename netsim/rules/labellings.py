"""How a denied connection can be let through by one label more on the pods of an end.

For ``web -> db`` where a policy of ``db`` admits pods with ``db-client: "true"``, and ``web``
has no such label; also where a policy that would allow it selects pods by a label that an end
lacks.  A label is only added: one that is there has its users, such as the selector of the
workload itself.  Somebody has to use the label already, or it asks for something, as one whose
value is ``true`` does: else it may be a slip of the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from netsim.judge.case import Case
from netsim.judge.parties import Party
from netsim.model.edit import Insert, Patch, Value, join
from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Labels, Operator, Selector
from netsim.model.peers import PodPeer
from netsim.model.pod_template import PodTemplate
from netsim.model.policies import Direction, Policy, Rule
from netsim.model.resources import Origin, Pod, PodNetwork
from netsim.rules.patches import read_path, target_of_workload
from netsim.words.opt_in import find_opt_in


class Lack(Struct, frozen=True):
    """A denied connection at one end, and the policies that isolate the end."""

    direction: Direction
    own: Party
    other: Party
    policies: tuple[Policy, ...]


class Labelling(Struct, frozen=True):
    """A label to add, and how many more selectors match the pods then."""

    patch: Patch
    matched: int

    @property
    def opens_nothing_else(self) -> bool:
        """Whether only the selector that lacks it matches in addition."""
        return self.matched == 1


def list_labellings(case: Case, lacks: Sequence[Lack]) -> list[Labelling]:
    """The labels each of which helps all of some connections; those that open least first."""
    found = [set(_list_of(case, each)) for each in lacks]
    common = set.intersection(*found) if found else set()
    return sorted(common, key=lambda each: (each.matched, str(each.patch)))


def _list_of(case: Case, lack: Lack) -> Iterator[Labelling]:
    """As a peer of a policy that selects the one end, else as what a policy selects."""
    selection, known = case.evaluator.selection, case.resources
    for policy in lack.policies:
        for rule in policy.rules_of(lack.direction):
            for peer in rule.peers:
                if not isinstance(peer, PodPeer):
                    continue
                space = replace(peer, pods=Selector()).match(selection, rule.namespace)
                if not lack.other.members & ~space.possible:
                    yield from _label(case, lack.other, peer.pods)
    spaces = {pod.namespace for pod in _list_pods(case, lack.own)}
    for policy in known.policies:
        is_near = policy.subject.namespaces is None and spaces == {policy.namespace}
        rules = policy.rules_of(lack.direction)
        if is_near and policy not in lack.policies and _admits(case, rules, lack.other):
            yield from _label(case, lack.own, policy.subject.pods)


def _admits(case: Case, rules: Iterable[Rule], other: Party) -> bool:
    selection = case.evaluator.selection
    return any(
        not rule.peers
        or any(p.match(selection, rule.namespace).possible & other.members for p in rule.peers)
        for rule in rules
    )


def _list_pods(case: Case, party: Party) -> tuple[Pod, ...]:
    bound = {each.name: each.endpoint for each in case.endpoints}
    endpoint = bound.get(party.names[0]) if party.names else None
    return endpoint.pods if isinstance(endpoint, PodEndpoint) else ()


def _label(case: Case, party: Party, wanted: Selector) -> Iterator[Labelling]:
    """The one label for which a selector does not match the pods of a party."""
    pods = _list_pods(case, party)
    failing = {wanted.failing(pod.labels) for pod in pods}
    if len(failing) != 1 or len(lacking := failing.pop()) != 1:
        return
    key, operator, values = lacking[0].key, lacking[0].operator, lacking[0].values
    if operator not in (Operator.IN, Operator.EXISTS) or any(p.labels.has(key) for p in pods):
        return
    read = [pod for pod in case.resources.pods if pod.origin is Origin.READ]
    if not (any(wanted.matches(pod.labels) for pod in read) or find_opt_in(wanted, read)):
        return
    templates = _find_templates(case, pods)
    if templates:
        value = values[0] if values else "true"
        patch = join(_add_label(each, key, value) for each in templates)
        yield Labelling(patch, _count_matched(case, pods[0], key, value))


def _find_templates(case: Case, pods: Sequence[Pod]) -> tuple[PodTemplate, ...]:
    """What makes the pods; nothing where some of them is not written in the input."""
    made = {each.workload: each for each in case.bundle.templates}
    found = [made.get(pod.workload) for pod in pods if pod.network is PodNetwork.POD]
    templates = tuple(dict.fromkeys(each for each in found if each is not None))
    return templates if len(found) == len(pods) and None not in found else ()


def _add_label(template: PodTemplate, key: str, value: str) -> Patch:
    metadata = read_path(template.spec_location.field)[:-1]
    path = (*metadata, "metadata", "labels", key)
    return Patch((Insert(target_of_workload(template), path, Value.of(value)),))


def _count_matched(case: Case, pod: Pod, key: str, value: str) -> int:
    """The selectors of policies that match a pod with a label, and do not without it."""
    labels = Labels.of(dict(pod.labels.pairs) | {key: value})
    selectors = [policy.subject.pods for policy in case.resources.policies] + [
        peer.pods
        for policy in case.resources.policies
        for rule in policy.rules
        for peer in rule.peers
        if isinstance(peer, PodPeer)
    ]
    return sum(each.matches(labels) and not each.may_match(pod.labels) for each in selectors)
