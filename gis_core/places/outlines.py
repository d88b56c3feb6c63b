"""Outlines of houses and roads for whoever looks for a place: what stands there, no counts."""

import psycopg

from gis_core.errors import InvalidInputError

WIDEST_DEGREES = 0.05
"""Of a part of the map that is asked for, about 5 km."""
MOST = 4000
_OUTLINES = """
WITH box AS (SELECT ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AS area)
SELECT json_build_object(
    'buildings', json_build_object('type', 'FeatureCollection', 'features', coalesce((
        SELECT json_agg(json_build_object('type', 'Feature', 'properties', json_build_object('name', b.name),
                        'geometry', ST_AsGeoJSON(b.footprint, 6)::json))
        FROM (SELECT footprint, name FROM building, box WHERE footprint && box.area ORDER BY id LIMIT %(most)s) b
    ), '[]')),
    'roads', json_build_object('type', 'FeatureCollection', 'features', coalesce((
        SELECT json_agg(json_build_object('type', 'Feature', 'properties', json_build_object('name', r.name),
                        'geometry', ST_AsGeoJSON(r.geometry, 6)::json))
        FROM (SELECT geometry, name FROM barrier, box WHERE kind = 'road' AND geometry && box.area ORDER BY id
              LIMIT %(most)s) r
    ), '[]')))::text
"""


def outlines(connection: psycopg.Connection, box: tuple[float, float, float, float]) -> str:
    """{buildings, roads}: GeoJSON in WGS 84 of a box (west, south, east, north; degrees).

    Raises:
        InvalidInputError: the box is too large, or empty.
    """
    west, south, east, north = box
    if not (0 < east - west <= WIDEST_DEGREES and 0 < north - south <= WIDEST_DEGREES):
        raise InvalidInputError(
            f"bbox: west below east and south below north, at most {WIDEST_DEGREES} degrees apart.",
            f"bbox：西小于东、南小于北，跨度不超过 {WIDEST_DEGREES} 度。",
        )
    values = {"west": west, "south": south, "east": east, "north": north, "most": MOST}
    row = connection.execute(_OUTLINES, values).fetchone()
    assert row is not None
    return str(row[0])
