"""Charts and kustomizations to manifests, by the tools that are installed.

``helm template``, and ``kustomize build`` or ``kubectl kustomize``, run without a shell,
without standard input and for a bounded time; no option lets them run further programs, ask a
cluster or leave their folders.  What they say of a document's source is its place:
``# Source: shop/templates/policy.yaml`` of Helm, and the origin annotations of Kustomize.

Lines count in what was rendered, so the name of a file there ends in ``(rendered)``.

Sources: https://helm.sh/docs/helm/helm_template/,
https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/.
"""

from __future__ import annotations

import os
import posixpath
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from netsim.errors import LoadError
from netsim.loader.sources.files import LARGEST
from netsim.loader.sources.sources import Origin, Source
from netsim.loader.tree.documents import Syntax, chunks, normalise
from netsim.loader.unrendered import Renderer, UnrenderedTree
from netsim.model.finding import Diagnostic
from netsim.words.printable import printable

TIMEOUT = 120.0
"""Seconds that a tool may take."""
_POLL = 0.05
_SOURCE = re.compile(r"^# Source: (?:\S[^/\n]*/)?([^\n]*\S)[ \t]*$", re.MULTILINE)
_ORIGIN = re.compile(
    r"^    config\.kubernetes\.io/origin: \|[+-]?\n((?:^      .*\n?)+)", re.MULTILINE
)
_ORIGIN_PATH = re.compile(r"^ *path: *['\"]?([^'\"\n]*\S)['\"]? *$", re.MULTILINE)
_CREDENTIALS = re.compile(r"//[^/@\s]*@")
_SECRETS = re.compile(
    r"(?i)\b(token|password|passwd|secret|authorization|api[-_]?key)\b\S*[ =:]+\S+"
)


class RenderError(LoadError):
    """A tree that a tool does not render; the message says why."""


def render(tree: UnrenderedTree, namespace: str) -> Iterator[Source | Diagnostic]:
    """What a tree is in the end, by the files that it comes from; else why it is not known."""
    if tree.renderer is Renderer.NONE:
        yield tree.report()
        return
    try:
        text = _render(tree, namespace)
    except RenderError as error:
        yield tree.report(error.message)
        return
    yield from _split(tree, normalise(text))


def _render(tree: UnrenderedTree, namespace: str) -> str:
    if tree.obstacle:
        raise RenderError(tree.obstacle)
    if tree.revision:
        raise RenderError("tools render files, not those of a git revision")
    if tree.others:
        raise RenderError("which one applies is not known: name its folder alone")
    output = _run(_build_command(tree, namespace))
    try:
        return output.decode("utf-8")
    except UnicodeDecodeError as error:
        raise RenderError("what was rendered is not UTF-8") from error


def _build_command(tree: UnrenderedTree, namespace: str) -> list[str]:
    # A folder named like an option would be taken for one.
    folder = os.path.join(".", tree.folder)  # noqa: PTH118 - of "./-x" a Path makes "-x"
    if tree.renderer is Renderer.HELM:
        return [_find("helm"), "template", tree.name, folder, "--namespace", namespace]
    kustomize = shutil.which("kustomize")
    return (
        [kustomize, "build", folder] if kustomize else [_find("kubectl"), "kustomize", folder]
    )


def _find(tool: str) -> str:
    found = shutil.which(tool)
    if found is None:
        names = tool if tool == "helm" else "neither kustomize nor kubectl"
        verb = "is not" if tool == "helm" else "is"
        raise RenderError(f"{names} {verb} on the PATH")
    return found


def _run(command: list[str]) -> bytes:
    """What a tool writes to standard output."""
    name = posixpath.basename(command[0])
    # Files, as a pipe that nobody reads would stop a tool that writes to both.
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        try:
            process = subprocess.Popen(  # noqa: S603
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=said,
                start_new_session=True,
            )
        except OSError as error:
            raise RenderError(f"{name} does not start: {error.strerror}") from error
        try:
            _await(process, name, output)
        finally:
            _end(process)
        if process.returncode:
            reason = _last_line(said)
            raise RenderError(f"{name} failed{': ' if reason else ''}{reason}")
        if _size(output) > LARGEST:
            raise RenderError(f"{name} writes more than {LARGEST // 2**20} MiB")
        output.seek(0)
        return output.read(LARGEST)


def _await(process: subprocess.Popen[bytes], name: str, output: IO[bytes]) -> None:
    import time

    ends = time.monotonic() + TIMEOUT
    while True:
        try:
            process.wait(_POLL)
        except subprocess.TimeoutExpired:
            pass
        else:
            return
        if time.monotonic() > ends:
            raise RenderError(f"{name} did not end in {TIMEOUT:g} s")
        if _size(output) > LARGEST:
            raise RenderError(f"{name} writes more than {LARGEST // 2**20} MiB")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a tool and whatever it started."""
    import signal
    from contextlib import suppress

    if process.poll() is None:
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _size(file: IO[bytes]) -> int:
    return os.fstat(file.fileno()).st_size


def _last_line(said: IO[bytes]) -> str:
    """What a tool said last, without credentials."""
    size = _size(said)
    said.seek(max(0, size - 4096))
    lines = said.read(4096).decode("utf-8", "replace").strip().splitlines()
    last = _CREDENTIALS.sub("//", lines[-1].strip()) if lines else ""
    return printable(_SECRETS.sub(r"\1 (hidden)", last))[:300]


def _split(tree: UnrenderedTree, text: str) -> Iterator[Source]:
    """The documents by the file that each comes from, in the order of the output."""
    texts: dict[str, list[str]] = {}
    for chunk in chunks(text):
        name = _find_origin(tree, chunk.text)
        own = chunk.text if chunk.text.startswith("---") else f"---\n{chunk.text}"
        texts.setdefault(name, []).append(own if own.endswith("\n") else f"{own}\n")
    for name, parts in texts.items():
        yield Source(f"{name} (rendered)", "".join(parts), Syntax.YAML, origin=Origin.RENDERED)


def _find_origin(tree: UnrenderedTree, text: str) -> str:
    if tree.renderer is Renderer.HELM:
        found = _SOURCE.search(text)
        return (
            posixpath.normpath(posixpath.join(tree.folder, found[1])) if found else tree.place
        )
    origin = _ORIGIN.search(text)
    path = _ORIGIN_PATH.search(origin[1]) if origin else None
    if path is None or "repo:" in (origin[1] if origin else ""):
        return tree.place
    own = posixpath.normpath(posixpath.join(tree.folder, path[1]))
    return own if Path(own).is_file() else tree.place
