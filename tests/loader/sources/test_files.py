"""Files that are none, that never end, or that may not be read."""

from __future__ import annotations

import io
import os
import socket
import threading
import time
from pathlib import Path

import pytest

from netsim.loader.sources import files
from netsim.loader.sources.files import FileError, read_bytes, read_stdin_text, read_text
from netsim.loader.sources.sources import Source, sources
from netsim.model.finding import Diagnostic


def test_a_regular_file_and_one_of_proc(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("\ufeffä", encoding="utf-8")
    assert read_text(tmp_path / "a") == "ä"
    if Path("/proc/version").exists():
        assert read_bytes(Path("/proc/version"))


def test_nothing_is_an_empty_file() -> None:
    assert read_bytes(Path(os.devnull)) == b""


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full", "/dev/random"])
def test_devices_are_refused(device: str) -> None:
    if Path(device).exists():
        with pytest.raises(FileError, match="it is a device"):
            read_bytes(Path(device))


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    for name, why in (("a", "symbolic links"), ("c\0d", "null"), ("none", "No such file")):
        with pytest.raises(FileError, match=f"cannot be read: .*{why}"):
            read_bytes(tmp_path / name)
    with pytest.raises(FileError, match="Is a directory"):
        read_bytes(tmp_path)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(tmp_path / "s"))
        with pytest.raises(FileError):
            read_bytes(tmp_path / "s")


def test_a_pipe_that_nobody_writes_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FIRST_WRITER", 0.1)
    os.mkfifo(tmp_path / "p")
    with pytest.raises(FileError, match="nobody writes to it"):
        read_bytes(tmp_path / "p")


def test_a_pipe_whose_writer_is_silent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "NEXT_BYTES", 0.1)
    os.mkfifo(tmp_path / "p")
    keeper = os.open(tmp_path / "p", os.O_RDWR)
    try:
        with pytest.raises(FileError, match="nothing came through the pipe"):
            read_bytes(tmp_path / "p")
    finally:
        os.close(keeper)


def test_a_pipe_that_is_written_to_later(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p")

    def write() -> None:
        time.sleep(0.1)
        with (tmp_path / "p").open("wb", buffering=0) as pipe:
            pipe.write(b"first ")
            time.sleep(0.1)
            pipe.write(b"second")

    writer = threading.Thread(target=write)
    writer.start()
    assert read_bytes(tmp_path / "p") == b"first second"
    writer.join()


def test_what_is_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST", 10)
    (tmp_path / "a").write_bytes(b"x" * 11)
    with pytest.raises(FileError, match="it has more than"):
        read_bytes(tmp_path / "a")
    with pytest.raises(FileError, match="it has more than"):
        read_stdin_text(io.StringIO("x" * 11))


def test_no_standard_input() -> None:
    with pytest.raises(FileError, match="no standard input"):
        read_stdin_text(None)
    with pytest.raises(FileError, match="not UTF-8"):
        read_stdin_text(io.TextIOWrapper(io.BytesIO(b"\xff")))


def test_a_folder_of_all_that(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "p.yaml")
    (tmp_path / "a.yaml").symlink_to("b.yaml")
    (tmp_path / "b.yaml").symlink_to("a.yaml")
    (tmp_path / "z.yaml").symlink_to("/dev/zero")
    (tmp_path / "again").symlink_to(tmp_path)
    (tmp_path / "good.yaml").write_text("a: 1\n", encoding="utf-8")
    found = list(sources([str(tmp_path)], None))
    assert [Path(each.name).name for each in found if isinstance(each, Source)] == ["good.yaml"]
    refused = {
        Path(d.location.file).name: d.message for d in found if isinstance(d, Diagnostic)
    }
    assert refused.keys() == {"p.yaml", "a.yaml", "b.yaml", "z.yaml"}
    assert "a pipe" in refused["p.yaml"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
@pytest.mark.parametrize("mode", [0o000, 0o444])
def test_a_folder_that_may_not_be_read(tmp_path: Path, mode: int) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "a.yaml").write_text("a: 1\n", encoding="utf-8")
    inner.chmod(mode)
    try:
        found = list(sources([str(tmp_path)], None))
    finally:
        inner.chmod(0o755)
    assert found
    assert all(isinstance(each, Diagnostic) for each in found)


def test_standard_input_that_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "WHOLE_PIPE", 0.1)
    reading, writing = os.pipe()
    try:
        os.write(writing, b"kind: Pod")
        with (
            os.fdopen(reading, encoding="utf-8") as stdin,
            pytest.raises(files.FileError, match=r"^cannot be read: it did not end in 0 s$"),
        ):
            files.read_stdin(stdin)
    finally:
        os.close(writing)


def test_standard_input_of_several_parts() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"kind: ")
    os.write(writing, b"Pod")
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stdin:
        assert files.read_stdin_text(stdin) == "kind: Pod"
