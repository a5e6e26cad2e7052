"""What becomes of new pods: the part of a cluster that runs them, as a test chooses."""

from __future__ import annotations

from tests.fakes.apiserver import metadata
from tests.fakes.apiserver.kinds import Object


def pending(pod: Object) -> Object | None:
    """No node takes it."""
    del pod
    return None


def ready(pod: Object) -> Object:
    """It runs, and its readiness probe succeeds."""
    return _status(pod, "Running", "True", {"running": {"startedAt": metadata.now()}})


def unready(pod: Object) -> Object:
    """It runs, and its readiness probe fails."""
    return _status(pod, "Running", "False", {"running": {"startedAt": metadata.now()}})


def failed(pod: Object) -> Object:
    """Its containers exited with an error."""
    return _status(pod, "Failed", "False", {"terminated": {"exitCode": 1, "reason": "Error"}})


def succeeded(pod: Object) -> Object:
    """Its containers exited without one."""
    ended = {"terminated": {"exitCode": 0, "reason": "Completed"}}
    return _status(pod, "Succeeded", "False", ended)


def _status(pod: Object, phase: str, is_ready: str, state: Object) -> Object:
    types = {"PodScheduled": "True", "Initialized": "True"}
    types |= {"ContainersReady": is_ready, "Ready": is_ready}
    return {
        "phase": phase,
        "conditions": [
            {"type": name, "status": value, "lastTransitionTime": metadata.now()}
            for name, value in types.items()
        ],
        "containerStatuses": [
            {
                "name": container["name"],
                "image": container.get("image", ""),
                "imageID": "",
                "ready": is_ready == "True",
                "restartCount": 0,
                "state": state,
            }
            for container in pod["spec"]["containers"]
        ],
    }
