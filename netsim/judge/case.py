"""What is judged: the resources, the documentation, and how each pair stands."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct, field

from netsim.engine.reachability import Reachability
from netsim.intent.diagram.reading import Diagram
from netsim.intent.document.statements import Statements
from netsim.intent.scenario.bind import BoundEndpoint
from netsim.intent.scenario.scenario import Scenario
from netsim.judge.judgement import Judgement
from netsim.model.bundle import Bundle
from netsim.model.flow import DocumentedFlow
from netsim.model.resources import Resources


class BoundDocumentation(Struct, frozen=True):
    """The documentation: scenario and diagram, the endpoints bound, and the flows stated."""

    scenario: Scenario
    diagram: Diagram
    endpoints: tuple[BoundEndpoint, ...]
    flows: tuple[DocumentedFlow, ...]


class Extent(Enum):
    """Whether the input is all there is, so that what it lacks does not exist."""

    WHOLE = "whole"
    """The folders of all documents that the scenario names were read."""

    PART = "part"
    """What the input lacks may be elsewhere."""

    UNKNOWN = "unknown"
    """The scenario, which names what is deployed by other means, cannot be read."""


class Case(Struct, frozen=True):
    """Everything a rule may look at.

    ``resources`` are those that were read, and ``reachability`` also has the pods that the
    scenario models.  ``intent`` is None where no scenario was given; ``judgements`` is empty
    then.  ``statements`` are those of the documents whose folders were read.
    """

    resources: Resources
    reachability: Reachability
    intent: BoundDocumentation | None = None
    judgements: tuple[Judgement, ...] = ()
    bundle: Bundle = field(default_factory=Bundle)
    statements: tuple[Statements, ...] = ()
    extent: Extent = Extent.PART
