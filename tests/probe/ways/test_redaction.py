from __future__ import annotations

import pytest

from netsim.probe.ways.failures import redact


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer hush",
        "authorization: basic aHVzaDpodXNo",
        'got "Bearer hush-hush.hush"',
        "token=hush",
        "token: hush",
        "password = hush",
        "https://user:hush@10.0.0.1:6443/api",
        "-----BEGIN RSA PRIVATE KEY-----\nhush\n-----END RSA PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE----- hush",
    ],
)
def test_secrets_go(text: str) -> None:
    found = redact(text)
    assert "hush" not in found
    assert "aHVz" not in found


def test_tokens_go_wherever_they_stand() -> None:
    assert "eyJ" not in redact("said eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln and left")


@pytest.mark.parametrize(
    "text",
    [
        "nc: connect to 10.0.0.1 port 80 (tcp) failed: Connection refused",
        'Error from server (NotFound): pods "web-0" not found',
        "https://10.0.0.1:6443/api/v1/pods",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert redact(text) == text
