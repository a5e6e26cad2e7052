"""Which requests a call of kubectl makes, as the verbs on resources that RBAC asks about.

Observed with kubectl 1.37.1 at ``-v=6``, command by command; what is said of other versions
is by its source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from netsim.model.api_resources import resource_at
from netsim.scripts.kubectl import objects, workloads
from netsim.scripts.kubectl.accesses import Access, Call, Naming, Place
from netsim.scripts.kubectl.arguments import Arguments, NotUnderstood, read_arguments
from netsim.scripts.kubectl.invocations import Invocation
from netsim.scripts.kubectl.targets import Target, namespace_of
from netsim.scripts.shell.values import has_hole


def read_call(invocation: Invocation) -> Call:
    """The requests of a call of kubectl."""
    try:
        arguments = read_arguments(invocation.words)
        return _call(arguments, invocation)
    except NotUnderstood as reason:
        return Call(unclear=str(reason))


def changes_account(invocation: Invocation) -> bool:
    """Whether a call may make those after it ones of another account, or to another place."""
    return any(
        command == "config" and action.startswith(("set", "unset", "use"))
        for command, action in pairwise(invocation.words)
    )


def _call(arguments: Arguments, invocation: Invocation) -> Call:
    if not arguments.command or arguments.is_set("help"):
        return Call()
    if has_hole(arguments.command):
        raise NotUnderstood("the command is not in the text")
    if arguments.command in _SILENT:
        return Call()
    if (raw := arguments.get("raw")) is not None:
        return _raw(arguments.command, raw)
    reader = _READERS.get(arguments.command)
    if reader is None:
        raise NotUnderstood(f"what kubectl {arguments.command} asks for is not known here")
    return reader(arguments, invocation)


_SILENT = frozenset(
    (
        *("api-resources", "api-versions", "completion", "config", "explain", "help"),
        *("kustomize", "options", "plugin", "version"),
    )
)
"""They ask for nothing, or for what every account may read (``system:discovery``)."""

_RAW_VERBS = {"get": "get", "create": "create", "replace": "update", "delete": "delete"}


def _raw(command: str, path: str) -> Call:
    """``--raw``: one request to a path of the API (``request.RequestInfoFactory``)."""
    verb = _RAW_VERBS.get(command)
    if verb is None:
        raise NotUnderstood(f"kubectl {command} has no --raw")
    access = _access_of_path(verb, path)
    return Call((access,)) if access else Call()


def _access_of_path(verb: str, path: str) -> Access | None:
    """The request to a path of the API; None for what is no resource, such as ``/healthz``."""
    parts = path.partition("?")[0].strip("/").split("/")
    match parts:
        case ["api", _, *rest]:
            target, subresource = _target_at("", rest)
        case ["apis", group, _, *rest]:
            target, subresource = _target_at(group, rest)
        case _ if has_hole(parts[0]):
            raise NotUnderstood("the path is not in the text")
        case _:
            return None
    return target.access(_verb(verb, target, path), subresource)


def _target_at(group: str, parts: Sequence[str]) -> tuple[Target, str]:
    """What the parts of a path behind the version are about, and the subresource."""
    where: str | Place = Place.CLUSTER
    if len(parts) > 2 and parts[0] == "namespaces" and parts[2] not in ("status", "finalize"):
        where = Place.UNKNOWN if has_hole(parts[1]) else parts[1]
        parts = parts[2:]
    subresource = "/".join(parts[2:])
    if not parts or any(map(has_hole, (group, parts[0], subresource))):
        raise NotUnderstood("the resource of the path is not in the text")
    name = parts[1] if len(parts) > 1 else Naming.NONE
    return Target(resource_at(group, parts[0]), name, where), subresource


def _verb(verb: str, target: Target, path: str) -> str:
    """A request about all objects of a kind has other verbs (``RequestInfoFactory``)."""
    if target.is_one:
        return verb
    if verb == "get":
        return "watch" if "watch=" in path else "list"
    return "deletecollection" if verb == "delete" else verb


def _auth(arguments: Arguments, invocation: Invocation) -> Call:
    """Everyone may ask what they may do (``system:basic-user``)."""
    del invocation
    if arguments.operands[:1] in ((), ("can-i",), ("whoami",)):
        return Call()
    raise NotUnderstood(f"what kubectl auth {arguments.operands[0]} asks for is not known here")


def _events(arguments: Arguments, invocation: Invocation) -> Call:
    del invocation
    events = resource_at("", "events")
    everyone = Target(events, Naming.NONE, namespace_of(arguments))
    watch = (everyone.access("watch"),) if arguments.is_set("watch") else ()
    return Call((everyone.access("list"), *watch))


_READERS: dict[str, Callable[[Arguments, Invocation], Call]] = {
    **objects.READERS,
    **workloads.READERS,
    "auth": _auth,
    "events": _events,
}
