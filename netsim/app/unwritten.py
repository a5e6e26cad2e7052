"""Labels as people write them, and the pods that they describe.

``app=web,tier=front`` are two labels; with ``parse_unwritten("src", ...)`` they describe the
source of a connection that no manifest has.
"""

from __future__ import annotations

from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.errors import RequestError
from netsim.loader.objects import validation
from netsim.model.labels import Labels
from netsim.model.resources import NAME_LABEL


def parse_labels(text: str, parameter: str) -> Labels:
    """Labels such as ``app=web,tier=front``; empty text is none."""
    found: dict[str, str] = {}
    for part in text.split(",") if text.strip() else ():
        key, sign, value = (each.strip() for each in part.partition("="))
        if not sign or not key:
            message = f"{text!r} is not a list of labels: write for example app=nginx,tier=edge"
            raise RequestError(message, parameter)
        wrong = validation.label_key(key) or validation.label_value(value)
        if wrong:
            raise RequestError(wrong, parameter)
        if key in found:
            raise RequestError(f"{text!r} has the label {key} twice: keep one", parameter)
        found[key] = value
    return Labels.of(found)


def parse_unwritten(
    end: str, name: str | None, labels: str | None, namespace: str | None, space: str | None
) -> UnwrittenPod | None:
    """The pod that the parameters of one end describe; None where they describe none.

    ``end`` is how the parameters begin, such as ``src``, and ``name`` an end that is in the
    input, beside which none can be described.
    """
    given = {"labels": labels, "namespace": namespace, "namespace_labels": space}
    first = next((key for key, value in given.items() if value is not None), None)
    if first is None:
        return None
    parameter = f"{end}_{first}"
    if name is not None:
        message = f"describes a pod that is not in the input: not together with {name!r}"
        raise RequestError(message, parameter)
    wrong = validation.dns_label(namespace) if namespace is not None else None
    if wrong:
        raise RequestError(wrong, f"{end}_namespace")
    own = parse_labels(labels or "", f"{end}_labels")
    spaces = parse_labels(space or "", f"{end}_namespace_labels")
    if spaces.get(NAME_LABEL) is not None:
        message = f"{NAME_LABEL} is the name of a namespace: give it as such"
        raise RequestError(message, f"{end}_namespace_labels")
    return UnwrittenPod(own, namespace, spaces)
