from __future__ import annotations

import pytest

from netsim.model.finding import Severity
from netsim.rules.network.rules_without_effect import CHECK
from tests.rules.samples import MARK, Sample, case, ids, policy, run, verify

TO_WEB = "to: [{podSelector: {matchLabels: {app: web}}}]"


def spec(*lines: str) -> str:
    return policy("api", "\n".join(("podSelector: {}", *lines)))


SAMPLES = (
    Sample("both", spec("policyTypes: [Ingress, Egress]", f"egress: [{{{TO_WEB}}}]")),
    # Egress is listed by default where there is a rule.
    Sample("default", spec(f"egress: [{{{TO_WEB}}}]")),
    Sample(
        "egress",
        spec("policyTypes: [Ingress]", "egress:", f"- {TO_WEB}  {MARK}", "- {}"),
        "shop/api",
        "shop/api: egress[0], egress[1] have no effect: policyTypes list only Ingress, so "
        "egress stays open",
        "policyTypes:\n  - Ingress\n  - Egress",
    ),
    Sample(
        "ingress",
        spec("policyTypes: [Egress]", f"ingress: [{{}}]  {MARK}"),
        "shop/api",
        "ingress[0] has no effect: policyTypes list only Egress",
        "policyTypes:\n  - Egress\n  - Ingress",
    ),
    Sample(
        "deny that denies nothing",
        spec(f"egress: []  {MARK}"),
        "shop/api",
        "`egress` without rules closes nothing: policyTypes default to Ingress",
    ),
    Sample("no value", spec(f"egress:  {MARK}"), "shop/api", "closes nothing"),
    Sample(
        "left out on purpose", spec("policyTypes: [Ingress]", f"egress: []  {MARK}"), "shop/api"
    ),
    Sample("empty types", spec("policyTypes: []", f"egress: []  {MARK}"), "shop/api"),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize(
    ("lines", "severity"),
    [
        (("policyTypes: [Ingress]", "egress: [{}]"), Severity.WARNING),
        (("egress: []",), Severity.WARNING),
        (("policyTypes: [Ingress]", "egress: []"), Severity.NOTE),
        (("egress:",), Severity.NOTE),
    ],
)
def test_severity(lines: tuple[str, ...], severity: Severity) -> None:
    (finding,) = run(CHECK, case(spec(*lines)))
    assert finding.severity is severity
