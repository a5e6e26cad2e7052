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
        _write_version()
        return
    try:
        _run()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _write_version() -> None:
    try:
        if sys.stdout is not None:
            sys.stdout.write(f"netsim {__version__}\n")
            sys.stdout.flush()
    except OSError as error:
        from netsim.cli import console

        console.abandon_output()
        if not isinstance(error, BrokenPipeError):
            console.note(f"standard output cannot be written: {error.strerror}")
            sys.exit(console.BAD_INPUT)


def _run() -> None:
    # What is loaded at the start stays: a collector that looks through it only costs time.
    gc.set_threshold(YOUNG_OBJECTS)
    from netsim.cli.app import run

    run()


if __name__ == "__main__":
    main()
