"""Whether a report may use colour."""

from enum import Enum


class Colour(Enum):
    """Decided by the command line, from the terminal and ``NO_COLOR``."""

    ALWAYS = "always"
    NEVER = "never"
