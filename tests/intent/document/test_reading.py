from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from netsim.intent.document.reading import read_statements
from netsim.model.disruption import Amount, Unit
from tests.intent.stated import ENTRY, reference

TEXT = """\
# Manifests
## Files
| File | Purpose |
|------|---------|
| `a.yaml` | x |
## Order
1. **A** (`a.yaml`)
## Budgets
| Service | Min Available | Max Unavailable |
|---------|---------------|-----------------|
| API | N/A | 50% |
## Pool
Every 5 minutes.
```yaml
env: [{name: SIZE, value: "5"}]
```
### Inside
```yaml
b: 1
```
```bash
kubectl apply -f a.yaml -n prod
```
"""
ALL = reference("Files", "Order", "Budgets", "Pool", "Pool; Inside")


def test_everything_is_read_with_its_line() -> None:
    found = read_statements(TEXT, "d.md", ALL)
    assert found.files is not None
    assert [(file.path, file.location.line) for file in found.files] == [("a.yaml", 5)]
    assert found.steps is not None
    assert [(step.title, step.location.line) for step in found.steps] == [("A", 7)]
    assert found.budgets is not None
    assert [budget.max_unavailable for budget in found.budgets] == [Amount(50, Unit.PERCENT)]
    assert found.periods is not None
    assert [period.length for period in found.periods] == [timedelta(minutes=5)]
    # The block below the inner heading is quoted once.
    assert [excerpt.location.line for excerpt in found.excerpts] == [15, 19]
    assert [command.location.line for command in found.commands] == [22]
    places = (found.files_location, found.budgets_location, found.periods_location)
    assert [place.line for place in places if place] == [3, 9, 12]


def test_nothing_is_expected_without_headings() -> None:
    found = read_statements(TEXT, "d.md", reference())
    assert (found.files, found.steps, found.budgets, found.periods) == (None,) * 4
    assert found.excerpts == ()
    assert len(found.commands) == 1


def test_every_problem_is_told() -> None:
    text = (
        TEXT.replace("`a.yaml` | x", "a b | x").replace("50%", "half").replace("Every 5", "5")
    )
    wanted = reference("Files", "Orders", "Budgets", "Pool", "Nowhere; Budgets")
    read = read_statements(text, "d.md", wanted)
    found = [(str(each.location), each.message) for each in read.problems]
    assert [place for place, _ in found] == ["d.md:5", "d.md:8", "d.md:11", "d.md:12"] + [
        str(ENTRY)
    ] * 2
    assert "did you mean 'Order'" in found[-2][1] + found[-1][1]
    assert (read.files, read.steps, read.budgets, read.periods) == (None,) * 4
    # What can be read is not hidden by the rest.
    assert len(read.commands) == 1


DAMAGE = st.sampled_from(
    ["", "|", "`", "**", "\n", "1. ", "```\n", "# ", "[", "{", "- ", "every 0 h"]
)


@given(st.integers(0, len(TEXT)), st.integers(0, 12), DAMAGE)
def test_any_damage_is_a_statement_or_a_problem(start: int, length: int, damage: str) -> None:
    found = read_statements(TEXT[:start] + damage + TEXT[start + length :], "d.md", ALL)
    assert all(each.location.line for each in found.problems)
