import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.intent.document.apply_commands import read_commands
from netsim.intent.document.statements import Depth
from tests.intent.stated import document

Shown = list[tuple[tuple[str, ...], str | None, int]]


def commands(body: str, info: str = "bash") -> Shown:
    found = read_commands(document(f"```{info}\n{body}\n```\n"))
    return [(each.paths, each.namespace, each.location.line) for each in found]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("kubectl apply -f a.yaml", [(("a.yaml",), None, 2)]),
        ("kubectl apply -f a.yaml -n prod", [(("a.yaml",), "prod", 2)]),
        ("kubectl -n prod create --filename=a.yaml", [(("a.yaml",), "prod", 2)]),
        ("kubectl --context x replace --namespace prod -fa.yaml", [(("a.yaml",), "prod", 2)]),
        (
            "kubectl apply -f=a.yaml,b.yaml -f 'c d.yaml' --namespace=p",
            [(("a.yaml", "b.yaml", "c d.yaml"), "p", 2)],
        ),
        ("$ sudo KUBECONFIG=x kubectl apply -f a.yaml", [(("a.yaml",), None, 2)]),
        (
            "kubectl apply \\\n  -f a.yaml \\\n  -n prod\nkubectl apply -f b",
            [(("a.yaml",), "prod", 2), (("b",), None, 5)],
        ),
        ("# kubectl apply -f a\nkubectl apply -f b # it's -n c", [(("b",), None, 3)]),
        (
            "kubectl apply -f a -n b > log 2>&1 && kubectl apply -f c; ls",
            [(("a",), "b", 2), (("c",), None, 2)],
        ),
        # Folders: of a block, of a subshell, and where nobody knows.
        (
            "cd x && kubectl apply -f a\nkubectl apply -f ../b",
            [(("x/a",), None, 2), (("x/../b",), None, 3)],
        ),
        (
            "(cd x && kubectl apply -f a); kubectl apply -f b",
            [(("x/a",), None, 2), (("b",), None, 2)],
        ),
        ("cd x\ncd ..\nkubectl apply -f a", [(("a",), None, 4)]),
        ("cd $HOME\nkubectl apply -f a", []),
        ("cd\nkubectl apply -f a", []),
        # Variables, placeholders, the network, standard input.
        (
            "kubectl apply -f $FILE\nkubectl apply -f a -n ${NS}\nkubectl apply -f b",
            [(("b",), None, 4)],
        ),
        ("kubectl apply -f <file> -n prod\nkubectl apply -n <your namespace> -f a", []),
        ("kubectl apply -f https://x/y.yaml\ncat a | kubectl apply -f -", []),
        ("kubectl apply -f https://x/y.yaml -f a", [(("a",), None, 2)]),
        (
            "kubectl apply -f - <<'EOF'\nkubectl apply -f it's\nEOF\nkubectl apply -f a",
            [(("a",), None, 5)],
        ),
        # Other commands.
        ("kubectl delete -f a\nkubectl apply -k a\nkubectl create namespace b\nhelm -f a", []),
        ("kubectl get pods -n a", []),
        # Quotes over several lines, and prose with an apostrophe.
        ("kubectl patch x -p '{\n}' -n a\nkubectl apply -f a", [(("a",), None, 4)]),
        ("it's prose\nkubectl apply -f a", [(("a",), None, 3)]),
        # The namespace of a context stays.
        (
            "kubectl config set-context --current --namespace=a\nkubectl apply -f b",
            [(("b",), "a", 3)],
        ),
    ],
)
def test_commands(body: str, wanted: Shown) -> None:
    assert commands(body) == wanted


@pytest.mark.parametrize(
    ("info", "count"),
    [("", 1), ("sh", 1), ("console", 1), ("{.bash}", 1), ("yaml", 0), ("mermaid", 0)],
)
def test_languages(info: str, count: int) -> None:
    assert len(commands("$ kubectl apply -f a", info)) == count


def test_each_block_starts_in_the_folder_of_the_document() -> None:
    block = "```\ncd x\nkubectl apply -f a\n```\n"
    found = read_commands(document(block + block))
    assert [each.paths for each in found] == [("x/a",), ("x/a",)]


@pytest.mark.parametrize(
    ("words", "depth"),
    [
        ("-f a", Depth.FOLDER),
        ("-R -f a", Depth.TREE),
        ("-Rf a", Depth.TREE),
        ("--recursive=true -f a", Depth.TREE),
        ("--recursive=false -f a", Depth.FOLDER),
    ],
)
def test_depth(words: str, depth: Depth) -> None:
    (found,) = read_commands(document(f"```\nkubectl apply {words}\n```\n"))
    assert (found.paths, found.depth) == (("a",), depth)


PIECES = st.sampled_from(
    [*"\\\n '\"$()<>|&;#-=", "kubectl", " apply ", "-f", " -n", "<<EOF", "cd ", "a.yaml", "../"]
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
def test_any_text_can_be_read(text: str) -> None:
    read_commands(document(f"```\n{text}\n```\n"))
