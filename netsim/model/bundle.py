"""What a folder of manifests holds beside the network: objects, and what they need of others.

The kinds that rules look into have types of their own, in modules beside this one.
"""

from __future__ import annotations

from msgspec import Struct

from netsim.model.access import Binding, Role, ServiceAccount
from netsim.model.disruption import DisruptionBudget
from netsim.model.location import Location
from netsim.model.pod_template import CronJob, PodTemplate
from netsim.model.references import ObjectName, Reference
from netsim.model.runtime_class import RuntimeClass
from netsim.model.secrets import ConfigMap, ExternalSecret, Secret, SecretStore
from netsim.model.tree import Mapping, Scalar
from netsim.model.webhooks import CallingObject


class Body(Struct, frozen=True):
    """All that an object says, as written: also the values of a Secret, so ``repr`` hides it.

    Lines of ``tree`` count from ``offset`` lines into the file.
    """

    tree: Mapping
    file: str
    offset: int = 0

    def __repr__(self) -> str:
        return f"Body(file={self.file!r}, offset={self.offset!r})"

    def location(self, line: int, path: str = "") -> Location:
        """The place in the file of a line of the tree."""
        return Location(self.file, line + self.offset, path)


_NOTHING = Body(Mapping({}, 0), "")


class Manifest(Struct, frozen=True):
    """Any object of the input, also of a kind nothing is known about.

    ``name.namespace`` is empty for cluster-scoped kinds.  ``written_namespace`` is where the
    manifest names its namespace, None where it leaves that to the command that applies it.
    ``needs`` are the objects it refers to, ``provides`` those that a controller makes of it.
    Two are equal whose ``body`` differs only.
    """

    name: ObjectName
    location: Location
    written_namespace: Location | None = None
    needs: tuple[Reference, ...] = ()
    provides: tuple[ObjectName, ...] = ()
    body: Body = _NOTHING

    def __eq__(self, other: object) -> bool:
        return (
            self._compared == other._compared if isinstance(other, Manifest) else NotImplemented
        )

    def __hash__(self) -> int:
        return hash(self._compared)

    @property
    def _compared(self) -> tuple[object, ...]:
        return (self.name, self.location, self.written_namespace, self.needs, self.provides)

    @property
    def api_group(self) -> str:
        """The group of its ``apiVersion``; empty for the core group."""
        version = self.body.tree.get("apiVersion")
        group, slash, _ = (version.text if isinstance(version, Scalar) else "").partition("/")
        return group if slash else ""


class Bundle(Struct, frozen=True):
    """Everything that was read, in the order of the input; ``files`` are the names of it.

    ``unready`` are the running pods whose status says that they are not ready.
    ``kept_templates`` are those of a snapshot, which tell how many pods there are: of what the
    pods need and run it holds nothing.  ``callers`` have the API server call Services.
    """

    files: tuple[str, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    templates: tuple[PodTemplate, ...] = ()
    cron_jobs: tuple[CronJob, ...] = ()
    runtime_classes: tuple[RuntimeClass, ...] = ()
    budgets: tuple[DisruptionBudget, ...] = ()
    config_maps: tuple[ConfigMap, ...] = ()
    secrets: tuple[Secret, ...] = ()
    secret_stores: tuple[SecretStore, ...] = ()
    external_secrets: tuple[ExternalSecret, ...] = ()
    service_accounts: tuple[ServiceAccount, ...] = ()
    roles: tuple[Role, ...] = ()
    bindings: tuple[Binding, ...] = ()
    unready: frozenset[ObjectName] = frozenset()
    kept_templates: tuple[PodTemplate, ...] = ()
    callers: tuple[CallingObject, ...] = ()
