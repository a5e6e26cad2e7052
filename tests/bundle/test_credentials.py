"""Values that look real are put together here, so that no scanner takes them for leaks."""

from __future__ import annotations

import base64
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.bundle.credentials import is_placeholder, recognize_credential

LETTERS = string.ascii_letters + string.digits


def some(count: int, alphabet: str = LETTERS, seed: int = 7) -> str:
    return "".join(random.Random(seed).choices(alphabet, k=count))  # noqa: S311 - test data


def pem(kind: str, body: str) -> str:
    dashes = "-" * 5
    return f"{dashes}BEGIN {kind}{dashes}\n{body}\n{dashes}END {kind}{dashes}\n"


BODY = "\n".join(some(64, LETTERS + "+/", seed) for seed in range(12))
SEGMENT = "eyJ" + some(24)
CAPITALS = string.ascii_uppercase + "234567"
WORD = "correct" + "-horse"

REAL = (
    ("AWS", "AKIA" + some(16, CAPITALS), "an access key of AWS"),
    ("AWS, within a text", f"key = ASIA{some(16, CAPITALS)}\n", "an access key of AWS"),
    ("GitHub", "gh" + "p_" + some(36), "a GitHub token"),
    ("GitHub, fine-grained", "github" + "_pat_" + some(60), "a GitHub token"),
    ("GitLab", "gl" + "pat-" + some(20), "a GitLab token"),
    ("Slack", "xo" + "xb-" + some(12, string.digits) + "-" + some(24), "a Slack token"),
    (
        "Slack webhook",
        "https://hooks." + "slack.com/services/T" + some(8) + "/B" + some(8) + "/" + some(24),
        "the address of a Slack webhook",
    ),
    ("Google", "AI" + "za" + some(35), "an API key of Google"),
    ("Stripe", "sk" + "_live_" + some(24), "a live key of Stripe"),
    ("npm", "npm" + "_" + some(36), "an npm token"),
    ("Vault", "hv" + "s." + some(30), "a Vault token"),
    ("JWT", f"{SEGMENT}.{SEGMENT}.{some(43)}", "a JSON Web Token"),
    ("PEM", pem("RSA PRIVATE " + "KEY", BODY), "a private key"),
    ("OpenSSH", pem("OPENSSH PRIVATE " + "KEY", BODY), "a private key"),
    ("Ed25519", pem("PRIVATE " + "KEY", some(64)), "a private key"),
    (
        "Google, account",
        '{"type": "service_account", "private_key": "'
        + pem("PRIVATE " + "KEY", BODY).replace("\n", "\\n")
        + '"}',
        "the key of a service account of Google Cloud",
    ),
    (
        "registry",
        '{"auths": {"ghcr.io": {"auth": "' + some(24) + '"}}}',
        "a registry login",
    ),
    (
        "URL",
        f"postgres://shop:{WORD}@db.internal:5432/shop",
        "an address with a password in it",
    ),
    ("URL, no user", f"redis://:{WORD}@cache:6379", "an address with a password in it"),
    # A default password is no secret on one's own machine; elsewhere it is a hole.
    (
        "URL, default password on a real host",
        "postgres://postgres:" + "postgres@db.shop.internal/shop",
        "an address with a password in it",
    ),
    ("random", some(32), "random characters"),
    ("random, short", some(20), "random characters"),
    (
        "random, lower case",
        some(32, string.ascii_lowercase + string.digits),
        "random characters",
    ),
    (
        "random, base64",
        base64.b64encode(bytes(range(100, 250, 5))).decode(),
        "random characters",
    ),
    ("hexadecimal", some(64, "0123456789abcdef"), "random hexadecimal digits"),
    (
        "encoded once more",
        base64.b64encode(("gl" + "pat-" + some(20)).encode()).decode(),
        "a GitLab token",
    ),
)


@pytest.mark.parametrize(
    ("value", "title"), [row[1:] for row in REAL], ids=[r[0] for r in REAL]
)
def test_real(value: str, title: str) -> None:
    found = recognize_credential("value", value)
    assert found is not None
    assert found.title == title


NOT_REAL = (
    ("empty", "value", ""),
    ("blank", "value", " \n"),
    ("placeholder", "value", "REPLACE_ME"),
    ("described placeholder", "value", "REPLACE_ME_postgres_url_of_the_api"),
    ("changeme", "value", "changeme"),
    ("brackets", "value", "<the password of the database>"),
    ("variable", "value", "${DATABASE_PASSWORD}"),
    ("template", "value", "{{ .Values.password }}"),
    ("crosses", "value", "xxxxxxxxxxxxxxxxxxxxxxxx"),
    ("word", "value", "hunter"),
    ("words", "value", "correct horse battery staple"),
    ("dashed words", "value", "the-name-of-a-service-that-is-long-2"),
    ("host", "value", "database.shop.svc.cluster.local"),
    ("path", "value", "/var/run/secrets/tls/Cert2/key3.pem"),
    ("address", "value", "https://accounts.internal/OAuth2/v1/authorize"),
    ("image", "value", "gcr.io/plue-production/runner:v1.8.2"),
    ("number", "value", "1234567890123456789012345678901234"),
    ("joined words", "value", "MyService2Name3Here"),
    ("joined words of a class", "value", "OAuth2TokenResponseV3Handler"),
    ("UUID", "client-id", "123e4567-e89b-12d3-a456-426614174000"),
    ("date", "value", "2026-11-25T03:38:49Z"),
    ("flag", "value", "true"),
    # The key by which AWS documents its formats.
    ("AWS, of the documentation", "value", "AKIA" + "IOSFODNN7EXAMPLE"),
    ("AWS, too short", "value", "AKIA" + some(12, CAPITALS)),
    ("GitHub, placeholder", "value", "gh" + "p_" + "x" * 36),
    ("PEM, placeholder", "value", pem("PRIVATE " + "KEY", "REPLACE_ME")),
    ("PEM, cut", "value", pem("PRIVATE " + "KEY", "...")),
    ("certificate", "tls.crt", pem("CERTIFICATE", BODY)),
    ("public key", "value", pem("PUBLIC KEY", BODY)),
    ("fingerprint", "fingerprint", some(64, "0123456789abcdef")),
    ("digest", "sha256", some(64, "0123456789abcdef")),
    ("URL, placeholder", "url", "postgres://shop:REPLACE_ME@db.internal/shop"),
    ("URL, variable", "url", "postgres://shop:${PASSWORD}@db.internal/shop"),
    ("URL, no password", "url", "postgres://shop@db.internal/shop"),
    ("URL, local", "url", "postgres://postgres:" + "postgres@localhost:5432/shop"),
    ("URL, local address", "url", "amqp://guest:" + "guest@127.0.0.1:5672"),
    ("URL, Service", "url", "postgres://postgres:" + "postgres@postgres:5432/shop"),
    ("URL, documentation", "url", f"https://me:{WORD}@example.com/"),
    ("URL with a port only", "url", "https://db.internal:5432/a@b"),
    ("registry, placeholder", "value", '{"auths": {"ghcr.io": {"auth": "<base64>"}}}'),
    ("encoded text", "value", base64.b64encode(b"just a sentence of words").decode()),
    ("YAML", "config.yaml", "replicas: 2\nname: web\nimage: gcr.io/x/web:1\n"),
)


@pytest.mark.parametrize(
    ("key", "value"), [r[1:] for r in NOT_REAL], ids=[r[0] for r in NOT_REAL]
)
def test_not_real(key: str, value: str) -> None:
    assert recognize_credential(key, value) is None


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_text_has_an_answer(key: str, value: str) -> None:
    found = recognize_credential(key, value)
    assert found is None or len(value.strip()) < 12 or value.strip() not in found.title


def test_most_random_tokens_are_found() -> None:
    found = [recognize_credential("value", some(40, LETTERS, seed)) for seed in range(2000)]
    assert found.count(None) < len(found) * 0.06


WORDS = ("shop", "web", "name", "client", "database", "team", "north", "Blue", "prod", "v2")


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=12), st.sampled_from("-_./ "))
def test_words_are_no_credentials(words: list[str], joint: str) -> None:
    assert recognize_credential("value", joint.join(words)) is None


def test_placeholders_within_texts() -> None:
    assert is_placeholder("postgres://<user>@db")
    assert not is_placeholder("a price of 5 $ or less")
