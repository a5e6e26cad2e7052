"""What the commands of kubectl ask for that read, write or delete objects of any kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec.structs import replace

from netsim.model.api_resources import ApiResource, find_resource
from netsim.scripts.kubectl.accesses import Access, Call, Naming
from netsim.scripts.kubectl.arguments import Arguments, NotUnderstood
from netsim.scripts.kubectl.invocations import Invocation
from netsim.scripts.kubectl.targets import Target, namespace_of, parse_targets, targets_of
from netsim.scripts.shell.values import has_hole


def _get(arguments: Arguments, invocation: Invocation) -> Call:
    watches = arguments.is_set("watch") or arguments.is_set("watch-only")
    needs: list[Access] = []
    for target in targets_of(arguments, invocation):
        needs.append(target.reading())
        if watches:
            needs.append(target.access("watch"))
    return Call(tuple(needs))


def _describe(arguments: Arguments, invocation: Invocation) -> Call:
    found = _get(arguments, invocation)
    return replace(found, unclear="kubectl describe also reads what belongs to an object")


def _wait(arguments: Arguments, invocation: Invocation) -> Call:
    needs: list[Access] = []
    for target in targets_of(arguments, invocation):
        needs.append(target.reading())
        # kubectl before 1.35 lists ahead of the watch, later ones where they have to.
        needs += [target.any_one.access("list"), target.any_one.access("watch")]
    return Call(tuple(needs))


def _create(arguments: Arguments, invocation: Invocation) -> Call:
    if arguments.is_set("edit"):
        raise NotUnderstood("--edit asks a person")
    if arguments.is_dry_run:
        return Call()
    if not arguments.operands:
        found = targets_of(arguments, invocation)
        return Call(tuple(target.nameless("create") for target in found))
    if has_hole(arguments.operands[0]):
        raise NotUnderstood("what it creates is not in the text")
    return _generated(arguments.rest)


def _generated(arguments: Arguments) -> Call:
    """``kubectl create KIND NAME``, which writes the manifest itself."""
    namespace = namespace_of(arguments)
    if arguments.command == "token":
        account = ApiResource("", "serviceaccounts")
        name = arguments.operands[0] if arguments.operands else Naming.UNKNOWN
        return Call((Target(account, name, namespace).access("create", "token"),))
    kind = find_resource(arguments.command)
    if kind is None:
        raise NotUnderstood(f"what kubectl create {arguments.command} makes is not known here")
    needs = [Target(kind, Naming.NONE, namespace).access("create")]
    if source := arguments.get("from"):
        needs += [t.access("get") for t in parse_targets((source,), namespace)]
    return Call(tuple(needs))


def _apply(arguments: Arguments, invocation: Invocation) -> Call:
    if arguments.operands:
        raise NotUnderstood(f"what kubectl apply {arguments.operands[0]} asks for is not known")
    found = tuple(targets_of(arguments, invocation))
    reads = () if arguments.is_set("server-side") else tuple(t.access("get") for t in found)
    # It creates what is not there and patches what is; which of the two is for the cluster.
    writes = [access for t in found for access in (t.nameless("create"), t.access("patch"))]
    if arguments.is_dry_run:
        writes = []
    unclear = "--prune deletes what is not in the text" if arguments.is_set("prune") else None
    return Call((*reads, *writes), (), unclear)


def _replace(arguments: Arguments, invocation: Invocation) -> Call:
    found = tuple(targets_of(arguments, invocation))
    # Without a resourceVersion it asks for the one there is, and goes on where it may not.
    reads = tuple(target.access("get") for target in found)
    if arguments.is_set("force"):
        needs = [access for t in found for access in (t.access("delete"), t.nameless("create"))]
        return Call(tuple(needs), (*reads, *_waiting(found)))
    return Call(tuple(target.access("update") for target in found), reads)


def _delete(arguments: Arguments, invocation: Invocation) -> Call:
    found = tuple(targets_of(arguments, invocation))
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
    return _change(arguments, targets_of(arguments, invocation))


def _change(arguments: Arguments, found: Iterable[Target]) -> Call:
    """It reads objects and patches them."""
    subresource = arguments.get("subresource") or ""
    if has_hole(subresource):
        raise NotUnderstood("the subresource is not in the text")
    if arguments.is_set("local"):
        return Call()
    needs: list[Access] = []
    is_read_only = arguments.is_set("list") or arguments.is_dry_run
    for target in found:
        needs.append(target.reading(subresource))
        if not is_read_only:
            needs.append(target.any_one.access("patch", subresource))
    return Call(tuple(needs))


def _label(arguments: Arguments, invocation: Invocation) -> Call:
    """``label``, ``annotate``: behind the objects stand ``key=value`` and ``key-``."""
    return _change(arguments, targets_of(_without_pairs(arguments), invocation))


def _set(arguments: Arguments, invocation: Invocation) -> Call:
    if not arguments.operands:
        return Call()
    return _label(arguments.rest, invocation)


def _without_pairs(arguments: Arguments) -> Arguments:
    kept = [each for each in arguments.operands if "=" not in each and not each.endswith("-")]
    return replace(arguments, operands=tuple(kept))


READERS: dict[str, Callable[[Arguments, Invocation], Call]] = {
    "annotate": _label,
    "apply": _apply,
    "create": _create,
    "delete": _delete,
    "describe": _describe,
    "get": _get,
    "label": _label,
    "patch": _patch,
    "replace": _replace,
    "set": _set,
    "wait": _wait,
}
"""By command."""
