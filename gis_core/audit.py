"""The log of who did what: it only grows, a trigger refuses to change or delete its rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb


def record(
    connection: psycopg.Connection,
    by: str,
    action: str,
    subject: str = "",
    *,
    community_id: int | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Append an entry in the caller's transaction: it stands if, and only if, what it tells of does.

    by: name of the account, or the command on the command line. subject: what was acted on, such as `plan 12`.
    """
    connection.execute(
        "INSERT INTO audit_entry (at, by, action, subject, community_id, details) VALUES (%s, %s, %s, %s, %s, %s)",
        [datetime.now(UTC), by, action, subject, community_id, Jsonb(dict(details or {}))],
    )


def entries_before(
    connection: psycopg.Connection, before: int | None, limit: int, community: str | None = None
) -> list[dict[str, Any]]:
    """A page of the log, newest first; with `community`, its code, only what concerns it."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT a.id, a.at, a.by, a.action, a.subject, c.code AS community, a.details"
            " FROM audit_entry a LEFT JOIN community c ON c.id = a.community_id"
            " WHERE (%(before)s::bigint IS NULL OR a.id < %(before)s)"
            " AND (%(community)s::text IS NULL OR c.code = %(community)s)"
            " ORDER BY a.id DESC LIMIT %(limit)s",
            {"before": before, "limit": limit, "community": community},
        ).fetchall()
