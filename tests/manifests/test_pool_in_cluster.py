"""What the script has in a cluster: an address, the token of its account, and a small image."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes.port import HOST
from tests.manifests.places import InPod
from tests.manifests.pool import ACCOUNT, EVERY_SHELL, Pool
from tests.probe.tls_servers import certificate

BOUNDED = 'timeout "$CALL_SECONDS" kubectl '
NO_TEMPLATE = "warm pool: cannot read the PodTemplate runner\n"
SUMMARY = "want 5, ready 0, pending 0, created 5, deleted 0, failed 0"


@EVERY_SHELL
def test_by_nothing_but_its_account(in_pod: Pool) -> None:
    done = in_pod.run()
    assert (done.code, done.complaints, done.summary) == (0, "", SUMMARY)
    assert {entry.user for entry in in_pod.server.log} == {ACCOUNT}


def test_what_the_cluster_has_is_asked_once(in_pod: Pool) -> None:
    """The root cannot be written, but kubectl finds a place for its cache."""
    in_pod.run()
    asked = [entry.path for entry in in_pod.server.log]
    assert asked.count("/api") == asked.count("/apis") == 1


# kubectl looks for the account of its pod only where no flag says how to reach the server.
@pytest.mark.parametrize("flag", ["--request-timeout=10s", "--disable-compression"])
def test_flags_that_keep_kubectl_from_its_account(in_pod: Pool, flag: str) -> None:
    assert BOUNDED in in_pod.script
    in_pod.script = in_pod.script.replace(BOUNDED, f"kubectl {flag} ")
    done = in_pod.run()
    assert done.code == 1
    assert "The connection to the server localhost:8080 was refused" in done.complaints
    assert in_pod.server.log == []


def test_no_token(in_pod: Pool, container: InPod) -> None:
    """What the README says of ``localhost:8080``."""
    container.mount("token", None)
    done = in_pod.run()
    assert done.code == 1
    assert "localhost:8080" in done.complaints
    assert done.complaints.endswith(NO_TEMPLATE)


def test_a_token_that_is_not_valid(in_pod: Pool) -> None:
    in_pod.server.tokens.revoke(ACCOUNT)
    done = in_pod.run()
    assert done.code == 1
    assert "You must be logged in to the server" in done.complaints
    assert {entry.status for entry in in_pod.server.log} == {401}


def test_a_server_that_is_another(in_pod: Pool, container: InPod, tmp_path: Path) -> None:
    other = certificate(tmp_path, f"subjectAltName=IP:{HOST}")
    container.mount("ca.crt", other.with_name("certificate.pem").read_text(encoding="ascii"))
    done = in_pod.run()
    assert done.code == 1
    assert "x509: certificate signed by unknown authority" in done.complaints
    assert in_pod.server.log == []


@EVERY_SHELL
def test_an_image_without_timeout(in_pod: Pool, container: InPod) -> None:
    del container.image["timeout"]
    done = in_pod.run()
    assert done.code == 1
    assert "timeout: not found" in done.complaints
    assert done.complaints.endswith(NO_TEMPLATE)
    assert in_pod.server.log == []


def test_by_hand(by_hand: Pool) -> None:
    """Who tries the script out has a kubeconfig."""
    done = by_hand.run()
    assert (done.code, done.complaints, done.summary) == (0, "", SUMMARY)


def test_a_container_has_a_root_of_its_own(in_pod: Pool) -> None:
    """Without this, the other tests would prove less than they say."""
    in_pod.script = """
        say() { printf '%s\\n' "$*"; }
        say "$$ $HOME $PATH"
        [ -e /root ] || say no home
        [ -w / ] || say no root
        [ -w /scripts/reconcile.sh ] || say no script
        [ -w /var/run/secrets/kubernetes.io/serviceaccount/token ] || say no token
        [ -w /tmp ] && say tmp
        command -v cat sed env || say no programs
    """
    done = in_pod.run()
    assert done.complaints == ""
    assert done.said == (
        "1 /tmp /bin",
        "no home",
        "no root",
        "no script",
        "no token",
        "tmp",
        "no programs",
    )
