from __future__ import annotations

import pytest

from tests.fakes.apiserver import kinds
from tests.fakes.apiserver.errors import ApiError
from tests.fakes.apiserver.kinds import Object
from tests.fakes.apiserver.selectors import by_fields, labelled, only_name

LABELS = {"app": "web", "tier": "front", "app.kubernetes.io/name": "shop"}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("", True),
        ("app=web", True),
        ("app==web", True),
        ("app=api", False),
        ("app = web , tier=front", True),
        ("app=web,tier=back", False),
        ("app!=api", True),
        ("app!=web", False),
        # A label that is not there differs from every value.
        ("zone!=a", True),
        ("zone=", False),
        ("app in (web, api)", True),
        ("app in (api)", False),
        ("app notin (api,db)", True),
        ("zone notin (a)", True),
        ("app in (web,api),tier notin (back)", True),
        ("app", True),
        ("zone", False),
        ("!zone", True),
        ("!app", False),
        ("app.kubernetes.io/name=shop", True),
        ("app.kubernetes.io/name in (shop)", True),
        # "in" is also a name that a label can have.
        ("in", False),
    ],
)
def test_labels(selector: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert labelled(selector)({"metadata": {"labels": LABELS}}) is expected


@pytest.mark.parametrize("selector", ["app=web,", "a b", "app in web", "app in (a", "=x", "-a"])
def test_labels_that_cannot_be_read(selector: str) -> None:
    with pytest.raises(ApiError, match="unable to parse requirement") as caught:
        labelled(selector)
    assert caught.value.code == 400


POD: Object = {
    "metadata": {"name": "a", "namespace": "shop"},
    "spec": {"nodeName": "n1", "hostNetwork": True},
    "status": {"phase": "Running"},
}


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        ("metadata.name=a", True),
        ("metadata.name==b", False),
        ("metadata.namespace=shop,status.phase=Running", True),
        ("status.phase!=Running", False),
        ("status.phase!=Failed,status.phase!=Succeeded", True),
        ("spec.nodeName=n1", True),
        ("spec.nodeName=", False),
        ("spec.hostNetwork=true", True),
        ("status.podIP=", True),
    ],
)
def test_fields_of_a_pod(selector: str, expected: bool) -> None:  # noqa: FBT001 - a table's column
    assert by_fields(kinds.named("Pod"), selector)(POD) is expected


@pytest.mark.parametrize(
    ("kind", "selector", "message"),
    [
        ("Pod", "spec.priority=1", "field label not supported: spec.priority"),
        (
            "Lease",
            "spec.holderIdentity=x",
            '"spec.holderIdentity" is not a known field selector: only "metadata.name", ',
        ),
        ("Pod", "status.phase", "invalid selector: 'status.phase'; can't understand"),
    ],
)
def test_fields_that_a_kind_does_not_offer(kind: str, selector: str, message: str) -> None:
    with pytest.raises(ApiError) as caught:
        by_fields(kinds.named(kind), selector)
    assert caught.value.code == 400
    assert caught.value.message.startswith(message)


@pytest.mark.parametrize(
    ("selector", "name"),
    [
        ("metadata.name=a", "a"),
        ("status.phase=x,metadata.name=a", "a"),
        ("metadata.name!=a", ""),
    ],
)
def test_the_name_a_list_is_for(selector: str, name: str) -> None:
    assert only_name(selector) == name
