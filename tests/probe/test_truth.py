"""Whatever the network does, and whatever listens, no verdict is contrary to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import product

import pytest
from msgspec.structs import replace

from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome
from netsim.probe.interface import Destination, Job, Observation, Purpose, Symptom
from netsim.probe.judging.verdicts import NOTHING_LISTENS, Controls, judge_observation
from tests.probe.samples import control, job, target


class Network(Enum):
    """What becomes of a packet; a datagram gets no reset."""

    PASS = None
    DROP = (Symptom.TIMEOUT, Symptom.UDP_UNKNOWN)
    RESET = (Symptom.REFUSED, Symptom.UDP_UNKNOWN)
    PORT_UNREACHABLE = (Symptom.REFUSED, Symptom.REFUSED)
    PROHIBITED = (Symptom.UNREACHABLE, Symptom.UNREACHABLE)


class App(Enum):
    """How what gets there is answered."""

    LISTENS = (Symptom.OPEN, Symptom.OPEN)
    MUTE = (Symptom.OPEN, Symptom.UDP_UNKNOWN)
    CLOSED = (Symptom.REFUSED, Symptom.REFUSED)


class Own(Enum):
    """Whether the destination can be asked about itself."""

    ASKED = "asked"
    NO_SHELL = "no shell"


@dataclass(frozen=True)
class World:
    """One destination, the network before it for the source and for another, and elsewhere."""

    network: Network
    other: Network | None
    elsewhere: Network | None
    app: App
    own: Own
    protocol: Protocol
    purpose: Purpose
    mesh: str

    def comes_to(self, network: Network, app: App) -> Symptom:
        outcomes = network.value or app.value
        return outcomes[self.protocol is Protocol.UDP]

    @property
    def to(self) -> Destination:
        found = target(protocol=self.protocol)
        is_service = self.purpose is Purpose.SERVICE
        return replace(found, host="api.shop.svc", behind=80) if is_service else found

    @property
    def job(self) -> Job:
        found = replace(job("1", self.to), purpose=self.purpose)
        return replace(found, source=replace(found.source, mesh=self.mesh))

    def attempts(self) -> Iterator[tuple[Job, Symptom]]:
        is_taken = self.mesh and self.protocol is Protocol.TCP
        yield self.job, Symptom.OPEN if is_taken else self.comes_to(self.network, self.app)
        if self.other:
            other = replace(job("2", self.to, "other"), purpose=self.purpose)
            yield other, self.comes_to(self.other, self.app)
        if self.purpose is not Purpose.EXTERNAL:
            own = control("3", target(protocol=self.protocol))
            known = self.own is Own.ASKED
            yield own, self.comes_to(Network.PASS, self.app) if known else Symptom.NO_TOOL
        if self.elsewhere:
            listens = target("10.9.9.9", 81, self.protocol)
            yield job("4", listens, "other"), self.comes_to(self.elsewhere, App.LISTENS)
            yield control("5", listens), Symptom.OPEN


WORLDS = [
    World(*each)
    for each in product(
        Network,
        (None, *Network),
        (None, *Network),
        App,
        Own,
        (Protocol.TCP, Protocol.UDP),
        (Purpose.FLOW, Purpose.STAND_IN, Purpose.EXTERNAL, Purpose.SERVICE),
        ("", "istio-proxy"),
    )
]


@pytest.mark.parametrize("expected", Outcome)
def test_no_verdict_is_contrary_to_the_truth(expected: Outcome) -> None:
    for world in WORLDS:
        attempts = dict(world.attempts())
        seen = {each.id: Observation(each.id, found) for each, found in attempts.items()}
        found = judge_observation(world.job, seen["1"], expected, Controls(attempts, seen))
        truth = Outcome.ALLOW if world.network is Network.PASS else Outcome.DENY
        if found.why == NOTHING_LISTENS:
            # Nobody can tell who refused, if the network is nowhere seen to do so.
            assert (world.app, world.own, expected) == (App.CLOSED, Own.ASKED, Outcome.ALLOW)
        else:
            assert found.answer in (truth, Outcome.UNKNOWN), world
        assert found.why or found.answer is not Outcome.UNKNOWN, world


@pytest.mark.parametrize("network", Network)
def test_what_the_other_pods_see_is_enough_for_a_verdict(network: Network) -> None:
    """That nothing is wrong must not come of nothing being said."""
    fields = (network, Network.PASS, None, App.LISTENS, Own.NO_SHELL, Protocol.TCP)
    world = World(*fields, Purpose.FLOW, "")
    attempts = dict(world.attempts())
    seen = {each.id: Observation(each.id, found) for each, found in attempts.items()}
    found = judge_observation(world.job, seen["1"], Outcome.UNKNOWN, Controls(attempts, seen))
    assert found.answer is (Outcome.ALLOW if network is Network.PASS else Outcome.DENY)
