"""Places of which the line is looked up later are places like all others."""

from __future__ import annotations

import pickle

import pytest

from netsim.model.location import LateLocation, Location


class _Text:
    """A text in which every field stands on one line."""

    def __init__(self, line: int) -> None:
        self._line = line

    def find_line(self, field: str) -> int:
        if field == "nowhere":
            pytest.fail("nobody asked for this line")
        return self._line


late = LateLocation("a", 0, "spec", _Text(7))
known = Location("a", 7, "spec")


def test_a_late_place_shows_its_line() -> None:
    assert (str(late), late.described, repr(late)) == ("a:7", "a:7 (spec)", repr(known))


def test_a_copy_has_the_line_and_not_the_text() -> None:
    assert type(pickle.loads(pickle.dumps(late))) is Location  # noqa: S301 - our own
    assert pickle.loads(pickle.dumps(late)) == known  # noqa: S301


def test_a_late_place_equals_the_known_one() -> None:
    assert late == known
    assert known == late
    assert late == LateLocation("a", 0, "spec", _Text(7))
    assert hash(late) == hash(known)


@pytest.mark.parametrize(
    "other",
    [Location("a", 8, "spec"), Location("b", 7, "spec"), Location("a", 7, "status"), "a:7"],
)
def test_a_late_place_differs_from_others(other: object) -> None:
    assert other != late
    assert late != other


def test_places_are_sorted_by_line() -> None:
    places = [Location("a", 9), late, Location("a", 3, "z"), known]
    assert [each.line for each in sorted(places)] == [3, 7, 7, 9]
    assert [each.line for each in sorted(places, reverse=True)] == [9, 7, 7, 3]
    assert late <= known <= late
    assert late >= known >= late


def test_no_line_is_looked_up_to_tell_places_of_two_objects_apart() -> None:
    text = _Text(1)
    place = LateLocation("a", 0, "nowhere", text)
    assert place == LateLocation("a", 0, "nowhere", text)
    assert place != Location("a", 1, "spec")
    assert len({place, Location("a", 1, "spec")}) == 2
