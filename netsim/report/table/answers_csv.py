"""Answers to questions as CSV: the questions with a column more."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from msgspec import Struct

from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome

HEADER = ("src", "dst", "protocol", "port", "verdict")


class Answer(Struct, frozen=True):
    """A question, the ends as it names them, and its answer."""

    source: str
    destination: str
    protocol: Protocol
    port: int
    outcome: Outcome


def render(answers: Iterable[Answer]) -> str:
    """One row an answer, in the order of the questions."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for each in answers:
        ends = (each.source, each.destination)
        writer.writerow((*ends, each.protocol.value, each.port, each.outcome.value))
    return text.getvalue()
