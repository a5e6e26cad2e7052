from __future__ import annotations

import pytest

from netsim.rules.manifests.image_unpinned import CHECK, tag_of
from tests.rules.samples import Sample, case, ids, run, scenario_context, verify

DIGEST = f"sha256:{'0' * 64}"


def runner(image: str, containers: str = "containers") -> str:
    head = "apiVersion: v1\nkind: Pod\nmetadata: {name: r, namespace: shop, labels: {app: r}}"
    return f"{head}\nspec:\n  {containers}:\n    - name: main\n      image: {image}\n"


SAMPLES = (
    Sample("version", runner("runner:1.2.3")),
    Sample("latest", runner("runner:latest  # here"), says="has the tag latest"),
    Sample("no tag", runner("runner  # here"), says="the image runner of container main"),
    Sample("init container", runner("runner  # here", "initContainers")),
    # The colon belongs to the port of the registry.
    Sample("port without tag", runner("localhost:5000/runner  # here"), says="has no tag"),
    Sample("port and tag", runner("localhost:5000/a/runner:1")),
    Sample("digest", runner(f"runner@{DIGEST}")),
    # The digest counts, whatever the tag says.
    Sample("latest with digest", runner(f"runner:latest@{DIGEST}")),
    Sample("filled in later", runner("${IMAGE}")),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    endpoints = {"runner": "{labels: {app: r}, untrusted: true}"}
    verify(CHECK, sample, scenario_context(sample.text, endpoints))


def test_trusted_workloads_are_left_alone() -> None:
    endpoints = {"runner": "{labels: {app: r}}"}
    assert run(CHECK, scenario_context(runner("runner"), endpoints)) == []
    assert run(CHECK, case(runner("runner"))) == []


@pytest.mark.parametrize(
    ("image", "tag"),
    [
        ("a", ""),
        ("a:b", "b"),
        ("host:80/a", ""),
        ("host:80/a:b", "b"),
        (f"host:80/a@{DIGEST}", None),
        (f"a:b@{DIGEST}", None),
    ],
)
def test_tags(image: str, tag: str | None) -> None:
    assert tag_of(image) == tag
