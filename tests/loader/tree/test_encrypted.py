"""What SOPS has encrypted is read without the values, and without its own key."""

from __future__ import annotations

import io

from netsim.loader.load import Loaded, load
from netsim.loader.registry import Scope

CIPHER = "ENC[AES256_GCM,data:Zm9v,iv:YWJj,tag:ZGVm,type:str]"
SOPS = """
sops:
  lastmodified: "2026-01-01T00:00:00Z"
  mac: ENC[AES256_GCM,data:Zm9v,iv:YWJj,tag:ZGVm,type:str]
  version: 3.8.1
"""


def read(text: str) -> Loaded:
    return load(["-"], stdin=io.StringIO(text), scope=Scope.BUNDLE)


def secret(field: str, value: str, more: str = SOPS) -> str:
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: shop}\n"
    return f"{head}{field}: {{token: '{value}'}}{more}"


def test_a_secret() -> None:
    for field in ("data", "stringData"):
        loaded = read(secret(field, CIPHER))
        assert loaded.errors == ()
        assert loaded.bundle
        (found,) = loaded.bundle.secrets
        assert [(entry.key, entry.value) for entry in found.entries] == [
            ("token", "${encrypted}")
        ]


def test_a_policy_whose_labels_are_encrypted_selects_something_unknown() -> None:
    loaded = read(f"""
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: x, namespace: shop}}
spec: {{podSelector: {{matchLabels: {{app: "{CIPHER}"}}}}}}
{SOPS}""")
    assert loaded.errors == ()
    (policy,) = loaded.resources.policies
    assert policy.subject.pods.requirements[0].values == ("${encrypted}",)


def test_the_key_alone_is_still_unknown() -> None:
    loaded = read(secret("stringData", "x", "\nsops: maybe\n"))
    assert ["unknown field sops" in each.message for each in loaded.errors] == [True]


def test_a_placeholder_is_no_base64() -> None:
    assert read(secret("data", "${TOKEN}", "")).errors == ()
    assert read(secret("data", "<base64 of the token>", "")).errors == ()
    assert len(read(secret("data", "not base64", "")).errors) == 1
