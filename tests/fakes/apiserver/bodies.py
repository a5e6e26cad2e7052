"""What stands in the body of a request."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import yaml

from tests.fakes.apiserver import errors, patches, protobuf, validation
from tests.fakes.apiserver.answers import Request
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.routes import Target
from tests.fakes.apiserver.validation import FieldValidation

_DECODERS: dict[str, Callable[[bytes], Any]] = {
    "application/json": json.loads,
    "application/yaml": yaml.safe_load,
    protobuf.CONTENT_TYPE: protobuf.decoded,
    "": json.loads,
}
_PATCH_DECODERS: dict[str, Callable[[bytes], Any]] = {
    patches.JSON: json.loads,
    patches.MERGE: json.loads,
    patches.STRATEGIC: json.loads,
}


def whole(request: Request) -> Object:
    """An object, or the options of a deletion; raises ApiError."""
    found = _loaded(request, _DECODERS)
    if not isinstance(found, dict):
        raise errors.bad_request("the body of the request is no object")
    return found


def change(request: Request) -> Any:
    """A patch, whose kind the type of its content tells; raises ApiError."""
    return _loaded(request, _PATCH_DECODERS)


def _loaded(request: Request, decoders: dict[str, Callable[[bytes], Any]]) -> Any:
    decode = decoders.get(request.content_type)
    if decode is None:
        raise errors.unsupported_media_type(tuple(filter(None, decoders)))
    try:
        return decode(request.body)
    except (ValueError, yaml.YAMLError) as error:
        raise errors.bad_request(f"the body of the request cannot be read: {error}") from error


def decoded(request: Request, found: Target, body: Object) -> tuple[Object, list[str]]:
    """An object as its kind has it, and the warnings about it; raises ApiError."""
    validate = _field_validation(request.query.get("fieldValidation") or "Warn")
    warnings = validation.decoded(found.kind, body, validate)
    body = _without_nulls(body)
    validation.prune(found.kind, body)
    if not found.kind.traits.namespaced:
        return body, warnings
    if body["metadata"].setdefault("namespace", found.namespace) != found.namespace:
        raise errors.bad_request(
            "the namespace of the provided object does not match the namespace sent on the "
            "request"
        )
    return body, warnings


def _without_nulls(value: Any) -> Any:
    """Null is decoded as nothing, so the field is not there when the object comes back."""
    if isinstance(value, dict):
        return {key: _without_nulls(one) for key, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value


def _field_validation(value: str) -> FieldValidation:
    try:
        return FieldValidation(value)
    except ValueError:
        raise errors.bad_request(
            f'fieldValidation: Unsupported value: "{value}": supported values: "Ignore", '
            '"Strict", "Warn"'
        ) from None
