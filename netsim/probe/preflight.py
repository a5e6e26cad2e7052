"""Asks the API server what may be done, before anything is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netsim.loader.live_reading import AnswerError
from netsim.probe.interface import Api, ProbeError
from netsim.probe.rbac import Need, Way, permissions

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
    """The namespaces where everything required is permitted, what is lacking, and doubts."""

    namespaces: tuple[str, ...]
    lacking: tuple[Lacking, ...]
    unsure: str = ""


def preflight(api: Api, home: str, others: Sequence[str], way: Way) -> Permitted:
    """What is permitted.

    Raises :class:`ProbeError` where ``home`` cannot be probed.  Where reviews cannot be asked
    for, everything counts as permitted: the first refusal will say otherwise.
    """
    namespaces = (home, *others)
    try:
        found = tuple(each for name in namespaces for each in _lacking(api, name, way))
    except AnswerError as error:
        if error.status in (0, _UNAUTHORIZED):
            raise ProbeError(_unreachable(error)) from error
        return Permitted(namespaces, (), f"permissions cannot be asked for: {error.reason}")
    required = [each for each in found if each.need is Need.REQUIRED]
    if refused := [str(each) for each in required if each.namespace == home]:
        raise ProbeError(
            f"not permitted: {', '.join(refused)}; netsim probe --rbac prints what is needed"
        )
    barred = {each.namespace for each in required}
    return Permitted(tuple(n for n in namespaces if n not in barred), found)


def _unreachable(error: AnswerError) -> str:
    if error.status == _UNAUTHORIZED:
        return f"the cluster does not accept the credentials: {error.reason}"
    return f"the cluster does not answer: {error.reason}"


def _lacking(api: Api, namespace: str, way: Way) -> Iterator[Lacking]:
    for permission in permissions(way):
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
