"""The clients that people have: kubectl, and the Python client's ``stream``."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from tests.fakes.apiserver.kubectl import environment, find
from tests.fakes.laboratory.cluster import LiveCluster

_SECONDS = 60


class Way(Enum):
    """Through which client."""

    KUBECTL = "kubectl"
    CLIENT = "client"


@dataclass(frozen=True, slots=True)
class Executed:
    """What the client shows of a command; no status where it knows none."""

    status: int | None
    stdout: str
    stderr: str


def executed(
    way: Way,
    cluster: LiveCluster,
    folder: Path,
    pod: str,
    *command: str,
    container: str = "main",
    stdin: str = "",
    **more: bool,
) -> Executed:
    """Runs a command in a pod ``namespace/name``, as the administrator.

    ``more`` is for the Python client alone.
    """
    kubeconfig = cluster.kubeconfig(folder)
    if way is Way.KUBECTL:
        return _by_kubectl(kubeconfig, pod, container, command)
    from kubernetes.client import ApiException

    try:
        return _by_client(kubeconfig, pod, container, command, stdin, more)
    except ApiException as error:
        return Executed(None, "", f"{error.status} {error.reason}")


def _by_kubectl(
    kubeconfig: Path, pod: str, container: str, command: tuple[str, ...]
) -> Executed:
    namespace, _, name = pod.partition("/")
    done = subprocess.run(
        [str(find()), "exec", "-n", namespace, name, "-c", container, "--", *command],
        env=environment(kubeconfig),
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    return Executed(done.returncode, done.stdout, done.stderr)


def _by_client(
    kubeconfig: Path,
    pod: str,
    container: str,
    command: tuple[str, ...],
    stdin: str,
    more: Mapping[str, bool],
) -> Executed:
    from kubernetes import client, config
    from kubernetes.stream import stream
    from websocket import WebSocketException

    new_client: Any = config.new_client_from_config
    api = client.CoreV1Api(new_client(str(kubeconfig)))
    namespace, _, name = pod.partition("/")
    found = stream(
        api.connect_get_namespaced_pod_exec,
        name,
        namespace,
        container=container,
        command=list(command),
        stdin=bool(stdin),
        stdout=True,
        **{"stderr": True, **more},
        _preload_content=False,
    )
    if stdin:
        found.write_stdin(stdin)
        found.close_channel(0)
    # What came before the connection broke is kept.
    with suppress(WebSocketException):
        found.run_forever(_SECONDS)
    return _read(found)


def _read(found: Any) -> Executed:
    # Reading an empty channel would look for more, on what may be broken.
    held = found._channels
    stdout, stderr, error = (held.get(channel, "") for channel in (1, 2, 3))
    # close() leaves the socket open where the server was the first to say goodbye.
    found.close()
    found.sock.shutdown()
    # A connection that broke has none.
    status = json.loads(error) if error else {}
    if status.get("reason") == "InternalError":
        stderr += status["message"]
    return Executed(_code(status), stdout, stderr)


def _code(status: Mapping[str, Any]) -> int | None:
    if status.get("status") == "Success":
        return 0
    causes = status.get("details", {}).get("causes", ())
    codes = [int(one["message"]) for one in causes if one.get("reason") == "ExitCode"]
    return next(iter(codes), None)
