"""A laboratory behind an API server: to kubectl and the Python client, a cluster."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.fakes.apiserver import kinds
from tests.fakes.apiserver.rbac import Rbac
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.apiserver.storage import Key
from tests.fakes.apiserver.users import ADMIN
from tests.fakes.laboratory import sockets, tools
from tests.fakes.laboratory.closing import Closing
from tests.fakes.laboratory.ephemeral import FIELD, EphemeralContainers, Fate
from tests.fakes.laboratory.exec_handler import ExecHandler, Streams
from tests.fakes.laboratory.exec_request import ExecRequest
from tests.fakes.laboratory.forward_handler import ForwardHandler
from tests.fakes.laboratory.laboratory import Laboratory
from tests.fakes.laboratory.manifests import Document, running_pods
from tests.fakes.laboratory.nftables import Denial
from tests.fakes.laboratory.tools import Toolset

# The image of a debug container, and an image that has what most have.
TOOLBOX = tools.NC_OPENBSD | tools.COREUTILS
_IMAGE = TOOLBOX
_TOOLBOX_ADDRESS = "10.255.255.254"


class LiveCluster(Closing):
    """Pods that run, and an API server that shows them.  Close it, or use it in ``with``.

    What the API server shows, what the network enforces and what the manifests say are three
    things, so that a test can let them differ.
    """

    def __init__(
        self, documents: Sequence[Document], others: Mapping[str, str] | None = None
    ) -> None:
        """Starts the pods of the documents; the others are hosts by name, with addresses."""
        self.laboratory = Laboratory(documents, {**(others or {}), "toolbox": _TOOLBOX_ADDRESS})
        self._toolbox = self.laboratory.pods["toolbox"]
        self._toolbox.offer(TOOLBOX)
        self.server = ApiServer()
        self.server.authorizer = Rbac.in_store(self.server.store)
        self.exec = ExecHandler(self._start, self._delete)
        self.ephemeral = EphemeralContainers(self.server.store)
        handlers = self.server.subresources
        handlers["GET", "pods/exec"] = handlers["POST", "pods/exec"] = self.exec
        handlers["PATCH", "pods/ephemeralcontainers"] = self.ephemeral
        self.forward = ForwardHandler(self._connect)
        handlers["GET", "pods/portforward"] = self.forward
        self.become(documents)

    def become(
        self,
        documents: Sequence[Document],
        enforced: Sequence[Document] | None = None,
        denial: Denial = Denial.DROP,
    ) -> None:
        """From now on the API server shows these, and the network enforces the same or others.

        Nothing enforced is a network plugin that knows no policies.  The pods are those that
        were started; their tools, listeners and all faults are as in the beginning.
        """
        self._show(documents)
        self.laboratory.enforce(documents if enforced is None else enforced, denial)
        for facts in running_pods(documents):
            pod = self.laboratory.pods[facts.title]
            pod.offer(_IMAGE)
            pod.listen(*((protocol, number) for _, protocol, number in facts.ports))
        self.exec.faults.clear()
        self.forward.clear()
        self.server.faults.clear()
        self.ephemeral.fate = Fate.RUNNING

    def offer(self, toolset: Toolset, *titles: str) -> None:
        """Gives pods, or all of them, an image with these commands and no others."""
        for title in titles or [each for each in self.laboratory.pods if "/" in each]:
            self.laboratory.pods[title].offer(toolset)

    def kubeconfig(
        self,
        folder: Path,
        user: str = ADMIN,
        roles: Iterable[Document] = (),
        namespace: str = "default",
    ) -> Path:
        """A kubeconfig of a user to whom, from now on, these roles are bound."""
        for role in roles:
            # Users that come at a time may have other roles of the same name.
            name = f"{role['metadata']['name']}-of-{user}"
            own = {**role, "metadata": {**role["metadata"], "name": name}}
            self.server.store.add(own, _binding(own, user))
        return self.server.kubeconfig(folder, user, namespace)

    def close(self) -> None:
        """Ends everything."""
        try:
            self.server.stop()
        finally:
            self.laboratory.close()

    def _show(self, documents: Sequence[Document]) -> None:
        store = self.server.store
        for kind in kinds.KINDS:
            for found in store.all(kind) if kind.is_stored else ():
                own = found["metadata"]
                store.remove(Key(kind, own.get("namespace", ""), own["name"]))
        store.add(*documents)

    def _start(self, asked: ExecRequest, streams: Streams) -> subprocess.Popen[bytes]:
        pod = self.laboratory.pods[asked.title]
        shown = self.server.store.one("Pod", asked.namespace, asked.pod)
        added = {container["name"] for container in shown["spec"].get(FIELD) or ()}
        image = self._toolbox if asked.container in added else pod
        return image.popen(
            asked.command,
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
            network=pod,
        )

    def _connect(self, title: str, port: int) -> socket.socket:
        return sockets.connected(self.laboratory.pods[title], port)

    def _delete(self, asked: ExecRequest) -> None:
        self.server.store.drop("Pod", asked.namespace, asked.pod)


def _binding(role: Document, user: str) -> Document:
    group = "rbac.authorization.k8s.io"
    own, kind = role["metadata"], role["kind"]
    return {
        "apiVersion": f"{group}/v1",
        "kind": f"{kind}Binding",
        "metadata": own,
        "roleRef": {"apiGroup": group, "kind": kind, "name": own["name"]},
        "subjects": [{"apiGroup": group, "kind": "User", "name": user}],
    }
