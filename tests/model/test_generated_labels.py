from __future__ import annotations

import pytest

from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels, Operator, Requirement
from netsim.model.truth import Truth

NO, MAYBE, YES = Truth.NO, Truth.MAYBE, Truth.YES
KNOWN = GeneratedLabel("k", "web")
ANY = GeneratedLabel("k")
TWO = GeneratedLabel("k", "web-", 0, 1)
LATER = GeneratedLabel("k", "web-", 3, 3)
MANY = GeneratedLabel("k", "web-", 2)
NUMBER = GeneratedLabel("k", "", 0, 11)
OPEN = GeneratedLabel("k", "${NAME}-", 0, 1)


@pytest.mark.parametrize(
    ("label", "values", "expected"),
    [
        (KNOWN, ("web",), YES),
        (KNOWN, ("api",), NO),
        (KNOWN, ("${A}",), MAYBE),
        (ANY, ("web",), MAYBE),
        (TWO, ("web-0",), MAYBE),
        (TWO, ("web-0", "web-1"), YES),
        (TWO, ("web-0", "web-2"), MAYBE),
        (TWO, ("web-2",), NO),
        (TWO, ("web-00",), NO),  # no pod is called that
        (TWO, ("web-",), NO),
        (TWO, ("web-x",), NO),
        (TWO, ("api-0",), NO),
        (TWO, ("web-${A}",), MAYBE),
        (TWO, ("api-${A}",), NO),
        (TWO, ("web-" + "9" * 30,), NO),
        (TWO, ("web-²",), NO),
        (LATER, ("web-3",), YES),
        (MANY, ("web-7",), MAYBE),
        (MANY, ("web-1",), NO),
        (NUMBER, ("11",), MAYBE),
        (NUMBER, ("12",), NO),
        (OPEN, ("web-0",), MAYBE),
    ],
)
def test_values(label: GeneratedLabel, values: tuple[str, ...], expected: Truth) -> None:
    assert label.compare(values) is expected
    labels = Labels(generated=(label,))
    assert Requirement("k", Operator.IN, values).test(labels) is expected
    assert Requirement("k", Operator.NOT_IN, values).test(labels) is ~expected


def test_keys() -> None:
    labels = Labels(generated=(ANY, GeneratedLabel("zone", present=MAYBE)))
    keys = {key: Requirement(key, Operator.EXISTS).test(labels) for key in ("k", "zone", "x")}
    assert keys == {"k": YES, "zone": MAYBE, "x": NO}
    absent = Requirement("zone", Operator.DOES_NOT_EXIST)
    assert absent.test(labels) is MAYBE
    assert Requirement("${KEY}", Operator.EXISTS).test(labels) is MAYBE


@pytest.mark.parametrize(
    ("label", "value", "text"),
    [
        (KNOWN, "web", "k=web"),
        (ANY, None, "k: a value that is not known"),
        (TWO, None, "k: one of web-0 to web-1"),
        (LATER, "web-3", "k=web-3"),
        (MANY, None, "k: web-<number>"),
    ],
)
def test_what_is_said_of_it(label: GeneratedLabel, value: str | None, text: str) -> None:
    assert label.value == value
    assert Labels(generated=(label,)).entry("k") == text
