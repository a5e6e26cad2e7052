"""Scripts to read, and the shells that read them, too."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from netsim.scripts.shell.script import read_script
from netsim.scripts.shell.tree import Simple

PIECES = (
    *("a", "b c", "'", '"', "\\", "$x", '"$x"', "${x:-d}", "${x%%'a'}*}", "$(", ")", "`"),
    *("$((", "))", "\n", " ", ";", ";;", "&&", "|", "&", "<<E\n", "E\n", ">f", "2>&1"),
    *("# c", "{ ", "}", "if ", "then ", "elif ", "else ", "fi", "while ", "do ", "done"),
    *("for i in ", "case ", "in ", "esac", "f() ", "!", "[ ", "]", "[[ ", "]]", "x=1 "),
    *("x=(", "$@", "#", "\\\n", "*", "kubectl "),
)
"""Joined at random they are now and then a script, and mostly are none."""


def commands(text: str) -> list[Simple]:
    """The simple commands at the top."""
    found = [each for pipeline in read_script(text) for each in pipeline.commands]
    return [each for each in found if isinstance(each, Simple)]


def shell(name: str, *arguments: str, text: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [name, *arguments], input=text, capture_output=True, text=True, check=False, timeout=20
    )


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(shutil.which(name) is None, reason=f"needs {name}")
