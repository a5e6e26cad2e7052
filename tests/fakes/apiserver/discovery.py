"""What the server says it serves: groups, versions and resources."""

from __future__ import annotations

from collections.abc import Iterable

from tests.fakes.apiserver import kinds
from tests.fakes.apiserver.kinds import Kind, Object

VERSION: Object = {
    "major": "1",
    "minor": "37",
    "gitVersion": "v1.37.1",
    "gitCommit": "0" * 40,
    "gitTreeState": "clean",
    "buildDate": "2026-01-01T00:00:00Z",
    "goVersion": "go1.26",
    "compiler": "gc",
    "platform": "linux/amd64",
}
_HEALTH = ("/healthz", "/livez", "/readyz")


def document(path: str, subresources: Iterable[str]) -> Object | str | None:
    """What stands at a path of discovery; None where nothing does."""
    if path in _HEALTH:
        return "ok"
    parts = tuple(path.strip("/").split("/"))
    match parts:
        case ("version",):
            return VERSION
        case ("api",):
            return {"kind": "APIVersions", "versions": ["v1"]}
        case ("api", "v1"):
            return _resources("", "v1", subresources)
        case ("apis",):
            groups = [_group(name) for name in kinds.groups() if name]
            return {"kind": "APIGroupList", "apiVersion": "v1", "groups": groups}
        case ("apis", group) if group in kinds.groups():
            return {"kind": "APIGroup", "apiVersion": "v1", **_group(group)}
        case ("apis", group, version) if version in kinds.groups().get(group, ()):
            return _resources(group, version, subresources)
    return None


def _group(name: str) -> Object:
    versions = [
        {"groupVersion": f"{name}/{version}", "version": version}
        for version in kinds.groups()[name]
    ]
    return {"name": name, "versions": versions, "preferredVersion": versions[0]}


def _resources(group: str, version: str, subresources: Iterable[str]) -> Object:
    extra = list(subresources)
    found = kinds.groups()[group][version]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}" if group else version,
        "resources": [entry for kind in found for entry in _entries(kind, extra)],
    }


def _entries(kind: Kind, subresources: list[str]) -> list[Object]:
    own: Object = {
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.traits.namespaced,
        "kind": kind.name,
        "verbs": list(kind.traits.verbs),
    }
    if kind.short:
        own["shortNames"] = list(kind.short)
    names = [f"{kind.plural}/{name}" for name in kind.subresources]
    names += [name for name in subresources if name.startswith(f"{kind.plural}/")]
    # A subresource has no short name: kubectl would take it for another resource.
    inner = {**own, "singularName": ""}
    inner.pop("shortNames", None)
    return [own, *({**inner, "name": name} for name in names)]
