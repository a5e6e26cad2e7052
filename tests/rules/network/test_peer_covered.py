from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from netsim.model.finding import Severity
from netsim.model.labels import Selector
from netsim.rules.network.peer_covered import CHECK, _implies
from tests.rules.samples import (
    MARK,
    Sample,
    case,
    documents,
    ids,
    namespace,
    policy,
    run,
    verify,
    write_patch,
)
from tests.strategies.parts import POD_LABELS, POD_SELECTORS

TEAM = "{namespaceSelector: {matchLabels: {team: a}}}"
ANYWHERE = "{namespaceSelector: {}}"
WEB = "{podSelector: {matchLabels: {app: web}}}"
SHOP = namespace("shop", "team: a")


def peers(*items: str, word: str = "from") -> str:
    direction = "ingress" if word == "from" else "egress"
    lines = "\n".join(f"  - {item}" for item in items)
    return policy("api", f"podSelector: {{}}\n{direction}:\n- {word}:\n{lines}")


def marked(item: str) -> str:
    return f"{item}  {MARK}"


def block(cidr: str, *exceptions: str) -> str:
    return f"{{ipBlock: {{cidr: '{cidr}', except: [{', '.join(exceptions)}]}}}}"


def expression(operator: str, values: str = "") -> str:
    inner = f"{{key: app, operator: {operator}{f', values: [{values}]' if values else ''}}}"
    return f"{{podSelector: {{matchExpressions: [{inner}]}}}}"


SAMPLES = (
    Sample("one", peers(WEB)),
    Sample(
        "one item", peers("{namespaceSelector: {}, podSelector: {matchLabels: {app: web}}}")
    ),
    Sample(
        "two items that were to be one",
        peers(ANYWHERE, marked(WEB)),
        "shop/api",
        "shop/api ingress[0]: from[1] (pods with app=web of its own namespace) adds nothing to "
        "from[0] (every pod of any namespace); items of the list are alternatives",
        "- namespaceSelector: {}\n  podSelector:\n    matchLabels:\n      app: web",
    ),
    Sample("the other way round", peers(marked(WEB), ANYWHERE, word="to"), "shop/api", "to[0]"),
    # The labels of the namespace tell.
    Sample("namespaces with its own", documents(SHOP, peers(TEAM, marked(WEB))), "shop/api"),
    Sample("other namespaces", documents(namespace("shop"), peers(TEAM, WEB))),
    Sample("a namespace that was not read", peers(TEAM, WEB)),
    Sample(
        "its own by name",
        peers(
            "{podSelector: {}}",
            marked("{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: shop}}}"),
        ),
        "shop/api",
    ),
    Sample("different pods", peers(WEB, "{podSelector: {matchLabels: {app: api}}}")),
    Sample(
        "fewer labels",
        peers(marked("{podSelector: {matchLabels: {app: web, tier: a}}}"), WEB),
        "shop/api",
        "from[0] (pods with app=web,tier=a of its own namespace) adds nothing to from[1]",
    ),
    Sample("twice", peers(WEB, marked(WEB)), "shop/api", "from[1]"),
    Sample("values", peers(marked(WEB), expression("In", "web, api")), "shop/api"),
    Sample("existing", peers(marked(WEB), expression("Exists")), "shop/api"),
    Sample("not another", peers(marked(WEB), expression("NotIn", "api")), "shop/api"),
    Sample("not this", peers(WEB, expression("NotIn", "web"))),
    Sample("without", peers(WEB, expression("DoesNotExist"))),
    Sample(
        "a missing label is not in any list",
        peers(marked(expression("DoesNotExist")), expression("NotIn", "web")),
        "shop/api",
    ),
    Sample(
        "a block within another",
        peers(block("10.1.0.0/16"), marked(block("10.1.2.0/24")), word="to"),
        "shop/api",
        "to[1] (an address of 10.1.2.0/24) adds nothing to to[0] (an address of 10.1.0.0/16)",
    ),
    Sample(
        "a block within an exception",
        peers(block("10.1.0.0/16", "10.1.2.0/24"), block("10.1.2.0/24")),
    ),
    Sample(
        "beside an exception",
        peers(block("10.1.0.0/16", "10.1.2.0/24"), marked(block("10.1.3.0/24"))),
        "shop/api",
    ),
    Sample(
        "equal blocks", peers(block("10.1.0.0/16"), marked(block("10.1.0.0/16"))), "shop/api"
    ),
    Sample("two families", peers(block("0.0.0.0/0"), block("::/0"))),
    # What a block holds of pods is another matter.
    Sample("a block and pods", peers(block("0.0.0.0/0"), WEB)),
    # Which namespaces two selectors have in common is not known.
    Sample(
        "two kinds of namespaces",
        peers(TEAM, "{namespaceSelector: {matchLabels: {zone: b}}}"),
    ),
    # app may be web in the end.
    Sample(
        "a value to be filled in",
        peers(expression("NotIn", '"${APP}"'), WEB),
    ),
    Sample(
        "a value that it can't become",
        peers(expression("NotIn", '"${APP}-job"'), marked(WEB)),
        "shop/api",
        "adds nothing to from[0]",
    ),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize(
    ("items", "severity"),
    [
        ((ANYWHERE, WEB), Severity.WARNING),
        ((ANYWHERE, "{podSelector: {}}"), Severity.NOTE),
        (("{podSelector: {}}", WEB), Severity.NOTE),
        ((block("10.0.0.0/8"), block("10.1.0.0/16")), Severity.NOTE),
    ],
)
def test_what_may_be_a_mistake_is_a_warning(items: tuple[str, ...], severity: Severity) -> None:
    (finding,) = run(CHECK, case(peers(*items)))
    assert finding.severity is severity


def test_the_patch_is_one_item() -> None:
    (finding,) = run(CHECK, case(documents(SHOP, peers(TEAM, WEB))))
    (item,) = yaml.safe_load(write_patch(finding))
    assert item == {
        "namespaceSelector": {"matchLabels": {"team": "a"}},
        "podSelector": {"matchLabels": {"app": "web"}},
    }


def test_many_blocks_take_no_time() -> None:
    blocks = [block(f"10.{n // 250}.{n % 250}.0/24") for n in range(3000)]
    assert run(CHECK, case(peers(*blocks))) == []


@given(st.sampled_from(POD_SELECTORS), st.sampled_from(POD_SELECTORS))
def test_a_selector_that_is_implied_matches_no_less(strict: Selector, wide: Selector) -> None:
    if _implies(strict, wide):
        assert all(wide.matches(each) for each in POD_LABELS if strict.matches(each))
