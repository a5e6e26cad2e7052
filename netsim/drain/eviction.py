"""An eviction of the pods under one budget, round by round.

Of 3 pods with ``minAvailable: 2`` one goes, its replacement becomes ready, and the next goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct

from netsim.drain.budget_status import BudgetStatus
from netsim.drain.placement import Placed
from netsim.drain.pod_groups import Keeper
from netsim.model.disruption import UnhealthyEviction


class _State(Struct):
    """What is left of a group in the course of a drain."""

    placed: Placed
    ready: int
    unready: int
    elsewhere: int
    lowest: int

    @property
    def left(self) -> int:
        return self.ready + self.unready

    @property
    def is_bare(self) -> bool:
        return self.placed.group.keeper is Keeper.NONE


class End(Enum):
    """How the eviction of a group ends."""

    GONE = "no pod is left on the node"
    STUCK = "some are left, or may be"


class Evicted(Struct, frozen=True):
    """How it ends for a group, and how many of its pods are ready at the least."""

    placed: Placed
    end: End
    lowest: int


class Eviction:
    """A drain of the groups that one budget alone selects.

    In each round as many pods go at once as the budget allows; then the controllers'
    replacements become ready elsewhere.  A pod that is not ready is replaced by one that is
    not, either.  Bare pods, which nothing replaces, go first: that is the worst order, as what
    the budget loses with them it never gets back.
    """

    def __init__(
        self,
        members: Sequence[Placed],
        affected: Iterable[Placed],
        status: BudgetStatus,
        unhealthy: UnhealthyEviction,
    ) -> None:
        self._status = status
        self._unhealthy = unhealthy
        self._states = [
            _State(each, each.here.ready, each.here.unready, each.elsewhere.ready, each.ready)
            for each in affected
        ]
        self._states.sort(key=lambda state: not state.is_bare)
        own = sum(state.lowest for state in self._states)
        self._healthy = sum(each.ready for each in members) - own
        """Ready pods that the budget counts and that stay, whatever happens."""

    def run(self) -> Iterator[Evicted]:
        """Goes on until nothing more can go."""
        while self._round():
            pass
        # Which of the bare pods that were ready are left depends on the order: any may be.
        bare_left = any(state.is_bare and state.ready for state in self._states)
        for state in self._states:
            may_be_left = bare_left and state.is_bare and state.placed.here.ready
            end = End.STUCK if state.left or may_be_left else End.GONE
            yield Evicted(state.placed, end, state.lowest)

    def _round(self) -> int:
        """How many pods went."""
        gone = self._evict_unready()
        allowed = self._status.allowed(self._current())
        for state in self._states:
            state.lowest = min(
                state.lowest, state.elsewhere + state.ready - min(allowed, state.ready)
            )
        for state in self._states:
            count = min(allowed, state.ready)
            allowed, gone = allowed - count, gone + count
            state.ready -= count
            state.elsewhere += 0 if state.is_bare else count
        for state in self._states:
            count = min(allowed, state.unready)
            allowed, gone = allowed - count, gone + count
            state.unready -= count
        return gone

    def _evict_unready(self) -> int:
        """Evicts pods that are not ready and need no allowance; how many went."""
        is_met = self._current() >= self._status.desired > 0
        if self._unhealthy is not UnhealthyEviction.ALWAYS_ALLOW and not is_met:
            return 0
        gone = sum(state.unready for state in self._states)
        for state in self._states:
            state.unready = 0
        return gone

    def _current(self) -> int:
        return self._healthy + sum(state.ready + state.elsewhere for state in self._states)
