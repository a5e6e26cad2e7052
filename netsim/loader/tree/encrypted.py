"""Manifests that SOPS has encrypted, as they stand in Git.

SOPS encrypts values and leaves keys readable; how it did is under the key ``sops``, which the
API server never sees.  An encrypted value is read as a placeholder: nothing is known of it::

    stringData:
      token: ENC[AES256_GCM,data:...,iv:...,tag:...,type:str]
    sops: {mac: ..., version: 3.8.1}
"""

from __future__ import annotations

from netsim.model.tree import Mapping, MappingEntry, Scalar, ScalarStyle, Sequence, Tree

_KEY = "sops"
_SIGNS = frozenset(("mac", "lastmodified", "version"))
"""Keys that SOPS writes whatever encrypts the file."""

_ENCRYPTED = "ENC["
_UNKNOWN = "${encrypted}"


def is_encrypted(tree: Tree) -> bool:
    """Whether SOPS has encrypted a document."""
    if not isinstance(tree, Mapping):
        return False
    found = tree.get(_KEY)
    return isinstance(found, Mapping) and not _SIGNS.isdisjoint(found.entries)


def is_all_encrypted(tree: Tree) -> bool:
    """Whether not even the kind can be read."""
    kind = tree.get("kind") if isinstance(tree, Mapping) else None
    return isinstance(kind, Scalar) and kind.text.startswith(_ENCRYPTED) and is_encrypted(tree)


def open_encrypted(tree: Tree) -> Tree:
    """A document as the cluster gets it, with placeholders for what is encrypted."""
    if not isinstance(tree, Mapping) or not is_encrypted(tree):
        return tree
    entries = {key: entry for key, entry in tree.entries.items() if key != _KEY}
    return _replace(Mapping(entries, tree.line))


def _replace(tree: Tree) -> Tree:
    match tree:
        case Scalar():
            if tree.text.startswith(_ENCRYPTED):
                return Scalar(_UNKNOWN, ScalarStyle.QUOTED, tree.line)
            return tree
        case Sequence():
            return Sequence(tuple(map(_replace, tree.items)), tree.line)
        case Mapping():
            entries = {
                key: MappingEntry(entry.line, _replace(entry.value), entry.style)
                for key, entry in tree.entries.items()
            }
            return Mapping(entries, tree.line)
