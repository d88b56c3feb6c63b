"""What everybody may see of incidents: where, of which kind, in which state; nothing of who reported, nor their words.

Left out are approvals and categories that need the reporter's contact, which are matters of persons, and what was
rejected, merged or withdrawn. Places are rounded to 0.0001 degrees (about ten metres: a building), times to the day. Of
texts only the note that the staff wrote for the public is shown, with what looks personal masked.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gis_core.incidents.measures import FEWEST
from gis_core.incidents.redaction import public_text

SHOWN_FOR = timedelta(days=90)
"""Ended incidents are shown for so long."""
MOST = 1000
MOST_GRIDS = 3000

_PUBLIC = """
k.contact <> 'required' AND k.kind <> 'approval' AND i.kind <> 'approval'
AND i.state NOT IN ('draft', 'rejected', 'merged', 'cancelled') AND (i.open OR i.closed_at >= %(since)s)"""
_PLACE = "ST_SnapToGrid(i.place, 0.0001)"
_FROM = "FROM incident i JOIN incident_category k ON k.code = i.category_code JOIN community c ON c.id = i.community_id"
_ROWS = f"""
SELECT i.id, i.number, i.category_code AS category, k.name_zh AS category_zh, k.name_en AS category_en,
       k.group_code AS "group", i.kind, i.state, i.open, c.code AS community, c.name AS community_name,
       round(ST_X({_PLACE})::numeric, 4)::float8 AS lon, round(ST_Y({_PLACE})::numeric, 4)::float8 AS lat,
       (i.reported_at AT TIME ZONE %(zone)s)::date AS reported, (i.closed_at AT TIME ZONE %(zone)s)::date AS closed,
       i.public_note AS note,
       ARRAY(SELECT id FROM incident_photo p WHERE p.incident_id = i.id AND p.public AND p.moderated_at IS NOT NULL
             AND p.content IS NOT NULL ORDER BY p.id LIMIT 3) AS photos
{_FROM}
WHERE {_PUBLIC}
"""  # noqa: S608
_DENSITY = f"""
SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object(
    'type', 'Feature', 'properties', json_build_object('grid', g.code, 'number', g.number, 'community', c.name,
        'count', CASE WHEN n.count >= %(fewest)s THEN n.count END),
    'geometry', ST_AsGeoJSON(ST_SimplifyPreserveTopology(g.area, 0.00002), 5)::json)), '[]'))::text
FROM (
    SELECT g.* FROM grid g JOIN plan p ON p.id = g.plan_id WHERE p.status = 'adopted'
      AND (%(west)s::float8 IS NULL OR g.area && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326))
    ORDER BY g.code LIMIT {MOST_GRIDS}
) g
JOIN community c ON c.id = g.community_id
CROSS JOIN LATERAL (
    SELECT count(*) FROM incident i JOIN incident_category k ON k.code = i.category_code
    WHERE i.community_id = g.community_id AND i.grid_code = g.code AND {_PUBLIC}
) n
"""  # noqa: S608


@dataclass(frozen=True)
class PublicFilter:
    """What is asked for; None: whatever it is. bbox: west, south, east, north, degrees. days: when it was reported."""

    category: str | None = None
    state: str | None = None
    kind: str | None = None
    open: bool | None = None
    number: str | None = None
    bbox: Sequence[float] | None = None
    days: tuple[date | None, date | None] = (None, None)


def list_public(
    connection: psycopg.Connection,
    asked: PublicFilter,
    *,
    zone: str,
    now: datetime,
    after: int | None = None,
    limit: int = 100,
) -> tuple[list[dict[str, Any]], int | None]:
    """(rows, the newest first; `after` of the next page or None). zone: time zone of the days."""
    west, south, east, north = asked.bbox or (None,) * 4
    told = {
        "i.category_code = %(category)s": asked.category,
        "i.state = %(state)s": asked.state,
        "i.kind = %(kind)s": asked.kind,
        "i.open = %(open)s": asked.open,
        "i.number = %(number)s": asked.number,
        "(i.reported_at AT TIME ZONE %(zone)s)::date >= %(first)s": asked.days[0],
        "(i.reported_at AT TIME ZONE %(zone)s)::date <= %(last)s": asked.days[1],
        # by the rounded place: else a small box around a point would tell where it really is
        f"i.place && ST_Expand({_BOX}, 0.0001) AND ST_Intersects({_PLACE}, {_BOX})": west,
        "i.id < %(after)s": after,
    }
    conditions = "".join(f" AND {condition}" for condition, value in told.items() if value is not None)
    values = {
        **_since(now), "zone": zone, "category": asked.category, "state": asked.state, "kind": asked.kind,
        "open": asked.open, "number": asked.number, "first": asked.days[0], "last": asked.days[1], "after": after,
        "limit": limit + 1, "west": west, "south": south, "east": east, "north": north,
    }  # fmt: skip
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(f"{_ROWS}{conditions} ORDER BY i.id DESC LIMIT %(limit)s", values).fetchall()
    page = rows[:limit]
    following = page[-1]["id"] if len(rows) > limit else None
    return [{**row, "note": public_text(row["note"])} for row in page], following


_BOX = "ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326)"


def density_json(connection: psycopg.Connection, bbox: Sequence[float] | None, now: datetime) -> str:
    """Grids in force with how many public incidents lie in each, as GeoJSON text; fewer than five: null."""
    west, south, east, north = bbox or (None,) * 4
    values = {**_since(now), "fewest": FEWEST, "west": west, "south": south, "east": east, "north": north}
    row = connection.execute(_DENSITY, values).fetchone()
    assert row is not None
    return str(row[0])


def public_photo(connection: psycopg.Connection, photo: int, now: datetime) -> bytes | None:
    """A photo that was checked and published, of an incident that is shown; None for any other."""
    row = connection.execute(
        f"SELECT p.content {_FROM} JOIN incident_photo p ON p.incident_id = i.id"
        f" WHERE p.id = %(photo)s AND p.public AND p.moderated_at IS NOT NULL AND p.content IS NOT NULL AND {_PUBLIC}",
        {**_since(now), "photo": photo},
    ).fetchone()
    return None if row is None else bytes(row[0])


def public_categories(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """{code, zh, en} of the categories whose incidents are shown."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT code, name_zh AS zh, name_en AS en FROM incident_category"
            " WHERE contact <> 'required' AND kind <> 'approval' ORDER BY position"
        ).fetchall()


def extent_of(connection: psycopg.Connection) -> list[float] | None:
    """West, south, east, north of all communities, degrees; None where there is none."""
    row = connection.execute("SELECT ST_AsGeoJSON(ST_Extent(boundary), 5) FROM community").fetchone()
    if row is None or row[0] is None:
        return None
    ring = json.loads(row[0])["coordinates"][0]
    longitudes, latitudes = zip(*ring, strict=True)
    return [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]


def _since(now: datetime) -> dict[str, datetime]:
    return {"since": now - SHOWN_FOR}


def public_notices(connection: psycopg.Connection, now: datetime) -> list[dict[str, Any]]:
    """Notices of approvals in their time: number, level, area, community, text_zh, text_en, begins_at, ends_at.

    Their texts are written to be read by everybody; nothing else of an approval is told.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT i.number, n.level, coalesce(a.name, c.name) AS area, c.name AS community, n.text_zh, n.text_en,"
            " n.begins_at, n.ends_at FROM public_notice n JOIN incident i ON i.id = n.incident_id"
            " JOIN community c ON c.id = i.community_id LEFT JOIN admin_area a ON a.code = n.area_code"
            " WHERE n.begins_at <= %(now)s AND n.ends_at > %(now)s AND i.state = 'publicised'"
            " ORDER BY n.begins_at DESC, i.id, n.id LIMIT 300",
            {"now": now},
        ).fetchall()
