"""Refusals, as the API server words them (``k8s.io/apimachinery/pkg/api/errors``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tests.fakes.apiserver.kinds import Kind, Object

OPTIMISTIC_LOCK = (
    "the object has been modified; please apply your changes "
    "to the latest version and try again"
)


class ApiError(Exception):
    """A request that is answered with a Status of failure."""

    def __init__(
        self, code: int, reason: str, message: str, details: Object | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.details = details or {}

    def status(self) -> Object:
        """The body of the answer."""
        found: Object = {
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
        }
        if self.reason:
            found["reason"] = self.reason
        if self.details:
            found["details"] = self.details
        return {**found, "code": self.code}


@dataclass(frozen=True, slots=True)
class Cause:
    """One thing that is wrong with an object."""

    field: str
    reason: str
    message: str

    @classmethod
    def required(cls, field: str, why: str = "") -> Cause:
        return cls(field, "FieldValueRequired", "Required value" + (f": {why}" if why else ""))

    @classmethod
    def invalid(cls, field: str, value: str, why: str) -> Cause:
        return cls(field, "FieldValueInvalid", f"Invalid value: {value}: {why}")


def details_of(kind: Kind, name: str) -> Object:
    """The details that name an object."""
    found: Object = {"name": name} if name else {}
    if kind.group:
        found["group"] = kind.group
    return {**found, "kind": kind.plural}


def unauthorized() -> ApiError:
    return ApiError(401, "Unauthorized", "Unauthorized")


def not_found(kind: Kind, name: str) -> ApiError:
    message = f'{kind.resource} "{name}" not found'
    return ApiError(404, "NotFound", message, details_of(kind, name))


def no_such_path() -> ApiError:
    return ApiError(404, "NotFound", "the server could not find the requested resource")


def not_allowed() -> ApiError:
    message = "the server does not allow this method on the requested resource"
    return ApiError(405, "MethodNotAllowed", message)


def already_exists(kind: Kind, name: str) -> ApiError:
    message = f'{kind.resource} "{name}" already exists'
    return ApiError(409, "AlreadyExists", message, details_of(kind, name))


def conflict(kind: Kind, name: str, why: str = OPTIMISTIC_LOCK) -> ApiError:
    message = f'Operation cannot be fulfilled on {kind.resource} "{name}": {why}'
    return ApiError(409, "Conflict", message, details_of(kind, name))


def other_uid(kind: Kind, namespace: str, name: str, wanted: str, actual: str) -> ApiError:
    """An update that names the uid of another object; storage itself refuses it."""
    key = "/".join(part for part in ("/registry", kind.plural, namespace, name) if part)
    why = (
        f"StorageError: invalid object, Code: 4, Key: {key}, ResourceVersion: 0, "
        f"AdditionalErrorMsg: Precondition failed: UID in precondition: {wanted}, "
        f"UID in object meta: {actual}"
    )
    return conflict(kind, name, why)


def precondition(kind: Kind, name: str, why: str) -> ApiError:
    """A delete whose preconditions do not hold; ``BeforeDelete`` names kind, not resource."""
    message = f'Operation cannot be fulfilled on {kind.qualified_name} "{name}": {why}'
    details = details_of(kind, name) | {"kind": kind.name}
    return ApiError(409, "Conflict", message, details)


def bad_request(message: str) -> ApiError:
    return ApiError(400, "BadRequest", message)


def unsupported_media_type(accepted: Sequence[str]) -> ApiError:
    message = (
        "the body of the request was in an unknown format - accepted media types include: "
        + ", ".join(accepted)
    )
    return ApiError(415, "UnsupportedMediaType", message)


def invalid(kind: Kind, name: str, causes: Sequence[Cause]) -> ApiError:
    """An object that validation refuses."""
    return _invalid(kind, kind.name, kind.qualified_name, name, causes)


def invalid_update(kind: Kind, name: str, cause: Cause) -> ApiError:
    """An update that storage refuses, which knows the resource only and calls that the kind."""
    return _invalid(kind, kind.plural, kind.resource, name, [cause])


def _invalid(
    kind: Kind, called: str, qualified: str, name: str, causes: Sequence[Cause]
) -> ApiError:
    found = [f"{cause.field}: {cause.message}" for cause in causes]
    text = found[0] if len(found) == 1 else f"[{', '.join(found)}]"
    details = details_of(kind, name) | {
        "kind": called,
        "causes": [
            {"reason": cause.reason, "message": cause.message, "field": cause.field}
            for cause in causes
        ],
    }
    return ApiError(422, "Invalid", f'{qualified} "{name}" is invalid: {text}', details)


def unprocessable() -> ApiError:
    """A JSON patch that does not fit the object."""
    message = "the server rejected our request due to an error in our request"
    return ApiError(422, "Invalid", message)


def broken(trace: str) -> ApiError:
    """A request on which the fake itself failed."""
    return ApiError(500, "InternalError", f"the fake API server failed: {trace}")
