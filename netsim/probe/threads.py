"""The end of threads that were told to end."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress

_SECONDS = 5.0
_BEAT = 0.05


def wait_for(threads: Sequence[threading.Thread], seconds: float = _SECONDS) -> None:
    """Until all have ended, the time is up, or the user presses Ctrl-C once more.

    A daemon thread that wakes while the interpreter is ending may crash it: its exit code
    would be that of the crash.
    """
    end = time.monotonic() + seconds
    with suppress(KeyboardInterrupt):
        # In small steps, as Ctrl-C does not wake every wait on every system.
        while any(thread.is_alive() for thread in threads) and time.monotonic() < end:
            time.sleep(_BEAT)
