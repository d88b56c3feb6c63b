"""Periods that measures are taken over: months, quarters, years, and days from-to. No I/O."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gis_core.errors import InvalidInputError

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})Q([1-4])")
_YEAR = re.compile(r"\d{4}")
_DAYS = re.compile(r"(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)")
LONGEST_DAYS = 366


@dataclass(frozen=True)
class Period:
    """From `begin` until before `end`, local midnights in UTC. named: whether it is a month, a quarter or a year."""

    text: str
    first: date
    last: date
    begin: datetime
    end: datetime
    named: bool

    def ended(self, now: datetime) -> bool:
        """Whether it is over."""
        return self.end <= now

    def until(self, now: datetime) -> datetime:
        """Its end, or now where it is not over."""
        return min(self.end, now)


def parse_period(text: str, zone: ZoneInfo) -> Period:
    """`2026-11`, `2026Q4`, `2026`, or `2026-11-01/2026-11-15` with both days in it.

    Raises:
        InvalidInputError: it is none of these, ends before it begins, or is longer than a year.
    """
    days = _days_of(text)
    if days is None:
        raise InvalidInputError(
            f"period = {text[:40]!r}: a month 2026-11, a quarter 2026Q4, a year 2026, or days 2026-11-01/2026-11-15.",
            f"period = “{text[:40]}”：须为月 2026-11、季 2026Q4、年 2026，或起止日期 2026-11-01/2026-11-15。",
        )
    first, last = days
    if not timedelta() <= last - first < timedelta(days=LONGEST_DAYS):
        raise InvalidInputError(
            f"period = {text}: it ends before it begins, or is longer than {LONGEST_DAYS} days.",
            f"period = {text}：结束早于开始，或超过 {LONGEST_DAYS} 天。",
        )
    begin, end = (
        datetime.combine(day, time(), zone).astimezone(UTC) for day in (first, last + timedelta(days=1))
    )
    return Period(text, first, last, begin, end, _DAYS.fullmatch(text) is None)


def _days_of(text: str) -> tuple[date, date] | None:
    try:
        if found := _MONTH.fullmatch(text):
            return _months(int(found[1]), int(found[2]), 1)
        if found := _QUARTER.fullmatch(text):
            return _months(int(found[1]), 3 * int(found[2]) - 2, 3)
        if _YEAR.fullmatch(text):
            return _months(int(text), 1, 12)
        if found := _DAYS.fullmatch(text):
            return date.fromisoformat(found[1]), date.fromisoformat(found[2])
    except (ValueError, OverflowError):
        return None
    return None


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    following = date(year + (month + count - 1) // 12, (month + count - 1) % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)
