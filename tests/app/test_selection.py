"""Which findings count, and what a baseline accepts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from netsim.app.baseline import accept, list_accepted, read_baseline, write_baseline
from netsim.app.selection import Sieve, choose, merge_withheld, select
from netsim.errors import RequestError
from netsim.model.finding import Finding, Severity
from netsim.model.location import Location


def finding(rule: str, *flows: str, message: str = "", line: int = 1, **more: str) -> Finding:
    place = Location("a.yaml", line)
    severity = Severity(more.get("severity", "error"))
    return Finding(rule, severity, message, place, more.get("policy"), flows)


OPEN = finding("exposed", "a -> b TCP 1", "a -> c TCP 1", policy="shop/p")
BROKEN = finding("broken", "a -> d TCP 1")
PEER = finding("peer-matches-nothing", message="x ingress[0]: none", severity="warning")
PIN = finding("image-unpinned", message="x", severity="note")
UNDECIDED = finding("undecided", "a -> e TCP 1", severity="warning")
EVERY = (OPEN, BROKEN, PEER, PIN, UNDECIDED)


@pytest.mark.parametrize(
    ("given", "standing", "withheld"),
    [
        ({}, EVERY, {}),
        ({"select": ["broken"]}, (BROKEN,), {Sieve.SELECT: (OPEN, PEER, PIN, UNDECIDED)}),
        (
            {"ignore": ["exposed", "undecided"]},
            (BROKEN, PEER, PIN),
            {Sieve.IGNORE: (OPEN, UNDECIDED)},
        ),
        ({"least": Severity.WARNING}, (*EVERY[:3], UNDECIDED), {Sieve.MIN_SEVERITY: (PIN,)}),
        (
            {"least": Severity.ERROR},
            (OPEN, BROKEN),
            {Sieve.MIN_SEVERITY: (PEER, PIN, UNDECIDED)},
        ),
        (
            {"select": ["exposed", "image-unpinned"], "ignore": ["exposed"]},
            (PIN,),
            {Sieve.SELECT: (BROKEN, PEER, UNDECIDED), Sieve.IGNORE: (OPEN,)},
        ),
    ],
)
def test_selections(
    given: dict[str, Any], standing: tuple[Finding, ...], withheld: dict[Sieve, object]
) -> None:
    found = select(EVERY, choose(**given))
    assert found.standing == standing
    assert {each.sieve: each.findings for each in found.withheld} == withheld


def test_every_finding_is_somewhere(tmp_path: Path) -> None:
    file = write(tmp_path, (OPEN,))
    found = select(EVERY, choose(["exposed", "broken", "undecided"], ["broken"], baseline=file))
    kept = [*found.standing, *(f for each in found.withheld for f in each.findings)]
    assert sorted(map(str, kept)) == sorted(map(str, EVERY))


@pytest.mark.parametrize("parameter", ["select", "ignore"])
def test_an_unknown_rule_is_refused(parameter: str) -> None:
    given: dict[str, Any] = {parameter: ["exposd"]}
    with pytest.raises(RequestError, match="'exposd'; did you mean 'exposed'") as caught:
        choose(**given)
    assert caught.value.parameter == parameter


def write(folder: Path, findings: tuple[Finding, ...], *namespaces: str) -> str:
    file = folder / "baseline.json"
    text = write_baseline(list_accepted([(findings, namespaces)]))
    file.write_text(text, encoding="utf-8")
    return str(file)


MOVED = replace(OPEN, location=Location("b.yaml", 99), message="said otherwise")
FEWER = replace(OPEN, flows=OPEN.flows[:1])
MORE = replace(OPEN, flows=(*OPEN.flows, "a -> z TCP 1"))
OTHER_POLICY = replace(OPEN, policy="shop/q")
PEER_BELOW = replace(PEER, message="x ingress[4]: none", location=Location("a.yaml", 50))


@pytest.mark.parametrize(
    ("before", "now", "new", "outdated"),
    [
        (EVERY, EVERY, (PIN, UNDECIDED), []),
        ((OPEN,), (MOVED,), (), []),
        ((OPEN,), (FEWER,), (), []),
        ((OPEN,), (MORE,), (MORE,), []),
        ((OPEN,), (OTHER_POLICY,), (OTHER_POLICY,), ["exposed"]),
        ((OPEN,), (FEWER, FEWER), (), []),
        ((PEER,), (PEER_BELOW,), (), []),
        # What differs only in its place is counted.
        ((PEER,), (PEER, PEER_BELOW), (PEER_BELOW,), []),
        ((PEER, PEER_BELOW), (PEER,), (), ["peer-matches-nothing"]),
        ((OPEN, BROKEN), (BROKEN,), (), ["exposed"]),
        ((UNDECIDED, PIN), (UNDECIDED, PIN), (UNDECIDED, PIN), []),
    ],
)
def test_a_baseline_accepts_what_was_there(
    tmp_path: Path,
    before: tuple[Finding, ...],
    now: tuple[Finding, ...],
    new: tuple[Finding, ...],
    outdated: list[str],
) -> None:
    found = select(now, choose(baseline=write(tmp_path, before)))
    assert found.standing == new
    assert [each.rule for each in found.outdated] == outdated


@pytest.mark.parametrize(
    ("before", "now", "new"),
    [
        (("shop",), ("shop",), ()),
        # Another scenario may call something else a and b.
        (("shop",), ("stage",), (OPEN,)),
        (("shop",), (), (OPEN,)),
        (("shop",), ("shop", "stage"), ()),
        ((), ("stage",), ()),
    ],
)
def test_flows_are_those_of_a_scenario(
    tmp_path: Path, before: tuple[str, ...], now: tuple[str, ...], new: tuple[Finding, ...]
) -> None:
    selection = choose(baseline=write(tmp_path, (OPEN, PEER), *before))
    found = select((OPEN, PEER), selection, now)
    assert (found.standing, found.outdated) == (new, ())


def test_what_systems_share_is_accepted_once() -> None:
    accepted = list_accepted([((OPEN, PEER), ("shop",)), ((OPEN, PEER, PIN), ("stage",))])
    assert [(each.rule, each.namespaces) for each in accepted] == [
        ("exposed", ("shop",)),
        ("peer-matches-nothing", ()),
        ("exposed", ("stage",)),
    ]


def test_an_entry_written_by_hand_accepts_nothing_undecided(tmp_path: Path) -> None:
    entry = f'{{"rule": "undecided", "fingerprint": "x", "flows": ["{UNDECIDED.flows[0]}"]}}'
    file = tmp_path / "b.json"
    file.write_text(f'{{"version": 1, "accepted": [{entry}]}}', encoding="utf-8")
    assert not accept((UNDECIDED,), read_baseline(str(file))).places


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "there is no such file; this makes it: netsim check PATH... --write-baseline"),
        ("", "not a baseline"),
        ("[]", "not a baseline: Expected `object`"),
        ('{"version": 1, "acepted": []}', "not a baseline: .*acepted"),
        ('{"version": 1, "accepted": [{"rule": "exposed"}]}', "not a baseline"),
        ('{"version": 2, "accepted": []}', "version 2 of a baseline is not known, 1 is"),
    ],
)
def test_what_is_no_baseline_is_refused(tmp_path: Path, text: str | None, message: str) -> None:
    file = tmp_path / "b.json"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(RequestError, match=message) as caught:
        read_baseline(str(file))
    assert caught.value.parameter == "baseline"


def test_what_several_systems_withhold_is_counted_once() -> None:
    found = [select(EVERY, choose(ignore=["exposed"])).withheld for _ in range(2)]
    assert merge_withheld(each for one in found for each in one) == found[0]
