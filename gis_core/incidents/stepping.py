"""Taking a step with an incident: what the table allows, its effects, clocks, history and messages, at once."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import psycopg

from gis_core.errors import ChangedError
from gis_core.incidents import effects, store, telling, timing
from gis_core.incidents.case import Case, Evidence, Person
from gis_core.incidents.life import Actor, Kind, Transition
from gis_core.incidents.office import Office
from gis_core.incidents.photos import CleanPhoto
from gis_core.incidents.rules import HANDLING, check, target_state
from gis_core.incidents.store import Event, Incident

Photos = Sequence[tuple[str, CleanPhoto]]
_NEXT = {
    "dispatch": (("dispatched_to_you", "responsible"),),
    "call_in": (("dispatched_to_you", "responsible"),),
    "fail": (("returned", "responsible"),),
    "return": (("returned", "desk"),),
    "approve_return": (("returned", "desk"),),
    "assign": (("assigned_to_you", "responsible"),),
    "ask_reopen": (("reopen_requested", "desk"),),
    "supervise": (("supervised", "responsible"),),
}
"""Templates of what staff are told after an action, and who of them."""
_ANEW = ("dispatch", "call_in", "fail", "reopen", "reopen_case")
"""Actions after which a photo of before counts no longer as one of afterwards."""
_SHARED = ("comment", "answer", "feedback", "ask_reopen")
"""Actions whose note the reporter reads, unless it is marked internal."""


def take_step(
    connection: psycopg.Connection,
    office: Office,
    number: str,
    action: str,
    evidence: Evidence,
    photos: Photos,
    *,
    by: Person,
    now: datetime,
    revision: int | None = None,
) -> Incident:
    """Take a step; the incident after it.

    Args:
        by: with the actors that it has for this incident, see `people.person_of`.
        revision: the one that it was decided on; None takes the incident as it is.

    Raises:
        NotFoundError: there is no such incident.
        ChangedError: it has been changed since that revision.
        InvalidInputError, ConflictError, ForbiddenError: see `rules.check`.
    """
    if action == "merge":  # its target stays as it is until this is done
        store.lock_incidents(connection, (number, evidence.target))
    incident = store.read_incident(connection, number, lock=True)
    if revision is not None and revision != incident.revision:
        raise ChangedError(f"Incident {number}", f"事件 {number}", incident.revision)
    evidence = replace(evidence, photos=tuple(kind for kind, _ in photos))
    case = case_of(connection, incident, now)
    one = check(office.life, action, case, by, evidence, now)
    return carry_out(connection, office, incident, case, one, evidence, photos, by=by, now=now)


def carry_out(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    case: Case,
    one: Transition,
    evidence: Evidence,
    photos: Photos,
    *,
    by: Person,
    now: datetime,
) -> Incident:
    """Do what a transition that may be taken does. The incident's row is locked."""
    after = target_state(office.life, one, case)
    step = effects.Step(connection, office, incident, one, evidence, by, now)
    changes, details = effects.of(step)
    if after.name != incident.state or one.restart:
        changes |= timing.entered(connection, office, incident, after, now, restart=one.restart)
        changes |= {"state": after.name, "open": after.open}
        if after.clock == "pause" or after.name == "reopen_requested":
            changes["resume_state"] = incident.state
    changes |= effects.step_clocks(step)
    store.update_incident(connection, incident.id, {**changes, "updated_at": now})
    event = _write_history(connection, incident, one, after.name, evidence, details, by, now)
    store.insert_photos(connection, incident.id, event, photos, now)
    found = store.incident_of_id(connection, incident.id)
    if one.action == "amend":
        found = _begun_anew(connection, office, incident, found, now)
    _tell(connection, office, found, one, evidence.reason_code, now)
    return found


def _begun_anew(
    connection: psycopg.Connection, office: Office, before: Incident, incident: Incident, now: datetime
) -> Incident:
    """After a correction: limits of what it is now, those told whose grid it is, and those above of an emergency.

    Where it is an emergency no longer, nobody is to acknowledge it.
    """
    if (before.category, before.condition) != (incident.category, incident.condition) and incident.stage:
        incident = replace(incident, due_at=timing.whole_anew(connection, office, incident, now))
        changes = timing.begin_stage(connection, office, incident, incident.stage, 1, now)
        store.update_incident(connection, incident.id, {**changes, "due_at": incident.due_at})
        incident = store.incident_of_id(connection, incident.id)
    if incident.kind == Kind.EMERGENCY and before.kind != Kind.EMERGENCY:
        telling.emergency_begun(connection, office, incident, now)
    elif before.kind == Kind.EMERGENCY and incident.kind != Kind.EMERGENCY:
        timing.cancel_timers(connection, incident.id, now, ("acknowledge",))
    if before.grid_code != incident.grid_code:
        found = telling.responsible(connection, incident)
        telling.to_staff(connection, office, incident, "moved", found, now)
    return incident


def _write_history(
    connection: psycopg.Connection,
    incident: Incident,
    one: Transition,
    after: str,
    evidence: Evidence,
    details: Mapping[str, Any],
    by: Person,
    now: datetime,
) -> int:
    """The step as an entry, and what the reporter is to read as one of its own where there is an internal note too."""
    actor = next((actor for actor in Actor if actor in by.actors & one.actors), Actor.SYSTEM)
    note, told = evidence.note.strip(), evidence.public_note.strip()
    if one.action in _SHARED and not evidence.internal:
        note, told = "", note or told
    shown = {"shown": True} if told and not note else {}
    event = store.append_event(connection, incident.id, Event(
        now, by.name, actor, one.action, incident.state, after, one.tells or bool(shown), {**details, **shown},
        note or told,
    ))  # fmt: skip
    if note and told:
        entry = Event(
            now, by.name, actor, "tell", after, after, True, {"shown": True, "of": one.action}, told
        )
        store.append_event(connection, incident.id, entry)
    return event


def _tell(
    connection: psycopg.Connection,
    office: Office,
    incident: Incident,
    one: Transition,
    reason_code: str | None,
    now: datetime,
) -> None:
    """Whom the step concerns: the reporter, and whoever is to act next."""
    if one.tells:
        telling.to_reporter(connection, office, incident, one.action, now, reason_code=reason_code)
    for template, audience in _NEXT.get(one.action, ()):
        if audience == "responsible":
            found = telling.responsible(connection, incident)
            telling.to_staff(connection, office, incident, template, found, now)
        else:
            telling.desk(connection, office, incident, template, now)
    if (incident.returns >= 2 and one.to == "returned") or (incident.reworks >= 2 and one.to == "rework"):
        telling.above(connection, office, incident, 2, "supervised", now)


def case_of(connection: psycopg.Connection, incident: Incident, now: datetime) -> Case:
    """What the rules must know of an incident."""
    steps = timing.steps_of(connection, incident.category, incident.condition, "handle")
    row = connection.execute(
        "SELECT (SELECT count(*) FROM incident_photo WHERE incident_id = %(id)s AND kind = 'after'"
        "        AND event_id > coalesce((SELECT max(id) FROM incident_event WHERE incident_id = %(id)s"
        "            AND action = ANY(%(anew)s)), 0)),"
        "       (SELECT max(ends_at) <= %(now)s FROM public_notice WHERE incident_id = %(id)s),"
        "       EXISTS (SELECT FROM incident WHERE merged_into = %(id)s),"
        "       (SELECT a.name FROM incident i JOIN account a ON a.id = i.reported_by WHERE i.id = %(id)s)",
        {"id": incident.id, "now": now, "anew": list(_ANEW)},
    ).fetchone()
    assert row is not None
    return Case(
        number=incident.number, state=incident.state, kind=incident.kind, resume_state=incident.resume_state,
        dispatched=incident.dispatched_at is not None, assignee=incident.assignee_id,
        handlers=store.handlers_of(connection, incident.id, HANDLING), returns=incident.returns,
        extensions=incident.extensions, asked=incident.asked is not None, sampled=incident.recheck,
        closed_at=incident.closed_at, more_steps=incident.step < len(steps), notices_over=bool(row[1]),
        after_photos=row[0], shared=row[2], reported_by=row[3],
    )  # fmt: skip
