"""The plan: steps in which everything is deployed, as documented or as dependencies ask.

``1. Network Policies (network-policy.yaml)``, ``2. Helm chart``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from netsim.bundle.folder import Folder, is_visible
from netsim.intent.document.statements import Statements, Step
from netsim.model.api_resources import resource_of
from netsim.model.bundle import Bundle, Manifest
from netsim.model.finding import Related
from netsim.model.location import Location
from netsim.rollout.named_kinds import name_kinds
from netsim.rollout.sequence import Arrangement

_CHART = re.compile(
    r"\b(?:charts?|helm|deployments?|workloads?|applications?)\b", re.IGNORECASE
)
_OPERATOR = re.compile(r"\b(?:operators?|controllers?)\b", re.IGNORECASE)


class Kind(Enum):
    """What a step does."""

    APPLIED = "applied"
    """Files of the input are applied."""

    INSTALLED = "installed"
    """Something is installed by other means; no file of the input stands for it."""

    UNLISTED = "unlisted"
    """No step of the documented order: the files that it lacks, taken to come last."""


class PlannedStep(Struct, frozen=True):
    """A step; ``units`` are its files, or its title where something else is installed.

    ``location`` is where it is documented, None where it is computed; ``paths`` are what the
    document writes for the files.
    """

    number: int
    title: str
    kind: Kind
    units: tuple[str, ...]
    location: Location | None
    paths: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """``step 3 (Network Policies)``."""
        if self.kind is Kind.UNLISTED:
            return "the missing step"
        return f"step {self.number} ({self.title or self.units[0]})"


class Unknown(Struct, frozen=True):
    """A path in a step that is no file of the input.

    ``near`` is the path of one that may be meant, ``related`` where it is.
    """

    step: PlannedStep
    path: str
    near: str | None = None
    related: tuple[Related, ...] = ()


class Plan(Struct, frozen=True):
    """All steps, in order.

    ``document`` is the file that states them, None where they are computed.  ``chart`` is the
    unit that brings the workloads which the input lacks, None where no step does.  ``unlisted``
    are files that should be in a step, ``aside`` those that rightly are in none.
    """

    document: str | None
    steps: tuple[PlannedStep, ...]
    chart: str | None
    unlisted: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    @property
    def places(self) -> dict[str, tuple[int, int]]:
        """For each unit the step and the place within it, from 0; the first time counts."""
        found: dict[str, tuple[int, int]] = {}
        for number, step in enumerate(self.steps):
            for place, unit in enumerate(step.units):
                found.setdefault(unit, (number, place))
        return found

    @property
    def units(self) -> tuple[str, ...]:
        """Everything in the order of the steps, each once."""
        return tuple(dict.fromkeys(unit for step in self.steps for unit in step.units))


def plan_documented(statements: Statements, bundle: Bundle, governed: Collection[str]) -> Plan:
    """The steps that a document states, and the files below its folder that it forgets."""
    folder = Folder.of(statements.file, bundle)
    held = group_by_file(bundle)
    stated = _find_kinds(statements.steps or (), folder, held)
    steps = tuple(_plan_step(step, folder) for step in stated)
    listed = {unit for step in steps for unit in step.units}
    rest = [file for file in folder.files.values() if file in held and file not in listed]
    aside = set(list_set_aside(bundle, governed))
    unlisted = tuple(file for file in rest if file not in aside)
    last = PlannedStep(len(steps) + 1, "", Kind.UNLISTED, unlisted, None)
    return Plan(
        statements.file,
        (*steps, last) if unlisted else steps,
        find_chart(stated),
        unlisted,
        tuple(file for file in rest if file in aside),
        tuple(_list_unknown(steps, folder)),
    )


def plan_computed(
    arrangement: Arrangement, documented: Plan | None, chart: str | None, aside: Iterable[str]
) -> Plan:
    """A step for each unit, with the title that the documented order gives it."""
    titles = {
        unit: step.title
        for step in (documented.steps if documented else ())
        if step.kind is Kind.APPLIED
        for unit in step.units
    }
    installed = {chart} if chart else set()
    if documented:
        installed |= {s.units[0] for s in documented.steps if s.kind is Kind.INSTALLED}
    steps = tuple(
        PlannedStep(
            number,
            unit if unit in installed else titles.get(unit, ""),
            Kind.INSTALLED if unit in installed else Kind.APPLIED,
            (unit,),
            None,
        )
        for number, unit in enumerate(arrangement.units, 1)
    )
    return Plan(None, steps, chart, aside=tuple(aside))


def find_chart(steps: Sequence[Step]) -> str | None:
    """The title of the step that brings what the input lacks.

    That is the first one without files which speaks of a chart, of Helm, of deployments or
    of workloads, and not of an operator, whose chart brings no pods of the scenario.
    """
    for step in steps:
        if not step.paths and _CHART.search(step.title) and not _OPERATOR.search(step.title):
            return step.title
    return None


def list_set_aside(bundle: Bundle, governed: Collection[str]) -> tuple[str, ...]:
    """Files that no order has to name: all they hold are Secrets of other namespaces.

    Such Secrets are placeholders for use elsewhere, as on one's own machine.
    """
    return tuple(
        file
        for file, held in group_by_file(bundle).items()
        if all(each.name.kind == "Secret" for each in held)
        and not {each.name.namespace for each in held} & {"", *governed}
    )


def group_by_file(bundle: Bundle) -> dict[str, list[Manifest]]:
    """The objects of each file, in the order in which kubectl applies them."""
    found: dict[str, list[Manifest]] = {}
    for each in sorted(bundle.manifests, key=lambda m: (m.location.file, m.location.line)):
        found.setdefault(each.location.file, []).append(each)
    return found


def _find_kinds(
    steps: Sequence[Step], folder: Folder, held: dict[str, list[Manifest]]
) -> tuple[Step, ...]:
    """Steps that name kinds, with the files that hold these and that no other step names.

    A file with several kinds is of the first step that names one of them.
    """
    taken = {path for step in steps for each in step.paths for path in folder.at(each)}
    found = []
    for step in steps:
        kinds = frozenset() if step.paths else name_kinds(step.title)
        paths = tuple(
            path
            for path, file in sorted(folder.files.items())
            if path not in taken and not kinds.isdisjoint(_list_plurals(held.get(file, ())))
        )
        taken.update(paths)
        found.append(replace(step, paths=paths) if paths else step)
    return tuple(found)


def _list_plurals(manifests: Iterable[Manifest]) -> Iterator[str]:
    for each in manifests:
        resource = resource_of(each.name.kind, None)
        if resource:
            yield resource.plural


def _plan_step(step: Step, folder: Folder) -> PlannedStep:
    number, title, place = step.number, step.title, step.location
    if not step.paths:
        return PlannedStep(number, title, Kind.INSTALLED, (title,), place)
    # kubectl takes the files of a folder by name.
    found = (relative for path in step.paths for relative in sorted(folder.at(path)))
    units = tuple(dict.fromkeys(folder.files[relative] for relative in found))
    return PlannedStep(number, title, Kind.APPLIED, units, place, step.paths)


def _list_unknown(steps: Iterable[PlannedStep], folder: Folder) -> Iterator[Unknown]:
    """Paths that the input would show, were they there."""
    for step in steps:
        for path in step.paths:
            if is_visible(path) and not folder.at(path):
                near = folder.nearest(path)
                yield Unknown(step, path, near, folder.related(near))
