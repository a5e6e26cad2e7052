from pathlib import Path

import pytest

from netsim.rules.documents.documented_budget import CHECK
from tests.rules.manifests.project import Project, case, told

HEAD = "# PDBs\n\n| Service | Min Available | Max Unavailable |\n|---|---|---|\n"


def budget(
    name: str, spec: str = "minAvailable: 1", labels: str = "app: api", namespace: str = "shop"
) -> str:
    return (
        "apiVersion: policy/v1\nkind: PodDisruptionBudget\n"
        f"metadata: {{name: {name}, namespace: {namespace}}}\nspec:\n"
        f"  selector: {{matchLabels: {{{labels}}}}}\n  {spec}\n"
    )


def found(
    folder: Path, rows: str, *budgets: str, paths: tuple[str, ...] = ()
) -> list[tuple[str, str, list[str]]]:
    project = Project(HEAD + rows, "budgets: PDBs", {"pdb.yaml": "---\n".join(budgets)})
    return told(folder, CHECK, case(folder, project, *paths))


@pytest.mark.parametrize(
    ("rows", "budgets"),
    [
        ("| api | 1 | N/A |\n", (budget("b"),)),
        ("| API | 1 | N/A |\n", (budget("b", labels=""),)),  # {} selects every pod
        ("| front  end | | 50% |\n", (budget("b", "maxUnavailable: 50%", "app: web"),)),
        ("| b | 1 | |\n", (budget("b", labels="app: other"),)),  # the name of a budget
        ("| api | - | - |\n", (budget("b", "", "app: api"),)),
        ("| api | | |\n", ()),
        # Two budgets for one service: another rule says so, here one has to agree.
        ("| api | 2 | |\n", (budget("a"), budget("b", "minAvailable: 2"))),
    ],
)
def test_the_table_is_right(tmp_path: Path, rows: str, budgets: tuple[str, ...]) -> None:
    assert found(tmp_path, rows, *budgets) == []


@pytest.mark.parametrize(
    ("rows", "budgets", "says", "related"),
    [
        (
            "| api | 2 | N/A |\n",
            (budget("b"),),
            "api: the table says minAvailable 2, PodDisruptionBudget shop/b has minAvailable 1",
            ["m/pdb.yaml:6"],
        ),
        # As many for one pod, but another field; a share is no number.
        ("| api | N/A | 1 |\n", (budget("b"),), "says maxUnavailable 1", ["m/pdb.yaml:6"]),
        ("| api | 1% | |\n", (budget("b"),), "says minAvailable 1%", ["m/pdb.yaml:6"]),
        ("| api | | |\n", (budget("b"),), "says no amount", ["m/pdb.yaml:6"]),
        ("| b | 2 | |\n", (budget("b", labels="app: x"),), "b: the table", ["m/pdb.yaml:6"]),
        (
            "| api | 1 | |\n",
            (),
            "api: the table says minAvailable 1, but no budget selects its pods",
            [],
        ),
        ("| net | 1 | |\n", (), "has addresses, not pods", []),
        (
            "| apy | | |\n",
            (),
            "apy is neither an endpoint of the scenario nor a budget; did",
            [],
        ),
    ],
)
def test_a_row_that_is_wrong(
    tmp_path: Path, rows: str, budgets: tuple[str, ...], says: str, related: list[str]
) -> None:
    ((place, message, others),) = found(tmp_path, rows, *budgets)
    assert (place, others) == ("m/README.md:5", related)
    assert says in message


APIS = budget("b", labels="app: apis")
ELSE = budget("b", namespace="else")
FAR = budget("c", labels="tier: data")
LONE = ("m/README.md:3", "no row of the table names PodDisruptionBudget shop/c")


@pytest.mark.parametrize(
    ("rows", "budgets", "wanted"),
    [
        # A budget in no row that a row without budget may mean is no finding of its own.
        ("| api | 1 | |\n", (APIS,), [("m/README.md:5", "m/pdb.yaml:5")]),
        ("| api | 1 | |\n", (ELSE,), [("m/README.md:5", "m/pdb.yaml:5")]),
        ("| api | 1 | |\n", (FAR,), [("m/README.md:5", "m/pdb.yaml:5")]),  # the only one
        ("| service | 1 | |\n", (budget("b"),), [("m/README.md:5", "m/pdb.yaml:5")]),
        (
            "| api | 1 | |\n",
            (APIS, FAR),
            [("m/README.md:5", "m/pdb.yaml:5"), ("m/README.md:3", "m/pdb.yaml:10")],
        ),
        ("", (FAR,), [("m/README.md:3", "m/pdb.yaml:3")]),
        (
            "| net | 1 | |\n| api | 1 | |\n",
            (FAR,),
            [("m/README.md:5", ""), ("m/README.md:6", ""), ("m/README.md:3", "m/pdb.yaml:3")],
        ),
    ],
)
def test_rows_and_budgets_without_the_other(
    tmp_path: Path, rows: str, budgets: tuple[str, ...], wanted: list[tuple[str, str]]
) -> None:
    reported = found(tmp_path, rows, *budgets)
    assert [(place, " ".join(related)) for place, _, related in reported] == wanted


def test_a_budget_in_no_row(tmp_path: Path) -> None:
    ((place, message, _),) = found(tmp_path, "", FAR)
    assert (place, message) == LONE


def test_part_of_the_folder_proves_nothing(tmp_path: Path) -> None:
    assert found(tmp_path, "| api | 2 | |\n", budget("b"), paths=("m/pdb.yaml",)) == []
