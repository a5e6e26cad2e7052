"""``netsim order``: whole outputs, and what it says of orders that go wrong."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command import MANIFESTS, Done, assert_snapshot, netsim
from tests.project import ROOT

README = "README.md"
POLICIES = "3. **Network Policies** (`policies.yaml`)\n"
CHART = "4. **Helm chart**, which deploys db\n"
API = "5. **API** (`api.yaml`)\n"
WEB = "6. **Web** (`web.yaml`)\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return Path(shutil.copytree(MANIFESTS / "rollout", tmp_path / "shop"))


def order(project: Path, *arguments: str, **env: str) -> Done:
    return netsim("order", ".", *arguments, cwd=project, **env)


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def swapped(project: Path, first: str, second: str) -> None:
    """Two steps of the documented order, which are one after the other."""
    replaced(project / README, first + second, second + first)


def body(done: Done) -> Any:
    return json.loads(done.out)


@pytest.mark.parametrize("columns", ["80", "200"])
def test_width(shop: Path, columns: str) -> None:
    done = order(shop, COLUMNS=columns)
    assert max(map(len, done.out.splitlines())) <= int(columns)
    assert_snapshot(f"order/at-{columns}", done)


@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_pods_before_policies(shop: Path, form: str) -> None:
    swapped(shop, POLICIES, CHART)
    swapped(shop, POLICIES, API)
    done = order(shop, "--format", form)
    assert done.code == 1
    assert_snapshot(f"order/late-policies-{form}", done)


def test_computed(shop: Path) -> None:
    swapped(shop, POLICIES, CHART)
    assert_snapshot("order/computed", order(shop, "--order", "computed"))


def test_without_an_order(shop: Path) -> None:
    """Nothing says when db comes; the computed order puts it where its policies are there."""
    replaced(shop / "scenarios/shop.yaml", "    order: Deployment Order\n", "")
    assert_snapshot("order/undocumented", order(shop))


def test_without_a_scenario(shop: Path) -> None:
    shutil.rmtree(shop / "scenarios")
    assert_snapshot("order/no-scenario", order(shop))


def test_a_file_left_out_and_a_path_misspelt(shop: Path) -> None:
    replaced(shop / README, "2. **Settings** (`config/`)", "2. **Settings**")
    replaced(shop / README, "`web.yaml`", "`wep.yaml`")
    done = order(shop)
    assert done.code == 1
    assert_snapshot("order/left-out", done)


def test_a_cycle(shop: Path) -> None:
    """The API needs the token, and the token's file now holds a pod that runs as the API."""
    pod = "---\napiVersion: v1\nkind: Pod\nmetadata: {name: job, namespace: shop}\n"
    with (shop / "config/token.yaml").open("a", encoding="utf-8") as file:
        file.write(f"{pod}spec: {{serviceAccountName: api, containers: []}}\n")
    done = order(shop, "--order", "computed", "--format", "json")
    assert done.code == 1
    # That one of the two comes first, in whichever order, is no second fault.
    (finding,) = (f for f in body(done)["findings"] if f["severity"] == "error")
    assert finding["message"].startswith("no order of")
    assert "Pod shop/job needs ServiceAccount shop/api" in finding["message"]
    assert "Deployment shop/api needs Secret shop/token" in finding["message"]


def test_objects_of_one_file_that_are_refused(shop: Path) -> None:
    """A Pod is refused without its account; a Deployment's pods wait for it."""
    pod = (
        "apiVersion: v1\nkind: Pod\nmetadata: {name: job, namespace: shop, labels: {app: api}}"
    )
    text = (shop / "api.yaml").read_text(encoding="utf-8")
    pods = f"{pod}\nspec: {{serviceAccountName: api, containers: []}}\n---\n{text}"
    (shop / "api.yaml").write_text(pods, encoding="utf-8")
    done = order(shop)
    assert done.code == 1
    assert "step 5 (API) fails the first time it is applied: Pod shop/job needs" in done.out


def denial_first(project: Path) -> None:
    """The default deny in a step of its own, before the policies that open."""
    denial, rest = (project / "policies.yaml").read_text(encoding="utf-8").split("---\n", 1)
    (project / "deny.yaml").write_text(denial, encoding="utf-8")
    (project / "policies.yaml").write_text(rest, encoding="utf-8")


def test_a_default_deny_before_the_policies_that_open(shop: Path) -> None:
    denial_first(shop)
    replaced(shop / README, POLICIES, f"3. **Default deny** (`deny.yaml`)\n{POLICIES}")
    done = order(shop)
    assert done.code == 1
    assert "in an existing cluster, after step 3 (Default deny), 2 documented" in done.out
    assert "Follow the computed order (--order computed), which avoids it." in done.out
    assert order(shop, "--order", "computed").code == 0


def test_a_default_deny_after_the_policies_that_open(shop: Path) -> None:
    denial_first(shop)
    replaced(shop / README, CHART, f"4. **Default deny** (`deny.yaml`)\n{CHART}")
    assert order(shop).code == 0


def test_a_rejected_document_is_bad_input(shop: Path) -> None:
    (shop / "broken.yaml").write_text("kind: [\n", encoding="utf-8")
    done = order(shop)
    assert done.code == 2
    assert done.err.startswith("broken.yaml:1: ")
    assert done.out.startswith("bad input: 1 fault, so the documented order lacks what")
    assert "step  applies" in done.out
    assert body(order(shop, "--format", "json"))["conclusion"] == "bad input"


def test_nothing_to_order(shop: Path) -> None:
    (shop / "empty").mkdir()
    done = netsim("order", "empty", cwd=shop)
    assert (done.code, done.out) == (2, "")
    assert "nothing to order" in done.err


def test_a_scenario_that_cannot_be_read(shop: Path) -> None:
    done = order(shop, "--scenario", "nowhere.yaml")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("nowhere.yaml: cannot be read")


def test_output_goes_to_a_file(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "order.json"
    done = order(shop, "--format", "json", "--output", str(file))
    assert (done.code, done.out) == (0, "")
    assert json.loads(file.read_text(encoding="utf-8"))["conclusion"] == "passed"


def test_a_single_file_has_no_documented_order(shop: Path) -> None:
    """The order speaks of the whole folder."""
    done = netsim("order", "policies.yaml", cwd=shop)
    assert done.code == 0
    assert "no order is documented for this input" in done.err


@pytest.fixture
def production(tmp_path: Path) -> Path:
    """The bundle of this repository."""
    for folder in ("manifests", "scenarios"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    scenario = tmp_path / "scenarios/production.yaml"
    text = scenario.read_text(encoding="utf-8")
    if "\ndocuments:" not in text:
        order = "documents: [{file: ../manifests/README.md, order: Deployment Order}]\n"
        scenario.write_text(text + order, encoding="utf-8")
    return tmp_path


def step_of(project: Path, path: str) -> str:
    """The line of the documented order that applies a file."""
    text = (project / "manifests/README.md").read_text(encoding="utf-8")
    return next(
        line for line in text.splitlines(keepends=True) if line[:1].isdigit() and path in line
    )


def test_the_bundle_of_this_repository(production: Path) -> None:
    done = netsim("order", "manifests/", "--format", "json", cwd=production)
    assert done.code == 0, done.out
    found = body(done)
    assert found["order"] == "documented"
    assert found["leftOut"] == ["manifests/secrets.yaml"]
    first, existing = found["courses"]
    assert not any(state["flows"] for step in first["steps"] for state in step["states"])
    assert existing["before"]
    assert not existing["steps"][-1]["states"][-1]["flows"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("network-policy.yaml", "which need NetworkPolicy"),
        ("gvisor-runtimeclass.yaml", "PodTemplate production/runner needs RuntimeClass gvisor"),
        ("external-secrets/", "PodTemplate production/runner needs ExternalSecret"),
        ("pod-template.yaml", "CronJob production/runner-warm-pool needs PodTemplate"),
    ],
)
def test_a_step_of_this_repository_that_comes_last(
    production: Path, path: str, says: str
) -> None:
    line = step_of(production, path)
    last = step_of(production, "warm-pool.yaml")
    readme = production / "manifests/README.md"
    replaced(readme, line, "")
    replaced(readme, last, last + line)
    done = netsim("order", "manifests/", cwd=production)
    assert done.code == 1
    assert says.replace("which need ", "") in " ".join(done.out.split())


def test_a_file_of_this_repository_that_is_left_out(production: Path) -> None:
    # A title of kinds would name it.
    written = "**Network Policies** (`network-policy.yaml`)"
    replaced(production / "manifests/README.md", written, "**Rules** (see below)")
    done = netsim("order", "manifests/", cwd=production)
    assert done.code == 1
    assert "manifests/network-policy.yaml is in no step" in done.out
