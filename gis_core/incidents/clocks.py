"""Time limits of incidents: how their units count, and the clock of a stage, which can stand and go on. No I/O."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from gis_core.errors import InvalidInputError
from gis_core.incidents.calendar import Calendar, in_utc

Kind = Literal["continuous", "business"]

WARN, DUE, DOUBLE, TRIPLE = 0.75, 1.0, 2.0, 3.0
SHARES: dict[str, float] = {"warn": WARN, "due": DUE, "double": DOUBLE, "triple": TRIPLE}
"""Timer → share of the limit at which it goes off: a warning, overdue 超期, and two steps of escalation."""
LONGEST = 3650.0
"""Of any limit, in its unit."""
_HOUR_S, _DAY_S = 3600.0, 86400.0


class Unit(StrEnum):
    """What a limit counts in."""

    URGENT_HOUR = "urgent_hour"
    URGENT_DAY = "urgent_day"
    WORK_HOUR = "work_hour"
    WORK_DAY = "work_day"
    NATURAL_DAY = "natural_day"


@dataclass(frozen=True)
class Limit:
    """So many of a unit.

    Urgent hours and days run day and night. Work hours and days are business time; a work day is as long as a full
    working day of the calendar, so a limit of one that begins at ten ends at ten of the next worked day. Natural days
    are counted as civil law does: from the day after the start, until 24:00 local time of the last day.

    Raises:
        InvalidInputError: the value is not above 0 and at most 3,650, or natural days are not whole.
    """

    unit: Unit
    value: float

    def __post_init__(self) -> None:
        if not 0 < self.value <= LONGEST:
            raise InvalidInputError(
                f"A time limit of {self.value:g} ({self.unit}) must be above 0 and at most {LONGEST:g}.",
                f"时限 {self.value:g}（{self.unit}）应大于 0 且不超过 {LONGEST:g}。",
            )
        if self.unit is Unit.NATURAL_DAY and self.value % 1:
            raise InvalidInputError(
                f"A time limit of {self.value:g} natural days must be a whole number; for parts of days use "
                "urgent_day or work_day.",
                f"时限 {self.value:g} 个自然日应为整数；不足一天请用 urgent_day 或 work_day。",
            )

    @property
    def kind(self) -> Kind:
        """The kind of clock that the limit runs on."""
        return "business" if self.unit in (Unit.WORK_HOUR, Unit.WORK_DAY) else "continuous"

    def seconds(self, start: datetime, calendar: Calendar) -> float:
        """Length in seconds of its kind of clock, for a clock that starts at the (aware) instant."""
        if self.unit is Unit.NATURAL_DAY:
            last = in_utc(start).astimezone(calendar.tz).date() + timedelta(days=self.value)
            return (calendar.end_of_day(last) - start).total_seconds()
        return self.span(calendar)

    def span(self, calendar: Calendar) -> float:
        """Length in seconds of its kind of clock wherever it starts, for an extension 延期: a natural day is 24 h."""
        each = {
            Unit.URGENT_HOUR: _HOUR_S,
            Unit.URGENT_DAY: _DAY_S,
            Unit.WORK_HOUR: _HOUR_S,
            Unit.WORK_DAY: calendar.day_seconds,
            Unit.NATURAL_DAY: _DAY_S,
        }
        return self.value * each[self.unit]

    def due(self, start: datetime, calendar: Calendar) -> datetime:
        """When it ends, in UTC, for a clock that starts at the (aware) instant and never stands."""
        return _after(self.kind, start, self.seconds(start, calendar), calendar)


@dataclass(frozen=True)
class StageClock:
    """The clock of a stage of an incident; a new one for every change. It stands where `running_since` is None.

    kind: "business" counts business time only, "continuous" every second. limit_s: in seconds of that kind, above 0.
    used_s: what had been used, likewise, before it began to run last. running_since: aware.
    """

    kind: Kind
    limit_s: float
    used_s: float = 0.0
    running_since: datetime | None = None

    def pause(self, now: datetime, calendar: Calendar) -> "StageClock":
        """Let it stand, with what has been used until now; a clock that stands stays as it is."""
        return replace(self, used_s=self.used(now, calendar), running_since=None)

    def resume(self, now: datetime) -> "StageClock":
        """Let it go on from now; a clock that runs stays as it is."""
        return self if self.running_since is not None else replace(self, running_since=now)

    def extended(self, extra_s: float) -> "StageClock":
        """With a longer limit; a negative `extra_s` shortens it. ValueError where nothing would be left of it."""
        if self.limit_s + extra_s <= 0:
            raise ValueError(f"A limit of {self.limit_s:g} s cannot be changed by {extra_s:g} s.")
        return replace(self, limit_s=self.limit_s + extra_s)

    def used(self, now: datetime, calendar: Calendar) -> float:
        """Seconds of its kind that have been used until now."""
        if self.running_since is None:
            return self.used_s
        if self.kind == "business":
            return self.used_s + calendar.working_seconds(self.running_since, now)
        passed = in_utc(now) - in_utc(self.running_since)
        return self.used_s + max(passed.total_seconds(), 0.0)

    def share(self, now: datetime, calendar: Calendar) -> float:
        """Used part of the limit; above 1 it is overdue."""
        return self.used(now, calendar) / self.limit_s

    def moment(self, share: float, calendar: Calendar) -> datetime | None:
        """When the share of the limit will have been used, in UTC; None while the clock stands.

        Where so much was used before it began to run last: the instant at which it began.
        """
        if self.running_since is None:
            return None
        left = max(share * self.limit_s - self.used_s, 0.0)
        return _after(self.kind, self.running_since, left, calendar)


def timers_of(clock: StageClock, calendar: Calendar) -> dict[str, datetime]:
    """When each timer of `SHARES` goes off, in UTC; none while the clock stands."""
    moments = {name: clock.moment(share, calendar) for name, share in SHARES.items()}
    return {name: moment for name, moment in moments.items() if moment is not None}


def _after(kind: Kind, start: datetime, seconds: float, calendar: Calendar) -> datetime:
    if kind == "business":
        return calendar.add_working(start, seconds)
    return in_utc(start) + timedelta(seconds=seconds)
