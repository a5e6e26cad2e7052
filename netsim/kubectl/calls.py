"""Which requests a call of kubectl makes, as the verbs on resources that RBAC asks about.

Observed with kubectl 1.37.1 at ``-v=6``, command by command; what is said of other versions
is by its source.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from netsim.kubectl import targets
from netsim.kubectl.accesses import Access, Naming
from netsim.kubectl.arguments import Arguments, NotUnderstood, read_arguments
from netsim.kubectl.invocations import Invocation
from netsim.kubectl.resources import ApiResource, resource_at, resource_named
from netsim.kubectl.targets import Target
from netsim.shell.values import has_hole


@dataclass(frozen=True, slots=True)
class Call:
    """What a call needs to work, and what it asks for besides and does without.

    ``unclear`` says why the call may need more; None where this is all.
    """

    needs: tuple[Access, ...] = ()
    may: tuple[Access, ...] = ()
    unclear: str | None = None


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
    access = targets.access_of_path(verb, path)
    return Call((access,)) if access else Call()


def _get(arguments: Arguments, invocation: Invocation) -> Call:
    watches = arguments.is_set("watch") or arguments.is_set("watch-only")
    needs: list[Access] = []
    for target in targets.targets(arguments, invocation):
        needs.append(target.access("get" if target.is_one else "list"))
        if watches:
            needs.append(target.access("watch"))
    return Call(tuple(needs))


def _describe(arguments: Arguments, invocation: Invocation) -> Call:
    found = _get(arguments, invocation)
    return replace(found, unclear="kubectl describe also reads what belongs to an object")


def _create(arguments: Arguments, invocation: Invocation) -> Call:
    if arguments.is_set("edit"):
        raise NotUnderstood("--edit asks a person")
    if arguments.get("dry-run") in ("client", "true"):
        return Call()
    if not arguments.operands:
        found = targets.targets(arguments, invocation)
        return Call(tuple(target.nameless("create") for target in found))
    if has_hole(arguments.operands[0]):
        raise NotUnderstood("what it creates is not in the text")
    return _generated(arguments.rest)


def _generated(arguments: Arguments) -> Call:
    """``kubectl create KIND NAME``, which writes the manifest itself."""
    namespace = targets.namespace(arguments)
    if arguments.command == "token":
        account = ApiResource("", "serviceaccounts")
        name = arguments.operands[0] if arguments.operands else Naming.UNKNOWN
        return Call((Target(account, name, namespace).access("create", "token"),))
    kind = resource_named(arguments.command)
    if kind is None:
        raise NotUnderstood(f"what kubectl create {arguments.command} makes is not known here")
    needs = [Target(kind, Naming.NONE, namespace).access("create")]
    if source := arguments.get("from"):
        needs += [t.access("get") for t in targets.operands((source,), namespace)]
    return Call(tuple(needs))


def _apply(arguments: Arguments, invocation: Invocation) -> Call:
    if arguments.operands:
        raise NotUnderstood(f"what kubectl apply {arguments.operands[0]} asks for is not known")
    found = tuple(targets.targets(arguments, invocation))
    reads = () if arguments.is_set("server-side") else tuple(t.access("get") for t in found)
    # It creates what is not there and patches what is; which of the two is for the cluster.
    writes = [access for t in found for access in (t.nameless("create"), t.access("patch"))]
    if arguments.get("dry-run") in ("client", "true"):
        writes = []
    unclear = "--prune deletes what is not in the text" if arguments.is_set("prune") else None
    return Call((*reads, *writes), (), unclear)


def _replace(arguments: Arguments, invocation: Invocation) -> Call:
    found = tuple(targets.targets(arguments, invocation))
    # Without a resourceVersion it asks for the one there is, and goes on where it may not.
    reads = tuple(target.access("get") for target in found)
    if arguments.is_set("force"):
        needs = [access for t in found for access in (t.access("delete"), t.nameless("create"))]
        return Call(tuple(needs), (*reads, *_waiting(found)))
    return Call(tuple(target.access("update") for target in found), reads)


def _delete(arguments: Arguments, invocation: Invocation) -> Call:
    found = tuple(targets.targets(arguments, invocation))
    needs = [target.access("list") for target in found if not target.is_one]
    needs += [target.any_one.access("delete") for target in found]
    # It waits by default, and gives that up in silence where it may not look.
    waits = arguments.get("wait") is None or arguments.is_set("wait")
    return Call(tuple(needs), tuple(_waiting(found)) if waits else ())


def _waiting(found: Iterable[Target]) -> Iterator[Access]:
    for target in found:
        for verb in ("get", "list", "watch"):
            yield target.any_one.access(verb)


def _patch(arguments: Arguments, invocation: Invocation) -> Call:
    return _changed(arguments, targets.targets(arguments, invocation))


def _changed(arguments: Arguments, found: Iterable[Target]) -> Call:
    """It reads objects and patches them."""
    subresource = arguments.get("subresource") or ""
    if has_hole(subresource):
        raise NotUnderstood("the subresource is not in the text")
    if arguments.is_set("local"):
        return Call()
    needs: list[Access] = []
    is_read_only = arguments.is_set("list") or arguments.get("dry-run") in ("client", "true")
    for target in found:
        needs.append(target.access("get" if target.is_one else "list", subresource))
        if not is_read_only:
            needs.append(target.any_one.access("patch", subresource))
    return Call(tuple(needs))


def _label(arguments: Arguments, invocation: Invocation) -> Call:
    """``label``, ``annotate``: behind the objects stand ``key=value`` and ``key-``."""
    return _changed(arguments, targets.targets(_without_pairs(arguments), invocation))


def _set(arguments: Arguments, invocation: Invocation) -> Call:
    if not arguments.operands:
        return Call()
    return _label(arguments.rest, invocation)


def _without_pairs(arguments: Arguments) -> Arguments:
    kept = [each for each in arguments.operands if "=" not in each and not each.endswith("-")]
    return replace(arguments, operands=tuple(kept))


_PODS = ApiResource("", "pods")


def _logs(arguments: Arguments, invocation: Invocation) -> Call:
    del invocation
    needs: list[Access] = []
    pods = list(_pods(arguments, arguments.operands[:1], needs))
    return Call((*needs, *(pod.access("get", "log") for pod in pods)))


def _exec(arguments: Arguments, invocation: Invocation) -> Call:
    if arguments.get("filename") is not None:
        raise NotUnderstood("exec of what a file describes is not known here")
    del invocation
    needs: list[Access] = []
    may: list[Access] = []
    for pod in _pods(arguments, arguments.operands[:1], needs):
        needs.append(pod.access("create", "exec"))
        # Over a WebSocket the request is a GET, which servers before 1.35 took for the verb.
        may.append(pod.access("get", "exec"))
    return Call(tuple(needs), tuple(may))


def _pods(
    arguments: Arguments, operands: tuple[str, ...], needs: list[Access]
) -> Iterator[Target]:
    """The pods that a name, an object that has pods, or a selector stand for."""
    namespace = targets.namespace(arguments)
    everyone = Target(_PODS, Naming.NONE, namespace)
    if not operands:
        if arguments.get("selector") is None:
            raise NotUnderstood("which pod it is about is not in the text")
        needs.append(everyone.access("list"))
        yield everyone.any_one
        return
    word = operands[0]
    if "/" not in word and has_hole(word):
        # Perhaps with its kind before it, as "get -o name" prints them.
        raise NotUnderstood("whether this names a pod or another object is not in the text")
    name = word if "/" in word else f"pods/{word}"
    for target in targets.operands((name,), namespace):
        needs.append(target.access("get"))
        if target.resource == _PODS:
            yield target
        else:
            needs.append(everyone.access("list"))
            yield everyone.any_one


def _wait(arguments: Arguments, invocation: Invocation) -> Call:
    needs: list[Access] = []
    for target in targets.targets(arguments, invocation):
        needs.append(target.access("get" if target.is_one else "list"))
        # kubectl before 1.35 lists ahead of the watch, later ones where they have to.
        needs += [target.any_one.access("list"), target.any_one.access("watch")]
    return Call(tuple(needs))


def _scale(arguments: Arguments, invocation: Invocation) -> Call:
    conditions = ("current-replicas", "resource-version")
    is_checked = any(arguments.get(name) is not None for name in conditions)
    needs: list[Access] = []
    may: list[Access] = []
    for target in targets.targets(arguments, invocation):
        needs.append(target.access("get" if target.is_one else "list"))
        both = [target.any_one.access(verb, "scale") for verb in ("get", "update")]
        if is_checked:
            needs += both
        else:
            needs.append(target.any_one.access("patch", "scale"))
            may += both
    return Call(tuple(needs), tuple(may))


_HISTORY = {
    "deployments": ApiResource("apps", "replicasets"),
    "daemonsets": ApiResource("apps", "controllerrevisions"),
    "statefulsets": ApiResource("apps", "controllerrevisions"),
}


def _rollout(arguments: Arguments, invocation: Invocation) -> Call:
    if not arguments.operands:
        return Call()
    action = arguments.rest
    found = tuple(targets.targets(action, invocation))
    needs = [target.access("get" if target.is_one else "list") for target in found]
    match action.command:
        case "pause" | "restart" | "resume":
            needs += [target.any_one.access("patch") for target in found]
        case "status":
            needs += _followed(action, found)
        case "history" | "undo":
            needs += _revisions(found)
            if action.command == "undo":
                needs += [target.any_one.access("patch") for target in found]
        case _:
            raise NotUnderstood(f"what kubectl rollout {action.command} asks for is not known")
    return Call(tuple(needs))


def _followed(arguments: Arguments, found: Iterable[Target]) -> Iterator[Access]:
    if arguments.get("watch") is None or arguments.is_set("watch"):
        for target in found:
            yield target.any_one.access("list")
            yield target.any_one.access("watch")


def _revisions(found: Iterable[Target]) -> Iterator[Access]:
    for target in found:
        kind = _HISTORY.get(target.resource.plural)
        if kind is None:
            raise NotUnderstood(f"{target.resource.plural} have no history of roll-outs")
        yield Target(kind, Naming.NONE, target.namespace).access("list")


def _run(arguments: Arguments, invocation: Invocation) -> Call:
    del invocation
    for name in ("attach", "expose", "rm", "stdin"):
        if arguments.is_set(name):
            raise NotUnderstood(f"what kubectl run --{name} asks for is not known here")
    if arguments.get("dry-run") in ("client", "true"):
        return Call()
    everyone = Target(_PODS, Naming.NONE, targets.namespace(arguments))
    return Call((everyone.access("create"),))


def _auth(arguments: Arguments, invocation: Invocation) -> Call:
    """Everyone may ask what they may do (``system:basic-user``)."""
    del invocation
    if arguments.operands[:1] in ((), ("can-i",), ("whoami",)):
        return Call()
    raise NotUnderstood(f"what kubectl auth {arguments.operands[0]} asks for is not known here")


def _events(arguments: Arguments, invocation: Invocation) -> Call:
    del invocation
    events = resource_at("", "events")
    everyone = Target(events, Naming.NONE, targets.namespace(arguments))
    watch = (everyone.access("watch"),) if arguments.is_set("watch") else ()
    return Call((everyone.access("list"), *watch))


_READERS: dict[str, Callable[[Arguments, Invocation], Call]] = {
    "annotate": _label,
    "apply": _apply,
    "auth": _auth,
    "create": _create,
    "delete": _delete,
    "describe": _describe,
    "events": _events,
    "exec": _exec,
    "get": _get,
    "label": _label,
    "logs": _logs,
    "patch": _patch,
    "replace": _replace,
    "rollout": _rollout,
    "run": _run,
    "scale": _scale,
    "set": _set,
    "wait": _wait,
}
