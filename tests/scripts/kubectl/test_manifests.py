from __future__ import annotations

import pytest

from netsim.scripts.kubectl.manifests import DescribedObject, parse_objects
from netsim.scripts.shell.values import WORD

NAMES = (
    ("kind: Pod\nmetadata:\n  name: p\n", "p"),
    ("kind: Pod\nmetadata:\n  labels:\n    name: l\n  name: p\nspec:\n  name: s\n", "p"),
    ("kind: Pod\nmetadata: {labels: {a: b}, name: 'p'}\n", "p"),
    ('kind: Pod\nmetadata:\n  name: "p" # why\n', "p"),
    ("kind: Pod\nmetadata:\n  generateName: p-\n", None),
    (f"kind: Pod\nmetadata:\n  name: p-{WORD}\n", None),
    ('{"kind": "Pod", "metadata": {"labels": {"name": "l"}, "name": "p"}}', "p"),
)


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_names(text: str, name: str | None) -> None:
    assert parse_objects(text) == [DescribedObject("Pod", None, name)]
