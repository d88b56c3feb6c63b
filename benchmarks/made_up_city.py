"""A made-up city in the database: communities in rows, each of 100 buildings in rows, most with a plan in force."""

import json

from psycopg import Connection

LON, LAT = 116.8, 36.5
EAST, NORTH = 0.006, 0.0045
"""A community's width and height, degrees: about 540 m by 500 m."""
CITY = "370100000000"
RULES = {
    "grids": [4, 8], "households": [150, 300], "persons": [500, 900], "balance_tolerance": None, "preset": "balanced",
    "weights": None, "oversized": "refuse", "workloads": None, "soft": None, "estate_splits": None,
    "contiguity": "hard", "patches": None, "distance": "straight",
}  # fmt: skip

# Code: county 6 digits, subdistrict 3, community 3. Fifty communities a street, twelve streets a district.
_PLACES = """
CREATE TEMPORARY TABLE place ON COMMIT DROP AS
SELECT n, substr(%(city)s, 1, 4) || lpad((n / 600 + 1)::text, 2, '0') || '000000' AS district,
       substr(%(city)s, 1, 4) || lpad((n / 600 + 1)::text, 2, '0') || lpad((n %% 600 / 50 + 1)::text, 3, '0')
           || '000' AS street,
       %(lon)s + n %% 60 * %(east)s AS x, %(lat)s + n / 60 * %(north)s AS y
FROM generate_series(0, %(communities)s - 1) n;
INSERT INTO admin_area VALUES (%(city)s, 'city', '样板市', NULL);
INSERT INTO admin_area SELECT DISTINCT district, 'district', (n / 600 + 1) || '区', %(city)s FROM place;
INSERT INTO admin_area SELECT DISTINCT street, 'subdistrict', (n %% 600 / 50 + 1) || '街道', district FROM place;
INSERT INTO community (code, name, area_code, metric_srid, boundary)
SELECT substr(street, 1, 9) || lpad((n %% 50 + 1)::text, 3, '0'), (n + 1) || '号社区', street, 4548,
       ST_Multi(ST_MakeEnvelope(x, y, x + %(east)s, y + %(north)s, 4326))
FROM place;
INSERT INTO dataset (name) VALUES ('made-up city');
INSERT INTO building (dataset_id, source_id, community_id, footprint, households, households_kind, persons,
                      persons_kind, floors)
SELECT d.id, c.id || '-' || i, c.id, ST_Multi(ST_MakeEnvelope(x, y, x + %(east)s * 0.05, y + %(north)s * 0.04, 4326)),
       own.households, 'real', 3 * own.households, 'estimated', 6
FROM dataset d, community c, generate_series(0, 99) i,
     LATERAL (SELECT ST_XMin(c.boundary) + (i %% 10 + 0.25) * %(east)s / 10,
                     ST_YMin(c.boundary) + (i / 10 + 0.3) * %(north)s / 10,
                     9 + (i * 7 + c.id) %% 5) AS own (x, y, households)
WHERE d.name = 'made-up city';
"""

# Of ten communities one has nothing, one a draft, one a proposal, seven a plan in force, one of them a proposal too.
_PLANS = """
INSERT INTO plan (community_id, version, status, rules, seed, engine)
SELECT c.id, 1, CASE c.id %% 10 WHEN 1 THEN 'draft' WHEN 2 THEN 'proposed' ELSE 'adopted' END, %(rules)s, 1, %(engine)s
FROM community c WHERE c.id %% 10 <> 0;
INSERT INTO plan (community_id, version, status, rules, seed, engine)
SELECT c.id, 2, 'proposed', %(rules)s, 1, %(engine)s FROM community c WHERE c.id %% 10 = 3;
INSERT INTO grid (plan_id, community_id, number, code, households, persons, buildings, valid_from)
SELECT p.id, p.community_id, k, p.id || '-' || k, 220, 660, 20, CASE WHEN p.status = 'adopted' THEN now() END
FROM plan p, generate_series(1, 5) k;
INSERT INTO assignment (plan_id, building_id, grid_number)
SELECT p.id, b.id, 1 + split_part(b.source_id, '-', 2)::int %% 10 / 2
FROM plan p JOIN building b ON b.community_id = p.community_id;
"""

# Of eleven communities with a plan in force one, where everybody moved to the first grid's buildings.
_BREAK = """
UPDATE building SET households = households * 2
WHERE community_id %% 11 = 0 AND split_part(source_id, '-', 2)::int %% 10 < 2
"""


def build_city(pg: Connection, communities: int) -> None:
    """Insert the city and commit. Five grids of 20 buildings and about 220 households a plan."""
    _run(
        pg,
        _PLACES,
        {"city": CITY, "communities": communities, "lon": LON, "lat": LAT, "east": EAST, "north": NORTH},
    )
    _run(pg, _PLANS, {"rules": json.dumps(RULES), "engine": json.dumps({"status": "feasible"})})
    pg.commit()
    pg.autocommit = True
    pg.execute("ANALYZE")
    pg.autocommit = False


def change_counts(pg: Connection) -> None:
    """Counts change, so that plans break their rules; commits."""
    _run(pg, _BREAK, {})
    pg.commit()


def _run(pg: Connection, statements: str, values: dict[str, object]) -> None:
    for statement in statements.split(";"):
        if statement.strip():
            pg.execute(statement, values)
