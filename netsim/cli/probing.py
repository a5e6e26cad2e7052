"""From the options of ``probe`` to its result."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from netsim.app import documentation
from netsim.cli import console, inputs
from netsim.errors import DocumentationError
from netsim.probe.interface import ProbeError
from netsim.probe.rbac import Namespaces, Part, Way, manifest

if TYPE_CHECKING:
    from netsim.app.documentation import Described
    from netsim.loader.load import Loaded
    from netsim.model.conventions import Conventions
    from netsim.probe.campaign import Campaign, Heard
    from netsim.probe.cluster import Live
    from netsim.probe.interface import Api, Runner
    from netsim.probe.judging.mutual_tls import TlsComparison
    from netsim.probe.planning.documented import Documented
    from netsim.probe.planning.plan import Plan, Wanted
    from netsim.probe.planning.targets import Host
    from netsim.probe.pods import LivePod
    from netsim.probe.preflight import Permitted
    from netsim.probe.result import ProbeResult
    from netsim.probe.session import Subject

_STDIN = "-"


class Asked(Struct, frozen=True):
    """What the options say."""

    paths: tuple[str, ...]
    namespace: str | None
    scenario: Path | None
    way: Way
    image: str
    kubeconfig: str | None
    context: str | None
    snapshot: Path | None
    seconds: int
    parallel: int
    all_replicas: bool
    services: bool
    external: tuple[str, ...]
    conventions: Conventions


def described(asked: Asked) -> Described | None:
    """The documentation, where there is one.  Raises :class:`ProbeError`."""
    try:
        file = str(asked.scenario) if asked.scenario else documentation.discover(asked.paths)
        return documentation.read(file) if file else None
    except DocumentationError as error:
        console.notes(error.diagnostics)
        raise ProbeError("the documentation cannot be used") from error


def documented(asked: Asked, found: Described | None) -> Documented:
    """What the documentation says of live pods.  Raises :class:`ProbeError`."""
    from netsim.cli.parties import party
    from netsim.loader.objects.validation import dns_label
    from netsim.probe.planning.documented import Documented

    if found is None:
        if asked.namespace is None:
            raise ProbeError("no scenario found: name the namespace with --namespace")
        if wrong := dns_label(asked.namespace):
            raise ProbeError(f"--namespace: {wrong}")
        return Documented(asked.namespace)
    scenario = found.documentation.scenario
    if asked.namespace not in (None, scenario.namespace):
        raise ProbeError(
            f"the scenario {found.scenario_file} is about {scenario.namespace}, not "
            f"{asked.namespace}: choose another with --scenario"
        )
    parties = tuple(party(each) for each in scenario.endpoints)
    return Documented(scenario.namespace, parties, found.documentation.flows)


def namespaces(asked: Asked, of: Documented) -> dict[str, Part]:
    """The namespace that is documented, and the others that its endpoints are in.

    Raises :class:`ProbeError` for names that are still to be filled in: no cluster has those.
    """
    from netsim.loader.tree.scalars import has_placeholder

    others = {party.namespace for party in of.parties if party.namespace} - {of.namespace}
    names = (of.namespace, *sorted(others))
    if left := [name for name in names if has_placeholder(name)]:
        raise ProbeError(f"{left[0]!r} is not a namespace: put one in place of the placeholder")
    also = Part.NAMES if asked.services else Part(0)
    return {name: _part(of, name) | also for name in names}


def _part(of: Documented, name: str) -> Part:
    begins = name in {of.namespace, *of.origins}
    part = Part.BEGIN if begins else Part.END
    return part | Part.SHAKE if name in of.demanding else part


def plain_permissions(asked: Asked) -> str:
    """The roles that a probe needs; asks no cluster.  Raises :class:`ProbeError`."""
    return manifest(namespaces(asked, documented(asked, described(asked))), asked.way)


class Probing:
    """One run of the command.  Every method raises :class:`ProbeError`."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        found = described(asked)
        if found is None:
            console.note("note: no scenario found, so no diagram is compared: see --scenario")
        self._documented = documented(asked, found)
        if asked.way is Way.EPHEMERAL:
            _check_image(asked.image)
        self._conventions = _conventions(asked.conventions, found)
        self._loaded = self._manifests()

    def _manifests(self) -> Loaded:
        if self._asked.snapshot and str(self._asked.snapshot) == _STDIN in self._asked.paths:
            raise ProbeError("standard input cannot be both the manifests and the snapshot")
        if not self._asked.paths:
            raise ProbeError("no manifests: name them, or run this beside manifests/")
        loaded = inputs.read(self._asked.paths, self._documented.namespace)
        if loaded.errors:
            raise ProbeError("the manifests have errors, so they say nothing sure")
        return loaded

    def commands(self) -> str:
        """What would be run, as a script, and the permissions for it."""
        from netsim.cli.dry_run import script

        roles = manifest(namespaces(self._asked, self._documented), self._asked.way)
        return script(self._plan, self._asked, roles, self._live.unread)

    def result(self) -> ProbeResult:
        """Runs everything."""
        from netsim.cli.progress import progress
        from netsim.probe.campaign import Campaign
        from netsim.probe.session import Session

        session = Session(self._subject, self._plan)
        jobs, handshakes = self._plan.jobs, self._plan.handshakes
        with progress(len(jobs) + len(handshakes)) as heard:
            campaign = Campaign(self._runner, {}, self._asked.parallel, heard)
            found = session.run(campaign, self._asked.way.value, self._again)
            shaken = self._shaken(campaign, lambda done: heard(len(jobs) + done))
        extent = replace(
            found.extent, left_behind=self._left_behind(), interrupted=campaign.interrupted
        )
        return replace(found, extent=extent, handshakes=shaken)

    def _shaken(self, campaign: Campaign, heard: Heard) -> tuple[TlsComparison, ...]:
        """TLS, after all else: an interrupt before it, or in it, is one of the whole."""
        if not self._plan.handshakes:
            return ()
        from netsim.cli.runners import forwarder
        from netsim.probe.handshakes import Handshakes

        shaking = Handshakes(
            forwarder(self._api), self._asked.seconds, self._asked.parallel, heard
        )
        shaking.interrupted = campaign.interrupted
        found = shaking.run(self._plan.handshakes)
        campaign.interrupted = shaking.interrupted
        return found

    @cached_property
    def _plan(self) -> Plan:
        from netsim.probe.planning.plan import plan

        return plan(self._live, self._documented, self._wanted)

    @cached_property
    def _subject(self) -> Subject:
        from netsim.probe.session import Subject

        addresses = {host.name: host.addresses for host in self._wanted.hosts}
        written = self._loaded.resources
        return Subject(self._live, written, self._documented, self._conventions, addresses)

    @cached_property
    def _wanted(self) -> Wanted:
        from netsim.probe.planning.plan import ByName, Wanted
        from netsim.probe.planning.targets import Replicas

        return Wanted(
            Replicas.ALL if self._asked.all_replicas else Replicas.ONE,
            _hosts(self._asked.external),
            ByName.YES if self._asked.services else ByName.NO,
        )

    @cached_property
    def _live(self) -> Live:
        from netsim.probe.cluster import of_file, read_live

        home = self._documented.namespace
        spaces = namespaces(self._asked, self._documented)
        if self._asked.snapshot:
            live = of_file(_objects(self._asked.snapshot), home)
            return replace(live, runnable=frozenset(self._runnable(spaces)))
        permitted = self._permitted(home, spaces)
        live = read_live(self._api, home, spaces)
        runnable = frozenset(self._runnable(spaces)) - permitted.barred
        return replace(live, runnable=runnable)

    def _again(self, namespaces: Sequence[str]) -> dict[str, LivePod]:
        from netsim.probe.cluster import pods_again

        return pods_again(self._api, namespaces)

    def _runnable(self, spaces: Namespaces) -> Iterator[str]:
        return (name for name, part in spaces.items() if Part.BEGIN in part)

    def _permitted(self, home: str, spaces: Namespaces) -> Permitted:
        from netsim.probe.preflight import preflight

        found = preflight(self._api, home, spaces, self._asked.way)
        for each in found.lacking:
            console.note(f"not permitted: {each}")
        if found.unsure:
            console.note(found.unsure)
        return found

    @cached_property
    def _reached(self) -> tuple[Api, Runner]:
        from netsim.cli.runners import reached

        return reached(self._asked)

    @property
    def _api(self) -> Api:
        return self._reached[0]

    @property
    def _runner(self) -> Runner:
        return self._reached[1]

    def _left_behind(self) -> tuple[str, ...]:
        return tuple(sorted(getattr(self._runner, "added", ())))


def _conventions(given: Conventions, found: Described | None) -> Conventions:
    ranges = found.documentation.scenario.pod_ranges if found else None
    return replace(given, pod_ranges=ranges) if ranges else given


def _check_image(image: str) -> None:
    from netsim.probe.ways.ephemeral import checked

    try:
        checked(image)
    except ValueError as error:
        raise ProbeError(str(error)) from error


def _hosts(texts: Sequence[str]) -> tuple[Host, ...]:
    from netsim.probe.planning.external import host

    try:
        return tuple(host(text) for text in texts)
    except ValueError as error:
        raise ProbeError(str(error)) from error


def _objects(file: Path) -> tuple[dict[str, object], ...]:
    from netsim.loader.tree.yaml import TextError, plain_objects

    try:
        return plain_objects(_text(file))
    except TextError as error:
        raise ProbeError(f"{file}: {error}") from error
    except OSError as error:
        raise ProbeError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ProbeError(f"{file}: cannot be read: it is not UTF-8") from error


def _text(file: Path) -> str:
    return sys.stdin.read() if str(file) == _STDIN else file.read_text("utf-8")
