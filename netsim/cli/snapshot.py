"""``netsim snapshot``: a live cluster in one file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console

if TYPE_CHECKING:
    from netsim.loader.snapshot.snapshot import Snapshot

STDOUT = "-"


def snapshot(
    output: Annotated[
        str,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Where to write it; - is standard output."
        ),
    ],
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Not a live cluster: the output of kubectl get -o json or yaml; - is "
            "standard input.",
            show_default=False,
        ),
    ] = None,
    context: Annotated[
        str | None,
        typer.Option(
            "--context",
            metavar="NAME",
            help="The context of the kubeconfig.",
            show_default=False,
        ),
    ] = None,
    kubeconfig: Annotated[
        str | None,
        typer.Option(
            "--kubeconfig",
            metavar="FILE",
            help="By default as kubectl has it.",
            show_default=False,
        ),
    ] = None,
    namespace: Annotated[
        list[str] | None,
        typer.Option(
            "--namespace",
            "-n",
            metavar="NAME",
            help="Only these; repeatable.",
            show_default=False,
        ),
    ] = None,
    allow_partial: Annotated[
        bool,
        typer.Option(
            "--allow-partial",
            help="Exit with 0 where a kind could not be read, or a document was rejected.",
        ),
    ] = False,
) -> None:
    """Read a cluster into a file that every command accepts.

    Secrets and ConfigMaps are never read, and of all other objects only the fields that
    netsim uses are kept. Exit codes: 0 complete, 2 partial or not at all.
    """
    from netsim.app import snapshot as app

    console.check(None if output == STDOUT else Path(output))
    request = app.SnapshotRequest(
        source, context, kubeconfig, tuple(namespace or ()), sys.stdin, _heard
    )
    result = app.snapshot(request)
    _write(result, output)
    _announce(result)
    if result.is_partial and not allow_partial:
        raise typer.Exit(console.BAD_INPUT)


def _heard(plural: str) -> None:
    """Progress is for people who watch."""
    if sys.stderr is not None and sys.stderr.isatty():
        console.remark(f"reading {plural}")


def _write(found: Snapshot, output: str) -> None:
    from datetime import UTC, datetime

    text = found.text(datetime.now(UTC).isoformat(timespec="seconds"))
    if output == STDOUT:
        console.write_text(text, None)
        return
    console.write_text(text, Path(output))


def _announce(found: Snapshot) -> None:
    counts = ", ".join(f"{number} {kind}" for kind, number in found.counts.items())
    console.remark(f"snapshot of {found.source}: {counts or 'nothing'}")
    if found.left_out:
        left = ", ".join(f"{number} {kind}" for kind, number in found.left_out)
        console.note(f"left out: {left}")
    for document in found.rejected:
        console.note(f"rejected: {document.place}: {document.message}")
    for kind in found.missing:
        console.note(f"partial: {kind.title}: {kind.reason}")
