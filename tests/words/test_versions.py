from __future__ import annotations

import pytest

from netsim.words.versions import is_versioned


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("helm.sh/chart", "quorum-8.8.0"),
        ("chart", "quorum-8.8.0"),
        ("chart", "quorum-0.1"),
        ("app.kubernetes.io/version", "1.2.3"),
        ("app.kubernetes.io/version", "v1.2"),
        ("app.kubernetes.io/version", "15.4-alpine"),
        ("version", "2.0.0-rc.1"),
        ("appVersion", "1.27"),
        ("acme.example/git-commit", "9fceb02d0ae5"),
        ("sha", "sha-9fceb02"),
        ("build", "20260131"),
        ("release-date", "2026-01-31"),
        ("pod-template-hash", "7d4b9c"),
        ("controller-revision-hash", "quorum-6f8c"),
        # Whatever it is called.
        ("component", "quorum-8.8.0"),
        ("component", "v8.8.0"),
    ],
)
def test_changes(key: str, value: str) -> None:
    assert is_versioned(key, value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("app", "quorum"),
        # Workloads side by side.
        ("version", "v1"),
        ("version", "blue"),
        ("app.kubernetes.io/version", "15"),
        ("release", "shop"),
        ("release", "shop-2"),
        ("app.kubernetes.io/instance", "release-7"),
        ("track", "stable"),
        # An address is no version, nor is the name of a tenant.
        ("host", "10.0.0.1"),
        ("tenant", "ab12cd34"),
        ("tenant", "20260131"),
        ("stage", "1.2"),
        ("image", "facade"),
    ],
)
def test_stays(key: str, value: str) -> None:
    assert not is_versioned(key, value)
