"""Help and bad usage; the words around the messages belong to typer and are not compared."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from typer.main import get_command

from netsim.__main__ import main
from netsim.cli.main import app
from tests.cli.command import netsim

COMMANDS = (
    "check",
    "rule",
    "init",
    "generate",
    "list",
    "eval",
    "explain",
    "report",
    "diff",
    "graph",
    "query",
    "coverage",
    "order",
    "drain",
    "snapshot",
    "comment",
    "completion",
)


def test_no_command_shows_the_help_and_is_bad_usage() -> None:
    done, asked = netsim(), netsim("--help")
    assert (done.code, asked.code) == (2, 0)
    assert done.out == asked.out
    assert all(f"\n  {command} " in done.out for command in COMMANDS)


@pytest.mark.parametrize(
    ("called", "named"),
    [
        ("/usr/bin/netsim", "netsim"),
        ("/usr/bin/kube-netsim", "kube-netsim"),
        ("/usr/bin/kubectl-netsim", "kubectl netsim"),
        ("/usr/lib/python3/netsim/__main__.py", "netsim"),
        ("-c", "netsim"),
    ],
)
def test_the_help_names_the_command_that_was_called(
    called: str,
    named: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(sys, "argv", [called, "list", "--help"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().out.startswith(f"Usage: {named} list ")


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_as_wide_as_the_terminal(command: str) -> None:
    lengths = {}
    for columns in (64, 80, 160):
        done = netsim(command, "--help", COLUMNS=str(columns))
        assert (done.code, done.err) == (0, "")
        assert max(map(len, done.out.splitlines())) <= columns
        assert done.out.isascii()
        lengths[columns] = len(done.out.splitlines())
    assert lengths[64] > lengths[80] > lengths[160]


@pytest.mark.parametrize("columns", ["40", "80"])
def test_the_help_cuts_nothing_off(columns: str) -> None:
    text = " ".join(netsim("--help", COLUMNS=columns).out.split())
    assert "Compare the documented network diagram with what the manifests allow." in text
    assert "..." not in text.replace("[ARGS]...", "")


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_says_what_is_repeatable(command: str) -> None:
    netsim(command, "--help")
    group: Any = get_command(app)
    for parameter in group.commands[command].params:
        names = parameter.opts
        if parameter.param_type_name == "option" and parameter.multiple:
            is_one = "--scenario" in names and command != "check"
            assert ("repeatable" in parameter.help) is not is_one, names


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("lst shop", "No such command 'lst'"),
        ("list", "Missing argument"),
        ("list shop --fromat csv", "--fromat"),
        ("list shop --format xml", "'xml' is not one of 'text', 'csv', 'json', 'markdown'."),
        ("explain shop --format csv", "'csv' is not one of 'text', 'json', 'markdown'."),
        ("list shop --ipblock-pods some", "'some'"),
        ("list shop --pod-ranges 10.1.0.0/33", "'10.1.0.0/33' does not appear to be"),
        ("eval shop --src shop/web --dst shop/api", "give --src, --dst and --port, or"),
        ("eval shop --src shop/web --queries questions.csv", "give either --queries or"),
        ("eval - --queries -", "standard input cannot be both"),
        ("eval shop --src a/b --dst c/d --port 65536", "'--port'"),
        ("eval shop --src a/b --dst c/d --port http_", "'--port'"),
        ("eval shop --src a/b --dst c/d --port 1 --protocol icmp", "'icmp' is not a protocol"),
        # What is given first is never forgotten without a word.
        (
            "check shop --diagram a.md#A --diagram b.md#B",
            "'--diagram': given 2 times: give one",
        ),
        ("snapshot --from a.yaml --from b.yaml -o -", "'--from': given 2 times: give one"),
        ("query sources shop --to a --to b", "'--to': given 2 times: give one"),
        ("eval shop --src a/b --src a/b --dst c/d --port 1", "'--src': given 2 times"),
        ("check shop -s a.yaml -s b.yaml --no-scenario", "not with --scenario"),
        ("check shop --diagram=", "'--diagram': the name is empty"),
        ("list shop --namespace=", "'--namespace': '' is not a name"),
        ("list shop -n Shop", "'--namespace': 'Shop' is not a name"),
        ("explain shop --src shop/web", "give --src and --dst, or --queries"),
        ("explain shop --src shop/web --queries questions.csv", "give either --queries or"),
        ("explain - --queries -", "standard input cannot be both"),
        ("generate shop --format json", "is about --diff: give both"),
        ("generate shop --api calico", "'calico' is not one of"),
        ("list shop --explain --format csv", "csv has no place for reasons"),
        ("diff tiers tiers-new --collapse never", "is about pictures: give --format, one of"),
        ("graph shop --collapse some", "'some'"),
        ("graph shop --format text", "'text' is not one of 'mermaid', 'dot', 'svg', 'html'."),
        ("explain shop --src a/b --dst c/d --protocol icmp", "'icmp' is not a protocol"),
    ],
)
def test_bad_usage(arguments: str, message: str) -> None:
    done = netsim(*arguments.split(), COLUMNS="200")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_options_of_several_values_and_flags_may_repeat() -> None:
    ranges = ("--pod-ranges", "10.0.0.0/8", "--pod-ranges", "fd00::/8")
    assert netsim("list", "shop", *ranges, "--no-scenario", "--no-scenario").code == 0


def test_the_last_of_a_setting_counts() -> None:
    """An alias may have one of its own."""
    done = netsim("list", "shop", "-f", "json", "-f", "csv")
    assert done.out.startswith("src,dst,conn\n")


@pytest.mark.parametrize("called", ["{}", "list --{}", "drain shop --node {}"])
def test_bad_usage_steers_nothing(called: str) -> None:
    done = netsim(*called.format("a\x1b[31m\u202e\u200b").split())
    assert done.code == 2
    assert "\\x1b[31m\\u202e\\u200b" in done.err
    assert done.err.replace("\n", "").isprintable()


def test_an_empty_path_is_not_the_current_folder() -> None:
    done = netsim("list", "")
    assert (done.code, "'': no path: the name is empty\n" in done.err) == (2, True)


@pytest.mark.parametrize(
    "arguments",
    [
        "check shop",
        "list shop",
        "explain shop --src shop/web --dst shop/api",
        "diff tiers tiers-new",
        "query exposed shop",
        "order shop",
        "drain shop",
    ],
)
def test_markdown_has_a_short_name(arguments: str) -> None:
    short, long = (netsim(*arguments.split(), "-f", form) for form in ("md", "markdown"))
    assert short == long
    assert short.out


def test_the_help_shows_the_formats() -> None:
    assert "--format <text|csv|json|markdown>" in netsim("list", "--help").out
