"""An end that does not exist: a pod that nobody has written, described by its labels.

``UnwrittenPod(Labels.of({"app": "job"}), namespace="shop")`` is what the pods of a further
workload would be.  The policies of that namespace select it like any other, it has no known
address, and it declares no ports.  Described by the labels of its namespace alone, it is in one
that nothing names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.engine.space.stand_ins import ELSEWHERE, name_pod, stand_in
from netsim.errors import UnanswerableError
from netsim.model.endpoint import PodEndpoint
from netsim.model.labels import Labels
from netsim.model.resources import NAME_LABEL, Namespace, Origin, Pod, Resources


class UnwrittenPod(Struct, frozen=True):
    """``namespace`` None is one that nothing names; ``space`` are the labels of a new one."""

    labels: Labels = field(default_factory=Labels)
    namespace: str | None = None
    space: Labels = field(default_factory=Labels)

    @classmethod
    def of(
        cls,
        labels: Mapping[str, str],
        namespace: str | None = None,
        namespace_labels: Mapping[str, str] | None = None,
    ) -> UnwrittenPod:
        """A pod with these labels, in a namespace by its name or by its labels."""
        return cls(Labels.of(labels), namespace, Labels.of(namespace_labels or {}))

    @property
    def pod(self) -> Pod:
        """The pod."""
        return stand_in(self._home.name, self.labels)

    @property
    def endpoint(self) -> PodEndpoint:
        """The pod as an end of connections."""
        return PodEndpoint(str(self), (self.pod,))

    @property
    def _home(self) -> Namespace:
        name = self.namespace or (
            f"a namespace with {self.space}" if self.space.pairs else ELSEWHERE
        )
        labels = Labels.of({**dict(self.space.pairs), NAME_LABEL: name})
        return Namespace(name, labels, Origin.MODELLED)

    def add(self, resources: Resources) -> Resources:
        """The resources with it; :class:`UnanswerableError` for labels its namespace lacks."""
        known = next((s for s in resources.namespaces if s.name == self._home.name), None)
        if known and self.space.pairs and known.labels != self._home.labels:
            raise UnanswerableError(
                f"namespace {known.name} is known with the labels {known.labels}: leave out "
                "those of the namespace"
            )
        spaces = () if known else (self._home,)
        return replace(
            resources,
            pods=(*resources.pods, self.pod),
            namespaces=(*resources.namespaces, *spaces),
        )

    def __str__(self) -> str:
        return name_pod(self.pod)


def add_unwritten(resources: Resources, ends: Iterable[object]) -> Resources:
    """The resources with those ends that nobody has written."""
    for end in dict.fromkeys(end for end in ends if isinstance(end, UnwrittenPod)):
        resources = end.add(resources)
    return resources
