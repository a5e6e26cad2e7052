"""The input of a use case: what is asked for, and how much was read.

``InputRequest(("manifests/",))`` is what every request begins with.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct
from msgspec.structs import replace

from netsim.errors import NetsimError, RequestError, UnanswerableError
from netsim.loader.load import Input, Loaded, load, read_input
from netsim.loader.objects.validation import dns_label
from netsim.loader.registry import BUNDLE_KINDS, Scope
from netsim.loader.unrendered import Rendering
from netsim.model.conventions import Conventions, IpBlockPods
from netsim.model.finding import Diagnostic, Severity
from netsim.words.lists import count_noun

if TYPE_CHECKING:
    from netsim.intent.scenario.scenario import Scenario
    from netsim.model.addresses import AddressSet
    from netsim.model.policies import Policy
    from netsim.model.resources import Namespace, Pod, Resources

DEFAULT_NAMESPACE = "default"
STDIN = "-"


class InputRequest(Struct, frozen=True):
    """Where manifests come from, and how to read what they leave open.

    ``paths`` are files, folders, git revisions, or ``-`` for ``stdin``.  ``namespace`` is that
    of objects that name none; None is the scenario's, if it has
    one, or else ``default``.  ``pod_ranges`` is
    where pods of unknown address are; None is what the scenario says, or else private ranges.
    ``rendering`` says whether charts and kustomizations are rendered.
    """

    paths: tuple[str, ...]
    namespace: str | None = None
    ipblock_pods: IpBlockPods = IpBlockPods.MATCH
    pod_ranges: AddressSet | None = None
    stdin: TextIO | None = None
    rendering: Rendering = Rendering.NEVER

    def home(self, scenario: Scenario | None = None) -> str:
        """The namespace of objects that name none.

        Raises :class:`RequestError` for a namespace that cannot be.
        """
        wrong = None if self.namespace is None else dns_label(self.namespace)
        if wrong:
            raise RequestError(wrong, "namespace")
        return self.namespace or (scenario.namespace if scenario else "") or DEFAULT_NAMESPACE

    def load(self, scenario: Scenario | None = None, scope: Scope = Scope.NETWORK) -> Loaded:
        """Reads the manifests; what is wrong with them is in the result.

        Raises :class:`RequestError` for a namespace that cannot be.
        """
        return load(self.paths, self.home(scenario), self.stdin, scope, self.rendering)

    def read(self, scenario: Scenario | None = None, scope: Scope = Scope.NETWORK) -> Input:
        """Reads the same, and keeps it in a form that can be changed."""
        return read_input(self.paths, self.home(scenario), self.stdin, scope, self.rendering)

    def conventions(self, scenario: Scenario | None = None) -> Conventions:
        """The conventions in force."""
        ranges = self.pod_ranges or (scenario.pod_ranges if scenario else None)
        chosen = Conventions(self.ipblock_pods)
        return replace(chosen, pod_ranges=ranges) if ranges else chosen


class Read(Struct, frozen=True):
    """Counts of the input, so that "no connections" is never "no files"."""

    documents: int
    policies: int
    endpoints: int

    def __str__(self) -> str:
        return ", ".join(
            (
                count_noun(self.documents, "document"),
                count_noun(self.policies, "policy", "policies"),
                count_noun(self.endpoints, "endpoint"),
            )
        )


class Diagnosed(Struct, frozen=True):
    """A result that says what is wrong with its input."""

    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What rejected a document, so that the result lacks what it says."""
        return tuple(each for each in self.diagnostics if each.severity is Severity.ERROR)


class InputResult(Diagnosed, frozen=True):
    """A result about one input, which also says how much was read, and what that lacks.

    ``lacking`` is that without which no answer is whole, ``left_open`` are the objects of
    which the input does not say what they do.
    """

    read: Read
    lacking: tuple[str, ...] = ()
    left_open: tuple[str, ...] = ()

    @property
    def has_unknown(self) -> bool:
        """Whether a part of the answer is unknown."""
        return False

    @property
    def is_inconclusive(self) -> bool:
        """Whether the answer leaves something open because the input is incomplete.

        What is unknown in an answer to complete input comes from a convention, such as that of
        pods of unknown address.
        """
        return bool(self.lacking or (self.has_unknown and self.left_open))


_HARMLESS = BUNDLE_KINDS | {"Namespace", "Node", "Endpoints", "EndpointSlice", "ReferenceGrant"}
"""Kinds that answer no question, or without which the verdicts in question are unknown."""


def count_read(loaded: Loaded, resources: Resources | None = None) -> Read:
    """Counts what was read; the pods of one workload are one endpoint.

    ``resources`` are those that were asked about, where they are more than those read.
    """
    counted_in = resources or loaded.resources
    endpoints = {pod.workload for pod in counted_in.pods}
    policies = len(counted_in.policies)
    return Read(loaded.inventory.documents, policies, len(endpoints))


def list_lacking(loaded: Loaded) -> tuple[str, ...]:
    """The kinds that a snapshot lacks and without which no answer is whole."""
    return tuple(kind for kind in loaded.inventory.unread if kind not in _HARMLESS)


def list_left_open(resources: Resources) -> tuple[str, ...]:
    """Titles of policies that are not evaluated, and of what has a placeholder; O(input)."""
    objects: tuple[Policy | Pod | Namespace, ...] = (
        *resources.policies,
        *resources.pods,
        *resources.namespaces,
    )
    unfilled = (each for each in objects if each.has_placeholder)
    return tuple(dict.fromkeys(each.title for each in (*resources.unevaluated, *unfilled)))


@contextmanager
def answering(*loaded: Loaded) -> Iterator[None]:
    """Where a question has no answer, the error also says what is wrong with the input."""
    try:
        yield
    except NetsimError as error:
        # Where no endpoint is asked for, this is never needed.
        from netsim.engine.naming.endpoints import EndpointError

        if isinstance(error, EndpointError):
            raise UnanswerableError(str(error), list_diagnostics(*loaded)) from error
        error.prepend(list_diagnostics(*loaded))
        raise


def list_diagnostics(*loaded: Loaded) -> tuple[Diagnostic, ...]:
    """What is wrong with the inputs."""
    return tuple(diagnostic for each in loaded for diagnostic in each.diagnostics)
