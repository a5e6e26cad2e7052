"""Steps in which everything is deployed: as documented, or as the dependencies ask."""

from __future__ import annotations

import os.path
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import Enum

from netsim.engine.order.sequence import Arrangement
from netsim.intent.statements import Statements, Step
from netsim.model.bundle import Bundle, Manifest
from netsim.model.location import Location

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


@dataclass(frozen=True, slots=True)
class PlannedStep:
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
            return "the step that is missing"
        return f"step {self.number} ({self.title or self.units[0]})"


@dataclass(frozen=True, slots=True)
class Unknown:
    """A path in a step that is no file of the input.

    ``near`` is the path, ``file`` the name in the input, of one that may be meant.
    """

    step: PlannedStep
    path: str
    near: str = ""
    file: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
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

    def place(self, unit: str) -> tuple[int, int] | None:
        """The step and the place within it, both from 0; the first time counts."""
        for number, step in enumerate(self.steps):
            if unit in step.units:
                return number, step.units.index(unit)
        return None

    @property
    def units(self) -> tuple[str, ...]:
        """Everything in the order of the steps, each once."""
        return tuple(dict.fromkeys(unit for step in self.steps for unit in step.units))


def documented_plan(statements: Statements, bundle: Bundle, namespace: str) -> Plan:
    """The steps that a document states, and the files below its folder that it forgets."""
    stated = statements.steps or ()
    files = _Files(statements.file, bundle.files)
    steps = tuple(_planned(step, files) for step in stated)
    unknown = (
        Unknown(planned, path, *files.near(path))
        for step, planned in zip(stated, steps, strict=True)
        for path in step.paths
        if not files.of(path)
    )
    listed = {unit for step in steps for unit in step.units}
    rest = [file for file in files.own if file not in listed]
    aside = set(set_aside(bundle, namespace))
    unlisted = tuple(file for file in rest if file not in aside)
    last = PlannedStep(len(steps) + 1, "", Kind.UNLISTED, unlisted, None)
    return Plan(
        statements.file,
        (*steps, last) if unlisted else steps,
        chart_title(stated),
        unlisted,
        tuple(file for file in rest if file in aside),
        tuple(unknown),
    )


def computed_plan(
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


def chart_title(steps: Sequence[Step]) -> str | None:
    """The title of the step that brings what the input lacks.

    That is the first one without files which speaks of a chart, of Helm, of deployments or
    of workloads, and not of an operator, whose chart brings no pods of the scenario.
    """
    for step in steps:
        if not step.paths and _CHART.search(step.title) and not _OPERATOR.search(step.title):
            return step.title
    return None


def set_aside(bundle: Bundle, namespace: str) -> tuple[str, ...]:
    """Files that no order has to name: all they hold are Secrets of other namespaces.

    Such Secrets are placeholders for use elsewhere, as on one's own machine.
    """
    return tuple(
        file
        for file, held in objects_by_file(bundle).items()
        if all(each.name.kind == "Secret" for each in held)
        and not {each.name.namespace for each in held} & {"", namespace}
    )


def objects_by_file(bundle: Bundle) -> dict[str, list[Manifest]]:
    """The objects of each file, in the order in which kubectl applies them."""
    found: dict[str, list[Manifest]] = {}
    for each in sorted(bundle.manifests, key=lambda m: (m.location.file, m.location.line)):
        found.setdefault(each.location.file, []).append(each)
    return found


def _planned(step: Step, files: _Files) -> PlannedStep:
    if not step.paths:
        return PlannedStep(
            step.number, step.title, Kind.INSTALLED, (step.title,), step.location
        )
    units = (file for path in step.paths for file in files.of(path))
    found = tuple(dict.fromkeys(units))
    return PlannedStep(step.number, step.title, Kind.APPLIED, found, step.location, step.paths)


class _Files:
    """The files of the input as a document names them: by paths relative to its folder."""

    def __init__(self, document: str, files: Iterable[str]) -> None:
        self._folder = os.path.dirname(os.path.abspath(document))  # noqa: PTH100, PTH120
        self._relative = {file: self._below(file) for file in files}

    def _below(self, file: str) -> str:
        return os.path.relpath(os.path.abspath(file), self._folder)  # noqa: PTH100

    @property
    def own(self) -> tuple[str, ...]:
        """Those in the document's folder or below."""
        return tuple(f for f, path in self._relative.items() if not path.startswith(os.pardir))

    def of(self, path: str) -> tuple[str, ...]:
        """The file, or all files in the folder and below, as kubectl sorts them."""
        wanted = os.path.normpath(path)
        inside = f"{wanted}{os.sep}"
        return tuple(
            sorted(
                file
                for file, relative in self._relative.items()
                if relative == wanted
                or relative.startswith(inside)
                or (wanted == os.curdir and not relative.startswith(os.pardir))
            )
        )

    def near(self, path: str) -> tuple[str, str]:
        """The path that looks most like this one, and the file there; empty without any."""
        files = {self._relative[file]: file for file in self.own}
        close = get_close_matches(path, files, 1)
        return (close[0], files[close[0]]) if close else ("", "")
