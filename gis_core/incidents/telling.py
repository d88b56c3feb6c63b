"""Whom what happens to an incident is told: staff in the browser, reporters and followers where they wished it."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import psycopg

from gis_core.incidents import outbox, people
from gis_core.incidents.evidence import REASON_CODES
from gis_core.incidents.office import Office
from gis_core.incidents.quiet import QuietHours
from gis_core.incidents.store import Incident, grid_number
from gis_core.incidents.templates import template_of
from gis_core.incidents.timing import set_timers

ACKNOWLEDGE_WITHIN = {"subdistrict": timedelta(minutes=5), "district": timedelta(minutes=10)}
"""Levels that are told of an emergency at the same time, and how soon each is to acknowledge it."""
_DECISIONS = {"approved": {"zh": "批准", "en": "approved"}, "denied": {"zh": "不批准", "en": "denied"}}
_ELSEWHERE = {"zh": "有关单位", "en": "another office"}

_NAMES = """
SELECT k.name_zh, k.name_en, d.name_zh, d.name_en, c.name,
       (SELECT number FROM incident WHERE id = %(target)s),
       (SELECT max(ends_at) FROM public_notice WHERE incident_id = %(id)s)
FROM incident_category k CROSS JOIN community c LEFT JOIN department d ON d.code = %(department)s
WHERE k.code = %(category)s AND c.id = %(community)s
"""
_CONTACTS = """
SELECT sealed, lang, incident_id = %(id)s AS own FROM incident_reporter
WHERE incident_id = ANY(ARRAY(SELECT id FROM incident WHERE %(id)s IN (id, merged_into))) AND consent_at IS NOT NULL
UNION ALL
SELECT sealed, lang, false FROM incident_follower
WHERE incident_id = ANY(ARRAY(SELECT id FROM incident WHERE %(id)s IN (id, merged_into))) AND consent_at IS NOT NULL
"""
"""own: of the reporter of this very incident, not of one that was merged into it."""


def reported(connection: psycopg.Connection, office: Office, incident: Incident, now: datetime) -> None:
    """Of a new report: those who answer for the grid, the reporter, and of an emergency the levels above at once."""
    found = responsible(connection, incident)
    to_staff(connection, office, incident, "reported_here", found, now)
    to_reporter(connection, office, incident, "report", now)
    if incident.kind == "emergency":
        emergency_begun(connection, office, incident, now)


def emergency_begun(
    connection: psycopg.Connection, office: Office, incident: Incident, now: datetime
) -> None:
    """Tell both levels at the same time; each is to acknowledge within its time."""
    for level, wait in ACKNOWLEDGE_WITHIN.items():
        emergency(connection, office, incident, level, now)
        set_timers(connection, incident.id, [("acknowledge", level, now + wait)], anew=True)


def emergency(
    connection: psycopg.Connection, office: Office, incident: Incident, level: str, now: datetime
) -> None:
    """Tell the leaders of a level of an emergency; who leads at several is told once."""
    found = people.leading(connection, incident.community_id, level)
    to_staff(connection, office, incident, "emergency", found, now)


def responsible(connection: psycopg.Connection, incident: Incident) -> list[int]:
    """Who is to act next: the department it is with, the person assigned, who answers for the grid, else the desk."""
    if incident.stage == "handle" and incident.dispatched_at is not None:
        found = people.members_of(connection, incident.department)
        if found:
            return found
    if incident.assignee_id is not None:
        return [incident.assignee_id]
    if incident.stage in ("accept", "handle"):
        return people.answering(connection, incident.community_id, incident.grid_code)
    rungs = people.ladder(connection, incident.community_id)
    return people.nearest_above(connection, incident.community_id, rungs, 0)


def above(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    up: int,
    template: str,
    now: datetime,
    *,
    about: str = "",
) -> None:
    """Tell a rung of the ladder: 1 is the community, 2 the area above it, and so on; the last where there are fewer."""
    rungs = people.ladder(connection, incident.community_id)
    found = people.nearest_above(connection, incident.community_id, rungs, up - 1)
    to_staff(connection, office, incident, template, found, now, about=about)


def desk(
    connection: psycopg.Connection, office: Office, incident: Incident, template: str, now: datetime
) -> None:
    """Tell the community's desk."""
    rungs = people.ladder(connection, incident.community_id)
    found = people.nearest_above(connection, incident.community_id, rungs, 0)
    to_staff(connection, office, incident, template, found, now)


def to_staff(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    template: str,
    accounts: Iterable[int],
    now: datetime,
    *,
    about: str = "",
) -> None:
    """A message in the browser to each of these accounts, once for each revision of the incident and `about`.

    Where the deployment has a webhook, it gets the same with the account's name as receiver, to pass on.
    """
    values = values_of(connection, office, incident)
    link = {"link": f"{office.url}/desk#case={incident.number}"} if office.url else {}
    told = {"web": values} | ({"webhook": {**values, **link}} if office.webhook else {})
    for account in accounts:
        key = f"{incident.number}:{incident.revision}:{template}:{about}:{account}"
        for channel, said in told.items():
            outbox.queue(
                connection, office.seal, key=key if channel == "web" else f"{key}:{channel}", channel=channel,
                template=template, lang=office.lang, now=now, account_id=account, incident_id=incident.id,
                values=said, urgent=incident.kind == "emergency",
            )  # fmt: skip


def to_reporter(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    action: str,
    now: datetime,
    *,
    reason_code: str | None = None,
) -> None:
    """A message to the reporter and to those who follow, where they left a contact and agreed.

    Who reported what was merged into it follows it. Only the reporter is asked for something.
    """
    rows = connection.execute(_CONTACTS, {"id": incident.id}).fetchall()
    if not rows:
        return
    en, zh = REASON_CODES.get(reason_code or "", ("", ""))
    values = {**values_of(connection, office, incident), "reason": {"zh": zh, "en": en}}
    for number, (sealed, lang, own) in enumerate(rows):
        template = template_of(action, own=own)
        contact = office.seal.open(bytes(sealed)) if sealed is not None else {}
        receiver = contact.get("email") or contact.get("phone")
        if template is None or receiver is None:
            continue
        link = {"link": f"{office.url}/follow/{contact['link']}"} if office.url and "link" in contact else {}
        outbox.queue(
            connection, office.seal, key=f"{incident.number}:{incident.revision}:{action}:reporter {number}",
            channel="email" if contact.get("email") else "sms", template=template, lang=lang, now=now,
            receiver=receiver, incident_id=incident.id, values={**values, **link},
            quiet=QuietHours(zone=office.calendar.tz),
        )  # fmt: skip


def values_of(connection: psycopg.Connection, office: Office, incident: Incident) -> Mapping[str, Any]:
    """What a message may say of an incident: nothing of persons, and no text that a person wrote."""
    row = connection.execute(
        _NAMES,
        {
            "target": incident.merged_into, "id": incident.id, "department": incident.department,
            "category": incident.category, "community": incident.community_id,
        },
    ).fetchone()  # fmt: skip
    assert row is not None
    zh, en, department_zh, department_en, community, target, notice_ends = row
    department = {"zh": department_zh or _ELSEWHERE["zh"], "en": department_en or _ELSEWHERE["en"]}
    until = notice_ends or incident.review_at or (incident.asked or {}).get("until")
    return {
        "number": incident.number,
        "category": {"zh": zh, "en": en},
        "grid": _grid_of(connection, incident) or community,
        "community": community,
        "department": department,
        "to": _ELSEWHERE if incident.state == "forwarded" else department,
        "target": target or "",
        "decision": _DECISIONS.get(incident.decision or "", {"zh": "", "en": ""}),
        "due": _local(office, incident.stage_due_at or incident.due_at),
        "until": _local(office, until),
    }


def _grid_of(connection: psycopg.Connection, incident: Incident) -> Mapping[str, str] | str | None:
    """Its grid by the number that maps show and the code that lists show."""
    code, number = incident.grid_code, grid_number(connection, incident.community_id, incident.grid_code)
    return code if number is None else {"zh": f"网格 {number}（{code}）", "en": f"grid {number} ({code})"}


def _local(office: Office, at: datetime | str | None) -> str:
    if at is None:
        return "–"
    moment = (datetime.fromisoformat(at) if isinstance(at, str) else at).astimezone(office.calendar.tz)
    return f"{moment:%Y-%m-%d %H:%M} {zone_of(moment)}"


def zone_of(moment: datetime) -> str:
    """The zone of an instant, such as UTC+8: whoever reads it may live by another one, and pages show theirs."""
    told = str(timezone(moment.utcoffset() or timedelta()))
    return re.sub(r"([+-])0?(\d+):(00)?", lambda part: part[1] + part[2] + ("" if part[3] else ":"), told)
