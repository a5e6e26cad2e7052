"""Bundles from YAML text."""

from __future__ import annotations

import io

from netsim.loader.load import Loaded, load
from netsim.loader.registry import Scope
from netsim.model.bundle import Bundle


def loaded(text: str) -> Loaded:
    return load(["-"], "shop", io.StringIO(text), Scope.BUNDLE)


def bundle(text: str) -> Bundle:
    found = loaded(text)
    assert found.errors == ()
    assert found.bundle is not None
    return found.bundle


def refusals(text: str) -> list[str]:
    return [f"{each.location.line}: {each.message}" for each in loaded(text).errors]
