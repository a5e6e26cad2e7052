"""The public Python API: what each command does, as a function of paths and keywords.

``netsim.check("manifests/").conclusion``.  Nothing here prints, exits or reads standard input:
what is wrong with the input is in the result, and what cannot be answered is an error of
:mod:`netsim.errors`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from os import PathLike, fspath
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from netsim.app.input import InputRequest
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.endpoints import resolve
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.engine.reachability import Reachability
from netsim.errors import LoadError, RequestError
from netsim.loader.load import load as load_paths
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.endpoint import Endpoint
from netsim.model.finding import Diagnostic, Severity
from netsim.model.resources import Resources

if TYPE_CHECKING:
    from netsim.app.check import CheckResult
    from netsim.app.connection_query import ConnectionQuery
    from netsim.app.coverage import CoverageResult
    from netsim.app.diff import Comparison
    from netsim.app.documentation import Discovery
    from netsim.app.drain import DrainResult
    from netsim.app.evaluate import Evaluation
    from netsim.app.explain import ExplainResult
    from netsim.app.fix import FixResult
    from netsim.app.generate import GenerateResult
    from netsim.app.graph import GraphResult
    from netsim.app.init import InitResult
    from netsim.app.list import ConnectionList, ExplainedList
    from netsim.app.order import OrderResult
    from netsim.app.picture import Collapse
    from netsim.app.query import QueryResult
    from netsim.app.question import Question
    from netsim.app.report import ReportResult
    from netsim.app.review import ReviewResult
    from netsim.loader.snapshot.snapshot import Snapshot
    from netsim.model.policies import PolicyApi
    from netsim.report.render import Format, Result
    from netsim.rollout.assessment import Choice

Path = str | PathLike[str]
Paths = Path | Iterable[Path]
SOMEWHERE = Controller()
"""An ingress controller in a namespace that nothing names."""

_Choice = TypeVar("_Choice", bound=Enum)


class OnError(Enum):
    """What :func:`load` does about documents it has to reject."""

    RAISE = "raise"
    KEEP = "keep"


class Cluster(Struct, frozen=True):
    """What the input says, and what there is to say about the input."""

    resources: Resources
    diagnostics: tuple[Diagnostic, ...] = ()

    def reachability(self, conventions: Conventions | None = None) -> Reachability:
        """Who can reach whom."""
        return Reachability.of(self.resources, conventions)

    def endpoint(self, text: str) -> Endpoint:
        """The endpoint named ``ns/pod``, ``ns/name[Kind]``, or by an IP address.

        Raises a ``ValueError`` that says which names are near.
        """
        return resolve(self.resources, text)


def load(
    paths: Paths,
    *,
    on_error: OnError = OnError.RAISE,
    default_namespace: str = "default",
) -> Cluster:
    """Reads manifests from files and folders.

    Raises :class:`LoadError` when a document is rejected, unless ``on_error`` is
    ``OnError.KEEP``: then the good documents count, and ``diagnostics`` has the others.
    """
    loaded = load_paths(_texts(paths), default_namespace)
    if loaded.errors and on_error is OnError.RAISE:
        raise LoadError("\n".join(map(str, loaded.errors)), loaded.errors)
    return Cluster(loaded.resources, loaded.diagnostics)


def check(
    paths: Paths,
    *,
    scenario: Path | Iterable[Path] | None = None,
    diagram: str | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    min_severity: Severity | str = Severity.NOTE,
    baseline: Path | None = None,
) -> CheckResult:
    """Checks manifests against the documented network diagram.

    Without ``scenario``, the documentation is the one file in ``scenarios/``, here or beside
    the input; without any, the rules that need none are run.  Several scenarios are several
    documented systems.  ``diagram`` is one without a scenario, ``FILE#HEADING``.  ``discovery``
    "none" looks for no scenario.  ``namespace`` is that of objects that name none, by default
    the scenario's.  ``controller`` says where the ingress controller runs.

    Only findings of the rules in ``select`` count, where there are some, none of those in
    ``ignore``, none less severe than ``min_severity``, and none that the file ``baseline``
    accepts: they are in ``withheld`` of the result.  What could not be decided keeps it
    inconclusive all the same.  A rule or a baseline that does not exist raises
    :class:`RequestError`.

    The result has ``conclusion``, ``findings``, ``suppressed`` and ``diagnostics``.  Documents
    that cannot be read raise nothing: they make the conclusion ``Conclusion.BAD_INPUT``.
    """
    from netsim.app import check as app
    from netsim.app.selection import choose

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    several = () if scenario is None else _texts(scenario)
    chosen = _discovery(several, discovery)
    return app.check(
        app.CheckRequest(
            *given,
            scenarios=several,
            diagram=diagram,
            discovery=chosen,
            controller=controller,
            selection=choose(
                _texts(select),
                _texts(ignore),
                _member(Severity, min_severity, "min_severity"),
                _text(baseline),
            ),
        )
    )


def explain_check(
    paths: Paths,
    *,
    scenario: Path | Iterable[Path] | None = None,
    diagram: str | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
    select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    min_severity: Severity | str = Severity.NOTE,
    baseline: Path | None = None,
) -> ReportResult:
    """Checks manifests as :func:`check` does, and says of every pair what decides it.

    The result has ``check``, and ``grids`` with a cell for each pair in which there is anything
    to be seen; ``render(result, "html")`` is the page that ``netsim report`` writes.
    """
    from netsim.app import report as app
    from netsim.app.selection import choose

    several = () if scenario is None else _texts(scenario)
    return app.report(
        app.ReportRequest(
            *_given(paths, namespace, ipblock_pods, pod_ranges),
            scenarios=several,
            diagram=diagram,
            discovery=_discovery(several, discovery),
            controller=controller,
            selection=choose(
                _texts(select),
                _texts(ignore),
                _member(Severity, min_severity, "min_severity"),
                _text(baseline),
            ),
        )
    )


def list_connections(
    paths: Paths,
    *,
    focus: str | None = None,
    exposure: bool = False,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> ConnectionList:
    """Lists the connections that manifests allow, as ``pairs`` of titles with ports.

    A pair has ``parts`` where it is about some pods of a workload only, and ``split()`` gives
    it pod by pod.  With ``exposure`` the result also has ``exposures``: what is open to pods
    that nobody has written yet.

    ``focus`` is an endpoint that each begins or ends at; one that the input does not have
    raises :class:`UnanswerableError`.  ``controller`` says where the ingress controller runs.
    Where a document is rejected, all are unknown, and it is in ``errors`` of the result.
    ``scenario`` adds the pods that it describes; by default the one in ``scenarios/`` does.
    """
    from netsim.app import list as app

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    return app.list_connections(
        app.ListRequest(
            *given,
            focus=focus,
            scenario=_text(scenario),
            discovery=_discovery(scenario, discovery),
            controller=controller,
            exposure=exposure,
        )
    )


def graph(
    paths: Paths,
    *,
    focus: str | None = None,
    collapse: Collapse | str = "auto",
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> GraphResult:
    """Draws the connections that manifests allow, against the documentation if there is one.

    The ``picture`` of the result has ``nodes`` and ``edges``; :func:`render` writes it.
    ``collapse`` says whether workloads are folded into their namespaces: ``auto``,
    ``always`` or ``never``.  ``focus`` is an endpoint that each connection begins or ends at;
    one that is not in the picture raises :class:`UnanswerableError`.
    """
    from netsim.app import graph as app
    from netsim.app.picture import Collapse

    return app.graph(
        app.GraphRequest(
            *_given(paths, namespace, ipblock_pods, pod_ranges),
            focus=focus,
            collapse=_member(Collapse, collapse, "collapse"),
            scenario=_text(scenario),
            discovery=_discovery(scenario, discovery),
            controller=controller,
        )
    )


def explain_connections(
    paths: Paths,
    *,
    focus: str | None = None,
    scenario: Path | None = None,
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> ExplainedList:
    """Lists the connections as :func:`list_connections` does, each with what lets it pass.

    The result has ``rows``, each with a ``pair`` and the reasons of both ends, ``egress`` and
    ``ingress``.
    """
    from netsim.app import list as app

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    return app.explain_connections(
        app.ListRequest(*given, focus=focus, scenario=_text(scenario), controller=controller)
    )


def evaluate(
    paths: Paths,
    queries: Iterable[
        ConnectionQuery | tuple[str, str, int | str] | tuple[str, str, int | str, str]
    ],
    *,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> Evaluation:
    """Answers whether connections are allowed: source, destination, port, protocol (TCP).

    A port is a number, or a name at the destination.  The result has ``answers``, each with a
    ``query`` and an ``outcome``, and a ``why`` where a Service leads nowhere or to several
    answers; it says in ``refused`` which questions have none, as an endpoint is not in the
    input.  Where a document is rejected, every outcome is ``Outcome.UNKNOWN``.
    """
    from netsim.app import evaluate as app

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    asked = tuple(_query(*each) if isinstance(each, tuple) else each for each in queries)
    return app.evaluate(
        app.EvaluateRequest(
            *given,
            queries=asked,
            scenario=_text(scenario),
            discovery=_discovery(scenario, discovery),
            controller=controller,
        )
    )


def explain(
    paths: Paths,
    source: str | UnwrittenPod,
    destination: str | UnwrittenPod,
    port: int | str | None = None,
    protocol: str = "TCP",
    *,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> ExplainResult:
    """Explains why a connection is allowed or denied, and what would allow it.

    The ``answer`` of the result is an ``Explanation``, or without ``port`` an ``Overview`` of
    all ports; of a Service whose packets policies may see in several ways it is a
    ``ServiceExplanation``.  ``port`` is a number, or a name at the destination.  Raises
    :class:`UnanswerableError` for an endpoint that the input does not have.
    """
    from netsim.app import explain as app
    from netsim.app.connection_query import parse_protocol

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    request = app.ExplainRequest(
        *given,
        source=source,
        destination=destination,
        port=_port(port),
        protocol=parse_protocol(protocol),
        scenario=_text(scenario),
        discovery=_discovery(scenario, discovery),
        controller=controller,
    )
    return app.explain(request)


def explain_queries(
    paths: Paths,
    queries: Iterable[ConnectionQuery | tuple[str, str, int] | tuple[str, str, int, str]],
    *,
    scenario: Path | None = None,
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> ExplainResult:
    """Explains several connections: source, destination, port, protocol (TCP).

    The result has ``answers``, an ``Explanation`` each, and says in ``refused`` which questions
    have none, as an endpoint is not in the input.
    """
    from netsim.app import explain as app

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    asked = tuple(_query(*each) if isinstance(each, tuple) else each for each in queries)
    return app.explain(
        app.ExplainRequest(
            *given, queries=asked, scenario=_text(scenario), controller=controller
        )
    )


def diff(
    old: Paths,
    new: Paths,
    *,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> Comparison:
    """Compares the connections that two versions of manifests allow.

    The result has what is different, with its causes, in ``explained``.  Raises
    :class:`LoadError` where nothing of a side can be read.  Where a document is rejected, it
    is in ``errors`` of the result, and ``differs`` is None.  ``scenario`` adds the pods that it
    describes; by default the one in ``scenarios/`` does.
    """
    from netsim.app import diff as app

    sides = (_given(side, namespace, ipblock_pods, pod_ranges) for side in (old, new))
    before, now = (InputRequest(*side) for side in sides)
    chosen = _discovery(scenario, discovery)
    return app.diff(app.DiffRequest(before, now, controller, _text(scenario), chosen))


def review(
    paths: Paths,
    *,
    base: str | None = None,
    base_dir: Path | None = None,
    repository: str = "",
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> ReviewResult:
    """Tells what a change of manifests and documents opens, closes, and makes worse.

    The state before is that of the commit at which HEAD left the revision ``base``, or a copy
    of the current folder in ``base_dir``; one that cannot be found, none and both raise
    :class:`RequestError`.  ``repository`` is the address below which a forge shows files of a
    commit, for links.

    The result has ``verdict``, ``groups`` by cause, and the findings that are ``added``,
    ``standing`` or ``repaired``.
    """
    from netsim.app import review as app
    from netsim.app.base import choose_base

    return app.review(
        app.ReviewRequest(
            *_given(paths, namespace, ipblock_pods, pod_ranges),
            scenario=_text(scenario),
            discovery=_discovery(scenario, discovery),
            controller=controller,
            base=choose_base(base, _text(base_dir)),
            repository=repository,
        )
    )


def query(
    paths: Paths,
    question: Question | str,
    *,
    source: str | UnwrittenPod | None = None,
    destination: str | UnwrittenPod | None = None,
    port: int | str | None = None,
    protocol: str | None = None,
    max_hops: int | None = None,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
    controller: Controller = SOMEWHERE,
) -> QueryResult:
    """Answers a question about many connections, such as ``blast-radius`` or ``exposed``.

    Raises :class:`RequestError` for parameters that a question needs or does not take, and
    :class:`UnanswerableError` for an endpoint that the input does not have.
    """
    from netsim.app import query as app
    from netsim.app.connection_query import parse_protocol
    from netsim.app.question import Question

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    request = app.QueryRequest(
        *given,
        question=_member(Question, question, "question"),
        source=source,
        destination=destination,
        port=_port(port),
        protocol=None if protocol is None else parse_protocol(protocol),
        max_hops=max_hops,
        scenario=_text(scenario),
        discovery=_discovery(scenario, discovery),
        controller=controller,
    )
    return app.query(request)


def coverage(
    paths: Paths,
    *,
    scenario: Path | None = None,
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
) -> CoverageResult:
    """Measures how much of the policies the documentation pins down.

    The result has the ``score``, the ``policies`` with the trials of their mutants, the
    ``survivors`` and the ``idle`` flows.  ``unknown`` says because of what the score cannot be
    told.  Raises :class:`DocumentationError` where the documentation cannot be read, and
    :class:`UnanswerableError` where there is none, or no policy.
    """
    from netsim.app import coverage as app

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    return app.coverage(app.CoverageRequest(*given, scenario=_text(scenario)))


def propose_fixes(
    paths: Paths,
    *,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    rules: Iterable[str] = (),
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = IpBlockPods.MATCH,
    pod_ranges: Iterable[str] = (),
) -> FixResult:
    """Proves changes that make ``check`` pass, or as much of it as can be; writes nothing.

    The result has the ``fixed`` findings with their changes, what is ``left``, and all
    ``changes`` together, of which each has a ``diff``.  ``rules`` are the only ones whose
    findings are fixed.  Raises :class:`DocumentationError` where the documentation cannot be
    read.
    """
    from netsim.app import fix as app

    given = _given(paths, namespace, ipblock_pods, pod_ranges)
    request = app.FixRequest(
        *given,
        scenario=_text(scenario),
        discovery=_discovery(scenario, discovery),
        rules=tuple(rules),
    )
    return app.fix(request)


def order(
    paths: Paths,
    *,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    choice: Choice | str = "documented",
) -> OrderResult:
    """Finds the order in which to apply manifests, and follows it step by step.

    ``choice`` is ``documented`` or ``computed``.  The result has the ``conclusion`` and the
    ``assessment``.  Raises :class:`DocumentationError` where the documentation cannot be read,
    and :class:`UnanswerableError` where there is nothing to order.
    """
    from netsim.app import order as app
    from netsim.rollout.assessment import Choice

    request = app.OrderRequest(
        _texts(paths),
        scenario=_text(scenario),
        discovery=_discovery(scenario, discovery),
        choice=_member(Choice, choice, "choice"),
    )
    return app.order(request)


def drain_node(
    paths: Paths,
    *,
    node: str | None = None,
    replicas: Mapping[str, int] | None = None,
    unready: Mapping[str, int] | None = None,
    scenario: Path | None = None,
    discovery: Discovery | str = "near",
    namespace: str | None = None,
) -> DrainResult:
    """Tells whether a node can be drained, and what stays available meanwhile.

    ``node`` None is a node with every pod, which is the worst case.  ``replicas`` and
    ``unready`` are numbers of pods, by a name of the scenario or of a workload.  The result
    has the ``outcome`` of all and of each group of pods in ``drain``.  Raises
    :class:`RequestError` for names and numbers that do not fit the input.
    """
    from netsim.app import drain as app

    request = app.DrainRequest(
        _texts(paths),
        namespace,
        replicas=tuple(f"{name}={number}" for name, number in (replicas or {}).items()),
        unready=tuple(f"{name}={number}" for name, number in (unready or {}).items()),
        node=node,
        scenario=_text(scenario),
        discovery=_discovery(scenario, discovery),
    )
    return app.drain(request)


def snapshot(
    *,
    source: Path | None = None,
    context: str | None = None,
    kubeconfig: Path | None = None,
    namespaces: Iterable[str] = (),
) -> Snapshot:
    """Reads a live cluster, or with ``source`` the output of kubectl, for later use as input.

    Secrets and ConfigMaps are never read.  ``missing`` of the result says which kinds could
    not be.  Raises :class:`UnanswerableError` where nothing can.
    """
    from netsim.app import snapshot as app

    request = app.SnapshotRequest(_text(source), context, _text(kubeconfig), tuple(namespaces))
    return app.snapshot(request)


def init(
    paths: Paths,
    *,
    diagram: str | None = None,
    destination: Path | None = None,
    namespace: str | None = None,
) -> InitResult:
    """Drafts a scenario for manifests that have none; its ``text`` is to be reviewed.

    ``diagram`` is ``FILE#HEADING``; without one, the flows are what is allowed today.  Paths
    in the text are relative to ``destination``, where the caller will write it, or else to the
    working folder.  Raises :class:`UnanswerableError` where a document is rejected, and
    :class:`DocumentationError` where the diagram cannot be read.
    """
    from netsim.app import init as app

    request = app.InitRequest(
        _texts(paths), namespace, diagram=diagram, destination=_text(destination)
    )
    return app.init(request)


def generate(
    paths: Paths,
    *,
    api: PolicyApi | str = "networkpolicy",
    scenario: Path | None = None,
    compare: bool = False,
    namespace: str | None = None,
    ipblock_pods: IpBlockPods | str = "match",
    pod_ranges: Iterable[str] = (),
) -> GenerateResult:
    """Writes the policies that the documented flows need: ``text``, if nothing prevents it.

    ``api`` is ``networkpolicy`` or ``clusternetworkpolicy``.  With ``compare``, ``comparison``
    says what changes where they replace the policies of the input.  Raises
    :class:`UnanswerableError` where a document is rejected or nothing is documented, and
    :class:`DocumentationError` for a scenario that cannot be used.
    """
    from netsim.app import generate as app
    from netsim.model.policies import PolicyApi

    request = app.GenerateRequest(
        *_given(paths, namespace, ipblock_pods, pod_ranges),
        scenario=_text(scenario),
        api=_member(PolicyApi, api, "api"),
        is_compared=compare,
    )
    return app.generate(request)


def render(result: Result, form: Format | str = "text", *, width: int = 100) -> str:
    """The text of a result, as the command line writes it: text, markdown, json, sarif, ...

    Raises :class:`RequestError` for a format that a result is not written in.
    """
    from netsim.report.render import RENDERERS, Format, render
    from netsim.report.style import Terminal

    chosen = _member(Format, form, "form")
    if chosen not in RENDERERS[type(result).__name__]:
        raise RequestError(f"this result cannot be written as {chosen}", "form")
    return render(result, chosen, Terminal(width))


def _given(
    paths: Paths,
    namespace: str | None,
    ipblock_pods: IpBlockPods | str,
    pod_ranges: Iterable[str],
) -> tuple[tuple[str, ...], str | None, IpBlockPods, AddressSet | None]:
    """What every request begins with."""
    try:
        ranges = AddressSet.of(pod_ranges) or None
    except ValueError as error:
        raise RequestError(str(error), "pod_ranges") from error
    chosen = _member(IpBlockPods, ipblock_pods, "ipblock_pods")
    return _texts(paths), namespace, chosen, ranges


def _texts(paths: Paths) -> tuple[str, ...]:
    several = [paths] if isinstance(paths, str | PathLike) else paths
    return tuple(fspath(path) for path in several)


def _text(path: Path | None) -> str | None:
    return None if path is None else fspath(path)


def _discovery(scenario: object, chosen: Discovery | str) -> Discovery:
    """Whether to look for a scenario; to give one and to forbid it is a contradiction."""
    from netsim.app.documentation import Discovery

    found = _member(Discovery, chosen, "discovery")
    if scenario and found is Discovery.NONE:
        raise RequestError("give a scenario, or discovery none, not both", "discovery")
    return found


def _member(choices: type[_Choice], value: _Choice | str, parameter: str) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        known = ", ".join(str(each.value) for each in choices)
        message = f"{value!r} is not a value of {parameter}: write one of {known}"
        raise RequestError(message, parameter) from None


def _port(port: int | str | None) -> int | str | None:
    from netsim.app.connection_query import parse_port

    return None if port is None else parse_port(str(port))


def _query(
    source: str, destination: str, port: int | str, protocol: str = "TCP"
) -> ConnectionQuery:
    from netsim.app.connection_query import ConnectionQuery, parse_port, parse_protocol

    return ConnectionQuery(source, destination, parse_port(str(port)), parse_protocol(protocol))
