"""Every document of the bundle is one that its API server takes, with strict validation."""

from __future__ import annotations

import copy
from collections.abc import Callable

import jsonschema
import pytest

from tests.manifests import bundle
from tests.manifests.bundle import Object
from tests.manifests.validation import validate
from tests.project import MANIFESTS

DOCUMENTS = {
    f"{file.relative_to(MANIFESTS)}-{found['kind']}-{found['metadata']['name']}": found
    for file, found in bundle.every_object()
}


def first(kind: str) -> Object:
    return copy.deepcopy(next(found for found in DOCUMENTS.values() if found["kind"] == kind))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_valid(name: str) -> None:
    validate(DOCUMENTS[name])


def test_names_are_unique() -> None:
    assert len(DOCUMENTS) == len(list(bundle.every_object()))


@pytest.mark.parametrize("kind", sorted({found["kind"] for found in DOCUMENTS.values()}))
def test_an_unknown_field_is_refused(kind: str) -> None:
    with pytest.raises(jsonschema.ValidationError, match="unheardOf"):
        validate({**first(kind), "unheardOf": 1})


def _store(found: Object) -> None:
    found["spec"]["provider"]["gcpsm"]["auth"]["workloadIdentity"]["cluster"] = "one"


def _secret(found: Object) -> None:
    found["spec"]["data"][0]["remoteRef"]["keys"] = "one"


def _policy(found: Object) -> None:
    found["spec"]["target"]["creationPolicy"] = "owner"


def _pod(found: Object) -> None:
    found["template"]["spec"]["containers"][0]["image_pull_policy"] = "Always"


def _cron(found: Object) -> None:
    found["spec"]["concurrency"] = "Forbid"


@pytest.mark.parametrize(
    ("kind", "spoil"),
    [
        ("ClusterSecretStore", _store),
        ("ExternalSecret", _secret),
        ("ExternalSecret", _policy),
        ("PodTemplate", _pod),
        ("CronJob", _cron),
    ],
)
def test_a_fault_deep_inside_is_refused(kind: str, spoil: Callable[[Object], None]) -> None:
    found = first(kind)
    spoil(found)
    with pytest.raises(jsonschema.ValidationError):
        validate(found)


def external() -> dict[str, set[str]]:
    """The keys of each Secret that External Secrets makes."""
    return {
        found["spec"]["target"]["name"]: {entry["secretKey"] for entry in found["spec"]["data"]}
        for found in DOCUMENTS.values()
        if found["kind"] == "ExternalSecret"
    }


def test_every_secret_that_is_used_comes_from_an_external_secret() -> None:
    """Those that pods of the bundle name; the chart uses the others."""
    made = external()
    spec = bundle.one("PodTemplate", bundle.POD_TEMPLATE)["template"]["spec"]
    volumes = [volume["secret"] for volume in spec["volumes"] if "secret" in volume]
    used = {
        volume["secretName"]: {item["key"] for item in volume["items"]} for volume in volumes
    }
    for entry in spec["containers"][0]["env"]:
        reference = entry.get("valueFrom", {}).get("secretKeyRef")
        if reference:
            used.setdefault(reference["name"], set()).add(reference["key"])
    assert set(used) == {"plue-runner-tls", "plue-runner-database"}
    assert all(keys <= made[name] for name, keys in used.items())


def test_local_secrets_have_the_names_and_keys_of_the_real_ones() -> None:
    local = {
        found["metadata"]["name"]: set(found["stringData"])
        for found in DOCUMENTS.values()
        if found["kind"] == "Secret"
    }
    assert local == external()


def test_no_secret_has_a_value() -> None:
    for found in DOCUMENTS.values():
        if found["kind"] == "Secret":
            assert found["metadata"]["namespace"] == "plue-local"
            assert all(value.startswith("REPLACE_ME") for value in found["stringData"].values())
