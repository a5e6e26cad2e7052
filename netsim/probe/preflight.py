"""Asks the API server what may be done, before anything is done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from msgspec import Struct

from netsim.loader.sources.live_reading import AnswerError
from netsim.probe.interface import Api, ProbeError
from netsim.probe.rbac import Namespaces, PermissionNeed, Via, permissions
from netsim.probe.threads import at_once

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_UNAUTHORIZED = 401


class Lacking(Struct, frozen=True):
    """A verb that is not permitted in a namespace."""

    namespace: str
    verb: str
    resource: str
    need: PermissionNeed
    group: str = ""

    def __str__(self) -> str:
        return f"{self.verb} on {self.resource} in {self.namespace}"


class Permitted(Struct, frozen=True):
    """What may be done: ``barred`` are namespaces where nothing can be run.

    ``unsure`` says why that is not known.
    """

    lacking: tuple[Lacking, ...] = ()
    unsure: str = ""

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is not permitted, a sentence each."""
        lacking = tuple(f"not permitted: {each}" for each in self.lacking)
        return (*lacking, self.unsure) if self.unsure else lacking

    @property
    def barred(self) -> frozenset[str]:
        """The namespaces where something required is lacking."""
        return frozenset(e.namespace for e in self.lacking if e.need is PermissionNeed.REQUIRED)


def preflight(api: Api, home: str, namespaces: Namespaces, way: Via) -> Permitted:
    """What is permitted.

    Raises :class:`ProbeError` where ``home`` cannot be probed.  Where reviews cannot be asked
    for, everything counts as permitted: the first refusal will say otherwise.
    """
    try:
        found = _lacking(api, _list_needs(namespaces, way))
    except AnswerError as error:
        if error.status in (0, _UNAUTHORIZED):
            raise ProbeError(_unreachable(error)) from error
        return Permitted(unsure=f"permissions cannot be checked: {error.reason}")
    required = [each for each in found if each.need is PermissionNeed.REQUIRED]
    if refused := [str(each) for each in required if each.namespace == home]:
        raise ProbeError(
            f"not permitted: {', '.join(refused)}; netsim probe --rbac prints what is needed"
        )
    return Permitted(found)


def _unreachable(error: AnswerError) -> str:
    if error.status == _UNAUTHORIZED:
        return f"the cluster does not accept the credentials: {error.reason}"
    return f"the cluster cannot be reached: {error.reason}"


def _list_needs(namespaces: Namespaces, way: Via) -> Iterator[Lacking]:
    """All that is needed, as if it were lacking."""
    for name, part in namespaces.items():
        for each in permissions(way, part):
            for verb in each.verbs:
                yield Lacking(name, verb, each.resource, each.need, each.group)


def _lacking(api: Api, wanted: Iterable[Lacking]) -> tuple[Lacking, ...]:
    every = tuple(wanted)
    allowed = at_once([partial(_is_allowed, api, each) for each in every], api.stop)
    return tuple(each for each, may in zip(every, allowed, strict=True) if not may)


def _is_allowed(api: Api, wanted: Lacking) -> bool:
    resource, _, subresource = wanted.resource.partition("/")
    asked = {
        "namespace": wanted.namespace,
        "verb": wanted.verb,
        "group": wanted.group,
        "resource": resource,
        "subresource": subresource,
    }
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    answer = api.create(_REVIEWS, review)
    return bool((answer.get("status") or {}).get("allowed"))
