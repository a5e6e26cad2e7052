"""What the commands of kubectl ask for that are about pods, and about what keeps them up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from netsim.model.api_resources import ApiResource
from netsim.scripts.kubectl.accesses import Access, Call, Naming
from netsim.scripts.kubectl.arguments import Arguments, NotUnderstood
from netsim.scripts.kubectl.invocations import Invocation
from netsim.scripts.kubectl.targets import Target, namespace_of, parse_targets, targets_of
from netsim.scripts.shell.values import has_hole

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
    everyone = _every_pod(arguments)
    if not operands:
        if arguments.get("selector") is None:
            raise NotUnderstood("which pod it is about is not in the text")
        needs.append(everyone.access("list"))
        yield everyone.any_one
        return
    for target in parse_targets((_pod_or_owner(operands[0]),), everyone.namespace):
        needs.append(target.access("get"))
        if target.resource == _PODS:
            yield target
        else:
            needs.append(everyone.access("list"))
            yield everyone.any_one


def _pod_or_owner(word: str) -> str:
    """``KIND/NAME``, where the kind may be left out for pods."""
    if "/" in word:
        return word
    if has_hole(word):
        # Perhaps with its kind before it, as "get -o name" prints them.
        raise NotUnderstood("whether this names a pod or another object is not in the text")
    return f"pods/{word}"


def _every_pod(arguments: Arguments) -> Target:
    return Target(_PODS, Naming.NONE, namespace_of(arguments))


def _run(arguments: Arguments, invocation: Invocation) -> Call:
    del invocation
    for name in ("attach", "expose", "rm", "stdin"):
        if arguments.is_set(name):
            raise NotUnderstood(f"what kubectl run --{name} asks for is not known here")
    if arguments.is_dry_run:
        return Call()
    return Call((_every_pod(arguments).access("create"),))


def _scale(arguments: Arguments, invocation: Invocation) -> Call:
    conditions = ("current-replicas", "resource-version")
    is_checked = any(arguments.get(name) is not None for name in conditions)
    needs: list[Access] = []
    may: list[Access] = []
    for target in targets_of(arguments, invocation):
        needs.append(target.reading())
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
    found = tuple(targets_of(action, invocation))
    needs = [target.reading() for target in found]
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


READERS: dict[str, Callable[[Arguments, Invocation], Call]] = {
    "exec": _exec,
    "logs": _logs,
    "rollout": _rollout,
    "run": _run,
    "scale": _scale,
}
"""By command."""
