"""What a snapshot lacks, and what that leaves unknown.

A kind that could not be read may hold anything.  Where its objects could change a verdict, a
policy that may match stands for all of them::

    kind            what its objects could do
    NetworkPolicy   deny and allow, as the policies of every other kind
    Namespace       have labels that a policy selects by
    Node            be at an address outside the cluster, and reach its own pods from there
    Pod             be at such an address
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import count

from msgspec.structs import replace

from netsim.loader.objects.objects import Unread
from netsim.loader.registry import READERS
from netsim.model.other_systems import (
    OtherKind,
    Power,
    Span,
    UnevaluatedPolicy,
    build_policy,
    resolve_kind,
)
from netsim.model.peers import FarEnd, NodePeer, PodPeer
from netsim.model.policies import Action, Direction, Policy, PolicyId
from netsim.model.resources import NAME_LABEL

_EVERY = "(not in the snapshot)"
_NUMBERS = count()
"""What is missing may be anything, so no two policies that stand for it are the same."""

_POWERS = (Power.DENY, Power.ALLOW)
_READERS = {reader.kind: reader for reader in reversed(READERS)}


def policies_of_missing(
    missing: Iterable[Unread], policies: Sequence[Policy]
) -> Iterator[UnevaluatedPolicy]:
    """What stands for the kinds that are missing beside policies that were read."""
    for each in missing:
        known = _resolve(each)
        if known is None or (each.kind == "Namespace" and not _select_namespaces(policies)):
            continue
        name = PolicyId(known.group, each.kind, "", _EVERY)
        policy = build_policy(known, name, each.location, digest=str(next(_NUMBERS)))
        is_node = each.kind == "Node" and not _select_nodes(policies)
        yield _let_in(policy) if is_node else policy


def _resolve(missing: Unread) -> OtherKind | None:
    """What objects of a kind can do; None where they decide about no connection."""
    if missing.group:
        return resolve_kind(missing.group, missing.kind)
    reader = _READERS.get(missing.kind)
    if reader is None:
        # A kind that this version does not know was read for a reason.
        return OtherKind("", missing.kind, "Kubernetes", _POWERS, span=Span.CLUSTER_AND_NODES)
    if missing.kind in ("Node", "Pod"):
        far_end = FarEnd.ADDRESSES
    elif missing.kind == "Namespace" or missing.kind.endswith("NetworkPolicy"):
        far_end = FarEnd.ANYONE
    else:
        return None
    return OtherKind(
        reader.group, missing.kind, "Kubernetes", _POWERS, span=Span.CLUSTER, far_end=far_end
    )


def _let_in(policy: UnevaluatedPolicy) -> UnevaluatedPolicy:
    """A kubelet reaches the pods of its node, whatever policies say."""
    return replace(
        policy,
        rules=tuple(
            rule
            for rule in policy.rules
            if rule.direction is Direction.INGRESS and rule.action is Action.ALLOW
        ),
    )


def _select_namespaces(policies: Sequence[Policy]) -> bool:
    """Whether a label decides that is not known of a namespace that was not read."""
    return any(
        requirement.key != NAME_LABEL
        for peer in _pod_peers(policies)
        if peer.namespaces is not None
        for requirement in peer.namespaces.requirements
    )


def _pod_peers(policies: Sequence[Policy]) -> Iterator[PodPeer]:
    for policy in policies:
        yield policy.subject
        for rule in policy.rules:
            yield from (peer for peer in rule.peers if isinstance(peer, PodPeer))


def _select_nodes(policies: Sequence[Policy]) -> bool:
    return any(
        isinstance(peer, NodePeer)
        for policy in policies
        for rule in policy.rules
        for peer in rule.peers
    )
