from __future__ import annotations

import pytest
import yaml

from netsim.words import yaml as snippets


@pytest.mark.parametrize("value", ["web", "yes", "N", "true", "1", "1e3", "v1.2", "", "0x1f"])
def test_label_values_stay_text(value: str) -> None:
    patch = yaml.safe_load(snippets.selector("podSelector", {"app": value}))
    assert patch == {"podSelector": {"matchLabels": {"app": value}}}


def test_plain_words_have_no_quotes() -> None:
    assert snippets.scalar("plue-web") == "plue-web"
