"""What netsim reports about the input."""

from __future__ import annotations

import re
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.model.edit import Patch
from netsim.model.location import Location

_PLACE = re.compile(r"(?<=\[)\d+(?=\])|(?<=\.yaml:)\d+|(?<=\.yml:)\d+|(?<=\.md:)\d+")
"""Which of several a message names, and on which line: both move with what stands before."""
_HINT = re.compile(r"; (?:did you mean|the nearest is) .*", re.DOTALL)
"""What else there is, which changes without the finding."""


class Severity(Enum):
    """How much a finding matters; errors and warnings make ``check`` exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Related(Struct, frozen=True):
    """A further place that has to do with a finding, and how."""

    location: Location
    message: str


class Finding(Struct, frozen=True):
    """One result of a rule of ``check``.

    ``rule`` is the rule's id, such as ``exposed``.  ``policy`` names the policy concerned
    (``namespace/name``) or is None, ``flows`` are all the flows (``web -> api TCP 4000``).
    ``facet`` tells it from others of the same rule, policy and flows, as a direction does.
    ``fix`` says how.  ``patches`` are edits that may help, those that change least first.  What
    is proven of them is ``patch``, as YAML to paste, and ``diff``, as the files would differ;
    no rule writes these.
    """

    rule: str
    severity: Severity
    message: str
    location: Location
    policy: str | None = None
    flows: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    fix: str = ""
    patch: str = ""
    diff: str = ""
    patches: tuple[Patch, ...] = ()
    facet: str = ""

    @property
    def bare(self) -> Finding:
        """The finding without its fix, which depends on what else is documented."""
        return replace(self, fix="", patch="", diff="", patches=())

    @property
    def fingerprint(self) -> str:
        """What stays the same while the finding does, whatever lines move: 32 hex digits.

        It comes of the rule, the policy and the flows; of what the message says where there
        are no flows.  Findings that differ in nothing but their place have it in common.
        """
        from hashlib import sha256

        said = sorted(self.flows) or [_PLACE.sub("", _HINT.sub("", self.message))]
        text = "\0".join((self.rule, self.policy or "", self.facet, *said))
        return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Suppressed(Struct, frozen=True):
    """A finding that a comment in the input suppresses, and the reason it gives."""

    finding: Finding
    reason: str
    location: Location


class Diagnostic(Struct, frozen=True):
    """Something about reading the input: an error rejects the document it is in."""

    severity: Severity
    message: str
    location: Location

    def __str__(self) -> str:
        word = "" if self.severity is Severity.ERROR else f"{self.severity.value}: "
        return f"{self.location}: {word}{self.message}"
