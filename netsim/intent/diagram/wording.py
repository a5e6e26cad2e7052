"""Whether the words of a label agree with what is drawn, and say all that they must."""

from __future__ import annotations

import re

from netsim.intent.diagram.labels import CLAIMS, EXCEPTIONS, MUTUAL_TLS, NUMBERED, Label
from netsim.intent.errors import IntentError
from netsim.model.location import Location

# A symbol counts as a word, so that none is passed over; what only separates words does not.
_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\s\w.,:;/&+|–—-]")
_PROTOCOLS = {"tcp", "udp", "sctp"}
_AFFIRMED = {"allow", "allowed", "allows", "open", "permitted", "reachable"}
_DENIED = {
    *("deny", "denied", "denies", "block", "blocked", "blocks", "forbid", "forbidden"),
    *("forbids", "disallow", "disallowed", "disallows", "prohibited", "prohibits", "disabled"),
    *("disables", "unreachable", "inaccessible", "unavailable", "rejected", "rejects"),
    *("refused", "refuses", "drop", "dropped", "drops", "prevented", "prevents", "closed"),
    *("off", "never", "none", "nothing", "nobody", "nowhere", "neither", "nor", "cannot"),
    *"✗✘✕✖❌🚫⛔⊘≠¬!",
}
_NEGATED = {"not", "no"}
_FOUND = {"?", "？", "undecided", "exposed", "broken", "opened"}
"""What a picture says of that which was found, where nobody has stated what is meant."""
_KNOWN = {
    *("egress", "ingress", "inbound", "outbound", "all", "any", "every", "port", "ports"),
    *("traffic", "access", "internet", "and", "is", "are", "to", "the"),
    *(_PROTOCOLS | _AFFIRMED | set(CLAIMS)),
}


def check_arrow(label: Label, location: Location) -> None:
    """Raise where the label of an arrow denies or doubts the flow, or leaves its ports open."""
    words = _words(label)
    for word in words:
        if word in _DENIED | _NEGATED or word.endswith("n't"):
            raise IntentError(
                f"an arrow stands for an allowed flow, but its label says {word!r}; "
                "draw a denied flow with ✗, or with --x in Mermaid",
                location,
            )
    _refuse_found(words, location)
    _refuse_exceptions(words, EXCEPTIONS, label, location)
    _require_ports(words, _KNOWN, label, location)


def check_cross(label: Label, location: Location) -> None:
    """Raise where the label of a cross allows or doubts the flow, or leaves its ports open."""
    words = _words(label)
    _refuse_found(words, location)
    denials = [word for word in words if word in _DENIED | _NEGATED or word.endswith("n't")]
    for word in words:
        if word in _AFFIRMED and not denials:
            raise IntentError(
                f"a ✗ stands for a denied flow, but its label says {word!r}; "
                "draw an allowed flow with ──→, or with --> in Mermaid",
                location,
            )
    # Beside a port, "not" may as well turn the cross into its opposite.
    exceptions = EXCEPTIONS if label.names_port else EXCEPTIONS - _NEGATED
    _refuse_exceptions(words, exceptions, label, location)
    _require_ports(words, _KNOWN.union(denials), label, location)


def _words(label: Label) -> list[str]:
    plain = MUTUAL_TLS.sub("mTLS", label.text.replace("’", "'"))
    return _TOKEN.findall(plain.casefold())


def _refuse_found(words: list[str], location: Location) -> None:
    for word in words:
        if word in _FOUND:
            raise IntentError(
                f"a drawing states what is meant, but a label says {word!r}, as a picture of "
                "what was found does; draw what should be allowed, or leave the line out",
                location,
            )


def _refuse_exceptions(
    words: list[str], exceptions: set[str], label: Label, location: Location
) -> None:
    if exceptions.intersection(words):
        message = f"an exception cannot be read in the label {label.text!r}"
        raise IntentError(f"{message}; list the ports that are meant", location)


def _require_ports(words: list[str], known: set[str], label: Label, location: Location) -> None:
    if label.names_port or (not label.text) or (words and known.issuperset(words)):
        return
    right = "write (port N), or (all ports)"
    if known.union(NUMBERED).issuperset(words):
        right = f"write the port, as in ({label.text}, port N)"
    raise IntentError(f"the label {label.text!r} names no port: {right}", location)
