"""The command ``netsim``."""

from __future__ import annotations

import gc
import sys

from netsim import __version__

INTERRUPTED = 130
YOUNG_OBJECTS = 200_000


def main() -> None:
    """Runs the command line."""
    try:
        if sys.argv[1:] == ["--version"] and _write_version():
            return
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _write_version() -> bool:
    """Whether it could be written; the whole program says why it could not."""
    try:
        sys.stdout.write(f"netsim {__version__}\n")
        sys.stdout.flush()
    except (OSError, AttributeError):
        return False
    return True


def _run() -> None:
    # What is loaded at the start stays: a collector that looks through it only costs time.
    gc.set_threshold(YOUNG_OBJECTS)
    from netsim.cli.app import run

    run()


if __name__ == "__main__":
    main()
