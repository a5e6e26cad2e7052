"""The warm pool's script, run as the CronJob runs it, but without a cluster."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes.apiserver import kubectl, pods
from tests.fakes.apiserver.faults import Faults
from tests.fakes.apiserver.rbac import Rbac
from tests.fakes.apiserver.server import ApiServer, serving
from tests.fakes.apiserver.storage import Store
from tests.fakes.apiserver.users import service_account
from tests.manifests import bundle
from tests.manifests.bundle import Object

NAMESPACE = "production"
LEASE = "runner-warm-pool"
WARM = {"app": "runner-warm-pool", "app.kubernetes.io/name": "plue-runner"}
EXPIRY = "warm-pool-expires"
_SECONDS = 60

SHELLS = {"sh": ("sh",), "dash": ("dash",), "busybox": ("busybox", "sh")}
EVERY_SHELL = pytest.mark.parametrize("shell", ["dash", "busybox"], indirect=True)


def is_there(shell: str) -> bool:
    """Whether a shell is installed."""
    return shutil.which(SHELLS[shell][0]) is not None


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to; ``said`` are its lines on standard output."""

    code: int
    said: tuple[str, ...]
    complaints: str

    @property
    def summary(self) -> str:
        """The last line, less what each line starts with."""
        return self.said[-1].removeprefix("warm pool: ") if self.said else ""


class Pool:
    """A namespace with the objects of ``warm-pool.yaml`` and the PodTemplate."""

    def __init__(self, server: ApiServer, folder: Path, shell: str) -> None:
        self.server = server
        self._shell = SHELLS[shell]
        self._script = folder / "reconcile.sh"
        self._script.write_text(bundle.script(), encoding="utf-8")
        user = service_account(NAMESPACE, "runner-warm-pool")
        self._kubeconfig = server.kubeconfig(folder, user, NAMESPACE)
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
        return finished(self.start(pod, **settings))

    def start(self, pod: str = "cron-1", **settings: str) -> subprocess.Popen[str]:
        """A run under way; the settings are those of the CronJob, less what is given."""
        environment = kubectl.environment(self._kubeconfig)
        # As in the cluster, every pod has a cache of its own.
        environment["KUBECACHEDIR"] += f"-{pod}"
        return subprocess.Popen(
            [*self._shell, str(self._script)],
            env={**environment, **_settings(pod), **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

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
def a_pool(folder: Path, shell: str) -> Iterator[Pool]:
    """A pool whose script may do what the Role of the manifest says, and nothing else."""
    rules = Rbac.of(bundle.objects(bundle.WARM_POOL))
    with serving(rules, namespaces=(NAMESPACE,)) as server:
        yield Pool(server, folder, shell)


def finished(run: subprocess.Popen[str]) -> Done:
    """Waits for the end of a run."""
    try:
        said, complaints = run.communicate(timeout=_SECONDS)
    finally:
        run.kill()
    return Done(run.returncode, tuple(said.splitlines()), complaints)


def terminate(run: subprocess.Popen[str]) -> Done:
    """Ends a run as the kubelet does, whose signal reaches the shell only."""
    run.send_signal(signal.SIGTERM)
    return finished(run)


def _settings(pod: str) -> dict[str, str]:
    (container,) = bundle.pod_spec()["containers"]
    fields = {"metadata.namespace": NAMESPACE, "metadata.name": pod}
    found = {
        entry["name"]: entry.get("value") or fields[entry["valueFrom"]["fieldRef"]["fieldPath"]]
        for entry in container["env"]
    }
    # The folder of the test takes the place of the container's.
    del found["HOME"]
    return found


def _pod(name: str) -> Object:
    template = bundle.one("PodTemplate", bundle.POD_TEMPLATE)["template"]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": NAMESPACE, "labels": dict(WARM)},
        "spec": template["spec"],
    }
