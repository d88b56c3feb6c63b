"""The business calendar 工作日历: which days and hours are worked, and business time between two instants. No I/O."""

import csv
import io
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property
from itertools import pairwise
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from chinese_calendar.constants import holidays as _china_holidays
from chinese_calendar.constants import workdays as _china_workdays

from gis_core.errors import InvalidInputError

Holidays = Literal["china", "none"]
Hours = tuple[tuple[time, time], ...]

OFFICE_HOURS: Hours = ((time(8, 30), time(12)), (time(14), time(17, 30)))
"""Seven hours a day, with a rest at noon."""
COLUMNS = ("day", "working", "name")
"""Of the CSV of calendar days."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_DATE = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})")
_WORDS = {
    "1": True,
    "true": True,
    "yes": True,
    "是": True,
    "0": False,
    "false": False,
    "no": False,
    "否": False,
}


class _Year(NamedTuple):
    """The worked stretches of a local year in order, in microseconds since 1970 UTC."""

    starts: list[int]
    ends: list[int]
    sums: list[int]
    """Business time of the year up to the end of each stretch."""


@dataclass(frozen=True)
class Calendar:
    """Worked days and hours of a place.

    Worked are Monday to Friday. With holidays="china", the public holidays and make-up days 调休 of mainland China are
    taken into account for the years that the package `chinesecalendar` knows; later years are announced each November,
    until then (see `knows`) they are plain Mondays to Fridays. `exceptions` come before all of that.

    On the day when summer time begins or ends, hours are read off the wall clock: work begins and ends when the clock
    first shows the hour or a later one. So a worked stretch may be an hour longer or shorter on such a day.

    zone: IANA time zone of the wall clock. hours: worked stretches of a day, in order; 00:00 as an end is the end of
    the day. exceptions: day → whether it is worked.

    Raises:
        InvalidInputError: the zone is unknown, or the hours are none, out of order or overlap.
    """

    zone: str = "Asia/Shanghai"
    hours: Hours = OFFICE_HOURS
    exceptions: Mapping[date, bool] = field(default_factory=dict, hash=False)
    holidays: Holidays = "china"
    _years: dict[int, _Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # A copy, since the tables of years are kept and would not follow later changes.
        object.__setattr__(self, "exceptions", dict(self.exceptions))
        _check_zone(self.zone)
        _check_hours(self.hours)

    @cached_property
    def tz(self) -> ZoneInfo:
        """The time zone of the wall clock."""
        return ZoneInfo(self.zone)

    @cached_property
    def day_seconds(self) -> float:
        """Length of a full working day in seconds; 25,200 with the default hours."""
        return float(
            sum(_seconds_of_day(end, end=True) - _seconds_of_day(begin) for begin, end in self.hours)
        )

    def is_working(self, day: date) -> bool:
        """Whether the local day is worked."""
        if day in self.exceptions:
            return self.exceptions[day]
        if self.holidays == "china" and day.year in _china_years():
            return day in _china_workdays or (day.weekday() < 5 and day not in _china_holidays)
        return day.weekday() < 5

    def knows(self, year: int) -> bool:
        """Whether holidays of the year are known: by the package, by an exception in it, or because none are kept."""
        if self.holidays == "none" or year in _china_years():
            return True
        return any(day.year == year for day in self.exceptions)

    def working_seconds(self, start: datetime, end: datetime) -> float:
        """Business time from start to end in seconds, to the microsecond; 0 where the end is before the start.

        start, end: aware, in any zone; TypeError for others.
        """
        start, end = in_utc(start), in_utc(end)
        if end <= start:
            return 0.0
        first, last = self._year_of(start), self._year_of(end)
        whole_years = sum(self._total(year) for year in range(first, last))
        return (whole_years + self._worked(last, end) - self._worked(first, start)) / 1e6

    def add_working(self, start: datetime, seconds: float) -> datetime:
        """The earliest instant, in UTC, by which so much business time has passed since the start.

        A span that is used up at the close of business ends there, not at the next opening. None of it: the start.

        start: aware, in any zone; TypeError for others. seconds: 0 or more, ValueError for less. OverflowError after
        the year 9999.
        """
        if seconds < 0:
            raise ValueError(f"Business time to add must be 0 or more, not {seconds}.")
        left = round(seconds * 1e6)
        if left == 0:
            return in_utc(start)
        year = self._year_of(start)
        left += self._worked(year, start)
        while left > self._total(year):
            left -= self._total(year)
            year += 1
        table = self._table(year)
        stretch = bisect_left(table.sums, left)
        return _EPOCH + (table.ends[stretch] - (table.sums[stretch] - left)) * _TICK

    def end_of_day(self, day: date) -> datetime:
        """24:00 of the local day, in UTC."""
        return _first_shown(datetime.combine(day + _DAY, time()), self.tz)

    def _year_of(self, instant: datetime) -> int:
        return in_utc(instant).astimezone(self.tz).year

    def _total(self, year: int) -> int:
        sums = self._table(year).sums
        return sums[-1] if sums else 0

    def _worked(self, year: int, instant: datetime) -> int:
        """Business time of the local year before the instant, in microseconds."""
        table = self._table(year)
        ticks = (instant - _EPOCH) // _TICK
        stretch = bisect_right(table.starts, ticks) - 1
        if stretch < 0:
            return 0
        return table.sums[stretch] - max(table.ends[stretch] - ticks, 0)

    def _table(self, year: int) -> _Year:
        table = self._years.get(year)
        if table is None:
            table = self._years[year] = self._tabulated(year)
        return table

    def _tabulated(self, year: int) -> _Year:
        table = _Year([], [], [])
        total = 0
        first = date(year, 1, 1)
        for day in (first + n * _DAY for n in range((date(year, 12, 31) - first).days + 1)):
            if not self.is_working(day):
                continue
            for begin, end in self.hours:
                closing = datetime.combine(day if end > begin else day + _DAY, end)
                table.starts.append((_first_shown(datetime.combine(day, begin), self.tz) - _EPOCH) // _TICK)
                table.ends.append((_first_shown(closing, self.tz) - _EPOCH) // _TICK)
                total += table.ends[-1] - table.starts[-1]
                table.sums.append(total)
        return table


def in_utc(instant: datetime) -> datetime:
    """The aware instant in UTC; TypeError for a naive one.

    Two instants of one zone that knows summer time must go through here before they are compared or subtracted, since
    Python would take the times of their wall clocks.
    """
    return _EPOCH + (instant - _EPOCH)


@cache
def _china_years() -> range:
    return range(min(_china_holidays).year, max(_china_holidays).year + 1)


def _first_shown(wall: datetime, zone: ZoneInfo) -> datetime:
    """The first instant, in UTC, at which the clock shows the (naive) time or, where that is skipped, a later one."""
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first <= second:
        return first
    # In a gap Python takes fold 0 as after it and fold 1 as before it; the clock is put forward in between.
    between = range(int((first - second).total_seconds()))
    ahead = bisect_left(
        between,
        True,
        key=lambda s: (second + timedelta(seconds=s)).astimezone(zone).replace(tzinfo=None) >= wall,
    )
    return second + timedelta(seconds=ahead)


def _seconds_of_day(at: time, *, end: bool = False) -> float:
    if end and at == time():
        return _DAY.total_seconds()
    return timedelta(
        hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond
    ).total_seconds()


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (LookupError, ValueError, OSError) as error:
        raise InvalidInputError(
            f'The time zone "{zone}" is unknown; give an IANA name such as Asia/Shanghai.',
            f"时区“{zone}”不存在；请填写 IANA 名称，如 Asia/Shanghai。",
        ) from error


def _check_hours(hours: Hours) -> None:
    spans = [(_seconds_of_day(begin), _seconds_of_day(end, end=True)) for begin, end in hours]
    if spans and all(b < e for b, e in spans) and all(e <= b for (_, e), (b, _) in pairwise(spans)):
        return
    given = ", ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in hours)
    raise InvalidInputError(
        f"The working hours ({given or 'none'}) must be one stretch or more, each ending after it begins, in order and "
        "without overlap, such as 08:30-12:00, 14:00-17:30.",
        f"工作时间（{given or '无'}）至少要有一段，每段的结束晚于开始，"
        "按先后排列且不重叠，如 08:30-12:00, 14:00-17:30。",
    )


def parse_calendar_csv(text: str) -> dict[date, tuple[bool, str]]:
    """Read calendar days from CSV with the columns day, working, name: day → (worked or not, name).

    day: 2027-02-06 or, as spreadsheets write it, 2027/2/6. working: 1/0, true/false, yes/no or 是/否. name: may be left
    out. The order of the columns is free, empty lines and a byte order mark are skipped.

    Raises:
        InvalidInputError: names every fault with its line.
    """
    days: dict[date, tuple[bool, str]] = {}
    lines: dict[date, int] = {}
    faults: list[tuple[str, str]] = []
    rows = _rows(text)
    header = [name.strip().lower() for name in rows[0][1]] if rows else []
    unknown = sorted(set(header) - set(COLUMNS))
    if not {"day", "working"} <= set(header) or unknown or len(set(header)) < len(header):
        raise InvalidInputError(
            f"Line 1: the columns must be day,working,name (name is optional), not {','.join(header) or 'nothing'}.",
            f"第 1 行：列名应为 day,working,name（name 可省略），而不是 {','.join(header) or '空'}。",
        )
    for line, cells in rows[1:]:
        if len(cells) > len(header):
            faults.append(
                (
                    f"Line {line}: {len(cells)} cells under {len(header)} columns; put a name with a comma in quotes.",
                    f"第 {line} 行：有 {len(cells)} 格，但只有 {len(header)} 列；含逗号的名称请加引号。",
                )
            )
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        day, working = _date_of(row.get("day", "")), _WORDS.get(row.get("working", "").lower())
        faults += _row_faults(line, row, day, working, lines)
        if day is not None:
            lines.setdefault(day, line)
            days[day] = (bool(working), row.get("name", ""))
    if faults:
        raise InvalidInputError("\n".join(en for en, _ in faults), "\n".join(zh for _, zh in faults))
    return days


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The rows that are not empty, each with the number of the line that it begins in."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    rows: list[tuple[int, list[str]]] = []
    line = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidInputError(
            f"Line {line}: this is not CSV ({error}).", f"第 {line} 行：不是有效的 CSV（{error}）。"
        ) from error
    return rows


def _date_of(cell: str) -> date | None:
    match = _DATE.fullmatch(cell)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:
        return None


def _row_faults(
    line: int, row: Mapping[str, str], day: date | None, working: bool | None, lines: Mapping[date, int]
) -> list[tuple[str, str]]:
    faults = []
    if day is None:
        cell = row.get("day", "")
        faults.append(
            (
                f'Line {line}: day "{cell}" is not a date; write it as 2027-02-06.',
                f"第 {line} 行：day“{cell}”不是日期；请写成 2027-02-06。",
            )
        )
    elif day in lines:
        faults.append(
            (
                f"Line {line}: {day} is already in line {lines[day]}; give each day once.",
                f"第 {line} 行：{day} 已见于第 {lines[day]} 行；每天只写一次。",
            )
        )
    if working is None:
        cell = row.get("working", "")
        faults.append(
            (
                f'Line {line}: working "{cell}" must be 1 (worked) or 0 (free).',
                f"第 {line} 行：working“{cell}”应为 1（上班）或 0（休息）。",
            )
        )
    return faults
