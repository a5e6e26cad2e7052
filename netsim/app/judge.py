"""What ``check`` would say of a workspace: how the proof of a fix sees the input."""

from __future__ import annotations

from netsim.app.case import assemble_case
from netsim.app.documentation import LocatedDocumentation
from netsim.app.input import InputRequest
from netsim.app.suppression import suppress
from netsim.engine.matrix.diff import Side
from netsim.engine.matrix.diff import diff as diff_sides
from netsim.engine.naming.controller import Controller
from netsim.fix.proof import State
from netsim.fix.workspace import Workspace
from netsim.intent.errors import IntentError
from netsim.model.finding import Diagnostic
from netsim.rules.registry import run_rules
from netsim.words.lists import join_phrases
from netsim.words.ports import describe_flow


class Judge:
    """Judges workspaces as ``check`` does; ``problems`` are why the last one could not be."""

    def __init__(self, request: InputRequest, described: LocatedDocumentation | None) -> None:
        self._request = request
        self._described = described
        self.problems: tuple[Diagnostic, ...] = ()

    def __call__(self, workspace: Workspace) -> State:
        """What there is to say of a workspace."""
        request, described = self._request, self._described
        loaded = workspace.load()
        if loaded.errors:
            self.problems = loaded.errors
            return State(workspace, fault=str(loaded.errors[0]))
        conventions = request.conventions(described.scenario if described else None)
        try:
            case = assemble_case(loaded, request.paths, conventions, described)
        except IntentError as error:
            self.problems = error.diagnostics
            return State(workspace, fault=str(error.diagnostics[0]))
        findings, _ = suppress(run_rules(case), loaded.comments)
        return State(workspace, findings, case.judgements)

    def describe_effect(self, before: Workspace, after: Workspace, subject: str = "It") -> str:
        """What else is allowed, or no longer is, where no documentation says what should be.

        ``subject`` is what does it, in words.
        """
        if self._described is not None:
            return ""
        conventions = self._request.conventions(None)
        sides = (
            Side.of(each.load().resources, conventions, Controller())
            for each in (before, after)
        )
        opened: list[str] = []
        closed: list[str] = []
        for each in diff_sides(*sides).differences:
            for ports, listed in ((each.opened, opened), (each.closed, closed)):
                if ports:
                    listed.append(describe_flow(each.source, each.destination, ports))
        effects = (("opens", opened), ("closes", closed))
        told = [f"{verb} {join_phrases(listed)}" for verb, listed in effects if listed]
        return f" {subject} {', and '.join(told) or 'changes no connection'}."
