"""The command ``netsim``."""

from __future__ import annotations

import gc
import sys

from netsim import __version__

INTERRUPTED = 130
YOUNG_OBJECTS = 200_000


def main() -> None:
    """Runs the command line."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"netsim {__version__}\n")
        return
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _run() -> None:
    # What is loaded at the start stays: a collector that looks through it only costs time.
    gc.set_threshold(YOUNG_OBJECTS)
    from netsim.cli.main import run

    run()


if __name__ == "__main__":
    main()
