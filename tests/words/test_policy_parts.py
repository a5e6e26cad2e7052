from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netsim.model.addresses import AddressSet
from netsim.model.labels import Operator, Requirement, Selector
from netsim.words.policy_parts import build_blocks, build_selector

cidrs = st.sampled_from(
    (
        "0.0.0.0/0",
        "10.0.0.0/8",
        "10.0.0.0/31",
        "10.1.0.0/16",
        "192.0.2.7/32",
        "::/0",
        "fd00::/8",
        "2001:db8::/32",
        "2001:db8::1/128",
    )
)


@given(st.lists(cidrs, min_size=1), st.lists(cidrs))
def test_blocks_hold_the_addresses_and_no_others(texts: list[str], without: list[str]) -> None:
    addresses = AddressSet.of(texts) - AddressSet.of(without)
    held = AddressSet.empty()
    for each in build_blocks(addresses):
        block = each["ipBlock"]
        whole, exceptions = AddressSet.parse(block["cidr"]), block.get("except", [])
        # The API server wants each exception to lie strictly within the block.
        assert all(AddressSet.parse(text) <= whole for text in exceptions)
        assert block["cidr"] not in exceptions
        held |= whole - AddressSet.of(exceptions)
    assert held == addresses


def test_everything_but_some_is_one_block_with_exceptions() -> None:
    private = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
    addresses = AddressSet.parse("0.0.0.0/0") - AddressSet.of(private)
    assert build_blocks(addresses) == [
        {"ipBlock": {"cidr": "0.0.0.0/0", "except": list(private)}}
    ]


def test_a_selector_is_written_as_labels_as_far_as_they_go() -> None:
    found = Selector(
        (
            Requirement("app", Operator.IN, ("web",)),
            Requirement("app", Operator.IN, ("api",)),
            Requirement("tier", Operator.NOT_IN, ("a", "b")),
            Requirement("x", Operator.EXISTS),
        )
    )
    assert build_selector(found) == {
        "matchLabels": {"app": "web"},
        "matchExpressions": [
            {"key": "app", "operator": "In", "values": ["api"]},
            {"key": "tier", "operator": "NotIn", "values": ["a", "b"]},
            {"key": "x", "operator": "Exists"},
        ],
    }
