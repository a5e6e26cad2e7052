"""Python's garbage collector, which has nothing to find in what is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def pause_collector() -> Iterator[None]:
    """Keeps the collector from looking for garbage, which costs a tenth of the time.

    What was made meanwhile counts as old, so that it is not looked through as if it were new.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            # Whoever has frozen objects wants them to stay so.
            if not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()
            gc.enable()
