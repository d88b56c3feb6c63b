"""Measures out of the database: counted from the history of incidents, or as frozen once a period was over."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from gis_core.errors import ConflictError
from gis_core.incidents import measures_sql as sql
from gis_core.incidents.calendar import Calendar
from gis_core.incidents.evidence import REOPEN_WITHIN
from gis_core.incidents.life import life
from gis_core.incidents.measures import (
    AREAS,
    BY_CODE,
    Count,
    Counts,
    Facts,
    Place,
    Scope,
    Tree,
    roll_up,
    withheld,
)
from gis_core.incidents.periods import Period, parse_period

SCOPES: tuple[Scope, ...] = (*AREAS, "department")
_NAMES = """
SELECT 'community', code, name, name FROM community
UNION ALL SELECT level, code, name, name FROM admin_area WHERE level IN ('subdistrict', 'district')
UNION ALL SELECT 'department', code, name_zh, name_en FROM department
"""


@dataclass(frozen=True)
class Measured:
    """Counts of all units of all scopes. hidden: (scope, unit, measure) that are not told. frozen_at: None while the
    numbers still follow the history."""

    counts: dict[Scope, Counts]
    hidden: frozenset[tuple[Scope, str, str]]
    tree: Tree
    frozen_at: datetime | None


def read_measures(
    connection: psycopg.Connection, period: Period, now: datetime, calendar: Calendar
) -> Measured:
    """The measures of a period, as frozen where they were; of one that is not over, of what has passed of it."""
    tree = read_tree(connection)
    counts, frozen_at = _read_frozen(connection, period)
    if frozen_at is None:
        facts = read_facts(connection, period, now, calendar)
        counts = {scope: roll_up(facts, tree, scope) for scope in SCOPES}
    return Measured(counts, frozenset(withheld(counts, tree)), tree, frozen_at)


def freeze(
    connection: psycopg.Connection, period: str, now: datetime, calendar: Calendar | None = None
) -> int:
    """Write down the measures of a month, quarter or year that is over; how many rows. Done before: none.

    calendar: of working time; the default one where None.

    Raises:
        InvalidInputError: it is no such period.
        ConflictError: it is not over, or no month, quarter or year.
    """
    calendar = calendar or Calendar()
    told = parse_period(period, calendar.tz)
    if not told.named or not told.ended(now):
        raise ConflictError(
            f"{period} is not frozen: only months, quarters and years are, once they are over ({told.last}).",
            f"{period} 不能固化：只有已结束的月、季、年（止于 {told.last}）可以固化。",
        )
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 6))", [f"measures {period}"])
    if _read_frozen(connection, told)[1] is not None:
        return 0
    facts, tree = read_facts(connection, told, now, calendar), read_tree(connection)
    rows = [
        (period, scope, unit, measure, *count, now)
        for scope in SCOPES
        for unit, measures in roll_up(facts, tree, scope).items()
        for measure, count in measures.items()
    ]
    with connection.cursor() as cursor:
        cursor.executemany("INSERT INTO frozen_measure VALUES (%s, %s, %s, %s, %s, %s, %s)", rows)
    return len(rows)


def read_facts(connection: psycopg.Connection, period: Period, now: datetime, calendar: Calendar) -> Facts:
    """What the history tells of a period until now."""
    until, states = period.until(now), life().states.values()
    values: dict[str, Any] = {
        "begin": period.begin, "end": until, "closed_from": period.begin - REOPEN_WITHIN,
        "closed_until": until - REOPEN_WITHIN, "stage_of": Jsonb({one.name: one.stage for one in states}),
        "handling": [one.name for one in states if one.stage == "handle"],
        "standing": [one.name for one in states if one.clock == "pause"],
        "over": [one.name for one in states if not one.open],
    }  # fmt: skip
    facts = Facts()
    for community, grid, department, measure, above, below in connection.execute(sql.COUNTS, values):
        facts.add(Place(community, grid, department), measure, float(above), float(below))
    for community, grid, measure, above, below in connection.execute(sql.VISITS, values):
        facts.add(Place(community, grid), measure, float(above), float(below))
    for span, query in (("whole", sql.WHOLE_TIMES), ("handle", sql.HANDLE_TIMES)):
        lasted: dict[tuple[Place, int], float] = defaultdict(float)
        for community, grid, department, case, since, then in connection.execute(query, values):
            lasted[Place(community, grid, department), case] += calendar.working_seconds(since, then)
        for (place, _), seconds in lasted.items():
            facts.seconds[place, span].append(seconds)
    return facts


def read_tree(connection: psycopg.Connection) -> Tree:
    """The areas that there are."""
    return Tree(
        dict(connection.execute(sql.TREE_GRIDS).fetchall()),
        {community: (subdistrict, district)
         for community, subdistrict, district in connection.execute(sql.TREE_ABOVE)},
        dict(connection.execute(
            "SELECT DISTINCT g.code, c.code FROM grid g JOIN community c ON c.id = g.community_id"
            " WHERE g.valid_from IS NOT NULL"
        ).fetchall()),
    )  # fmt: skip


def read_names(connection: psycopg.Connection) -> dict[tuple[str, str], tuple[str, str]]:
    """(scope, code) → name in Chinese and English, of all units but grids."""
    return {(scope, code): (zh, en) for scope, code, zh, en in connection.execute(_NAMES)}


def department_areas(connection: psycopg.Connection) -> dict[str, str | None]:
    """Department → code of the admin area that it works in; None: everywhere."""
    return dict(connection.execute("SELECT code, area_code FROM department").fetchall())


def _read_frozen(
    connection: psycopg.Connection, period: Period
) -> tuple[dict[Scope, Counts], datetime | None]:
    counts: dict[Scope, Counts] = {scope: defaultdict(dict) for scope in SCOPES}
    frozen_at: datetime | None = None
    if period.named:
        rows = connection.execute(
            "SELECT scope, code, measure, numerator, denominator, frozen_at FROM frozen_measure WHERE period = %s",
            [period.text],
        )
        for scope, code, measure, above, below, at in rows:
            frozen_at = at
            if measure in BY_CODE:
                counts[scope][code][measure] = Count(above, below)
    return counts, frozen_at
