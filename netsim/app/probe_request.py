"""What to probe, and how to get there.

``ProbeRequest(("manifests/",), "shop", via=Via.KUBECTL)`` compares the namespace shop of
kubectl's current cluster with its manifests.
"""

from __future__ import annotations

from netsim.app.documentation import Discovery
from netsim.app.input import InputRequest
from netsim.probe.planning.plan import ByName
from netsim.probe.planning.targets import Replicas
from netsim.probe.rbac import Via

IMAGE = "busybox:stable"
SECONDS = 3
PARALLEL = 20


class ProbeRequest(InputRequest, frozen=True, kw_only=True):
    """A probe of ``namespace``, which is by default the scenario's.

    ``scenario`` None is the one file in ``scenarios/``, if there is one and ``discovery`` does
    not forbid to look for it.  ``snapshot`` is a
    file to take pods and policies from, ``-`` for ``stdin``; None asks the cluster.  ``image``
    is what ephemeral containers run.  ``seconds`` is how long a connection may take,
    ``parallel`` how many pods try at a time.  ``external`` are targets outside, as
    ``HOST:PORT``.
    """

    scenario: str | None = None
    discovery: Discovery = Discovery.NEAR
    via: Via = Via.EXEC
    image: str = IMAGE
    kubeconfig: str | None = None
    context: str | None = None
    snapshot: str | None = None
    seconds: int = SECONDS
    parallel: int = PARALLEL
    replicas: Replicas = Replicas.ONE
    services: ByName = ByName.NO
    external: tuple[str, ...] = ()
