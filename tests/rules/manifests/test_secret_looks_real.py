from __future__ import annotations

import base64

import pytest

from netsim.rules.manifests.secret_looks_real import CHECK
from tests.bundle.test_credentials import some
from tests.rules.samples import MARK, Sample, case, ids, run, verify

TOKEN = "gl" + "pat-" + some(20)
ENCODED = base64.b64encode(TOKEN.encode()).decode()
HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: bot, namespace: shop}\n"

SAMPLES = (
    Sample(
        "in clear",
        f"{HEAD}stringData:\n  token: {TOKEN} {MARK}\n",
        says="Secret shop/bot: the value of token looks like a GitLab token",
    ),
    Sample("in base64", f"{HEAD}data:\n  token: {ENCODED} {MARK}\n", says="a GitLab token"),
    Sample(
        "each key by itself",
        f"{HEAD}stringData:\n  a: REPLACE_ME\n  b: {TOKEN} {MARK}\n  c: {TOKEN} {MARK}\n",
    ),
    Sample("placeholder", f"{HEAD}stringData:\n  token: REPLACE_ME\n"),
    # Helm keeps a compressed release in it.
    Sample("release", f"{HEAD}type: helm.sh/release.v1\ndata:\n  release: {ENCODED}\n"),
    # Of both, stringData counts for the API server, and the one in data is in the file all
    # the same; what is in the file and is not read any more is not seen.
    Sample("overridden", f"{HEAD}data:\n  a: {ENCODED}\nstringData:\n  a: REPLACE_ME\n"),
    # Tokens in ConfigMaps are the business of scanners.
    Sample("ConfigMap", HEAD.replace("Secret", "ConfigMap") + f"data: {{token: {TOKEN}}}"),
)


@pytest.mark.parametrize("sample", SAMPLES, ids=ids(SAMPLES))
def test_sample(sample: Sample) -> None:
    verify(CHECK, sample)


@pytest.mark.parametrize("text", [sample.text for sample in SAMPLES])
def test_the_value_is_shown_nowhere(text: str) -> None:
    subject = case(text)
    shown = [repr(each) for each in run(CHECK, subject)]
    for secret in (TOKEN, ENCODED):
        assert secret not in "".join((*shown, repr(subject.bundle.secrets)))


def test_a_key_in_a_file_that_helm_wrote_may_have_been_drawn() -> None:
    """Each template of a chart is named in a comment; a token is nobody's random text."""
    drawn = "aB3dE5gH7jK9mN1pQ3sT5vW7"
    other = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
    for source in ("", "# Source: bot/templates/config.yaml\n"):
        for value, is_found in ((drawn, not source), (TOKEN, True)):
            text = f"{source}{other}---\n{HEAD}stringData: {{token: {value}}}\n"
            assert bool(run(CHECK, case(text))) is is_found, (source, value)
