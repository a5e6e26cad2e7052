"""The words that formats of ``explain`` share."""

from __future__ import annotations

from netsim.model.verdict import Outcome

WORDS = {Outcome.ALLOW: "allowed", Outcome.DENY: "denied", Outcome.UNKNOWN: "unknown"}
UNREAD = "Not every document was read, so the answer may differ."
