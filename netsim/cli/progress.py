"""How far a probe is, for people who watch."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from netsim.app.probe import Watcher
from netsim.cli import console, settings


class ProgressBar(Watcher):
    """Shows a bar on a terminal, and nothing elsewhere; announces everywhere."""

    @contextmanager
    def trying(self, total: int) -> Iterator[Callable[[int], None]]:
        """See ``Watcher``."""
        if sys.stderr is None or not sys.stderr.isatty() or settings.is_quiet():
            yield lambda _: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
        from rich.progress import Progress as Bar

        columns = (TextColumn("trying connections"), BarColumn(), MofNCompleteColumn())
        with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=total)
            yield lambda done: bar.update(task, completed=done)

    def announce(self, text: str) -> None:
        """See ``Watcher``."""
        console.remark(text)
