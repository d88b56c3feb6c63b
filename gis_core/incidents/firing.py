"""Timers that are due: each fires once, in the transaction that does what it stands for."""

import logging
from collections.abc import Callable
from datetime import datetime

import psycopg

from gis_core.incidents import people, store, telling, timing
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.effects import REVIEW_EVERY
from gis_core.incidents.life import Actor
from gis_core.incidents.office import Office
from gis_core.incidents.stepping import carry_out, case_of
from gis_core.incidents.store import Event, Incident

SYSTEM = Person("system", frozenset({Actor.SYSTEM}))
# The incident is locked first, as every step does it; its timers only then.
_NEXT = """
SELECT t.id, t.incident_id, t.kind, t.stage FROM incident_timer t JOIN incident i ON i.id = t.incident_id
WHERE t.due_at <= %s AND t.fired_at IS NULL AND t.cancelled_at IS NULL AND NOT (t.id = ANY(%s))
ORDER BY t.due_at, t.id LIMIT 1 FOR UPDATE OF i SKIP LOCKED
"""
_TAKE = """
UPDATE incident_timer SET fired_at = %s WHERE id = %s AND fired_at IS NULL AND cancelled_at IS NULL RETURNING id
"""
_log = logging.getLogger("wangge.incidents")


def fire_due(connection: psycopg.Connection, office: Office, now: datetime, *, most: int = 1000) -> int:
    """Fire what is due by `now`, the earliest first, each in a transaction of its own; how many fired.

    The connection commits by itself. Any number of processes may do this at a time: a timer that another has taken is
    passed over. A process that dies leaves the timer as it was; one that fails is logged, and waits for the next look.
    """
    fired, failed = 0, list[int]()
    while fired + len(failed) < most:
        timer = 0
        try:
            with connection.transaction():
                row = connection.execute(_NEXT, [now, failed]).fetchone()
                if row is None:
                    break
                timer = row[0]
                fired += _fire(connection, office, *row, now)
        except psycopg.OperationalError:
            raise
        except Exception:
            if not timer:
                raise
            _log.exception("timer %s fails; it is tried again at the next look", timer)
            failed.append(timer)
    return fired


def _fire(
    connection: psycopg.Connection,
    office: Office,
    timer: int,
    incident_id: int,
    kind: str,
    stage: str,
    now: datetime,
) -> bool:
    """Whether it fired: another process, or a step, may have been sooner."""
    if connection.execute(_TAKE, [now, timer]).fetchone() is None:
        return False
    _DO[kind](connection, office, store.incident_of_id(connection, incident_id, lock=True), stage, now)
    return True


def due_timers(connection: psycopg.Connection, now: datetime) -> list[tuple[str, str, str, datetime]]:
    """(number of the incident, kind, stage, due) of what would fire at `now`, the earliest first."""
    return connection.execute(
        "SELECT i.number, t.kind, t.stage, t.due_at FROM incident_timer t JOIN incident i ON i.id = t.incident_id"
        " WHERE t.due_at <= %s AND t.fired_at IS NULL AND t.cancelled_at IS NULL ORDER BY t.due_at, t.id",
        [now],
    ).fetchall()


def _warn(
    connection: psycopg.Connection, office: Office, incident: Incident, stage: str, now: datetime
) -> None:
    found = telling.responsible(connection, incident)
    telling.to_staff(connection, office, incident, "warn", found, now, about=stage)


def _escalates(level: int, template: str) -> Callable[..., None]:
    def escalate(
        connection: psycopg.Connection, office: Office, incident: Incident, stage: str, now: datetime
    ) -> None:
        changes = {
            "escalation": max(level, incident.escalation), "overdue": True,
            "supervised": incident.supervised or level >= 2, "updated_at": now,
        }  # fmt: skip
        store.update_incident(connection, incident.id, changes)
        store.append_event(connection, incident.id, Event(
            now, SYSTEM.name, Actor.SYSTEM, "escalate", incident.state, incident.state, False,
            {"level": level, "stage": stage},
        ))  # fmt: skip
        found = store.incident_of_id(connection, incident.id)
        telling.above(connection, office, found, level, template, now, about=stage)
        if level == 1:
            own = telling.responsible(connection, found)
            telling.to_staff(connection, office, found, "overdue", own, now, about=stage)

    return escalate


def _review(
    connection: psycopg.Connection, office: Office, incident: Incident, stage: str, now: datetime
) -> None:
    telling.desk(connection, office, incident, "review_due", now)
    telling.above(connection, office, incident, 2, "review_due", now, about=stage)
    if office.life.states[incident.state].clock == "pause":
        timing.set_timers(connection, incident.id, [("review", stage, now + REVIEW_EVERY)], anew=True)


def _acknowledge(
    connection: psycopg.Connection, office: Office, incident: Incident, stage: str, now: datetime
) -> None:
    """Nobody of that level has acknowledged the emergency: tell it again, and the next level too."""
    level = max(incident.escalation, 2 if stage == "subdistrict" else 3)
    store.update_incident(connection, incident.id, {"escalation": level, "updated_at": now})
    store.append_event(connection, incident.id, Event(
        now, SYSTEM.name, Actor.SYSTEM, "escalate", incident.state, incident.state, False,
        {"level": level, "stage": f"acknowledge {stage}"},
    ))  # fmt: skip
    found = store.incident_of_id(connection, incident.id)
    rungs = people.ladder(connection, incident.community_id)
    telling.emergency(connection, office, found, stage, now)
    telling.above(connection, office, found, min(level + 1, len(rungs)), "emergency", now)


def _step_of(action: str) -> Callable[..., None]:
    def step(
        connection: psycopg.Connection, office: Office, incident: Incident, _stage: str, now: datetime
    ) -> None:
        one = office.life.transitions[action]
        if one.fits(incident.state, incident.kind):
            case = case_of(connection, incident, now)
            carry_out(connection, office, incident, case, one, Evidence(), (), by=SYSTEM, now=now)

    return step


_DO: dict[str, Callable[[psycopg.Connection, Office, Incident, str, datetime], None]] = {
    "warn": _warn,
    "due": _escalates(1, "overdue"),
    "double": _escalates(2, "supervised"),
    "triple": _escalates(3, "overdue"),
    "whole": _escalates(1, "overdue"),
    "review": _review,
    "acknowledge": _acknowledge,
    "auto_close": _step_of("auto_close"),
    "notice_end": _step_of("end_notice"),
}
