"""The outbox: what is to be told, to whom and how; kept in the transaction that it tells of, sent afterwards."""

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import class_row
from psycopg.types.json import Jsonb

from gis_core.errors import ConfigError
from gis_core.incidents.quiet import CHANNELS, QuietHours
from gis_core.incidents.senders import Sender, SendError
from gis_core.incidents.templates import Value, render, wanted
from gis_core.sealing import Seal

MOST_ATTEMPTS = 6
"""Tries of a message, the waits between them 1, 4, 16, 64 and 256 minutes."""

_INSERT = """
INSERT INTO message (key, channel, template, lang, account_id, receiver, incident_id, values, urgent, status, made_at,
                     due_at, sent_at)
VALUES (%(key)s, %(channel)s, %(template)s, %(lang)s, %(account_id)s, %(receiver)s, %(incident_id)s, %(values)s,
        %(urgent)s, %(status)s, %(now)s, %(due_at)s, %(sent_at)s)
ON CONFLICT (key) DO NOTHING
"""
_CLAIM = """
SELECT m.id, m.key, m.channel, m.template, m.lang, m.receiver, a.name AS account, m.values, m.attempts
FROM message m LEFT JOIN account a ON a.id = m.account_id
WHERE m.status = 'queued' AND m.due_at <= %(now)s AND (m.urgent OR NOT (m.channel = ANY(%(held)s)))
ORDER BY m.due_at, m.id LIMIT 1 FOR UPDATE OF m SKIP LOCKED
"""
_log = logging.getLogger("wangge.messages")


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
    values: Mapping[str, Value],
    urgent: bool = False,
    quiet: QuietHours | None = None,
) -> bool:
    """Put a message into the outbox, once for each key; whether it is new.

    Those in the browser (`web`) count as sent at once. Mail and short messages that are not urgent wait for the end of
    the quiet hours. receiver: an address or a number; sealed, and so is a `link` among the values, which opens the
    report to whoever has it. Other values hold nothing of persons. Raises KeyError where the template lacks a value.
    """
    missing = sorted(wanted(template) - values.keys())
    if missing:
        raise KeyError(f"message {template} lacks {', '.join(missing)}")
    waits = channel in CHANNELS and not urgent
    web = channel == "web"
    sealed = None
    if receiver is not None:
        private = {"link": values["link"]} if "link" in values else {}
        sealed = seal.seal({"to": receiver, "values": private})
        values = {name: value for name, value in values.items() if name not in private}
    told = {
        "key": key, "channel": channel, "template": template, "lang": lang, "account_id": account_id,
        "receiver": sealed, "incident_id": incident_id, "values": Jsonb(dict(values)), "urgent": urgent,
        "status": "sent" if web else "queued", "now": now, "sent_at": now if web else None,
        "due_at": (quiet or QuietHours()).after(now) if waits else now,
    }  # fmt: skip
    return connection.execute(_INSERT, told).rowcount == 1


@dataclass(frozen=True)
class _Claimed:
    """A message that this transaction has to itself."""

    id: int
    key: str
    channel: str
    template: str
    lang: Any
    receiver: bytes | None
    account: str | None
    values: dict[str, Any]
    attempts: int


def send_due(
    connection: psycopg.Connection,
    seal: Seal,
    senders: Mapping[str, Sender],
    now: datetime,
    limit: int = 100,
    *,
    quiet: QuietHours | None = None,
    ended: threading.Event | None = None,
) -> int:
    """Send what is due by `now`, each in a transaction of its own; how many went out.

    The connection commits by itself. Any number of processes may do this at a time: a message that another has taken
    is passed over. One that dies between taking and noting leaves the message as it was, so that it is sent at least
    once, always with its key. What fails waits longer each time; after MOST_ATTEMPTS, or where no try can help, it is
    failed, and its `failure` says why without naming the receiver. The receiver of what is sent is forgotten.
    ended: once set, no further message is begun.
    """
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        raise RuntimeError("messages are sent in transactions of their own; end the open one first")
    held = list(CHANNELS) if (quiet or QuietHours()).hold(now) else []
    sent = 0
    for _ in range(limit):
        if ended is not None and ended.is_set():
            break
        with connection.transaction(), connection.cursor(row_factory=class_row(_Claimed)) as cursor:
            message = cursor.execute(_CLAIM, {"now": now, "held": held}).fetchone()
            if message is None:
                break
            error = _send(message, seal, senders)
            _note(connection, message, error, now)
            sent += error is None
    return sent


def _send(message: _Claimed, seal: Seal, senders: Mapping[str, Sender]) -> SendError | None:
    """What went wrong, if anything; nothing that a sender raises stops the others."""
    try:
        sender = senders.get(message.channel)
        if sender is None:
            raise SendError(f"no way to send by {message.channel} is set up", retry=True)
        private = seal.open(message.receiver) if message.receiver is not None else {}
        text = render(message.template, message.lang, {**message.values, **private.get("values", {})})
        sender.send(private.get("to") or message.account or "", text.subject, text.body, message.key)
    except SendError as error:
        return error
    except ConfigError:
        return SendError("no secret key opens the receiver", retry=True)
    except Exception as error:  # whatever a deployment's own sender raises
        _log.error("message %s by %s: %s", message.id, message.channel, type(error).__name__)
        return SendError(f"sending failed ({type(error).__name__})", retry=True)
    return None


def _note(connection: psycopg.Connection, message: _Claimed, error: SendError | None, now: datetime) -> None:
    attempts = message.attempts + 1
    if error is None:
        connection.execute(
            "UPDATE message SET status = 'sent', sent_at = %s, attempts = %s, receiver = NULL, failure = NULL"
            " WHERE id = %s",
            [now, attempts, message.id],
        )
        return
    again = error.retry and attempts < MOST_ATTEMPTS
    wait = timedelta(minutes=4 ** (attempts - 1) if again else 0)
    connection.execute(
        "UPDATE message SET status = %s, due_at = %s, attempts = %s, failure = %s WHERE id = %s",
        [
            "queued" if again else "failed",
            now + wait,
            attempts,
            str(error),
            message.id,
        ],
    )
    if not again:
        _log.warning("message %s failed for good: %s", message.id, error)
