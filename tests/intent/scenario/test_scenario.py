import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

import netsim.intent
from netsim.intent.diagram.reading import Diagram, read_diagram
from netsim.intent.documentation import combine_flows
from netsim.intent.errors import IntentError, IntentErrors
from netsim.intent.scenario.bind import bind, report_unmatched
from netsim.intent.scenario.scenario import Scenario, read_scenario
from netsim.model.addresses import AddressSet
from netsim.model.endpoint import ExternalEndpoint, PodEndpoint
from netsim.model.finding import Severity
from netsim.model.labels import Labels
from netsim.model.resources import Origin, Pod, Resources, WorkloadName
from tests.intent.drawn import SEED, shown

HEAD = "diagram: {file: ../README.md, heading: Network Policies}\nnamespace: prod\n"
ENDS = """\
endpoints:
  web: {labels: {app: web}, ports: [{name: http, port: 3000}]}
  api: {labels: {app: api}, aliases: [Gateway]}
  postgres: {labels: {app: pg}, namespace: data}
  runner: {workload: "runner[PodTemplate]", untrusted: true}
  external: {addresses: [0.0.0.0/0], except: [10.0.0.0/8]}
"""
GOOD = HEAD + ENDS
SCHEMA = json.loads(
    (Path(str(netsim.intent.__file__)).parent / "scenario.schema.json").read_text()
)


POOL = "warmPool: {cronJob: pool, endpoint: gateway, size: SIZE, template: T, labels: L}\n"
DOCUMENTS = """\
documents:
  - {file: a.md}
  - file: b.md
    files: Files
    warmPool: Warm Pool
    excerpts: [A, B]
"""
PROVIDED = "provided: [{kind: Secret, name: tls, because: Helm}]\n"


def flow(entry: str, where: str = "flows") -> str:
    return f"{GOOD}{where}:\n  - {entry}\n"


def validated(text: str) -> bool:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    return validator.is_valid(yaml.safe_load(text))


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD + "podRanges: [10.0.0.0/8]\n",
        GOOD + DOCUMENTS + POOL + PROVIDED,
        GOOD + "documents:\nprovided: []\n",
        GOOD.replace("aliases: [Gateway]", "runtimeClass: gvisor"),
        flow("{from: web, to: api, because: why}"),
        flow("{from: [web, api], to: postgres, ports: [UDP 53, 53/tcp, 80], because: why}"),
        flow("{from: '*', to: runner, because: why}", "deny"),
        GOOD + "directions: [ingress]\n",
        flow("{from: web, to: api, because: why}").partition("\n")[2],
        GOOD + "  cluster: {labels: {}, namespace: '*'}\n",
        flow("{from: web, to: api, ports: [8000-8010, {port: 5, protocol: UDP}], because: y2}"),
    ],
)
def test_accepted_by_reader_and_schema(text: str) -> None:
    assert validated(text)
    assert read_scenario(text, "s.yaml").namespace == "prod"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (HEAD, 1),  # no endpoints
        (ENDS, 1),
        (GOOD + "flow: []\n", 9),
        (GOOD.replace("heading: Network Policies", "heading: ''"), 1),
        (GOOD.replace("workload:", "labels: {a: b}, workload:"), 7),
        (GOOD.replace("{labels: {app: web}, ports", "{labels: , ports"), 4),
        (GOOD.replace("untrusted: true", "untrusted: 'yes'"), 7),
        (GOOD.replace("0.0.0.0/0", "1.1.1.1"), 8),
        (GOOD.replace("port: 3000", "port: 70000"), 4),
        (GOOD.replace("http", "H_T"), 4),
        (flow("{from: web, to: api}"), 10),
        (flow("{from: web, to: api, because: ' '}"), 10),
        (flow("{from: web, because: why}"), 10),
        (flow("{from: web, to: api, ports: [], because: why}"), 10),
        (flow("{from: web, to: api, ports: [http], because: why}"), 10),
        (flow("{from: [web, web], to: api, because: why}"), 10),
        (GOOD.replace("0.0.0.0/0]", "0.0.0.0/0], runtimeClass: gvisor"), 8),  # addresses
        (GOOD + "documents: {file: a.md}\n", 9),
        (GOOD + "documents: [{files: Files}]\n", 9),
        (GOOD + "documents: [{file: ' '}]\n", 9),
        (GOOD + "documents: [{file: a.md, file table: Files}]\n", 9),
        (GOOD + "documents: [{file: a.md, files: ''}]\n", 9),
        (GOOD + "documents: [{file: a.md, excerpts: A}]\n", 9),
        (GOOD + POOL.replace("size: SIZE, ", ""), 9),
        (GOOD + POOL.replace("SIZE", "[SIZE]"), 9),
        (GOOD + POOL.replace("labels", "label"), 9),
        (GOOD + PROVIDED.replace(", because: Helm", ""), 9),
        (GOOD + PROVIDED.replace("Helm", "''"), 9),
        (GOOD + PROVIDED.replace("name: tls", "nam: tls"), 9),
        (GOOD + "namespaces: [prod, data]\n", 9),
        (GOOD.replace("namespace: prod", "namespaces: []"), 2),
        (GOOD.replace("namespace: prod", "namespaces: [prod, prod]"), 2),
        (GOOD.replace("namespace: prod", "namespaces: ['*']"), 2),
        (GOOD.replace("namespace: prod", "namespace: '*'"), 2),
        (GOOD + "directions: []\n", 9),
        (GOOD + "directions: [in]\n", 9),
        (GOOD + "directions: [egress, egress]\n", 9),
        (GOOD.replace("untrusted: true", "namespace: '*'"), 7),
    ],
)
def test_refused_by_reader_and_schema(text: str, line: int) -> None:
    assert not validated(text)
    with pytest.raises(IntentErrors) as caught:
        read_scenario(text, "s.yaml")
    assert line in [found.location.line for found in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (flow("{from: wep, to: api, because: why}"), "did you mean 'web'"),
        (flow("{from: web, to: web, because: why}"), "same endpoint"),
        (flow("{from: web, to: api, ports: [99999], because: why}"), "1 to 65535"),
        (GOOD.replace("[Gateway]", "[WEB]"), "also names"),
        (GOOD.replace("10.0.0.0/8", "0.0.0.0/0"), "no address is left"),
        (GOOD + POOL.replace("gateway", "apis"), "no endpoint 'apis'; did you mean 'api'"),
        (GOOD + DOCUMENTS, "the section warmPool is missing"),  # what warmPool: speaks of
        (GOOD + "namespace: again\n", "duplicate key"),
        ("", "expected one YAML document, found 0"),
        ("a: [", "not YAML"),
        ("- a", "expected a mapping"),
    ],
)
def test_refused_by_the_reader_alone(text: str, message: str) -> None:
    with pytest.raises(IntentErrors, match=message):
        read_scenario(text, "s.yaml")


def test_all_problems_are_told() -> None:
    text = flow("{from: wep, to: apy}") + "other: 1\n"
    with pytest.raises(IntentErrors) as caught:
        read_scenario(text, "s.yaml")
    assert len(caught.value.diagnostics) == 4


def scenario(more: str = "") -> Scenario:
    return read_scenario(GOOD + more, "s.yaml")


def test_find_knows_aliases_and_ignores_case() -> None:
    found = scenario().find("GATEWAY")
    assert found
    assert found.name == "api"
    assert scenario().find("nobody") is None
    assert scenario().untrusted == ("runner",)


def test_what_is_said_of_the_bundle() -> None:
    found = scenario(DOCUMENTS + POOL + PROVIDED)
    first, second = found.documents
    assert (first.file, first.files, first.excerpts) == ("a.md", None, ())
    assert second.files
    assert (second.files.text, second.files.location.line) == ("Files", 12)
    assert [heading.text for heading in second.excerpts] == ["A", "B"]
    assert found.warm_pool
    # By the endpoint's own name, whatever it was called by.
    assert (found.warm_pool.cron_job, found.warm_pool.endpoint) == ("pool", "api")
    assert [(each.kind, each.name) for each in found.provided] == [("Secret", "tls")]


def pod(namespace: str, name: str, kind: str, **labels: str) -> Pod:
    return Pod(WorkloadName(namespace, name, kind), Labels.of(labels))


def test_bind() -> None:
    web = pod("prod", "w", "Deployment", app="web", tier="front")
    runner = pod("prod", "runner", "PodTemplate")
    other = pod("else", "w", "Deployment", app="web")
    bound = {b.name: b for b in bind(scenario(), Resources(pods=(web, runner, other)))}
    assert bound["web"].endpoint == PodEndpoint("web", (web,))
    assert bound["runner"].endpoint == PodEndpoint("runner", (runner,))
    modelled = bound["postgres"].endpoint
    assert isinstance(modelled, PodEndpoint)
    assert str(modelled.pods[0].workload) == "data/postgres[Scenario]"
    assert modelled.pods[0].origin is Origin.MODELLED
    addresses = AddressSet.parse("0.0.0.0/0") - AddressSet.parse("10.0.0.0/8")
    assert bound["external"].endpoint == ExternalEndpoint("external", addresses)


@pytest.mark.parametrize(
    ("pods", "told"),
    [
        ((), None),
        ((pod("prod", "plue-api", "Deployment", run="x"),), "prod/plue-api[Deployment]"),
        ((pod("prod", "ap", "Deployment"),), "which has no labels"),
        ((pod("prod", "back", "Deployment", run="api", x="y"),), "which has run=api"),
        ((pod("prod", "back", "Deployment", run="x"),), None),  # nothing in common
        ((pod("data", "api", "Deployment", run="api"),), None),  # another namespace
        ((pod("prod", "api", "Deployment", app="api"),), None),  # it matches
        # It is the web endpoint's.
        ((pod("prod", "web-api", "Deployment", app="web"),), None),
        ((replace(pod("prod", "api", "Deployment"), origin=Origin.MODELLED),), None),
        (
            (pod("prod", "an-api", "Job"), pod("prod", "api", "Deployment", a="b")),
            "2 workloads read in namespace prod; the nearest is prod/api[Deployment]",
        ),
    ],
)
def test_labels_that_match_no_pod(pods: tuple[Pod, ...], told: str | None) -> None:
    found = [
        w for w in report_unmatched(scenario(), Resources(pods=pods)) if "'api'" in w.message
    ]
    assert [(w.severity, w.location.line) for w in found] == (
        [(Severity.WARNING, 5)] if told else []
    )
    assert not told or told in found[0].message


def test_a_missing_workload_is_an_error() -> None:
    pods = (pod("prod", "runners", "PodTemplate"),)
    with pytest.raises(IntentErrors, match=r"did you mean 'prod/runners\[PodTemplate\]'"):
        bind(scenario(), Resources(pods=pods))


def test_documented_flows_use_the_scenarios_names() -> None:
    diagram = read_diagram(SEED, "README.md", "Network Policies")
    deny = 'deny: [{from: "*", to: runner, because: why}]\n'
    found = [shown(flow) for flow in combine_flows(scenario(deny), diagram)]
    assert found[0] == "web -> api TCP 4000"
    assert found[-4:] == [
        f"{name} x> runner All Connections" for name in ("web", "api", "postgres", "external")
    ]


def test_a_drawn_name_that_is_not_bound() -> None:
    text = SEED.replace("Postgres (port 5432)", "Postgress (port 5432)")
    with pytest.raises(IntentErrors, match="did you mean 'postgres'") as caught:
        combine_flows(scenario(), read_diagram(text, "README.md", "Network Policies"))
    assert caught.value.location.line == 11


DAMAGE = st.sampled_from(["", "[", "null", "*", "{}", "- ", "'", "1", "[]"])


@given(st.integers(0, len(GOOD)), st.integers(0, 12), DAMAGE)
def test_any_damage_is_a_scenario_or_an_error(start: int, length: int, damage: str) -> None:
    try:
        read_scenario(GOOD[:start] + damage + GOOD[start + length :], "s.yaml")
    except IntentError as error:
        assert error.diagnostics  # noqa: PT017 - both outcomes are right


SEVERAL = """\
diagram: {file: a.md, heading: A}
namespaces: [shop, data]
endpoints:
  web: {namespace: shop, labels: {app: web}}
  cache: {namespace: data, labels: {app: cache}}
  job: {workload: data/job}
  world: {addresses: [0.0.0.0/0]}
"""


def test_a_scenario_of_several_namespaces() -> None:
    assert validated(SEVERAL)
    scenario = read_scenario(SEVERAL, "s.yaml")
    assert scenario.namespaces == ("shop", "data")
    assert scenario.namespace == ""


@pytest.mark.parametrize(
    "given", ["namespace: data, labels: {app: cache}", "workload: data/job"]
)
def test_each_endpoint_of_several_namespaces_names_its_own(given: str) -> None:
    own = given.replace("namespace: data, ", "").replace("data/", "")
    with pytest.raises(IntentError, match="namespace: missing: the scenario has several"):
        read_scenario(SEVERAL.replace(given, own), "s.yaml")


def test_the_warm_pool_of_several_namespaces_is_beside_its_endpoint() -> None:
    pool = POOL.replace("gateway", "cache")
    assert read_scenario(SEVERAL + pool, "s.yaml").pool_namespace == "data"


@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ("from: world, to: net", "both ends are addresses"),
        ("from: any, to: scraper", "both ends are pods of any namespace"),
        ("from: any, to: world", "an end of any namespace"),
        ("from: world, to: [web, net]", "both ends are addresses"),
    ],
)
def test_flows_that_no_policy_can_be_about(ends: str, why: str) -> None:
    more = """\
  net: {addresses: [10.0.0.0/8]}
  any: {namespace: "*", labels: {}}
  scraper: {namespace: "*", labels: {app: scraper}}
"""
    text = f"{SEVERAL}{more}flows: [{{{ends}, because: why}}]\n"
    scenario = read_scenario(text, "s.yaml")
    with pytest.raises(IntentErrors, match=f"cannot be judged: {why}") as caught:
        combine_flows(scenario, Diagram())
    assert caught.value.location.line == 11


def test_a_star_leaves_out_pairs_that_no_policy_can_be_about() -> None:
    text = f"{SEVERAL}deny: [{{from: '*', to: world, because: why}}]\n"
    flows = combine_flows(read_scenario(text, "s.yaml"), Diagram())
    assert [flow.source for flow in flows] == ["web", "cache", "job"]


def test_a_star_that_is_no_other_endpoint_is_an_error() -> None:
    text = f"{HEAD}endpoints: {{web: {{labels: {{app: web}}}}}}\n"
    text += "deny: [{from: '*', to: web, because: why}]\n"
    with pytest.raises(IntentErrors, match="cannot be judged"):
        combine_flows(read_scenario(text, "s.yaml"), Diagram())
