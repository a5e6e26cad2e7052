"""A leak: one cause of surplus connections, with everything that it lets through.

Ten undocumented flows through one wide peer are one leak, so they become one finding.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from netsim.judge.case import Case
from netsim.judge.cause import Cause, HostCause, OpenCause, RuleCause, find_causes
from netsim.judge.judgement import Judgement, Standing, list_class_pairs
from netsim.model.finding import Related
from netsim.model.flow import Intent
from netsim.model.location import Location
from netsim.model.policies import Direction
from netsim.model.ports import PortSet
from netsim.words.lists import join_phrases

_CauseKey = tuple[Location, type[Cause], Direction, str]


class Leak(Struct):
    """A cause, and what it lets through: the ports of each judgement."""

    cause: Cause
    ports: dict[Judgement, PortSet] = field(default_factory=dict)

    @property
    def location(self) -> Location:
        """Where the cause is written."""
        return self.cause.location

    @property
    def flows(self) -> tuple[str, ...]:
        """Everything that is let through."""
        return tuple(judgement.describe(ports) for judgement, ports in self.ports.items())

    @property
    def policy(self) -> str | None:
        """The policy to change, if there is one."""
        match self.cause:
            case RuleCause(rule=rule):
                return rule.policy.title
            case OpenCause(policy=policy):
                return policy.title if policy else None
            case HostCause():
                return None

    @property
    def related(self) -> tuple[Related, ...]:
        """The rules at the other end, and where the documentation denies a flow."""
        others = self.cause.others if isinstance(self.cause, RuleCause) else ()
        places = [
            Related(rule.location, f"{rule.title} allows it at the other end")
            for rule in others
        ]
        for judgement in self.ports:
            places += judgement.cite(Intent.DENIED, "documented as denied here")
        return tuple(dict.fromkeys(places))

    @property
    def fix(self) -> str:
        """What to change."""
        match self.cause:
            case RuleCause():
                return "Remove or narrow this peer or its ports, or document the flow."
            case HostCause():
                return "Remove hostNetwork from the pods, or protect the node itself."
            case OpenCause(direction=direction, policy=policy, namespace=namespace):
                if policy:
                    return f"Add {direction.value} to policyTypes of {policy.title}."
                return f"Add a policy that denies by default in {namespace}."

    def describe(self, charge: str) -> str:
        """The flows, what is wrong with them, and why they are allowed."""
        return f"{join_phrases(self.flows)}: {charge}. {self._because}"

    @property
    def _because(self) -> str:
        match self.cause:
            case RuleCause(rule=rule):
                return f"{rule.title} allows it"
            case HostCause(pod=pod):
                return f"{pod.title} uses its node's network, where no policy applies"
            case OpenCause(direction=direction, policy=policy):
                word = direction.word
                partly = f"; {policy.title} selects them, but not for {word}" if policy else ""
                return f"No policy isolates the pods for {word}{partly}"


def find_leaks(case: Case, standing: Standing) -> Iterator[Leak]:
    """A leak for each cause of what is exposed, or of what is forbidden.

    Every rule that lets some of it through has a leak of its own: none hides behind another.
    """
    leaks: dict[_CauseKey, Leak] = {}
    evaluator = case.evaluator
    for judgement in case.judgements:
        surplus: PortSet = judgement.forbidden
        excused: tuple[Direction, ...] = ()
        if standing is Standing.EXPOSED:
            surplus, excused = judgement.exposed, judgement.excused
        ends = (judgement.source, judgement.destination) if surplus else None
        for source, destination in list_class_pairs(evaluator, *ends) if ends else ():
            allowed = evaluator.allowed_by_policies(source, destination)
            ports = allowed.sure & surplus
            causes = find_causes(case, source, destination, ports, excused) if ports else ()
            for cause, part in causes:
                namespace = cause.namespace if isinstance(cause, OpenCause) else ""
                key = cause.location, type(cause), cause.direction, namespace
                leak = leaks.setdefault(key, Leak(cause))
                leak.ports[judgement] = leak.ports.get(judgement, PortSet.empty()) | part
    outside = evaluator.universe.external
    for leak in leaks.values():
        # The ways in and out of the cluster come first.
        leak.ports = dict(sorted(leak.ports.items(), key=lambda e: _is_inside(e[0], outside)))
        yield leak


def _is_inside(judgement: Judgement, outside: int) -> bool:
    return not (judgement.source.members | judgement.destination.members) & outside
