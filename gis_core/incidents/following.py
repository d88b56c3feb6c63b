"""Private links: who holds one, and what a reporter may take away or have erased."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import psycopg

from gis_core.accounts.rules import hashed
from gis_core.errors import ConflictError, NotFoundError
from gis_core.incidents import store
from gis_core.incidents.case import Person
from gis_core.incidents.life import RESIDENTS, Kind
from gis_core.incidents.office import Office
from gis_core.incidents.rates import DAY, MOST_A_DAY, check_rate
from gis_core.incidents.reports import Contact, Report, check_contact
from gis_core.incidents.store import Event, Incident

FOLLOWER = Person("follower", frozenset())
"""Whoever follows reads along and takes no step."""
ERASED = "（上报人已删除 · erased by the reporter）"


@dataclass(frozen=True)
class Held:
    """What a private link opens. reporter: whether it is the reporter's own, not a follower's."""

    incident: Incident
    reporter: bool


def held_by(connection: psycopg.Connection, secret: str) -> Held:
    """What the link opens.

    Raises:
        NotFoundError: it opens nothing, or no more.
    """
    row = connection.execute(
        "SELECT incident_id, true FROM incident_reporter WHERE link_hash = %(hash)s"
        " UNION ALL SELECT incident_id, false FROM incident_follower WHERE link_hash = %(hash)s",
        {"hash": hashed(secret)},
    ).fetchone()
    if row is None:
        raise NotFoundError(
            "This link opens no report: it is incomplete, or what it opened was erased.",
            "此链接无效：链接不完整，或内容已删除。",
        )
    return Held(store.incident_of_id(connection, row[0]), row[1])


def add_follower(
    connection: psycopg.Connection,
    office: Office,
    number: str,
    contact: Contact,
    secret: str,
    *,
    consent: bool,
    lang: str,
    now: datetime,
) -> None:
    """Let somebody follow an incident by a link with this secret.

    Raises:
        NotFoundError: there is no such incident.
        InvalidInputError: the contact is none.
        RateError: MOST_A_DAY began to follow it within a day.
    """
    incident = store.read_incident(connection, number)
    if not _is_public(connection, incident):
        raise store.no_incident(number)
    check_contact(Report(0, 0, "", contact=contact))
    rows = connection.execute(
        "SELECT at FROM incident_follower WHERE incident_id = %s AND at > %s ORDER BY at",
        [incident.id, now - DAY],
    ).fetchall()
    check_rate(
        [at for (at,) in rows], now, f"{MOST_A_DAY} people began to follow {number} within a day; try again tomorrow.",
        f"{number} 一天内已有 {MOST_A_DAY} 人开始关注，请明天再试。",
    )  # fmt: skip
    told = contact.to_dict()
    connection.execute(
        "INSERT INTO incident_follower (incident_id, link_hash, sealed, lang, consent_at, at)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [incident.id, hashed(secret), office.seal.seal({**told, "link": secret}), lang,
         now if consent and told else None, now],
    )  # fmt: skip


def check_steps(connection: psycopg.Connection, held: Held, now: datetime) -> None:
    """Raises RateError where the reporter has taken MOST_A_DAY steps within a day."""
    rows = connection.execute(
        "SELECT at FROM incident_event WHERE incident_id = %s AND actor = 'reporter' AND at > %s ORDER BY at",
        [held.incident.id, now - DAY],
    ).fetchall()
    check_rate(
        [at for (at,) in rows], now, f"{MOST_A_DAY} entries were made by this link within a day; try again tomorrow.",
        f"此链接一天内已提交 {MOST_A_DAY} 次，请明天再试。",
    )  # fmt: skip


def _is_public(connection: psycopg.Connection, incident: Incident) -> bool:
    """Whether others than its reporter may follow it: no application, no matter of persons, nothing taken back."""
    row = connection.execute(
        "SELECT contact <> 'required' AND kind <> 'approval' FROM incident_category WHERE code = %s",
        [incident.category],
    ).fetchone()
    return (
        row == (True,) and incident.kind != Kind.APPROVAL and incident.state not in ("rejected", "cancelled")
    )


def exported(connection: psycopg.Connection, office: Office, secret: str) -> dict[str, Any]:
    """Everything kept about the holder of a link: contact, consent, report, their entries in the history."""
    held = held_by(connection, secret)
    table = "incident_reporter" if held.reporter else "incident_follower"
    row = connection.execute(
        f"SELECT sealed, lang, consent_at FROM {table} WHERE link_hash = %s",  # noqa: S608
        [hashed(secret)],
    ).fetchone()
    assert row is not None
    contact = office.seal.open(bytes(row[0])) if row[0] is not None else {}
    own = [one for one in store.read_events(connection, held.incident.id) if one["actor"] == "reporter"]
    incident = held.incident
    report = {
        "number": incident.number, "reported_at": incident.reported_at, "lon": incident.lon, "lat": incident.lat,
        "address": incident.address, "description": incident.description, "attributes": incident.attributes,
        "entries": [{"at": one["at"], "action": one["action"], "text": one["text"]} for one in own],
    }  # fmt: skip
    return {
        "contact": {name: value for name, value in contact.items() if name != "link"},
        "language": row[1],
        "consent_at": row[2],
        "report": report if held.reporter else {"number": incident.number},
    }


def erase(connection: psycopg.Connection, secret: str, now: datetime) -> None:
    """Erase the contact and, of the reporter, the words and photos that they sent. The case itself stays.

    Raises:
        NotFoundError: the link opens nothing.
        ConflictError: the reporter's own case is still open: it is withdrawn first.
    """
    held = held_by(connection, secret)
    if not held.reporter:
        connection.execute("DELETE FROM incident_follower WHERE link_hash = %s", [hashed(secret)])
        return
    incident = store.incident_of_id(connection, held.incident.id, lock=True)
    if incident.open:
        raise ConflictError(
            f"Report {incident.number} is still worked on: withdraw it first, or wait for its end.",
            f"上报 {incident.number} 仍在办理：请先撤销，或等待办结。",
        )
    forget(connection, incident, "reporter", now)


def forget(
    connection: psycopg.Connection, incident: Incident, by: str, now: datetime, *, words: str = ERASED
) -> None:
    """Take out of an ended case what is personal: contacts, links, words and photos not published of who reported.

    What came through a program of Open311 counts as theirs. words: what stands in the place of the description. The
    incident's row is locked.
    """
    connection.execute(
        "UPDATE incident_reporter SET sealed = NULL, link_hash = sha256(link_hash), anonymised_at = %s"
        " WHERE incident_id = %s",
        [now, incident.id],
    )
    connection.execute("DELETE FROM incident_follower WHERE incident_id = %s", [incident.id])
    connection.execute("DELETE FROM incident_request WHERE incident_id = %s", [incident.id])
    connection.execute("DELETE FROM message WHERE incident_id = %s AND receiver IS NOT NULL", [incident.id])
    connection.execute(
        "DELETE FROM incident_text WHERE event_id IN ("
        "SELECT id FROM incident_event WHERE incident_id = %s AND actor = ANY(%s))",
        [incident.id, list(RESIDENTS)],
    )
    connection.execute(
        "DELETE FROM incident_photo p WHERE incident_id = %s AND NOT public AND (content IS NULL OR EXISTS ("
        "SELECT FROM incident_event e WHERE e.id = p.event_id AND e.actor = ANY(%s)))",
        [incident.id, list(RESIDENTS)],
    )
    store.update_incident(connection, incident.id, {
        "description": words, "address": "", "attributes": {}, "accuracy_m": None, "anonymised_at": now,
        "updated_at": now,
    })  # fmt: skip
    event = Event(
        now, by, "reporter" if by == "reporter" else "system", "erase", incident.state, incident.state
    )
    store.append_event(connection, incident.id, event)
