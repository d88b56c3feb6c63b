"""Nobody is rung up at night without need."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.incidents.quiet import QuietHours

NIGHT = QuietHours()
EAST_8 = ZoneInfo("Asia/Shanghai")
instants = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@pytest.mark.parametrize(
    ("clock", "after"),
    [
        ("2026-11-28T20:59:59", "2026-11-28T20:59:59"),
        ("2026-11-28T21:00:00", "2026-11-29T08:00:00"),
        ("2026-11-28T23:59:59", "2026-11-29T08:00:00"),
        ("2026-11-29T00:00:00", "2026-11-29T08:00:00"),
        ("2026-11-29T07:59:59", "2026-11-29T08:00:00"),
        ("2026-11-29T08:00:00", "2026-11-29T08:00:00"),
        ("2026-12-31T22:00:00", "2027-01-01T08:00:00"),
    ],
)
def test_what_comes_at_night_waits_for_the_morning(clock: str, after: str) -> None:
    at = datetime.fromisoformat(clock).replace(tzinfo=EAST_8)
    assert NIGHT.after(at) == datetime.fromisoformat(after).replace(tzinfo=EAST_8)
    assert NIGHT.hold(at) == (clock != after)
    assert NIGHT.after(at.astimezone(UTC)) == NIGHT.after(at)


def test_hours_of_one_day_and_none_at_all() -> None:
    noon = QuietHours(time(12), time(14), EAST_8)
    at = datetime(2026, 11, 28, 13, tzinfo=EAST_8)
    assert noon.after(at) == datetime(2026, 11, 28, 14, tzinfo=EAST_8)
    assert noon.after(at - timedelta(hours=2)) == at - timedelta(hours=2)
    assert not QuietHours(time(8), time(8), EAST_8).hold(at)


@given(instants, st.times(), st.times(), st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC"]))
def test_the_wait_is_less_than_a_day_and_ends_outside(
    at: datetime, begin: time, end: time, zone: str
) -> None:
    hours = QuietHours(begin.replace(fold=0), end.replace(fold=0), ZoneInfo(zone))
    after = hours.after(at)
    assert timedelta(0) <= after - at <= timedelta(hours=25)
    assert after == at or hours.hold(at)
