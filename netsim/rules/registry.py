"""Every rule of ``check``, by id.  A rule that is not listed here does not run.

An entry says what a case must have for its rule, and the module of the rule is imported only
then: manifests without a Service never load the rules about Services.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import Enum
from importlib import import_module

from msgspec import Struct

from netsim.judge.case import Case
from netsim.model.finding import Finding, Severity
from netsim.model.flow import Intent
from netsim.model.policies import Tier
from netsim.rules.absence import Absent, resolve_absences
from netsim.rules.interface import Check


class Matter(Enum):
    """Something that a case may have, and that a rule is about."""

    NOTHING = "nothing of its own: others find what it is about"
    PODS = "pods"
    POLICIES = "NetworkPolicies"
    ANY_POLICIES = "policies of any tier"
    BLANK_FIELDS = "rules with a field that is left empty"
    IDLE_RULES = "rules of a direction that policyTypes leave out"
    SIBLINGS = "rules with several peers"
    OPEN_EGRESS = "egress rules without peers"
    ADMIN_POLICIES = "several policies of the admin tiers"
    SERVICES = "Services"
    SERVICE_ADDRESSES = "addresses of Services"
    OPEN_SERVICES = "Services for clients outside the cluster"
    WAYS_IN = "Ingresses and routes"
    SERVICE_CALLS = "Services that the API server calls"
    BUDGETS = "PodDisruptionBudgets"
    REFERENCES = "pods that need other objects"
    RUNTIME_CLASSES = "pods that name a RuntimeClass"
    SECRETS = "Secrets"
    EXTERNAL_SECRETS = "ExternalSecrets"
    KUBECTL = "text that may call kubectl"
    SCENARIO = "a scenario"
    UNTRUSTED = "endpoints marked untrusted"
    WARM_POOL = "a warm pool"
    CLAIMS = "flows with a claim"
    DENIALS = "flows documented as denied"
    BROKEN = "broken flows"
    EXPOSED = "exposed flows"
    FORBIDDEN = "forbidden flows"
    UNDECIDED = "undecided flows"
    STATED_BUDGETS = "documented budgets"
    STATED_FILES = "documented files"
    STATED_ORDER = "a documented order"
    STATED_PERIODS = "documented periods"
    EXCERPTS = "quoted YAML"
    COMMANDS = "documented commands"
    OBJECT_COMMANDS = "documented commands that ask for objects"


def _may_call_kubectl(case: Case) -> bool:
    """Whether a text that pods may run names kubectl: cheap, and never wrong where not."""
    bundle = case.bundle
    if any("kubectl" in entry.text for each in bundle.config_maps for entry in each.entries):
        return True
    containers = (each for template in bundle.templates for each in template.containers)
    return any("kubectl" in word for each in containers for word in each.command)


_HAS: dict[Matter, Callable[[Case], object]] = {
    Matter.NOTHING: lambda _: False,
    Matter.PODS: lambda case: case.resources.pods,
    Matter.ANY_POLICIES: lambda case: case.resources.policies,
    Matter.POLICIES: lambda c: c.resources.policies_of(Tier.NETWORK_POLICY),
    Matter.BLANK_FIELDS: lambda c: any(p.notation.blanks for p in c.resources.policies),
    Matter.IDLE_RULES: lambda c: any(p.notation.idle for p in c.resources.policies),
    Matter.SIBLINGS: lambda c: any(r.peers[1:] for p in c.resources.policies for r in p.rules),
    Matter.OPEN_EGRESS: lambda c: any(
        not r.peers and r.ports for p in c.resources.policies for r in p.rules
    ),
    Matter.ADMIN_POLICIES: lambda c: [p for p in c.resources.policies if p.tier.is_ordered][1:],
    Matter.SERVICES: lambda case: case.resources.services,
    Matter.SERVICE_ADDRESSES: lambda c: any(s.addresses for s in c.resources.services),
    Matter.OPEN_SERVICES: lambda c: any(s.is_open_outside for s in c.resources.services),
    Matter.WAYS_IN: lambda case: case.resources.entries,
    Matter.SERVICE_CALLS: lambda case: case.bundle.callers,
    Matter.BUDGETS: lambda case: case.bundle.budgets,
    Matter.REFERENCES: lambda case: any(each.references for each in case.bundle.templates),
    Matter.RUNTIME_CLASSES: lambda c: any(each.runtime_class for each in c.bundle.templates),
    Matter.SECRETS: lambda case: case.bundle.secrets,
    Matter.EXTERNAL_SECRETS: lambda case: case.bundle.external_secrets,
    Matter.KUBECTL: _may_call_kubectl,
    Matter.SCENARIO: lambda case: case.is_documented,
    Matter.UNTRUSTED: lambda case: case.scenario.untrusted,
    Matter.WARM_POOL: lambda case: case.scenario.warm_pool,
    Matter.CLAIMS: lambda case: any(flow.claims for flow in case.documentation.flows),
    Matter.DENIALS: lambda c: any(f.intent is Intent.DENIED for f in c.documentation.flows),
    Matter.BROKEN: lambda case: any(each.broken for each in case.judgements),
    Matter.EXPOSED: lambda case: any(each.exposed for each in case.judgements),
    Matter.FORBIDDEN: lambda case: any(each.forbidden for each in case.judgements),
    Matter.UNDECIDED: lambda case: any(each.undecided for each in case.judgements),
    Matter.STATED_BUDGETS: lambda c: any(each.budgets is not None for each in c.statements),
    Matter.STATED_FILES: lambda case: any(each.files is not None for each in case.statements),
    Matter.STATED_ORDER: lambda case: any(each.steps is not None for each in case.statements),
    Matter.STATED_PERIODS: lambda case: any(each.periods for each in case.statements),
    Matter.EXCERPTS: lambda case: any(each.excerpts for each in case.statements),
    Matter.COMMANDS: lambda case: any(each.commands for each in case.statements),
    Matter.OBJECT_COMMANDS: lambda case: any(each.object_commands for each in case.statements),
}
"""What has to be true, or not empty; each looks at few objects, and loads nothing."""


_DOCUMENTED = frozenset(
    (
        Matter.SCENARIO,
        Matter.UNTRUSTED,
        Matter.WARM_POOL,
        Matter.CLAIMS,
        Matter.DENIALS,
        Matter.BROKEN,
        Matter.EXPOSED,
        Matter.FORBIDDEN,
        Matter.UNDECIDED,
        Matter.STATED_BUDGETS,
        Matter.STATED_FILES,
        Matter.STATED_ORDER,
        Matter.STATED_PERIODS,
        Matter.EXCERPTS,
        Matter.COMMANDS,
        Matter.OBJECT_COMMANDS,
    )
)
"""What only documentation has."""

_OF_THE_WHOLE = frozenset(
    (
        "rbac-missing-verb",
        "reference-not-provided",
        "runtime-class-unknown",
        "secret-not-provided",
        "secret-store-unknown",
    )
)
"""Rules about what is missing, which takes a scenario to say that the input is whole."""


class RuleEntry(Struct, frozen=True):
    """A rule that is not loaded yet: where its module is, and what it is about."""

    id: str
    room: str
    severity: Severity
    about: Matter

    @property
    def module(self) -> str:
        """The name of its module, which is the id with underscores."""
        return f"netsim.rules.{self.room}.{self.id.replace('-', '_')}"

    @property
    def is_of_manifests(self) -> bool:
        """Whether its findings come of the manifests alone: a scenario adds none."""
        return self.about not in _DOCUMENTED and self.id not in _OF_THE_WHOLE

    def load(self) -> Check:
        """The rule itself."""
        check: Check = import_module(self.module).CHECK
        return check


_ERROR, _WARNING, _NOTE = Severity

RULES: tuple[RuleEntry, ...] = (
    RuleEntry("ambiguous-priority", "network", _WARNING, Matter.ADMIN_POLICIES),
    RuleEntry("backend-blocked", "network", _WARNING, Matter.WAYS_IN),
    RuleEntry("backend-missing", "network", _WARNING, Matter.WAYS_IN),
    RuleEntry("backend-not-granted", "network", _WARNING, Matter.WAYS_IN),
    RuleEntry("broken", "diagram", _ERROR, Matter.BROKEN),
    RuleEntry("budget-blocks-drain", "manifests", _WARNING, Matter.BUDGETS),
    RuleEntry("budget-overlap", "manifests", _ERROR, Matter.BUDGETS),
    RuleEntry("budget-selects-nothing", "manifests", _WARNING, Matter.BUDGETS),
    RuleEntry("contradiction", "diagram", _ERROR, Matter.DENIALS),
    RuleEntry("dns-blocked", "network", _WARNING, Matter.ANY_POLICIES),
    RuleEntry("documented-budget", "documents", _ERROR, Matter.STATED_BUDGETS),
    RuleEntry("documented-excerpt", "documents", _ERROR, Matter.EXCERPTS),
    RuleEntry("documented-files", "documents", _ERROR, Matter.STATED_FILES),
    RuleEntry("documented-namespace", "documents", _ERROR, Matter.COMMANDS),
    RuleEntry("documented-object", "documents", _ERROR, Matter.OBJECT_COMMANDS),
    RuleEntry("documented-order", "documents", _ERROR, Matter.STATED_ORDER),
    RuleEntry("documented-pool-size", "documents", _ERROR, Matter.EXCERPTS),
    RuleEntry("documented-schedule", "documents", _ERROR, Matter.STATED_PERIODS),
    RuleEntry("endpoint-unmatched", "diagram", _WARNING, Matter.SCENARIO),
    RuleEntry("exposed", "diagram", _ERROR, Matter.EXPOSED),
    RuleEntry("forbidden", "diagram", _ERROR, Matter.FORBIDDEN),
    RuleEntry("image-unpinned", "manifests", _NOTE, Matter.UNTRUSTED),
    RuleEntry("ipblock-opens-pods", "network", _WARNING, Matter.POLICIES),
    RuleEntry("made-at-run-time", "manifests", _NOTE, Matter.NOTHING),
    RuleEntry("metadata-reachable", "network", _ERROR, Matter.UNTRUSTED),
    RuleEntry("named-port-unresolved", "network", _WARNING, Matter.POLICIES),
    RuleEntry("namespace-label-unknown", "network", _WARNING, Matter.POLICIES),
    RuleEntry("namespace-misspelt", "network", _WARNING, Matter.POLICIES),
    RuleEntry("namespace-not-isolated", "network", _WARNING, Matter.PODS),
    RuleEntry("not-verifiable", "diagram", _NOTE, Matter.CLAIMS),
    RuleEntry("peer-covered", "network", _WARNING, Matter.SIBLINGS),
    RuleEntry("peer-matches-nothing", "network", _WARNING, Matter.POLICIES),
    RuleEntry("rbac-excess-verb", "manifests", _WARNING, Matter.KUBECTL),
    RuleEntry("rbac-missing-verb", "manifests", _ERROR, Matter.KUBECTL),
    RuleEntry("redundant-policy", "network", _NOTE, Matter.POLICIES),
    RuleEntry("reference-not-provided", "manifests", _ERROR, Matter.REFERENCES),
    RuleEntry("rule-left-empty", "network", _WARNING, Matter.BLANK_FIELDS),
    RuleEntry("rule-without-peers", "network", _NOTE, Matter.OPEN_EGRESS),
    RuleEntry("rules-without-effect", "network", _WARNING, Matter.IDLE_RULES),
    RuleEntry("runtime-class-missing", "manifests", _ERROR, Matter.UNTRUSTED),
    RuleEntry("runtime-class-scheduling", "manifests", _ERROR, Matter.RUNTIME_CLASSES),
    RuleEntry("runtime-class-unknown", "manifests", _ERROR, Matter.RUNTIME_CLASSES),
    RuleEntry("secret-looks-real", "manifests", _ERROR, Matter.SECRETS),
    RuleEntry("secret-not-provided", "manifests", _ERROR, Matter.REFERENCES),
    RuleEntry("secret-store-unknown", "manifests", _ERROR, Matter.EXTERNAL_SECRETS),
    RuleEntry("selector-on-version", "network", _WARNING, Matter.POLICIES),
    RuleEntry("service-address-in-block", "network", _WARNING, Matter.SERVICE_ADDRESSES),
    RuleEntry("service-blocked", "network", _WARNING, Matter.OPEN_SERVICES),
    RuleEntry("service-port-in-rule", "network", _WARNING, Matter.SERVICES),
    RuleEntry("service-without-endpoints", "network", _WARNING, Matter.SERVICES),
    RuleEntry("subject-selects-nothing", "network", _WARNING, Matter.POLICIES),
    RuleEntry("target-port-unexposed", "network", _WARNING, Matter.SERVICES),
    RuleEntry("undecided", "diagram", _WARNING, Matter.UNDECIDED),
    RuleEntry("warm-pool-uncovered", "manifests", _ERROR, Matter.WARM_POOL),
    RuleEntry("webhook-blocked", "network", _WARNING, Matter.SERVICE_CALLS),
    RuleEntry("workload-not-isolated", "network", _WARNING, Matter.PODS),
)
"""Sorted by id."""

RULE_IDS = frozenset(entry.id for entry in RULES)
"""What a suppression may name."""

UNDECIDED = "undecided"
"""The rule whose findings are neither passed nor failed."""


MANIFEST_RULE_IDS = frozenset(entry.id for entry in RULES if entry.is_of_manifests)
"""The rules all of whose findings are known without a scenario, too."""


def load_checks() -> tuple[Check, ...]:
    """Every rule, loaded: for their documentation."""
    return tuple(entry.load() for entry in RULES)


def run_rules(case: Case, rules: Iterable[RuleEntry] = RULES) -> tuple[Finding, ...]:
    """The findings of all rules about something in the case: errors first, then by place."""
    matters = {matter for matter, has in _HAS.items() if has(case)}
    found = (each for rule in rules if rule.about in matters for each in rule.load().run(case))
    return sort_findings(conclude(found))


def conclude(found: Iterable[Finding | Absent]) -> Iterator[Finding]:
    """The findings that come of what rules find: see ``resolve_absences``."""
    return resolve_absences(found, _describe_made)


def _describe_made(absences: Sequence[Absent]) -> Finding:
    from netsim.rules.manifests.made_at_run_time import describe_made

    return describe_made(absences)


def sort_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by place."""
    order = list(Severity)
    return tuple(
        sorted(
            findings,
            key=lambda each: (
                order.index(each.severity),
                each.location.file,
                each.location.line,
            ),
        )
    )
