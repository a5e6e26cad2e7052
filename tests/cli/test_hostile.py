"""Input that wants to steer the terminal, hold the program up, or break it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.command import environment, netsim

EVIL = "X\\e[31m\\u202e\\u009b\\u200b\\u3164\\n::error::now\\r\\nY"
FILES = {
    "net.yaml": f"""diagram: {{file: README.md, heading: Net}}
namespace: shop
endpoints:
  Web: {{labels: {{app: web}}}}
  Books: {{labels: {{app: books}}, ports: [{{port: 80}}]}}
  "{EVIL}": {{labels: {{app: odd}}, ports: [{{port: 81}}]}}
flows:
  - {{from: Web, to: "{EVIL}", ports: [TCP 81], because: "{EVIL}"}}
deny:
  - {{from: Books, to: Web, because: "{EVIL}"}}
""",
    "README.md": """# Net

```mermaid
flowchart LR
  web[Web] -->|port 80| books[Books]
```
""",
    "m/policy.yaml": f"""# netsim: ignore[exposed] ::error::now \u202e
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: shut, namespace: shop}}
spec: {{podSelector: {{}}, policyTypes: [Ingress]}}
---
apiVersion: "example.org/{EVIL}"
kind: "{EVIL}"
metadata: {{name: "{EVIL}", namespace: shop}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {{name: "{EVIL}", namespace: shop}}
spec: {{podSelector: {{matchLabels: {{"{EVIL}": "{EVIL}"}}}}}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web, namespace: shop, labels: {{app: web}}}}
spec: {{containers: [{{name: "{EVIL}", image: "{EVIL}"}}]}}
""",
    "n/::error::file.yaml": f"a: ['{EVIL}",
    "n/pod.yaml": """apiVersion: v1
kind: Pod
metadata: {name: books, namespace: shop, labels: {app: books}}
spec: {containers: [{name: c}]}
""",
}
COMMANDS = [
    "check m n -s net.yaml",
    "list m n",
    "diff m n",
    "order m -s net.yaml",
    "coverage m -s net.yaml",
    "drain m n",
    "query exposed m",
    "explain m --src shop/web --dst 1.2.3.4 --port 1",
    "eval m --src shop/web --dst 1.2.3.4 --port 1",
    "probe m -s net.yaml --snapshot m/policy.yaml --dry-run",
    "snapshot --from m/policy.yaml -o -",
]
FORMATS = ["text", "markdown", "json", "csv"]
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\u3164]"
    r"|^\s*::[a-z-]+[^:]*::",
    re.MULTILINE,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("hostile")
    for name, text in FILES.items():
        (found / name).parent.mkdir(exist_ok=True)
        (found / name).write_text(text, encoding="utf-8")
    return found


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_that_is_written_steers(folder: Path, command: str, form: str) -> None:
    done = netsim(*command.split(), "--format", form, cwd=folder)
    if "No such option" in done.err:
        done = netsim(*command.split(), cwd=folder)
    assert done.code in (0, 1, 2)
    assert not STEERING.search(done.out), done.out
    assert not STEERING.search(done.err), done.err


def test_names_reach_programs_as_they_are(folder: Path) -> None:
    done = netsim("check", "m", "-s", "net.yaml", "-f", "json", cwd=folder)
    found = json.loads(done.out)
    assert any("X\x1b[31m\u202e" in kind for kind in found["scope"]["unused"])


def test_a_path_with_a_null_byte(folder: Path) -> None:
    (folder / "null.yaml").write_text(
        'diagram: {file: "a\\0b", heading: Net}\nnamespace: shop\n'
        "endpoints: {Web: {labels: {a: b}}}\n",
        encoding="utf-8",
    )
    done = netsim("check", "m", "-s", "null.yaml", cwd=folder)
    assert done.code == 2
    assert "named at null.yaml:1" in done.err


@pytest.mark.parametrize("name", ["loop", "pipe", "/dev/zero"])
@pytest.mark.parametrize(
    "command",
    [
        "list {}",
        "check {}",
        "order {}",
        "coverage {} -s net.yaml",
        "drain {}",
        "diff {} m",
        "check m -s {}",
        "eval m --queries {}",
        "snapshot -o x.json --from {}",
        "snapshot -o x.json --kubeconfig {}",
    ],
)
def test_what_is_no_file(
    folder: Path, name: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netsim.loader.sources.files.FIRST_WRITER", 0.05)
    if not (folder / "pipe").exists():
        os.mkfifo(folder / "pipe")
        (folder / "loop").symlink_to("loop")
    done = netsim(*command.format(name).split(), cwd=folder)
    assert done.code == 2
    assert name in done.err or "kubeconfig" in done.err


@pytest.mark.parametrize("kind", ["link", "file", "folder"])
def test_scenarios_that_cannot_be_read_are_not_absent(tmp_path: Path, kind: str) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "a.yaml").write_text(FILES["n/pod.yaml"], encoding="utf-8")
    scenarios = tmp_path / "scenarios"
    if kind == "link":
        scenarios.symlink_to("nowhere")
    elif kind == "folder":
        scenarios.symlink_to("scenarios")
    else:
        scenarios.mkdir()
        (scenarios / "net.yaml").symlink_to("nowhere")
    done = netsim("check", "m", cwd=tmp_path)
    assert done.code == 2
    assert "scenarios" in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("stream", ["", "2"])
@pytest.mark.parametrize("arguments", ["--version", "--help", "list --help", "list none"])
def test_streams_that_take_nothing(stream: str, arguments: str) -> None:
    command = f"'{sys.executable}' -m netsim {arguments} {stream}>/dev/full"
    done = subprocess.run(
        ["/bin/sh", "-c", command],
        capture_output=True,
        check=False,
        text=True,
        env=environment(),
        timeout=60,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == (0 if stream and "none" not in arguments else 2)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "a: &a [*a]\n",
        "a: " + "[" * 100_000,
        '{"a": ' + "[" * 100_000,
        "kind: List\nitems: [{kind: Pod, apiVersion: v1, metadata: x}]\n",
        '{"kind": "Pod", "apiVersion": "v1", "metadata": [1]}',
        "? {a: b}\n: c\n",
        "a: 2001-99-99\n",
        "- a\n",
    ],
)
def test_snapshots_of_odd_objects(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.yaml").write_text(text, encoding="utf-8")
    done = netsim("snapshot", "--from", "in.yaml", "-o", "o.json", cwd=tmp_path)
    assert done.code in (0, 2)
    assert done.code == 2 or json.loads((tmp_path / "o.json").read_text())["items"] == []
    assert "in.yaml" in done.err
    assert done.err.count("\n") <= 2


def test_a_date_is_text_as_for_kubectl(tmp_path: Path) -> None:
    text = FILES["n/pod.yaml"].replace("app: books", "day: 2024-01-01")
    (tmp_path / "in.yaml").write_text(text, encoding="utf-8")
    assert netsim("snapshot", "--from", "in.yaml", "-o", "o.json", cwd=tmp_path).code == 0
    found = json.loads((tmp_path / "o.json").read_text())
    assert found["items"][0]["metadata"]["labels"]["day"] == "2024-01-01"
