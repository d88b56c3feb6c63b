"""The CAP 1.2 draft of an incident, from the database."""

import json
import re

import psycopg

from gis_core.errors import ConflictError
from gis_core.incidents.cap import cap_alert
from gis_core.incidents.life import Kind
from gis_core.incidents.office import Office
from gis_core.incidents.redaction import public_text
from gis_core.incidents.store import Incident

_AREA = """
SELECT c.name, g.number, ST_AsGeoJSON(g.area, 7), k.name_zh, k.name_en
FROM community c JOIN incident_category k ON k.code = %(category)s
LEFT JOIN grid g ON g.code = %(grid)s AND g.valid_from IS NOT NULL
WHERE c.id = %(community)s
"""
_SEVERITY = {1: "Severe", 2: "Moderate", 3: "Minor"}


def draft_alert(connection: psycopg.Connection, office: Office, incident: Incident, sender: str) -> bytes:
    """An alert of status Exercise, until an operator signs it.

    Raises:
        ConflictError: it is no emergency.
    """
    if incident.kind != Kind.EMERGENCY:
        raise ConflictError(
            f"Incident {incident.number} is no emergency: only those become alerts.",
            f"事件 {incident.number} 不是突发事件，不能生成预警。",
        )
    row = connection.execute(
        _AREA,
        {"category": incident.category, "grid": incident.grid_code, "community": incident.community_id},
    ).fetchone()
    assert row is not None
    community, number, area, zh, en = row
    told = public_text(incident.description)
    where = {
        "zh": f"{community}{f'第 {number} 网格' if number else ''}",
        "en": f"{community}{f', grid {number}' if number else ''}",
    }
    return cap_alert(
        identifier=incident.number,
        sender=re.sub(r"[\s,<&]", "", sender) or "wangge",
        sent=incident.reported_at.astimezone(office.calendar.tz),
        event={"zh": zh, "en": en},
        headline={"zh": f"{where['zh']}：{zh}", "en": f"{en}: {where['en']}"},
        description={"zh": told, "en": told},
        area=where,
        place=(incident.lon, incident.lat),
        grid=json.loads(area) if area else None,
        severity=_SEVERITY[incident.level],
    )
