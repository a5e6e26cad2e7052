"""A git repository with an application, and what people propose to change in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cli.command import environment, netsim
from tests.project import DOCS

BASE = "main"
_PERSON = {"NAME": "Olga", "EMAIL": "olga@example.com", "DATE": "2026-01-01T12:00:00Z"}
GIT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{
        f"GIT_{who}_{what}": text
        for who in ("AUTHOR", "COMMITTER")
        for what, text in _PERSON.items()
    },
}


@dataclass(frozen=True)
class Change:
    """A text of a file, and what stands in its place."""

    file: str
    old: str
    new: str


class Repository:
    """The example shop with a scenario, cloned from an origin whose branch is ``main``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "shop"
        shutil.copytree(DOCS / "examples" / "shop", self.folder)
        scenario = ("--diagram", "README.md#Network", "-o", "scenarios/shop.yaml")
        (self.folder / "scenarios").mkdir()
        assert netsim("init", "k8s", *scenario, cwd=self.folder).code == 0
        self.git("init", "--quiet", f"--initial-branch={BASE}")
        self.commit("Begin")
        self.git("clone", "--quiet", "--bare", ".", str(folder / "origin.git"))
        self.git("remote", "add", "origin", str(folder / "origin.git"))
        self.git("fetch", "--quiet", "origin")

    def git(self, *arguments: str) -> str:
        """What git prints."""
        done = subprocess.run(
            ["git", *arguments],
            capture_output=True,
            check=True,
            cwd=self.folder,
            encoding="utf-8",
            env={**environment(), **GIT},
            timeout=60,
        )
        return done.stdout.strip()

    @property
    def base(self) -> str:
        """The commit that changes start from."""
        return self.git("rev-parse", f"origin/{BASE}")

    @property
    def head(self) -> str:
        """The commit that is checked out."""
        return self.git("rev-parse", "HEAD")

    def commit(self, message: str) -> None:
        """Commits everything."""
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")

    def propose(self, *changes: Change) -> None:
        """A branch in which some texts are others."""
        self.git("checkout", "--quiet", "-B", "change", f"origin/{BASE}")
        self.change(*changes)

    def change(self, *changes: Change) -> None:
        """A commit that replaces texts, each of which is there once."""
        for each in changes:
            place = self.folder / each.file
            text = place.read_text(encoding="utf-8")
            assert text.count(each.old) == 1, each
            place.write_text(text.replace(each.old, each.new), encoding="utf-8")
        self.commit("Change")

    def event(self, folder: Path, head: str = "acme/shop", number: int = 7) -> dict[str, str]:
        """What a job for the pull request of the branch has in its environment."""
        said: dict[str, Any] = {
            "number": number,
            "pull_request": {
                "number": number,
                "head": {"sha": self.head, "repo": {"full_name": head}},
                "base": {"ref": BASE, "repo": {"full_name": "acme/shop"}},
            },
        }
        file = folder / "event.json"
        file.write_text(json.dumps(said), encoding="utf-8")
        return {
            "GITHUB_BASE_REF": BASE,
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_SHA": self.head,
        }
