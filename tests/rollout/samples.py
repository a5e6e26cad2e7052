"""A small deployment: a scenario, manifests by file, and a documented order of steps."""

from __future__ import annotations

import io
from collections.abc import Mapping

from msgspec.structs import replace

from netsim.intent.diagram.reading import Diagram
from netsim.intent.document.statements import Statements, Step
from netsim.intent.documentation import Documentation, combine_flows
from netsim.intent.scenario.scenario import read_scenario
from netsim.judge.case import Case, build_case
from netsim.loader.load import load
from netsim.loader.registry import Scope
from netsim.model.bundle import Bundle
from netsim.model.conventions import Conventions
from netsim.model.location import Location
from netsim.model.resources import Resources

DOCUMENT = "README.md"
CHART = "Helm chart"
Steps = tuple[str, ...]
"""Each a file, or the title of a step without files."""

ENDPOINTS = """\
  web: {labels: {app: web}}
  api: {labels: {app: api}}
"""
FLOWS = "flows: [{from: web, to: api, ports: [TCP 80], because: it asks}]\n"


def stated(steps: Steps) -> Statements:
    """Steps on the lines 1, 2, 3 and so on."""
    return Statements(
        DOCUMENT,
        steps=tuple(
            Step(
                number,
                step.partition(".")[0],
                (step,) if "." in step else (),
                Location(DOCUMENT, number),
            )
            for number, step in enumerate(steps, 1)
        ),
    )


def read(files: Mapping[str, str]) -> tuple[Resources, Bundle]:
    """All files as one input; each object gets the place it has in its own."""
    bundles: list[Bundle] = []
    parts: list[Resources] = []
    for name, text in files.items():
        loaded = load(["-"], "shop", io.StringIO(text), Scope.BUNDLE)
        assert loaded.errors == ()
        assert loaded.bundle is not None
        bundles.append(renamed(loaded.bundle, name))
        parts.append(loaded.resources)
    resources = Resources(
        pods=tuple(pod for part in parts for pod in part.pods),
        policies=tuple(policy for part in parts for policy in part.policies),
    )
    return resources, merged(bundles)


def renamed(bundle: Bundle, name: str) -> Bundle:
    manifests = (
        replace(each, location=replace(each.location, file=name)) for each in bundle.manifests
    )
    return replace(bundle, files=(name,), manifests=tuple(manifests))


def merged(bundles: list[Bundle]) -> Bundle:
    return Bundle(
        files=tuple(file for each in bundles for file in each.files),
        manifests=tuple(m for each in bundles for m in each.manifests),
        templates=tuple(t for each in bundles for t in each.templates),
    )


def deployment(
    files: Mapping[str, str],
    steps: Steps,
    endpoints: str = ENDPOINTS,
    flows: str = FLOWS,
) -> Case:
    """What the rules see of it."""
    resources, bundle = read(files)
    head = "diagram: {file: README.md, heading: A}\nnamespace: shop\nendpoints:\n"
    scenario = read_scenario(f"{head}{endpoints}{flows}", "scenario.yaml")
    diagram = Diagram((), (), Location(DOCUMENT, 1))
    documentation = Documentation(scenario, diagram, combine_flows(scenario, diagram))
    return build_case(resources, Conventions(), documentation, bundle, (stated(steps),))
