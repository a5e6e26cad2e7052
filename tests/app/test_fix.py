"""What ``fix`` writes is what it announces: for this repository, a shop, random projects."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import netsim
from netsim.app.check import CheckRequest, CheckResult, check
from netsim.app.documentation import Discovery
from netsim.app.fix import FixRequest, FixResult, Verdict, find_unwritable, fix
from netsim.app.init import InitRequest, init
from netsim.fix.writing import WriteError, write_changes
from netsim.model.finding import Finding, Severity
from tests.project import ROOT
from tests.rules.test_mutations import MUTATIONS, POLICIES
from tests.strategies import thorough

BOOKSHOP = ROOT / "docs/examples/bookshop/k8s"


def serious(findings: tuple[Finding, ...]) -> list[Finding]:
    return [each for each in findings if each.severity is not Severity.NOTE]


def fix_and_check(paths: tuple[str, ...], scenario: str | None = None) -> FixResult:
    """Writes what is found, and holds ``check`` to what was announced."""
    result = fix(FixRequest(paths, scenario=scenario))
    write_changes(result.changes)
    after = check(CheckRequest(paths, scenario=scenario))
    assert not after.errors
    announced = [each.finding.rule for each in result.left]
    assert sorted(each.rule for each in after.findings) == sorted(announced)
    # A second run finds nothing that the first did not.
    again = fix(FixRequest(paths, scenario=scenario))
    assert (again.fixed, again.changes) == ((), ())
    return result


DOCUMENTATION_IS_AT_FAULT = frozenset(("drawn-and-never",))
"""It contradicts itself, so no policy can keep it."""


@pytest.mark.parametrize("name", MUTATIONS)
def test_single_faults_of_this_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    mutation = MUTATIONS[name]
    file = tmp_path / mutation.file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    result = fix_and_check(("manifests",))
    left = name in DOCUMENTATION_IS_AT_FAULT
    assert result.verdict is (Verdict.LEFT if left else Verdict.DONE)
    if mutation.file == POLICIES:
        # The documentation is as it was, so every pair is as it was, too.
        compared = netsim.diff(ROOT / "manifests", "manifests")
        assert compared.explained == ()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The application of the pages for newcomers; all that it allows is documented."""
    shutil.copytree(BOOKSHOP, tmp_path / "k8s")
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "k8s/policies.yaml"
    text = file.read_text(encoding="utf-8")
    text = text.replace("192.168.0.0/16]", "192.168.0.0/16, 100.64.0.0/10]")
    deny = (
        "metadata: {name: default-deny, namespace: bookshop-data}\nspec:\n  podSelector: {}\n"
    )
    text = text.replace(
        f"{deny}  policyTypes: [Ingress]", f"{deny}  policyTypes: [Ingress, Egress]"
    )
    file.write_text(text, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    written = init(InitRequest(("k8s",), destination="scenarios/shop.yaml")).text
    (tmp_path / "scenarios/shop.yaml").write_text(written, encoding="utf-8")
    assert serious(check(CheckRequest(("k8s",))).findings) == []
    return file


DATA = "kubernetes.io/metadata.name: bookshop-data"
SHOP = "kubernetes.io/metadata.name: bookshop"
REDIS = "podSelector: {matchLabels: {app: redis}}"
QUEUE = f"""    - to:
        - namespaceSelector: {{matchLabels: {{{DATA}}}}}
          podSelector: {{matchLabels: {{app: queue}}}}
      ports: [{{port: 5672}}]
    - to:
        - ipBlock"""
FROM_CART = f"""  ingress:
    - from:
        - namespaceSelector: {{matchLabels: {{{SHOP}}}}}
          podSelector: {{matchLabels: {{app: cart}}}}
      ports: [{{port: redis}}]"""
FROM_ORDERS = """  ingress:
    - from:
        - podSelector: {matchLabels: {app: orders}}
      ports: [{port: http}]
  egress:
    - to:
        - ipBlock"""

# What was done, the text, what is there in its place, a finding with a text at its line, and
# how many changes repair it.
MISTAKES = {
    "misspelt label of a peer": (
        "        - podSelector: {matchLabels: {app: search}}\n      ports",
        "        - podSelector: {matchLabels: {app: serch}}\n      ports",
        ("peer-matches-nothing", "app: serch"),
        1,
    ),
    "misspelt label of the subject": (
        "name: orders, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {app: orders",
        "name: orders, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {app: order",
        ("subject-selects-nothing", "name: orders,"),
        1,
    ),
    "misspelt key of a label": (
        "name: shipping, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {app: ",
        "name: shipping, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {apq: ",
        ("subject-selects-nothing", "name: shipping,"),
        1,
    ),
    "another key for names": (
        "name: shipping, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {app: ",
        "name: shipping, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {name: ",
        ("subject-selects-nothing", "name: shipping,"),
        1,
    ),
    "a peer in the wrong namespace": (
        f"{{{DATA}}}}}\n          {REDIS}",
        f"{{{SHOP}}}}}\n          {REDIS}",
        ("peer-matches-nothing", f"namespaceSelector: {{matchLabels: {{{SHOP}}}}}"),
        1,
    ),
    "a peer without its namespace": (
        f"        - namespaceSelector: {{matchLabels: {{{DATA}}}}}\n          {REDIS}",
        f"        - {REDIS}",
        ("peer-matches-nothing", f"- {REDIS}"),
        1,
    ),
    "two items for one": (
        f"{{{DATA}}}}}\n          {REDIS}",
        f"{{{DATA}}}}}\n        - {REDIS}",
        ("peer-matches-nothing", f"- {REDIS}"),
        1,
    ),
    "a namespace by a label that it lacks": (
        f"{{{SHOP}}}}}\n          podSelector: {{matchLabels: {{app: cart}}}}",
        "{name: bookshop}}\n          podSelector: {matchLabels: {app: cart}}",
        ("namespace-label-unknown", "{name: bookshop}"),
        1,
    ),
    "another port": (QUEUE, QUEUE.replace("5672", "5673"), ("broken", "port: 5673"), 1),
    "UDP for TCP": (
        "[{port: redis}]",
        "[{port: 6379, protocol: UDP}]",
        ("broken", "protocol: UDP}"),
        1,
    ),
    "a name of a port that no pod has": (
        "[{port: amqp}]",
        "[{port: ampq}]",
        ("named-port-unresolved", "port: ampq"),
        1,
    ),
    "no egress side": (QUEUE, "    - to:\n        - ipBlock", ("broken", "name: mailer,"), 1),
    "no ingress side": (
        FROM_CART,
        "  policyTypes: [Ingress]",
        ("broken", "name: redis,"),
        1,
    ),
    "a default deny of some pods": (
        "default-deny, namespace: bookshop}\nspec:\n  podSelector: {}",
        "default-deny, namespace: bookshop}\nspec:\n  podSelector: {matchLabels: {app: web}}",
        ("exposed", ""),
        1,
    ),
    "an ipBlock that opens pods": (
        "[10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10]}\n      ports: [{port: 443",
        "[172.16.0.0/12, 192.168.0.0/16, 100.64.0.0/10]}\n      ports: [{port: 443",
        ("exposed", "ipBlock: {cidr: 0.0.0.0/0, except: [172"),
        1,
    ),
    "DNS on another port": (
        "[{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]",
        "[{protocol: UDP, port: 5353}, {protocol: TCP, port: 5353}]",
        ("dns-blocked", "name: default-deny, namespace: bookshop}"),
        2,
    ),
    "a rule for everyone": (
        FROM_ORDERS,
        FROM_ORDERS.replace(
            "    - from:\n        - podSelector: {matchLabels: {app: orders}}\n      ports",
            "    - ports",
        ),
        ("exposed", "    - ports: [{port: http}]"),
        1,
    ),
    "a policy in the wrong namespace": (
        "{name: redis, namespace: bookshop-data}",
        "{name: redis, namespace: bookshop}",
        ("subject-selects-nothing", "{name: redis,"),
        1,
    ),
    "a misspelt namespace": (
        "{name: queue, namespace: bookshop-data}",
        "{name: queue, namespace: bookshop-dat}",
        ("namespace-misspelt", "{name: queue,"),
        1,
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_that_people_make(shop: Path, name: str) -> None:
    old, new, (rule, at), changes = MISTAKES[name]
    before = netsim.list_connections("k8s").pairs
    text = shop.read_text(encoding="utf-8")
    assert old in text
    shop.write_text(text.replace(old, new, 1), encoding="utf-8")
    found = [each for each in check(CheckRequest(("k8s",))).findings if each.rule == rule]
    lines = shop.read_text(encoding="utf-8").splitlines()
    if at:
        assert any(at in lines[each.location.line - 1] for each in found)
    result = fix_and_check(("k8s",))
    assert (result.verdict, len(result.fixed)) == (Verdict.DONE, changes)
    assert netsim.list_connections("k8s").pairs == before


APPS = ("web", "api", "db", "job")
PORTS = (80, 443, 5432)


@st.composite
def _policies(draw: st.DrawFn) -> str:
    parts = []
    for number in range(draw(st.integers(0, 3))):
        subject = draw(st.sampled_from(("{}", *(f"{{app: {each}}}" for each in APPS))))
        types = draw(st.sampled_from(("[Ingress]", "[Egress]", "[Ingress, Egress]")))
        lines = [
            "apiVersion: networking.k8s.io/v1",
            "kind: NetworkPolicy",
            f"metadata: {{name: p{number}, namespace: shop}}",
            "spec:",
            f"  podSelector: {'{}' if subject == '{}' else f'{{matchLabels: {subject}}}'}",
            f"  policyTypes: {types}  # as agreed",
        ]
        for field, word in (("ingress", "from"), ("egress", "to")):
            rules = []
            for _ in range(draw(st.integers(0, 2))):
                peers = draw(st.lists(st.sampled_from(APPS), max_size=2, unique=True))
                ports = draw(st.lists(st.sampled_from(PORTS), max_size=2, unique=True))
                items = [f"{{podSelector: {{matchLabels: {{app: {each}}}}}}}" for each in peers]
                rule = [f"{word}: [{', '.join(items)}]"] if items else []
                numbers = ", ".join(f"{{port: {each}}}" for each in ports)
                rule += [f"ports: [{numbers}]"] if ports else []
                rules.append(f"    - {{{', '.join(rule)}}}")
            if rules and field.title() in types:
                lines += [f"  {field}:", *rules]
        parts.append("\n".join(lines))
    return "".join(f"---\n{each}\n" for each in parts)


@st.composite
def _flows(draw: st.DrawFn) -> str:
    pairs = st.tuples(st.sampled_from(APPS), st.sampled_from(APPS), st.sampled_from(PORTS))
    chosen = draw(
        st.lists(pairs.filter(lambda each: each[0] != each[1]), max_size=4, unique=True)
    )
    entries = "".join(
        f"  - {{from: {source}, to: {to}, ports: [{port}], because: it is so}}\n"
        for source, to, port in chosen
    )
    return f"flows:{'' if entries else ' []'}\n{entries}"


@contextmanager
def _project(policies: str, flows: str, ends: str) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        pods = "---\n".join(
            f"apiVersion: v1\nkind: Pod\nmetadata: {{name: {each}, namespace: shop, "
            f"labels: {{app: {each}}}}}\nspec: {{containers: [{{name: it, image: it:1}}]}}\n"
            for each in APPS
        )
        (Path(folder) / "all.yaml").write_bytes(
            (pods + policies).replace("\n", ends).encode("utf-8")
        )
        names = "".join(f"  {each}: {{labels: {{app: {each}}}}}\n" for each in APPS)
        scenario = Path(folder) / "scenario.yaml"
        scenario.write_text(f"namespace: shop\nendpoints:\n{names}{flows}", encoding="utf-8")
        yield str(Path(folder) / "all.yaml"), str(scenario)


def _count_pairs(result: CheckResult, what: str) -> int:
    ports = (getattr(each, what) for each in result.judgements)
    return sum(bool(each) for each in ports)


@given(_policies(), _flows(), st.sampled_from(("\n", "\r\n")))
@thorough(25)
def test_random_projects(policies: str, flows: str, ends: str) -> None:
    with _project(policies, flows, ends) as (file, scenario):
        before = check(CheckRequest((file,), scenario=scenario))
        text = Path(file).read_bytes()
        result = fix_and_check((file,), scenario)
        event(f"{result.verdict}, {len(result.fixed)} fixes")
        after = check(CheckRequest((file,), scenario=scenario))
        for what in ("broken", "exposed", "forbidden"):
            assert _count_pairs(after, what) <= _count_pairs(before, what)
        assert len(serious(after.findings)) <= len(serious(before.findings))
        # All that the hunks leave alone is as it was.
        written = Path(file).read_bytes()
        assert written.count(b"\r\n") in (0, written.count(b"\n"))
        for each in result.changes:
            body = each.diff.splitlines()[2:]
            kept = [line[1:] for line in body if line.startswith((" ", "+"))]
            assert set(kept) <= set(written.decode().splitlines())
        assert bool(result.changes) is (written != text)


@pytest.mark.parametrize("command", [["patch", "-p1", "-s"], ["git", "apply"]])
def test_tools_take_the_diff(shop: Path, command: list[str]) -> None:
    old, new, *_ = MISTAKES["a policy in the wrong namespace"]
    text = shop.read_text(encoding="utf-8")
    shop.write_text(text.replace(old, new, 1), encoding="utf-8")
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    subprocess.run(["git", "init", "-q"], check=True)
    diff = "".join(each.diff for each in fix(FixRequest(("k8s",))).changes)
    subprocess.run(command, input=diff, text=True, check=True)
    assert shop.read_text(encoding="utf-8") == text


def test_nothing_is_fixed_where_a_document_is_rejected(shop: Path) -> None:
    text = shop.read_text(encoding="utf-8")
    shop.write_text(f"{text.replace('app: search', 'app: serch', 1)}\n---\nkind: [", "utf-8")
    result = fix(FixRequest(("k8s",)))
    assert (result.verdict, result.fixed, result.changes) == (Verdict.BAD_INPUT, (), ())


def test_only_rules_that_are_named(shop: Path) -> None:
    text = shop.read_text(encoding="utf-8")
    for name in ("misspelt label of a peer", "UDP for TCP"):
        old, new, *_ = MISTAKES[name]
        text = text.replace(old, new, 1)
    shop.write_text(text, encoding="utf-8")
    result = fix(FixRequest(("k8s",), rules=("peer-matches-nothing",)))
    assert [each.finding.rule for each in result.fixed] == ["peer-matches-nothing"]
    assert [each.finding.rule for each in result.left if each.finding.flows] == ["broken"]


def test_a_file_that_changed_meanwhile_is_not_written(shop: Path) -> None:
    text = shop.read_text(encoding="utf-8")
    old, new, *_ = MISTAKES["UDP for TCP"]
    shop.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = fix(FixRequest(("k8s",)))
    shop.write_text("# mine\n", encoding="utf-8")
    with pytest.raises(WriteError, match="has changed since it was read"):
        write_changes(result.changes)
    assert shop.read_text(encoding="utf-8") == "# mine\n"


def test_links_and_modes_stay(shop: Path, tmp_path: Path) -> None:
    text = shop.read_text(encoding="utf-8")
    old, new, *_ = MISTAKES["UDP for TCP"]
    real = tmp_path / "real.yaml"
    real.write_text(text.replace(old, new, 1), encoding="utf-8")
    real.chmod(0o640)
    shop.unlink()
    shop.symlink_to(real)
    write_changes(fix(FixRequest(("k8s",))).changes)
    assert shop.is_symlink()
    assert real.stat().st_mode & 0o777 == 0o640
    assert fix(FixRequest(("k8s",))).changes == ()


@pytest.mark.parametrize(
    ("path", "why"),
    [("-", "standard input"), ("HEAD:k8s", "a git revision"), ("k8s", None)],
)
def test_what_can_be_written(path: str, why: str | None) -> None:
    found = find_unwritable([path])
    assert (found is None) if why is None else (found is not None and why in found)


def test_standard_input_has_fixes_by_hand(shop: Path) -> None:
    text = "\n---\n".join(each.read_text("utf-8") for each in sorted(shop.parent.iterdir()))
    old, new, *_ = MISTAKES["UDP for TCP"]
    request = FixRequest(("-",), stdin=StringIO(text.replace(old, new, 1)))
    result = fix(request)
    assert (result.fixed, result.changes) == ((), ())
    (left,) = (each for each in result.left if each.finding.rule == "broken")
    assert left.reasons == ("<stdin>: it is standard input",)


def test_without_a_scenario_a_slip_is_fixed(shop: Path) -> None:
    text = shop.read_text(encoding="utf-8")
    old, new, *_ = MISTAKES["misspelt label of a peer"]
    shop.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = fix(FixRequest(("k8s",), discovery=Discovery.NONE))
    assert [each.finding.rule for each in result.fixed] == ["peer-matches-nothing"]


def test_without_a_scenario_nothing_is_denied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pods = "".join(
        f"""---
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, labels: {{app: {name}}}}}
spec: {{containers: [{{name: main, image: shop:1.2.3, ports: [{{containerPort: 80}}]}}]}}
"""
        for name in ("api", "web")
    )
    policy = """---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec: {podSelector: {matchLabels: {app: api}}}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
"""
    Path("all.yaml").write_text(pods + policy, encoding="utf-8")
    result = fix(FixRequest(("all.yaml",), discovery=Discovery.NONE))
    assert result.changes == ()
    # Who may reach the other workload is documented nowhere.
    assert "workload-not-isolated" in {each.finding.rule for each in result.left}


SHUT_FROM_ABOVE = """\
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: api, namespace: shop}
spec:
  podSelector: {matchLabels: {app: api}}
  ingress: [{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 80}]}]
---
apiVersion: policy.networking.k8s.io/VERSION
kind: KIND
metadata: {name: top}
spec:
  priority: 10
  subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: api}}}}
  ingress:
    # nobody comes in
    - {action: Deny, from: [{namespaces: {}}]}
"""
DOCUMENTED = "flows:\n  - {from: web, to: api, ports: [80], because: it asks}\n"
OPEN = "".join(
    f"  - {{from: {source}, to: {to}, because: it may}}\n"
    for source in APPS
    for to in APPS
    if source != to and to != "api"
)


@pytest.mark.parametrize(
    ("version", "kind", "more"),
    [
        ("v1alpha1", "AdminNetworkPolicy", ""),
        ("v1alpha2", "ClusterNetworkPolicy", "  tier: Admin\n"),
    ],
)
def test_a_denial_of_an_admin_tier_is_passed_by(version: str, kind: str, more: str) -> None:
    policies = SHUT_FROM_ABOVE.replace("VERSION", version).replace("KIND", kind)
    policies = policies.replace("  priority: 10\n", f"  priority: 10\n{more}")
    with _project(policies, DOCUMENTED + OPEN, "\n") as (file, scenario):
        result = fix(FixRequest((file,), scenario=scenario, rules=("broken",)))
        (fixed,) = result.fixed
        assert fixed.words == f"Add this before spec.ingress[0] of {kind} top."
        text = fixed.changes[0].after
        # The comment stays with the rule that it is about.
        assert text.index("action: Pass") < text.index("# nobody comes in")


def test_two_rules_that_open_the_same(shop: Path) -> None:
    """Each is a finding; the fix of one leaves the other, and both are made."""
    text = shop.read_text(encoding="utf-8")
    rule = "  ingress:\n    - {}\n    - {}\n    - from:\n"
    shop.write_text(text.replace("  ingress:\n    - from:\n", rule, 1), encoding="utf-8")
    shown = [each for each in check(CheckRequest(("k8s",))).findings if each.rule == "exposed"]
    assert [each.fix.split(" of ")[0] for each in shown] == [
        "Remove spec.ingress[0]",
        "Remove spec.ingress[1]",
    ]
    assert fix_and_check(("k8s",)).verdict is Verdict.DONE
    assert shop.read_text(encoding="utf-8") == text
