"""Asks the API server what may be done, before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netsim.loader.live_reading import AnswerError
from netsim.probe.interface import Api, ProbeError
from netsim.probe.rbac import Namespaces, Need, Permission, Way, permissions

_REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Lacking:
    """A verb that is not permitted in a namespace."""

    namespace: str
    verb: str
    resource: str
    need: Need

    def __str__(self) -> str:
        return f"{self.verb} on {self.resource} in {self.namespace}"


@dataclass(frozen=True, slots=True)
class Permitted:
    """What may be done: ``barred`` are namespaces where nothing can be run.

    ``unsure`` says why that is not known.
    """

    lacking: tuple[Lacking, ...] = ()
    unsure: str = ""

    @property
    def barred(self) -> frozenset[str]:
        """The namespaces where something required is lacking."""
        return frozenset(e.namespace for e in self.lacking if e.need is Need.REQUIRED)


def preflight(api: Api, home: str, namespaces: Namespaces, way: Way) -> Permitted:
    """What is permitted.

    Raises :class:`ProbeError` where ``home`` cannot be probed.  Where reviews cannot be asked
    for, everything counts as permitted: the first refusal will say otherwise.
    """
    try:
        found = tuple(
            each
            for name, part in namespaces.items()
            for permission in permissions(way, part)
            for each in _lacking(api, name, permission)
        )
    except AnswerError as error:
        if error.status in (0, _UNAUTHORIZED):
            raise ProbeError(_unreachable(error)) from error
        return Permitted(unsure=f"permissions cannot be asked for: {error.reason}")
    required = [each for each in found if each.need is Need.REQUIRED]
    if refused := [str(each) for each in required if each.namespace == home]:
        raise ProbeError(
            f"not permitted: {', '.join(refused)}; netsim probe --rbac prints what is needed"
        )
    return Permitted(found)


def _unreachable(error: AnswerError) -> str:
    if error.status == _UNAUTHORIZED:
        return f"the cluster does not accept the credentials: {error.reason}"
    return f"the cluster cannot be reached: {error.reason}"


def _lacking(api: Api, namespace: str, permission: Permission) -> Iterator[Lacking]:
    resource, _, subresource = permission.resource.partition("/")
    for verb in permission.verbs:
        asked = {
            "namespace": namespace,
            "verb": verb,
            "group": permission.group,
            "resource": resource,
            "subresource": subresource,
        }
        if not _is_allowed(api, asked):
            yield Lacking(namespace, verb, permission.resource, permission.need)


def _is_allowed(api: Api, asked: dict[str, str]) -> bool:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {key: value for key, value in asked.items() if value}},
    }
    answer = api.create(_REVIEWS, review)
    return bool((answer.get("status") or {}).get("allowed"))
