"""What the API server refuses is said, and never leads to a wrong number of pods."""

from __future__ import annotations

from math import inf

import pytest

from tests.fakes.apiserver import pods
from tests.fakes.apiserver.faults import Moment, on
from tests.fakes.apiserver.rbac import Rbac
from tests.manifests import bundle
from tests.manifests.bundle import NAMESPACE
from tests.manifests.pool import EVERY_SHELL, SHORT, Pool

LIST = on("GET", f"/namespaces/{NAMESPACE}/pods$")
CREATE = on("POST", "/pods$")
DELETE = on("DELETE", "/pods/")
TEMPLATE = on("GET", "/podtemplates/")
NO_ANSWER = f"warm pool: no answer within {SHORT} s\n"
NOTHING_DONE = "warm pool: cannot list the pods of the pool: nothing created, nothing deleted\n"


@pytest.mark.parametrize("code", [403, 500])
def test_no_list(pool: Pool, code: int) -> None:
    """An error must never look like an empty pool."""
    pool.add("a", status=pods.failed)
    pool.faults.respond(LIST, code, times=inf)
    done = pool.run()
    assert done.code == 1
    assert "refused by the test" in done.complaints
    assert done.complaints.endswith(NOTHING_DONE)
    assert pool.names == ["a"]


def test_no_list_but_a_closed_connection(pool: Pool) -> None:
    pool.faults.close(LIST, times=inf)
    done = pool.run()
    assert done.code == 1
    assert done.complaints.endswith(NOTHING_DONE)
    # kubectl has had the time to give up and say why.
    assert "EOF" in done.complaints
    assert "no answer" not in done.complaints
    assert pool.names == []


@EVERY_SHELL
def test_no_answer_to_the_list(pool: Pool) -> None:
    pool.add("a", status=pods.failed)
    with pool.silent(LIST):
        done = pool.run()
    assert done.code == 1
    assert done.complaints.endswith(NO_ANSWER + NOTHING_DONE)
    assert pool.names == ["a"]
    assert pool.holder == ""


@EVERY_SHELL
def test_no_answer_to_a_creation(pool: Pool) -> None:
    """It counts as failed, though the server did it; the next run finds the pod."""
    with pool.silent(CREATE, Moment.AFTER):
        done = pool.run()
    assert done.code == 1
    assert f"{NO_ANSWER}warm pool: cannot create a pod\n" in done.complaints
    assert done.summary.endswith("created 4, deleted 0, failed 1")
    assert pool.run("cron-2").summary.startswith("want 5, ready 5, ")


def test_no_answer_to_a_deletion(pool: Pool) -> None:
    pool.add("a", status=pods.failed)
    with pool.silent(DELETE):
        done = pool.run(WARM_POOL_SIZE="0")
    assert done.code == 1
    assert done.complaints.startswith("warm pool: cannot delete a (failed): ")
    assert done.complaints.endswith(NO_ANSWER)


def test_a_list_after_a_while(pool: Pool) -> None:
    pool.add("a")
    pool.faults.respond(LIST, 429, retry_after=1, times=2)
    done = pool.run()
    assert done.code == 0
    assert done.summary == "want 5, ready 1, pending 0, created 4, deleted 0, failed 0"


@pytest.mark.parametrize("code", [403, 500, 503])
def test_no_pod_can_be_created(pool: Pool, code: int) -> None:
    pool.add("a")
    pool.add("over", status=pods.failed)
    pool.faults.respond(CREATE, code, message="quota exceeded", times=inf)
    done = pool.run(WARM_POOL_SIZE="3")
    assert done.code == 1
    assert done.summary == "want 3, ready 1, pending 0, created 0, deleted 1, failed 2"
    assert done.complaints.count("quota exceeded") == 2
    assert done.complaints.count("warm pool: cannot create a pod\n") == 2
    assert pool.names == ["a"]


def test_one_of_them_cannot_be_created(pool: Pool) -> None:
    pool.faults.respond(CREATE, 500, skip=1)
    done = pool.run()
    assert done.code == 1
    assert done.summary == "want 5, ready 0, pending 0, created 4, deleted 0, failed 1"
    assert len(pool.names) == 4
    assert pool.run("cron-2").summary == (
        "want 5, ready 4, pending 0, created 1, deleted 0, failed 0"
    )


def test_too_many_requests_for_a_while(pool: Pool) -> None:
    pool.faults.respond(CREATE, 429, retry_after=1, times=2)
    done = pool.run()
    assert done.code == 0
    assert done.complaints == ""
    assert len(pool.names) == 5


@pytest.mark.parametrize("moment", Moment)
def test_closed_connections(pool: Pool, moment: Moment) -> None:
    """A pod that was created without a word counts in the next run, which makes up for it."""
    pool.faults.close(CREATE, moment=moment)
    done = pool.run()
    assert done.code == 1
    assert done.summary.endswith("created 4, deleted 0, failed 1")
    assert len(pool.names) == (4 if moment is Moment.BEFORE else 5)
    assert pool.run("cron-2").code == 0
    assert len(pool.names) == 5


def test_one_cannot_be_deleted(pool: Pool) -> None:
    pool.add("a", "b", status=pods.failed)
    pool.faults.respond(DELETE, 500)
    done = pool.run(WARM_POOL_SIZE="1")
    assert done.code == 1
    assert "warm pool: cannot delete a (failed): " in done.complaints
    assert "refused by the test" in done.complaints
    assert done.summary == "want 1, ready 0, pending 0, created 1, deleted 1, failed 1"
    assert "a" in pool.names


def test_no_template_to_be_read(pool: Pool) -> None:
    pool.faults.respond(TEMPLATE, 500)
    done = pool.run()
    assert done.code == 1
    assert "refused by the test" in done.complaints
    assert done.complaints.endswith("warm pool: cannot read the PodTemplate runner\n")
    assert pool.names == []


def test_nobody_answers(pool: Pool) -> None:
    pool.server.stop()
    done = pool.run()
    assert done.code == 1
    assert "cannot read the PodTemplate runner" in done.complaints


@pytest.mark.parametrize(
    ("resource", "verb"),
    [
        (resource, verb)
        for rule in bundle.one("Role")["rules"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    ],
)
def test_every_right_is_needed(pool: Pool, resource: str, verb: str) -> None:
    """The Role holds no more than the script needs; that it holds enough, all tests show."""
    role = bundle.one("Role")
    for rule in role["rules"]:
        if resource in rule["resources"]:
            rule["verbs"].remove(verb)
    pool.server.authorizer = Rbac.of([role, bundle.one("RoleBinding")])
    pool.add("over", status=pods.failed)
    done = pool.run()
    assert done.code == 1
    assert f'cannot {verb} resource "{resource}"' in done.complaints


def test_rights_are_bound_to_names() -> None:
    """List and create cannot be, and the names of pods are made by the server."""
    unbound = [rule for rule in bundle.one("Role")["rules"] if "resourceNames" not in rule]
    assert [rule["resources"] for rule in unbound] == [["pods"]]
