"""The ephemeralcontainers subresource, as ``kubectl debug`` uses it, and what then runs.

An ephemeral container shares the network of its pod and nothing else.  It is only ever added:
Kubernetes neither changes nor removes one.
"""

from __future__ import annotations

import json
from enum import Enum

from tests.fakes.apiserver import bodies, metadata, patches
from tests.fakes.apiserver.answers import Connection
from tests.fakes.apiserver.errors import Cause, invalid
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.routes import Target
from tests.fakes.apiserver.storage import Store

FIELD = "ephemeralContainers"
_STATUSES = "ephemeralContainerStatuses"


class Fate(Enum):
    """What becomes of a new ephemeral container."""

    RUNNING = "running"
    UNPULLED = "the image cannot be pulled"
    ENDED = "its command has ended"

    def state(self) -> Object:
        """As the kubelet reports it."""
        match self:
            case Fate.RUNNING:
                return {"running": {"startedAt": metadata.now()}}
            case Fate.UNPULLED:
                why = {"reason": "ErrImagePull", "message": "pull access denied"}
                return {"waiting": why}
            case Fate.ENDED:
                return {"terminated": {"exitCode": 0, "reason": "Completed"}}


class EphemeralContainers:
    """Answers ``PATCH`` of ``pods/ephemeralcontainers``; ``fate`` may be set at any time."""

    def __init__(self, store: Store) -> None:
        self.fate = Fate.RUNNING
        self._store = store

    def __call__(self, connection: Connection) -> None:
        """Adds containers.  Raises ApiError."""
        request, target = connection.request, connection.target
        with self._store.lock:
            old = self._store.get(target.key) or connection.found
            new = patches.patched(request.content_type, old, bodies.change(request))
            wanted = new["spec"].get(FIELD) or []
            _check(target, old, wanted)
            changed = self._store.put(
                target.key, {**old, "spec": {**old["spec"], FIELD: wanted}}
            )
        _reply(connection, changed)
        # The kubelet comes later than the answer.
        self._store.change(target.kind, target.namespace, target.name, self._start)

    def _start(self, pod: Object) -> None:
        statuses = pod.setdefault("status", {}).setdefault(_STATUSES, [])
        known = {status["name"] for status in statuses}
        for container in pod["spec"][FIELD]:
            if container["name"] not in known:
                own = {"name": container["name"], "image": container.get("image", "")}
                statuses.append({**own, "state": self.fate.state()})


def _check(target: Target, pod: Object, wanted: list[Object]) -> None:
    """``ValidatePodEphemeralContainersUpdate``: what there is must stay as it is."""
    kept = {container["name"]: container for container in wanted}
    for index, container in enumerate(pod["spec"].get(FIELD) or ()):
        if kept.get(container["name"]) != container:
            cause = Cause(
                f"spec.ephemeralContainers[{index}]",
                "FieldValueForbidden",
                "Forbidden: existing ephemeral containers may not be changed",
            )
            raise invalid(target.kind, target.name, [cause])


def _reply(connection: Connection, body: Object) -> None:
    text = json.dumps(body).encode()
    handler = connection.handler
    handler.send_response(200)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(text)))
    handler.end_headers()
    handler.wfile.write(text)
