"""``generate``: the policies that the documented flows need, proven before anybody sees them.

``generate(GenerateRequest(("manifests/",))).text`` is a file of NetworkPolicies.  With them in
place of those that the input has for the same namespaces, ``check`` finds no flow that is
broken, exposed or forbidden; else there is no text, and ``obstacles`` say why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from netsim.app.case import assemble_case, report_unjudged
from netsim.app.diff import Comparison, LoadedSide, compare
from netsim.app.documentation import LocatedDocumentation, find_documentation
from netsim.app.input import Diagnosed, InputRequest, list_lacking
from netsim.app.modelled_input import ModelledRequest
from netsim.app.suppression import suppress
from netsim.engine.naming.controller import Controller
from netsim.errors import DocumentationError, UnanswerableError
from netsim.generation.plan import Plan, plan_policies
from netsim.generation.policies import ClusterRank, write_policies
from netsim.intent.errors import IntentError
from netsim.intent.scenario.endpoints import AddressEndpoint
from netsim.judge.case import Case, bind_case
from netsim.loader.load import Loaded, load_text
from netsim.loader.registry import Scope
from netsim.loader.tree.documents import Syntax
from netsim.model.addresses import AddressSet
from netsim.model.conventions import Conventions
from netsim.model.finding import Finding, Severity
from netsim.model.labels import Operator
from netsim.model.policies import Direction, Policy, PolicyApi, Tier
from netsim.model.resources import NAME_LABEL, Resources
from netsim.rules.registry import RULES, run_rules
from netsim.words.lists import join_all, join_first

GENERATED = "the generated policies"
"""What places in the text are called, as it is no file yet."""

_IN_THE_WAY = ("broken", "exposed", "forbidden")
_UNKNOWN = "undecided"
_USUAL_PRIORITY = 500
_HIGHEST_PRIORITY = 1000
_MOST_BLOCKS = 10


class GenerateRequest(ModelledRequest, frozen=True, kw_only=True):
    """For which workloads, from which scenario, and as which kind of policy.

    With ``is_compared`` the result has the comparison with the policies of the input.
    """

    api: PolicyApi = PolicyApi.NETWORK_POLICY
    is_compared: bool = False


class GenerateResult(Diagnosed, frozen=True, kw_only=True):
    """The policies, or what stands in their way.

    ``obstacles`` are what no policy of the kind can express, ``unknown`` is what cannot be
    known; where there is either, ``text`` is empty, and ``advice`` says what the scenario could
    say instead.  ``replaced`` are the policies of the input that the text stands in for,
    ``stale`` those of them that stay in a cluster until somebody deletes them, as nothing in
    the text has their name, ``kept`` those that count besides.  ``remaining`` is what ``check``
    reports of them all the same, such as an Ingress that leads nowhere.
    """

    text: str = ""
    obstacles: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()
    policies: int = 0
    rules: int = 0
    replaced: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    remaining: tuple[Finding, ...] = ()
    comparison: Comparison | None = None


def generate(request: GenerateRequest) -> GenerateResult:
    """Plans the policies, writes them, reads them again and judges what they allow.

    Raises :class:`UnanswerableError` for input that was rejected or is not documented, and
    :class:`DocumentationError` for a scenario that cannot be used.
    """
    described = _find_documentation(request)
    result = propose(request, described, _load(request, described))
    return replace(result, diagnostics=(*request.list_foreign(), *result.diagnostics))


def propose(
    request: GenerateRequest, described: LocatedDocumentation, loaded: Loaded
) -> GenerateResult:
    """Plans, writes and judges policies for a documentation and an input that were read.

    Raises :class:`DocumentationError` where an endpoint of the scenario is not in the input.
    """
    conventions = request.conventions(described.scenario)
    replaced, kept = _part_policies(loaded.resources, described, request.api)
    others = replace(loaded.resources, policies=kept)
    try:
        case = bind_case(others, conventions, described.documentation)
    except IntentError as error:
        raise DocumentationError(*error.diagnostics) from error
    plan = plan_policies(case)
    result = GenerateResult(
        loaded.diagnostics,
        obstacles=plan.obstacles,
        rules=len(plan.rules),
        replaced=tuple(policy.title for policy in replaced),
        kept=tuple(policy.title for policy in kept),
    )
    if plan.obstacles:
        return result
    documents = write_policies(plan, request.api, _head(described), _rank(kept))
    text = "---\n".join(each.write() for each in documents)
    proposed = _put_in_place(loaded, others, text)
    result = _prove(result, plan, request, described, loaded, proposed)
    if result.obstacles or result.unknown:
        return result
    comparison = None
    if request.is_compared:
        old = LoadedSide(", ".join(request.paths), loaded, conventions)
        new = LoadedSide(GENERATED, proposed, conventions)
        comparison = compare(old, new, Controller(), described)
    titles = {policy.title for policy in proposed.resources.policies}
    return replace(
        result,
        text=text,
        policies=len(documents),
        stale=tuple(title for title in result.replaced if title not in titles),
        comparison=comparison,
    )


def _find_documentation(request: GenerateRequest) -> LocatedDocumentation:
    described = find_documentation(request.scenario, request.paths, request.discovery)
    if described is None:
        message = (
            "nothing is documented that policies could be made from: give --scenario FILE "
            "(netsim init writes a first one)"
        )
        raise UnanswerableError(message)
    return described


def _load(request: InputRequest, described: LocatedDocumentation) -> Loaded:
    loaded = request.load(described.scenario, Scope.BUNDLE)
    if loaded.errors:
        message = (
            "no policies are written, as a document that was rejected may be a workload or a "
            "policy that stays"
        )
        raise UnanswerableError(message, loaded.diagnostics)
    return loaded


def _part_policies(
    resources: Resources, described: LocatedDocumentation, api: PolicyApi
) -> tuple[tuple[Policy, ...], tuple[Policy, ...]]:
    """The policies that the new ones stand in for, and all others.

    These are the NetworkPolicies of the scenario's namespaces and, where ClusterNetworkPolicies
    are written, those of them that are about these namespaces alone, by name.
    """
    own = frozenset(described.scenario.namespaces)
    replaced: list[Policy] = []
    kept: list[Policy] = []
    for policy in resources.policies:
        is_cluster = policy.kind == "ClusterNetworkPolicy"
        if policy.tier is Tier.NETWORK_POLICY:
            is_own = policy.namespace in own
        else:
            is_written = api is PolicyApi.CLUSTER_NETWORK_POLICY and is_cluster
            is_own = is_written and _is_about(policy, own)
        (replaced if is_own else kept).append(policy)
    return tuple(replaced), tuple(kept)


def _is_about(policy: Policy, namespaces: frozenset[str]) -> bool:
    chosen = policy.subject.namespaces
    return chosen is not None and any(
        each.key == NAME_LABEL
        and each.operator is Operator.IN
        and namespaces.issuperset(each.values)
        for each in chosen.requirements
    )


def _head(described: LocatedDocumentation) -> tuple[str, ...]:
    scenario = described.scenario_file or described.scenario.location.file
    sources = [each for each in (scenario, described.diagram_file) if each]
    return (
        f"Written by netsim generate from {join_all(sources)}.",
        "Change what is documented there, and generate it again.",
    )


def _rank(kept: Iterable[Policy]) -> ClusterRank:
    """A priority that no other policy of the tier has, and the names that are taken."""
    others = [policy for policy in kept if policy.tier is Tier.ADMIN]
    used = {policy.priority for policy in others}
    free = (each for each in range(_USUAL_PRIORITY, _HIGHEST_PRIORITY) if each not in used)
    names = frozenset(each.name for each in others if each.kind == "ClusterNetworkPolicy")
    return ClusterRank(next(free, _HIGHEST_PRIORITY), names)


def _put_in_place(loaded: Loaded, others: Resources, text: str) -> Loaded:
    """The input with the policies of a text in place of its own."""
    written = load_text(text, GENERATED, syntax=Syntax.YAML)
    if written.diagnostics:
        # Whatever it is, it would be wrong for the API server, too.
        lines = "; ".join(map(str, written.diagnostics))
        raise UnanswerableError(f"the policies cannot be written for this input: {lines}")
    known = {space.name for space in others.namespaces}
    spaces = (each for each in written.resources.namespaces if each.name not in known)
    policies = (*others.policies, *written.resources.policies)
    resources = replace(
        others,
        policies=tuple(sorted(policies, key=lambda policy: policy.tier.is_ordered)),
        namespaces=(*others.namespaces, *spaces),
    )
    inventory = loaded.inventory
    used = (*inventory.used, *written.inventory.used)
    return replace(loaded, resources=resources, inventory=replace(inventory, used=used))


def _prove(
    result: GenerateResult,
    plan: Plan,
    request: GenerateRequest,
    described: LocatedDocumentation,
    loaded: Loaded,
    proposed: Loaded,
) -> GenerateResult:
    """What ``check`` says of the input with the policies in place."""
    conventions = request.conventions(described.scenario)
    case = assemble_case(proposed, request.paths, conventions, described)
    about_network = (entry for entry in RULES if entry.room in ("diagram", "network"))
    findings, _ = suppress(run_rules(case, about_network), loaded.comments)
    return replace(
        result,
        obstacles=_describe(each for each in findings if each.rule in _IN_THE_WAY),
        unknown=(
            *_describe(each for each in findings if each.rule == _UNKNOWN),
            *_list_unknown(case, loaded, result.replaced),
        ),
        advice=tuple(_advise(plan, case, conventions)),
        remaining=tuple(
            each
            for each in findings
            if each.severity is not Severity.NOTE and each.rule not in (*_IN_THE_WAY, _UNKNOWN)
        ),
    )


def _describe(findings: Iterable[Finding]) -> tuple[str, ...]:
    """What is wrong, each once, and where, unless that is in a text that nobody sees."""
    texts = (
        each.message if each.location.file == GENERATED else f"{each.location}: {each.message}"
        for each in findings
    )
    return tuple(dict.fromkeys(texts))


def _advise(plan: Plan, case: Case, conventions: Conventions) -> Iterator[str]:
    """What the scenario lacks where a rule by address lets others through than it is for.

    O(rules by address × pairs that are not as documented).
    """
    pods = (1 << len(case.evaluator.universe.pods)) - 1
    declared = {bound.name: bound.declared for bound in case.endpoints}
    shared: dict[str, AddressSet] = {}
    nodes: dict[str, AddressSet] = {}
    for rule in plan.rules:
        subjects = {name for own, _ in rule.covers for name in own}
        is_egress = rule.direction is Direction.EGRESS
        far_ends = [
            (each.destination if is_egress else each.source).members
            for each in case.judgements
            if (each.exposed or each.undecided)
            and not subjects.isdisjoint((each.source if is_egress else each.destination).names)
        ]
        for flow in rule.flows if rule.peer.addresses else ():
            name = flow.destination if is_egress else flow.source
            inner = rule.peer.addresses & conventions.pod_ranges
            if inner and any(members & pods for members in far_ends):
                shared[name] = shared.get(name, AddressSet.empty()) | inner
            is_node = not isinstance(declared[name], AddressEndpoint)
            if is_node and any(members & ~pods for members in far_ends):
                nodes[name] = nodes.get(name, AddressSet.empty()) | rule.peer.addresses
    for name, addresses in shared.items():
        ways = []
        endpoint = declared[name]
        if isinstance(endpoint, AddressEndpoint) and addresses != endpoint.addresses:
            ways.append("leave these out with except")
        if not (ways and conventions.has_stated_ranges):
            ways.append("say with podRanges where pods are")
        yield f"pods may have addresses of {name}, too ({_list_blocks(addresses)}): " + (
            ", or ".join(ways)
        )
    for name, addresses in nodes.items():
        yield (
            f"{name} has the addresses of its nodes ({_list_blocks(addresses)}), as has "
            "whatever else runs there: add an endpoint with these addresses, and the same flows"
        )


def _list_blocks(addresses: AddressSet) -> str:
    blocks = addresses.cidrs()
    return ", ".join(blocks) if len(blocks) <= _MOST_BLOCKS else join_first(blocks)


def _list_unknown(case: Case, loaded: Loaded, replaced: tuple[str, ...]) -> Iterable[str]:
    """What ``check`` would call inconclusive besides."""
    yield from (each.message for each in report_unjudged(case.unjudged))
    inventory = loaded.inventory
    for title in inventory.unevaluated:
        yield f"{title} is not evaluated, and may change any verdict"
    for kind in list_lacking(loaded):
        yield f"the input lacks {kind}"
    for title in inventory.disputed:
        if title not in replaced:
            yield f"two files define {title} differently"
