"""Every rule of ``check``.  A rule that is not listed here does not run."""

from __future__ import annotations

from netsim.checks import (
    ambiguous_priority,
    backend_blocked,
    backend_missing,
    broken,
    contradiction,
    dns_blocked,
    endpoint_unmatched,
    exposed,
    forbidden,
    ipblock_opens_pods,
    metadata_reachable,
    named_port_unresolved,
    namespace_label_unknown,
    namespace_misspelt,
    not_verifiable,
    peer_matches_nothing,
    redundant_policy,
    service_without_endpoints,
    subject_selects_nothing,
    target_port_unexposed,
    undecided,
    workload_not_isolated,
)
from netsim.checks.interface import Check

CHECKS: tuple[Check, ...] = (
    ambiguous_priority.CHECK,
    backend_blocked.CHECK,
    backend_missing.CHECK,
    broken.CHECK,
    contradiction.CHECK,
    dns_blocked.CHECK,
    endpoint_unmatched.CHECK,
    exposed.CHECK,
    forbidden.CHECK,
    ipblock_opens_pods.CHECK,
    metadata_reachable.CHECK,
    named_port_unresolved.CHECK,
    namespace_label_unknown.CHECK,
    namespace_misspelt.CHECK,
    not_verifiable.CHECK,
    peer_matches_nothing.CHECK,
    redundant_policy.CHECK,
    service_without_endpoints.CHECK,
    subject_selects_nothing.CHECK,
    target_port_unexposed.CHECK,
    undecided.CHECK,
    workload_not_isolated.CHECK,
)
"""Sorted by id."""
