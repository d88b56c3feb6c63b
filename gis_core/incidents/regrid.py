"""A redraw moves a community's open incidents to the grids that now hold them, and the duties with them."""

from datetime import datetime

import psycopg

from gis_core.editing.ground import Places
from gis_core.editing.store import PlanRow
from gis_core.editing.versions import change_status
from gis_core.incidents import store, telling
from gis_core.incidents.life import Actor
from gis_core.incidents.office import Office
from gis_core.incidents.store import Event
from gis_core.plans.rules import PlanStatus

_NEW_GRIDS = """
SELECT i.id, g.code FROM incident i
JOIN plan p ON p.community_id = i.community_id AND p.status = 'adopted'
CROSS JOIN LATERAL (
    SELECT code FROM grid WHERE plan_id = p.id ORDER BY area <-> i.place, number LIMIT 1
) g
WHERE i.community_id = %(community)s AND i.open AND g.code IS DISTINCT FROM i.grid_code
ORDER BY i.id
"""
# The plan that was in force last, of those that are no longer; a retirement may have left a time without one.
_BEFORE = """
SELECT plan_id FROM grid WHERE community_id = %s AND valid_to IS NOT NULL
ORDER BY valid_to DESC, valid_from DESC, plan_id DESC LIMIT 1
"""
# Who answered for a grid answers for the new grid with which it shares most households.
_DUTIES = """
WITH shared AS (
    SELECT old.code AS old, new.code AS new, sum(b.households) + count(*) AS weight
    FROM grid new JOIN plan p ON p.id = new.plan_id AND p.status = 'adopted'
    JOIN assignment an ON an.plan_id = new.plan_id AND an.grid_number = new.number
    JOIN building b ON b.id = an.building_id
    JOIN assignment ao ON ao.building_id = an.building_id AND ao.plan_id = %(before)s
    JOIN grid old ON old.plan_id = ao.plan_id AND old.number = ao.grid_number
    WHERE new.community_id = %(community)s
    GROUP BY old.code, new.code
), heir AS (SELECT DISTINCT ON (old) old, new FROM shared ORDER BY old, weight DESC, new)
INSERT INTO grid_duty (grid_code, account_id, community_id, post)
SELECT h.new, d.account_id, d.community_id, d.post FROM heir h JOIN grid_duty d ON d.grid_code = h.old
ON CONFLICT (grid_code, account_id) DO NOTHING
"""


def move_incidents(connection: psycopg.Connection, office: Office, community_id: int, now: datetime) -> int:
    """After a plan was adopted: move the community's open incidents, and hand the duties on; how many moved."""
    before = connection.execute(_BEFORE, [community_id]).fetchone()
    if before is not None:
        connection.execute(_DUTIES, {"before": before[0], "community": community_id})
        connection.execute(
            "DELETE FROM grid_duty WHERE grid_code IN (SELECT code FROM grid WHERE plan_id = %s)", before
        )
    rows = connection.execute(_NEW_GRIDS, {"community": community_id}).fetchall()
    for incident_id, code in rows:
        incident = store.incident_of_id(connection, incident_id, lock=True)
        store.update_incident(connection, incident.id, {"grid_code": code, "updated_at": now})
        details = {"before": incident.grid_code, "after": code}
        event = Event(now, "system", Actor.SYSTEM, "move", incident.state, incident.state, False, details)
        store.append_event(connection, incident.id, event)
        found = store.incident_of_id(connection, incident.id)
        telling.to_staff(connection, office, found, "moved", telling.responsible(connection, found), now)
    return len(rows)


def change_plan(
    connection: psycopg.Connection,
    places: Places,
    office: Office,
    plan: int,
    after: PlanStatus,
    *,
    by: str,
    now: datetime,
    revision: int | None = None,
) -> PlanRow:
    """Change a plan's status; where that puts other grids in force, incidents and duties go with them.

    Raises as `gis_core.editing.versions.change_status` does.
    """
    if after is PlanStatus.ADOPTED:
        store.hold_reports(connection)
    row = change_status(connection, places, plan, after, by=by, now=now, revision=revision)
    if after is PlanStatus.ADOPTED:
        move_incidents(connection, office, row.community_id, now)
    return row
