"""Time limits: how each unit counts, and stage clocks against one that is wound by hand every minute."""

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_core.errors import InvalidInputError
from gis_core.incidents.calendar import Calendar
from gis_core.incidents.clocks import Limit, StageClock, Unit, timers_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
CHINA = Calendar()
HOUR = 3600.0


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# 13 March 2026 is a Friday; 15 to 23 February 2026 are free, Saturday 14 February is worked.
@pytest.mark.parametrize(
    ("unit", "value", "start", "due"),
    [
        (Unit.URGENT_HOUR, 3, "2026-03-13 16:00", "2026-03-13 19:00"),
        (Unit.URGENT_DAY, 2, "2026-03-13 16:00", "2026-03-15 16:00"),
        (Unit.WORK_HOUR, 4, "2026-03-13 16:00", "2026-03-16 11:00"),
        (Unit.WORK_DAY, 1, "2026-03-13 16:00", "2026-03-16 16:00"),
        (Unit.WORK_DAY, 0.5, "2026-03-13 14:00", "2026-03-13 17:30"),
        (Unit.WORK_DAY, 2, "2026-02-13 16:00", "2026-02-24 16:00"),
        (Unit.WORK_DAY, 1, "2026-03-14 10:00", "2026-03-16 17:30"),
        (Unit.NATURAL_DAY, 1, "2026-03-13 16:00", "2026-03-15 00:00"),
        (Unit.NATURAL_DAY, 7, "2026-03-13 00:00", "2026-03-21 00:00"),
        (Unit.NATURAL_DAY, 7, "2026-03-13 23:59", "2026-03-21 00:00"),
    ],
)
def test_limits_worked_out_by_hand(unit: Unit, value: float, start: str, due: str) -> None:
    limit = Limit(unit, value)
    found = limit.due(at(start), CHINA)
    assert found == at(due)
    assert found.tzinfo is UTC
    clock = StageClock(limit.kind, limit.seconds(at(start), CHINA), running_since=at(start))
    assert clock.moment(1.0, CHINA) == at(due)


def test_the_examples_of_the_documentation() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "time-limits.md").read_text()
    rows = re.findall(
        r"^\| ([0-9.]+) `(\w+)` \| ([-0-9: ]{16}) \| ([-0-9: ]{16}) \|", page, flags=re.MULTILINE
    )
    assert {unit for _, unit, _, _ in rows} == set(Unit)
    found = [Limit(Unit(unit), float(value)).due(at(start), CHINA) for value, unit, start, _ in rows]
    assert found == [at(end) for _, _, _, end in rows]


def test_kinds_of_clock() -> None:
    assert {str(unit): Limit(unit, 1).kind for unit in Unit} == {
        "urgent_hour": "continuous",
        "urgent_day": "continuous",
        "work_hour": "business",
        "work_day": "business",
        "natural_day": "continuous",
    }


def test_length_of_an_extension() -> None:
    spans = {str(unit): Limit(unit, 2).span(CHINA) / HOUR for unit in Unit}
    assert spans == {"urgent_hour": 2, "urgent_day": 48, "work_hour": 2, "work_day": 14, "natural_day": 48}


def test_a_natural_day_ends_at_midnight_on_the_day_summer_time_begins() -> None:
    berlin = Calendar("Europe/Berlin", holidays="none")
    limit = Limit(Unit.NATURAL_DAY, 1)
    assert limit.seconds(at("2026-03-28 12:00", BERLIN), berlin) == 35 * HOUR
    assert limit.due(at("2026-03-28 12:00", BERLIN), berlin) == at("2026-03-30 00:00", BERLIN)


@pytest.mark.parametrize(
    ("unit", "value", "english", "chinese"),
    [
        (Unit.WORK_DAY, 0, "A time limit of 0 (work_day) must be above 0", "时限 0（work_day）应大于 0"),
        (Unit.WORK_DAY, float("nan"), "must be above 0 and at most 3650", "应大于 0 且不超过 3650"),
        (Unit.URGENT_DAY, 3651, "A time limit of 3651 (urgent_day) must be", "时限 3651（urgent_day）"),
        (Unit.NATURAL_DAY, 1.5, "1.5 natural days must be a whole number", "1.5 个自然日应为整数"),
    ],
)
def test_limits_that_cannot_be(unit: Unit, value: float, english: str, chinese: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        Limit(unit, value)
    assert english in caught.value.text("en")
    assert chinese in caught.value.text("zh")


def test_timers_of_a_stage() -> None:
    """Four work hours from Friday 16:00: 1.5 h until the close, so 3 h are used at 10:00 on Monday, 4 h at 11:00.

    Monday has 7 h: of 8 h 6.5 h are left for it and end at 17:00; of 12 h 10.5 h: 7 h on Monday and 3.5 h on Tuesday.
    """
    clock = StageClock("business", 4 * HOUR, running_since=at("2026-03-13 16:00"))
    assert timers_of(clock, CHINA) == {
        "warn": at("2026-03-16 10:00"),
        "due": at("2026-03-16 11:00"),
        "double": at("2026-03-16 17:00"),
        "triple": at("2026-03-17 12:00"),
    }


def test_a_clock_that_stands() -> None:
    clock = StageClock("business", 4 * HOUR, running_since=at("2026-03-13 16:00"))
    stands = clock.pause(at("2026-03-13 17:00"), CHINA)
    assert stands == StageClock("business", 4 * HOUR, HOUR, None)
    assert stands.pause(at("2026-03-16 10:00"), CHINA) == stands
    assert stands.used(at("2026-04-01 10:00"), CHINA) == HOUR
    assert stands.moment(1.0, CHINA) is None
    assert timers_of(stands, CHINA) == {}
    goes_on = stands.resume(at("2026-03-17 09:00"))
    assert goes_on.moment(1.0, CHINA) == at("2026-03-17 12:00")
    assert goes_on.resume(at("2026-03-18 09:00")) == goes_on


def test_a_pause_at_night_costs_a_business_clock_nothing() -> None:
    clock = StageClock("business", 4 * HOUR, running_since=at("2026-03-12 16:00"))
    rested = clock.pause(at("2026-03-12 18:00"), CHINA).resume(at("2026-03-13 08:00"))
    assert timers_of(rested, CHINA) == timers_of(clock, CHINA)


def test_a_pause_of_the_stage_leaves_the_limit_of_the_whole_case() -> None:
    reported = at("2026-03-13 09:00")
    whole = StageClock("business", 10 * CHINA.day_seconds, running_since=reported)
    stage = StageClock("business", 4 * HOUR, running_since=reported)
    later = stage.pause(at("2026-03-13 10:00"), CHINA).resume(at("2026-03-20 10:00"))
    assert later.moment(1.0, CHINA) == at("2026-03-20 15:00")
    assert whole.moment(1.0, CHINA) == at("2026-03-27 09:00") == Limit(Unit.WORK_DAY, 10).due(reported, CHINA)


def test_an_extension_moves_what_is_to_come() -> None:
    clock = StageClock("continuous", 10 * HOUR, running_since=at("2026-03-13 00:00"))
    longer = clock.extended(10 * HOUR)
    assert longer.moment(1.0, CHINA) == at("2026-03-13 20:00")
    assert longer.share(at("2026-03-13 10:00"), CHINA) == 0.5
    with pytest.raises(ValueError, match="cannot be changed by"):
        clock.extended(-10 * HOUR)


def test_what_was_used_before_the_clock_began_to_run_last() -> None:
    began = at("2026-03-16 09:00")
    clock = StageClock("continuous", 10 * HOUR, 8 * HOUR, began)
    assert clock.moment(0.75, CHINA) == began
    assert clock.moment(1.0, CHINA) == at("2026-03-16 11:00")
    assert clock.used(at("2026-03-16 08:00"), CHINA) == 8 * HOUR, "time does not run backwards"


def test_seconds_go_by_instants_where_the_wall_clock_repeats_an_hour() -> None:
    clock = StageClock("continuous", HOUR, running_since=at("2026-10-25 02:30", BERLIN))
    now = at("2026-10-25 02:30", BERLIN).replace(fold=1)
    assert clock.used(now, CHINA) == HOUR
    assert clock.moment(1.0, CHINA) == now.astimezone(UTC)


def test_naive_times_are_refused() -> None:
    naive = datetime(2026, 3, 9, 9)
    clock = StageClock("continuous", HOUR, running_since=at("2026-03-09 08:00"))
    with pytest.raises(TypeError):
        clock.used(naive, CHINA)
    with pytest.raises(TypeError):
        Limit(Unit.NATURAL_DAY, 1).seconds(naive, CHINA)


# A clock wound by hand: every minute somebody looks whether the clock runs and, for business time, whether the wall
# clock is within the hours of a worked day, and moves the hand by one minute.

BEGINNING = datetime(2026, 3, 25, tzinfo=UTC)
LENGTH = 10 * 1440
ZONES = ("Asia/Shanghai", "Europe/Berlin", "UTC")


@cache
def walls(zone: str) -> tuple[datetime, ...]:
    return tuple((BEGINNING + timedelta(minutes=n)).astimezone(ZoneInfo(zone)) for n in range(LENGTH))


def moves(kind: str, calendar: Calendar, minute: int) -> bool:
    if kind == "continuous":
        return True
    wall = walls(calendar.zone)[minute]
    worked = calendar.exceptions.get(wall.date(), wall.weekday() < 5)
    return worked and any(begin <= wall.time() < end for begin, end in calendar.hours)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Hours from 04:00 on: the clock shows each once, even on the 29th, when summer time begins."""
    marks = draw(st.lists(st.integers(240, 1439), min_size=4, max_size=4, unique=True).map(sorted))
    one, two, three, four = (time(mark // 60, mark % 60) for mark in marks)
    days = st.integers(24, 31).map(lambda day: date(2026, 3, day))
    return Calendar(
        draw(st.sampled_from(ZONES)),
        ((one, two), (three, four)),
        draw(st.dictionaries(days, st.booleans(), max_size=4)),
        "none",
    )


actions = st.lists(
    st.tuples(
        st.integers(0, LENGTH - 1), st.sampled_from(("pause", "resume", "extend")), st.integers(1, 600)
    ),
    max_size=8,
).map(sorted)
kinds = st.sampled_from(("continuous", "business"))


def minute_of(n: int) -> datetime:
    return BEGINNING + timedelta(minutes=n)


@settings(max_examples=150, deadline=None)
@given(calendars(), kinds, st.integers(1, 1500), actions, st.integers(0, LENGTH - 1))
def test_any_life_of_a_clock_against_one_wound_by_hand(
    calendar: Calendar,
    kind: Literal["continuous", "business"],
    limit: int,
    life: list[tuple[int, str, int]],
    end: int,
) -> None:
    clock, hand, hand_limit, runs = StageClock(kind, limit * 60.0, running_since=minute_of(0)), 0, limit, True
    life = [step for step in life if step[0] <= end]
    for minute in range(end + 1):
        for when, action, extra in life:
            if when != minute:
                continue
            before = clock.used(minute_of(minute), calendar)
            if action == "pause":
                clock, runs = clock.pause(minute_of(minute), calendar), False
            elif action == "resume":
                clock, runs = clock.resume(minute_of(minute)), True
            else:
                clock, hand_limit = clock.extended(extra * 60.0), hand_limit + extra
            assert clock.used(minute_of(minute), calendar) == before, "no action moves what has been used"
        if minute < end:
            hand += runs and moves(kind, calendar, minute)
    assert clock.used(minute_of(end), calendar) == hand * 60.0
    assert clock.share(minute_of(end), calendar) == pytest.approx(hand / hand_limit)
    assert (clock.moment(1.0, calendar) is None) is not runs
    # Left alone from here on, the hand reaches the limit in the minute in which the clock said it would.
    minute = end
    while hand < hand_limit and minute < LENGTH:
        hand += moves(kind, calendar, minute)
        minute += 1
    if runs and end < minute < LENGTH:
        assert clock.moment(1.0, calendar) == minute_of(minute)


@settings(deadline=None)
@given(calendars(), kinds, st.integers(60, 10**6), st.integers(0, 10**6), st.integers(0, LENGTH))
def test_timers_come_in_order_and_at_their_shares(
    calendar: Calendar, kind: Literal["continuous", "business"], limit: int, used: int, start: int
) -> None:
    clock = StageClock(kind, float(limit), float(used), minute_of(start))
    timers = timers_of(clock, calendar)
    assert list(timers) == ["warn", "due", "double", "triple"]
    assert sorted(timers.values()) == list(timers.values())
    for share, moment in zip((0.75, 1.0, 2.0, 3.0), timers.values(), strict=True):
        if share * limit >= used:
            assert clock.share(moment, calendar) == pytest.approx(share)
        else:
            assert moment == minute_of(start)
