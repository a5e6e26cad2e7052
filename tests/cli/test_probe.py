"""``netsim probe`` as a whole; the cluster is a fake kubectl, its network the loopback."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import Done, environment, netsim
from tests.probe.fake_kubectl import Fault, install, runs
from tests.probe.samples import DIAGRAM, raw_pod, raw_policies
from tests.probe.tools import IMAGES, image

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")

WEB, API = "127.0.0.21", "127.0.0.22"
SCENARIO = """\
diagram: {file: README.md, heading: Network}
namespace: shop
endpoints:
  web: {labels: {app: web}}
  api: {labels: {app: api}}
flows:
  - {from: api, to: web, ports: [TCP PORT], because: it calls back}
"""
OPEN = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: shop}
spec: {podSelector: {}, ingress: [{}]}
"""
# As documented, but for the way back.
STRICT = """\
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: open, namespace: shop}
spec:
  podSelector: {}
  ingress:
    - {from: [{podSelector: {matchLabels: {app: web}}}]}
"""


# An address that is a number, and a user that is a word.
NO_SERVER = """\
current-context: a
contexts: [{name: a, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: 5}}]
users: [{name: u, user: hush}]
"""


@pytest.fixture(scope="module")
def ports() -> Iterator[dict[str, int]]:
    """A port that listens, of each pod."""
    with ExitStack() as stack:
        found = {}
        for address in (WEB, API):
            listener = stack.enter_context(socket.create_server((address, 0), backlog=64))
            found[address] = listener.getsockname()[1]
        yield found


class Place:
    """A folder with documentation, manifests, and a kubectl."""

    def __init__(self, folder: Path, ports: dict[str, int]) -> None:
        self.folder = folder
        self.ports = ports
        self.write("README.md", DIAGRAM.replace("4000", str(ports[API])))
        self.write("manifests/policies.yaml", OPEN)
        self.write("scenarios/shop.yaml", SCENARIO.replace("PORT", str(ports[WEB])), "../")
        self.cluster()

    def write(self, name: str, text: str, up: str = "") -> None:
        file = self.folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text.replace("file: ", f"file: {up}"), encoding="utf-8")

    def pods(self) -> list[dict[str, Any]]:
        return [
            raw_pod("web-0", WEB, self.ports[WEB], app="web"),
            raw_pod("api-0", API, self.ports[API], app="api"),
        ]

    def cluster(self, fault: Fault = Fault.NONE, policies: str = OPEN, **more: Any) -> None:
        root = "/api/v1/namespaces/shop"
        answers = {
            root: {"metadata": {"name": "shop"}},
            f"{root}/pods": {"items": self.pods()},
            f"{root}/services": {"items": []},
            "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies": {
                "items": raw_policies(policies)
            },
        }
        path = self.folder / "image"
        if not path.exists():
            image(path, IMAGES["openbsd"])
        answers |= more.pop("answers", {})
        settings = {"fault": fault.value, "answers": answers, "path": str(path), **more}
        (self.folder / "bin").mkdir(exist_ok=True)
        install(self.folder / "bin", **settings)

    def environment(self) -> dict[str, str]:
        path = environment()["PATH"]
        return environment(PATH=f"{self.folder / 'bin'}:{path}", COLUMNS="100")

    def probe(self, *arguments: str, stdin: str = "") -> Done:
        given = ("probe", "--via", "kubectl", "--timeout", "1", *arguments)
        return netsim(*given, cwd=self.folder, stdin=stdin, PATH=self.environment()["PATH"])


@pytest.fixture
def place(tmp_path: Path, ports: dict[str, int]) -> Place:
    return Place(tmp_path, ports)


def test_a_cluster_that_agrees(place: Place) -> None:
    done = place.probe("--namespace", "shop")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("agrees: ")
    assert "✓  web   api" in done.out
    # One exec for all targets of a pod.
    execs = [run for run in runs(place.folder / "bin") if "exec" in run[:1]]
    assert len(execs) == 2


def test_one_that_differs_from_the_manifests(place: Place) -> None:
    place.write("manifests/policies.yaml", STRICT)
    done = place.probe("manifests/")
    assert done.code == 1
    said = " ".join(done.out.split())
    assert (
        "applied version differs: shop/open (manifests/policies.yaml:3) is different in the "
        "cluster, in its ingress" in said
    )
    assert "kubectl diff shows the difference" in said


def test_one_that_enforces_nothing(place: Place) -> None:
    place.write("manifests/policies.yaml", STRICT)
    place.cluster(policies=STRICT)
    done = place.probe()
    assert done.code == 1
    assert "policies are not enforced" in done.out


def test_a_policy_that_is_not_applied(place: Place) -> None:
    place.cluster(policies="")
    done = place.probe()
    assert (done.code, "policy not as in the manifests" in done.out) == (1, True)


@pytest.mark.parametrize(
    "fault", [f for f in Fault if f not in (Fault.HANG, Fault.IGNORE_TERM)]
)
def test_faults_are_never_verdicts(place: Place, fault: Fault) -> None:
    place.cluster(fault)
    done = place.probe("--format", "json")
    found = json.loads(done.out)
    outcomes = {each["agreement"] for each in found["connections"]}
    # Of a cut output, what is missing is asked for once more.
    if fault in (Fault.NONE, Fault.LOST_STATUS, Fault.NO_END, Fault.TRUNCATED):
        assert (done.code, outcomes) == (0, {"agree"})
    else:
        assert (done.code, "differ" in outcomes) == (2, False)
        assert outcomes == {"inconclusive"}


def test_inconclusive_can_be_allowed(place: Place) -> None:
    place.cluster(Fault.NO_SHELL)
    assert place.probe("--allow-inconclusive").code == 0


def test_nothing_tried_is_never_allowed(place: Place) -> None:
    pods = place.pods()
    for pod in pods:
        pod["status"]["conditions"] = []
    place.cluster(answers={"/api/v1/namespaces/shop/pods": {"items": pods}})
    done = place.probe("--allow-inconclusive")
    assert done.code == 2
    assert done.out.startswith("inconclusive: no connection could be tried\n")


@pytest.mark.parametrize("fault", [Fault.BUSY, Fault.INTERNAL, Fault.ABORTED])
def test_a_fault_that_passes_is_tried_again(place: Place, fault: Fault) -> None:
    place.cluster(fault, times=2)
    assert place.probe().code == 0


def test_policies_that_may_not_be_listed(place: Place) -> None:
    place.write("manifests/policies.yaml", STRICT)
    forbidden = "Error from server (Forbidden): networkpolicies is forbidden"
    policies = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies"
    denied = [["list", "networkpolicies"]]
    place.cluster(answers={policies: forbidden}, denied=denied)
    done = place.probe()
    assert done.code == 1
    assert "not permitted: list on networkpolicies in shop" in done.err
    assert "unknown cause: the policies of the cluster are not known" in done.out
    assert "not read\n  NetworkPolicies of shop: status 403" in done.out


def test_what_is_not_permitted_ends_it(place: Place) -> None:
    place.cluster(denied=[["create", "pods/exec"]])
    done = place.probe()
    assert (done.code, done.out) == (2, "")
    assert "not permitted: create on pods/exec in shop; netsim probe --rbac" in done.err
    assert not [run for run in runs(place.folder / "bin") if run[0] == "exec"]


def test_ctrl_c_prints_what_is_known(place: Place) -> None:
    place.cluster(Fault.HANG)
    command = [sys.executable, "-m", "netsim", "probe", "--via", "kubectl"]
    # What was broken off is never allowed to pass.
    command.append("--allow-inconclusive")
    with subprocess.Popen(
        command,
        cwd=place.folder,
        env=place.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        _await_exec(place)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert "Traceback" not in err
    assert out.startswith("inconclusive: ")
    assert "interrupted" in out
    done = subprocess.run(
        ["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True
    )
    assert str(place.folder / "bin") not in done.stdout


def _await_exec(place: Place) -> None:
    for _ in range(200):
        if len([run for run in runs(place.folder / "bin") if run[0] == "exec"]) == 2:
            return
        time.sleep(0.05)
    raise AssertionError("nothing was started")


def test_dry_run_prints_commands_and_permissions(place: Place) -> None:
    done = place.probe("--dry-run")
    assert (done.code, done.err) == (0, "")
    assert '#   - {apiGroups: [""], resources: [pods/exec], verbs: [get, create]}' in done.out
    assert "kubectl exec --namespace=shop web-0 --container=main" in done.out
    assert not [run for run in runs(place.folder / "bin") if run[0] == "exec"]
    checked = subprocess.run(["sh", "-n"], input=done.out, text=True, check=False)
    assert checked.returncode == 0


def test_the_printed_commands_work(place: Place) -> None:
    script = place.probe("--dry-run").out
    done = subprocess.run(
        ["sh"],
        input=script,
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.stdout.count("succeeded!") == 4
    assert done.stdout.count("netsim END 2") == 2


def test_a_snapshot_needs_no_cluster(place: Place) -> None:
    listed = {"kind": "List", "apiVersion": "v1", "items": [*place.pods(), *raw_policies(OPEN)]}
    place.write("cluster.json", json.dumps(listed))
    done = place.probe("--snapshot", "cluster.json", "--dry-run")
    assert done.code == 0
    piped = place.probe("--snapshot", "-", "--dry-run", stdin=json.dumps(listed))
    assert piped == done
    assert not runs(place.folder / "bin")


def test_a_snapshot_that_is_out_of_date_proves_nothing(place: Place) -> None:
    """Its address is another pod's by now, so whatever answers there is not what was meant."""
    old = [raw_pod("api-0", WEB, place.ports[WEB], app="api"), *place.pods()[:1]]
    listed = {"kind": "List", "apiVersion": "v1", "items": [*old, *raw_policies(OPEN)]}
    place.write("cluster.json", json.dumps(listed))
    done = place.probe("--snapshot", "cluster.json", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, found["conclusion"]) == (2, "inconclusive")
    assert {each["why"] for each in found["connections"]} == {
        "meanwhile shop/api-0 was replaced"
    }


def test_pods_that_are_none_are_told(place: Place) -> None:
    odd = [raw_pod("-it", WEB), raw_pod("x-0", "10.0.0.300"), raw_pod("y-0", API, 99999)]
    odd.append({"kind": "Pod", "metadata": {"name": "z-0", "labels": ["a"]}})
    listed = {"kind": "List", "apiVersion": "v1", "items": [*place.pods(), *odd]}
    place.write("cluster.json", json.dumps(listed))
    done = place.probe("--snapshot", "cluster.json", "--dry-run")
    assert done.code == 0
    for name in ("-it", "x-0", "y-0", "z-0"):
        assert f"# not read: pod {name}: " in done.out
    assert "exec --namespace=shop -it" not in done.out


def test_a_dry_run_of_ephemeral_containers(place: Place) -> None:
    listed = {"kind": "List", "apiVersion": "v1", "items": place.pods()}
    place.write("cluster.json", json.dumps(listed))
    options = ("--via", "ephemeral", "--image", "tools:1", "--snapshot", "cluster.json")
    done = place.probe("--dry-run", *options)
    assert (done.code, done.err) == (0, "")
    assert '"image": "tools:1"' in done.out
    assert "kubectl exec --namespace=shop web-0 --container=netsim-probe " in done.out
    assert subprocess.run(["sh", "-n"], input=done.out, text=True, check=False).returncode == 0


def test_rbac_asks_nobody(place: Place) -> None:
    done = place.probe("--rbac")
    assert (done.code, done.err) == (0, "")
    assert "metadata: {name: netsim-probe, namespace: shop}" in done.out
    assert "[services]" not in done.out
    assert "[services]" in place.probe("--rbac", "--services").out
    assert not runs(place.folder / "bin")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--namespace other", "is about shop, not other"),
        ("--external nonsense", "write HOST:PORT"),
        ("--scenario missing.yaml", "missing.yaml: cannot be read"),
        ("--snapshot missing.json", "missing.json: cannot be read: No such file"),
        ("--snapshot manifests", "manifests: cannot be read: Is a directory"),
        ("--snapshot manifests/policies.yaml", "the snapshot holds no pod"),
        ("--snapshot -", "the snapshot holds no pod"),
        ("- --snapshot -", "standard input cannot be both"),
        ("--via ephemeral --image A:b", "'A:b' is not an image"),
        ("missing/", "missing: cannot be read"),
        ("--timeout 0", "--timeout"),
        ("--via ssh", "'ssh'"),
    ],
)
def test_bad_usage(place: Place, arguments: str, message: str) -> None:
    done = place.probe(*arguments.split())
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_nothing_to_hold_it_against(tmp_path: Path) -> None:
    done = netsim("probe", "--namespace", "shop", "--via", "kubectl", cwd=tmp_path)
    assert (done.code, "no manifests" in done.err) == (2, True)
    done = netsim("probe", "--via", "kubectl", cwd=tmp_path)
    assert (done.code, "--namespace" in done.err) == (2, True)
    for name in ("", "Shop", "a\nb", "${NAME}", "a\n${NAME}"):
        done = netsim("probe", "--rbac", "--namespace", name, cwd=tmp_path)
        assert (done.code, " is not a name" in done.err) == (2, True)


@pytest.mark.parametrize("via", ["exec", "kubectl"])
@pytest.mark.parametrize(
    "text",
    [
        "users: [{user: {token: hush}}",
        "hush",
        "[hush]",
        "{current-context: a, contexts: hush}",
        NO_SERVER,
    ],
)
def test_a_kubeconfig_that_is_none(tmp_path: Path, via: str, text: str) -> None:
    (tmp_path / "manifests").mkdir()
    (tmp_path / "manifests" / "policies.yaml").write_text(OPEN, encoding="utf-8")
    (tmp_path / "config").write_text(text, encoding="utf-8")
    options = ("--namespace", "shop", "--via", via, "--kubeconfig", "config")
    done = netsim("probe", *options, cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "Traceback" not in done.err
    assert "hush" not in done.err


def test_manifests_with_errors_are_no_measure(place: Place) -> None:
    place.write("manifests/policies.yaml", OPEN.replace("podSelector", "podSelecter"))
    done = place.probe()
    assert (done.code, done.out) == (2, "")
    assert "manifests/policies.yaml:4" in done.err


@pytest.mark.parametrize("form", ["text", "markdown", "json", "junit"])
def test_output_to_a_file(place: Place, form: str) -> None:
    done = place.probe("--format", form, "--output", "result")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert "web" in (place.folder / "result").read_text("utf-8")


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("none/result.json", "there is no folder none"),
        ("manifests", "it is a folder"),
    ],
)
def test_where_nothing_can_be_written_nothing_is_tried(
    place: Place, file: str, why: str
) -> None:
    done = place.probe("--output", file)
    assert (done.code, done.out) == (2, "")
    assert done.err == f"{file}: cannot be written: {why}\n"
    assert not runs(place.folder / "bin")


def test_closed_standard_output(place: Place) -> None:
    command = f"{sys.executable} -m netsim probe --via kubectl --timeout 1 >&-"
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=place.folder,
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_secret_in_any_output(place: Place) -> None:
    pods = place.pods()
    for pod in pods:
        pod["spec"]["containers"][0]["env"] = [{"name": "PASSWORD", "value": "hush"}]
        pod["metadata"]["annotations"] = {"token": "hush"}
    answers = {"/api/v1/namespaces/shop/pods": {"items": pods}}
    place.cluster(Fault.FORBIDDEN, answers=answers)
    for arguments in ((), ("--dry-run",), ("--format", "json"), ("--format", "junit")):
        assert "hush" not in str(place.probe(*arguments))
    asked = " ".join(word for run in runs(place.folder / "bin") for word in run)
    assert "secrets" not in asked
    assert "insecure" not in asked


def test_help_fits_80_columns() -> None:
    done = netsim("probe", "--help", COLUMNS="80")
    assert done.code == 0
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.isascii()
