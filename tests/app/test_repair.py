"""Many fixes take few proofs: what has nothing to do with each other is proven together."""

from __future__ import annotations

from pathlib import Path

import pytest

from netsim.app.check import CheckRequest, check
from netsim.app.fix import FixRequest, fix
from netsim.app.judge import Judge
from netsim.fix.proof import State
from netsim.fix.workspace import Workspace
from netsim.fix.writing import write_changes
from tests.rules.samples import documents, pod, policy

NUMBER = 16
SERVERS = [f"s{number}" for number in range(NUMBER)]


def admit(name: str) -> str:
    """A policy that admits the client on another port than is documented."""
    rule = "{from: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: 81}]}"
    return policy(name, f"podSelector: {{matchLabels: {{app: {name}}}}}\ningress: [{rule}]")


def test_independent_findings_are_proven_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    pods = [pod(name) for name in ("web", *SERVERS)]
    shut = policy("shut", "podSelector: {}\npolicyTypes: [Ingress]")
    Path("all.yaml").write_text(documents(*pods, shut, *map(admit, SERVERS)), "utf-8")
    ends = "".join(f"  {each}: {{labels: {{app: {each}}}}}\n" for each in ("web", *SERVERS))
    flow = f"{{from: web, to: [{', '.join(SERVERS)}], ports: [TCP 80], because: it is}}"
    Path("scenario.yaml").write_text(
        f"namespace: shop\ndirections: [ingress]\nendpoints:\n{ends}flows: [{flow}]\n", "utf-8"
    )
    judged = []

    def judge(self: Judge, workspace: Workspace) -> State:
        judged.append(workspace)
        return called(self, workspace)

    called = Judge.__call__
    monkeypatch.setattr(Judge, "__call__", judge)
    result = fix(FixRequest(("all.yaml",), scenario="scenario.yaml"))
    broken = [each for each in result.fixed if each.finding.rule == "broken"]
    assert len(broken) == NUMBER
    assert len(judged) < NUMBER
    write_changes(result.changes)
    after = check(CheckRequest(("all.yaml",), scenario="scenario.yaml"))
    assert not [each for each in after.findings if each.rule in ("broken", "exposed")]
    # Each part of the output is what one finding changes.
    assert all(each.changes[0].diff.count("\n@@") == 1 for each in broken)
