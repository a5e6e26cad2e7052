"""Workloads that are open to the outside."""

from __future__ import annotations

from netsim.engine.matrix.listing import Pair, listing
from netsim.engine.naming.controller import Controller
from netsim.engine.naming.ways_in import controller_pairs
from netsim.engine.query.neighbours import within
from netsim.engine.reachability import Reachability
from netsim.model.ports import PortSet


def open_to_outside(
    reachability: Reachability, controller: Controller, ports: PortSet
) -> tuple[Pair, ...]:
    """What addresses outside the cluster, or the ingress controller, may connect to."""
    universe = reachability.universe
    direct = listing(reachability, sources=universe.external).pairs()
    conventions = reachability.selection.conventions
    led = controller_pairs(universe.resources, conventions, controller)
    return (*within(led, ports), *within(direct, ports))
