"""The page of conventions and the code name the same ones, each with what changes it."""

from __future__ import annotations

import re

import pytest

from netsim.model.conventions import PAGE, TEXTS, IpBlockPods, page_of
from tests.project import ROOT

NAMES = [name for name, _ in TEXTS]
SECTIONS = dict(
    re.findall(
        r"^## (\S+)\n(.*?)(?=^## |\Z)",
        (ROOT / PAGE).read_text(encoding="utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
)


def test_every_convention_has_a_section_and_no_other_is_there() -> None:
    assert list(SECTIONS) == NAMES, (
        f"{PAGE} needs a section '## name' for each convention of model/conventions.py, in the "
        "order of TEXTS"
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_section_says_when_it_matters_and_what_changes_it(name: str) -> None:
    assert "\nWhen it matters: " in SECTIONS[name]
    assert "\nOption: " in SECTIONS[name]


def test_the_page_names_every_choice() -> None:
    section = SECTIONS["ipblock-pods"]
    for choice in IpBlockPods:
        if choice is not IpBlockPods.MATCH:
            assert f"`--ipblock-pods {choice.value}`" in section


def test_names_are_anchors() -> None:
    assert page_of("own-node") == "docs/conventions.md#own-node"
    assert all(re.fullmatch("[a-z]+(-[a-z]+)*", name) for name in NAMES)
