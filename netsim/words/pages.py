"""Where the documentation is, for those who have only the output before them."""

from __future__ import annotations

REPOSITORY = "https://github.com/kube-netsim/netsim"
"""The home of the project; ``pyproject.toml`` has it, too."""


def locate_rule(rule: str) -> str:
    """The address of a rule's section in the page of all rules."""
    return f"{REPOSITORY}/blob/main/docs/rules.md#{rule}"
