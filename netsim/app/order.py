"""``order``: in which order to apply the manifests, and what happens on the way."""

from __future__ import annotations

from netsim.app.case import assemble_case, report_unjudged
from netsim.app.documentation import Discovery, find_documentation, report_foreign
from netsim.app.input import InputRequest, InputResult, answering, count_read
from netsim.app.modelled_input import NOT_IN_INPUT
from netsim.app.notes import Note
from netsim.errors import DocumentationError, UnanswerableError
from netsim.intent.errors import IntentError
from netsim.loader.registry import Scope
from netsim.rollout.assessment import Assessment, Choice, assess, list_stated_orders
from netsim.rollout.dependency import Strength
from netsim.rollout.violations import find_violations


class OrderRequest(InputRequest, frozen=True, kw_only=True):
    """What to order; ``scenario`` None is the one file in ``scenarios/``, if there is one."""

    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR
    choice: Choice = Choice.DOCUMENTED


class OrderResult(InputResult, frozen=True, kw_only=True):
    """An order, and what goes wrong when it is followed.

    ``unknown`` says because of what it can't be told whether something does: kinds of policies
    that are not evaluated or were not read, and flows that cannot be decided.
    """

    assessment: Assessment
    scenario: str | None
    unknown: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def order(self) -> str:
        """Which order it is."""
        return "documented" if self.assessment.plan.document else "computed"

    @property
    def conclusion(self) -> str:
        """``passed``, ``failed``, or that the input is not fit to tell."""
        if self.errors:
            return "bad input"
        if self.assessment.faults:
            return "failed"
        return "inconclusive" if self.unknown else "passed"

    @property
    def kept(self) -> int:
        """How many dependencies the order keeps, but for those that are only advised."""
        found = self.assessment
        strong = [d for d in found.dependencies if d.reason.strength is not Strength.ADVISED]
        return len(strong) - sum(
            len(v.dependencies) for v in find_violations(found.plan, strong)
        )


def order(request: OrderRequest) -> OrderResult:
    """Finds an order, and follows it step by step.

    Raises :class:`DocumentationError` where anything of the documentation cannot be read, and
    :class:`UnanswerableError` where there is nothing to order.
    """
    described = find_documentation(request.scenario, request.paths, request.discovery)
    if described and described.problems:
        raise DocumentationError(*described.problems)
    is_missed = described is None and request.discovery is Discovery.NEAR
    notes = (Note.NO_FLOWS,) if is_missed else ()
    scenario = described.scenario if described else None
    loaded = request.load(scenario, Scope.BUNDLE)
    with answering(loaded):
        if not (loaded.bundle and loaded.bundle.manifests):
            raise UnanswerableError("nothing to order: no object was read")
        try:
            conventions = request.conventions(scenario)
            case = assemble_case(loaded, request.paths, conventions, described)
        except IntentError as error:
            raise UnanswerableError(NOT_IN_INPUT, error.diagnostics) from error
    if request.choice is Choice.DOCUMENTED and not list_stated_orders(case):
        notes = (*notes, Note.NO_ORDER)
    return OrderResult(
        (
            *report_foreign(request.scenario, request.paths, request.discovery),
            *report_unjudged(case.unjudged),
            *loaded.diagnostics,
        ),
        count_read(loaded),
        assessment=assess(case, request.choice),
        scenario=described.scenario_file if described else None,
        unknown=(
            *loaded.inventory.unevaluated,
            *loaded.inventory.disputed,
            *loaded.inventory.unread,
            *(each.describe(each.undecided) for each in case.judgements if each.undecided),
        ),
        notes=notes,
    )
