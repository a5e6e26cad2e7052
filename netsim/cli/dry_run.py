"""What ``probe --dry-run`` prints: a script that does the same with kubectl."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from netsim.probe.forward_kubectl import forward_command
from netsim.probe.kubectl import Cluster, exec_command
from netsim.probe.script import Call, program
from netsim.report.printable import printable

if TYPE_CHECKING:
    from netsim.cli.probing import Asked
    from netsim.probe.interface import Job
    from netsim.probe.plan import Plan


def script(plan: Plan, asked: Asked, roles: str) -> str:
    """The permissions as comments, then a command for each pod."""
    return "\n".join((*_lines(plan, asked, roles), ""))


def _lines(plan: Plan, asked: Asked, roles: str) -> Iterator[str]:
    yield "# The permissions that this needs:"
    yield "#"
    yield from (f"# {line}".rstrip() for line in roles.splitlines())
    yield ""
    yield "# What runs in each pod; a target is id/protocol/host/port."
    yield f"PROBE={shlex.quote(program())}"
    cluster = Cluster(asked.kubeconfig, asked.context)
    for jobs in plan.by_source().values():
        call = Call(jobs, asked.seconds, nonce="netsim")
        yield ""
        yield from (f"# {job.id}: {printable(_text(job))}" for job in jobs)
        start = shlex.join(exec_command(cluster, jobs[0].source, call.deadline))
        yield f'{start} sh -c "$PROBE" {shlex.join(call.arguments())}'
    for shake in plan.handshakes:
        yield ""
        yield f"# Whether {printable(str(shake))} demands client certificates shows through:"
        yield f"# {shlex.join(forward_command(cluster, shake.pod, shake.port))}"
    if plan.skipped:
        yield ""
        yield from (f"# skipped {printable(f'{s.what}: {s.reason}')}" for s in plan.skipped)


def _text(job: Job) -> str:
    return f"{job} ({job.purpose.value})"
