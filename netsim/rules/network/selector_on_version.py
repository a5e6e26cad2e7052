"""A policy selects pods by a label that changes with each version.

`helm.sh/chart: api-1.2.3`, `app.kubernetes.io/version: 1.2.3`, a commit or a hash is another
one after each upgrade, and the policy changes with it. A rolling update replaces pods one by
one. Until it is done the old pods meet the new policy, which neither selects nor admits them:
they lose their connections, or the protection of the policy. For a cluster of equal members,
such as a database, this can end the quorum in the middle of an upgrade.

A label such as `version: v1`, which tells workloads apart that run side by side, is left alone.

PASS:

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: shop
  labels: {app.kubernetes.io/name: api, helm.sh/chart: api-1.2.3}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: api}}
```

FAIL:

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: api
  namespace: shop
  labels: {app.kubernetes.io/name: api, helm.sh/chart: api-1.2.3}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app.kubernetes.io/name: api, helm.sh/chart: api-1.2.3}}
```

Fix: select by labels that stay, such as `app.kubernetes.io/name` and
`app.kubernetes.io/instance`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from netsim.judge.case import Case
from netsim.judge.knowledge import Knowledge
from netsim.model.finding import Finding, Severity
from netsim.model.labels import Operator, Requirement
from netsim.model.location import Location
from netsim.model.peers import PodPeer
from netsim.model.policies import Direction, Policy, Tier
from netsim.rules.interface import Check
from netsim.words.lists import join_first, join_phrases
from netsim.words.versions import HASHES, is_versioned

_WORDS = {Direction.INGRESS: "from", Direction.EGRESS: "to"}


def _run(case: Case) -> Iterator[Finding]:
    known = Knowledge.of(case)
    for policy in case.resources.policies_of(Tier.NETWORK_POLICY):
        uses: dict[Requirement, list[tuple[str, PodPeer]]] = defaultdict(list)
        for place, peer in _list_selectors(policy):
            for requirement in peer.pods.requirements:
                if _is_versioned(requirement):
                    uses[requirement].append((place, peer))
        for requirement, places in uses.items():
            pods = _find_pods(known, policy, requirement, [peer for _, peer in places])
            if pods or requirement.key in HASHES:
                names = [place for place, _ in places]
                yield _finding(policy, requirement, names, places[0][1].location, pods)


def _list_selectors(policy: Policy) -> Iterator[tuple[str, PodPeer]]:
    yield "podSelector", policy.subject
    for rule in policy.rules:
        for index, peer in enumerate(rule.peers):
            if isinstance(peer, PodPeer):
                place = f"{rule.direction.word}[{rule.index}].{_WORDS[rule.direction]}[{index}]"
                yield place, peer


def _is_versioned(requirement: Requirement) -> bool:
    """Whether it asks for one version; who lists several has thought of the change."""
    values = requirement.values
    if requirement.operator is not Operator.IN or len(values) != 1:
        return False
    return is_versioned(requirement.key, values[0])


def _find_pods(
    known: Knowledge, policy: Policy, requirement: Requirement, peers: list[PodPeer]
) -> list[str]:
    """The workloads that are selected and carry the label in their template."""
    classes = 0
    for peer in peers:
        classes |= known.peer(peer, policy.namespace)
    members = known.members(classes)
    return sorted(
        {
            str(pod.workload)
            for pod in members
            if pod.labels.get(requirement.key) == requirement.values[0]
        }
    )


def _finding(
    policy: Policy,
    requirement: Requirement,
    places: list[str],
    location: Location,
    pods: list[str],
) -> Finding:
    verb = "asks" if len(places) == 1 else "ask"
    whose = f" of {join_phrases(pods)}" if pods else ""
    return CHECK.finding(
        location,
        f"{policy.title}: {join_first(places)} {verb} for {requirement}, which changes with "
        f"the version: in a rolling update the old pods{whose} are left out until replaced",
        policy=policy.title,
        fix=f"Select by labels that stay, without {requirement.key}.",
    )


CHECK = Check(
    id="selector-on-version",
    title="A policy selects pods by a label that changes with the version",
    severity=Severity.WARNING,
    run=_run,
)
"""The rule."""
