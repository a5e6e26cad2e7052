"""``--via ephemeral``: a container of our own in the pod, for images without a shell.

An ephemeral container can never be removed, so it is opt-in, one a pod, used again by later
probes, and announced.  It is not a copy of the pod: a copy would need the pod's labels, and a
pod with these labels gets the traffic of the Service.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, field

from netsim.loader.sources.live_reading import AnswerError
from netsim.probe.interface import Job, Observation, Repeat, Symptom
from netsim.probe.pods import LivePod
from netsim.probe.ways.client import Client
from netsim.probe.ways.exec import ExecRunner
from netsim.probe.ways.failures import INTERRUPTED, Failure, fail_all, failure, first_line

NAME = "netsim-probe"
IMAGE = "busybox:stable"
_NOBODY = 65534
_PATIENCE = 60.0
_BEAT = 0.5
# It lasts as long as the pod, so that a second probe needs no second container.
_IDLE = 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done'

_NAME = re.compile(rf"{NAME}(?:-\d+)?")
# Whoever reads an image's name refuses others: distribution/reference/regexp.go.
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REFERENCE = re.compile(
    rf"(?:(?:[A-Za-z0-9][A-Za-z0-9.-]*|\[[0-9A-Fa-f:]+\])(?::[0-9]+)?/)?{_PART}(?:/{_PART})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9+._-]*:[0-9A-Fa-f]{32,})?"
)

_RUNNING, _WAITING, _ENDED = "running", "waiting", "terminated"
# What the kubelet tries again, but hardly with more success within a minute.
_HOPELESS = frozenset(
    (
        "ErrImagePull",
        "ImagePullBackOff",
        "ErrImageNeverPull",
        "InvalidImageName",
        "CreateContainerConfigError",
        "CreateContainerError",
    )
)


class ContainerState(Struct, frozen=True):
    """What the kubelet says of a container: its state, and the reason for it."""

    name: str = _WAITING
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.reason}" if self.reason else self.name

    @property
    def is_settled(self) -> bool:
        """Whether waiting longer changes nothing."""
        return self.name != _WAITING or self.is_hopeless

    @property
    def is_hopeless(self) -> bool:
        """Whether it waits for something that is not to be expected."""
        return self.name == _WAITING and self.reason in _HOPELESS


def check_image(image: str) -> None:
    """Raises ``ValueError`` for what is no image.

    A container of any other would wait in its pod for ever.
    """
    if not _REFERENCE.fullmatch(image):
        raise ValueError(f"--image: {image!r} is not an image: write NAME:TAG, such as {IMAGE}")


def container(image: str, name: str = NAME) -> dict[str, Any]:
    """The container, as the restricted Pod Security Standard demands it."""
    return {
        "name": name,
        "image": image,
        "command": ["sh", "-c", _IDLE],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "runAsNonRoot": True,
            "runAsUser": _NOBODY,
            "runAsGroup": _NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }


def path(pod: LivePod) -> str:
    """Where the pod is."""
    return f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}"


class Ours(Struct, frozen=True):
    """A container of a probe's in some pod."""

    name: str
    image: str
    state: ContainerState


class EphemeralRunner(Struct):
    """Adds the container where there is none, then tries connections from it."""

    client: Client
    inner: ExecRunner
    image: str = IMAGE
    announce: Callable[[str], None] = field(default=lambda _: None)
    added: list[str] = field(default_factory=list)
    _useless: set[tuple[str, str]] = field(default_factory=set)
    _stopped: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """See ``Runner``."""
        try:
            own = self._settled(source)
        except AnswerError as error:
            why = failure(f"no ephemeral container: {error.reason}", error.status)
            return fail_all(jobs, why)
        if self._stopped.is_set():
            return fail_all(jobs, INTERRUPTED)
        if own.state.name != _RUNNING:
            told = f"the ephemeral container {own.name} does not run: {own.state}"
            return fail_all(jobs, Failure(Symptom.EXEC_ERROR, first_line(told), Repeat.NO))
        seen = self.inner.run_in(source, own.name, jobs)
        if own.image != self.image and all(e.outcome is Symptom.NO_TOOL for e in seen):
            self._useless.add((source.title, own.name))
            return self.run(source, jobs)
        return seen

    def stop(self) -> None:
        """See ``Runner``: from now on no container is added, either."""
        self._stopped.set()
        self.inner.stop()

    def _settled(self, pod: LivePod) -> Ours:
        """A container of ours, and what has become of it when waiting is over."""
        found = self.client.fetch(path(pod), {})
        own = self._present(pod, found)
        if own is None:
            own = Ours(_free(found), self.image, ContainerState())
            self._add(pod, own.name)
        end = time.monotonic() + _PATIENCE
        while not (own.state.is_settled or self._stopped.is_set() or time.monotonic() > end):
            time.sleep(_BEAT)
            found = self.client.fetch(path(pod), {})
            own = Ours(own.name, own.image, _state(found, own.name))
        return own

    def _present(self, pod: LivePod, found: dict[str, Any]) -> Ours | None:
        """The one most likely to be of use.

        One that has ended can never be started again, and one that waits in vain for another
        image says nothing of this one.
        """
        usable = [
            each
            for each in _ours(found)
            if each.state.name != _ENDED
            and (pod.title, each.name) not in self._useless
            and (each.image == self.image or not each.state.is_hopeless)
        ]
        return min(
            usable,
            key=lambda each: (each.state.name != _RUNNING, each.image != self.image),
            default=None,
        )

    def _add(self, pod: LivePod, name: str) -> None:
        if self._stopped.is_set():
            return
        body = {"spec": {"ephemeralContainers": [container(self.image, name)]}}
        self.client.merge(f"{path(pod)}/ephemeralcontainers", body)
        with self._lock:
            self.added.append(pod.title)
        self.announce(
            f"{pod.title}: added the ephemeral container {name}, which stays until the pod goes"
        )


def _list_containers(found: dict[str, Any]) -> list[dict[str, Any]]:
    return (found.get("spec") or {}).get("ephemeralContainers") or []


def _ours(found: dict[str, Any]) -> list[Ours]:
    return [
        Ours(name, str(each.get("image") or ""), _state(found, name))
        for each in _list_containers(found)
        if _NAME.fullmatch(name := str(each["name"]))
    ]


def _free(found: dict[str, Any]) -> str:
    taken = {str(each["name"]) for each in _list_containers(found)}
    names = (NAME, *(f"{NAME}-{number}" for number in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)


def _state(found: dict[str, Any], name: str) -> ContainerState:
    for each in (found.get("status") or {}).get("ephemeralContainerStatuses") or []:
        if each.get("name") == name:
            for state, told in (each.get("state") or {}).items():
                return ContainerState(state, str((told or {}).get("reason") or ""))
    return ContainerState()
