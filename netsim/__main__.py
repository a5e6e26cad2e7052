"""The command ``netsim``."""

from __future__ import annotations

import atexit
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
    from netsim.cli.main import run

    run()


def run() -> None:
    """Runs the command line as a process of its own, which ends with it.

    An interpreter that ends in its own time frees each object first, which takes a tenth of a
    check; whoever traces or profiles it writes only then what they have seen.
    """
    try:
        main()
    except SystemExit as end:
        if not isinstance(end.code, int) or _is_watched():
            raise
        from netsim.cli.console import leave

        atexit._run_exitfuncs()  # noqa: SLF001
        leave(end.code)


def _is_watched() -> bool:
    if sys.gettrace() or sys.getprofile():
        return True
    monitoring = getattr(sys, "monitoring", None)
    return monitoring is not None and any(map(monitoring.get_tool, range(6)))


if __name__ == "__main__":
    run()
