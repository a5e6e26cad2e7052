"""A dry run as a script: the same attempts with kubectl, and the roles that they need."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from netsim.app.probe import DryRun
from netsim.app.probe_request import ProbeRequest
from netsim.probe.interface import Job, by_source
from netsim.probe.pods import LivePod
from netsim.probe.rbac import Via
from netsim.probe.ways import ephemeral
from netsim.probe.ways.forward_kubectl import forward_command
from netsim.probe.ways.kubectl import KubectlCluster, exec_command
from netsim.probe.ways.script import Run, calls, program
from netsim.report.probe import roles
from netsim.report.style import Terminal
from netsim.words.printable import printable


def render(found: DryRun, terminal: Terminal) -> str:
    """The permissions as comments, then a command for each pod, then what is left out."""
    left_out = [f"skipped {each.what}: {each.reason}" for each in found.plan.skipped]
    left_out += [f"not read: {each.what}: {each.reason}" for each in found.unread]
    return "\n".join((*_lines(found, terminal), *_left_out(left_out), ""))


def _left_out(texts: list[str]) -> Iterator[str]:
    if texts:
        yield ""
        yield from (f"# {printable(text)}" for text in texts)


def _lines(found: DryRun, terminal: Terminal) -> Iterator[str]:
    request, plan = found.request, found.plan
    yield "# The permissions that this needs:"
    yield "#"
    yield from (
        f"# {line}".rstrip() for line in roles.render(found.roles, terminal).splitlines()
    )
    yield ""
    yield "# What runs in each pod; a target is id/protocol/host/port."
    yield f"PROBE={shlex.quote(program())}"
    cluster = KubectlCluster(request.kubeconfig, request.context)
    if request.via is Via.EPHEMERAL:
        yield from _added(request.image)
    for jobs in by_source(plan.jobs).values():
        for call in calls(jobs, request.seconds):
            yield ""
            yield from _call(cluster, replace(call, nonce="netsim"), request)
    for shake in plan.handshakes:
        yield ""
        yield f"# Whether {printable(str(shake))} demands client certificates shows through:"
        yield f"# {_joined(forward_command(cluster, shake.pod, shake.port))}"


def _call(cluster: KubectlCluster, call: Run, request: ProbeRequest) -> Iterator[str]:
    yield from (f"# {job.id}: {printable(_text(job))}" for job in call.jobs)
    start = exec_command(cluster, _source(call.jobs[0], request))
    yield f'{_joined(start)} sh -c "$PROBE" {_joined(call.arguments())}'


def _joined(words: Sequence[str]) -> str:
    # No name of an object holds what this changes, and a line break would end a comment.
    return printable(shlex.join(words))


def _source(job: Job, request: ProbeRequest) -> LivePod:
    """The pod, with the container in which the program runs."""
    added = request.via is Via.EPHEMERAL
    return replace(job.source, container=ephemeral.NAME) if added else job.source


def _added(image: str) -> Iterator[str]:
    yield ""
    yield "# Before this, each pod gets an ephemeral container, where it has none yet:"
    yield f"# {json.dumps(ephemeral.container(image))}"


def _text(job: Job) -> str:
    return f"{job} ({job.purpose.value})"
