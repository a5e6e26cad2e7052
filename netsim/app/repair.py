"""Repairs: the fixes of a state, one after the other, and many at once where that holds.

Each proof takes as long as a check.  So the first candidates of findings that have nothing to
do with each other are made together and proven together; where such a set does not hold, half
of it is tried, down to one finding with all its candidates::

    1 holds, 2 hold, 4 do not, 2 hold, 1 has no fix, ...
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from netsim.app.judge import Judge
from netsim.fix.diff import Rewrite
from netsim.fix.proof import (
    Proven,
    Prover,
    State,
    Trace,
    Unproven,
    find_gone,
    put_slips_first,
    trace,
)
from netsim.fix.wording import describe_patches
from netsim.model.edit import AddDocument, Edit, Patch
from netsim.model.finding import Finding, Severity
from netsim.words.lists import count_noun


class Fixed(Struct, frozen=True):
    """A finding that is gone after a change, the words for it, and the change of the files.

    ``also`` are the others that are gone with it.
    """

    finding: Finding
    words: str
    changes: tuple[Rewrite, ...]
    also: tuple[Finding, ...] = ()


class Repair:
    """All fixes that hold, and the ``state`` that they leave.

    ``asks_for`` says which findings are to be fixed.
    """

    def __init__(self, judge: Judge, state: State, asks_for: Callable[[Finding], bool]) -> None:
        self.state = state
        self.fixed: list[Fixed] = []
        self._judge = judge
        self._asks_for = asks_for
        self._prover = Prover(judge, state)
        self._failed: dict[tuple[frozenset[Trace], str], Proven | Unproven] = {}
        self._done: Counter[frozenset[Trace]] = Counter()
        self._alike = _count_alike(state)
        self._make_all()

    def explain(self, finding: Finding) -> tuple[str, ...]:
        """Why a finding is left."""
        if not (finding.patches and self._asks_for(finding)):
            return ()
        found = self._failed.get(_identify(finding))
        if found is None or found.finding != finding:
            found = self._prover.prove(finding)
        return found.reasons if isinstance(found, Unproven) else found.after.workspace.by_hand

    def _make_all(self) -> None:
        retried, size = 0, 1
        while True:
            waiting = self._list_waiting()
            if waiting:
                batch = _choose_independent(waiting, size)
                holds = self._make_together(batch) if batch[1:] else self._make(batch[0])
                size = 2 * size if holds else max(1, len(batch) // 2)
            elif len(self.fixed) > retried:
                # What did not hold may do so in what the fixes since have left.
                self._failed, retried = {}, len(self.fixed)
            else:
                return

    def _list_waiting(self) -> list[Finding]:
        """The findings to fix; two fixes may each make the warning that the other removes."""
        return put_slips_first(
            each
            for each in self.state.findings
            if each.patches
            and self._asks_for(each)
            and _identify(each) not in self._failed
            and self._done[trace(each)] < max(1, self._alike[trace(each)])
        )

    def _make(self, finding: Finding) -> bool:
        """One fix, if any holds; true where its first candidate does, alone."""
        found = self._prover.prove(finding)
        if isinstance(found, Unproven) or found.after.workspace.by_hand:
            self._failed[_identify(finding)] = found
            return False
        before, after = self.state.workspace, found.after.workspace
        words, _ = describe_patches(found.patches)
        words += self._judge.describe_effect(before, after)
        also = tuple(each for each in self._list_gone(found.after) if each != finding)
        self.fixed.append(Fixed(finding, words, after.list_changes(before), also))
        self._proceed(found.after, (finding,))
        return found.patches == finding.patches[:1]

    def _make_together(self, batch: Sequence[Finding]) -> bool:
        """The first candidates of all, if they hold together; else nothing."""
        # From the end of each file: so no change moves what another one is about.
        batch = sorted(batch, key=_locate, reverse=True)
        after = self._prover.prove_together(batch)
        if after is None or after.workspace.by_hand:
            return False
        workspace, fixed = self.state.workspace, []
        related = _relate(batch, self._list_gone(after))
        for finding in batch:
            changed = workspace.apply(finding.patches[0])
            if isinstance(changed, str):
                return False
            words, _ = describe_patches(finding.patches[:1])
            changes = changed.list_changes(workspace)
            fixed.append(Fixed(finding, words, changes, related[finding]))
            workspace = changed
        if workspace.raw != after.workspace.raw:
            return False
        subject = f"With the {count_noun(len(batch) - 1, 'fix', 'fixes')} before, it"
        effect = self._judge.describe_effect(self.state.workspace, workspace, subject)
        self.fixed += [*fixed[:-1], _add_words(fixed[-1], effect)]
        self._proceed(after, batch)
        return True

    def _list_gone(self, after: State) -> tuple[Finding, ...]:
        counted = (each for each in self.state.findings if each.severity is not Severity.NOTE)
        return find_gone(counted, after)

    def _proceed(self, after: State, made: Sequence[Finding]) -> None:
        self._done.update(map(trace, made))
        self.state = after
        # One fix may leave several findings that look alike, where they did not before.
        self._alike |= _count_alike(after)
        self._prover = Prover(self._judge, after)


def _count_alike(state: State) -> Counter[frozenset[Trace]]:
    return Counter(trace(each) for each in state.findings)


def _identify(finding: Finding) -> tuple[frozenset[Trace], str]:
    """What tells a finding from others whose rule lets through the same."""
    return trace(finding), finding.location.field


def _choose_independent(waiting: Sequence[Finding], most: int) -> list[Finding]:
    """The first, and others that change other objects for other connections."""
    taken: set[object] = set()
    chosen: list[Finding] = []
    for finding in waiting:
        if len(chosen) == most or bool(finding.flows) != bool(waiting[0].flows):
            break
        matters = set(_list_matters(finding))
        if not matters & taken:
            taken |= matters
            chosen.append(finding)
    return chosen


def _list_matters(finding: Finding) -> Iterator[object]:
    """What the first candidate of a finding changes, and the connections concerned."""
    for edit in finding.patches[0].edits:
        yield edit if isinstance(edit, AddDocument) else edit.target.title
    if finding.flows:
        yield from (pair for *_, pair in trace(finding))


def _locate(finding: Finding) -> tuple[str, int]:
    """The first place that the first candidate of a finding changes."""
    patch: Patch = finding.patches[0]
    return min(map(_locate_edit, patch.edits))


def _locate_edit(edit: Edit) -> tuple[str, int]:
    if isinstance(edit, AddDocument):
        return edit.file, 0
    return edit.file, edit.target.location.line


def _relate(
    batch: Sequence[Finding], gone: Sequence[Finding]
) -> dict[Finding, tuple[Finding, ...]]:
    """What is gone beside a batch, with the finding of it that has most to do with each."""
    found: dict[Finding, list[Finding]] = {each: [] for each in batch}
    for other in gone:
        if other not in found:
            matters = set(_list_matters(other)) if other.patches else set()
            near = (each for each in batch if not matters.isdisjoint(_list_matters(each)))
            found[next(near, batch[-1])].append(other)
    return {each: tuple(others) for each, others in found.items()}


def _add_words(fixed: Fixed, words: str) -> Fixed:
    return Fixed(fixed.finding, fixed.words + words, fixed.changes, fixed.also)
