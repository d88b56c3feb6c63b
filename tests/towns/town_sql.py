"""A town that one can draw, as SQL: twelve buildings in two rows, two estates, a road between, one plan of 3 grids.

    north row  7  8  9 10 11 12    estate "Orchard" (7-9)
    ---------------- road ----------------
    south row  1  2  3  4  5  6    estate "Pond" (1-3)
       grid    1     2     3       (two columns a grid, both rows)

Each building is 20 m x 20 m, 40 m apart, near 113.85 E 27.62 N (metric CRS 4547). Building i has 10 i households
(real for 1-6, estimated for 7-11, none for 12, which has 0) and 3 persons a household.
"""

import json

from psycopg import Connection

CODE = "360302001001"
HOUSEHOLDS = {number: 10 * number if number < 12 else 0 for number in range(1, 13)}
GRID_OF = {number: 1 + (number - 1) % 6 // 2 for number in range(1, 13)}
EAST, NORTH = 0.0004, 0.0004
LON, LAT = 113.85, 27.62
RULES = {
    "grids": [3, 8],
    "households": [150, 220],
    "persons": [500, 600],
    "balance_tolerance": None,
    "preset": "balanced",
    "weights": None,
    "oversized": "refuse",
}
ENGINE = {
    "status": "feasible",
    "objective": 120.5,
    "bound": 100.0,
    "gap": 0.17,
    "reasons": [
        {
            "rule": "households",
            "kind": "too_few",
            "value": 140,
            "limit": 150,
            "buildings": [],
            "grid": 1,
            "text": {
                "zh": "网格 1 只有 140 户，少于 150 户。",
                "en": "Grid 1 has 140 households, fewer than 150.",
            },
        }
    ],
    "scores": {
        "border_cost_m": 80.0,
        "violations": [{"rule": "contiguity", "grid": 3, "value": 2, "limit": 1}],
    },
}


def corner(number: int) -> tuple[float, float]:
    """South-west corner of a building, degrees."""
    column, row = (number - 1) % 6, (number - 1) // 6
    return LON + column * EAST, LAT + row * NORTH


def centre(number: int) -> tuple[float, float]:
    """Centre of a building, degrees."""
    x, y = corner(number)
    return x + EAST / 4, y + NORTH / 4


def build(pg: Connection) -> int:
    """Insert the town and commit. Returns the id of its plan."""
    community = _one(
        pg,
        "INSERT INTO community (code, name, metric_srid, boundary) VALUES (%s, '安源社区', 4547,"
        " ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326))) RETURNING id",
        [CODE, LON - EAST / 4, LAT - NORTH / 4, LON + 5.75 * EAST, LAT + 1.75 * NORTH],
    )
    dataset = _one(pg, "INSERT INTO dataset (name) VALUES ('town') RETURNING id", [])
    estates = {
        name: _one(
            pg,
            "INSERT INTO estate (dataset_id, source_id, community_id, name) VALUES (%s, %s, %s, %s) RETURNING id",
            [dataset, name, community, name],
        )
        for name in ("Pond", "Orchard")
    }
    for number in HOUSEHOLDS:
        insert_building(pg, number, community=community, dataset=dataset, estates=estates)
    _barriers(pg, dataset)
    plan = insert_plan(pg, community=community)
    pg.commit()
    return plan


def insert_building(
    pg: Connection, number: int, *, community: int, dataset: int, estates: dict[str, int]
) -> None:
    """One building; its database id is its number."""
    x, y = corner(number)
    kind = "real" if number <= 6 else "estimated" if number < 12 else "none"
    estate = estates["Pond"] if number <= 3 else estates["Orchard"] if 7 <= number <= 9 else None
    pg.execute(
        "INSERT INTO building (id, dataset_id, source_id, community_id, estate_id, footprint, households,"
        " households_kind, persons, persons_kind, floors, use, name, address) OVERRIDING SYSTEM VALUE"
        " VALUES (%s, %s, %s, %s, %s, ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326)),"
        " %s, %s, %s, 'estimated', 6, 'residential', %s, %s)",
        [
            *(number, dataset, f"b{number}", community, estate),
            *(x, y, x + EAST / 2, y + NORTH / 2),
            *(HOUSEHOLDS[number], kind, 3 * HOUSEHOLDS[number], f"{number}号楼", f"跃进路{number}号"),
        ],
    )


def insert_plan(pg: Connection, *, community: int, version: int = 1, status: str = "draft") -> int:
    """A plan of three grids of two columns each; their areas tile the boundary. Returns its id."""
    plan = _one(
        pg,
        "INSERT INTO plan (community_id, version, status, rules, seed, engine)"
        " VALUES (%s, %s, %s, %s, 7, %s) RETURNING id",
        [community, version, status, json.dumps(RULES), json.dumps(ENGINE)],
    )
    for grid in (1, 2, 3):
        members = [number for number, of in GRID_OF.items() if of == grid]
        west = LON + (2 * grid - 2) * EAST - EAST / 4
        households = sum(HOUSEHOLDS[number] for number in members)
        pg.execute(
            "INSERT INTO grid (plan_id, community_id, number, code, area, area_m2, households, persons, buildings)"
            " VALUES (%s, %s, %s, %s, ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326)), 7000, %s, %s, 4)",
            [
                *(plan, community, grid, f"{CODE}{version:01d}{grid:02d}"),
                *(west, LAT - NORTH / 4, west + 2 * EAST, LAT + 1.75 * NORTH, households, 3 * households),
            ],
        )
        for number in members:
            pg.execute("INSERT INTO assignment VALUES (%s, %s, %s)", [plan, number, grid])
    return plan


def raise_version(pg: Connection, layer: str) -> None:
    """What an import does for each layer that it changed."""
    pg.execute(
        "INSERT INTO layer_version (layer) VALUES (%s)"
        " ON CONFLICT (layer) DO UPDATE SET version = layer_version.version + 1",
        [layer],
    )


def _barriers(pg: Connection, dataset: int) -> None:
    middle = LAT + 0.75 * NORTH
    west, east = LON - EAST, LON + 7 * EAST
    rows = [
        ("road", "secondary", "跃进路", f"LINESTRING({west} {middle}, {east} {middle})"),
        ("water", "river", "萍水河", f"LINESTRING({west} {LAT - NORTH}, {east} {LAT - NORTH})"),
        ("railway", "rail", None, f"LINESTRING({west} {LAT + 2.2 * NORTH}, {east} {LAT + 2.2 * NORTH})"),
        ("wall", None, None, f"LINESTRING({LON} {LAT - NORTH / 8}, {LON + EAST} {LAT - NORTH / 8})"),
    ]
    for number, (kind, class_, name, wkt) in enumerate(rows):
        pg.execute(
            "INSERT INTO barrier (dataset_id, source_id, kind, class, name, geometry)"
            " VALUES (%s, %s, %s, %s, %s, ST_GeomFromText(%s, 4326))",
            [dataset, f"l{number}", kind, class_, name, wkt],
        )


def _one(pg: Connection, query: str, values: list[object]) -> int:
    row = pg.execute(query, values).fetchone()
    assert row is not None
    return row[0]
