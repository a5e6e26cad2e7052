"""What the API server refuses about an object before it is stored."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from enum import Enum

from tests.fakes.apiserver import errors, leases
from tests.fakes.apiserver.errors import Cause
from tests.fakes.apiserver.kinds import Kind, Object

_METADATA = frozenset(
    (
        *("name", "generateName", "namespace", "selfLink", "uid", "resourceVersion"),
        *("generation", "creationTimestamp", "deletionTimestamp"),
        *("deletionGracePeriodSeconds", "labels", "annotations", "ownerReferences"),
        *("finalizers", "managedFields"),
    )
)
_SUBDOMAIN = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*"
)
_LABEL = re.compile(r"([A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?)?")
# Names of RBAC may hold all but "/" and "%"; they often hold a colon.
_PATH_SEGMENT = ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")


class FieldValidation(Enum):
    """The query parameter ``fieldValidation``; the server's default is ``Warn``."""

    IGNORE = "Ignore"
    WARN = "Warn"
    STRICT = "Strict"


def unknown_fields(kind: Kind, found: Object) -> list[str]:
    """What a strict decoder says of fields at the top and of metadata that do not exist."""
    known = {"apiVersion", "kind", "metadata", *kind.fields}
    top = [field for field in found if field not in known]
    inner = [f"metadata.{field}" for field in found["metadata"] if field not in _METADATA]
    deep = leases.unknown_fields(found) if kind.name == "Lease" else []
    return [f'unknown field "{field}"' for field in top + inner + deep]


def decoded(kind: Kind, found: object, validation: FieldValidation) -> list[str]:
    """Checks that a body is of this kind; gives warnings, raises ApiError."""
    if not isinstance(found, dict):
        raise errors.bad_request(f"the body is no {kind.name}")
    wanted = {"apiVersion": kind.api_version, "kind": kind.name}
    for field, value in wanted.items():
        if found.setdefault(field, value) != value:
            raise errors.bad_request(
                f"the {field} in the data ({found[field]}) does not match the expected "
                f"{field} ({value})"
            )
    if not isinstance(found.setdefault("metadata", {}), dict):
        raise errors.bad_request(f'{kind.name} in version "{kind.version}" has no metadata')
    problem = leases.undecodable(found) if kind.name == "Lease" else ""
    unknown = unknown_fields(kind, found)
    if unknown and not problem and validation is FieldValidation.STRICT:
        problem = f"strict decoding error: {', '.join(unknown)}"
    if problem:
        raise errors.bad_request(
            f'{kind.name} in version "{kind.version}" cannot be handled as a {kind.name}: '
            f"{problem}"
        )
    return unknown if validation is FieldValidation.WARN else []


def prune(kind: Kind, found: Object) -> None:
    """Drops the unknown fields, which the API server does not store."""
    for field in set(found) - {"apiVersion", "kind", "metadata", *kind.fields}:
        del found[field]
    for field in set(found["metadata"]) - _METADATA:
        del found["metadata"][field]


def check(kind: Kind, found: Object) -> None:
    """Raises ApiError for an object that is not valid."""
    causes = [*_of_name(kind, found["metadata"]), *_of_labels(found["metadata"])]
    causes += _BY_KIND[kind.name](found) if kind.name in _BY_KIND else ()
    if causes:
        raise errors.invalid(kind, found["metadata"].get("name", ""), causes)


def _of_name(kind: Kind, metadata: Object) -> Iterator[Cause]:
    name = metadata.get("name", "")
    if not name:
        yield Cause.required("metadata.name", "name or generateName is required")
    elif kind.name in _PATH_SEGMENT:
        if re.search("[/%]", name):
            yield Cause.invalid("metadata.name", f'"{name}"', "may not contain '/' or '%'")
    elif not _SUBDOMAIN.fullmatch(name):
        why = (
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters"
        )
        yield Cause.invalid("metadata.name", f'"{name}"', f"{why}, '-' or '.'")


def _of_labels(metadata: Object) -> Iterator[Cause]:
    for value in (metadata.get("labels") or {}).values():
        if not isinstance(value, str) or not _LABEL.fullmatch(value):
            why = "a valid label must be an empty string or consist of alphanumeric characters"
            yield Cause.invalid("metadata.labels", f'"{value}"', f"{why}, '-', '_' or '.'")


def _of_pod(pod: Object) -> Iterator[Cause]:
    containers = (pod.get("spec") or {}).get("containers") or []
    if not containers:
        yield Cause.required("spec.containers")
    for at, container in enumerate(containers):
        for field in ("name", "image"):
            if not container.get(field):
                yield Cause.required(f"spec.containers[{at}].{field}")


_BY_KIND = {"Pod": _of_pod, "Lease": leases.check}


def defaults(kind: Kind, found: Object) -> None:
    """Fills in what the API server fills in, as far as clients look at it."""
    if kind.name == "Secret":
        _encode_strings(found)
    if kind.name == "Namespace":
        found.setdefault("spec", {"finalizers": ["kubernetes"]})
        labels = found["metadata"].setdefault("labels", {})
        labels["kubernetes.io/metadata.name"] = found["metadata"].get("name", "")
    if kind.name == "Pod":
        spec = found.setdefault("spec", {})
        spec.setdefault("restartPolicy", "Always")
        spec.setdefault("serviceAccountName", "default")
        spec.setdefault("terminationGracePeriodSeconds", 30)


def _encode_strings(secret: Object) -> None:
    for key, value in (secret.pop("stringData", None) or {}).items():
        secret.setdefault("data", {})[key] = base64.b64encode(value.encode()).decode()
    secret.setdefault("type", "Opaque")
