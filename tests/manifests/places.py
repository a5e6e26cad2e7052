"""Where the script of the CronJob runs: in a container like the one of its pod, or by hand."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from tests.fakes.apiserver import kubectl
from tests.fakes.apiserver.server import ApiServer
from tests.fakes.port import HOST
from tests.manifests import bundle
from tests.manifests.bundle import Object

SHELLS = {"sh": ("sh",), "dash": ("dash",), "busybox": ("busybox", "sh")}
ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount"

_SECONDS = 60
_PROGRAMS = ("sh", "date", "timeout")
_NEEDED = ("unshare", "mount", "chroot", "openssl")
_LIBRARIES = ("lib", "lib32", "lib64", "libx32")
_TRIAL = ("unshare", "--mount", "--pid", "--fork", "mount", "-t", "tmpfs", "tmpfs", "/mnt")


@cache
def no_container() -> str | None:
    """Why there can be no container on this machine, or None."""
    if sys.platform != "linux":
        return "needs Linux, for a container"
    if os.geteuid() != 0:
        return "needs root, for the mounts of a container"
    for program in _NEEDED:
        if shutil.which(program) is None:
            return f"needs {program}, for a container"
    tried = subprocess.run(_TRIAL, capture_output=True, text=True, check=False)
    return f"needs mounts of its own: {tried.stderr.strip()}" if tried.returncode else None


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


@dataclass(frozen=True, slots=True)
class Run:
    """A run under way; the shell is the process itself, or its only child."""

    process: subprocess.Popen[str]
    is_child: bool

    def finished(self) -> Done:
        """Waits for the end."""
        try:
            said, complaints = self.process.communicate(timeout=_SECONDS)
        finally:
            self.process.kill()
        return Done(self.process.returncode, tuple(said.splitlines()), complaints)

    def terminate(self) -> Done:
        """Ends it as the kubelet does, whose signal reaches the shell only."""
        os.kill(self._shell, signal.SIGTERM)
        return self.finished()

    @property
    def _shell(self) -> int:
        number = self.process.pid
        if not self.is_child:
            return number
        return int(Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii"))


class Place(Protocol):
    """Where runs start."""

    def start(self, text: str, pod: str, settings: Mapping[str, str]) -> Run:
        """Starts the script as the pod of that name; settings go over the CronJob's."""
        ...


class ByHand:
    """The machine itself, with a kubeconfig: how one tries the script out."""

    def __init__(self, server: ApiServer, folder: Path, shell: str, account: str) -> None:
        self._folder = folder
        self._shell = SHELLS[shell]
        self._kubeconfig = server.kubeconfig(folder, account, bundle.NAMESPACE)

    def start(self, text: str, pod: str, settings: Mapping[str, str]) -> Run:
        script = self._folder / f"{pod}.sh"
        script.write_text(text, encoding="utf-8")
        variables = kubectl.environment(self._kubeconfig)
        home = variables["HOME"]
        # As in the cluster, every pod has a cache of its own.
        variables["KUBECACHEDIR"] += f"-{pod}"
        variables |= {**_variables(pod), "HOME": home, **settings}
        return Run(_started([*self._shell, str(script)], variables), is_child=False)


class InPod:
    """A container as the kubelet makes it of the manifest; what it lacks is a node around it.

    It has a root, processes and a user of its own, an image with nothing but what the script
    says it needs, and no way to the API server but the address and the token of its account.
    """

    def __init__(
        self, server: ApiServer, folder: Path, shell: str, account: str, identity: Path
    ) -> None:
        self._folder = folder
        self.image = _image(shell)
        self._port = server.secure(identity)
        self._account = _folder(folder / "account")
        files = {
            "token": server.tokens.of(account),
            "ca.crt": identity.with_name("certificate.pem").read_text(encoding="ascii"),
            "namespace": bundle.NAMESPACE,
        }
        for name, text in files.items():
            self.mount(name, text)

    def mount(self, name: str, text: str | None) -> None:
        """Changes a file of the account's volume; None takes it away."""
        file = self._account / name
        if text is None:
            file.unlink()
        else:
            file.write_text(text, encoding="ascii")

    def start(self, text: str, pod: str, settings: Mapping[str, str]) -> Run:
        folder = _folder(self._folder / pod)
        variables = {
            "PATH": "/bin",
            "HOSTNAME": pod,
            "KUBERNETES_SERVICE_HOST": HOST,
            "KUBERNETES_SERVICE_PORT": str(self._port),
            **kubectl.QUICK,
            **_variables(pod),
            **settings,
        }
        lines = "\n".join(self._lines(folder, text))
        # The processes of a container end with the first of them.
        isolated = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", lines]
        return Run(_started(isolated, variables), is_child=True)

    def _lines(self, folder: Path, text: str) -> Iterator[str]:
        """Commands that make the container and become its first process."""
        spec = bundle.pod_spec()
        (container,) = spec["containers"]
        root = _folder(folder / "root")
        yield f"set -e; export PATH={shlex.quote(os.environ.get('PATH', os.defpath))}"
        yield f"mount -t tmpfs -o mode=755 root {root}; cd {root}"
        yield "mkdir bin dev etc proc usr; mount -t proc proc proc; mount --bind /dev dev"
        yield "echo '127.0.0.1 localhost' >etc/hosts"
        for name, program in self.image.items():
            yield f": >bin/{name}; {_bound(program, f'bin/{name}')}"
        yield from _libraries()
        for volume, path in _mounts(spec, container):
            yield f"mkdir -p .{path}; {_volume(volume, f'.{path}', folder, text)}"
        if _has_token(spec):
            yield f"mkdir -p .{ACCOUNT}; {_bound(self._account, f'.{ACCOUNT}')}"
        if container["securityContext"]["readOnlyRootFilesystem"]:
            yield f"mount -o remount,ro {root}"
        user = spec["securityContext"]
        identity = f"--userspec={user['runAsUser']}:{user['runAsGroup']} --groups="
        command = shlex.join(container["command"])
        chroot = shutil.which("chroot")
        yield f"export PATH=/bin; exec {chroot} {identity} . {command}"


def _started(command: list[str], variables: Mapping[str, str]) -> subprocess.Popen[str]:
    # Popen would look for it in the PATH of the variables.
    found = shutil.which(command[0])
    assert found, f"needs {command[0]}"
    return subprocess.Popen(
        [found, *command[1:]],
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _variables(pod: str) -> dict[str, str]:
    """The environment that the CronJob gives its container."""
    (container,) = bundle.pod_spec()["containers"]
    fields = {"metadata.namespace": bundle.NAMESPACE, "metadata.name": pod}
    return {
        entry["name"]: entry.get("value") or fields[entry["valueFrom"]["fieldRef"]["fieldPath"]]
        for entry in container["env"]
    }


def _image(shell: str) -> dict[str, Path]:
    """The programs of the image: what the script says it needs."""
    first = SHELLS[shell][0]
    found = {name: "busybox" if first == "busybox" else name for name in _PROGRAMS}
    paths = {name: shutil.which(program) for name, program in {**found, "sh": first}.items()}
    programs = {name: Path(path).resolve() for name, path in paths.items() if path}
    assert programs.keys() == paths.keys(), f"needs {paths}"
    binary = kubectl.find()
    assert binary is not None, "needs kubectl"
    return {**programs, "kubectl": binary}


def _libraries() -> Iterator[str]:
    """The programs are those of this machine, and so are their libraries."""
    yield _bound(Path("/usr"), "usr")
    for name in _LIBRARIES:
        place = Path("/", name)
        if place.is_symlink():
            yield f"ln -s {place.readlink()} {name}"
        elif place.is_dir():
            yield f"mkdir {name}; {_bound(place, name)}"


def _mounts(spec: Object, container: Object) -> Iterator[tuple[Object, str]]:
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    for mount in container["volumeMounts"]:
        yield volumes[mount["name"]], mount["mountPath"]


def _volume(volume: Object, place: str, folder: Path, text: str) -> str:
    if "emptyDir" in volume:
        size = volume["emptyDir"]["sizeLimit"].removesuffix("i")
        return f"mount -t tmpfs -o mode=777,size={size} volume {place}"
    files = _folder(folder / volume["name"])
    (name,) = bundle.one("ConfigMap")["data"]
    script = files / name
    script.write_text(text, encoding="utf-8")
    script.chmod(volume["configMap"]["defaultMode"])
    return _bound(files, place)


def _has_token(spec: Object) -> bool:
    """Whether the volume of the account is mounted: the pod decides, or else the account."""
    account = bundle.one("ServiceAccount").get("automountServiceAccountToken", True)
    return bool(spec.get("automountServiceAccountToken", account))


def _bound(source: Path, place: str) -> str:
    """Mounts something of this machine, so that nobody can write it."""
    return f"mount --bind {shlex.quote(str(source))} {place}; mount -o remount,bind,ro {place}"


def _folder(path: Path) -> Path:
    # The umask of this machine must not keep the user of the container out.
    path.mkdir(exist_ok=True)
    path.chmod(0o755)
    return path
