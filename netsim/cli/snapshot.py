"""``netsim snapshot``: a live cluster in one file."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from netsim.cli import console, inputs

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
        typer.Option("--context", help="The context of the kubeconfig.", show_default=False),
    ] = None,
    kubeconfig: Annotated[
        str | None,
        typer.Option("--kubeconfig", help="By default as kubectl has it.", show_default=False),
    ] = None,
    namespace: Annotated[
        list[str] | None,
        typer.Option("--namespace", "-n", help="Only these; repeatable.", show_default=False),
    ] = None,
    allow_partial: Annotated[
        bool,
        typer.Option("--allow-partial", help="Exit with 0 where a kind could not be read."),
    ] = False,
) -> None:
    """Read a cluster into a file that every command accepts.

    Secrets and ConfigMaps are never read, and of all other objects only the fields that
    netsim uses are kept. Exit codes: 0 complete, 2 partial or not at all.
    """
    if source is not None and (context or kubeconfig or namespace):
        raise typer.BadParameter("--from reads no cluster: leave out its options")
    if output != STDOUT and Path(output).is_dir():
        raise inputs.refuse(f"{output}: is a folder, name a file in it")
    found = _given(source) if source else _live(context, kubeconfig, namespace or [])
    _write(found, output)
    _announce(found)
    if found.missing and not allow_partial:
        raise typer.Exit(inputs.BAD_INPUT)


def _live(context: str | None, kubeconfig: str | None, namespaces: list[str]) -> Snapshot:
    from netsim.loader.sources.live import connect
    from netsim.loader.sources.live_reading import LiveError, Reader

    try:
        fetch, server = connect(kubeconfig, context)
        return Reader(fetch, server, heard=_heard).read(namespaces)
    except LiveError as error:
        raise inputs.refuse(f"{context or 'the cluster'}: {error}") from error


def _heard(plural: str) -> None:
    """Progress is for people who watch."""
    if sys.stderr is not None and sys.stderr.isatty():
        console.note(f"reading {plural}")


def _given(source: str) -> Snapshot:
    from netsim.loader.snapshot.snapshot import of_objects
    from netsim.loader.tree.yaml import TextError, plain_objects

    name = "<stdin>" if source == STDOUT else source
    try:
        text = sys.stdin.read() if source == STDOUT else Path(source).read_text("utf-8")
        objects = plain_objects(text)
    except TextError as error:
        raise inputs.refuse(f"{name}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise inputs.refuse(f"{name}: cannot be read: {error}") from error
    if not objects:
        raise inputs.refuse(f"{name}: holds no object")
    return of_objects(objects, name)


def _write(found: Snapshot, output: str) -> None:
    from datetime import UTC, datetime

    text = found.text(datetime.now(UTC).isoformat(timespec="seconds"))
    if output == STDOUT:
        console.result(text, None)
        return
    target = Path(output)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        console.result(text, part)
        part.replace(target)
    except OSError as error:
        raise console.OutputError(f"{output}: cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)


def _announce(found: Snapshot) -> None:
    counts = ", ".join(f"{number} {kind}" for kind, number in found.counts.items())
    console.note(f"snapshot of {found.source}: {counts or 'nothing'}")
    if found.left_out:
        left = ", ".join(f"{number} {kind}" for kind, number in found.left_out)
        console.note(f"left out: {left}")
    for each in found.missing:
        console.note(f"partial: {each.kind}: {each.reason}")
