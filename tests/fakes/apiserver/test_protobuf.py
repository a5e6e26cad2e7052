from __future__ import annotations

import pytest

from tests.fakes.apiserver.errors import ApiError
from tests.fakes.apiserver.protobuf import decoded

# What kubectl 1.37 sends for ``create configmap cm --from-literal=a=b``.
_CONFIG_MAP = (
    b"k8s\x00\n\x0f\n\x02v1\x12\tConfigMap"
    b'\x12\x1c\n\x12\n\x02cm\x12\x00\x1a\x00"\x00*\x002\x008\x00B\x00\x12\x06\n\x01a\x12\x01b'
    b'\x1a\x00"\x00'
)
# And for ``auth can-i create pods/exec -n shop``, which means a pod called "exec".
_REVIEW = (
    b"k8s\x00\n2\n\x17authorization.k8s.io/v1\x12\x17SelfSubjectAccessReview"
    b'\x12@\n\x10\n\x00\x12\x00\x1a\x00"\x00*\x002\x008\x00B\x00\x12"\n \n\x04shop'
    b"\x12\x06create"
    b'\x1a\x00"\x00*\x04pods2\x00:\x04exec\x1a\x08\x08\x00\x12\x00\x1a\x00 \x00\x1a\x00"\x00'
)


def test_a_map() -> None:
    assert decoded(_CONFIG_MAP) == {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "cm"},
        "data": {"a": "b"},
    }


def test_what_can_not_be_read() -> None:
    with pytest.raises(ValueError, match="not the protobuf"):
        decoded(b"{}")
    with pytest.raises(ApiError, match="unknown format"):
        decoded(b"k8s\x00\n\x0f\n\x08batch/v1\x12\x03Job\x12\x00")


def test_a_review() -> None:
    assert decoded(_REVIEW)["spec"]["resourceAttributes"] == {
        "namespace": "shop",
        "verb": "create",
        "resource": "pods",
        "name": "exec",
    }
