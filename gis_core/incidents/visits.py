"""Patrols and visits, at building level: that somebody was there and with which outcome, nothing of persons."""

from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

_COVERAGE = """
SELECT b.id AS building, max(v.at) AS visited_at, b.households > 0 AS due
FROM building b JOIN community c ON c.id = b.community_id
LEFT JOIN building_visit v ON v.building_id = b.id AND v.at >= %(since)s
WHERE c.code = %(code)s GROUP BY b.id ORDER BY b.id
"""


def community_of(connection: psycopg.Connection, building: int) -> str | None:
    """Code of the community that a building lies in; None where there is no such building."""
    row = connection.execute(
        "SELECT c.code FROM building b JOIN community c ON c.id = b.community_id WHERE b.id = %s", [building]
    ).fetchone()
    return None if row is None else str(row[0])


def record_visit(
    connection: psycopg.Connection,
    building: int,
    kind: str,
    outcome: str,
    *,
    by: str,
    at: datetime,
    key: str | None = None,
) -> int:
    """Id of the record; one that was made with this key before stays as it is."""
    row = connection.execute(
        "INSERT INTO building_visit (building_id, kind, outcome, by, at, key) VALUES (%s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id",
        [building, kind, outcome, by, at, key],
    ).fetchone()
    assert row is not None
    return int(row[0])


def visited_since(connection: psycopg.Connection, code: str, since: datetime) -> dict[str, Any]:
    """{buildings: [{building, visited_at}], due, visited}: due are the buildings with households."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_COVERAGE, {"code": code, "since": since}).fetchall()
    due = [row for row in rows if row["due"]]
    return {
        "buildings": [{"building": row["building"], "visited_at": row["visited_at"]} for row in rows],
        "due": len(due),
        "visited": sum(row["visited_at"] is not None for row in due),
    }
