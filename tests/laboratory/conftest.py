from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.laboratory import requirements
from tests.laboratory.fabric import Fabric


@pytest.fixture
def fabric() -> Iterator[Fabric]:
    """A fabric without pods."""
    requirements.require()
    with Fabric() as made:
        yield made
