"""Incidents in the database: rows, their history, photos and texts. Places are EPSG:4326, longitude first."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from gis_core.errors import NotFoundError
from gis_core.incidents.photos import CleanPhoto


@dataclass(frozen=True)
class Incident:
    """A row of `incident`; lon, lat: degrees. community: its code. department, category, condition: codes."""

    id: int
    number: str
    community_id: int
    community: str
    grid_code: str | None
    lon: float
    lat: float
    accuracy_m: float | None
    address: str
    category: str
    condition: str | None
    attributes: Mapping[str, Any]
    kind: str
    level: int
    source: str
    description: str
    state: str
    open: bool
    resume_state: str | None
    department: str | None
    assignee_id: int | None
    handler_id: int | None
    merged_into: int | None
    stage: str | None
    step: int
    clock: str | None
    limit_s: float | None
    used_s: float
    running_since: datetime | None
    stage_due_at: datetime | None
    due_at: datetime | None
    review_at: datetime | None
    escalation: int
    overdue: bool
    supervised: bool
    recheck: bool
    no_reply: bool
    returns: int
    reworks: int
    reopens: int
    extensions: int
    asked: Mapping[str, Any] | None
    decision: str | None
    satisfied: bool | None
    public_note: str
    reported_at: datetime
    accepted_at: datetime | None
    dispatched_at: datetime | None
    resolved_at: datetime | None
    verified_at: datetime | None
    closed_at: datetime | None
    updated_at: datetime
    anonymised_at: datetime | None
    revision: int


@dataclass(frozen=True)
class Spot:
    """Where a point lies: a community, and its grid in the adopted plan, if there is one."""

    community_id: int
    community: str
    community_name: str
    area: str | None
    grid_code: str | None
    grid_number: int | None


@dataclass(frozen=True)
class Event:
    """An entry in an incident's history, before it is hashed."""

    at: datetime
    by: str
    actor: str
    action: str
    before: str | None
    after: str
    public: bool = False
    details: Mapping[str, Any] | None = None
    text: str = ""


COLUMNS = """
i.id, i.number, i.community_id, c.code AS community, i.grid_code, ST_X(i.place) AS lon, ST_Y(i.place) AS lat,
i.accuracy_m, i.address, i.category_code AS category, i.condition_code AS condition, i.attributes, i.kind, i.level,
i.source, i.description, i.state, i.open, i.resume_state, i.department_code AS department, i.assignee_id, i.handler_id,
i.merged_into, i.stage, i.step, i.clock, i.limit_s, i.used_s, i.running_since, i.stage_due_at, i.due_at, i.review_at,
i.escalation, i.overdue, i.supervised, i.recheck, i.no_reply, i.returns, i.reworks, i.reopens, i.extensions, i.asked,
i.decision, i.satisfied, i.public_note, i.reported_at, i.accepted_at, i.dispatched_at, i.resolved_at, i.verified_at,
i.closed_at, i.updated_at, i.anonymised_at, i.revision
"""
"""Of an Incident, where `incident` is i and its community c."""

_SPOT = """
SELECT c.id AS community_id, c.code AS community, c.name AS community_name, c.area_code AS area,
       g.code AS grid_code, g.number AS grid_number
FROM community c
LEFT JOIN plan p ON p.community_id = c.id AND p.status = 'adopted'
LEFT JOIN LATERAL (
    SELECT code, number FROM grid WHERE plan_id = p.id
    ORDER BY area <-> ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), number LIMIT 1
) g ON true
WHERE ST_Covers(c.boundary, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326))
ORDER BY g.number IS NULL, c.id LIMIT 1
"""
_INSERT = """
WITH next AS (SELECT nextval(pg_get_serial_sequence('incident', 'id')) AS id)
INSERT INTO incident (id, number, community_id, grid_code, place, accuracy_m, address, category_code, condition_code,
    attributes, kind, level, source, description, state, open, department_code, reported_by, stage, clock, limit_s,
    running_since, stage_due_at, due_at, reported_at, updated_at)
SELECT id, %(day)s || repeat('0', greatest(0, 6 - length(id::text))) || id, %(community_id)s, %(grid_code)s,
    ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(accuracy_m)s, %(address)s, %(category)s, %(condition)s,
    %(attributes)s, %(kind)s, %(level)s, %(source)s, %(description)s, 'reported', true, %(department)s, %(reported_by)s,
    %(stage)s, %(clock)s, %(limit_s)s, %(running_since)s, %(stage_due_at)s, %(due_at)s, %(now)s, %(now)s
FROM next RETURNING id, number
"""


def grid_number(connection: psycopg.Connection, community_id: int, code: str | None) -> int | None:
    """The number, as maps show it, of the grid with this code in the community's plan in force; None for none."""
    row = connection.execute(
        "SELECT g.number FROM grid g JOIN plan p ON p.id = g.plan_id"
        " WHERE p.community_id = %s AND p.status = 'adopted' AND g.code = %s",
        [community_id, code],
    ).fetchone()
    return None if row is None else row[0]


def spot_of(connection: psycopg.Connection, lon: float, lat: float) -> Spot | None:
    """The community and grid that a point lies in; None outside of every community.

    A point between grids, as in a gap of the ground, belongs to the nearest grid of its community.
    """
    with connection.cursor(row_factory=class_row(Spot)) as cursor:
        return cursor.execute(_SPOT, {"lon": lon, "lat": lat}).fetchone()


def begin_report(connection: psycopg.Connection) -> None:
    """Before the grid of a new incident is looked up: until the commit no other plan comes into force.

    See `hold_reports` and `settled_id`, which wait for it.
    """
    connection.execute("SELECT pg_advisory_xact_lock_shared(hashtext('wangge incident'))")


def hold_reports(connection: psycopg.Connection) -> None:
    """Wait for reports that are being stored, and let new ones wait until the commit; before any row is locked."""
    connection.execute("SELECT pg_advisory_xact_lock(hashtext('wangge incident'))")


def insert_incident(connection: psycopg.Connection, values: Mapping[str, Any]) -> tuple[int, str]:
    """(id, number) of a new incident, after `begin_report`."""
    row = connection.execute(_INSERT, values).fetchone()
    assert row is not None
    return int(row[0]), str(row[1])


def settled_id(connection: psycopg.Connection) -> int:
    """An id up to which all incidents that will ever be there are there, and the newest committed one is among them.

    Writers hold a lock together from before they take an id until they commit; whoever asks waits for them for a
    moment. So pages in the order of ids have neither gaps nor repeats while new incidents arrive.
    """
    with connection.transaction():
        hold_reports(connection)
        row = connection.execute("SELECT coalesce(max(id), 0) FROM incident").fetchone()
    assert row is not None
    return int(row[0])


def read_incident(connection: psycopg.Connection, number: str, *, lock: bool = False) -> Incident:
    """The incident of this number; lock: until the transaction ends.

    Raises:
        NotFoundError: there is no such incident.
    """
    found = _one(connection, "i.number = %s", [number], lock)
    if found is None:
        raise no_incident(number)
    return found


def lock_incidents(connection: psycopg.Connection, numbers: Sequence[str | None]) -> None:
    """Lock several until the transaction ends, in the order of ids, as all do it who lock more than one."""
    connection.execute("SELECT FROM incident WHERE number = ANY(%s) ORDER BY id FOR UPDATE", [list(numbers)])


def incident_of_id(connection: psycopg.Connection, incident: int, *, lock: bool = False) -> Incident:
    """The incident of this id, which is known to be there."""
    found = _one(connection, "i.id = %s", [incident], lock)
    assert found is not None
    return found


def no_incident(number: str) -> NotFoundError:
    """The error that there is no such incident."""
    return NotFoundError(f"There is no incident {number}.", f"没有编号为 {number} 的事件。")


def _one(
    connection: psycopg.Connection, condition: str, values: Sequence[Any], lock: bool
) -> Incident | None:
    query = (
        f"SELECT {COLUMNS} FROM incident i JOIN community c ON c.id = i.community_id WHERE {condition}"  # noqa: S608
        f"{' FOR UPDATE OF i' if lock else ''}"
    )
    with connection.cursor(row_factory=class_row(Incident)) as cursor:
        return cursor.execute(query, values).fetchone()


def update_incident(connection: psycopg.Connection, incident: int, changes: Mapping[str, Any]) -> int:
    """Write columns of a row that is locked; its new revision."""
    columns = ", ".join(f"{name} = %({name})s" for name in changes)
    packed = {name: Jsonb(value) if isinstance(value, Mapping) else value for name, value in changes.items()}
    row = connection.execute(
        f"UPDATE incident SET {columns}, revision = revision + 1 WHERE id = %(_id)s RETURNING revision",  # noqa: S608
        {**packed, "_id": incident},
    ).fetchone()
    assert row is not None
    return int(row[0])


def append_event(connection: psycopg.Connection, incident: int, event: Event) -> int:
    """Write an entry of the history behind the last; its id. The incident's row is locked, or new."""
    last = connection.execute(
        "SELECT seq, hash FROM incident_event WHERE incident_id = %s ORDER BY seq DESC LIMIT 1", [incident]
    ).fetchone()
    seq, before = (last[0] + 1, last[1]) if last else (1, b"")
    text_hash = hashlib.sha256(event.text.encode()).digest() if event.text else None
    details = dict(event.details or {})
    row = connection.execute(
        "INSERT INTO incident_event (incident_id, seq, at, by, actor, action, before, after, public, details,"
        " text_hash, hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id",
        [incident, seq, event.at, event.by, event.actor, event.action, event.before, event.after, event.public,
         Jsonb(details), text_hash, event_hash(before, incident, seq, event, details, text_hash)],
    ).fetchone()  # fmt: skip
    assert row is not None
    if event.text:
        connection.execute("INSERT INTO incident_text VALUES (%s, %s)", [row[0], event.text])
    return int(row[0])


def event_hash(
    before: bytes,
    incident: int,
    seq: int,
    event: Event,
    details: Mapping[str, Any],
    text_hash: bytes | None,
) -> bytes:
    """(32,) SHA-256 of the entry and of the hash before it."""
    told = [
        incident, seq, event.at.timestamp(), event.by, event.actor, event.action, event.before, event.after,
        event.public, details, text_hash.hex() if text_hash else None,
    ]  # fmt: skip
    packed = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(before + packed.encode()).digest()


def broken_links(connection: psycopg.Connection, incident: int) -> list[int]:
    """The `seq` of entries whose hash does not fit them and the entry before, or that are missing.

    An entry missing at the end is told where it had changed the state: nothing follows that would show it otherwise.
    """
    before, expected, state, broken = b"", 1, None, []
    for row in _event_rows(connection, incident):
        event = Event(
            row["at"], row["by"], row["actor"], row["action"], row["before"], row["after"], row["public"]
        )
        right = event_hash(before, incident, row["seq"], event, row["details"], row["text_hash"])
        changed = (
            row["text"] is not None and hashlib.sha256(row["text"].encode()).digest() != row["text_hash"]
        )
        if row["seq"] != expected or right != row["hash"] or changed:
            broken.append(row["seq"])
        before, expected, state = row["hash"], row["seq"] + 1, row["after"]
    now = connection.execute("SELECT state FROM incident WHERE id = %s", [incident]).fetchone()
    return broken if now is None or now[0] == state else [*broken, expected]


def read_events(connection: psycopg.Connection, incident: int) -> list[dict[str, Any]]:
    """The history, oldest first: {seq, at, by, actor, action, before, after, public, details, text}."""
    names = ("seq", "at", "by", "actor", "action", "before", "after", "public", "details", "text")
    return [{name: row[name] for name in names} for row in _event_rows(connection, incident)]


def _event_rows(connection: psycopg.Connection, incident: int) -> list[dict[str, Any]]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT e.*, t.text FROM incident_event e LEFT JOIN incident_text t ON t.event_id = e.id"
            " WHERE incident_id = %s ORDER BY seq",
            [incident],
        ).fetchall()


def handlers_of(connection: psycopg.Connection, incident: int, actions: Sequence[str]) -> frozenset[str]:
    """Names of those who took one of these actions."""
    rows = connection.execute(
        "SELECT DISTINCT by FROM incident_event WHERE incident_id = %s AND action = ANY(%s)",
        [incident, list(actions)],
    )
    return frozenset(row[0] for row in rows)


def insert_photos(
    connection: psycopg.Connection,
    incident: int,
    event: int,
    photos: Iterable[tuple[str, CleanPhoto]],
    now: datetime,
) -> None:
    """Save photos, (kind, photo) each; nobody but the staff sees them until they are published."""
    for kind, photo in photos:
        connection.execute(
            "INSERT INTO incident_photo (incident_id, event_id, kind, content, width, height, at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [incident, event, kind, photo.content, photo.width, photo.height, now],
        )


def photos_of(connection: psycopg.Connection, incident: int) -> list[dict[str, Any]]:
    """{id, kind, width, height, at, public, moderated} of an incident's photos, oldest first."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(
            "SELECT id, kind, width, height, at, public, moderated_at IS NOT NULL AS moderated FROM incident_photo"
            " WHERE incident_id = %s ORDER BY id",
            [incident],
        ).fetchall()
