"""Patches as instructions."""

from __future__ import annotations

import pytest

from netsim.fix.instruction import instruct_edit
from netsim.model.edit import (
    END,
    AddDocument,
    Edit,
    FieldPath,
    Insert,
    Remove,
    Replace,
    Target,
    Value,
)
from netsim.model.location import Location

_WEB = Target("NetworkPolicy", "shop", "web", Location("a.yaml", 4))
_AT = "NetworkPolicy shop/web (a.yaml:4)"


def _insert(path: FieldPath, value: object) -> Insert:
    return Insert(_WEB, path, Value.of(value))


@pytest.mark.parametrize(
    ("edit", "text"),
    [
        (
            _insert(("spec", "ingress", END), {"from": [{"ipBlock": {"cidr": "::/0"}}]}),
            "\n".join(
                (
                    f"In spec.ingress of {_AT}, add this at the end:",
                    "  - from:",
                    "      - ipBlock:",
                    '          cidr: "::/0"',
                )
            ),
        ),
        (
            _insert(("spec", "ingress", 0), {}),
            f"In spec.ingress of {_AT}, add this before item 0:\n  - {{}}",
        ),
        (_insert(("spec", "x"), 1), f"In spec of {_AT}, add this:\n  x: 1"),
        (_insert(("x",), 1), f"In {_AT}, add this:\n  x: 1"),
        (
            Replace(_WEB, ("spec", "ports", 0, "port"), Value.of(80)),
            f"Replace spec.ports[0].port of {_AT} by this: 80",
        ),
        (Remove(_WEB, ("spec", "egress")), f"Remove spec.egress of {_AT}."),
        (Remove(_WEB, ()), f"Remove {_AT}."),
        (
            AddDocument("b.yaml", Value.of({"kind": "Namespace"})),
            "Add this to b.yaml, as a document of its own:\n  kind: Namespace",
        ),
    ],
)
def test_instructions(edit: Edit, text: str) -> None:
    assert instruct_edit(edit) == text
