from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsim.scripts.kubectl.invocations import Concern, Reach, Trace, trace
from netsim.scripts.shell.state import State
from netsim.scripts.shell.values import TEXT, WORD
from tests.scripts.shell.samples import PIECES

ENV = {"NS": "shop", "HIDDEN": WORD}


def traced(text: str) -> Trace:
    return trace(text, State(dict(ENV), {"/etc/pod.yaml": "kind: Pod\n"}))


def shown(text: str) -> str:
    """Holes as ``?`` within a word, and as ``*`` where there may be several words."""
    return text.replace(WORD, "?").replace(TEXT, "*")


def calls(text: str) -> list[str]:
    return [shown("|".join(each.words)) for each in traced(text).invocations]


def reasons(text: str) -> list[str]:
    return [gap.reason for gap in traced(text).gaps]


CALLS: tuple[tuple[str, str, list[str]], ...] = (
    ("plain", "kubectl get pods", ["get|pods"]),
    ("by path", "/usr/local/bin/kubectl get pods", ["get|pods"]),
    ("env", 'kubectl -n "$NS" get pods', ["-n|shop|get|pods"]),
    ("hidden", 'kubectl -n "$HIDDEN" get pods', ["-n|?|get|pods"]),
    ("nothing sets it", "kubectl get $KIND", ["get|*"]),
    ("default", "kubectl get ${KIND:-pods}", ["get|pods"]),
    ("default, not used", "kubectl -n ${NS:-other} get pods", ["-n|shop|get|pods"]),
    ("assignment", "KIND=pods\nkubectl get $KIND", ["get|pods"]),
    ("of another", 'A=p B="${A}ods"\nkubectl get $B', ["get|pods"]),
    ("later assignment", "K=a; kubectl get $K; K=b; kubectl get $K", ["get|a", "get|b"]),
    ("appended", "K=po; K+=ds; kubectl get $K", ["get|pods"]),
    ("exported", "export K=pods; kubectl get $K", ["get|pods"]),
    ("of a program", "K=$(date); kubectl get $K", ["get|*"]),
    # In quotes it is one word, whatever it is.
    ("quoted", 'K=$(date); kubectl get pods "$K"', ["get|pods|?"]),
    ("within a word", "K=$(date +%s); kubectl get pod/$K", ["get|pod/*"]),
    ("of printf", 'K=$(printf "%ss" pod); kubectl get $K', ["get|pods"]),
    ("of echo", "K=`echo pods`; kubectl get $K", ["get|pods"]),
    ("of cat", "K=$(cat <<E\npods\nE\n); kubectl get $K", ["get|pods"]),
    ("of a function", "f() { echo pods; }; kubectl get $(f)", ["get|pods"]),
    ("command in a variable", "K='kubectl -n a'; $K get pods", ["-n|a|get|pods"]),
    ("assignment for one command", "K=pods true; kubectl get $K", ["get|*"]),
    # Branches: what only one of them says is not known after both.
    ("if", "K=a; if true; then K=b; fi; kubectl get $K", ["get|*"]),
    ("if, the same", "if true; then K=a; else K=b; fi; K=c; kubectl get $K", ["get|c"]),
    ("and", "K=a; true && K=b; kubectl get $K", ["get|*"]),
    ("in both branches", "if kubectl a; then kubectl b; else kubectl c; fi", ["a", "b", "c"]),
    ("negated", "if ! kubectl a; then true; fi", ["a"]),
    ("case", "case $NS in a) kubectl a ;; *) kubectl b ;; esac", ["a", "b"]),
    ("and or", "kubectl a && kubectl b || kubectl c", ["a", "b", "c"]),
    ("pipe", "kubectl a | grep b | kubectl c", ["a", "c"]),
    ("background", "kubectl a & kubectl b", ["a", "b"]),
    ("subshell", "K=a; (K=b; kubectl get $K); kubectl get $K", ["get|b", "get|a"]),
    ("pipe is a subshell", "K=a; echo x | K=b; kubectl get $K", ["get|a"]),
    ("in a word", 'echo "$(kubectl a)"', ["a"]),
    ("in arithmetic", "x=$(($(kubectl a) + 1))", ["a"]),
    ("in a default", "x=${y:-$(kubectl a)}", ["a"]),
    ("in a here-document", "cat <<E\n$(kubectl a)\nE\n", ["a"]),
    ("not in a quoted one", "cat <<'E'\n$(kubectl a)\nE\n", []),
    ("in a test", '[ "$(kubectl a)" = b ]', ["a"]),
    ("comment", "# kubectl a", []),
    ("text", "echo kubectl a", []),
    ("asking for it", "command -v kubectl", []),
    ("asking for it elsewhere", "command -pv kubectl", []),
    # Loops.
    ("listed", "for k in pods jobs; do kubectl get $k; done", ["get|pods", "get|jobs"]),
    ("not listed", "for k in $(date); do kubectl get pod $k; done", ["get|pod|?"]),
    ("changed in a loop", "k=a; while true; do kubectl get $k; k=b; done", ["get|*"]),
    (
        "read",
        "kubectl a | while read -r n; do kubectl delete pod $n; done",
        ["a", "delete|pod|?"],
    ),
    ("condition", "until kubectl a; do sleep 1; done", ["a"]),
    # Functions.
    ("wrapper", 'k() { kubectl -v 6 "$@"; }; k get pods', ["-v|6|get|pods"]),
    ("of a wrapper", 'k() { kubectl "$@"; }; l() { k get "$@"; }; l pods a', ["get|pods|a"]),
    (
        "argument",
        'f() { kubectl get "$1" "$2"; }; f pods; f jobs a',
        ["get|pods|", "get|jobs|a"],
    ),
    ("shifted", 'f() { shift; kubectl "$@"; }; f a b c', ["b|c"]),
    ("set", "set -- a b; kubectl $2", ["b"]),
    ("variable of a function", "f() { K=a; }; f; kubectl get $K", ["get|a"]),
    ("called twice", 'f() { kubectl get "$1"; }; f a; f a', ["get|a"]),
    ("defined twice", "f() { kubectl a; }; f() { kubectl b; }; f", ["b"]),
    ("calls itself", "f() { kubectl a; f; }; f", ["a"]),
    ("trap", "f() { kubectl a; }; trap f EXIT", ["a"]),
    ("trap, as text", "trap 'kubectl a; exit' INT TERM", ["a"]),
    # Programs that run others.
    ("timeout", "timeout -k 5 10 kubectl a", ["a"]),
    ("timeout, of a variable", 'T=10; timeout "$T" kubectl a', ["a"]),
    ("timeout, not told", 'timeout "$X" kubectl a', ["a"]),
    ("timeout, letters together", "timeout -fk 5 10s kubectl a", ["a"]),
    ("timeout, value in the word", "timeout -k5 --signal=INT 10 kubectl a", ["a"]),
    ("timeout, of busybox", "/bin/busybox timeout -k 5 10 kubectl a", ["a"]),
    (
        "timeout in a wrapper",
        'k() { timeout 9 kubectl "$@" && return; }; k a | k b',
        ["a", "b"],
    ),
    ("nice", "nice -n 5 kubectl a; nice -5 kubectl b", ["a", "b"]),
    ("nice, long", "nice --adjustment 5 kubectl a", ["a"]),
    ("env", "env A=b kubectl a", ["a"]),
    ("env, options", "env -i -u B --unset C - A=b kubectl a", ["a"]),
    ("env, end of options", "env -- A=b kubectl a", ["a"]),
    ("env, words in one", "env -S 'A=b kubectl a' b", ["a|b"]),
    ("command", "command -p kubectl a", ["a"]),
    ("exec", "exec kubectl a", ["a"]),
    ("exec, under a name", "exec -cla b kubectl a", ["a"]),
    ("flock", "flock -w 5 /lock kubectl a", ["a"]),
    ("one after the other", "timeout 9 env A=b nice kubectl a", ["a"]),
    # Where the function meant itself, no call would be seen.
    (
        "a function by its name",
        'kubectl() { command kubectl -v 6 "$@"; }; kubectl a',
        ["-v|6|a"],
    ),
    ("the program by its name", "kubectl() { kubectl b; }; timeout 9 kubectl a", ["a"]),
    ("xargs", "echo b | xargs -r kubectl delete pod", ["delete|pod|?"]),
    ("xargs with a place", "xargs -I {} kubectl delete pod/{} -n a", ["delete|pod/?|-n|a|?"]),
    ("shell", "sh -ec 'kubectl get \"$1\"' - pods", ["get|pods"]),
    ("eval", "eval 'kubectl a'", ["a"]),
    ("retry", "n=0; until [ $n -gt 3 ]; do kubectl a && break; n=$((n + 1)); done", ["a"]),
)


@pytest.mark.parametrize(
    ("text", "expected"), [r[1:] for r in CALLS], ids=[r[0] for r in CALLS]
)
def test_calls(text: str, expected: list[str]) -> None:
    assert calls(text) == expected
    assert reasons(text) == []


GAPS = (
    ("other program", "curl https://kubernetes", "it runs curl, which may use the API as well"),
    ("unknown command", "$X get pods", "which command is called is not in the text"),
    ("eval", 'eval "$X"', "it runs commands that are not in the text"),
    ("source", ". ./lib.sh", "it reads another script"),
    ("script", "sh ./lib.sh", "it runs another script"),
    ("no script", "if x; then", "elif or else or fi is missing"),
    ("another account", "KUBECONFIG=/a kubectl b", "KUBECONFIG may name another account"),
    ("by env", "env A=b KUBECONFIG=/a kubectl b", "KUBECONFIG may name another account"),
    ("env of unknown words", 'env -S "$X"', "which command is called is not in the text"),
    (
        "found by name",
        "K=$(command -v kubectl); $K a",
        "which command is called is not in the text",
    ),
    (
        "function as a program",
        "f() { :; }; timeout 9 f",
        "it runs f, which may use the API as well",
    ),
    ("from there on", "export KUBECONFIG=/a; kubectl b", "KUBECONFIG may name another account"),
    ("xargs of a shell", "xargs sh -c 'x'", "it runs what is not in the text"),
)


@pytest.mark.parametrize(("text", "reason"), [r[1:] for r in GAPS], ids=[r[0] for r in GAPS])
def test_gaps(text: str, reason: str) -> None:
    assert reasons(text) == [reason]


def test_programs_are_another_concern() -> None:
    assert [gap.concern for gap in traced("curl x").gaps] == [Concern.PROGRAM]
    assert [gap.concern for gap in traced("$X").gaps] == [Concern.CALL]


# eval is often used to read a variable by its name, which runs no command.
@pytest.mark.parametrize("text", ['eval "v=\\${$X-}"', "eval v=1", 'eval "v=\\$$X"'])
def test_eval_that_assigns(text: str) -> None:
    found = traced(f'{text}\nkubectl get pods "$v"')
    assert [shown(each.words[-1]) for each in found.invocations] == ["?"]
    assert len(found.gaps) == ("$$" in text)


INPUTS = (
    ("none", "kubectl a", None),
    ("here-document", "kubectl a <<E\nb $NS\nE\n", "b shop\n"),
    ("here-string", 'kubectl a <<< "b"', "b\n"),
    ("printf", "printf '{%s:%s}\\n' a \"$NS\" | kubectl a", "{a:shop}\n"),
    ("echo", 'echo "a $NS" | kubectl a', "a shop\n"),
    ("cat", "cat <<E | kubectl a\nb\nE\n", "b\n"),
    ("group", "{ echo b; echo c; } | kubectl a", "b\nc\n"),
    ("function", "f() { echo b; }; f | kubectl a", "b\n"),
    ("to a function", 'k() { kubectl "$@"; }; echo b | k a', "b\n"),
    ("variable", 'x="b\nc"; echo "$x" | kubectl a', "b\nc\n"),
    ("file", "kubectl a < /etc/pod.yaml", "kind: Pod\n"),
    ("tee", "echo b | tee /tmp/c | kubectl a", "b\n"),
    ("unknown", "date | kubectl a", "*"),
    ("not known whether", "{ [ x ] && echo b; } | kubectl a", "*"),
    ("loop", "for x in 1 2; do echo $x; done | kubectl a", "*"),
    # What goes to another place does not go down the pipe.
    ("to the errors", "echo b >&2 | kubectl a", ""),
)


@pytest.mark.parametrize(("text", "stdin"), [r[1:] for r in INPUTS], ids=[r[0] for r in INPUTS])
def test_input(text: str, stdin: str | None) -> None:
    (call,) = traced(text).invocations
    assert (call.stdin is None) is (stdin is None)
    assert shown(call.stdin or "") == (stdin or "")


def test_files() -> None:
    text = "echo kind: Job > /tmp/j; echo x >> /tmp/j; kubectl apply -f /tmp/j"
    (call,) = traced(text).invocations
    assert call.files["/tmp/j"] == "kind: Job\nx\n"  # noqa: S108 - a name in a script
    assert call.files["/etc/pod.yaml"] == "kind: Pod\n"


LINES = (
    ("own", "\nkubectl a", [2]),
    ("first line of several", "\nkubectl \\\n  a", [2]),
    # Of a wrapper that hands all its words on, the line of the call says more.
    ("wrapper", 'k() {\n  kubectl "$@"\n}\nk a\nk b', [4, 5]),
    ("two wrappers", 'k() {\n  kubectl "$@"\n}\nl() { k "$@"; }\nl a', [5]),
    ("function", 'f() {\n  kubectl get "$1"\n}\nf a\nf b', [2, 2]),
    ("substitution", "x=$(\n  kubectl a)", [2]),
    ("trap", "f() {\n kubectl a\n}\ntrap f EXIT", [2]),
    ("text of a trap", "\ntrap 'kubectl a' EXIT", [2]),
)


@pytest.mark.parametrize(("text", "lines"), [r[1:] for r in LINES], ids=[r[0] for r in LINES])
def test_lines(text: str, lines: list[int]) -> None:
    assert [each.line for each in traced(text).invocations] == lines


def test_functions_that_nothing_calls() -> None:
    found = traced('f() { kubectl get "$1" $NS; }\nkubectl a').invocations
    assert [each.reach for each in found] == [Reach.CALLED, Reach.UNCALLED]
    assert [shown("|".join(each.words)) for each in found] == ["a", "get|?|shop"]


def test_names_that_envfrom_may_set() -> None:
    state = State({}, {}, unset=TEXT)
    (call,) = trace('kubectl get "${KIND:-pods}"', state).invocations
    assert shown("|".join(call.words)) == "get|?"


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_any_script_is_followed(text: str) -> None:
    found = traced(text)
    assert all(gap.line >= 1 for gap in found.gaps)


def test_a_script_that_grows_is_given_up() -> None:
    """Each function calls the next one twice."""
    functions = "\n".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}" for n in range(40))
    assert any("too long" in reason for reason in reasons(f"{functions}\nf0"))
    # Loops are followed twice, once without taking notes.
    assert any("too long" in r for r in reasons(f"{functions}\nwhile true; do f0; done"))
