"""What the bundle provides, what its pods demand, and what it therefore lacks.

A Deployment mounts the Secret ``database``; an ExternalSecret has it as target, so it is
provided, and its keys are those of the ExternalSecret.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from msgspec import Struct

from netsim.bundle.made_objects import EVERYWHERE, is_filled, list_made
from netsim.intent.scenario.scenario import Scenario
from netsim.model.bundle import Bundle
from netsim.model.placeholders import has_placeholder
from netsim.model.references import Need, ObjectName, Reference
from netsim.model.resources import WorkloadName
from netsim.words.nearness import closest, find_slip

_MADE_BY_THE_CLUSTER = frozenset(
    (
        ("ServiceAccount", "default"),
        ("ConfigMap", "kube-root-ca.crt"),
        ("ConfigMap", "openshift-service-ca.crt"),
        ("PriorityClass", "system-cluster-critical"),
        ("PriorityClass", "system-node-critical"),
    )
)
"""Objects that are there without anyone applying them, those with a namespace in each."""


class Extent(Enum):
    """Whether the input is all there is, so that what it lacks does not exist."""

    WHOLE = "whole"
    """The folders of all documents that the scenario names were read."""

    PART = "part"
    """What the input lacks may be elsewhere."""

    UNKNOWN = "unknown"
    """The scenario, which names what is deployed by other means, cannot be read."""


class Provision(Struct, frozen=True):
    """The objects of the input with those that controllers make of them.

    ``elsewhere`` are kind and name of what the scenario says is provided by other means, in
    ``namespaces``, the scenario's, or for the whole cluster.
    """

    objects: frozenset[ObjectName]
    elsewhere: frozenset[tuple[str, str]]
    namespaces: tuple[str, ...]
    extent: Extent

    @classmethod
    def of(cls, bundle: Bundle, scenario: Scenario, extent: Extent) -> Provision:
        """What a bundle provides beside what its scenario says is provided."""
        objects = {each.name for each in bundle.manifests}
        for each in bundle.manifests:
            objects.update(each.provides, list_made(each))
        return cls(
            frozenset(objects),
            frozenset((each.kind, each.name) for each in scenario.provided),
            scenario.namespaces,
            extent,
        )

    def has(self, name: ObjectName) -> bool:
        """Whether an object is known to exist."""
        everywhere = ObjectName(name.kind, EVERYWHERE, name.name)
        known = name in self.objects or everywhere in self.objects
        return known or self.is_provided_elsewhere(name)

    def is_provided_elsewhere(self, name: ObjectName) -> bool:
        """Whether an object is none of the bundle's business, so that its keys are unknown."""
        named = (name.kind, name.name)
        if named in _MADE_BY_THE_CLUSTER:
            return True
        return named in self.elsewhere and name.namespace in ("", *self.namespaces)

    def lacks(self, name: ObjectName) -> bool:
        """Whether an object that the input does not have can be said to be missing.

        Of a part of the bundle only where it has other objects of the kind in that namespace.
        """
        if self.has(name) or has_placeholder(name.name):
            return False
        return self.extent is Extent.WHOLE or any(self._peers(name))

    def nearest(self, name: ObjectName) -> str | None:
        """The name of an object of the same kind and namespace that seems to be meant."""
        return closest(name.name, (peer.name for peer in self._peers(name)))

    def find_slip(self, name: ObjectName) -> str | None:
        """The name of the one object of the kind and namespace of which this is a slip."""
        return find_slip(name.name, (peer.name for peer in self._peers(name)))

    def _peers(self, name: ObjectName) -> Iterator[ObjectName]:
        place = (name.kind, name.namespace)
        return (each for each in self.objects if (each.kind, each.namespace) == place)


class Demand(Struct, frozen=True):
    """What the pods of a workload need of one object; ``references`` are all that name it."""

    workload: WorkloadName
    target: ObjectName
    references: tuple[Reference, ...]


def list_demands(bundle: Bundle, kinds: frozenset[str]) -> Iterator[Demand]:
    """What pods cannot do without, of these kinds."""
    for template in bundle.templates:
        found: dict[ObjectName, list[Reference]] = {}
        for reference in template.references:
            if reference.need is Need.REQUIRED and reference.target.kind in kinds:
                found.setdefault(reference.target, []).append(reference)
        for target, references in found.items():
            yield Demand(template.workload, target, tuple(references))


def list_keys(bundle: Bundle, name: ObjectName) -> frozenset[str] | None:
    """The keys of a Secret or ConfigMap; None where the input does not say them."""
    secrets = [each for each in bundle.secrets if each.object_name == name]
    config_maps = [each for each in bundle.config_maps if each.object_name == name]
    fetched = [each.keys for each in bundle.external_secrets if each.target == name]
    if None in fetched or not (secrets or config_maps or fetched):
        return None
    if any(is_filled(each) for each in bundle.manifests if each.name == name):
        return None
    keys = {entry.key for secret in secrets for entry in secret.entries}
    keys.update(entry.key for config_map in config_maps for entry in config_map.entries)
    binary = (config_map.binary_keys for config_map in config_maps)
    return frozenset(keys.union(*filter(None, fetched), *binary))
