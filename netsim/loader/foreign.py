"""Documents in a folder that are no manifests: values files, Compose files, dashboards.

``sort_foreign("k8s/values.yaml", tree)`` is the sort ``values file``; of a manifest it is None.

The line is drawn so that nothing that may be a policy is passed over:

====================================  =====================================================
``kind`` or ``apiVersion``            a manifest, perhaps with a mistake
``Chart.yaml`` without a kind         foreign
``apiVersion: 1``, without a kind     foreign: no version of the API is a number
a misspelt ``apiversion``, ``knd``    near a manifest, and read (and refused) like one
``metadata`` and ``spec``             near a manifest, and so is the bare spec of a policy
any other mapping                     foreign
a list                                foreign, unless an item of it is near a manifest
a text                                foreign, unless it has one of the words ``kind:``
what is no YAML or JSON               foreign, unless its file has one of these words
====================================  =====================================================
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

from msgspec import Struct

from netsim.loader.registry import Scope, readers_of
from netsim.loader.tree.encrypted import is_all_encrypted
from netsim.model.tree import Mapping, Scalar, ScalarStyle, Sequence, Tree
from netsim.words.lists import count_noun, join_first
from netsim.words.nearness import closest

_OF_MANIFEST = ("apiversion", "kind")
_OF_POLICY = frozenset(("podSelector", "policyTypes"))
_OF_ANY = frozenset(
    ("apiVersion", "data", "items", "metadata", "rules", "spec", "stringData", "webhooks")
)
"""Keys of manifests of nearly every kind."""
_MOST_KEYS = 12
"""A manifest has few keys at its top; to look for near ones in many takes a while."""
_ALIKE = 0.85
_MOST_NAMED = 8
_MENTIONS = re.compile(
    r"(?:^|[\s{,\"'-])(?:api_?version|kind|podSelector|policyTypes)[\"']?[ \t]*:", re.IGNORECASE
)
_LFS_POINTER = "version https://git-lfs.github.com/spec/"

_BY_NAME = tuple(
    (re.compile(pattern, re.IGNORECASE), sort)
    for pattern, sort in (
        (r"(?:.*[-_.])?values(?:[-_.].*)?\.(?:ya?ml|json)", "values file"),
        (r"(?:docker-|podman-)?compose(?:[-_.].*)?\.ya?ml", "Compose file"),
        (r"(?:package|package-lock|composer|lerna|nx)\.json", "package description"),
        (r"[tj]sconfig(?:\..*)?\.json", "TypeScript configuration"),
        (r"kustomization\.ya?ml", "kustomization"),
        (r"Chart\.(?:ya?ml|lock)|requirements\.ya?ml", "chart description"),
        (r"helmfile(?:[-_.].*)?\.ya?ml", "helmfile"),
        (r"mkdocs\.ya?ml", "MkDocs configuration"),
        (r"(?:\.?renovate(?:rc)?)\.json5?", "Renovate configuration"),
        (r".*\.tf(?:vars)?\.json", "Terraform file"),
        (r"\.(?:gitlab-ci|travis|drone)\.ya?ml|cloudbuild\.ya?ml", "CI workflow"),
        (r"(?:.*-)?pipelines?\.ya?ml", "CI workflow"),
    )
)  # fmt: skip
_BY_KEYS = (
    (frozenset(("panels", "schemaVersion")), "dashboard"),
    (frozenset(("panels", "templating")), "dashboard"),
    (frozenset(("on", "jobs")), "CI workflow"),
    (frozenset(("openapi",)), "OpenAPI document"),
    (frozenset(("swagger",)), "OpenAPI document"),
    (frozenset(("sops",)), "file encrypted by sops"),
    (frozenset(("services", "version")), "Compose file"),
)
_OTHER, _UNREADABLE = "other file", "unreadable file"
_PLURALS = {
    "TypeScript configuration": "TypeScript configurations",
    "file encrypted by sops": "files encrypted by sops",
    "patch": "patches",
}


class Foreign(Struct, frozen=True):
    """A document that is no manifest, and what it is instead."""

    file: str
    line: int
    sort: str


def sort_foreign(file: str, tree: Tree) -> str | None:
    """What a document is if it is surely no manifest, and else None."""
    if is_near_manifest(tree) and not _is_chart(file, tree):
        return None
    if named := _sort_by_name(file):
        return named
    if isinstance(tree, Mapping):
        keys = tree.entries.keys()
        return next((sort for wanted, sort in _BY_KEYS if wanted <= keys), _OTHER)
    if isinstance(tree, Scalar):
        return "text"
    first = next((each for each in tree.items if isinstance(each, Mapping)), None)
    if first is not None and "hosts" in first.entries:
        return "Ansible playbook"
    return "patch" if first is not None and {"op", "path"} <= first.entries.keys() else "list"


def _is_chart(file: str, tree: Tree) -> bool:
    """Whether this describes a chart: it has an apiVersion of Helm, and never a kind."""
    if posixpath.basename(file) != "Chart.yaml" or not isinstance(tree, Mapping):
        return False
    return "kind" not in tree.entries and {"name", "version"} <= tree.entries.keys()


def sort_unreadable(file: str, text: str) -> str | None:
    """What a file is that is neither YAML nor JSON, and None where it may hold a manifest."""
    return None if _MENTIONS.search(text) else _sort_by_name(file) or _UNREADABLE


def _sort_by_name(file: str) -> str | None:
    if "/.github/" in f"/{file}":
        return "CI workflow"
    name = posixpath.basename(file)
    return next((sort for pattern, sort in _BY_NAME if pattern.fullmatch(name)), None)


def is_near_manifest(tree: Tree) -> bool:
    """Whether a document is a manifest, or may be one with a mistake."""
    if isinstance(tree, Scalar):
        return tree.text.startswith(_LFS_POINTER) or bool(_MENTIONS.search(tree.text))
    if isinstance(tree, Sequence):
        return any(_is_near_item(each) for each in tree.items)
    if is_all_encrypted(tree):
        return False
    if "kind" in tree.entries and not _is_setting(tree):
        return True
    version = tree.get("apiVersion")
    if version is not None:
        is_plain = isinstance(version, Scalar) and version.style is ScalarStyle.PLAIN
        return not (isinstance(version, Scalar) and is_plain and version.text.isdecimal())
    keys = tree.entries.keys()
    if {"metadata", "spec"} <= keys or not _OF_POLICY.isdisjoint(keys):
        return True
    folded = {key.casefold() for key in keys} - {"kind", "kinds"}
    if not folded.isdisjoint(_OF_MANIFEST):
        return True
    return len(folded) <= _MOST_KEYS and any(
        closest(key, _OF_MANIFEST, _ALIKE) for key in folded
    )


def _is_setting(tree: Mapping) -> bool:
    """Whether ``kind`` is one of many settings, as ``kind: DaemonSet`` in values of a chart.

    A manifest without an apiVersion still has what manifests have.
    """
    return len(tree.entries) > 1 and _OF_ANY.isdisjoint(tree.entries)


def _is_near_item(tree: Tree) -> bool:
    """Of a list, items of which only ``kind`` is known may be anybody's."""
    if not isinstance(tree, Mapping):
        return False
    kind = tree.get("kind")
    if isinstance(kind, Scalar) and "apiVersion" not in tree.entries:
        return bool(readers_of(kind.text, Scope.BUNDLE))
    return is_near_manifest(tree)


def _name_sort(sort: str, files: list[str]) -> str:
    names = [posixpath.basename(file) for file in files]
    if len(names) == 1:
        return names[0]
    counted = count_noun(len(names), sort, _PLURALS.get(sort, ""))
    return f"{counted} ({join_first(names)})" if sort in (_OTHER, _UNREADABLE) else counted


def describe_foreign(found: Iterable[Foreign], parts: Iterable[Foreign]) -> str:
    """``passed over 3 files that are no manifests: 2 values files, package.json``.

    ``parts`` are documents of files that also hold manifests.
    """
    files = {each.file: each for each in reversed([*found])}
    by_sort: dict[str, list[str]] = {}
    for file in sorted(files):
        by_sort.setdefault(files[file].sort, []).append(file)
    named = [
        _name_sort(sort, names)
        for sort, names in sorted(by_sort.items(), key=lambda item: (-len(item[1]), item[0]))
    ]
    texts: list[str] = []
    if named:
        noun = "file that is no manifest" if len(files) == 1 else "files that are no manifests"
        more = len(named) - _MOST_NAMED
        if more > 0:
            named[_MOST_NAMED:] = [f"and {more} more"]
        texts.append(f"{len(files)} {noun}: {', '.join(named)}")
    places = [f"{each.file}:{each.line}" for each in parts]
    if places:
        noun = "document that is no manifest" if len(places) == 1 else "documents that are none"
        rest = f" and {len(places) - 2} more" if len(places) > 2 else ""
        texts.append(f"{len(places)} {noun} in a file of others: {', '.join(places[:2])}{rest}")
    return f"passed over {'; '.join(texts)}"
