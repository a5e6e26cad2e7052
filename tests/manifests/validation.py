"""Whether the API server would accept an object, by the schemas of its kind."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from tests.manifests.bundle import Object

kubernetes_validate = pytest.importorskip(
    "kubernetes_validate", reason="needs kubernetes-validate"
)

KUBERNETES = "1.33"
"""The oldest version that the bundle is meant for: fields of later ones are unknown."""

_FOLDER = Path(__file__).parent / "schemas"
_EXTERNAL_SECRETS = "external-secrets.io/v1"


def validate(found: Object) -> None:
    """Raises jsonschema.ValidationError for a field that is wrong or unknown."""
    if found["apiVersion"] == _EXTERNAL_SECRETS:
        text = (_FOLDER / f"{found['kind']}.json").read_text(encoding="utf-8")
        jsonschema.Draft202012Validator(json.loads(text)).validate(found)
    else:
        kubernetes_validate.validate(found, KUBERNETES, strict=True)
