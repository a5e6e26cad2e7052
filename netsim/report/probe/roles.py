"""The roles that a probe needs, as YAML."""

from __future__ import annotations

from typing import Any

from netsim.app.probe import Roles
from netsim.probe.rbac import NAME, PURPOSES, objects
from netsim.report.style import Terminal

_NO_WORDS = frozenset(["y", "n", "yes", "no", "true", "false", "on", "off", "null"])


def render(roles: Roles, _: Terminal) -> str:
    """The objects, for ``kubectl apply -f -``, with what each rule is for."""
    documents = [_document(each) for each in objects(roles.namespaces, roles.via)]
    head = (
        "# What netsim probe needs. Bind it to whoever runs it, such as with\n"
        + "".join(
            f"#   kubectl create rolebinding {NAME} -n {name} --role={NAME} --user=NAME\n"
            for name in roles.namespaces
        )
        + f"#   kubectl create clusterrolebinding {NAME} --clusterrole={NAME} --user=NAME\n"
    )
    return head + "---\n" + "---\n".join(documents)


def _document(found: dict[str, Any]) -> str:
    lines = [f"{key}: {found[key]}" for key in ("apiVersion", "kind")]
    inner = ", ".join(f"{key}: {_word(value)}" for key, value in found["metadata"].items())
    lines += [f"metadata: {{{inner}}}", "rules:"]
    for rule in found["rules"]:
        lines.append(f"  # {PURPOSES[rule['resources'][0]]}")
        texts = (f"{key}: [{', '.join(_word(v) for v in rule[key])}]" for key in rule)
        lines.append(f"  - {{{', '.join(texts)}}}")
    return "\n".join(lines) + "\n"


def _word(text: str) -> str:
    """In quotes where YAML 1.1 takes it for nothing, a boolean, a number or a date."""
    return text if text[:1].isalpha() and text not in _NO_WORDS else f'"{text}"'
