"""YAML text to places, by the marks of its parser.

``spec: {ports: [80]}`` is a :class:`Place` for the mapping, one for each key and value in it,
and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from netsim.loader.tree.place import Form, Place
from netsim.loader.tree.yaml import PARSER

_PROPERTIES: Any = re.compile(r"(?:[&!][^ \t\n]*(?:[ \t\n]|#[^\n]*)+)*")
"""An anchor and a tag, and what stands between them and the value."""

_ENDS = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


def places(text: str) -> list[Place]:
    """The documents of a YAML text that can be parsed; those that are empty are left out."""
    events: Iterator[Any] = yaml.parse(text, PARSER)
    found = []
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            place = _place(next(events), events, text)
            is_plain = place.form is Form.SCALAR and not place.style
            if not (is_plain and not place.text):
                found.append(place)
    return found


def _place(event: Any, events: Iterator[Any], text: str) -> Place:
    start, end = event.start_mark.index, event.end_mark.index
    anchor = event.anchor or ""
    if isinstance(event, yaml.AliasEvent):
        return Place(Form.ALIAS, start, start, end, anchor=anchor)
    if isinstance(event, yaml.ScalarEvent):
        style = event.style or ""
        # A tag without text is no empty document.
        shown = event.value if style or not event.tag else event.value or event.tag
        return Place(Form.SCALAR, start, start, end, True, (), shown, style, anchor)  # noqa: FBT003
    is_flow = bool(event.flow_style)
    entries: list[tuple[Place | None, Place]] = []
    form = Form.SEQUENCE if isinstance(event, yaml.SequenceStartEvent) else Form.MAPPING
    inner = end - 1 if is_flow else start
    if not is_flow and (event.anchor or event.tag):
        inner = _PROPERTIES.match(text, start).end()
    after = next(events)
    while not isinstance(after, _ENDS):
        first = _place(after, events, text)
        if form is Form.SEQUENCE:
            entries.append((None, first))
        else:
            entries.append((first, _place(next(events), events, text)))
        after = next(events)
    closing: Any = after
    return Place(
        form,
        start,
        inner,
        closing.end_mark.index if is_flow else entries[-1][1].end,
        is_flow,
        tuple(entries),
        anchor=anchor,
    )
