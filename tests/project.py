"""Where the project has its files, so that a test may move without looking for them anew."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "netsim"
DOCS = ROOT / "docs"
MANIFESTS = ROOT / "manifests"
POLICIES = MANIFESTS / "network-policy.yaml"
SCENARIO = ROOT / "scenarios" / "production.yaml"
