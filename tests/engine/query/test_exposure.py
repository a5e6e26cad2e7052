"""What is open to pods that nobody has written, against pods that are really added."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from netsim.engine.policy.decision import Allowed
from netsim.engine.query import future_groups
from netsim.engine.query.exposure import UNKNOWN, Exposure, find_exposures
from netsim.engine.space.futures import OTHER, Alphabet, Future, Futures
from netsim.model.labels import Labels
from netsim.model.policies import Direction
from netsim.model.resources import (
    NAME_LABEL,
    Namespace,
    Origin,
    Pod,
    Resources,
    WorkloadName,
)
from netsim.model.verdict import Outcome
from tests.naive.decision import decide
from tests.strategies import thorough
from tests.strategies.clusters import Cluster, clusters
from tests.strategies.questions import interesting_ports


def values(alphabet: Alphabet, key: str) -> st.SearchStrategy[str]:
    """Those that selectors name, and another one."""
    named = sorted(state for state in alphabet.all_of(key) if state and state != OTHER)
    return st.sampled_from((*named, "something"))


@st.composite
def labels(draw: st.DrawFn, alphabet: Alphabet) -> dict[str, str]:
    """Labels that selectors ask for, and one that none does."""
    keys = sorted({*alphabet.keys, "other"} - {NAME_LABEL})
    return {key: draw(values(alphabet, key)) for key in draw(st.sets(st.sampled_from(keys)))}


@st.composite
def written(draw: st.DrawFn, resources: Resources) -> tuple[Pod, Namespace]:
    """A pod that somebody writes, and its namespace."""
    futures = Futures(resources, resources.policies)
    named = {*futures.known, "elsewhere", *futures.spaces.all_of(NAME_LABEL)} - {None, OTHER}
    place = draw(st.sampled_from(sorted(name for name in named if name)))
    space = futures.known.get(place) or Namespace(
        place, Labels.of({**draw(labels(futures.spaces)), NAME_LABEL: place}), Origin.READ
    )
    name = WorkloadName(place, "written", "Pod")
    return Pod(name, Labels.of(draw(labels(futures.pods))), name="written"), space


def claim(exposure: Exposure, future: Future) -> list[Allowed]:
    """What is said of a pod: by each opening that it is in, or else for the whole cluster."""
    own = [
        opening.allowed
        for opening in exposure.openings
        for each in opening.futures
        if each.intersect(future)
    ]
    return own or [exposure.cluster]


@thorough(300)
@given(clusters(), st.data())
def test_a_pod_that_is_written_gets_what_was_said_of_it(
    cluster: Cluster, data: st.DataObject
) -> None:
    check_claims(cluster, data, find_exposures(cluster.resources, cluster.conventions))


@thorough(100)
@given(clusters(), st.data())
def test_what_is_not_divided_is_unknown(cluster: Cluster, data: st.DataObject) -> None:
    with patch.object(future_groups, "MOST_GROUPS", 2):
        found = find_exposures(cluster.resources, cluster.conventions)
    undivided = [o for e in found for o in e.openings if o.allowed == UNKNOWN]
    event(f"{min(len(undivided), 3)} undivided")
    check_claims(cluster, data, found)


def check_claims(cluster: Cluster, data: st.DataObject, found: tuple[Exposure, ...]) -> None:
    """What is said of a pod against what the naive evaluator says once it is written."""
    resources = cluster.resources
    assert {(each.workload, each.direction) for each in found} == {
        (str(pod.workload), direction) for pod in resources.pods for direction in Direction
    }
    futures = Futures(resources, resources.policies)
    pod, space = data.draw(written(resources))
    future = futures.describe_pod(pod.labels, space.name, space.labels)
    known = {each.name for each in resources.namespaces}
    after = replace(
        resources,
        pods=(*resources.pods, pod),
        namespaces=(*resources.namespaces, *((space,) if space.name not in known else ())),
    )
    ports = interesting_ports(resources)
    asked = data.draw(st.lists(st.sampled_from(ports), min_size=1, max_size=6, unique=True))
    for exposure in found:
        said = claim(exposure, future)
        assert len(said) == 1, "groups do not overlap"
        (allowed,) = said
        own = next(p for p in resources.pods if str(p.workload) == exposure.workload)
        ends = (pod, own) if exposure.direction is Direction.INGRESS else (own, pod)
        for connection in asked:
            expected = decide(after, cluster.conventions, *ends, *connection)
            outcome = Outcome.ALLOW if connection in allowed.sure else Outcome.DENY
            if connection in allowed.unknown:
                outcome = Outcome.UNKNOWN
            if allowed == UNKNOWN:
                continue
            assert outcome is expected, (exposure.workload, exposure.direction, connection)
