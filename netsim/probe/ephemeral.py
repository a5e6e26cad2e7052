"""``--via ephemeral``: a container of our own in the pod, for images without a shell.

An ephemeral container can never be removed, so it is opt-in, one a pod, used again by later
probes, and announced.  It is not a copy of the pod: a copy would need the pod's labels, and a
pod with these labels gets the traffic of the Service.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from netsim.loader.live_reading import AnswerError
from netsim.probe.exec import Client, ExecRunner
from netsim.probe.failures import Failure, all_failed, failure, first_line
from netsim.probe.interface import Job, Observation, Outcome, Retry
from netsim.probe.pods import LivePod

NAME = "netsim-probe"
IMAGE = "busybox:stable"
_NOBODY = 65534
_PATIENCE = 60.0
_BEAT = 0.5
# It lasts as long as the pod, so that a second probe needs no second container.
_IDLE = 'trap "exit 0" TERM INT; while :; do sleep 3600 & wait $!; done'

_RUNNING, _WAITING, _ENDED = "running", "waiting", "terminated"
# What the kubelet tries again, but hardly with more success within a minute.
_HOPELESS = frozenset(
    ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError")
)


@dataclass(frozen=True, slots=True)
class State:
    """What the kubelet says of a container: its state, and the reason for it."""

    name: str = _WAITING
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.name}, {self.reason}" if self.reason else self.name

    @property
    def is_settled(self) -> bool:
        """Whether waiting longer changes nothing."""
        return self.name != _WAITING or self.reason in _HOPELESS


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


@dataclass(slots=True)
class EphemeralRunner:
    """Adds the container where there is none, then tries connections from it."""

    client: Client
    inner: ExecRunner
    image: str = IMAGE
    announce: Callable[[str], None] = field(default=lambda _: None)
    added: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """See ``Runner``."""
        try:
            name, state = self._settled(source)
        except AnswerError as error:
            why = failure(f"no ephemeral container: {error.reason}", error.status)
            return all_failed(jobs, why)
        if state.name != _RUNNING:
            reason = first_line(f"the ephemeral container {name} does not run: {state}")
            return all_failed(jobs, Failure(Outcome.EXEC_ERROR, reason, Retry.NO))
        return self.inner.run_in(source, name, jobs)

    def stop(self) -> None:
        """See ``Runner``."""
        self.inner.stop()

    def _settled(self, pod: LivePod) -> tuple[str, State]:
        """A container of ours, and what has become of it when waiting is over."""
        found = self.client.fetch(path(pod), {})
        name = _present(found)
        if name is None:
            name = _free(found)
            self._add(pod, name)
        end = time.monotonic() + _PATIENCE
        while not (state := _state(found, name)).is_settled and time.monotonic() < end:
            time.sleep(_BEAT)
            found = self.client.fetch(path(pod), {})
        return name, state

    def _add(self, pod: LivePod, name: str) -> None:
        body = {"spec": {"ephemeralContainers": [container(self.image, name)]}}
        self.client.merge(f"{path(pod)}/ephemeralcontainers", body)
        with self._lock:
            self.added.append(pod.title)
        self.announce(
            f"{pod.title}: added the ephemeral container {name}, which stays until the pod goes"
        )


def _ours(found: dict[str, Any]) -> list[str]:
    listed = (found.get("spec") or {}).get("ephemeralContainers") or []
    return [str(each["name"]) for each in listed if str(each["name"]).startswith(NAME)]


def _present(found: dict[str, Any]) -> str | None:
    """One that runs or is about to; one that has ended can never be started again."""
    return next((n for n in _ours(found) if _state(found, n).name != _ENDED), None)


def _free(found: dict[str, Any]) -> str:
    taken = len(_ours(found))
    return NAME if not taken else f"{NAME}-{taken + 1}"


def _state(found: dict[str, Any], name: str) -> State:
    for each in (found.get("status") or {}).get("ephemeralContainerStatuses") or []:
        if each.get("name") == name:
            for state, told in (each.get("state") or {}).items():
                return State(state, str((told or {}).get("reason") or ""))
    return State()
