"""The questions of ``netsim query``."""

from __future__ import annotations

from enum import Enum


class Question(Enum):
    """What can be asked."""

    SOURCES = "sources"
    DESTINATIONS = "destinations"
    PATH = "path"
    BLAST_RADIUS = "blast-radius"
    EXPOSED = "exposed"
    UNISOLATED = "unisolated"
    IDLE = "idle"
