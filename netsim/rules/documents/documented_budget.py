"""A disruption budget and the table that documents it differ.

The table is what a drain is planned by. Where the budget allows less, the drain hangs; where it
allows more, the service is down while nodes are upgraded.

The scenario names the heading of the table:

```yaml
documents:
  - file: ../manifests/README.md
    budgets: Pod Disruption Budgets
```

A row names an endpoint of the scenario, or an alias of one, and stands for the budget that
selects the endpoint's pods; it may also have the exact name of a budget. Reported are rows
whose amounts differ from the budget's, rows without an endpoint or a budget, and budgets in the
folder of the document that no row names.

PASS:

```markdown
## Pod Disruption Budgets

| Service | Min Available | Max Unavailable |
|---------|---------------|-----------------|
| Web | 1 | N/A |
```

```yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: web}}
```

FAIL:

```markdown
## Pod Disruption Budgets

| Service | Min Available | Max Unavailable |
|---------|---------------|-----------------|
| Web | 2 | N/A |
```

```yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  minAvailable: 1
  selector: {matchLabels: {app: web}}
```

Fix: correct the table or the budget, whichever is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field
from msgspec.structs import replace

from netsim.bundle.folder import Folder
from netsim.bundle.provision import Extent
from netsim.intent.diagram.drawing import fold
from netsim.intent.document.statements import StatedBudget, Statements
from netsim.judge.case import Case
from netsim.model.disruption import Amount, DisruptionBudget, Limit
from netsim.model.endpoint import PodEndpoint
from netsim.model.finding import Finding, Related, Severity
from netsim.model.location import Location
from netsim.model.resources import Pod
from netsim.rules.interface import Check
from netsim.words.nearness import find_nearest, suggest


def _run(case: Case) -> Iterator[Finding]:
    for statements in case.statements:
        if statements.budgets is not None:
            table = _Table(case)
            for row in statements.budgets:
                yield from table.compare(row)
            left = _list_unnamed(statements, table)
            yield from table.report_lacking(left)
            for budget in left:
                if budget not in table.named:
                    yield _report_unstated(statements, budget)


class _Table(Struct):
    """Rows beside the budgets of the input.

    ``named`` gathers those that a row stands for, ``lacking`` the rows without a budget, each
    with the pods that it is about.
    """

    case: Case
    named: frozenset[DisruptionBudget] = frozenset()
    lacking: list[tuple[Finding, tuple[Pod, ...]]] = field(default_factory=list)

    def compare(self, row: StatedBudget) -> Iterator[Finding]:
        pods = self._find_pods(row)
        if pods is None:
            yield from self._compare_by_name(row)
        elif found := self._find_protecting(pods):
            yield from self._compare_with(row, found)
        elif _has_amount(row) and self._may_say_absent(pods):
            self.lacking.append((_report_unprotected(row, pods), pods))

    def report_lacking(self, left: tuple[DisruptionBudget, ...]) -> Iterator[Finding]:
        """Rows without a budget, each with the one among those in no row that it may mean."""
        for finding, pods in self.lacking:
            own = [each for each in left if each not in self.named]
            meant = [each for each in own if _is_meant(each, pods)]
            if len(self.lacking) == len(own) == 1:
                meant = own
            self.named |= frozenset(meant[:1])
            related = (
                Related(
                    each.selector_location, f"{each.title}, which no row names, selects this"
                )
                for each in meant[:1]
            )
            yield replace(finding, related=tuple(related))

    def _find_pods(self, row: StatedBudget) -> tuple[Pod, ...] | None:
        declared = self.case.scenario.find(row.service)
        for bound in self.case.endpoints:
            if declared and bound.name == declared.name:
                return bound.endpoint.pods if isinstance(bound.endpoint, PodEndpoint) else ()
        return None

    def _find_protecting(self, pods: tuple[Pod, ...]) -> tuple[DisruptionBudget, ...]:
        return tuple(
            budget
            for budget in self.case.bundle.budgets
            if budget.selector is not None
            and any(
                pod.namespace == budget.namespace and budget.selector.may_match(pod.labels)
                for pod in pods
            )
        )

    def _compare_by_name(self, row: StatedBudget) -> Iterator[Finding]:
        budgets = self.case.bundle.budgets
        found = tuple(budget for budget in budgets if budget.name == row.service)
        if found:
            yield from self._compare_with(row, found)
            return
        names = [
            name
            for endpoint in self.case.scenario.endpoints
            for name in (endpoint.name, *endpoint.aliases)
        ]
        hint = suggest(row.service, (*names, *(budget.name for budget in budgets)))
        unknown = _finding(
            row,
            f"{row.service} is neither an endpoint of the scenario nor a budget{hint}",
            "Correct the row, or make its service an alias of the endpoint that it means.",
        )
        self.lacking.append((unknown, ()))

    def _compare_with(
        self, row: StatedBudget, found: tuple[DisruptionBudget, ...]
    ) -> Iterator[Finding]:
        """One of several budgets has to be as the row says."""
        self.named |= frozenset(found)
        if any(
            _list_amounts(budget) == (row.min_available, row.max_unavailable)
            for budget in found
        ):
            return
        budget = found[0]
        has = _describe(*_list_amounts(budget))
        said = _describe(row.min_available, row.max_unavailable)
        yield _finding(
            row,
            f"{row.service}: the table says {said}, {budget.title} has {has}",
            "Correct the table or the budget, whichever is wrong.",
            Related(budget.amount_location, has),
        )

    def _may_say_absent(self, pods: tuple[Pod, ...]) -> bool:
        homes = {budget.namespace for budget in self.case.bundle.budgets}
        whole = self.case.extent is Extent.WHOLE
        return whole or not pods or any(pod.namespace in homes for pod in pods)


def _report_unprotected(row: StatedBudget, pods: tuple[Pod, ...]) -> Finding:
    said = _describe(row.min_available, row.max_unavailable)
    why = "no budget selects its pods" if pods else "it has addresses, not pods"
    return _finding(
        row,
        f"{row.service}: the table says {said}, but {why}",
        "Add a budget, or correct its selector, its namespace or the table.",
    )


def _is_meant(budget: DisruptionBudget, pods: tuple[Pod, ...]) -> bool:
    """Whether it selects such pods of another namespace, or nearly selects these."""
    known = {pod.labels: str(pod.workload) for pod in pods}
    homes = {pod.namespace for pod in pods}
    if budget.selector is None:
        return False
    if budget.namespace in homes:
        return find_nearest(budget.selector, known) is not None
    return any(budget.selector.matches(labels) for labels in known)


def _list_unnamed(statements: Statements, table: _Table) -> tuple[DisruptionBudget, ...]:
    folder = Folder.of(statements.file, table.case.bundle)
    rows = {fold(row.service) for row in statements.budgets or ()}
    return tuple(
        budget
        for budget in table.case.bundle.budgets
        if budget not in table.named
        and folder.holds(budget.location.file)
        and fold(budget.name) not in rows
    )


def _report_unstated(statements: Statements, budget: DisruptionBudget) -> Finding:
    return CHECK.finding(
        statements.budgets_location or Location(statements.file, 0),
        f"no row of the table names {budget.title}",
        related=(Related(budget.location, _describe(*_list_amounts(budget))),),
        fix="Add a row for the service whose pods it selects, or remove the budget.",
    )


def _finding(row: StatedBudget, message: str, fix: str, *related: Related) -> Finding:
    return CHECK.finding(
        row.location,
        message,
        related=related,
        fix=fix,
    )


def _has_amount(row: StatedBudget) -> bool:
    return row.min_available is not None or row.max_unavailable is not None


def _list_amounts(budget: DisruptionBudget) -> tuple[Amount | None, Amount | None]:
    """MinAvailable and maxUnavailable, as a row has them."""
    if budget.limit is Limit.MIN_AVAILABLE:
        return budget.amount, None
    return None, budget.amount


def _describe(least: Amount | None, most: Amount | None) -> str:
    if least is not None:
        return f"minAvailable {least}"
    return "no amount" if most is None else f"maxUnavailable {most}"


CHECK = Check(
    id="documented-budget",
    title="A disruption budget and its documentation differ",
    severity=Severity.ERROR,
    run=_run,
)
"""The rule."""
