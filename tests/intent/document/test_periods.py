from datetime import timedelta

import pytest

from netsim.intent.document.periods import read_periods
from netsim.intent.errors import IntentError
from tests.intent.stated import document, heading


def periods(body: str) -> list[tuple[float, str, int]]:
    """The minutes, the words and the line of each."""
    found, place = read_periods(
        document(f"# Pool\n{body}\n# Else\nevery day\n"), heading("Pool")
    )
    assert place.line == 1
    return [
        (period.length / timedelta(minutes=1), period.text, period.location.line)
        for period in found
    ]


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("- Runs every 5 minutes", [(5, "every 5 minutes", 2)]),
        ("Every **5** `min`", []),  # the unit is no word here
        ("Every **5** minutes", [(5, "Every 5 minutes", 2)]),
        (
            "every minute, every hour, every day",
            [(1, "every minute", 2), (60, "every hour", 2), (1440, "every day", 2)],
        ),
        ("every 2 hours", [(120, "every 2 hours", 2)]),
        ("every 30 seconds, each sec", [(0.5, "every 30 seconds", 2), (1 / 60, "each sec", 2)]),
        ("once an hour, once per day", [(60, "once an hour", 2), (1440, "once per day", 2)]),
        ("The job runs **hourly**", [(60, "runs hourly", 2)]),
        ("after the daily backup", []),
        ("secure every section", []),
        ("each five minutes", [(5, "each five minutes", 2)]),
        ("every other day", [(2880, "every other day", 2)]),
        ("it runs every\n5 minutes", [(5, "every 5 minutes", 2)]),
        (
            "```\nCronJob (every 5min)\n```\nevery 6 min",
            [(5, "every 5min", 3), (6, "every 6 min", 5)],
        ),
        ("## Sub\n<!-- every day -->\nevery 3h", [(180, "every 3h", 4)]),
    ],
)
def test_periods(body: str, wanted: list[tuple[int, str, int]]) -> None:
    if wanted:
        assert periods(body) == wanted
    else:
        with pytest.raises(IntentError, match="no period below the heading 'Pool'"):
            periods(body)


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("Every pod runs.", 1, "no period below the heading 'Pool'; say there how often"),
        ("every dayroom", 1, "no period"),
        ("x\nevery 0 minutes", 3, "'every 0 minutes' is not a period"),
        (f"every {'9' * 5000} minutes", 1, "no period"),
        ("every 99999 minutes", 2, "is not a period"),
    ],
)
def test_refused(body: str, line: int, says: str) -> None:
    with pytest.raises(IntentError) as caught:
        periods(body)
    assert caught.value.location.line == line
    assert says in caught.value.message
