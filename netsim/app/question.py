"""The questions of ``query``, and what each needs and takes."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from netsim.errors import ParametersError


class Question(Enum):
    """What can be asked."""

    SOURCES = "sources"
    DESTINATIONS = "destinations"
    PATH = "path"
    BLAST_RADIUS = "blast-radius"
    EXPOSED = "exposed"
    UNISOLATED = "unisolated"
    IDLE = "idle"


_NEEDED = {
    Question.SOURCES: ("destination",),
    Question.DESTINATIONS: ("source",),
    Question.PATH: ("source", "destination"),
    Question.BLAST_RADIUS: ("source",),
}
_PORTS = ("port", "protocol")
_TAKEN = {
    Question.SOURCES: _PORTS,
    Question.DESTINATIONS: _PORTS,
    Question.PATH: (*_PORTS, "max_hops"),
    Question.BLAST_RADIUS: ("max_hops",),
    Question.EXPOSED: _PORTS,
}


def check_parameters(question: Question, given: Mapping[str, object]) -> None:
    """Raises :class:`ParametersError` for what a question lacks, or would ignore."""
    needed = _NEEDED.get(question, ())
    missing = [name for name in needed if given[name] is None]
    if missing:
        raise ParametersError(f"{question.value} needs", missing)
    taken = (*needed, *_TAKEN.get(question, ()))
    extra = [name for name, value in given.items() if value is not None and name not in taken]
    if extra:
        raise ParametersError(f"{question.value} takes no", extra)
