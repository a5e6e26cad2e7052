"""``netsim rule``: what a rule of ``check`` reports, why, and what to do about it."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import typer

from netsim.cli import console
from netsim.cli.options import complete_rules


class RuleFormat(Enum):
    """How a page of the documentation is written."""

    TEXT = "text"
    MARKDOWN = "markdown"


def rule(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID]",
            help="The rule. By default all are listed.",
            autocompletion=complete_rules,
        ),
    ] = None,
    form: Annotated[
        RuleFormat, typer.Option("--format", "-f", help="How to write the page.")
    ] = RuleFormat.TEXT,
) -> None:
    """Show the page of a rule: what it reports, why that matters, and the fix.

    Without one, all rules are listed. `netsim check` names the rule of each finding.
    """
    from netsim.report import rules_page as pages
    from netsim.rules.registry import RULE_IDS, RULES, load_checks
    from netsim.words.nearness import suggest

    if name is not None and name not in RULE_IDS:
        message = f"no rule is called {name!r}{suggest(name, RULE_IDS)}"
        raise typer.BadParameter(message, param_hint="'ID'")
    terminal = console.terminal()
    match name, form:
        case None, RuleFormat.TEXT:
            text = pages.list_rules(load_checks(), terminal)
        case None, RuleFormat.MARKDOWN:
            text = pages.markdown()
        case _:
            check = next(each for each in RULES if each.id == name).load()
            is_text = form is RuleFormat.TEXT
            text = (
                pages.describe_rule(check, terminal) if is_text else pages.write_section(check)
            )
    console.write_text(text, None)
