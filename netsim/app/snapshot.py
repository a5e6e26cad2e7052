"""``snapshot``: a live cluster, or the output of kubectl, as input that can be kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from msgspec import Struct

from netsim.app.input import STDIN
from netsim.errors import RequestError, UnanswerableError

if TYPE_CHECKING:
    from netsim.loader.snapshot.snapshot import Snapshot


class SnapshotRequest(Struct, frozen=True):
    """What to read: a file of objects, ``-`` for ``stdin``; None is the live cluster.

    ``heard`` is told each kind, in the plural, before it is read.
    """

    source: str | None = None
    context: str | None = None
    kubeconfig: str | None = None
    namespaces: tuple[str, ...] = ()
    stdin: TextIO | None = None
    heard: Callable[[str], None] = lambda _: None


def snapshot(request: SnapshotRequest) -> Snapshot:
    """Reads a cluster; Secrets and ConfigMaps never.

    Raises :class:`UnanswerableError` where it cannot be read.
    """
    if request.source is None:
        return _read_cluster(request)
    if request.context or request.kubeconfig or request.namespaces:
        raise RequestError("--from reads no cluster: leave out its options")
    return _read_file(request.source, request.stdin)


def _read_cluster(request: SnapshotRequest) -> Snapshot:
    from netsim.loader.sources.live import connect
    from netsim.loader.sources.live_reading import LiveError, Reader

    try:
        fetch, server = connect(request.kubeconfig, request.context)
        return Reader(fetch, server, heard=request.heard).read([*request.namespaces])
    except LiveError as error:
        raise UnanswerableError(f"{request.context or 'the cluster'}: {error}") from error


def _read_file(source: str, stdin: TextIO | None) -> Snapshot:
    from netsim.loader.snapshot.kinds import ShapeError
    from netsim.loader.snapshot.snapshot import of_objects
    from netsim.loader.sources.files import FileError, read_stdin_text, read_text
    from netsim.loader.tree.yaml import TextError, plain_objects

    name = "<stdin>" if source == STDIN else source
    try:
        text = read_stdin_text(stdin) if source == STDIN else read_text(Path(source))
        objects = plain_objects(text)
        if not objects:
            raise UnanswerableError(f"{name}: holds no object")
        return of_objects(objects, name)
    except (TextError, FileError, ShapeError) as error:
        raise UnanswerableError(f"{name}: {error}") from error
