"""A snapshot: what netsim needs of a cluster, in one file that every command reads."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from msgspec import Struct

from netsim.loader.snapshot.kinds import MARK, SNAPSHOT_KINDS, SnapshotKind
from netsim.words.printable import printable_json

Object = dict[str, Any]


class Missing(Struct, frozen=True):
    """A kind that could not be read, and why; ``group`` only of one of another system."""

    kind: str
    reason: str
    group: str = ""

    @property
    def title(self) -> str:
        """``Kind``, or ``Kind.group`` of another system."""
        return f"{self.kind}.{self.group}" if self.group else self.kind


class Rejected(Struct, frozen=True):
    """A document that was given and is wrong, where it stood, and what is wrong.

    ``is_network`` unless it is wrong only to the rules about manifests.
    """

    place: str
    message: str
    is_network: bool = True


class Snapshot(Struct, frozen=True):
    """Objects as netsim reads them, and what there is to say about them.

    ``namespaces`` are those it is limited to; none means all.  ``absent`` are kinds that the
    cluster does not know, ``left_out`` counts objects that were given and are not kept;
    ``rejected`` were wrong.
    """

    objects: tuple[Object, ...]
    missing: tuple[Missing, ...] = ()
    absent: tuple[str, ...] = ()
    namespaces: tuple[str, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    source: str = ""
    rejected: tuple[Rejected, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether it lacks something that it should have."""
        return bool(self.missing or self.rejected)

    @property
    def counts(self) -> dict[str, int]:
        """How many objects there are of each kind."""
        return dict(sorted(Counter(found["kind"] for found in self.objects).items()))

    def text(self, taken: str) -> str:
        """The file, a List of the Kubernetes API; equal clusters differ in ``taken`` only."""
        mark = {
            "taken": taken,
            "source": self.source,
            "namespaces": list(self.namespaces),
            "read": self._count_kinds(),
            "absent": sorted(self.absent),
            "missing": [
                {"kind": each.kind, "reason": each.reason}
                | ({"group": each.group} if each.group else {})
                for each in self.missing
            ],
        }
        if self.rejected:
            mark["rejected"] = [
                {
                    "place": each.place,
                    "message": each.message,
                    "network": each.is_network,
                }
                for each in self.rejected
            ]
        items = sorted(self.objects, key=_place)
        whole = {"apiVersion": "v1", "kind": "List", MARK: mark, "items": items}
        return printable_json(json.dumps(whole, indent=1, sort_keys=False)) + "\n"

    def _count_kinds(self) -> dict[str, int]:
        """By group and version, too: a NetworkPolicy of Calico is another kind."""
        kinds = (f"{found['apiVersion']}/{found['kind']}" for found in self.objects)
        return dict(sorted(Counter(kinds).items()))


def _place(obj: Object) -> tuple[str, str]:
    """The namespace has no say: an object that names none may be another copy of one."""
    metadata = obj["metadata"]
    return obj["kind"], str(metadata.get("name") or metadata.get("generateName") or "")


_BY_KIND = {kind.kind: kind for kind in SNAPSHOT_KINDS}


def of_objects(given: tuple[Object, ...], source: str) -> Snapshot:
    """A snapshot of objects such as ``kubectl get -o json`` writes.

    Kinds that netsim does not read, Secrets first of all, are counted and left out.
    """
    kept: list[Object] = []
    left_out: Counter[str] = Counter()
    for found in given:
        kind = _BY_KIND.get(str(found.get("kind")))
        if kind and _is_of(kind, found):
            kept.append(kind.reduced(found))
        else:
            left_out[str(found.get("kind"))] += 1
    return Snapshot(tuple(kept), left_out=tuple(sorted(left_out.items())), source=source)


def _is_of(kind: SnapshotKind, obj: Object) -> bool:
    return str(obj.get("apiVersion")) == kind.api_version
