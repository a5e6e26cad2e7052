"""What ``probe --dry-run`` prints: a script that does the same with kubectl."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from netsim.probe.interface import by_source
from netsim.probe.rbac import Way
from netsim.probe.ways import ephemeral
from netsim.probe.ways.forward_kubectl import forward_command
from netsim.probe.ways.kubectl import Cluster, exec_command
from netsim.probe.ways.script import Call, calls, program
from netsim.words.printable import printable

if TYPE_CHECKING:
    from netsim.cli.probing import Asked
    from netsim.probe.cluster import Unread
    from netsim.probe.interface import Job
    from netsim.probe.planning.plan import Plan
    from netsim.probe.pods import LivePod


def script(plan: Plan, asked: Asked, roles: str, unread: tuple[Unread, ...] = ()) -> str:
    """The permissions as comments, then a command for each pod, then what is left out."""
    left_out = [f"skipped {each.what}: {each.reason}" for each in plan.skipped]
    left_out += [f"not read: {each.what}: {each.reason}" for each in unread]
    return "\n".join((*_lines(plan, asked, roles), *_left_out(left_out), ""))


def _left_out(texts: list[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield from (f"# {printable(text)}" for text in texts)


def _lines(plan: Plan, asked: Asked, roles: str) -> Iterator[str]:
    yield "# The permissions that this needs:"
    yield "#"
    yield from (f"# {line}".rstrip() for line in roles.splitlines())
    yield ""
    yield "# What runs in each pod; a target is id/protocol/host/port."
    yield f"PROBE={shlex.quote(program())}"
    cluster = Cluster(asked.kubeconfig, asked.context)
    if asked.way is Way.EPHEMERAL:
        yield from _added(asked.image)
    for jobs in by_source(plan.jobs).values():
        for call in calls(jobs, asked.seconds):
            yield ""
            yield from _call(cluster, replace(call, nonce="netsim"), asked)
    for shake in plan.handshakes:
        yield ""
        yield f"# Whether {printable(str(shake))} demands client certificates shows through:"
        yield f"# {shlex.join(forward_command(cluster, shake.pod, shake.port))}"


def _call(cluster: Cluster, call: Call, asked: Asked) -> Iterator[str]:
    yield from (f"# {job.id}: {printable(_text(job))}" for job in call.jobs)
    start = exec_command(cluster, _source(call.jobs[0], asked), call.deadline)
    yield f'{shlex.join(start)} sh -c "$PROBE" {shlex.join(call.arguments())}'


def _source(job: Job, asked: Asked) -> LivePod:
    """The pod, with the container in which the program runs."""
    added = asked.way is Way.EPHEMERAL
    return replace(job.source, container=ephemeral.NAME) if added else job.source


def _added(image: str) -> Iterator[str]:
    yield ""
    yield "# Before this, each pod gets an ephemeral container, where it has none yet:"
    yield f"# {json.dumps(ephemeral.container(image))}"


def _text(job: Job) -> str:
    return f"{job} ({job.purpose.value})"
