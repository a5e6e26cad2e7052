"""What network policies mean, written down one connection at a time.

The engine answers for whole clusters at once, by sets and classes; this evaluator answers for
one connection, by loops a reader of the API can follow, and random clusters compare the two.
It shares no code with the engine, nor the algebras of ``netsim.model``, so that a mistake in
one of them shows as a disagreement.

To learn how Kubernetes decides, read in this order:

1. ``decision``: both ends must permit a connection; an end asks the Admin tier, then its
   NetworkPolicies, then the Baseline tier, and the first that decides ends the matter.
2. ``matching``: a rule matches where one of its ports and one of its peers do.
3. ``blocks``: what an ipBlock holds.
4. ``families``: a connection is IPv4 or IPv6, and each is decided by itself.
5. ``nodes``: which node a pod runs on, as NetworkPolicies do not keep the two apart.

Docstrings quote the API: *types.go* is k8s.io/api/networking/v1, *concept page* is
kubernetes.io/docs/concepts/services-networking/network-policies, *ANP* and *CNP* are
sigs.k8s.io/network-policy-api, apis/v1alpha1 and apis/v1alpha2.  Where the API leaves a
behaviour open, ``netsim.model.conventions`` says what is assumed.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
MOST_REMEMBERED = 20_000


def once(function: Callable[P, R]) -> Callable[P, R]:
    """Remembers what a function answered to the very same objects, as each packet asks anew."""
    known: dict[tuple[int, ...], tuple[object, R]] = {}

    @wraps(function)
    def ask(*args: P.args, **kwargs: P.kwargs) -> R:
        key = tuple(map(id, args))
        if key not in known:
            if len(known) > MOST_REMEMBERED:
                known.clear()
            # The arguments are kept, so that no other object gets their identity.
            known[key] = (args, function(*args, **kwargs))
        return known[key][1]

    return ask


class Truth(IntEnum):
    """Kleene's three values: AND is ``min``, OR is ``max``.

    ``MAYBE`` comes from what manifests cannot tell: placeholders, addresses not yet assigned.
    """

    NO = 0
    MAYBE = 1
    YES = 2
