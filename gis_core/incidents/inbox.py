"""Messages in the browser: each account's own, read by nobody else."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gis_core.errors import NotFoundError
from gis_core.incidents.templates import Language, render

MOST = 200
"""Messages in one answer."""


@dataclass(frozen=True)
class Letter:
    """A message as its receiver reads it."""

    id: int
    template: str
    subject: str
    body: str
    incident_id: int | None
    number: str | None
    urgent: bool
    at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None

    def to_dict(self) -> dict[str, Any]:
        """As JSON takes it but for the times."""
        return asdict(self)


def inbox(
    connection: psycopg.Connection,
    account_id: int,
    before: int | None = None,
    limit: int = 50,
    *,
    lang: Language | None = None,
) -> list[Letter]:
    """Messages of an account, newest first. before: only lower ids. lang: each message's own unless told."""
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(
            "SELECT m.id, m.template, m.lang, m.values, m.incident_id, i.number, m.urgent, m.made_at, m.read_at,"
            " m.acknowledged_at FROM message m LEFT JOIN incident i ON i.id = m.incident_id"
            " WHERE m.account_id = %(account)s AND m.channel = 'web'"
            " AND (%(before)s::bigint IS NULL OR m.id < %(before)s) ORDER BY m.id DESC LIMIT %(limit)s",
            {"account": account_id, "before": before, "limit": max(0, min(limit, MOST))},
        ).fetchall()
    return [_letter(row, lang or row["lang"]) for row in rows]


def unread(connection: psycopg.Connection, account_id: int) -> int:
    """How many messages an account has not read."""
    row = connection.execute(
        "SELECT count(*) FROM message WHERE account_id = %s AND channel = 'web' AND read_at IS NULL",
        [account_id],
    ).fetchone()
    return 0 if row is None else int(row[0])


def mark_read(
    connection: psycopg.Connection, account_id: int, now: datetime, *, message: int | None = None
) -> int:
    """Mark one message of an account as read, or all; how many were not yet.

    Raises NotFoundError where the message is not the account's.
    """
    if message is not None:
        _ensure_own(connection, account_id, message)
    return connection.execute(
        "UPDATE message SET read_at = %(now)s WHERE account_id = %(account)s AND channel = 'web' AND read_at IS NULL"
        " AND (%(message)s::bigint IS NULL OR id = %(message)s)",
        {"now": now, "account": account_id, "message": message},
    ).rowcount


def _ensure_own(connection: psycopg.Connection, account_id: int, message: int) -> None:
    found = connection.execute(
        "SELECT 1 FROM message WHERE id = %s AND account_id = %s AND channel = 'web'", [message, account_id]
    ).fetchone()
    if found is None:
        raise NotFoundError(f"You have no message {message}.", f"您没有编号为 {message} 的消息。")


def _letter(row: dict[str, Any], lang: Language) -> Letter:
    told = render(row["template"], lang, row["values"])
    return Letter(
        row["id"],
        row["template"],
        told.subject,
        told.body,
        row["incident_id"],
        row["number"],
        row["urgent"],
        row["made_at"],
        row["read_at"],
        row["acknowledged_at"],
    )
