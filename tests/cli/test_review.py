"""The review of pull requests of a real repository: text, comment and exit code of each."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from netsim.cli.options import COMMENT
from tests.cli.command import Done, assert_snapshot, netsim
from tests.fakes.pull_requests import (
    CHANGES,
    DB_INGRESS,
    WEB_EGRESS,
    WEB_TO_DB,
    Repository,
    make_repository,
    write_workload,
)

POLICIES, SCENARIO = "manifests/policies.yaml", "scenarios/shop.yaml"
FORGE = {"GITHUB_SERVER_URL": "https://github.example", "GITHUB_REPOSITORY": "dev/shop"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return make_repository(tmp_path_factory.mktemp("shop"))


def review(shop: Repository, branch: str, *more: str, **env: str) -> Done:
    shop.git("checkout", "--quiet", "--force", branch)
    return netsim("review", "--base", "main", "manifests", *more, cwd=shop.folder, **env)


def read(done: Done) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.out)
    return found


@pytest.mark.parametrize("branch", CHANGES)
def test_text(shop: Repository, branch: str) -> None:
    assert_snapshot(f"review/{branch}", review(shop, branch))


@pytest.mark.parametrize("branch", CHANGES)
def test_comment(shop: Repository, branch: str) -> None:
    assert_snapshot(f"review/{branch}-md", review(shop, branch, "--format", "md", **FORGE))


def test_json(shop: Repository) -> None:
    assert_snapshot("review/opens-json", review(shop, "opens", "--format", "json"))


@pytest.mark.parametrize("columns", ["40", "200"])
def test_width(shop: Repository, columns: str) -> None:
    assert_snapshot(f"review/removes-{columns}", review(shop, "removes", COLUMNS=columns))


@pytest.mark.parametrize(
    ("branch", "code", "said"),
    [
        ("harmless", 0, "Changes no connection."),
        ("opens", 1, "Opens 1 connection; it is not documented. Adds 1 error."),
        ("documents", 0, "Opens 1 connection; it is documented by this very change."),
        ("closes", 1, "Closes 1 connection. Adds 1 error."),
        # Two default routes and a pair of workloads.
        ("removes", 1, "Opens 3 connections; all of them are not documented. Adds 2 errors."),
        ("rejected", 2, "What this changes is not known: 1 fault in what was read."),
        ("withdraws", 1, "Changes no connection. Adds 1 error."),
        # What is suppressed is open and undocumented all the same.
        ("suppresses", 1, "Opens 1 connection; it is not documented. Suppresses 1 finding."),
        ("arrives", 0, "Changes no connection. Adds 1 workload with 0 connections."),
    ],
)
def test_verdict(shop: Repository, branch: str, code: int, said: str) -> None:
    done = review(shop, branch)
    assert (done.code, done.out.splitlines()[0][: len(said)]) == (code, said)


def test_a_link_leads_to_the_commit_that_has_the_line(shop: Repository) -> None:
    text = review(shop, "removes", "--format", "md", **FORGE).out
    # What was removed is in the base only.
    base = shop.git("rev-parse", "main")
    assert f"https://github.example/dev/shop/blob/{base}/manifests/policies.yaml#L3" in text
    text = review(shop, "opens", "--format", "md", **FORGE).out
    head = shop.git("rev-parse", "HEAD")
    assert f"/blob/{head}/manifests/policies.yaml#L" in text


def test_gitlab_has_links_of_its_own(shop: Repository) -> None:
    project = "https://gitlab.example/dev/shop"
    text = review(shop, "opens", "--format", "md", CI_PROJECT_URL=project).out
    assert f"{project}/-/blob/" in text


def test_from_a_folder_of_the_repository(shop: Repository) -> None:
    shop.git("checkout", "--quiet", "opens")
    done = netsim(
        "review",
        "--base",
        "main",
        ".",
        "--format",
        "md",
        cwd=shop.folder / "manifests",
        **FORGE,
    )
    head = shop.git("rev-parse", "HEAD")
    assert done.code == 1, done.err
    assert f"/blob/{head}/manifests/policies.yaml#L" in done.out


def test_a_folder_in_place_of_a_revision(shop: Repository, tmp_path: Path) -> None:
    shop.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "old"), "main")
    shop.git("checkout", "--quiet", "documents")
    arguments = ("review", "--base-dir", str(tmp_path / "old"), "manifests", "-f", "json")
    by_folder = read(netsim(*arguments, cwd=shop.folder))
    by_revision = read(review(shop, "documents", "--format", "json"))
    for told in ("verdict", "summary", "documented", "findings"):
        assert by_folder[told] == by_revision[told]


def test_the_state_before_is_where_the_change_began(shop: Repository) -> None:
    """What others have merged since is none of its doing."""
    shop.git("checkout", "--quiet", "-B", "later", "main")
    CHANGES["removes"](shop)
    shop.commit("somebody else's")
    shop.git("checkout", "--quiet", "opens")
    done = netsim("review", "--base", "later", "manifests", cwd=shop.folder)
    assert done.out.startswith("Opens 1 connection;")


def test_a_tag_named_like_the_base_hides_nothing(tmp_path: Path) -> None:
    """To git a name comes before the beginning of a hash, and whoever may push chooses it."""
    shop = Repository(tmp_path)
    shop.start("opens", CHANGES["opens"])
    shop.git("tag", shop.git("rev-parse", "main")[:12], "opens")
    done = review(shop, "opens")
    assert done.out.startswith("Opens 1 connection;")
    assert done.code == 1


def move_port(shop: Repository) -> None:
    policies = (shop.folder / POLICIES).read_text()
    shop.write(POLICIES, policies.replace("5432", "5433"))


def rename_policy(shop: Repository) -> None:
    shop.replace(POLICIES, "name: web, namespace: shop", "name: frontend, namespace: shop")


def remove_scenario(shop: Repository) -> None:
    shop.git("rm", "--quiet", SCENARIO)


def judge_one_direction(shop: Repository) -> None:
    shop.replace(SCENARIO, "namespace: shop", "namespace: shop\ndirections: [ingress]")


def bind_to_another(shop: Repository) -> None:
    labels = "Web: {labels: {app: web}, namespace: shop}"
    shop.replace(SCENARIO, "Web: {workload: shop/web}", labels)


def add_a_twin(shop: Repository) -> None:
    twin = write_workload("twin", 80).replace("namespace: shop", "namespace: tools")
    shop.write("manifests/twin.yaml", twin)


def add_another_system(shop: Repository) -> None:
    shop.write("manifests/cilium.yaml", CILIUM)


CILIUM = """\
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: a, namespace: shop}
spec:
  endpointSelector: {}
  egress: [{toEntities: [all]}]
"""


@pytest.mark.parametrize(
    ("change", "code", "said", "listed"),
    [
        (rename_policy, 0, "Changes no connection.", "2 warnings and 1 note were there before"),
        (
            remove_scenario,
            1,
            "Changes no connection. Nothing is documented any more.",
            "Documents no more API → DB TCP 5432",
        ),
        (
            judge_one_direction,
            0,
            "Changes no connection. Changes what the documentation is about.",
            "Changes directions in scenarios/shop.yaml",
        ),
        (
            bind_to_another,
            0,
            "Changes no connection. Changes what the documentation is about.",
            "Changes endpoints.Web in scenarios/shop.yaml",
        ),
        # Each way has causes of its own, and each policy is named once for it.
        (
            move_port,
            1,
            "Opens 1 connection, closes 1;",
            "shop/api (changed) allows it now by egress[0] (manifests/policies.yaml:28): 1",
        ),
        # Both families of "any address" are one connection.
        (
            add_a_twin,
            1,
            "Changes no connection. Adds 1 workload with 2 connections, 2 not documented.",
            "+ tools/twin[Deployment] → any address every port (not documented)",
        ),
        # What may be denied by a policy of another system may be open still.
        (
            add_another_system,
            2,
            "May open or close 12 connections.",
            "Cannot be told from what was read: 10 connections, 10 not documented",
        ),
    ],
)
def test_change(
    tmp_path: Path, change: Callable[[Repository], None], code: int, said: str, listed: str
) -> None:
    shop = Repository(tmp_path)
    shop.start("change", change)
    done = review(shop, "change")
    told = " ".join(done.out.split())
    assert (done.code, told[: len(said)]) == (code, said)
    assert listed in told


def test_a_finding_that_moved_in_its_list_is_not_new(tmp_path: Path) -> None:
    shop = Repository(tmp_path)
    nowhere = DB_INGRESS.replace("app: api", "app: apii")
    shop.replace(POLICIES, DB_INGRESS, DB_INGRESS + nowhere)
    shop.commit("a peer that is nowhere")
    shop.git("branch", "--force", "base")
    shop.replace(POLICIES, DB_INGRESS + nowhere, nowhere + DB_INGRESS)
    shop.commit("the other way round")
    done = netsim("review", "--base", "base", "manifests", cwd=tmp_path)
    assert done.out.startswith("Changes no connection.\n")
    assert "3 warnings and 1 note were there before and still are." in done.out
    assert done.code == 0


def test_what_may_be_open_now_is_not_clean(tmp_path: Path) -> None:
    """No finding says so where nothing is documented."""
    shop = Repository(tmp_path)
    shop.git("rm", "--quiet", SCENARIO, "README.md")
    shop.replace(POLICIES, DB_INGRESS, DB_INGRESS.replace("app: api", "app: web"))
    shop.commit("without")
    shop.git("branch", "--force", "base")
    rule = WEB_TO_DB.replace("app: db", 'app: "${STORE}"')
    shop.replace(POLICIES, WEB_EGRESS, WEB_EGRESS + rule)
    done = netsim("review", "--base", "base", "manifests", cwd=tmp_path)
    assert "May open or close 2 connections" in done.out
    assert done.code == 2


def test_what_cannot_be_read_withdraws_nothing(tmp_path: Path) -> None:
    Repository(tmp_path)
    (tmp_path / "README.md").unlink()
    done = netsim("review", "--base", "main", "manifests", cwd=tmp_path)
    assert done.code == 2
    assert "Documents no more" not in done.out
    assert "Ends" not in done.out


def test_a_scenario_that_comes_with_the_change(tmp_path: Path) -> None:
    shop = Repository(tmp_path)
    shop.git("rm", "--quiet", "scenarios/shop.yaml")
    shop.commit("without")
    shop.git("branch", "--force", "base")
    shop.git("checkout", "--quiet", "HEAD~1", "--", "scenarios/shop.yaml")
    shop.commit("with")
    done = netsim("review", "--base", "base", "manifests", "-f", "json", cwd=tmp_path)
    assert len(read(done)["documented"]) == 2


def test_without_documentation(tmp_path: Path) -> None:
    shop = Repository(tmp_path)
    shop.git("rm", "--quiet", "scenarios/shop.yaml", "README.md")
    shop.commit("without")
    shop.git("branch", "--force", "base")
    CHANGES["opens"](shop)
    done = netsim("review", "--base", "base", "manifests", cwd=tmp_path)
    assert done.out.startswith("Opens 1 connection; nothing is documented to compare with.")
    # Nobody has said that it may be.
    assert done.code == 1


def test_a_folder_that_the_base_lacks(tmp_path: Path) -> None:
    shop = Repository(tmp_path)
    shop.write("more/policy.yaml", (tmp_path / "manifests/policies.yaml").read_text())
    shop.replace("more/policy.yaml", "default-deny", "further-deny")
    done = netsim("review", "--base", "main", "manifests", "more", cwd=tmp_path)
    assert "no file at" not in done.err


def test_a_base_that_cannot_be_read_takes_nothing_from_a_change_that_passes(
    tmp_path: Path,
) -> None:
    shop = Repository(tmp_path)
    for warning in ("workloads.yaml",):
        shop.git("rm", "--quiet", f"manifests/{warning}")
    shop.git("reset", "--quiet", "--hard")
    CHANGES["rejected"](shop)
    shop.commit("broken")
    shop.git("branch", "--force", "base")
    shop.replace("manifests/policies.yaml", "policyType: [Egress]", "policyTypes: [Egress]")
    done = netsim("review", "--base", "base", "manifests", cwd=tmp_path)
    assert "spec.policyType: unknown field" in done.out
    assert done.code == 2


def test_a_shallow_clone_says_what_it_needs(shop: Repository, tmp_path: Path) -> None:
    shop.git("checkout", "--quiet", "opens")
    source = f"file://{shop.folder}"
    clone = ["git", "clone", "--quiet", "--depth=1", "--no-single-branch", source, "clone"]
    subprocess.run(clone, cwd=tmp_path, check=True, capture_output=True)
    done = netsim("review", "--base", "origin/main", "manifests", cwd=tmp_path / "clone")
    assert done.code == 2
    assert "fetch-depth: 0" in done.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "give a base revision or a base folder"),
        (("--base", "main", "--base-dir", "."), "give a base revision or a base folder"),
        (("--base", "mian"), "did you mean main"),
        (("--base-dir", "nowhere"), "'nowhere' is no folder"),
        (("--base", "main", "--limit", "-1"), "--limit"),
    ],
)
def test_bad_usage(shop: Repository, arguments: tuple[str, ...], said: str) -> None:
    done = netsim("review", "manifests", *arguments, cwd=shop.folder)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.replace("│", "").split())


@pytest.mark.parametrize("path", ["-", "main:manifests"])
def test_what_has_no_state_before(shop: Repository, path: str) -> None:
    done = netsim("review", "--base", "main", path, cwd=shop.folder)
    assert done.code == 2
    assert "has no state before the change" in " ".join(done.err.replace("│", "").split())


def test_a_comment_on_very_many_causes_names_some(tmp_path: Path) -> None:
    shop = Repository(tmp_path)
    names = [f"part-{number:02}" for number in range(60)]
    web = (tmp_path / POLICIES).read_text().split("---\n")[1]
    rules = "---\n".join(web.replace("web", name) for name in names)
    shop.write("manifests/more.yaml", "---\n".join(write_workload(n, 80) for n in names))
    shop.write("manifests/rules.yaml", rules)
    shop.replace(POLICIES, "from: [{podSelector: {matchLabels: {app: web}}}]", "from: []")
    shop.replace(POLICIES, "ports: [{port: 4000}]\n  egress", "ports: []\n  egress")
    shop.commit("more")
    shop.git("branch", "--force", "base")
    shop.write("manifests/rules.yaml", rules.replace("port: 4000", "port: 4001"))
    more = ("-f", "md", "--limit", "14000")
    done = netsim("review", "--base", "base", "manifests", *more, cwd=tmp_path)
    assert 7_000 < len(done.out) <= 14_000
    assert done.out.count("- and 40 more\n") == 2


@pytest.mark.parametrize("limit", [COMMENT, 4_000, 1_500])
def test_a_long_comment_is_shortened(tmp_path: Path, limit: int) -> None:
    shop = Repository(tmp_path)
    many = "---\n".join(write_workload(f"part-{number:02}", 80) for number in range(30))
    shop.write("manifests/more.yaml", many)
    shop.commit("more")
    shop.git("branch", "--force", "base")
    CHANGES["removes"](shop)
    done = netsim(
        "review", "--base", "base", "manifests", "-f", "md", "--limit", str(limit), cwd=tmp_path
    )
    assert len(done.out) <= limit
    assert done.out.startswith("### netsim: Opens ")
    assert ("Shortened, as this would be too long" in done.out) == (limit < COMMENT)
