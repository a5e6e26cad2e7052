from datetime import timedelta

import pytest

from netsim.bundle.cron_schedule import ScheduleError, describe_gaps, list_gaps

PERIOD = timedelta(minutes=5)


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        ("*/5 * * * *", "every 5 minutes"),
        ("0/5 * * * *", "every 5 minutes"),  # from 0 to the end
        ("? ? ? ? ?", "every minute"),
        ("*/7 * * * *", "4 minutes or 7 minutes apart"),
        ("0,20,50 * * * *", "10 minutes to 30 minutes apart"),
        ("0 */24 * * *", "every day"),  # a step beyond the unit leaves the first
        ("0 0 * * SUN", "every 7 days"),
        ("0 0 * JAN-dec *", "every day"),
        ("1,,31 * * * *", "every 30 minutes"),
        # With a restricted day of the month and of the week, one of the two is enough.
        ("0 0 1-31 * 1", "every day"),
        ("0 0 */2 * 1-6", "1 day or 2 days apart"),
        # A star without a step leaves the choice to the other.
        ("0 0 */1 * 1", "every 7 days"),
        ("*/5 * 1-30 * *", "5 minutes or 1 day 5 minutes apart"),
        ("0 * * 1-11 *", "1 hour or 31 days 1 hour apart"),
        ("0 0 29 2 *", "every 1461 days"),
        ("@hourly", "every hour"),
        ("@midnight", "every day"),
        ("@weekly", "every 7 days"),
        ("@every 1h30m", "every 1 hour 30 minutes"),
        ("@every 0.5h", "every 30 minutes"),
        ("  @every  90s ", "every 1 minute 30 seconds"),
    ],
)
def test_gaps(schedule: str, words: str) -> None:
    assert describe_gaps(list_gaps(schedule, PERIOD)) == words


@pytest.mark.parametrize(
    ("schedule", "says"),
    [
        ("", "0 fields instead of 5"),
        ("0 * * * * *", "6 fields instead of 5"),
        ("60 * * * *", "the minute '60' is not within 0-59"),
        ("* * 0 * *", "the day of the month '0' is not within 1-31"),
        ("* * * * 7", "the day of the week '7' is not within 0-6"),
        (f"{'9' * 5000} * * * *", "is not within 0-59"),
        ("* * L * *", "the day of the month 'L'"),
        ("* * * * 1#2", "the day of the week '1#2'"),
        ("*/0 * * * *", "the step '0'"),
        ("5-1 * * * *", "the minute '5-1' ends before it begins"),
        (", * * * *", "the minute ',' is empty"),
        ("1/2/3 * * * *", "the step '2/3'"),
        ("CRON_TZ=UTC 0 * * * *", "use the field timeZone"),
        ("@reboot", "@reboot is none of @yearly"),
        ("@every soon", "not a duration such as @every 1h30m"),
        ("@every 1.2.3h", "not a duration"),
        ("@every 0m", "not a duration"),
        ("0 0 30 2 *", "there is no such day, so nothing ever runs"),
    ],
)
def test_refused(schedule: str, says: str) -> None:
    with pytest.raises(ScheduleError) as caught:
        list_gaps(schedule, PERIOD)
    assert says in str(caught.value)


def test_long_periods_are_looked_at_for_longer() -> None:
    fortnight = timedelta(weeks=2)
    assert list_gaps("0 0 * * 1", fortnight) == (timedelta(weeks=1),)
    assert list_gaps("0 0 1,15 * *", fortnight)[0] == fortnight
