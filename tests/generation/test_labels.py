"""Which labels a selector asks for."""

from __future__ import annotations

import pytest

from netsim.generation.labels import choose_labels, list_stable
from netsim.model.generated_labels import GeneratedLabel
from netsim.model.labels import Labels
from netsim.model.resources import Pod, PodNetwork, WorkloadName


def pod(labels: dict[str, str], network: PodNetwork = PodNetwork.POD) -> Pod:
    return Pod(WorkloadName("shop", "web", "Deployment"), Labels.of(labels), network=network)


@pytest.mark.parametrize(
    ("own", "others", "chosen"),
    [
        ({"app": "web"}, [], {"app": "web"}),
        ({"app": "web", "tier": "front"}, [{"app": "api", "tier": "front"}], {"app": "web"}),
        # What names the pods comes first, and the rest only where it does not do.
        ({"a": "1", "app.kubernetes.io/name": "web"}, [], {"app.kubernetes.io/name": "web"}),
        (
            {"app": "web", "tier": "front"},
            [{"app": "web", "tier": "back"}],
            {"app": "web", "tier": "front"},
        ),
        (
            {"app.kubernetes.io/name": "chart", "app.kubernetes.io/component": "web"},
            [{"app.kubernetes.io/name": "chart", "app.kubernetes.io/component": "db"}],
            {"app.kubernetes.io/component": "web"},
        ),
        # Without a name: as few as do.
        (
            {"a": "1", "b": "2", "c": "3"},
            [{"a": "1", "b": "2"}, {"a": "1", "c": "3"}],
            {"b": "2", "c": "3"},
        ),
        # Labels of one day are none.
        ({"app": "web", "pod-template-hash": "5d8f"}, [], {"app": "web"}),
        ({"helm.sh/chart": "web-1.2.3", "app": "web"}, [], {"app": "web"}),
        ({"app.kubernetes.io/version": "v1"}, [], None),
        ({"pod-template-hash": "5d8f"}, [], None),
        ({}, [], None),
        ({"app": "${APP}"}, [], None),
        # Side by side, as a mesh has them: the last resort.
        (
            {"app": "reviews", "version": "v1"},
            [{"app": "reviews", "version": "v2"}],
            {"app": "reviews", "version": "v1"},
        ),
        # Nothing tells them apart.
        ({"app": "web"}, [{"app": "web", "track": "canary"}], None),
        # A placeholder may be anything.
        ({"app": "web"}, [{"app": "${APP}"}], None),
    ],
)
def test_choice(
    own: dict[str, str], others: list[dict[str, str]], chosen: dict[str, str] | None
) -> None:
    found = choose_labels(list_stable([pod(own)]), map(pod, others))
    assert (None if found is None else dict(found)) == chosen


def test_pods_on_the_network_of_their_node_are_selected_by_nobody() -> None:
    other = pod({"app": "web"}, PodNetwork.HOST)
    assert choose_labels((("app", "web"),), [other]) == (("app", "web"),)


def test_a_label_that_a_controller_adds_may_be_one() -> None:
    labels = Labels((), generated=(GeneratedLabel("app"),))
    other = Pod(WorkloadName("shop", "job", "Job"), labels)
    assert choose_labels((("app", "web"),), [other]) is None


def test_of_several_pods_what_all_have() -> None:
    pods = [pod({"app": "web", "zone": zone}) for zone in ("a", "b")]
    assert list_stable(pods) == (("app", "web"),)
