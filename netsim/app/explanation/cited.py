"""What an explanation points at: ``shop/api ingress[0]`` at ``shop.yaml:25``."""

from __future__ import annotations

from msgspec import Struct

from netsim.model.location import Location
from netsim.model.policies import Rule
from netsim.model.verdict import Matched


class Cited(Struct, frozen=True):
    """A policy or a rule, where it stands, and which parts of a rule match."""

    title: str
    location: Location
    matched: tuple[Matched, ...] = ()

    @classmethod
    def of_rule(cls, rule: Rule, matched: tuple[Matched, ...] = ()) -> Cited:
        """A rule, with the name that people gave it."""
        title = f"{rule.title} '{rule.name}'" if rule.name else rule.title
        return cls(title, rule.location, matched)
