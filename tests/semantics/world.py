"""Manifests in, promised verdicts compared: what every test here has in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import dedent

import netsim
from netsim.engine.naming.aims import Aims
from netsim.engine.naming.answer import answer
from netsim.engine.naming.endpoints import Endpoints
from netsim.model.ports import Protocol
from netsim.model.verdict import Outcome

_QUESTION = re.compile(r"(\S+) -> (\S+) ([-\w]+)(?:/(TCP|UDP|SCTP))?")

XYZ = """
    # Three namespaces with three pods each, as in the end-to-end tests of Kubernetes.
    {apiVersion: v1, kind: Namespace, metadata: {name: x}}
    ---
    {apiVersion: v1, kind: Namespace, metadata: {name: y, labels: {team: blue}}}
    ---
    {apiVersion: v1, kind: Namespace, metadata: {name: z, labels: {team: red}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: x, labels: {pod: a}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: x, labels: {pod: b}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: c, namespace: x}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: y, labels: {pod: a}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: y, labels: {pod: b}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: c, namespace: y}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: z, labels: {pod: a}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: b, namespace: z, labels: {pod: b}}}
    ---
    {apiVersion: v1, kind: Pod, metadata: {name: c, namespace: z}}
"""


def load(*documents: str) -> netsim.Cluster:
    """The cluster of these manifests."""
    with TemporaryDirectory() as folder:
        for number, text in enumerate(documents):
            Path(folder, f"{number}.yaml").write_text(dedent(text), encoding="utf-8")
        return netsim.load(folder)


def check(
    *documents: str,
    allowed: Iterable[str] = (),
    denied: Iterable[str] = (),
    unknown: Iterable[str] = (),
) -> None:
    """Compares verdicts with those promised.

    A question is ``source -> destination port`` or ``source -> destination port/UDP``; the
    destination may be a Service, and the port a name.
    """
    promised = {
        **dict.fromkeys(allowed, Outcome.ALLOW),
        **dict.fromkeys(denied, Outcome.DENY),
        **dict.fromkeys(unknown, Outcome.UNKNOWN),
    }
    cluster = load(*documents)
    reachability = cluster.reachability()
    aims = Aims(cluster.resources, Endpoints(cluster.resources))
    wrong: list[str] = []
    for question, outcome in promised.items():
        parts = _QUESTION.fullmatch(question)
        assert parts, question
        protocol = Protocol(parts[4] or "TCP")
        port = int(parts[3]) if parts[3].isdigit() else parts[3]
        source, lead = aims.source(parts[1]), aims.resolve(parts[2], protocol, port)
        found = answer(reachability, aims.services, source, lead, protocol).outcome
        if found is not outcome:
            wrong.append(f"{question}: promised {outcome.value}, is {found.value}")
    assert promised
    assert not wrong, "\n".join(wrong)
