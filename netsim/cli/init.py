"""``netsim init``: a first scenario, to be reviewed."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from netsim.cli import console, options

Diagram = Annotated[
    str | None,
    typer.Option(
        "--diagram",
        metavar="FILE#HEADING",
        help="The diagram below this heading: its boxes are matched with the workloads.",
        show_default=False,
    ),
]
NewFile = Annotated[Path | None, options.new_file("scenario")]


def init(
    paths: options.Paths,
    diagram: Diagram = None,
    namespace: options.HomeNamespace = None,
    output: NewFile = None,
) -> None:
    """Write a first scenario, to be reviewed.

    With a diagram, its boxes are bound to workloads; without one, what is allowed today is
    listed. What could not be matched is in its comments. Exit codes: 0 written, 2 bad usage or
    input, or a file that is there already, which is never overwritten.
    """
    from netsim.app import init as app

    if diagram == "":
        raise typer.BadParameter("the name is empty", param_hint="'--diagram'")
    if output is not None and os.path.lexists(output):
        console.note(f"{output}: is there already; it is never overwritten")
        raise typer.Exit(console.BAD_INPUT)
    folder = output.parent if output else None
    if folder and folder.parent.is_dir() and not folder.exists():
        # A repository without a scenario has no folder for one.
        console.check(folder.parent / "scenarios.yaml")
    else:
        console.check(output)
    request = app.InitRequest(
        tuple(paths),
        namespace,
        stdin=sys.stdin,
        diagram=diagram,
        destination=None if output is None else str(output),
    )
    result = app.init(request)
    console.notes(result.diagnostics)
    if folder and not folder.exists():
        folder.mkdir()
    console.write_text(result.text, output)
    for point in result.open_points:
        console.remark(f"open: {point}")
