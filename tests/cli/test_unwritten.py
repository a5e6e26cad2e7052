"""Questions about pods that nobody has written, described by their labels."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command import netsim

DB = ("--dst", "shop/db-0", "--port", "5432")
ANSWERS = [
    # Selected by the policies of the namespace that is given by name.
    (("--src-labels", "app=web", "--src-namespace", "shop", *DB), "allow"),
    (("--src-labels", "app=other", "--src-namespace", "shop", *DB), "deny"),
    (("--src-labels", "app=web,tier=x", "--src-namespace", "shop", *DB), "allow"),
    # In a namespace that nothing names, by default and by its labels.
    (("--src-labels", "app=web", *DB), "deny"),
    (("--src-labels", "tool=backup", "--src-namespace-labels", "team=ops", *DB), "allow"),
    (("--src-labels", "tool=backup", "--src-namespace-labels", "team=dev", *DB), "deny"),
    # A namespace that the input does not have, with a name and labels.
    (
        (
            *("--src-labels", "tool=backup", "--src-namespace", "jobs"),
            *("--src-namespace-labels", "team=ops", *DB),
        ),
        "allow",
    ),
    # A pod without labels.
    (("--src-namespace", "shop", *DB), "deny"),
    (("--src-labels", "", *DB), "deny"),
    # Its own side counts: such a pod would be selected by shop/leader, which has no egress.
    (
        (
            *("--src-labels", "role=leader", "--src-namespace", "shop"),
            *("--dst", "shop/web", "--port", "80"),
        ),
        "deny",
    ),
    # As the destination, and as both ends.
    (
        (
            *("--src", "shop/web", "--dst-labels", "role=leader", "--dst-namespace", "shop"),
            *("--port", "5432"),
        ),
        "allow",
    ),
    (
        (
            *("--src-labels", "app=web", "--src-namespace", "shop"),
            *("--dst-labels", "role=leader", "--dst-namespace", "shop", "--port", "5433"),
        ),
        "deny",
    ),
]


@pytest.mark.parametrize(("options", "verdict"), ANSWERS)
def test_a_pod_that_does_not_exist(options: tuple[str, ...], verdict: str) -> None:
    done = netsim("eval", "replicas", *options)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines()[1].rpartition(",")[2] == verdict


REFUSED = [
    (("--src", "shop/web", "--src-labels", "a=b", *DB), "'--src-labels'"),
    (("--src-labels", "app", *DB), "is not a list of labels"),
    (("--src-labels", "app=a b", *DB), "label value 'a b'"),
    (("--src-labels", "-app=a", *DB), "label key '-app'"),
    (("--src-labels", "app=a,app=b", *DB), "twice"),
    (("--src-namespace", "Shop", *DB), "'--src-namespace'"),
    (("--src-namespace-labels", "kubernetes.io/metadata.name=x", *DB), "give it as such"),
    (
        ("--src-namespace", "shop", "--src-namespace-labels", "team=ops", *DB),
        "namespace shop is known",
    ),
]


@pytest.mark.parametrize(("options", "says"), REFUSED)
def test_what_cannot_be_asked(options: tuple[str, ...], says: str) -> None:
    done = netsim("eval", "replicas", *options)
    assert done.code == 2
    assert says in " ".join(done.err.split())


def test_columns_of_a_file_of_questions(tmp_path: Path) -> None:
    file = tmp_path / "questions.csv"
    file.write_text(
        "src,src_labels,src_namespace,src_namespace_labels,dst,protocol,port\n"
        "shop/web,,,,shop/db-0,TCP,5432\n"
        ',"app=web,tier=x",shop,,shop/db-0,TCP,5432\n'
        ",tool=backup,,team=ops,shop/db-0,TCP,1\n"
        "shop/web,app=web,,,shop/db-0,TCP,5432\n"
        ",app,,,shop/db-0,TCP,5432\n",
        encoding="utf-8",
    )
    done = netsim("eval", "replicas", "--queries", str(file))
    assert done.code == 2
    assert done.out.splitlines() == [
        "src,dst,protocol,port,verdict",
        "shop/web,shop/db-0,TCP,5432,allow",
        '"any pod with app=web,tier=x in shop",shop/db-0,TCP,5432,allow',
        "any pod with tool=backup in a namespace with team=ops,shop/db-0,TCP,1,allow",
    ]
    assert [f"{file}:{line}: " in done.err for line in (5, 6)] == [True, True]


def test_queries_take_such_a_pod_as_well() -> None:
    done = netsim(
        *("query", "destinations", "replicas", "--format", "csv"),
        *("--from-labels", "app=web", "--from-namespace", "shop"),
    )
    assert "shop/any pod with app=web[Any],shop/db-0[Pod],TCP 5432," in done.out
    done = netsim(
        *("query", "sources", "replicas", "--format", "csv"),
        *("--to-labels", "role=leader", "--to-namespace", "shop"),
    )
    assert done.out.splitlines()[1:] == [
        "shop/web[Pod],shop/any pod with role=leader[Any],TCP 5432,"
    ]
