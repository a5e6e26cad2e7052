"""Where ``-o`` writes: what is there stays what it is."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest

from tests.cli.command import netsim

POD = (
    "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\n"
    "spec: {containers: [{name: c}]}\n"
)
COMMANDS = [("snapshot", "--from", "pod.yaml"), ("list", "pod.yaml")]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("pod.yaml").write_text(POD, encoding="utf-8")
    return tmp_path


def mode(path: str) -> int:
    return stat.S_IMODE(Path(path).lstat().st_mode)


def write(command: tuple[str, ...], output: str) -> None:
    done = netsim(*command, "-o", output, cwd=Path.cwd())
    assert done.code == 0, done.err


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("command", COMMANDS)
class TestOutput:
    def test_a_new_file_is_private(self, command: tuple[str, ...]) -> None:
        write(command, "new.txt")
        assert mode("new.txt") == 0o600
        assert sorted(os.listdir()) == ["new.txt", "pod.yaml"]  # noqa: PTH208

    @pytest.mark.parametrize("bits", [0o600, 0o640, 0o644, 0o400])
    def test_a_file_keeps_its_mode(self, command: tuple[str, ...], bits: int) -> None:
        Path("old.txt").write_text("old", encoding="utf-8")
        Path("old.txt").chmod(bits)
        if not os.access("old.txt", os.W_OK):
            pytest.skip("not permitted")
        write(command, "old.txt")
        assert mode("old.txt") == bits
        assert "shop" in Path("old.txt").read_text(encoding="utf-8")

    @pytest.mark.parametrize("target", ["real.txt", "missing.txt"])
    def test_a_link_stays_one(self, command: tuple[str, ...], target: str) -> None:
        Path("real.txt").write_text("old" * 9000, encoding="utf-8")
        Path("link.txt").symlink_to(target)
        write(command, "link.txt")
        assert Path("link.txt").is_symlink()
        written = Path(target).read_text(encoding="utf-8")
        assert "shop" in written
        assert "old" not in written

    def test_a_second_name_stays_one(self, command: tuple[str, ...]) -> None:
        Path("one.txt").write_text("old", encoding="utf-8")
        Path("two.txt").hardlink_to("one.txt")
        write(command, "one.txt")
        assert Path("one.txt").samefile("two.txt")
        assert "shop" in Path("two.txt").read_text(encoding="utf-8")

    def test_a_pipe_stays_one(self, command: tuple[str, ...]) -> None:
        os.mkfifo("pipe")
        got: list[str] = []
        reader = threading.Thread(
            target=lambda: got.append(Path("pipe").read_text(encoding="utf-8")), daemon=True
        )
        reader.start()
        write(command, "pipe")
        reader.join(10)
        assert "shop" in got[0]
        assert stat.S_ISFIFO(Path("pipe").lstat().st_mode)

    def test_a_pipe_that_nobody_reads(
        self, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("netsim.cli.console.FIRST_READER", 0.2)
        os.mkfifo("pipe")
        done = netsim(*command, "-o", "pipe", cwd=Path.cwd())
        assert done.code == 2
        assert "pipe: cannot be written: it is a pipe, and nobody reads from it" in done.err

    def test_a_device_stays_one(self, command: tuple[str, ...]) -> None:
        write(command, os.devnull)
        assert stat.S_ISCHR(Path(os.devnull).lstat().st_mode)

    def test_standard_output_by_its_name(
        self, command: tuple[str, ...], capfd: pytest.CaptureFixture[str]
    ) -> None:
        done = netsim(*command, "-o", "/dev/stdout", cwd=Path.cwd())
        assert done.code == 0
        assert "shop" in capfd.readouterr().out

    @pytest.mark.parametrize(
        "output",
        ["", ".", "no/x", "pod.yaml/x", "loop", "a" * 300, "/proc/x", "/dev/full", "dangling"],
    )
    def test_what_cannot_be_written(self, command: tuple[str, ...], output: str) -> None:
        Path("loop").symlink_to("loop")
        Path("dangling").symlink_to("nowhere/x")
        done = netsim(*command, "-o", output, cwd=Path.cwd())
        assert done.code == 2
        assert "Traceback" not in done.err
        assert "cannot be written" in done.err or "'--output'" in done.err
