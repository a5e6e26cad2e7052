"""The objects of a bundle as they come in: every one by name, those that rules know in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

from netsim.loader.catalogue import is_replaced
from netsim.loader.objects.fields import Fields
from netsim.loader.objects.manifests import manifest, unknown_manifest
from netsim.loader.objects.objects import Object
from netsim.loader.objects.pod_templates import Owned, Readiness
from netsim.loader.registry import Scope
from netsim.model.access import Binding, Role, ServiceAccount
from netsim.model.bundle import Bundle, Manifest
from netsim.model.disruption import DisruptionBudget
from netsim.model.meaning import meaning
from netsim.model.pod_template import CronJob
from netsim.model.references import ObjectName
from netsim.model.runtime_class import RuntimeClass
from netsim.model.secrets import ConfigMap, ExternalSecret, Secret, SecretStore
from netsim.model.webhooks import CallingObject

_T = TypeVar("_T")


class BundleCatalogue:
    """Objects in the order of the input, each once."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self._manifests: dict[ObjectName | int, Manifest] = {}
        self._parts: dict[ObjectName | int, tuple[Any, ...]] = {}
        self._kept: list[Any] = []

    @property
    def count(self) -> int:
        """How many objects there are."""
        return len(self._manifests) + len(self._kept)

    def add(self, obj: Object) -> bool:
        """Reads an object and keeps it; False where it is wrong.

        Of two of one name the later one of a file counts, as it does for ``kubectl apply``.
        """
        parts = obj.reader.read_bundle(obj)
        if obj.report.failed:
            return False
        if obj.scope is Scope.PODS:
            # Of what the pods of a snapshot need and run it holds nothing.
            self._kept += parts
            return True
        known = tuple(map(_known, parts))
        entry = manifest(obj, known)
        if entry is None:
            return False
        key = self._key(entry)
        first = self._manifests.setdefault(key, entry)
        if first is not entry:
            before = self._parts.get(key, ())
            if meaning(known) == meaning(tuple(map(_known, before))):
                return True
            if not is_replaced(obj, entry.name, first.location, entry.location):
                return False
            self._manifests[key] = entry
        self._parts[key] = parts
        return True

    def add_unknown(self, kind: str, fields: Fields, default_namespace: str) -> None:
        """Notes an object of a kind nothing is known about."""
        entry = unknown_manifest(kind, fields, default_namespace)
        if entry:
            self._manifests.setdefault(self._key(entry), entry)

    def _key(self, entry: Manifest) -> ObjectName | int:
        """Its name; those that the server generates are never the same."""
        return entry.name if entry.name.name else len(self._manifests)

    def bundle(self) -> Bundle:
        """Everything; templates without those that another object of the input makes."""
        names = {entry.name for entry in self._manifests.values()}
        templates = tuple(
            each.template
            for each in self._owned()
            if each.owner is None or each.owner not in names
        )
        return Bundle(
            files=tuple(self.files),
            manifests=tuple(self._manifests.values()),
            templates=templates,
            cron_jobs=self._of(CronJob),
            runtime_classes=self._of(RuntimeClass),
            budgets=(
                *self._of(DisruptionBudget),
                *(part for part in self._kept if isinstance(part, DisruptionBudget)),
            ),
            config_maps=self._of(ConfigMap),
            secrets=self._of(Secret),
            secret_stores=self._of(SecretStore),
            external_secrets=self._of(ExternalSecret),
            service_accounts=self._of(ServiceAccount),
            roles=self._of(Role),
            bindings=self._of(Binding),
            unready=frozenset(self._unready()),
            kept_templates=tuple(
                part.template for part in self._kept if isinstance(part, Owned)
            ),
            callers=self._of(CallingObject),
        )

    def _unready(self) -> Iterator[ObjectName]:
        kept = (part for part in self._kept if isinstance(part, Owned))
        for each in (*self._owned(), *kept):
            if each.readiness is Readiness.UNREADY:
                workload = each.template.workload
                yield ObjectName(workload.kind, workload.namespace, workload.name)

    def _of(self, kind: type[_T]) -> tuple[_T, ...]:
        return tuple(
            part for parts in self._parts.values() for part in parts if isinstance(part, kind)
        )

    def _owned(self) -> tuple[Owned, ...]:
        return self._of(Owned)


def _known(part: Any) -> Any:
    return part.template if isinstance(part, Owned) else part
