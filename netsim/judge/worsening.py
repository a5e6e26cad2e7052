"""What is worse in one judgement of the documented pairs than in another.

``web -> db TCP 5432 exposed``: allowed now without being documented, and not before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from netsim.judge.judgement import Judgement
from netsim.model.ports import PortSet
from netsim.words.ports import describe_flow


class Worsening(Struct, frozen=True):
    """Ports of a pair that are ``forbidden``, ``exposed`` or ``broken``, and were not."""

    source: str
    destination: str
    word: str
    ports: PortSet

    def __str__(self) -> str:
        return (
            f"{describe_flow(self.source, self.destination, self.ports)} would be {self.word}"
        )


def find_worsenings(
    before: Sequence[Judgement], after: Sequence[Judgement]
) -> Iterator[Worsening]:
    """All of them, in the order of the pairs."""
    was = {(each.source.title, each.destination.title): each for each in before}
    for each in after:
        ends = each.source.title, each.destination.title
        old = was.get(ends)
        for word in ("forbidden", "exposed", "broken"):
            had: PortSet = getattr(old, word) if old else PortSet.empty()
            ports: PortSet = getattr(each, word) - had
            if ports:
                yield Worsening(*ends, word, ports)
