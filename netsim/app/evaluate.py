"""``eval``: whether single connections are allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from netsim.app.connection_query import ConnectionQuery
from netsim.app.input import InputResult, answering, count_read, list_left_open
from netsim.app.modelled_input import ModelledInput, ModelledRequest, add_modelled
from netsim.app.namesakes import Namesakes
from netsim.engine.naming.aims import Aims, Direct
from netsim.engine.naming.answer import answer
from netsim.engine.naming.controller import Controller, with_controller
from netsim.engine.naming.endpoints import EndpointError, Endpoints, list_ranges
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
    """A question and its answer; ``why`` is set where a Service leaves something to say."""

    query: ConnectionQuery
    outcome: Outcome
    why: str = ""

    @property
    def remark(self) -> str:
        """What there is to say, with the place of the question."""
        return f"{self.query.place}: {self.why}" if self.query.place else self.why


class Evaluation(InputResult, frozen=True, kw_only=True):
    """The answers in the order of the questions; ``refused`` says which have none, and why.

    ``remarks`` are what there is to say of Services that lead nowhere, or to different answers.
    """

    answers: tuple[ConnectionAnswer, ...]
    refused: tuple[str, ...]
    remarks: tuple[str, ...] = ()

    @property
    def unknown(self) -> tuple[ConnectionAnswer, ...]:
        """The answers that are not known."""
        return tuple(each for each in self.answers if each.outcome is Outcome.UNKNOWN)

    def contrary(self, expected: Outcome) -> tuple[ConnectionAnswer, ...]:
        """The answers that are known, and not the one that is expected."""
        either = (expected, Outcome.UNKNOWN)
        return tuple(each for each in self.answers if each.outcome not in either)

    @property
    def is_inconclusive(self) -> bool:
        """Whether an answer is unknown, whatever makes it so: there are only three."""
        return bool(self.unknown)


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
        left_open=list_left_open(loaded.resources),
        answers=answers,
        refused=refused,
        remarks=tuple(dict.fromkeys(each.remark for each in answers if each.why)),
    )


def _answer(
    request: EvaluateRequest, loaded: Loaded, world: ModelledInput, conventions: Conventions
) -> tuple[tuple[ConnectionAnswer, ...], tuple[str, ...]]:
    asked = [each for each in request.queries if isinstance(each, ConnectionQuery)]
    ends = [end for each in asked for end in (each.source, each.destination)]
    resources = add_unwritten(with_controller(world.resources, request.controller), ends)
    ranges = list_ranges(end for end in ends if isinstance(end, str))
    reachability = Reachability.of(resources, conventions, (*world.cuts, *ranges))
    endpoints = Endpoints(resources, world.find)
    aims = Aims(resources, endpoints)
    namesakes = Namesakes(aims)
    answers: list[ConnectionAnswer] = []
    refused: list[str] = []
    for query in request.queries:
        if isinstance(query, RequestError):
            refused.append(str(query))
            continue
        try:
            source = aims.source(query.source)
            namesakes.refuse(query.destination)
            lead = aims.resolve(query.destination, query.protocol, query.port)
        except EndpointError as error:
            refused.append(f"{query.place}: {error}" if query.place else str(error))
            continue
        if loaded.errors:
            answers.append(ConnectionAnswer(query, Outcome.UNKNOWN))
            continue
        found = answer(reachability, aims.services, source, lead, query.protocol)
        why = "" if isinstance(lead, Direct) else found.why
        answers.append(ConnectionAnswer(query, found.outcome, why))
    return tuple(answers), tuple(refused)
