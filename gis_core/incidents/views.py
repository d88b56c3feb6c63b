"""An incident as its readers see it: everything for the staff, what concerns them for the reporter."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import psycopg

from gis_core.incidents import people, store, timing
from gis_core.incidents.case import Person
from gis_core.incidents.evidence import REASON_CODES
from gis_core.incidents.life import ACTOR_NAMES, Actor, Life, Transition
from gis_core.incidents.office import Office
from gis_core.incidents.redaction import public_text
from gis_core.incidents.rules import allowed
from gis_core.incidents.stepping import case_of
from gis_core.incidents.store import Incident

_OTHER_ENTRIES = {
    "tell": ("note to the reporter", "告知上报人"),
    "escalate": ("escalated", "超期升级"),
}
_HIDDEN = (
    "clock",
    "limit_s",
    "used_s",
    "running_since",
    "community_id",
    "handler_id",
    "merged_into",
    "recheck",
)
_BETWEEN_TWO = ("ask", "answer")
"""Steps whose words are between the office and the reporter."""
_WITHOUT_NAME = (Actor.REPORTER, Actor.SYSTEM)
_NAMES = """
SELECT k.name_{0}, d.name_{0}, a.name, c.name, (SELECT number FROM incident WHERE id = i.merged_into),
       EXISTS (SELECT FROM incident_reporter r WHERE r.incident_id = i.id AND r.sealed IS NOT NULL)
FROM incident i JOIN incident_category k ON k.code = i.category_code JOIN community c ON c.id = i.community_id
LEFT JOIN department d ON d.code = i.department_code LEFT JOIN account a ON a.id = i.assignee_id
WHERE i.id = %s
"""


def staff_view(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    person: Person,
    now: datetime,
    lang: str,
) -> dict[str, Any]:
    """All that the staff sees of an incident, with what this person may do next; nothing of the reporter."""
    case = case_of(connection, incident, now)
    language = "zh" if lang == "zh" else "en"
    names = connection.execute(_NAMES.format(language), [incident.id]).fetchone()
    assert names is not None
    category, department, assignee, community, target, has_reporter = names
    steps = timing.steps_of(connection, incident.category, incident.condition, "handle")
    row = {name: value for name, value in asdict(incident).items() if name not in _HIDDEN and name != "id"}
    may = allowed(office.life, case, person, now)
    workers = people.workers_of(connection, incident) if any(one.action == "assign" for one in may) else []
    return {
        **row,
        "grid": incident.grid_code,
        "grid_number": store.grid_number(connection, incident.community_id, incident.grid_code),
        "category_name": category, "department_name": department,
        "assignee": assignee, "community_name": community, "merged_into": target,
        "state_name": getattr(office.life.states[incident.state], language),
        "steps": [{"step": one.step, "name": getattr(one, language)} for one in steps] if len(steps) > 1 else [],
        "history": [_entry(office.life, one, language) for one in store.read_events(connection, incident.id)],
        "photos": [
            {**photo, "url": f"/incidents/{incident.number}/photos/{photo['id']}"}
            for photo in store.photos_of(connection, incident.id)
        ],
        "allowed": [action_view(one, language) for one in may],
        "workers": [{"name": name, "on_duty": own} for _, name, own in workers],
        "reason_codes": [{"code": code, "name": told[language == "zh"]} for code, told in REASON_CODES.items()],
        "has_reporter": has_reporter,
    }  # fmt: skip


def reporter_view(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    person: Person,
    now: datetime,
    lang: str,
    link: str,
) -> dict[str, Any]:
    """What the holder of a private link sees: the case's public history, the photos sent with it, what they may do.

    Anybody may follow a case: to all but its reporter, words are masked as they are to the public.
    """
    language = "zh" if lang == "zh" else "en"
    case = case_of(connection, incident, now)
    names = connection.execute(_NAMES.format(language), [incident.id]).fetchone()
    assert names is not None
    own = Actor.REPORTER in person.actors
    words: Callable[[str], str] = str if own else public_text
    shown = [
        one
        for one in store.read_events(connection, incident.id)
        if one["public"] and (own or _is_for_all(one))
    ]
    history = [
        {
            "at": one["at"], "action": one["action"], "action_name": _action_name(office.life, one["action"], language),
            "state": one["after"], "state_name": getattr(office.life.states[one["after"]], language),
            "text": words(one["text"]) if one["text"] and one["details"].get("shown") else None,
        }
        for one in shown
    ]  # fmt: skip
    return {
        "number": incident.number, "category": incident.category, "category_name": names[0],
        "description": words(incident.description),
        "address": incident.address if own else "", "state": incident.state,
        "state_name": getattr(office.life.states[incident.state], language), "kind": incident.kind,
        "open": incident.open, "community": names[3], "grid": incident.grid_code,
        "lon": incident.lon if own else round(incident.lon, 4), "lat": incident.lat if own else round(incident.lat, 4),
        "reported_at": incident.reported_at, "updated_at": incident.updated_at,
        "due_at": incident.due_at, "merged_into": names[4], "history": history, "satisfied": incident.satisfied,
        "target": _target(connection, office, incident, language),
        "public_note": words(incident.public_note),
        "photos": [
            {"id": one["id"], "kind": one["kind"], "url": f"/follow/{link}/photos/{one['id']}"}
            for one in _photos_for_reporter(connection, incident.id)
            if own or one["public"]
        ],
        "may": [action_view(one, language) for one in allowed(office.life, case, person, now)],
    }  # fmt: skip


def _is_for_all(entry: Mapping[str, Any]) -> bool:
    """Whether those who only follow may read it too."""
    return (
        entry["details"].get("of", entry["action"]) not in _BETWEEN_TWO and entry["actor"] != Actor.REPORTER
    )


def _target(
    connection: psycopg.Connection, office: Office, incident: Incident, language: str
) -> dict[str, Any] | None:
    """How the incident goes on that this one was merged into; somebody else reported that, so its note is masked."""
    if incident.merged_into is None:
        return None
    target = store.incident_of_id(connection, incident.merged_into)
    state = office.life.states[target.state]
    return {
        "number": target.number,
        "state_name": getattr(state, language),
        "public_note": public_text(target.public_note),
    }


def _photos_for_reporter(connection: psycopg.Connection, incident: int) -> list[dict[str, Any]]:
    """Those that came with the report or from the reporter, and those that are public."""
    own = connection.execute(
        "SELECT p.id FROM incident_photo p LEFT JOIN incident_event e ON e.id = p.event_id"
        " WHERE p.incident_id = %s AND p.content IS NOT NULL AND (p.public OR e.actor = 'reporter')",
        [incident],
    )
    mine = {row[0] for row in own}
    return [one for one in store.photos_of(connection, incident) if one["id"] in mine]


def action_view(one: Transition, language: str) -> dict[str, Any]:
    """An action with what must come with it."""
    return {
        "action": one.action,
        "name": getattr(one, language),
        "evidence": list(one.evidence),
        "to": one.to,
    }


def _action_name(life: Life, action: str, language: str) -> str:
    known = life.transitions.get(action)
    if known is not None:
        return str(getattr(known, language))
    en, zh = _OTHER_ENTRIES.get(action, (action, action))
    return zh if language == "zh" else en


def _entry(life: Life, one: Mapping[str, Any], language: str) -> dict[str, Any]:
    en, zh = ACTOR_NAMES[Actor(one["actor"])]
    role = zh if language == "zh" else en
    return {
        **one,
        "action_name": _action_name(life, one["action"], language),
        "role": role,
        "who": role if one["actor"] in _WITHOUT_NAME else one["by"],
    }
