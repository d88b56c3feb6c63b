"""Reports that may be about the same thing: of one category, near each other, and recent."""

from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gis_core.incidents.life import life
from gis_core.incidents.redaction import public_text

MOST = 5
CLOSED_SINCE = timedelta(days=2)
"""What was closed this recently may be what somebody sees again."""

_NEAR = """
SELECT i.number, k.name_{0} AS category, i.description, i.state, i.reported_at,
       ST_Distance(i.place::geography, p.here::geography) AS distance_m,
       (SELECT min(id) FROM incident_photo WHERE incident_id = i.id AND public AND content IS NOT NULL) AS photo,
       (SELECT count(*) FROM incident_follower WHERE incident_id = i.id) AS followers
FROM incident_category k
CROSS JOIN (SELECT ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326) AS here) p
JOIN incident i ON i.category_code = k.code
WHERE k.code = %(category)s AND k.contact <> 'required' AND 'approval' NOT IN (k.kind, i.kind)
  AND ST_DWithin(i.place::geography, p.here::geography, k.duplicate_m)
  AND i.place && ST_Expand(p.here, %(degrees)s)
  AND i.reported_at > %(now)s - make_interval(days => k.duplicate_days::int)
  AND i.merged_into IS NULL AND (i.open OR i.closed_at > %(closed)s)
  AND i.state NOT IN ('rejected', 'cancelled')
ORDER BY distance_m, i.id LIMIT %(most)s
"""


def likely_duplicates(
    connection: psycopg.Connection, category: str, lon: float, lat: float, now: datetime, lang: str
) -> list[dict[str, Any]]:
    """At most five, the nearest first; lon, lat: WGS 84, degrees. Radius and age are the category's own.

    What people apply for, or tell with their names, is nobody else's: of those categories nothing is shown.
    """
    language = "zh" if lang == "zh" else "en"
    row = connection.execute(
        "SELECT duplicate_m FROM incident_category WHERE code = %s", [category]
    ).fetchone()
    degrees = (row[0] if row else 0) / 111_000 * 3
    values = {
        "category": category, "lon": lon, "lat": lat, "now": now, "closed": now - CLOSED_SINCE, "most": MOST,
        "degrees": degrees,
    }  # fmt: skip
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(_NEAR.format(language), values).fetchall()
    states = life().states
    return [
        {
            **one,
            "description": public_text(one["description"]),
            "state_name": getattr(states[one["state"]], language),
            "distance_m": round(one["distance_m"], -1),
            "photo": one["photo"] and f"/open311/v2/media/{one['photo']}.jpg",
        }
        for one in rows
    ]
