"""The objects of a bundle as they come in: every one by name, those that rules know in full."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

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

_T = TypeVar("_T")


class BundleCatalogue:
    """Objects in the order of the input, each once."""

    def __init__(self) -> None:
        self.files: list[str] = []
        self._manifests: dict[ObjectName | int, Manifest] = {}
        self._first: dict[ObjectName, tuple[Any, ...]] = {}
        self._objects: list[Any] = []
        self._owned: list[Owned] = []
        self._kept: list[Owned] = []

    def add(self, obj: Object) -> bool:
        """Reads an object; False where it is wrong, or was defined before."""
        parts = obj.reader.read_bundle(obj)
        if obj.report.failed:
            return False
        if obj.scope is Scope.PODS:
            return self._keep_pods(parts)
        known = tuple(part.template if isinstance(part, Owned) else part for part in parts)
        entry = manifest(obj, known)
        if entry is None:
            return False
        if not self._keep(entry):
            self._compare(obj, entry, known)
            return False
        self._first[entry.name] = known
        self._owned += [part for part in parts if isinstance(part, Owned)]
        self._objects += [part for part in parts if part and not isinstance(part, Owned)]
        return True

    def _keep_pods(self, parts: tuple[Any, ...]) -> bool:
        """What a snapshot holds of an object: how many pods there are, and what evicts them."""
        self._kept += [part for part in parts if isinstance(part, Owned)]
        self._objects += [part for part in parts if isinstance(part, DisruptionBudget)]
        return True

    def add_unknown(self, kind: str, fields: Fields, default_namespace: str) -> None:
        """Notes an object of a kind nothing is known about."""
        entry = unknown_manifest(kind, fields, default_namespace)
        if entry:
            self._keep(entry)

    def _keep(self, entry: Manifest) -> bool:
        # Names that the server generates are never the same.
        key = entry.name if entry.name.name else len(self._manifests)
        return self._manifests.setdefault(key, entry) is entry

    def _compare(self, obj: Object, second: Manifest, known: tuple[Any, ...]) -> None:
        """An object that is defined twice has to say the same both times."""
        if meaning(known) == meaning(self._first.get(second.name)):
            return
        place = second.location
        message = (
            f"{second.name} is already defined at {self._manifests[second.name].location}, "
            "differently: keep one of them"
        )
        obj.report.error(place.line - obj.report.offset, place.field, message)

    def bundle(self) -> Bundle:
        """Everything; templates without those that another object of the input makes."""
        names = {entry.name for entry in self._manifests.values()}
        templates = tuple(
            each.template
            for each in self._owned
            if each.owner is None or each.owner not in names
        )
        return Bundle(
            files=tuple(self.files),
            manifests=tuple(self._manifests.values()),
            templates=templates,
            cron_jobs=self._of(CronJob),
            runtime_classes=self._of(RuntimeClass),
            budgets=self._of(DisruptionBudget),
            config_maps=self._of(ConfigMap),
            secrets=self._of(Secret),
            secret_stores=self._of(SecretStore),
            external_secrets=self._of(ExternalSecret),
            service_accounts=self._of(ServiceAccount),
            roles=self._of(Role),
            bindings=self._of(Binding),
            unready=frozenset(self._unready()),
            kept_templates=tuple(each.template for each in self._kept),
        )

    def _unready(self) -> Iterator[ObjectName]:
        for each in (*self._owned, *self._kept):
            if each.readiness is Readiness.UNREADY:
                workload = each.template.workload
                yield ObjectName(workload.kind, workload.namespace, workload.name)

    def _of(self, kind: type[_T]) -> tuple[_T, ...]:
        return tuple(found for found in self._objects if isinstance(found, kind))
