"""``eval``: whether single connections are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.app.connection_query import ConnectionQuery
from netsim.app.input import InputResult, answering, count_read
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.engine.naming.aims import Aims, verdict_at
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints
from netsim.engine.naming.unwritten import add_unwritten
from netsim.engine.reachability import Reachability
from netsim.errors import RequestError
from netsim.model.verdict import Outcome

if TYPE_CHECKING:
    from netsim.loader.load import Loaded
    from netsim.model.conventions import Conventions


class EvaluateRequest(ModelledRequest, frozen=True, kw_only=True):
    """What to answer; an error in place of a question is one that could not be read."""

    queries: tuple[ConnectionQuery | RequestError, ...]
    controller: Controller = Controller()


class ConnectionAnswer(Struct, frozen=True):
    """A question and its answer."""

    query: ConnectionQuery
    outcome: Outcome


class Evaluation(InputResult, frozen=True, kw_only=True):
    """The answers in the order of the questions; ``refused`` says which have none, and why."""

    answers: tuple[ConnectionAnswer, ...]
    refused: tuple[str, ...]

    @property
    def unknown(self) -> tuple[ConnectionAnswer, ...]:
        """The answers that are not known."""
        return tuple(each for each in self.answers if each.outcome is Outcome.UNKNOWN)


def evaluate(request: EvaluateRequest) -> Evaluation:
    """Answers each question.

    Every answer is unknown where a document was rejected, as it may decide it.
    """
    scenario = request.find_scenario()
    loaded = request.load(scenario)
    with answering(loaded):
        world = add_modelled(loaded.resources, scenario)
    conventions = request.conventions(scenario)
    answers, refused = _answer(request, loaded, world, conventions)
    return Evaluation(
        (*request.list_foreign(), *loaded.diagnostics),
        count_read(loaded, world.resources),
        answers=answers,
        refused=refused,
    )


def _answer(
    request: EvaluateRequest, loaded: Loaded, world: ModelledInput, conventions: Conventions
) -> tuple[tuple[ConnectionAnswer, ...], tuple[str, ...]]:
    ends = [
        end
        for query in request.queries
        if isinstance(query, ConnectionQuery)
        for end in (query.source, query.destination)
    ]
    resources = add_unwritten(with_controller(world.resources, request.controller), ends)
    reachability = Reachability.of(resources, conventions, world.cuts)
    endpoints = Endpoints(resources, world.find)
    aims = Aims(resources, endpoints)
    answers: list[ConnectionAnswer] = []
    refused: list[str] = []
    for query in request.queries:
        if isinstance(query, RequestError):
            refused.append(str(query))
            continue
        try:
            source = endpoints.resolve(query.source)
            aimed = aims.resolve(query.destination, query.protocol, query.port)
        except EndpointError as error:
            refused.append(f"{query.place}: {error}" if query.place else str(error))
            continue
        outcome = Outcome.UNKNOWN
        if not loaded.errors:
            outcome = verdict_at(reachability, source, aimed, query.protocol)
        answers.append(ConnectionAnswer(query, outcome))
    return tuple(answers), tuple(refused)
