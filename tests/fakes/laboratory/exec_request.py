"""What a request for ``pods/exec`` asks for, and the refusals of what it may not."""

from __future__ import annotations

from dataclasses import dataclass

from tests.fakes.apiserver.answers import Connection
from tests.fakes.apiserver.errors import bad_request
from tests.fakes.apiserver.kinds import Object
from tests.fakes.laboratory.exec_channels import Channel
from tests.fakes.laboratory.exec_status import no_container

_LISTS = ("containers", "initContainers", "ephemeralContainers")


@dataclass(frozen=True, slots=True)
class ExecRequest:
    """A command for a container, and the channels that the client wants."""

    user: str
    namespace: str
    pod: str
    container: str
    command: tuple[str, ...]
    channels: frozenset[Channel]
    has_terminal: bool

    @property
    def title(self) -> str:
        """``namespace/name`` of the pod."""
        return f"{self.namespace}/{self.pod}"

    @property
    def first(self) -> Channel:
        """The lowest channel that the server writes to."""
        outputs = (Channel.STDOUT, Channel.STDERR)
        return next((each for each in outputs if each in self.channels), Channel.ERROR)


def read(connection: Connection) -> ExecRequest:
    """The request; raises ApiError for one that ``ValidatePodExecOptions`` would refuse."""
    query = connection.request.query
    command = tuple(connection.request.parameters.get("command", ()))
    names = {"stdin": Channel.STDIN, "stdout": Channel.STDOUT, "stderr": Channel.STDERR}
    wanted = {channel for name, channel in names.items() if _is_set(query.get(name))}
    if not command:
        raise bad_request("you must specify at least 1 command for the container")
    if not wanted:
        raise bad_request("you must specify at least 1 of stdin, stdout, stderr")
    return ExecRequest(
        connection.request.user.name,
        connection.target.namespace,
        connection.target.name,
        _container(connection.found, query.get("container", "")),
        command,
        frozenset(wanted),
        _is_set(query.get("tty")),
    )


def _is_set(value: str | None) -> bool:
    # Both clients spell it their own way.
    return value in ("1", "true", "True")


def _container(pod: Object, wanted: str) -> str:
    names = [
        str(container["name"]) for each in _LISTS for container in pod["spec"].get(each) or ()
    ]
    if wanted and wanted not in names:
        raise no_container(pod["metadata"]["name"], wanted)
    # Which of several is meant without a name is for kubectl to say; the server takes none.
    if not wanted and len(pod["spec"]["containers"]) > 1:
        name, choice = pod["metadata"]["name"], " ".join(names)
        raise bad_request(
            f"a container name must be specified for pod {name}, choose one of: [{choice}]"
        )
    return wanted or names[0]
