"""What is personal goes when its time is over: each class of `gis_core.keeping` by one function."""

from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg

from gis_core import audit
from gis_core.config import Settings
from gis_core.incidents import following, store

BY = "system"
EXPIRED = "（保存期满已删除 · erased when its time was over）"

_ENDED_LONG_AGO = """
SELECT i.id FROM incident i LEFT JOIN incident t ON t.id = i.merged_into
WHERE NOT i.open AND i.closed_at < %(before)s AND i.anonymised_at IS NULL
  AND (t.id IS NULL OR (NOT t.open AND t.closed_at < %(before)s))
ORDER BY i.id LIMIT %(page)s FOR UPDATE OF i
"""
"""A case that was merged ends with the one that it was merged into: its reporter is told how that goes on.

One that somebody is just reopening is judged again once it is locked.
"""
_PAGE = 500


def keep(connection: psycopg.Connection, now: datetime, settings: Settings) -> dict[str, int]:
    """Erase what has been kept for its time; {class: how many}. Done again, it finds nothing. The run is logged."""
    told = settings.keep
    counts = {
        name: act(connection, now - timedelta(days=getattr(told, name)), now) for name, act in ACTS.items()
    }
    audit.record(connection, BY, "incident.keep", details=counts)
    return counts


def _contacts(connection: psycopg.Connection, before: datetime, now: datetime) -> int:
    count = 0
    while page := connection.execute(_ENDED_LONG_AGO, {"before": before, "page": _PAGE}).fetchall():
        for (incident,) in page:
            ended = store.incident_of_id(connection, incident)
            following.forget(connection, ended, BY, now, words=EXPIRED)
        count += len(page)
    return count


def _receivers(connection: psycopg.Connection, before: datetime, _now: datetime) -> int:
    return connection.execute(
        "UPDATE message SET receiver = NULL, status = CASE status WHEN 'queued' THEN 'cancelled' ELSE status END"
        " WHERE receiver IS NOT NULL AND made_at < %s",
        [before],
    ).rowcount


def _answers(connection: psycopg.Connection, before: datetime, _now: datetime) -> int:
    return connection.execute("DELETE FROM incident_request WHERE at < %s", [before]).rowcount


def _photos(connection: psycopg.Connection, before: datetime, _now: datetime) -> int:
    return connection.execute(
        "DELETE FROM incident_photo p USING incident i WHERE i.id = p.incident_id AND NOT p.public AND NOT i.open"
        " AND i.closed_at < %s",
        [before],
    ).rowcount


def _descriptions(connection: psycopg.Connection, before: datetime, now: datetime) -> int:
    return connection.execute(
        "UPDATE incident SET description = %(words)s, address = '', attributes = '{}', accuracy_m = NULL,"
        " updated_at = %(now)s, revision = revision + 1"
        " WHERE state IN ('rejected', 'cancelled') AND closed_at < %(before)s AND description <> ALL(%(gone)s)",
        {"words": EXPIRED, "now": now, "before": before, "gone": [EXPIRED, following.ERASED]},
    ).rowcount


def _visits(connection: psycopg.Connection, before: datetime, _now: datetime) -> int:
    return connection.execute(
        "UPDATE building_visit SET by = '', key = NULL WHERE by <> '' AND at < %s", [before]
    ).rowcount


ACTS: dict[str, Callable[[psycopg.Connection, datetime, datetime], int]] = {
    "contacts": _contacts,
    "receivers": _receivers,
    "answers": _answers,
    "photos": _photos,
    "descriptions": _descriptions,
    "visits": _visits,
}
"""{class: function of (connection, before, now)} that erases what is older than `before` and tells how much."""
