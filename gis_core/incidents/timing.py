"""The clocks of incidents in the database: limits, what entering a state does to them, and the timers' rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from gis_core.incidents.clocks import Limit, StageClock, Unit, timers_of
from gis_core.incidents.life import State
from gis_core.incidents.office import Office
from gis_core.incidents.store import Incident

_STAGE_TIMERS = ("warn", "due", "double", "triple")
_LIMIT = """
WITH first AS (
    SELECT category_code, condition_code FROM time_limit
    WHERE stage = %(stage)s AND step = 1 AND (category_code IS NULL OR category_code = %(category)s)
      AND (condition_code IS NULL OR condition_code = %(condition)s)
    ORDER BY category_code NULLS LAST, condition_code NULLS LAST LIMIT 1
)
SELECT l.step, l.step_zh, l.step_en, l.unit, l.value FROM time_limit l, first
WHERE l.stage = %(stage)s AND l.category_code IS NOT DISTINCT FROM first.category_code
  AND l.condition_code IS NOT DISTINCT FROM first.condition_code
ORDER BY l.step
"""
_SET = """
INSERT INTO incident_timer (incident_id, kind, stage, round, due_at)
SELECT %(incident)s, t.kind, t.stage, greatest(1, coalesce(last.round, 0) + %(next)s), t.due_at
FROM unnest(%(kinds)s::text[], %(stages)s::text[], %(times)s::timestamptz[]) AS t (kind, stage, due_at)
CROSS JOIN LATERAL (
    SELECT max(round) AS round FROM incident_timer o
    WHERE o.incident_id = %(incident)s AND o.kind = t.kind AND o.stage = t.stage
) last
ON CONFLICT (incident_id, kind, stage, round) DO UPDATE SET due_at = excluded.due_at, cancelled_at = NULL
WHERE incident_timer.fired_at IS NULL
"""


@dataclass(frozen=True)
class Step:
    """One step of a stage with its limit; zh, en: its name where the stage has several."""

    step: int
    zh: str
    en: str
    limit: Limit


def steps_of(connection: psycopg.Connection, category: str, condition: str | None, stage: str) -> list[Step]:
    """The steps of a stage, of the condition's own limits, else the category's, else those of all."""
    rows = connection.execute(_LIMIT, {"stage": stage, "category": category, "condition": condition})
    return [Step(step, zh, en, Limit(Unit(unit), value)) for step, zh, en, unit, value in rows]


def clock_of(incident: Incident) -> StageClock | None:
    """The clock of the stage that the incident is in; None where no limit runs."""
    if incident.clock is None or incident.limit_s is None:
        return None
    kind = "business" if incident.clock == "business" else "continuous"
    return StageClock(kind, incident.limit_s, incident.used_s, incident.running_since)


def columns_of(clock: StageClock | None, office: Office) -> dict[str, Any]:
    """A clock as columns of `incident`."""
    if clock is None:
        return {"clock": None, "limit_s": None, "used_s": 0.0, "running_since": None, "stage_due_at": None}
    return {
        "clock": clock.kind, "limit_s": clock.limit_s, "used_s": clock.used_s, "running_since": clock.running_since,
        "stage_due_at": clock.moment(1.0, office.calendar),
    }  # fmt: skip


def started(step: Step | None, office: Office, now: datetime) -> StageClock | None:
    """A clock that begins to run for a step; None where it has no limit."""
    if step is None:
        return None
    return StageClock(step.limit.kind, step.limit.seconds(now, office.calendar), 0.0, now)


def entered(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    state: State,
    now: datetime,
    *,
    restart: bool = False,
) -> dict[str, Any]:
    """What entering a state does to the stage's clock: the columns that change; the timers' rows are set."""
    if state.clock == "stop":
        cancel_timers(connection, incident.id, now)
        return {"stage": None, "step": 1, **columns_of(None, office)}
    if state.clock == "pause":
        clock = clock_of(incident)
        cancel_timers(connection, incident.id, now, _STAGE_TIMERS)
        return {} if clock is None else columns_of(clock.pause(now, office.calendar), office)
    clock = clock_of(incident)
    if state.stage == incident.stage and not restart:
        if clock is None or clock.running_since is not None:
            return {}
        clock = clock.resume(now)
        set_stage_timers(connection, office, incident.id, state.stage, clock)
        return columns_of(clock, office)
    return begin_stage(connection, office, incident, str(state.stage), 1, now)


def begin_stage(
    connection: psycopg.Connection, office: Office, incident: Incident, stage: str, step: int, now: datetime
) -> dict[str, Any]:
    """A stage's step begins anew: the columns that change; the timers' rows are set."""
    steps = steps_of(connection, incident.category, incident.condition, stage)
    clock = started(next((one for one in steps if one.step == step), None), office, now)
    cancel_timers(connection, incident.id, now, (*_STAGE_TIMERS, "auto_close"))
    set_stage_timers(connection, office, incident.id, stage, clock, anew=True)
    late = incident.due_at is not None and incident.due_at <= now
    return {"stage": stage, "step": step, "overdue": late, **columns_of(clock, office)}


def extended(
    connection: psycopg.Connection, office: Office, incident: Incident, limit: Limit, now: datetime
) -> dict[str, Any]:
    """More time for the stage: the columns that change; what its timers told before is told again where due again."""
    clock = clock_of(incident)
    if clock is None or incident.stage is None:
        return {}
    longer = clock.extended(limit.span(office.calendar))
    cancel_timers(connection, incident.id, now, _STAGE_TIMERS)
    set_stage_timers(connection, office, incident.id, incident.stage, longer, anew=True)
    return {**columns_of(longer, office), "overdue": longer.share(now, office.calendar) >= 1}


def set_stage_timers(
    connection: psycopg.Connection,
    office: Office,
    incident: int,
    stage: str,
    clock: StageClock | None,
    *,
    anew: bool = False,
) -> None:
    """Set when the stage's clock tells of itself; anew: of another round of the stage, in which all may fire again."""
    if clock is None:
        return
    times = timers_of(clock, office.calendar)
    if stage == "feedback":
        times = {"auto_close": times["due"]} if "due" in times else {}
    set_timers(connection, incident, [(kind, stage, due_at) for kind, due_at in times.items()], anew=anew)


def set_timers(
    connection: psycopg.Connection, incident: int, timers: Sequence[tuple[str, str, datetime]], *, anew: bool
) -> None:
    """Set timers, (kind, stage, due) each, of the stage's present round, or of the next one; what fired stays so."""
    kinds, stages, times = zip(*timers, strict=True) if timers else ((), (), ())
    connection.execute(
        _SET,
        {
            "incident": incident,
            "kinds": list(kinds),
            "stages": list(stages),
            "times": list(times),
            "next": int(anew),
        },
    )


def cancel_timers(
    connection: psycopg.Connection, incident: int, now: datetime, kinds: tuple[str, ...] | None = None
) -> None:
    """Cancel the incident's waiting timers of these kinds, or all."""
    connection.execute(
        "UPDATE incident_timer SET cancelled_at = %s WHERE incident_id = %s AND fired_at IS NULL"
        " AND cancelled_at IS NULL AND (%s::text[] IS NULL OR kind = ANY(%s))",
        [now, incident, kinds and list(kinds), kinds and list(kinds)],
    )


def whole_anew(
    connection: psycopg.Connection, office: Office, incident: Incident, now: datetime
) -> datetime | None:
    """When the whole of a corrected incident is due, from its report on; its timer is set by that.

    None is set where the limit before has passed and the new one too, so that it is told once, nor where the case was
    struck off once and reopened.
    """
    due_at = _whole_due(connection, office, incident.category, incident.condition, incident.reported_at)
    late = incident.due_at is not None and incident.due_at <= now
    if not incident.reopens and not (late and due_at is not None and due_at <= now):
        cancel_timers(connection, incident.id, now, ("whole",))
        set_timers(connection, incident.id, _whole_timers(due_at), anew=True)
    return due_at


def first_columns(
    connection: psycopg.Connection, office: Office, category: str, condition: str | None, now: datetime
) -> tuple[dict[str, Any], list[tuple[str, str, datetime]]]:
    """Clock columns of a new report, and its timers: of the stage `accept`, and of the whole, which nothing pauses."""
    accept = started(next(iter(steps_of(connection, category, condition, "accept")), None), office, now)
    due_at = _whole_due(connection, office, category, condition, now)
    timers = _whole_timers(due_at)
    if accept is not None:
        timers += [(kind, "accept", at) for kind, at in timers_of(accept, office.calendar).items()]
    return {"stage": "accept", "due_at": due_at, **columns_of(accept, office)}, timers


def _whole_due(
    connection: psycopg.Connection,
    office: Office,
    category: str,
    condition: str | None,
    reported_at: datetime,
) -> datetime | None:
    step = next(iter(steps_of(connection, category, condition, "whole")), None)
    return None if step is None else step.limit.due(reported_at, office.calendar)


def _whole_timers(due_at: datetime | None) -> list[tuple[str, str, datetime]]:
    return [] if due_at is None else [("whole", "whole", due_at)]
