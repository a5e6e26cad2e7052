"""Reviews of random changes, against what two checks and a diff say of the same states."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from netsim.app.base import BaseFolder
from netsim.app.check import CheckRequest, CheckResult, Proofs, check
from netsim.app.diff import DiffRequest, diff
from netsim.app.documented_state import DocumentedState
from netsim.app.input import InputRequest
from netsim.app.review import ReviewRequest, Verdict, review
from netsim.judge.worsening import find_worsenings
from netsim.model.finding import Finding, Severity
from tests.fakes.pull_requests import write_workload

Files = dict[str, str]

SCENARIO = "scenarios/all.yaml"
APPS = ("web", "api", "db", "job")
NAMESPACES = ("shop", "ops")
PEERS = (
    *(f"{{podSelector: {{matchLabels: {{app: {app}}}}}}}" for app in APPS),
    "{podSelector: {}}",
    "{namespaceSelector: {}}",
    "{ipBlock: {cidr: 0.0.0.0/0}}",
    "{ipBlock: {cidr: 192.0.2.0/24}}",
)
PORTS = ("[]", "[{port: 80}]", "[{port: 80, endPort: 90}]", "[{protocol: UDP, port: 53}]")
DENY = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: deny, namespace: {}}}
spec: {{podSelector: {{}}, policyTypes: [Ingress, Egress]}}
"""


def write_policy(rng: Random, name: str) -> str:
    subject = rng.choice(("{}", *(f"{{matchLabels: {{app: {app}}}}}" for app in APPS)))
    lines = [
        "apiVersion: networking.k8s.io/v1",
        "kind: NetworkPolicy",
        f"metadata: {{name: {name}, namespace: {rng.choice(NAMESPACES)}}}",
        "spec:",
        f"  podSelector: {subject}",
        f"  policyTypes: [{rng.choice(('Ingress', 'Egress', 'Ingress, Egress'))}]",
    ]
    for direction, word in (("Ingress", "from"), ("Egress", "to")):
        if direction in lines[5]:
            rules = (
                f"{{{word}: [{rng.choice(PEERS)}], ports: {rng.choice(PORTS)}}}"
                for _ in range(rng.randrange(3))
            )
            lines.append(f"  {direction.lower()}: [{', '.join(rules)}]")
    return "\n".join((*lines, ""))


def write_app(rng: Random, name: str) -> str:
    text = write_workload(name, rng.choice((80, 5432)))
    return text.replace("namespace: shop", f"namespace: {rng.choice(NAMESPACES)}")


def write_scenario(rng: Random) -> str:
    names = ["web", *(app for app in APPS[1:] if rng.random() < 0.8), "net"]
    ends = ["  net: {addresses: [192.0.2.0/24]}"]
    for name in names[:-1]:
        where = rng.choice(("shop", "shop", "ops"))
        ends.append(f"  {name}: {{labels: {{app: {name}}}, namespace: {where}}}")
    pairs = {("web", "net"): "80"} | {
        (first, second): rng.choice(("80", "5432", "80-90"))
        for first in names[:-1]
        for second in names
        if first != second and rng.random() < 0.3
    }
    flows = (
        f"  - {{from: {first}, to: {second}, ports: [TCP {ports}], because: it does}}"
        for (first, second), ports in pairs.items()
    )
    head = f"namespace: {rng.choice(NAMESPACES)}"
    return "\n".join((head, "endpoints:", *ends, "flows:", *flows, ""))


def make_project(rng: Random) -> Files:
    files = {f"manifests/{app}.yaml": write_app(rng, app) for app in APPS[: rng.randint(2, 4)]}
    for number in range(rng.randint(1, 4)):
        files[f"manifests/p{number}.yaml"] = write_policy(rng, f"p{number}")
    if rng.random() < 0.6:
        files |= {f"manifests/deny-{each}.yaml": DENY.format(each) for each in NAMESPACES}
    if rng.random() < 0.8:
        files[SCENARIO] = write_scenario(rng)
    return files


def change(rng: Random, files: Files) -> Files:
    """A file is written anew, added, removed, or its policy gets another name."""
    changed = dict(files)
    for _ in range(rng.randint(1, 2)):
        file = rng.choice([*changed, SCENARIO, "manifests/p8.yaml", "manifests/new.yaml"])
        name = Path(file).stem
        is_policy = name.startswith(("p", "deny"))
        if file in changed and rng.random() < 0.3 and (is_policy or file == SCENARIO):
            del changed[file]
        elif file in changed and is_policy and rng.random() < 0.3:
            changed[file] = changed[file].replace("{name: ", "{name: other-")
        elif file == SCENARIO:
            changed[file] = write_scenario(rng)
        else:
            changed[file] = write_policy(rng, name) if is_policy else write_app(rng, name)
    return changed


def write(folder: Path, files: Files) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    for file, text in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(text)


def list_serious(result: CheckResult) -> list[Finding]:
    return [each for each in result.findings if each.severity is not Severity.NOTE]


def list_subjects(result: CheckResult) -> set[str]:
    """The rules that find anything and the policies they find it in, whatever their names."""
    found = ((each.rule, each.policy) for each in list_serious(result) if not each.flows)
    return {f"{rule} in {policy}".replace("other-", "") for rule, policy in found}


@pytest.mark.parametrize("seed", range(6))
def test_a_verdict_is_that_of_two_checks_and_a_diff(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    rng = Random(seed)  # noqa: S311 -- no secret
    before, now = tmp_path / "before", tmp_path / "now"
    seen = set()
    for _ in range(12):
        files = make_project(rng)
        changed = change(rng, files)
        write(before, files)
        write(now, changed)
        monkeypatch.chdir(before)
        was = check(CheckRequest(("manifests",), proofs=Proofs.NONE))
        monkeypatch.chdir(now)
        is_ = check(CheckRequest(("manifests",), proofs=Proofs.NONE))
        base = BaseFolder(str(before))
        found = review(ReviewRequest(("manifests",), base=base, proofs=Proofs.NONE))
        reasons = [*list_reasons(was, is_, str(before / "manifests"))]
        seen.add(found.verdict)
        if found.verdict is Verdict.CLEAN:
            assert reasons == [], (files, changed)
        elif found.verdict is Verdict.WORSE and not reasons:
            # The same policy has the same fault in another place.
            messages = {each.message for each in list_serious(was)}
            assert any(e.message not in messages for e in list_serious(is_)), (files, changed)
    assert {Verdict.CLEAN, Verdict.WORSE} <= seen


def list_reasons(was: CheckResult, is_: CheckResult, before: str) -> Iterator[str]:
    """What speaks against a change by itself."""
    yield from map(str, find_worsenings(was.judgements, is_.judgements))
    yield from list_subjects(is_) - list_subjects(was)
    compared = diff(DiffRequest(InputRequest((before,)), InputRequest(("manifests",))))
    for each in compared.explained:
        if each.difference.opened and each.opening is not DocumentedState.DOCUMENTED:
            yield f"opens {each.difference}"
    is_documented = is_.coverage.scenario is not None
    for each in compared.arrivals:
        if is_documented and each.opening is not DocumentedState.DOCUMENTED:
            yield f"comes with {each.difference}"
    if was.coverage.flows and not is_documented:
        yield "nothing is documented any more"
