"""What ``check`` would say of a workspace: how the proof of a fix sees the input."""

from __future__ import annotations

from netsim.app.case import assemble_case
from netsim.app.documentation import LocatedDocumentation
from netsim.app.input import InputRequest
from netsim.app.suppression import suppress
from netsim.fix.proof import State
from netsim.fix.workspace import Workspace
from netsim.intent.errors import IntentError
from netsim.model.finding import Diagnostic
from netsim.rules.registry import run_rules


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
