"""A made-up community in the database: L-shaped houses in estates along streets, and an empty plan."""

import json

from psycopg import Connection

CODE = "370101001001"
LON, LAT = 116.8, 36.5
EAST, NORTH = 0.00032, 0.00027
"""From house to house, degrees: about 29 m by 30 m."""
COLUMNS = 50
RULES = {
    "grids": [8, 8],
    "households": [500, 900],
    "persons": None,
    "balance_tolerance": 0.1,
    "preset": "balanced",
}
"""For 2,000 houses of 2 or 3 households."""

_TOWN = """
INSERT INTO community (code, name, metric_srid, boundary)
VALUES (%(code)s, '样板社区', 4548, ST_Multi(ST_MakeEnvelope(
    %(lon)s - %(east)s, %(lat)s - %(north)s, %(lon)s + (%(columns)s + 1) * %(east)s,
    %(lat)s + (%(buildings)s / %(columns)s + 1) * %(north)s, 4326)));
INSERT INTO dataset (name) VALUES ('made-up town');
INSERT INTO estate (dataset_id, source_id, community_id, name)
SELECT d.id, 'e' || x || '-' || y, c.id, x || '区' || y || '院'
FROM dataset d, community c, generate_series(0, %(columns)s / 5 - 1) x,
     generate_series(0, %(buildings)s / %(columns)s / 4) y
WHERE (x + y) %% 3 < 2;
INSERT INTO building (dataset_id, source_id, community_id, estate_id, footprint, households, households_kind, persons,
                      persons_kind, floors, name)
SELECT d.id, 'b' || i, c.id, e.id,
       ST_Multi(ST_Translate(ST_GeomFromText('POLYGON((0 0, 0.00022 0, 0.00022 0.00006, 0.00012 0.00006,'
           ' 0.00012 0.00015, 0 0.00015, 0 0))', 4326), %(lon)s + x * %(east)s, %(lat)s + y * %(north)s)),
       2 + i * 7 %% 2, 'real', 6 + i * 7 %% 2 * 3, 'estimated', 3, i + 1 || '号'
FROM dataset d, community c, generate_series(0, %(buildings)s - 1) i,
     LATERAL (SELECT i %% %(columns)s AS x, i / %(columns)s AS y) at
     LEFT JOIN estate e ON e.source_id = 'e' || x / 5 || '-' || y / 4;
INSERT INTO barrier (dataset_id, source_id, kind, class, geometry)
SELECT d.id, 's' || n, 'road', 'residential', ST_SetSRID(ST_MakeLine(
    ST_Point(%(lon)s - %(east)s, %(lat)s + (4 * n - 0.2) * %(north)s),
    ST_Point(%(lon)s + %(columns)s * %(east)s, %(lat)s + (4 * n - 0.2) * %(north)s)), 4326)
FROM dataset d, generate_series(1, %(buildings)s / %(columns)s / 4 - 1) n;
INSERT INTO barrier (dataset_id, source_id, kind, class, geometry)
SELECT d.id, 'a' || n, 'road', 'secondary', ST_SetSRID(ST_MakeLine(
    ST_Point(%(lon)s + (10 * n - 0.15) * %(east)s, %(lat)s - %(north)s),
    ST_Point(%(lon)s + (10 * n - 0.15) * %(east)s, %(lat)s + %(buildings)s / %(columns)s * %(north)s)), 4326)
FROM dataset d, generate_series(1, %(columns)s / 10 - 1) n;
"""


def build_town(pg: Connection, buildings: int) -> None:
    """A community CODE of so many houses, a multiple of COLUMNS; the database was empty. Commits."""
    values = {"code": CODE, "lon": LON, "lat": LAT, "east": EAST, "north": NORTH, "columns": COLUMNS}
    for statement in _TOWN.split(";\n"):
        if statement.strip():
            pg.execute(statement, values | {"buildings": buildings})
    pg.commit()


def rules_for(buildings: int) -> dict[str, object]:
    """RULES with bands for another number of houses."""
    low, high = (limit * buildings // 2000 for limit in json.loads(json.dumps(RULES["households"])))
    return RULES | {"households": [low, high]}
