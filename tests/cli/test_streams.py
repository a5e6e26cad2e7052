"""Standard input and output as shells and CI use them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.command import MANIFESTS, environment, netsim

MANY = "---\n".join(
    f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p{number}, namespace: many}}\n"
    "spec: {containers: [{name: c, image: i}]}\n"
    for number in range(90)
)


def test_empty_folder_is_no_success(tmp_path: Path) -> None:
    done = netsim("list", str(tmp_path))
    assert done.code == 2
    assert f"{tmp_path}: no manifest here" in done.err
    assert done.out == "0 connections; read 0 documents, 0 policies, 0 endpoints\n"


def test_stdin() -> None:
    text = (MANIFESTS / "half" / "good.yaml").read_text()
    done = netsim("list", "-", "--format", "csv", stdin=text)
    assert (done.code, done.err) == (0, "")
    assert "ns/one[Pod],ns/two[Pod],All Connections\n" in done.out


def test_stdin_with_a_fault_names_it() -> None:
    done = netsim("list", "-", stdin="kind: [")
    assert done.code == 2
    assert "<stdin>:1: " in done.err


def test_queries_from_stdin() -> None:
    asked = "\ufeffport,dst,src,protocol\n4000,shop/api,shop/web,Tcp\n"
    done = netsim("eval", "shop", "--queries", "-", stdin=asked)
    assert done.out == "src,dst,protocol,port,verdict\nshop/web,shop/api,TCP,4000,allow\n"
    assert (done.code, done.err) == (0, "")


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("", "<stdin>:1: there is no header src,dst,protocol,port"),
        ("src,dst\n", "<stdin>:1: the header lacks protocol, port"),
        ('src,dst,protocol,port\n"a,b\n', "<stdin>:2: "),
        ("src,dst,protocol,port\na/b,c/d,TCP,1_0\n", "<stdin>:2: '1_0' is not a port"),
        ("src,dst,protocol,port\n,shop/api,TCP,1\n", "<stdin>:2: no endpoint is given"),
        ("src,dst,protocol,port\nfe80::1%x,shop/api,TCP,1\n", "<stdin>:2: 'fe80::1%x'"),
    ],
)
def test_bad_queries(asked: str, message: str) -> None:
    done = netsim("eval", "shop", "--queries", "-", stdin=asked)
    assert done.code == 2
    assert message in done.err


def test_a_rejected_document_leaves_every_answer_unknown(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text((MANIFESTS / "half" / "good.yaml").read_text())
    question = ("--src", "ns/one", "--dst", "ns/two", "--port", "1")
    good = netsim("eval", str(tmp_path), *question)
    (tmp_path / "bad.yaml").write_text("kind: NetworkPolicy\n")
    both = netsim("eval", str(tmp_path), *question)
    assert (good.code, both.code) == (0, 2)
    assert good.out.endswith(",allow\n")
    rejected, _, answers = both.out.partition("\n")
    assert rejected.startswith(f"# {tmp_path / 'bad.yaml'}:1: ")
    assert answers == good.out.replace(",allow\n", ",unknown\n")
    assert "a document that could not be read may decide it" in both.err


def test_reader_that_leaves(tmp_path: Path) -> None:
    file = tmp_path / "many.yaml"
    file.write_text(MANY)
    command = f"'{sys.executable}' -m netsim list '{file}' | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=True,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == ""


@pytest.mark.parametrize("redirection", [">&-", "2>&-", "<&-"])
def test_closed_streams(redirection: str) -> None:
    command = f"'{sys.executable}' -m netsim list half/good.yaml {redirection}"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=False,
        text=True,
        cwd=MANIFESTS,
        env=environment(),
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "netsim", "list", "half/good.yaml"],
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            text=True,
            cwd=MANIFESTS,
            env=environment(),
            timeout=60,
        )
    assert done.returncode == 2
    assert done.stderr == "standard output cannot be written: No space left on device\n"


def test_output_file(tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    done = netsim("list", "shop", "--format", "csv", "--output", str(file))
    assert (done.code, done.out) == (2, "")
    assert file.read_text() == netsim("list", "shop", "--format", "csv").out


def test_output_file_that_cannot_be_written(tmp_path: Path) -> None:
    done = netsim("list", "shop", "--output", str(tmp_path / "none" / "pairs.csv"))
    assert done.code == 2
    assert "pairs.csv: cannot be written: No such file or directory\n" in done.err


def test_ascii_terminal() -> None:
    done = netsim("list", "höhle", PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert done.code == 2
    assert "cannot be read: No such file or directory" in done.err


def test_messages_cannot_steer_a_terminal() -> None:
    done = netsim("list", "a\x1b[2Jb")
    assert "a\\x1b[2Jb: cannot be read" in done.err


@pytest.mark.parametrize("variable", ["NO_COLOR", "CLICOLOR"])
def test_no_escape_sequences_in_a_file(variable: str) -> None:
    question = ("explain", "shop", "--src", "shop/web", "--dst", "shop/api")
    done = netsim(*question, cwd=MANIFESTS, stdin="", **{variable: "1"})
    assert "\x1b" not in done.out + done.err


def opened_by_reader(fifo: Path, running: subprocess.Popen[str]) -> int:
    """The writing end, once the command reads: then it is surely up."""
    while running.poll() is None:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            time.sleep(0.01)
    pytest.fail(f"the command ended early with {running.returncode}")


def test_interruption(tmp_path: Path) -> None:
    fifo = tmp_path / "never.yaml"
    os.mkfifo(fifo)
    running = subprocess.Popen(
        [sys.executable, "-m", "netsim", "list", str(fifo)],
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        writer = opened_by_reader(fifo, running)
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=60)
        os.close(writer)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 130
    assert errors.strip() == ""


def test_names_cannot_steer_a_terminal(tmp_path: Path) -> None:
    text = """apiVersion: v1
kind: Pod
metadata: {name: "a\\e[2Jb", namespace: ns}
spec: {containers: [{name: c}]}
"""
    (tmp_path / "pod.yaml").write_text(text)
    for form in ("text", "md", "csv"):
        assert "\x1b" not in netsim("list", str(tmp_path), "--format", form).out


def test_unknown_is_inconclusive() -> None:
    question = ("--src", "shop/web", "--dst", "tools/cache", "--port", "443")
    assert netsim("eval", "shop", *question).code == 2
    relaxed = netsim("eval", "shop", *question, "--allow-inconclusive")
    assert relaxed.code == 0
    assert relaxed.out.endswith(",unknown\n")
