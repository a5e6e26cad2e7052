"""``coverage``: how much of the policies the documentation pins down.

Every policy is changed in every small way (:mod:`netsim.mutation.mutants`), and each mutant is
held against the documentation.  The score is the share of those that ``check`` would notice::

    coverage(CoverageRequest(("manifests/",))).score    # Score(noticed=41, counted=43)

A mutant that changes no verdict is redundant.  Nothing could notice it, so it does not count.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

from msgspec import Struct

from netsim.app.case import assemble_case, has_network, report_unjudged
from netsim.app.documentation import Discovery, find_documentation, report_foreign
from netsim.app.input import InputRequest, InputResult, answering, count_read
from netsim.app.modelled_input import NOT_IN_INPUT
from netsim.errors import DocumentationError, UnanswerableError
from netsim.intent.errors import IntentError
from netsim.judge.case import Case
from netsim.judge.judgement import Standing
from netsim.loader.registry import Scope
from netsim.model.location import Location
from netsim.mutation.idle_flows import IdleFlow, find_idle_flows
from netsim.mutation.mutants import list_mutants
from netsim.mutation.trial import Fate, Trial, Trials, prepare

NO_SCENARIO = (
    "no scenario found, so there is no documentation to measure: name one with --scenario, or "
    "write a first one with netsim init"
)


class CoverageRequest(InputRequest, frozen=True, kw_only=True):
    """What to measure; ``scenario`` None is the one file in ``scenarios/``."""

    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR


class Score(Struct, frozen=True):
    """How many mutants are noticed, of those that count."""

    noticed: int
    counted: int

    @property
    def percent(self) -> float:
        """The share that is noticed; all, where none counts."""
        return 100 * self.noticed / self.counted if self.counted else 100.0

    @property
    def whole(self) -> int:
        """The share in full percent, rounded down: 100 is all of them."""
        return int(self.percent)

    def __str__(self) -> str:
        return f"{self.whole}% ({self.noticed} of {self.counted})"


class PolicyCoverage(Struct, frozen=True, dict=True):
    """The trials of the mutants of one policy."""

    title: str
    location: Location
    trials: tuple[Trial, ...]

    @cached_property
    def score(self) -> Score:
        """The share that is noticed."""
        return score_trials(self.trials)

    @cached_property
    def redundant(self) -> int:
        """How many mutants change no verdict."""
        return sum(trial.fate is Fate.REDUNDANT for trial in self.trials)

    @cached_property
    def lines(self) -> tuple[tuple[Location, Score], ...]:
        """The share of the mutants of each line, in order."""
        grouped: dict[Location, list[Trial]] = defaultdict(list)
        for trial in self.trials:
            location = trial.mutant.location
            grouped[Location(location.file, location.line)].append(trial)
        return tuple((place, score_trials(own)) for place, own in sorted(grouped.items()))


class CoverageResult(InputResult, frozen=True, kw_only=True):
    """The coverage of each policy, and what of the documentation could go.

    ``faults`` is how many pairs are not as documented before anything is changed: of them only
    what a mutant adds counts.  ``unknown`` says because of what the score cannot be told.
    """

    policies: tuple[PolicyCoverage, ...]
    idle: tuple[IdleFlow, ...]
    scenario: str | None
    flows: int
    faults: int = 0
    unknown: tuple[str, ...] = ()

    @property
    def trials(self) -> tuple[Trial, ...]:
        """The trials of all mutants."""
        return tuple(trial for policy in self.policies for trial in policy.trials)

    @property
    def score(self) -> Score:
        """The share of all mutants that is noticed."""
        return score_trials(self.trials)

    @property
    def redundant(self) -> int:
        """How many mutants change no verdict."""
        return sum(policy.redundant for policy in self.policies)

    @property
    def survivors(self) -> tuple[Trial, ...]:
        """The mutants that count and that nobody notices, in order of place."""
        return tuple(t for t in self.trials if t.fate in (Fate.UNDOCUMENTED, Fate.UNKNOWN))


def score_trials(trials: tuple[Trial, ...] | list[Trial]) -> Score:
    """The share of mutants that is noticed, of those that change a verdict, or may."""
    counted = [trial for trial in trials if trial.fate is not Fate.REDUNDANT]
    return Score(sum(trial.fate is Fate.NOTICED for trial in counted), len(counted))


def coverage(request: CoverageRequest) -> CoverageResult:
    """Measures how much of the policies the documentation pins down.

    Raises :class:`DocumentationError` where the documentation cannot be read, and
    :class:`UnanswerableError` where there is none, or no policy.
    """
    described = find_documentation(request.scenario, request.paths, request.discovery)
    if described is None:
        raise UnanswerableError(NO_SCENARIO)
    if described.problems:
        raise DocumentationError(*described.problems)
    loaded = request.load(described.scenario, Scope.NETWORK)
    with answering(loaded):
        if not (has_network(loaded) and loaded.resources.policies):
            raise UnanswerableError("nothing to measure: no policy was read")
        try:
            conventions = request.conventions(described.scenario)
            case = assemble_case(loaded, request.paths, conventions, described)
        except IntentError as error:
            raise UnanswerableError(NOT_IN_INPUT, error.diagnostics) from error
    trials = Trials(prepare(case))
    result = CoverageResult(
        (
            *report_foreign(request.scenario, request.paths, request.discovery),
            *report_unjudged(case.unjudged),
            *loaded.diagnostics,
        ),
        count_read(loaded),
        policies=_try_policies(trials),
        idle=tuple(find_idle_flows(trials.case, trials.expected)),
        scenario=described.scenario_file,
        flows=len(described.documentation.flows),
        faults=_count_faults(case),
        unknown=(
            *loaded.inventory.unevaluated,
            *loaded.inventory.disputed,
            *loaded.inventory.unread,
            *(each.describe(each.undecided) for each in case.judgements if each.undecided),
        ),
    )
    if not result.score.counted:
        message = "nothing to measure: no change of a policy changes any verdict"
        raise UnanswerableError(message, result.diagnostics)
    return result


def _try_policies(trials: Trials) -> tuple[PolicyCoverage, ...]:
    policies = sorted(
        trials.case.evaluator.universe.resources.policies, key=lambda p: (p.location, p.title)
    )
    return tuple(
        PolicyCoverage(
            policy.title,
            policy.location,
            tuple(trials.hold(mutant) for mutant in list_mutants(policy, trials.families)),
        )
        for policy in policies
    )


def _count_faults(case: Case) -> int:
    fine = (Standing.AS_DOCUMENTED, Standing.UNDECIDED)
    return sum(judgement.standing not in fine for judgement in case.judgements)
