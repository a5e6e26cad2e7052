"""Which pairs a check lists, and what becomes of them where there is no room."""

from __future__ import annotations

import re
from io import StringIO
from pathlib import Path

import pytest

from netsim.app.check import CheckRequest, CheckResult, check
from netsim.report.render import Format, render
from netsim.report.style import Detail, Pairs, Terminal

SPACES = 10


DNS = """
    - to:
        - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: kube-system}}
          podSelector: {matchLabels: {k8s-app: kube-dns}}
      ports: [{port: 53, protocol: UDP}, {port: 53}]
"""


def write_workload(number: int) -> str:
    """A workload that the next one of its namespace may ask."""
    name, space = f"w{number}", f"team-{number % SPACES}"
    return f"""
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: {space}}}
spec:
  selector: {{matchLabels: {{app: {name}}}}}
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec: {{containers: [{{name: c, image: i:1}}]}}
"""


def write_policies(number: int) -> str:
    name, space, peer = f"w{number}", f"team-{number % SPACES}", f"w{number + SPACES}"
    return f"""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: to-{name}, namespace: {space}}}
spec:
  podSelector: {{matchLabels: {{app: {name}}}}}
  ingress: [{{from: [{{podSelector: {{matchLabels: {{app: {peer}}}}}}}]}}]
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: from-{peer}, namespace: {space}}}
spec:
  podSelector: {{matchLabels: {{app: {peer}}}}}
  policyTypes: [Egress]
  egress:
    - to: [{{podSelector: {{matchLabels: {{app: {name}}}}}}}]{DNS}"""


def write_default(space: int) -> str:
    return f"""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: default, namespace: team-{space}}}
spec:
  podSelector: {{}}
  policyTypes: [Ingress, Egress]
  egress:{DNS}"""


def write_scenario(workloads: int) -> str:
    names = [f"w{number}" for number in range(workloads)]
    spaces = [f"team-{number}" for number in range(SPACES)]
    ends = [
        f"  {name}: {{namespace: team-{number % SPACES}, labels: {{app: {name}}}}}"
        for number, name in enumerate(names)
    ]
    ends += [f"  any-{space}: {{namespace: {space}, labels: {{}}}}" for space in spaces]
    ends.append("  dns: {namespace: kube-system, labels: {k8s-app: kube-dns}}")
    flows = [
        f"  - {{from: {name}, to: w{number}, because: it asks}}"
        for number, name in enumerate(names[SPACES:])
    ]
    flows += [
        f"  - {{from: any-{space}, to: dns, ports: [UDP 53, TCP 53], because: names}}"
        for space in spaces
    ]
    listed = ", ".join(spaces)
    return "\n".join([f"namespaces: [{listed}]", "endpoints:", *ends, "flows:", *flows, ""])


INGRESS = "directions: [ingress]\n"


def run(folder: Path, workloads: int, lacking: int = 0, more: str = "") -> CheckResult:
    """The check of so many workloads in ten namespaces, of which some lack a default deny."""
    scenario = folder / "scenario.yaml"
    scenario.write_text(more + write_scenario(workloads), encoding="utf-8")
    documents = [write_workload(number) for number in range(workloads)]
    documents += [write_policies(number) for number in range(workloads - SPACES)]
    documents += [write_default(space) for space in range(lacking, SPACES)]
    request = CheckRequest(
        ("-",), stdin=StringIO("---".join(documents)), scenario=str(scenario)
    )
    return check(request)


@pytest.fixture(scope="module")
def passing(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    return run(tmp_path_factory.mktemp("passing"), 200)


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> CheckResult:
    return run(tmp_path_factory.mktemp("failing"), 40, lacking=2)


def lines_of(result: CheckResult, terminal: Terminal) -> list[str]:
    return render(result, Format.TEXT, terminal).splitlines()


@pytest.mark.parametrize("width", [40, 80, 200])
def test_two_hundred_workloads_that_pass_take_a_screen(
    passing: CheckResult, width: int
) -> None:
    lines = lines_of(passing, Terminal(width))
    assert len(lines) <= 12
    text = " ".join(lines)
    assert "400 pairs connect as documented, and no other (--table all shows each)" in text


@pytest.mark.parametrize("width", [40, 100, 200])
def test_the_verdict_is_first_and_last(failing: CheckResult, width: int) -> None:
    first, *_, last = lines_of(failing, Terminal(width))
    assert first.startswith("failed: ")
    assert first == last


@pytest.mark.parametrize(
    ("width", "head"), [(60, "from    to"), (200, "from \\ to  kube-system")]
)
def test_a_matrix_without_room_is_one_of_namespaces(
    passing: CheckResult, width: int, head: str
) -> None:
    lines = lines_of(passing, Terminal(width, pairs=Pairs.ALL))
    assert lines[2].startswith(head)
    assert sum("✓ 19" in line for line in lines) == SPACES
    assert all(len(line) <= width for line in lines)
    assert "numbers count pairs" in " ".join(lines)


def test_tables_are_wider_than_prose(passing: CheckResult) -> None:
    lines = lines_of(passing, Terminal(60, columns=200, pairs=Pairs.ALL))
    assert max(map(len, lines[:14])) > 60


def test_many_problems_are_counted_by_namespace(failing: CheckResult) -> None:
    table = lines_of(failing, Terminal(100))[2:]
    table = table[: table.index("")]
    assert table[0].startswith("from \\ to")
    assert "team-2" not in table[0]
    # What stands for no problem there is no statement.
    assert not any("·" in line for line in table)
    assert table[-1].startswith("76 other pairs connect as documented")


def test_no_table(failing: CheckResult) -> None:
    lines = lines_of(failing, Terminal(100, pairs=Pairs.NONE))
    assert lines[2].startswith("error ")
    assert not any(line.startswith("from") for line in lines)


@pytest.mark.parametrize(
    ("pairs", "head"), [(Pairs.PROBLEMS, "| from | to | what |"), (Pairs.ALL, "| from / to | ")]
)
def test_markdown(failing: CheckResult, pairs: Pairs, head: str) -> None:
    text = render(failing, Format.MARKDOWN, Terminal(pairs=pairs))
    assert text.count("| from") == 1
    assert head in text
    assert "| from" not in render(failing, Format.MARKDOWN, Terminal(pairs=Pairs.NONE))


def test_a_change_is_written_once(failing: CheckResult) -> None:
    changes = [each for each in failing.findings if "name: default-deny" in each.patch]
    different = {(each.fix, each.patch) for each in changes}
    assert len(changes) > len(different)
    for form in (Format.TEXT, Format.MARKDOWN):
        text = render(failing, form, Terminal(400))
        assert text.count("name: default-deny") == len(different)
        assert text.lower().count("the same change as above, for exposed at") == (
            len(changes) - len(different)
        )


SHUT = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: shut, namespace: team-0}
spec: {podSelector: {}, policyTypes: [Ingress, Egress]}
"""
WAY = """
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: way, namespace: team-0}
spec:
  podSelector: {}
  egress: [{to: [{ipBlock: {cidr: 8.8.8.8/32}}], ports: [{port: 80}]}]
"""
REJECTED = SHUT.replace("podSelector", "podSelecter").replace("shut", "misspelt")
ELSEWHERE = """
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: some, namespace: elsewhere}
spec: {endpointSelector: {}, ingress: [{}]}
"""
SCENARIO = """
namespace: team-0
endpoints:
  team-0: {labels: {}}
  outside: {addresses: [8.8.8.8/32]}
"""
ALLOWED = "flows: [{from: team-0, to: outside, ports: [80], because: it asks}]"
DENIED = "deny: [{from: team-0, to: outside, because: it must not}]"


def check_one(folder: Path, flows: str, *policies: str) -> CheckResult:
    """The check of a namespace with one workload."""
    scenario = folder / "scenario.yaml"
    scenario.write_text(f"{SCENARIO}{flows}", encoding="utf-8")
    text = "---".join((write_workload(0), *policies))
    return check(CheckRequest(("-",), stdin=StringIO(text), scenario=str(scenario)))


@pytest.mark.parametrize("more", [(), (REJECTED,), (ELSEWHERE,)])
@pytest.mark.parametrize(
    ("flows", "policies", "said"),
    [
        (ALLOWED, (WAY,), "1 pair connects as documented, and no other"),
        (DENIED, (), "no pair connects, as documented"),
    ],
)
def test_no_more_is_said_than_was_read_and_judged(
    tmp_path: Path, more: tuple[str, ...], flows: str, policies: tuple[str, ...], said: str
) -> None:
    result = check_one(tmp_path, flows, SHUT, *policies, *more)
    known = ", as far as is known" if more else ""
    _, _, line, *_ = lines_of(result, Terminal(200))
    assert line.removesuffix(" (--table all shows each)") == f"{said}{known}"
    for reader in (Format.TEXT, Format.MARKDOWN):
        text = render(result, reader, Terminal(200, pairs=Pairs.ALL))
        assert f"Nothing reaches any other pod in team-0{known}." in text
        # A matrix has rows.
        assert ("from" in text) is (flows == ALLOWED)


def test_what_a_scenario_leaves_open_is_not_documented(tmp_path: Path) -> None:
    way = SHUT.replace("[Ingress, Egress]", "[Ingress]")
    result = check_one(tmp_path, INGRESS + ALLOWED, way)
    assert lines_of(result, Terminal(200))[2] == (
        "3 pairs connect as the scenario leaves open, and no other (--table all shows each)"
    )
    large = run(tmp_path, 40, 2, INGRESS)
    _, _, head, *rows = lines_of(large, Terminal(200, pairs=Pairs.ALL))
    row = next(each for each in rows if each.startswith("team-0 "))
    cells = dict(zip(re.split(" {2,}", head), re.split(" {2,}", row), strict=True))
    assert (cells["another namespace"], cells["team-1"], cells["team-2"]) == ("○ 2", "! 4", "·")


def test_namespaces_that_nobody_judged_are_not_denied(failing: CheckResult) -> None:
    _, _, head, outside, *_ = lines_of(failing, Terminal(200, pairs=Pairs.ALL))
    cells = dict(zip(re.split(" {2,}", head), re.split(" {2,}", outside), strict=True))
    assert cells["from \\ to"] == "another namespace"
    assert (cells["any address"], cells["team-0"], cells["team-2"]) == ("–", "! 2", "·")


def test_only_the_verdict(failing: CheckResult) -> None:
    full = render(failing, Format.TEXT, Terminal(200))
    brief = render(failing, Format.TEXT, Terminal(200, detail=Detail.VERDICT))
    assert brief == f"{full.splitlines()[0]}\n"
