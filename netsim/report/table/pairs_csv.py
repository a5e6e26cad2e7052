"""Connections as CSV, in the form that users of np-guard know."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from netsim.engine.matrix.listing import Pair
from netsim.words.printable import printable

HEADER = ("src", "dst", "conn")


def render(pairs: Sequence[Pair]) -> str:
    """The connections that are surely allowed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(
        (printable(pair.source), printable(pair.destination), str(pair.ports))
        for pair in pairs
        if pair.ports
    )
    return text.getvalue()
