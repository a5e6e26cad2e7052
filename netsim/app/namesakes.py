"""Names without a namespace that a Service has, too, which leads somewhere else.

``--dst db`` is the Deployment ``shop/db``, and for whoever thinks of DNS the Service
``svc/shop/db``, which may well select the pods of ``shop/postgres``.
"""

from __future__ import annotations

from collections import defaultdict

from netsim.engine.naming.aims import Aims
from netsim.engine.naming.endpoints import EndpointError, tell_candidates
from netsim.engine.naming.unwritten import UnwrittenPod
from netsim.model.endpoint import PodEndpoint


class Namesakes:
    """The Services of an input, by their names alone."""

    def __init__(self, aims: Aims) -> None:
        self._aims = aims
        self._titles: dict[str, list[str]] = defaultdict(list)
        for title in aims.services.titles:
            self._titles[title.rpartition("/")[2]].append(title)

    def refuse(self, destination: str | UnwrittenPod) -> None:
        """Raises ``EndpointError`` where a Service of the same name leads somewhere else.

        A name of the scenario is clear, and so is one with its namespace or kind.
        """
        if isinstance(destination, UnwrittenPod):
            return
        name = destination.strip()
        titles = self._titles.get(name, ())
        if not titles:
            return
        endpoint = self._aims.endpoint_at(name)
        if not isinstance(endpoint, PodEndpoint) or endpoint.title == name:
            return
        own = {pod.workload for pod in endpoint.pods}
        others = []
        for title in titles:
            service = self._aims.service(title)
            if {pod.workload for pod in self._aims.services.pods(service)} != own:
                others.append(title)
        if others:
            raise EndpointError(tell_candidates(name, [endpoint.title, *others]))
