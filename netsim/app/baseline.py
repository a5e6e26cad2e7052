"""A baseline: the findings that were there when somebody began to look, and that are accepted.

``read_baseline("netsim.baseline.json")`` reads what ``write_baseline(accepted)`` wrote.  New
findings stand out on a repository that has a hundred old ones::

    {"version": 1, "accepted": [{"rule": "exposed", "policy": "shop/web", "flows": [...], ...}]}

No line number is in it: what is accepted stays accepted wherever it moves.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from netsim.errors import RequestError
from netsim.loader.sources.files import FileError, read_text
from netsim.model.finding import Finding, Severity
from netsim.rules.registry import UNDECIDED

VERSION = 1
_PARAMETER = "baseline"


class Accepted(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A finding that is accepted; ``message`` is there for whoever reads the file.

    ``namespaces`` are those of the scenario whose names the flows have: its ``web`` is not that
    of another one.  Without any, it may be of any.
    """

    rule: str
    fingerprint: str
    policy: str | None = None
    flows: tuple[str, ...] = ()
    facet: str = ""
    message: str = ""
    namespaces: tuple[str, ...] = ()

    def is_about(self, namespaces: tuple[str, ...]) -> bool:
        """Whether it may be a finding of a scenario of some namespaces."""
        return not self.namespaces or not set(self.namespaces).isdisjoint(namespaces)

    @property
    def title(self) -> str:
        """What it is about, in a few words."""
        return f"{self.rule} {', '.join(self.flows) or self.message}"


class Baseline(Struct, frozen=True, forbid_unknown_fields=True):
    """What is accepted."""

    version: int = VERSION
    accepted: tuple[Accepted, ...] = ()


class Acceptance(Struct, frozen=True):
    """What a baseline makes of findings: places of those it accepts, and what is outdated."""

    places: frozenset[int]
    outdated: tuple[Accepted, ...]


def accept(
    findings: Sequence[Finding], baseline: Baseline, namespaces: tuple[str, ...] = ()
) -> Acceptance:
    """Which findings are accepted, and which entries accept nothing any more.

    ``namespaces`` are those of the scenario; entries of others are passed over.
    A finding with flows is accepted if each of its flows is, of the same rule and policy: to
    close some of them is never a new finding, to open one more always is.  Any other entry
    accepts one finding.  What is undecided is never accepted: nobody knows yet what it is.
    """
    flows: dict[tuple[str, str | None, str], set[str]] = defaultdict(set)
    others: Counter[str] = Counter()
    entries = [entry for entry in baseline.accepted if entry.is_about(namespaces)]
    for entry in entries:
        if entry.flows:
            flows[entry.rule, entry.policy, entry.facet].update(entry.flows)
        else:
            others[entry.fingerprint] += 1
    places: set[int] = set()
    present: dict[tuple[str, str | None, str], set[str]] = defaultdict(set)
    for place, each in enumerate(findings):
        key = each.rule, each.policy, each.facet
        present[key].update(each.flows)
        if each.rule == UNDECIDED:
            continue
        if each.flows:
            is_accepted = flows.get(key, set()).issuperset(each.flows)
        else:
            fingerprint = each.fingerprint
            is_accepted = others[fingerprint] > 0
            others[fingerprint] -= is_accepted
        if is_accepted:
            places.add(place)
    return Acceptance(frozenset(places), _find_outdated(entries, present, others))


def _find_outdated(
    entries: Sequence[Accepted],
    present: dict[tuple[str, str | None, str], set[str]],
    unused: Counter[str],
) -> tuple[Accepted, ...]:
    found: list[Accepted] = []
    for entry in reversed(entries):
        if entry.flows:
            key = entry.rule, entry.policy, entry.facet
            if present.get(key, set()).isdisjoint(entry.flows):
                found.append(entry)
        elif unused[entry.fingerprint] > 0:
            unused[entry.fingerprint] -= 1
            found.append(entry)
    return tuple(reversed(found))


def read_baseline(file: str) -> Baseline:
    """What a file accepts.

    Raises :class:`RequestError` for a file that is missing, or no baseline.
    """
    path = Path(file)
    if not path.exists():
        make = f"netsim check PATH... --write-baseline {file}"
        raise RequestError(f"{file}: there is no such file; this makes it: {make}", _PARAMETER)
    try:
        baseline = msgspec.json.decode(read_text(path), type=Baseline)
    except (FileError, msgspec.DecodeError) as error:
        message = f"{file}: not a baseline: {error}; --write-baseline writes one"
        raise RequestError(message, _PARAMETER) from error
    if baseline.version != VERSION:
        message = f"{file}: version {baseline.version} of a baseline is not known, {VERSION} is"
        raise RequestError(message, _PARAMETER)
    return baseline


def write_baseline(accepted: Iterable[Accepted]) -> str:
    """The text of a baseline."""
    import json

    from netsim.words.printable import printable_json

    body = msgspec.to_builtins(Baseline(accepted=tuple(accepted)))
    return printable_json(json.dumps(body, indent=2, ensure_ascii=False)) + "\n"


def list_accepted(
    systems: Iterable[tuple[Sequence[Finding], tuple[str, ...]]],
) -> tuple[Accepted, ...]:
    """What makes a baseline accept the findings of systems, each with its namespaces.

    Notes need no acceptance, and what is undecided has none.  What systems share is there once.
    """
    found = dict.fromkeys(
        (each.bare, namespaces if each.flows else ())
        for findings, namespaces in systems
        for each in findings
        if each.severity is not Severity.NOTE and each.rule != UNDECIDED
    )
    return tuple(
        Accepted(
            each.rule,
            each.fingerprint,
            each.policy,
            each.flows,
            each.facet,
            each.message,
            namespaces,
        )
        for each, namespaces in found
    )
