"""Wrong settings are refused before anything is done, and right ones shape the pods."""

from __future__ import annotations

import pytest

from tests.manifests import bundle
from tests.manifests.bundle import NAMESPACE, Object
from tests.manifests.places import Done
from tests.manifests.pool import EVERY_SHELL, WARM, Pool
from tests.manifests.validation import validate

pytestmark = EVERY_SHELL


def refused(pool: Pool, done: Done, setting: str) -> bool:
    """Whether it was refused with a word about the setting, and nothing changed."""
    changes = [entry for entry in pool.server.log if entry.method != "GET"]
    named = done.complaints.startswith("warm pool: ") and setting in done.complaints
    return done.code == 2 and done.said == () and named and not changes


@pytest.mark.parametrize(
    "size",
    [
        "",
        " ",
        "-1",
        "+5",
        "5.5",
        "five",
        "101",
        "0x5",
        "05",
        " 5",
        "5 ",
        "1e1",
        "5\n",
        "9" * 30,
    ],
)
def test_sizes_that_are_none(pool: Pool, size: str) -> None:
    assert refused(pool, pool.run(WARM_POOL_SIZE=size), "WARM_POOL_SIZE is '")


@pytest.mark.parametrize("age", ["0", "599", "-1", "1h", "0600"])
def test_ages_that_are_none(pool: Pool, age: str) -> None:
    assert refused(pool, pool.run(WARM_POOL_MAX_AGE=age), f"WARM_POOL_MAX_AGE is '{age}'")


@pytest.mark.parametrize(
    "labels",
    [
        "",  # would select every pod of the namespace
        "app",
        "=warm",
        "app=",
        "app=warm,",
        ",app=warm",
        "app=warm,,pool=a",
        "app=warm,app=other",
        "app=-warm",
        "app=two words",
        'app=a"b',
        "app=a\nb",
        "app=a=b",
        "app!=runner",
        "app in (a)",
        "app=$(id)",
        "-app=warm",
        "/app=warm",
        "UPPER/app=warm",
        "app=" + "a" * 64,
        # Network policies and the budget would no longer see a runner in it.
        "app=warm,app.kubernetes.io/name=other",
        # Those of the template: runners at work have them, too.
        "app=runner",
    ],
)
def test_labels_that_are_none(pool: Pool, labels: str) -> None:
    pool.add("working")
    pool.claim("working")
    assert refused(pool, pool.run(WARM_POOL_LABELS=labels), "WARM_POOL_LABELS")
    assert pool.names == ["working"]


@pytest.mark.parametrize("images", ["a;b", 'runner"', "--help", "a,b", "$(id)"])
def test_images_that_are_none(pool: Pool, images: str) -> None:
    assert refused(pool, pool.run(WARM_POOL_IMAGES=images), "WARM_POOL_IMAGES has '")


@pytest.mark.parametrize("name", ["", "-h", "runner/x", "Runner", "a b"])
def test_names_that_are_none(pool: Pool, name: str) -> None:
    done = pool.run(WARM_POOL_TEMPLATE=name)
    assert refused(pool, done, f"WARM_POOL_TEMPLATE is '{name}'")


def test_no_template(pool: Pool) -> None:
    pool.store.drop("PodTemplate", NAMESPACE, "runner")
    done = pool.run()
    assert refused(pool, done, "there is no PodTemplate runner: apply pod-template.yaml")


def test_template_with_init_containers(pool: Pool) -> None:
    first = {"name": "first", "image": "first:1"}
    pool.edit_template(lambda found: found["template"]["spec"].update(initContainers=[first]))
    assert refused(pool, pool.run(), "PodTemplate runner has initContainers")


def test_a_pod_is_the_template_with_labels_and_pulls(pool: Pool) -> None:
    pool.run(WARM_POOL_SIZE="1", WARM_POOL_IMAGES="one:1  registry.example/two@sha256:00ff")
    template = bundle.one("PodTemplate", bundle.POD_TEMPLATE)["template"]
    (pod,) = pool.made
    assert pod["metadata"]["generateName"] == "runner-warm-"
    assert pod["metadata"]["labels"] == WARM
    validate({key: value for key, value in pod.items() if key != "status"})
    pulls = pod["spec"].pop("initContainers")
    # The API server fills in more.
    assert template["spec"].items() <= pod["spec"].items()
    (runner,) = template["spec"]["containers"]
    assert [(pull["name"], pull["image"], pull["command"]) for pull in pulls] == [
        ("pull-0", "one:1", ["true"]),
        ("pull-1", "registry.example/two@sha256:00ff", ["true"]),
    ]
    for pull in pulls:
        assert pull["securityContext"] == runner["securityContext"]
        assert set(pull["resources"]["limits"]) == {"cpu", "memory", "ephemeral-storage"}


def test_no_images(pool: Pool) -> None:
    pool.run(WARM_POOL_SIZE="1", WARM_POOL_IMAGES="")
    (pod,) = pool.made
    assert pod["spec"]["initContainers"] == []


def test_labels_beside_the_template(pool: Pool) -> None:
    labels = "app=waiting,pool.example/size=large"
    assert pool.run(WARM_POOL_LABELS=labels).code == 0
    (pod, *_) = pool.made
    assert pod["metadata"]["labels"] == {
        "app": "waiting",
        "pool.example/size": "large",
        "app.kubernetes.io/name": "plue-runner",
    }
    # It finds again what it made, and takes what has only some of the labels for another's.
    pool.edit(
        pod["metadata"]["name"], lambda found: found["metadata"]["labels"].update(app="x")
    )
    assert pool.run("cron-2", WARM_POOL_LABELS=labels).summary == (
        "want 5, ready 4, pending 0, created 1, deleted 0, failed 0"
    )


def test_odd_text_of_the_template_arrives_unchanged(pool: Pool) -> None:
    odd = ['a "quoted" \\ thing', "line\nbreak\ttab", "%s $HOME `id` é <&>", "{}[],:"]

    def edit(found: Object) -> None:
        found["template"]["spec"]["containers"][0]["args"] = odd
        found["template"]["metadata"]["annotations"] = {"note": odd[0]}
        del found["template"]["metadata"]["labels"]

    pool.edit_template(edit)
    assert pool.run(WARM_POOL_SIZE="1").code == 0
    (pod,) = pool.made
    assert pod["spec"]["containers"][0]["args"] == odd
    assert pod["metadata"]["annotations"] == {"note": odd[0]}
    assert pod["metadata"]["labels"] == {"app": "runner-warm-pool"}
