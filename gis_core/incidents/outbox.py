"""The outbox: what is to be told, to whom and how."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import psycopg
from psycopg.types.json import Jsonb

from gis_core.sealing import Seal


def queue(
    connection: psycopg.Connection,
    seal: Seal,
    *,
    key: str,
    channel: str,
    template: str,
    lang: str,
    now: datetime,
    account_id: int | None = None,
    receiver: str | None = None,
    incident_id: int | None = None,
    values: Mapping[str, Any],
    urgent: bool = False,
) -> None:
    """Put a message into the outbox, once for each key. Those in the browser count as sent at once."""
    connection.execute(
        "INSERT INTO message (key, channel, template, lang, account_id, receiver, incident_id, values, urgent, status,"
        " made_at, due_at, sent_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " ON CONFLICT (key) DO NOTHING",
        [key, channel, template, lang, account_id, seal.seal({"to": receiver}) if receiver else None, incident_id,
         Jsonb(dict(values)), urgent, "sent" if channel == "web" else "queued", now, now,
         now if channel == "web" else None],
    )  # fmt: skip
