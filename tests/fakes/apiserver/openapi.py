"""As much OpenAPI as kubectl reads: which requests know which query parameters."""

from __future__ import annotations

from tests.fakes.apiserver import kinds
from tests.fakes.apiserver.kinds import Kind, Object

_PARAMETERS: list[Object] = [
    {"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": True}}
    for name in ("dryRun", "fieldManager", "fieldValidation")
]


def document(path: str) -> Object | None:
    """What stands at a path below ``/openapi/v3``; None where nothing does."""
    inner = path.removeprefix("/openapi/v3").strip("/")
    if inner == "":
        return {"paths": {at: {"serverRelativeURL": f"/openapi/v3/{at}"} for at in _roots()}}
    found = _roots().get(inner)
    return None if found is None else _version(found)


def _roots() -> dict[str, list[Kind]]:
    return {
        f"apis/{group}/{version}" if group else f"api/{version}": found
        for group, versions in kinds.groups().items()
        for version, found in versions.items()
    }


def _version(found: list[Kind]) -> Object:
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.37.1"},
        "paths": {_path(kind): _operations(kind) for kind in found if kind.is_stored},
        "components": {"schemas": {}},
    }


def _path(kind: Kind) -> str:
    root = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
    middle = "/namespaces/{namespace}" if kind.traits.namespaced else ""
    return f"{root}{middle}/{kind.plural}/{{name}}"


def _operations(kind: Kind) -> Object:
    named = {"group": kind.group, "version": kind.version, "kind": kind.name}
    return {
        "patch": {
            "x-kubernetes-action": "patch",
            "x-kubernetes-group-version-kind": named,
            "parameters": _PARAMETERS,
            "responses": {"200": {"description": "OK"}},
        }
    }
