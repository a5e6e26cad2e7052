"""``probe``: does a live cluster do what manifests and documentation say?

``probe(ProbeRequest(("manifests/",)))`` reads both, looks at the pods, plans what to try from
where, tries it, and compares.  ``plan_probe`` stops before trying, ``list_roles`` before
looking at the cluster.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from netsim.app.documentation import Discovery, LocatedDocumentation, find_documentation
from netsim.app.input import STDIN, Diagnosed, answering
from netsim.app.notes import Note
from netsim.app.probe_access import WayIn, open_access
from netsim.app.probe_request import ProbeRequest
from netsim.errors import DocumentationError
from netsim.intent.scenario.scenario import Scenario
from netsim.loader.load import Loaded
from netsim.loader.objects.validation import dns_label
from netsim.loader.sources.files import FileError, read_stdin_text, read_text
from netsim.loader.tree.yaml import TextError, plain_objects
from netsim.model.placeholders import has_placeholder
from netsim.probe.campaign import Campaign
from netsim.probe.cluster import Live, Unseen, of_file, pods_again, read_live
from netsim.probe.handshakes import Handshakes
from netsim.probe.interface import Heard, ProbeError
from netsim.probe.planning.documented import Documented, party_of
from netsim.probe.planning.plan import ByName, ProbePlan, Wanted, plan
from netsim.probe.planning.targets import Host, parse_host
from netsim.probe.preflight import Permitted, preflight
from netsim.probe.rbac import Namespaces, Task, Via
from netsim.probe.result import ProbeResult
from netsim.probe.session import ProbeSubject, Session
from netsim.probe.ways.ephemeral import check_image

T = TypeVar("T")


class Watcher:
    """Is told how far a probe is; this one keeps it to itself."""

    def trying(self, total: int) -> AbstractContextManager[Heard]:
        """What to tell, until the end of the block, how many attempts are done."""
        del total
        return nullcontext(lambda _: None)

    def announce(self, text: str) -> None:
        """Something that stays in the cluster, at once."""


class Roles(Struct, frozen=True):
    """The permissions that a probe needs: what is done in which namespaces, and how."""

    namespaces: Namespaces
    via: Via


class DryRun(Diagnosed, frozen=True, kw_only=True):
    """What a request would try, and what it would need for that."""

    request: ProbeRequest
    plan: ProbePlan
    roles: Roles
    unread: tuple[Unseen, ...]
    permitted: Permitted
    notes: tuple[Note, ...] = ()


def probe(request: ProbeRequest, watcher: Watcher | None = None) -> ProbeResult:
    """Tries connections in a cluster, and compares.  Raises :class:`ProbeError`."""
    told = watcher or Watcher()
    written = _read(request)
    with answering(written.loaded):
        access = open_access(request, told.announce)
        cluster = _look(request, written, lambda: access)
    jobs, handshakes = cluster.plan.jobs, cluster.plan.handshakes
    addresses = {host.name: host.addresses for host in written.hosts}
    subject = ProbeSubject(
        cluster.live,
        written.loaded.resources,
        written.documented,
        request.conventions(written.scenario),
        addresses,
    )
    session = Session(subject, cluster.plan)
    with told.trying(len(jobs) + len(handshakes)) as heard:
        campaign = Campaign(access.runner, {}, request.parallel, heard)
        result = session.run(
            campaign, request.via.value, lambda names: pods_again(access.api, names)
        )
        shaking = Handshakes(
            access.forwarder,
            request.seconds,
            request.parallel,
            lambda done: heard(len(jobs) + done),
            # An interrupt before them, or in them, is one of the whole.
            campaign.interrupted,
        )
        shaken = shaking.run(handshakes)
    extent = replace(
        result.extent, left_behind=tuple(sorted(access.added)), interrupted=shaking.interrupted
    )
    return replace(
        result,
        extent=extent,
        handshakes=shaken,
        notes=tuple(map(str, written.notes)),
        diagnostics=written.loaded.diagnostics,
        permitted=cluster.permitted,
    )


def plan_probe(request: ProbeRequest) -> DryRun:
    """What a probe would try.  It only reads the cluster.  Raises :class:`ProbeError`."""
    written = _read(request)
    with answering(written.loaded):
        cluster = _look(request, written, lambda: open_access(request, lambda _: None))
    return DryRun(
        written.loaded.diagnostics,
        request=request,
        plan=cluster.plan,
        roles=Roles(_namespaces(request, written.documented), request.via),
        unread=cluster.live.unread,
        permitted=cluster.permitted,
        notes=written.notes,
    )


def list_roles(request: ProbeRequest) -> Roles:
    """What a probe has to be permitted; asks no cluster.  Raises :class:`ProbeError`."""
    documented = _document(request, _describe(request))
    return Roles(_namespaces(request, documented), request.via)


class _Written(Struct, frozen=True):
    """What people wrote: manifests, documentation, and targets outside."""

    loaded: Loaded
    documented: Documented
    hosts: tuple[Host, ...]
    scenario: Scenario | None
    notes: tuple[Note, ...]


class _Looked(Struct, frozen=True):
    """What the cluster holds, what may be done in it, and what to try."""

    live: Live
    permitted: Permitted
    plan: ProbePlan


def _read(request: ProbeRequest) -> _Written:
    described = _describe(request)
    documented = _document(request, described)
    if request.via is Via.EPHEMERAL:
        _refuse_odd(lambda: check_image(request.image))
    hosts = _refuse_odd(lambda: tuple(map(parse_host, request.external)))
    if request.snapshot == STDIN and STDIN in request.paths:
        raise ProbeError("standard input cannot be both the manifests and the snapshot")
    if not request.paths:
        raise ProbeError("no manifests: name them, or run this beside manifests/")
    scenario = described.scenario if described else None
    loaded = request.load(scenario)
    if loaded.errors:
        raise ProbeError(
            "the manifests have errors: fix them before probing", loaded.diagnostics
        )
    is_missed = described is None and request.discovery is Discovery.NEAR
    notes = (Note.NO_DIAGRAM,) if is_missed else ()
    return _Written(loaded, documented, hosts, scenario, notes)


def _refuse_odd(parse: Callable[[], T]) -> T:
    try:
        return parse()
    except ValueError as error:
        raise ProbeError(str(error)) from error


def _describe(request: ProbeRequest) -> LocatedDocumentation | None:
    """The documentation, where there is one."""
    try:
        return find_documentation(request.scenario, request.paths, request.discovery)
    except DocumentationError as error:
        message = "the documentation cannot be used"
        raise ProbeError(message, error.diagnostics) from error


def _document(request: ProbeRequest, described: LocatedDocumentation | None) -> Documented:
    """What the documentation says of live pods."""
    if described is None:
        if request.namespace is None:
            raise ProbeError("no scenario found: name the namespace with --namespace")
        if wrong := dns_label(request.namespace):
            raise ProbeError(f"--namespace: {wrong}")
        return Documented(request.namespace)
    scenario = described.scenario
    named = " and ".join(scenario.namespaces)
    if request.namespace not in (None, *scenario.namespaces):
        raise ProbeError(
            f"the scenario {described.scenario_file} is about {named}, not "
            f"{request.namespace}: choose another with --scenario"
        )
    namespace = request.namespace or scenario.namespace
    if not namespace:
        raise ProbeError(
            f"the scenario {described.scenario_file} is about {named}: choose one with "
            "--namespace"
        )
    parties, flows = tuple(map(party_of, scenario.endpoints)), described.documentation.flows
    return Documented(namespace, parties, flows, scenario.directions)


def _namespaces(request: ProbeRequest, documented: Documented) -> dict[str, Task]:
    """The namespace that is documented, and the others that its endpoints are in.

    Raises :class:`ProbeError` for names that are still to be filled in: no cluster has those.
    """
    home = documented.namespace
    others = documented.spaces - {home}
    names = (home, *sorted(others))
    if left := [name for name in names if has_placeholder(name)]:
        raise ProbeError(f"{left[0]!r} is not a namespace: put one in place of the placeholder")
    also = Task.NAMES if request.services is ByName.YES else Task(0)
    return {name: _part(documented, name) | also for name in names}


def _part(documented: Documented, name: str) -> Task:
    begins = name in {documented.namespace, *documented.origins}
    part = Task.BEGIN if begins else Task.END
    return part | Task.SHAKE if name in documented.demanding else part


def _look(request: ProbeRequest, written: _Written, access: Callable[[], WayIn]) -> _Looked:
    """Reads the pods; a snapshot needs no access."""
    home = written.documented.namespace
    spaces = _namespaces(request, written.documented)
    runnable = frozenset(name for name, part in spaces.items() if Task.BEGIN in part)
    permitted = Permitted()
    if request.snapshot:
        live = of_file(_objects(request, request.snapshot), home)
    else:
        api = access().api
        permitted = preflight(api, home, spaces, request.via)
        live = read_live(api, home, spaces)
    live = replace(live, runnable=runnable - permitted.barred)
    wanted = Wanted(request.replicas, written.hosts, request.services)
    return _Looked(live, permitted, plan(live, written.documented, wanted))


def _objects(request: ProbeRequest, file: str) -> tuple[dict[str, object], ...]:
    try:
        text = read_stdin_text(request.stdin) if file == STDIN else read_text(Path(file))
        return plain_objects(text)
    except (TextError, FileError) as error:
        raise ProbeError(f"{file}: {error}") from error
