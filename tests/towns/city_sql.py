"""A made-up city around the drawn town, as SQL: two streets of a district, and a community for each state.

    street 360302001000 "东大街"    001 安源社区 (draft, the drawn town)   002 broken   003 adopted
    street 360302002000 "八一街"    001 proposed   002 none

The communities lie in a row, to the east of the town; each but the last has one building of 100 households.
"""

import json

from psycopg import Connection

from tests.towns.town_sql import CODE, EAST, LAT, LON, NORTH

DISTRICT, EAST_STREET, WEST_STREET = "360302000000", "360302001000", "360302002000"
BROKEN, ADOPTED, PROPOSED, NONE = "360302001002", "360302001003", "360302002001", "360302002002"
STATES = {CODE: "draft", BROKEN: "broken", ADOPTED: "adopted", PROPOSED: "proposed", NONE: "none"}
NAMES = {CODE: "安源社区", BROKEN: "丹江社区", ADOPTED: "后埠社区", PROPOSED: "八一社区", NONE: "站前社区"}
RULES = {"grids": [1, 1], "households": [50, 100], "persons": None}
_WIDTH = 8 * EAST


def build_city(pg: Connection) -> None:
    """Insert the rest of the city beside the drawn town, and commit."""
    for code, level, name, parent in (
        (DISTRICT, "district", "安源区", None),
        (EAST_STREET, "subdistrict", "东大街", DISTRICT),
        (WEST_STREET, "subdistrict", "八一街", DISTRICT),
    ):
        pg.execute("INSERT INTO admin_area VALUES (%s, %s, %s, %s)", [code, level, name, parent])
    pg.execute("UPDATE community SET area_code = %s", [EAST_STREET])
    states = {BROKEN: "adopted", ADOPTED: "adopted", PROPOSED: "proposed", NONE: None}
    for place, (code, status) in enumerate(states.items(), 1):
        add_community(pg, code, west=LON + place * _WIDTH, status=status, area=f"{code[:9]}000")
    pg.execute("UPDATE building SET households = 101 WHERE source_id = %s", [f"only {BROKEN}"])
    pg.commit()


def add_community(
    pg: Connection, code: str, *, west: float, status: str | None, area: str | None = None
) -> None:
    """A community, with a building and a plan of this status unless there is none. west: degrees."""
    row = pg.execute(
        "INSERT INTO community (code, name, area_code, metric_srid, boundary) VALUES (%s, %s, %s, 4547,"
        " ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326))) RETURNING id",
        [code, NAMES.get(code, code), area, west, LAT - NORTH / 4, west + _WIDTH, LAT + 1.75 * NORTH],
    ).fetchone()
    assert row is not None
    if status is None:
        return
    pg.execute(
        "INSERT INTO building (id, dataset_id, source_id, community_id, footprint, households, households_kind)"
        " OVERRIDING SYSTEM VALUE SELECT 100 + %(c)s, id, %(source)s, %(c)s,"
        " ST_Multi(ST_MakeEnvelope(%(x)s, %(y)s, %(x)s + 0.0002, %(y)s + 0.0002, 4326)), 100, 'real' FROM dataset",
        {"c": row[0], "source": f"only {code}", "x": west + EAST, "y": LAT},
    )
    plan = pg.execute(
        "INSERT INTO plan (community_id, version, status, rules, seed, engine)"
        ' VALUES (%s, 1, %s, %s, 1, \'{"status": "feasible"}\') RETURNING id',
        [row[0], status, json.dumps(RULES)],
    ).fetchone()
    assert plan is not None
    pg.execute(
        "INSERT INTO grid (plan_id, community_id, number, code, households, buildings) VALUES (%s, %s, 1, %s, 100, 1)",
        [plan[0], row[0], f"{code}001"],
    )
    pg.execute("INSERT INTO assignment VALUES (%s, %s, 1)", [plan[0], 100 + row[0]])
