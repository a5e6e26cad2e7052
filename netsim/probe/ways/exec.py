"""``--via exec``: the kubernetes client, which needs no kubectl."""

from __future__ import annotations

import ast
import json
import re
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from netsim.loader.sources.live import Asking, answered, api_client
from netsim.probe.interface import Job, Observation
from netsim.probe.pods import LivePod
from netsim.probe.ways.failures import (
    INTERRUPTED,
    Failure,
    all_failed,
    failure,
    in_turn,
    incomplete,
    observations,
    status_of,
)
from netsim.probe.ways.script import Answer, Call, calls, read

if TYPE_CHECKING:
    from kubernetes.client import ApiClient

_STDOUT, _STDERR, _ERROR = 1, 2, 3
_BEAT = 0.5
"""Seconds after which the deadline, and whether to stop, are looked at."""
_OPENING = 30.0
_FRAME = 10.0
_BODY = "-+-+- "
"""What the client puts before the headers and the body of a refusal, in one text."""
_AFTER = re.compile(r"'retry-after': '(\d+)'", re.IGNORECASE)

T = TypeVar("T")


class Stream(Protocol):
    """What the client's WebSocket offers of a running command."""

    def is_open(self) -> bool: ...

    def update(self, timeout: float) -> None: ...

    def read_channel(self, channel: int) -> str: ...

    def close(self) -> None: ...


class Client:
    """The API server through the kubernetes client.  Raises ``LiveError``."""

    def __init__(self, kubeconfig: str | None, context: str | None) -> None:
        self._client = api_client(kubeconfig, context)

    @property
    def server(self) -> str:
        """Its address."""
        return str(self._client.configuration.host)

    def fetch(self, path: str, query: dict[str, str]) -> dict[str, Any]:
        """GET; raises ``AnswerError``."""
        return answered(self._client, Asking("GET", path, query))

    def create(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """POST; raises ``AnswerError``."""
        return answered(self._client, Asking("POST", path, body=body))

    def merge(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """PATCH by strategic merge; raises ``AnswerError``."""
        kind = "application/strategic-merge-patch+json"
        return answered(self._client, Asking("PATCH", path, body=body, content_type=kind))

    def stop(self) -> None:
        """Nothing to end: a request ends by itself."""

    def open(self, pod: LivePod, container: str, command: Sequence[str]) -> Stream:
        """Starts a command in a container.  Raises what the client raises."""
        from kubernetes import client
        from kubernetes.stream import stream

        # stream() changes the client it is given, which threads must not share.
        own = client.CoreV1Api(_copy(self._client))
        found: Any = stream(
            own.connect_get_namespaced_pod_exec,
            pod.name,
            pod.namespace,
            container=container,
            command=list(command),
            stdin=False,
            stdout=True,
            stderr=True,
            tty=False,
            _preload_content=False,
        )
        # Reading waits for the rest of a frame that has begun, whatever update() is told.
        found.sock.settimeout(_FRAME)
        opened: Stream = found
        return opened

    def connect(self, pod: LivePod, port: int) -> Any:
        """A WebSocket to a port of a pod.  Raises what the client raises."""
        from kubernetes.stream import ws_client

        _, url, headers, *_ = self._client.param_serialize(
            "GET",
            f"/api/v1/namespaces/{pod.namespace}/pods/{pod.name}/portforward",
            query_params=[("ports", str(port))],
            header_params={"sec-websocket-protocol": "v4.channel.k8s.io"},
            auth_settings=["BearerToken"],
        )
        # The module has no type hints.
        untyped: Any = ws_client
        settings = self._client.configuration
        return untyped.create_websocket(settings, untyped.get_websocket_url(url), headers)


def _copy(shared: ApiClient) -> ApiClient:
    from kubernetes import client

    return client.ApiClient(shared.configuration)


class Heard(Struct, frozen=True):
    """What came over the channels; ``late`` where the deadline ended it."""

    stdout: str
    stderr: str
    error: str
    late: bool


class ExecRunner:
    """Tries connections through the exec subresource, over WebSocket.

    The client's ``returncode`` is never asked for: without a status frame it raises.
    """

    def __init__(self, client: Client, seconds: int) -> None:
        self._client = client
        self._seconds = seconds
        self._stopped = threading.Event()

    def run(self, source: LivePod, jobs: Sequence[Job]) -> tuple[Observation, ...]:
        """See ``Runner``."""
        return self.run_in(source, source.container, jobs)

    def run_in(
        self, source: LivePod, container: str, jobs: Sequence[Job]
    ) -> tuple[Observation, ...]:
        """The same in a certain container of the pod."""
        several = calls(jobs, self._seconds)
        return in_turn(several, lambda call: self._called(source, container, call))

    def _called(self, source: LivePod, container: str, call: Call) -> tuple[Observation, ...]:
        if self._stopped.is_set():
            return all_failed(call.jobs, INTERRUPTED)
        try:
            stream = within(
                _OPENING, lambda: self._client.open(source, container, call.command())
            )
        except Exception as error:  # noqa: BLE001 - the client raises whatever it comes upon
            return all_failed(call.jobs, refused(error))
        heard = self._heard(stream, call)
        answer = read(heard.stdout, call)
        return observations(call, answer, self._missing(heard, answer, call))

    def _heard(self, stream: Stream, call: Call) -> Heard:
        end = time.monotonic() + call.deadline
        parts: dict[int, list[str]] = {_STDOUT: [], _STDERR: [], _ERROR: []}
        late = False
        try:
            while stream.is_open() and not self._stopped.is_set() and not late:
                stream.update(timeout=_BEAT)
                _drain(stream, parts)
                late = time.monotonic() > end
        except Exception as error:  # noqa: BLE001 - a broken connection, in any of many ways
            parts[_ERROR].append(f"the connection broke: {type(error).__name__}: {error}")
        with suppress(Exception):
            _drain(stream, parts)
        with suppress(Exception):
            stream.close()
        stdout, stderr, said = ("".join(parts[each]) for each in (_STDOUT, _STDERR, _ERROR))
        return Heard(stdout, stderr, said, late)

    def _missing(self, heard: Heard, answer: Answer, call: Call) -> Failure:
        if self._stopped.is_set():
            return INTERRUPTED
        late = call.deadline if heard.late else None
        return incomplete(answer, _message(heard.error) or heard.stderr, late)

    def stop(self) -> None:
        """See ``Runner``."""
        self._stopped.set()


def _drain(stream: Stream, parts: dict[int, list[str]]) -> None:
    for channel, texts in parts.items():
        texts.append(stream.read_channel(channel))


def within(seconds: float, opening: Callable[[], T]) -> T:
    """The client waits for ever for a server that accepts and does not answer."""
    found: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            found.append(opening())
        except Exception as error:  # noqa: BLE001 - the client raises whatever it comes upon
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    for error in errors:
        raise error
    for opened in found:
        return opened
    raise TimeoutError(f"no answer within {seconds:.0f} s")


def refused(error: Exception) -> Failure:
    """The server's own words, where the client kept them."""
    text = str(getattr(error, "reason", None) or error)
    after = _AFTER.search(text)
    found = failure(_said(text) or text, status_of(text))
    return replace(found, retry_after=float(after[1]) if after else None)


def _said(text: str) -> str:
    """The message of the Status object at the end; some versions show it as bytes."""
    body = text.rpartition(_BODY)[2].strip()
    try:
        is_bytes = body.startswith(("b'", 'b"'))
        found = json.loads(ast.literal_eval(body) if is_bytes else body)
    except (ValueError, SyntaxError):
        return ""
    return str(found.get("message") or "") if isinstance(found, dict) else ""


def _message(frame: str) -> str:
    """What the status frame says of a failure; the frame of a success says nothing."""
    try:
        found = json.loads(frame)
    except ValueError:
        return frame
    if not isinstance(found, dict) or found.get("status") == "Success":
        return ""
    return str(found.get("message") or "")
