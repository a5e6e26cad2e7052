"""The warm pool, and what its script does to it."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.apiserver import pods
from tests.fakes.apiserver.faults import Faults, Matches, Moment
from tests.fakes.apiserver.rbac import Rbac
from tests.fakes.apiserver.server import ApiServer, serving
from tests.fakes.apiserver.storage import Store
from tests.fakes.apiserver.users import service_account
from tests.manifests import bundle
from tests.manifests.bundle import NAMESPACE, Object
from tests.manifests.places import SHELLS, Done, Place, Run

ACCOUNT = service_account(NAMESPACE, "runner-warm-pool")
LEASE = "runner-warm-pool"
WARM = {"app": "runner-warm-pool", "app.kubernetes.io/name": "plue-runner"}
EXPIRY = "warm-pool-expires"
SHORT = 3
"""Seconds, enough for every call that is answered."""

_PATIENCE = re.compile(r"(?m)^CALL_SECONDS=(\d+)$")

EVERY_SHELL = pytest.mark.parametrize("shell", ["dash", "busybox"], indirect=True)


def is_there(shell: str) -> bool:
    """Whether a shell is installed."""
    return shutil.which(SHELLS[shell][0]) is not None


class Pool:
    """A namespace with the objects of ``warm-pool.yaml`` and the PodTemplate."""

    def __init__(self, server: ApiServer, place: Place) -> None:
        self.server = server
        self.script = bundle.script()
        self._place = place
        self.store.add(bundle.one("Lease"), bundle.one("PodTemplate", bundle.POD_TEMPLATE))
        self.store.pods = pods.ready

    @property
    def store(self) -> Store:
        return self.server.store

    @property
    def faults(self) -> Faults:
        return self.server.faults

    def run(self, pod: str = "cron-1", **settings: str) -> Done:
        """One run to its end, as the pod of that name."""
        return self.start(pod, **settings).finished()

    def start(self, pod: str = "cron-1", **settings: str) -> Run:
        """A run under way; the settings are those of the CronJob, less what is given."""
        return self._place.start(self.script, pod, settings)

    @property
    def patience(self) -> int:
        """The seconds that a call of kubectl may take."""
        (found,) = _PATIENCE.findall(self.script)
        return int(found)

    @contextmanager
    def silent(self, matches: Matches, moment: Moment = Moment.BEFORE) -> Iterator[None]:
        """Leaves one request without an answer, and shortens the time to wait for it."""
        self.script, count = _PATIENCE.subn(f"CALL_SECONDS={SHORT}", self.script)
        assert count == 1
        over = threading.Event()
        hook = self.faults.before if moment is Moment.BEFORE else self.faults.after
        hook(matches, lambda: over.wait(60))
        try:
            yield
        finally:
            over.set()

    def add(self, *names: str, status: Callable[[Object], Object] = pods.ready) -> None:
        """Pods of the pool, there before the run."""
        for name in names:
            found = _pod(name)
            self.store.add({**found, "status": status(found)})

    def age(self, name: str, seconds: int) -> None:
        """Makes a pod this old."""
        born = (datetime.now(UTC) - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.edit(name, lambda found: found["metadata"].update(creationTimestamp=born))

    @staticmethod
    def age_at(born: str) -> int:
        """The seconds since then."""
        return int(time.time() - datetime.fromisoformat(born).timestamp())

    def claim(self, name: str) -> None:
        """Takes a pod out of the pool, as the API server does."""
        self.edit(name, lambda found: found["metadata"]["labels"].update(app="runner"))

    def edit(self, name: str, change: Callable[[Object], None]) -> None:
        self.store.change("Pod", NAMESPACE, name, change)

    def edit_template(self, change: Callable[[Object], None]) -> None:
        self.store.change("PodTemplate", NAMESPACE, "runner", change)

    def hold(self, holder: str, expires_in: int, **annotations: str) -> None:
        """Gives somebody the lock."""
        notes = {EXPIRY: str(int(time.time()) + expires_in), **annotations}

        def take(lease: Object) -> None:
            lease["spec"] = {"holderIdentity": holder}
            lease["metadata"]["annotations"] = notes

        self.store.change("Lease", NAMESPACE, LEASE, take)

    @property
    def holder(self) -> str:
        """Who has the lock; empty for nobody."""
        return str(self.lease.get("spec", {}).get("holderIdentity", ""))

    @property
    def lease(self) -> Object:
        return self.store.one("Lease", NAMESPACE, LEASE)

    @property
    def pods(self) -> list[Object]:
        """Every pod, in the pool or not."""
        return self.store.all("Pod", NAMESPACE)

    @property
    def names(self) -> list[str]:
        return self.store.names("Pod", NAMESPACE)

    @property
    def made(self) -> list[Object]:
        """The pods that the script made, as far as they are still there."""
        return [pod for pod in self.pods if "generateName" in pod["metadata"]]

    def requests(self, method: str, part: str) -> int:
        """How many requests there were of a method, with this in their path."""
        return sum(entry.method == method and part in entry.path for entry in self.server.log)


@contextmanager
def served() -> Iterator[ApiServer]:
    """An API server where the script may do what the manifest says, and nothing else."""
    rules = Rbac.of(bundle.objects(bundle.WARM_POOL))
    with serving(rules, namespaces=(NAMESPACE,)) as server:
        yield server


def _pod(name: str) -> Object:
    template = bundle.one("PodTemplate", bundle.POD_TEMPLATE)["template"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": dict(WARM)},
        "spec": template["spec"],
    }
