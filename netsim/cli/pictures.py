"""What the commands that draw share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from netsim.app.picture import Collapse
from netsim.cli import console
from netsim.report.render import PICTURES, Format

if TYPE_CHECKING:
    from netsim.app.picture import Picture

Collapsing = Annotated[
    Collapse,
    typer.Option(
        "--collapse",
        help="Fold workloads into their namespaces: as many as it takes to read the picture "
        "(auto), those that stand out last, or all of them, or none.",
    ),
]


def refuse_collapse(collapse: Collapse, form: Format) -> None:
    """Bad usage where something that is no picture is to be folded."""
    if collapse is not Collapse.AUTO and form not in PICTURES:
        names = ", ".join(each.value for each in PICTURES)
        message = f"is about pictures: give --format, one of {names}"
        raise typer.BadParameter(message, param_hint="'--collapse'")


def note_omissions(picture: Picture, form: Format) -> None:
    """Says on standard error what a picture leaves out, and how to see it."""
    from netsim.report.graph.words import list_omissions

    console.notes(list_omissions(picture))
    if form is Format.MERMAID:
        from netsim.report.graph.mermaid import LONGEST_TEXT, MOST_EDGES, exceeds_limits

        if exceeds_limits(picture):
            console.note(
                f"warning: Mermaid draws no more than {MOST_EDGES} edges and {LONGEST_TEXT} "
                "characters unless it is told to, and GitHub never does: --collapse auto "
                "stays below"
            )
