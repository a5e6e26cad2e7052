"""Questions beyond single connections; whole outputs are compared with files."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.command import SNAPSHOTS, assert_snapshot, netsim
from tests.cli.test_startup import imported
from tests.project import ROOT

CASES = {
    "sources": "sources query --to shop/db",
    "sources-entry": "sources query --to svc/shop/web --port 80",
    "sources-nobody": "sources query --to shop/db --port 1 --protocol udp",
    "sources-address": "sources query --to 198.51.100.7",
    "sources-csv": "sources shop --to shop/api --format csv",
    "sources-json": "sources shop --to shop/api --port 9090 --format json",
    "destinations": "destinations shop --from shop/web",
    "destinations-protocol": "destinations query --from shop/api --protocol UDP",
    "path": "path query --from shop/web --to shop/db",
    "path-none": "path query --from shop/db --to shop/web",
    "path-hops": "path query --from shop/web --to shop/db --max-hops 1",
    "path-port": "path query --from shop/web --to shop/db --port 80",
    "path-outside": "path query --from 192.0.2.1 --to shop/db --ingress-namespace ingress",
    "path-unknown": "path shop --from shop/web --to tools/cache --port 443 --max-hops 1",
    "blast-radius": "blast-radius query --from shop/web",
    "blast-radius-unknown": "blast-radius shop --from shop/web --max-hops 1",
    "blast-radius-md": "blast-radius query --from shop/web --format md",
    "exposed": "exposed query",
    "exposed-port": "exposed shop --port 9090",
    "unisolated": "unisolated shop",
    "unisolated-tiers": "unisolated tiers",
    "idle": "idle query",
    "idle-json": "idle query --format json",
    "half-broken": "unisolated half",
    "odd-names": "unisolated odd",
    "unknown-endpoint": "sources query --to shop/bd",
    "unknown-service": "sources query --to svc/shop/wep",
    "unknown-port": "sources query --to svc/shop/web --port 81",
}
WIDE = ("blast-radius query --from shop/web", "idle query", "exposed query")


@pytest.mark.parametrize("name", CASES)
def test_whole_output(name: str) -> None:
    assert_snapshot(f"query/{name}", netsim("query", *CASES[name].split()))


@pytest.mark.parametrize("columns", ["80", "200"])
def test_width(columns: str) -> None:
    done = [netsim("query", *question.split(), COLUMNS=columns) for question in WIDE]
    assert all(each.code == 0 and not each.err for each in done)
    lines = [line for each in done for line in each.out.splitlines()]
    assert max(map(len, lines)) <= int(columns)
    (SNAPSHOTS / "query").mkdir(exist_ok=True)
    assert_snapshot(f"query/blast-radius-at-{columns}", done[0])
    assert_snapshot(f"query/idle-at-{columns}", done[1])


def test_every_snapshot_has_a_case() -> None:
    wide = {f"{name}-at-{size}" for name in ("blast-radius", "idle") for size in (80, 200)}
    assert {file.stem for file in (SNAPSHOTS / "query").glob("*.txt")} == {*CASES, *wide}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("sources query --to shop/web", 0),
        # An empty answer is one.
        ("destinations query --from shop/db", 0),
        ("idle query", 0),
        ("path query --from shop/web --to shop/db", 0),
        ("path query --from shop/db --to shop/web", 1),
        ("path query --from shop/web --to shop/db --max-hops 1", 1),
        # A document was rejected, which may be what decides.
        ("unisolated half", 2),
        ("idle nowhere", 2),
        ("sources query --to shop/nobody", 2),
    ],
)
def test_exit_codes(arguments: str, code: int) -> None:
    assert netsim("query", *arguments.split()).code == code


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("", "Missing argument"),
        ("nearest query", "'nearest' is not one of"),
        ("sources query", "sources needs --to"),
        ("sources query --to shop/db --from shop/api", "sources takes no --from"),
        ("path query --to shop/db", "path needs --from"),
        # What would be ignored is refused.
        ("sources query --to shop/db --max-hops 2", "sources takes no --max-hops"),
        ("blast-radius query --from shop/web --port 1", "blast-radius takes no --port"),
        ("idle query --protocol udp", "idle takes no --protocol"),
        ("exposed query --protocol icmp", "'icmp' is not a protocol"),
        ("exposed query --port 80 --protocol icmp", "'icmp' is not a protocol"),
        ("path query --from shop/web --to shop/web", "are both shop/web[Deployment]"),
        ("blast-radius query --from 192.0.2.1", "192.0.2.1 is outside the cluster"),
        ("sources query --to {ingress-controller}", "not in the input"),
        ("destinations query --from svc/shop/web", "is a Service"),
        ("idle query --scenario nowhere.yaml", "nowhere.yaml: cannot be read"),
    ],
)
def test_bad_usage(arguments: str, message: str) -> None:
    done = netsim("query", *arguments.split(), COLUMNS="200")
    assert (done.code, done.out) == (2, "")
    assert message in done.err


@pytest.mark.parametrize("manifests", ["query", "shop", "tiers"])
def test_neighbours_are_the_rows_of_the_list(manifests: str) -> None:
    listed = json.loads(netsim("list", manifests, "--format", "json").out)["connections"]
    ends = {row[side] for row in listed for side in ("src", "dst")}
    for end in sorted(ends):
        if end.endswith("]") and not end.endswith("[External]"):
            for question, option, side in (
                ("sources", "--to", "dst"),
                ("destinations", "--from", "src"),
            ):
                done = netsim("query", question, manifests, option, end, "--format", "csv")
                found = {(r["src"], r["dst"], r["allowed"]) for r in rows(done.out)}
                expected = {(r["src"], r["dst"], r["conn"]) for r in listed if r[side] == end}
                assert found == expected


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_runner_of_this_repository() -> None:
    """Its pods are deployed by other means; the scenario describes them."""
    done = netsim(
        *("query", "blast-radius", "manifests", "--from", "Runner"),
        *("--scenario", "scenarios/production.yaml", "--max-hops", "1", "--format", "csv"),
        cwd=ROOT,
    )
    assert done.code == 0
    inside = {
        r["reached"]: r["allowed"] for r in rows(done.out) if "External" not in r["reached"]
    }
    assert inside == {
        "kube-system/dns[Scenario]": "TCP 53,UDP 53",
        "production/api[Scenario]": "TCP 4000",
        "production/postgres[Scenario]": "TCP 5432",
    }


def test_only_a_path_needs_a_graph() -> None:
    assert "networkx" not in imported("query", "blast-radius", "query", "--from", "shop/web")
    ends = ("--from", "shop/web", "--to", "shop/db")
    assert "networkx" in imported("query", "path", "query", *ends)


def test_help_fits_80_columns() -> None:
    done = netsim("query", "--help", COLUMNS="80")
    assert (done.code, done.err) == (0, "")
    assert max(map(len, done.out.splitlines())) <= 80
    assert done.out.isascii()
