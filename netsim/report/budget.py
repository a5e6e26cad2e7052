"""Documents that fit where they are posted: what matters least is shortened first.

::

    picture      whole ──→ left out
    matrix       whole ──→ pairs that differ ──→ left out
    findings     whole ──→ without fixes ──→ a line each ──→ counted

GitHub takes a comment of 65,536 characters; a job summary may be longer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

Form = Callable[[], str]


class Section(Struct, frozen=True):
    """A part of a document in several forms, the fullest first; they are made when needed.

    ``name`` is said where a shorter form is taken.  One form is never shortened.
    """

    forms: tuple[Form, ...]
    name: str = ""


def text(written: str) -> Section:
    """A part that stays as it is."""
    return Section((lambda: written,))


def fit(sections: Sequence[Section], expendable: Sequence[Section], limit: int) -> str:
    """The sections in their order, within ``limit`` characters; 0 is no limit.

    ``expendable`` are those that are shortened, in this order, each as far as is needed.  What
    the last of them leaves is given back to the others, in the opposite order; what is shorter
    than it was is said at the end.
    """
    written = {id(each): each.forms[0]() for each in sections}
    whole = dict(written)
    shortened: list[Section] = []
    for section in expendable:
        if not limit or _measure(written, shortened) <= limit:
            break
        shortened.append(section)
        for form in section.forms[1:]:
            written[id(section)] = form()
            if _measure(written, shortened) <= limit:
                break
    for section in reversed(shortened[:-1]):
        for form in section.forms[:-1]:
            fuller = {**written, id(section): form()}
            is_fuller = len(fuller[id(section)]) > len(written[id(section)])
            if is_fuller and _measure(fuller, shortened) <= limit:
                written = fuller
                break
    said = _say([each for each in shortened if written[id(each)] != whole[id(each)]])
    text = "\n".join(filter(None, (*(written[id(each)] for each in sections), said)))
    return text if not limit or len(text) <= limit else _cut(text, limit)


def _cut(whole: str, limit: int) -> str:
    """The lines that fit, where even the shortest forms, none of them folded, are too long."""
    kept = whole[: max(limit - len(_CUT), 0)]
    return f"{kept[: kept.rfind(chr(10)) + 1]}{_CUT}"[:limit]


_CUT = "\nCut off here, as this would be too long.\n"


def _measure(written: dict[int, str], shortened: Sequence[Section]) -> int:
    texts = [*filter(None, written.values()), _say(shortened)]
    return sum(len(each) + 1 for each in texts)


def _say(shortened: Sequence[Section]) -> str:
    if not shortened:
        return ""
    names = ", ".join(each.name for each in shortened)
    return f"Shortened, as this would be too long: {names}.\n"
