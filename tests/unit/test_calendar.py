"""The business calendar: worked examples, faults of its CSV, and a doorkeeper who watches the clock."""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.errors import InvalidInputError
from gis_core.incidents.calendar import Calendar, Hours, in_utc, parse_calendar_csv

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
CHINA = Calendar()
MINUTE = timedelta(minutes=1)


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# 2026: 9 March is a Monday. Spring Festival: free from Sunday 15 to Monday 23 February, worked on the Saturdays 14 and
# 28 February. A day is 08:30-12:00 (3.5 h) and 14:00-17:30 (3.5 h).
@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        pytest.param("2026-03-09 09:00", "2026-03-09 11:30", 2.5, id="a morning"),
        pytest.param("2026-03-09 11:00", "2026-03-09 15:00", 2.0, id="over lunch"),
        pytest.param("2026-03-09 12:30", "2026-03-09 13:30", 0.0, id="at lunch"),
        pytest.param("2026-03-09 17:00", "2026-03-10 09:00", 1.0, id="over night"),
        pytest.param("2026-03-13 17:00", "2026-03-16 09:00", 1.0, id="over a weekend"),
        pytest.param("2026-03-14 00:00", "2026-03-16 00:00", 0.0, id="a weekend"),
        pytest.param("2026-03-09 00:00", "2026-03-16 00:00", 35.0, id="a week"),
        pytest.param("2026-02-14 09:00", "2026-02-14 10:00", 1.0, id="a Saturday made up for the festival"),
        pytest.param("2026-02-14 17:00", "2026-02-24 09:00", 1.0, id="over Spring Festival"),
        pytest.param("2026-02-09 00:00", "2026-03-02 00:00", 77.0, id="6 days, none, 4 days and a Saturday"),
        pytest.param("2025-12-31 17:00", "2026-01-04 09:00", 1.0, id="over New Year to a made-up Sunday"),
        pytest.param("2026-03-09 11:00", "2026-03-09 10:00", 0.0, id="backwards"),
    ],
)
def test_business_time_worked_out_by_hand(start: str, end: str, hours: float) -> None:
    assert CHINA.working_seconds(at(start), at(end)) == hours * 3600


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        pytest.param("2026-03-09 09:00", 2, "2026-03-09 11:00", id="a morning"),
        pytest.param("2026-03-09 11:00", 2, "2026-03-09 15:00", id="over lunch"),
        pytest.param("2026-03-09 16:00", 4, "2026-03-10 11:00", id="over night"),
        pytest.param(
            "2026-03-09 16:00", 1.5, "2026-03-09 17:30", id="ends at the close, not at the next opening"
        ),
        pytest.param("2026-03-09 20:00", 1, "2026-03-10 09:30", id="from the evening"),
        pytest.param("2026-03-13 16:00", 7, "2026-03-16 16:00", id="a work day over a weekend"),
        pytest.param(
            "2026-02-13 16:00", 14, "2026-02-24 16:00", id="two work days over a made-up day and the festival"
        ),
        pytest.param("2026-03-14 10:00", 0, "2026-03-14 10:00", id="nothing"),
        pytest.param("2025-12-31 16:30", 1, "2025-12-31 17:30", id="ends at the last close of the year"),
        pytest.param("2098-12-31 16:30", 2, "2099-01-01 09:30", id="a year of which no holidays are known"),
    ],
)
def test_adding_business_time_worked_out_by_hand(start: str, hours: float, end: str) -> None:
    found = CHINA.add_working(at(start), hours * 3600)
    assert found == at(end)
    assert found.tzinfo is UTC


def test_a_full_working_day() -> None:
    assert CHINA.day_seconds == 25_200
    assert Calendar(hours=((time(0), time(0)),)).day_seconds == 86_400
    assert Calendar(hours=((time(9), time(12)), (time(12), time(17)))).day_seconds == 8 * 3600


def test_worked_days_are_those_of_the_package_in_every_year_that_it_knows() -> None:
    days = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
    assert [day for day in days if CHINA.is_working(day) is not chinese_calendar.is_workday(day)] == []


def test_holidays_can_be_switched_off() -> None:
    plain = Calendar(holidays="none")
    assert [CHINA.is_working(date(2026, 2, day)) for day in (14, 17)] == [True, False]
    assert [plain.is_working(date(2026, 2, day)) for day in (14, 17)] == [False, True]


def test_exceptions_come_before_everything() -> None:
    ours = Calendar(exceptions={date(2026, 2, 17): True, date(2026, 2, 14): False, date(2026, 3, 9): False})
    assert [ours.is_working(date(2026, 2, day)) for day in (14, 17, 18)] == [False, True, False]
    assert ours.working_seconds(at("2026-03-09 00:00"), at("2026-03-16 00:00")) == 28 * 3600


def test_later_changes_of_the_exceptions_given_do_not_reach_the_calendar() -> None:
    days: dict[date, bool] = {}
    ours = Calendar(exceptions=days)
    days[date(2026, 3, 9)] = False
    assert ours.is_working(date(2026, 3, 9))


def test_which_years_are_known() -> None:
    assert CHINA.knows(2026)
    assert not CHINA.knows(2099)
    assert Calendar(exceptions={date(2099, 1, 1): False}).knows(2099)
    assert Calendar(holidays="none").knows(2099)


def test_any_zone_goes_in() -> None:
    assert CHINA.working_seconds(at("2026-03-09 02:00", BERLIN), at("2026-03-09 03:00", UTC)) == 2 * 3600
    assert CHINA.add_working(at("2026-03-09 02:00", BERLIN), 3600) == at("2026-03-09 10:00")


def test_naive_times_and_negative_spans_are_refused() -> None:
    naive = datetime(2026, 3, 9, 9)
    with pytest.raises(TypeError):
        CHINA.working_seconds(naive, at("2026-03-09 10:00"))
    with pytest.raises(TypeError):
        CHINA.add_working(naive, 0)
    with pytest.raises(ValueError, match="0 or more"):
        CHINA.add_working(at("2026-03-09 10:00"), -1)


# Berlin 2026: on Sunday 29 March 02:00 becomes 03:00, on Sunday 25 October 03:00 becomes 02:00 again.
def test_days_on_which_summer_time_begins_or_ends() -> None:
    sundays = {date(2026, 3, 29): True, date(2026, 10, 25): True}
    night = Calendar("Europe/Berlin", ((time(1), time(5)),), sundays, "none")
    assert night.working_seconds(at("2026-03-29 00:00", BERLIN), at("2026-03-29 12:00", BERLIN)) == 3 * 3600
    assert night.working_seconds(at("2026-10-25 00:00", BERLIN), at("2026-10-25 12:00", BERLIN)) == 5 * 3600
    assert night.add_working(at("2026-03-29 01:30", BERLIN), 3600) == at("2026-03-29 03:30", BERLIN)
    skipped = Calendar("Europe/Berlin", ((time(1), time(2, 20)), (time(2, 40), time(4))), sundays, "none")
    assert skipped.working_seconds(at("2026-03-29 00:00", BERLIN), at("2026-03-29 12:00", BERLIN)) == 2 * 3600


def test_a_repeated_hour_is_told_apart() -> None:
    early = at("2026-10-25 02:30", BERLIN)
    late = early.replace(fold=1)
    always = Calendar("Europe/Berlin", ((time(0), time(0)),), {date(2026, 10, 25): True}, "none")
    assert always.working_seconds(early, late) == 3600
    assert always.add_working(early, 3600) == in_utc(late)


@pytest.mark.parametrize(
    ("settings_", "english", "chinese"),
    [
        ({"zone": "Mars/Crater"}, 'time zone "Mars/Crater" is unknown', "时区“Mars/Crater”不存在"),
        ({"zone": "../etc"}, 'time zone "../etc" is unknown', "时区“../etc”不存在"),
        ({"hours": ()}, "working hours (none)", "工作时间（无）"),
        ({"hours": ((time(9), time(9)),)}, "working hours (09:00-09:00)", "工作时间（09:00-09:00）"),
        (
            {"hours": ((time(9), time(12)), (time(11), time(17)))},
            "(09:00-12:00, 11:00-17:00) must be one stretch or more",
            "（09:00-12:00, 11:00-17:00）至少要有一段",
        ),
    ],
)
def test_a_calendar_that_cannot_be(settings_: dict, english: str, chinese: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Calendar(**settings_)
    assert english in caught.value.text("en")
    assert chinese in caught.value.text("zh")


def test_csv_of_calendar_days() -> None:
    text = (
        "\ufeffday,working,name\r\n2027-02-05,0,除夕\r\n\r\n"
        '2027/2/20,是,"Make-up day, festival"\r\n2027-02-06,FALSE,\r\n2027-02-07,0\r\n'
    )
    assert parse_calendar_csv(text) == {
        date(2027, 2, 5): (False, "除夕"),
        date(2027, 2, 20): (True, "Make-up day, festival"),
        date(2027, 2, 6): (False, ""),
        date(2027, 2, 7): (False, ""),
    }
    assert parse_calendar_csv("working,day\n1,2027-02-20\n") == {date(2027, 2, 20): (True, "")}


def test_csv_tells_every_fault_with_its_line() -> None:
    text = (
        'day,working,name\n2027-02-30,0,a\n2027-02-05,0,"two\nlines"\n\n2027-02-05,1,again\n'
        "2027-02-08,maybe,b\n2027-02-09,0,c,d\nsoon,,\n"
    )
    with pytest.raises(InvalidInputError) as caught:
        parse_calendar_csv(text)
    assert caught.value.text("en").splitlines() == [
        'Line 2: day "2027-02-30" is not a date; write it as 2027-02-06.',
        "Line 6: 2027-02-05 is already in line 3; give each day once.",
        'Line 7: working "maybe" must be 1 (worked) or 0 (free).',
        "Line 8: 4 cells under 3 columns; put a name with a comma in quotes.",
        'Line 9: day "soon" is not a date; write it as 2027-02-06.',
        'Line 9: working "" must be 1 (worked) or 0 (free).',
    ]
    assert caught.value.text("zh").splitlines() == [
        "第 2 行：day“2027-02-30”不是日期；请写成 2027-02-06。",
        "第 6 行：2027-02-05 已见于第 3 行；每天只写一次。",
        "第 7 行：working“maybe”应为 1（上班）或 0（休息）。",
        "第 8 行：有 4 格，但只有 3 列；含逗号的名称请加引号。",
        "第 9 行：day“soon”不是日期；请写成 2027-02-06。",
        "第 9 行：working“”应为 1（上班）或 0（休息）。",
    ]


@pytest.mark.parametrize(
    ("text", "english", "chinese"),
    [
        ("", "not nothing.", "而不是 空。"),
        ("date,work\n", "not date,work.", "而不是 date,work。"),
        ("day,working,day\n", "not day,working,day.", "而不是 day,working,day。"),
        ("day;working\n", "not day;working.", "而不是 day;working。"),
    ],
)
def test_csv_with_other_columns(text: str, english: str, chinese: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_calendar_csv(text)
    assert caught.value.text("en").startswith("Line 1: the columns must be day,working,name")
    assert caught.value.text("en").endswith(english)
    assert caught.value.text("zh").endswith(chinese)


def test_what_is_not_csv() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_calendar_csv(f"day,working\n2027-02-05,0\n2027-02-06,{'0' * 140_000}\n")
    assert caught.value.text("en").startswith("Line 3: this is not CSV (")
    assert caught.value.text("zh").startswith("第 3 行：不是有效的 CSV（")


# The doorkeeper: for twelve days he looks at the wall clock every minute. In the first one in which it shows the hour
# of opening or a later one he opens, in the first in which it shows the hour of closing or a later one he closes.

WINDOWS = (date(2026, 2, 12), date(2026, 3, 24), date(2026, 10, 20), date(2025, 12, 26), date(2027, 3, 24))
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "UTC")
DAYS = 12


@cache
def walls(zone: str, first: date) -> tuple[datetime, ...]:
    """What the clock shows in each minute from 24 h before the first day's midnight UTC until a day after the last."""
    beginning = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
    tz = ZoneInfo(zone)
    count = (DAYS + 2) * 1440
    return tuple((beginning + n * MINUTE).astimezone(tz).replace(tzinfo=None) for n in range(count))


@cache
def first_minute(zone: str, first: date, shown: datetime) -> int:
    return next((n for n, wall in enumerate(walls(zone, first)) if wall >= shown), (DAYS + 2) * 1440)


def worked_by_hand(calendar: Calendar, day: date, china: bool) -> bool:
    if day in calendar.exceptions:
        return calendar.exceptions[day]
    free = {
        "2026-01-01",
        "2026-01-02",
        *(f"2026-02-{n}" for n in range(15, 24)),
        *(f"2026-10-0{n}" for n in range(1, 8)),
    }
    made_up = {"2026-01-04", "2026-02-14", "2026-02-28", "2026-10-10"}
    if china and (str(day) in free or str(day) in made_up):
        return str(day) in made_up
    return day.weekday() not in (5, 6)


def open_minutes(calendar: Calendar, first: date) -> list[bool]:
    """For each minute of `walls`, whether the door is open."""
    door = [False] * ((DAYS + 2) * 1440)
    for n in range(-1, DAYS + 1):
        day = first + timedelta(days=n)
        if not worked_by_hand(calendar, day, calendar.holidays == "china"):
            continue
        for begin, end in calendar.hours:
            opens = first_minute(calendar.zone, first, datetime.combine(day, begin))
            closing = (
                datetime.combine(day, end)
                if end != time()
                else datetime.combine(day, end) + timedelta(days=1)
            )
            closes = first_minute(calendar.zone, first, closing)
            for minute in range(opens, closes):
                door[minute] = True
    return door


@st.composite
def day_hours(draw: st.DrawFn) -> Hours:
    count = draw(st.integers(1, 3))
    marks = draw(
        st.lists(st.integers(0, 1440), min_size=2 * count, max_size=2 * count, unique=True).map(sorted)
    )
    times = [time(mark // 60 % 24, mark % 60) for mark in marks]
    return tuple(zip(times[::2], times[1::2], strict=True))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, date]:
    """A calendar and the first day of a window with something of interest in it."""
    first = draw(st.sampled_from(WINDOWS))
    days = st.integers(0, DAYS - 1).map(lambda n: first + timedelta(days=n))
    exceptions = draw(st.dictionaries(days, st.booleans(), max_size=5))
    zone, holidays = draw(st.sampled_from(ZONES)), draw(st.sampled_from(("china", "none")))
    return Calendar(zone, draw(day_hours()), exceptions, holidays), first


minutes = st.integers(1440, (DAYS + 1) * 1440 - 1)


def instant(first: date, minute: int) -> datetime:
    return datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(minutes=minute - 1440)


@settings(max_examples=150, deadline=None)
@given(calendars(), minutes, minutes)
def test_business_time_is_the_time_for_which_the_door_is_open(
    made: tuple[Calendar, date], start: int, end: int
) -> None:
    calendar, first = made
    open_for = 60.0 * sum(open_minutes(calendar, first)[start:end])
    assert calendar.working_seconds(instant(first, start), instant(first, end)) == open_for


@settings(max_examples=150, deadline=None)
@given(calendars(), minutes, st.integers(1, 3000))
def test_adding_business_time_is_waiting_at_the_door(
    made: tuple[Calendar, date], start: int, wanted: int
) -> None:
    calendar, first = made
    door, minute, waited = open_minutes(calendar, first), start, 0
    while waited < wanted and minute < len(door) - 1440:
        waited += door[minute]
        minute += 1
    found = calendar.add_working(instant(first, start), wanted * 60)
    if waited == wanted:
        assert found == instant(first, minute)
    else:
        assert found >= instant(first, minute)


anywhere = st.datetimes(
    datetime(2023, 1, 1), datetime(2029, 1, 1), timezones=st.sampled_from(ZONES).map(ZoneInfo)
)


@settings(deadline=None)
@given(calendars(), anywhere, st.floats(0, 300), st.floats(0, 300))
def test_adding_and_measuring_undo_each_other_and_are_monotone(
    made: tuple[Calendar, date], start: datetime, less: float, more: float
) -> None:
    calendar, _ = made
    less, more = (days * calendar.day_seconds for days in sorted((less, more)))
    soon, later = calendar.add_working(start, less), calendar.add_working(start, more)
    assert in_utc(start) <= soon <= later
    assert calendar.working_seconds(start, soon) == pytest.approx(less, abs=1e-6)
    assert calendar.working_seconds(start, later) >= calendar.working_seconds(start, soon)
    assert calendar.add_working(start, calendar.working_seconds(start, later)) == later
    if less >= 1e-6:
        assert calendar.working_seconds(start, soon - timedelta(microseconds=1)) < calendar.working_seconds(
            start, soon
        )


@settings(deadline=None)
@given(calendars(), anywhere, anywhere, anywhere)
def test_business_time_adds_up(made: tuple[Calendar, date], a: datetime, b: datetime, c: datetime) -> None:
    calendar, _ = made
    a, b, c = sorted((in_utc(a), in_utc(b), in_utc(c)))
    parts = calendar.working_seconds(a, b) + calendar.working_seconds(b, c)
    assert calendar.working_seconds(a, c) == pytest.approx(parts, abs=1e-5)
