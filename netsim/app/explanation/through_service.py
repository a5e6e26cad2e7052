"""Why a connection to a Service is allowed or denied: each way in which policies may see it.

Where there is one way, it is explained as a connection to the pods behind the Service.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.explanation.attempt import Attempt
from netsim.app.explanation.explanation import Explanation, explain_attempt
from netsim.engine.naming.aims import Lead, Led, Nowhere
from netsim.engine.naming.answer import Answer, Passage, answer
from netsim.engine.naming.services import Services
from netsim.engine.reachability import Reachability
from netsim.model.addresses import AddressSet
from netsim.model.conventions import TEXTS
from netsim.model.endpoint import Endpoint, ExternalEndpoint
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome

Texts = tuple[tuple[str, str], ...]


class ExplainedWay(Struct, frozen=True):
    """One way in which policies may see a connection; ``says`` is why they would.

    ``outcome`` is that of the explanation, unless another part of the way denies it.
    """

    says: str
    outcome: Outcome
    explanation: Explanation


class ServiceExplanation(Struct, frozen=True):
    """The answer for a Service whose packets policies may see in several ways."""

    source: str
    destination: str
    protocol: Protocol
    port: int
    outcome: Outcome
    leads: str
    why: str
    ways: tuple[ExplainedWay, ...]
    conventions: Texts


def explain_lead(
    reachability: Reachability,
    services: Services,
    source: Endpoint,
    lead: Lead,
    protocol: Protocol,
) -> Explanation | ServiceExplanation:
    """Explains a connection to an endpoint or a Service."""
    found = answer(reachability, services, source, lead, protocol)
    if not found.passages:
        attempt = attempt_of(source, lead, protocol)
        texts = _list_texts(found.conventions)
        return Explanation(attempt, found.outcome, found.why, (), texts, found.leads)
    ways = _drop_repeated(
        _explain_passage(reachability, protocol, each, lead) for each in found.passages
    )
    first = ways[0]
    # What is allowed in every way needs one of them only to be understood.
    is_one = len(ways) == 1 or found.outcome is Outcome.ALLOW
    if is_one and first.outcome is found.outcome is first.explanation.outcome:
        known = (*found.conventions, *(name for name, _ in first.explanation.conventions))
        return replace(
            first.explanation, conventions=_merge(known, (first,)), leads=found.leads
        )
    return _collect(source, lead, protocol, found, ways)


def _drop_repeated(ways: Iterable[ExplainedWay]) -> tuple[ExplainedWay, ...]:
    """Of two ways between the same ends with the same answer the first."""
    found: dict[tuple[str, Outcome], ExplainedWay] = {}
    for way in ways:
        found.setdefault((str(way.explanation.attempt), way.outcome), way)
    return tuple(found.values())


def attempt_of(source: Endpoint, lead: Lead, protocol: Protocol) -> Attempt:
    """The connection in one line: to the first endpoint, or to what has none."""
    if isinstance(lead, Nowhere):
        end = lead.front.endpoint if lead.front else None
        addresses = end.addresses if isinstance(end, ExternalEndpoint) else AddressSet.empty()
        return Attempt(source, ExternalEndpoint(lead.title, addresses), protocol, lead.port)
    aim = lead.aims[0]
    return Attempt(source, aim.endpoint, protocol, aim.port)


def _explain_passage(
    reachability: Reachability, protocol: Protocol, passage: Passage, lead: Lead
) -> ExplainedWay:
    aim = passage.aim
    attempt = Attempt(passage.source, aim.endpoint, protocol, aim.port)
    explanation = explain_attempt(reachability, attempt)
    if isinstance(lead, Led) and aim == lead.front:
        explanation = _without_fixes(explanation)
    return ExplainedWay(passage.says, passage.outcome, explanation)


def _without_fixes(explanation: Explanation) -> Explanation:
    """An address of a Service is nothing that a policy should name."""
    parts = tuple(
        replace(part, steps=tuple(replace(step, fix=None) for step in part.steps))
        for part in explanation.parts
    )
    return replace(explanation, parts=parts)


def _collect(
    source: Endpoint,
    lead: Lead,
    protocol: Protocol,
    found: Answer,
    ways: tuple[ExplainedWay, ...],
) -> ServiceExplanation:
    names = (name for way in ways for name, _ in way.explanation.conventions)
    attempt = attempt_of(source, lead, protocol)
    return ServiceExplanation(
        source.title,
        lead.title if isinstance(lead, Led) else attempt.destination.title,
        protocol,
        lead.asked_port if isinstance(lead, Led) else attempt.port,
        found.outcome,
        found.leads,
        found.why,
        tuple(
            replace(way, explanation=replace(way.explanation, conventions=())) for way in ways
        ),
        _merge((*found.conventions, *names), ways),
    )


def _merge(names: Iterable[str], ways: tuple[ExplainedWay, ...]) -> Texts:
    """The texts of conventions, as the ways have them where they do."""
    given = {name: text for way in ways for name, text in way.explanation.conventions}
    wanted = set(names)
    return tuple((name, given.get(name, text)) for name, text in TEXTS if name in wanted)


def _list_texts(names: Iterable[str]) -> Texts:
    return _merge(names, ())
