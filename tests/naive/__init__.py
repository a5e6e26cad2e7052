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

Docstrings quote the API: *types.go* is k8s.io/api/networking/v1, *concept page* is
kubernetes.io/docs/concepts/services-networking/network-policies, *ANP* and *CNP* are
sigs.k8s.io/network-policy-api, apis/v1alpha1 and apis/v1alpha2.  Where the API leaves a
behaviour open, ``netsim.model.conventions`` says what is assumed.
"""

from __future__ import annotations

from enum import IntEnum


class Truth(IntEnum):
    """Kleene's three values: AND is ``min``, OR is ``max``.

    ``MAYBE`` comes from what manifests cannot tell: placeholders, addresses not yet assigned.
    """

    NO = 0
    MAYBE = 1
    YES = 2
