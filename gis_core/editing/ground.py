"""The ground of a community in the database: computed once for a state of its places, then read by page and server.

`building_cell` holds the piece of ground of each building, `neighbour` whose pieces meet, and along which line. They
hold as long as the versions of the layers that they were computed from.
"""

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis_core.crs import STORAGE_EPSG
from gis_core.exchange.geometries import as_multi
from gis_core.exchange.georeference import transform
from gis_core.layers.versions import layer_versions
from gis_core.plans.drawing import Floats, Geometries, Ints, town_ground, town_problem
from gis_core.plans.store import StoredTown, load_town
from partitioning import Problem
from partitioning.adjacency import Ground

PLACE_LAYERS = ("communities", "estates", "buildings", "barriers")
"""The layers that the ground of a community is computed from."""
KEPT = 64
"""Communities whose ground is kept in memory, those used last."""


@dataclass(frozen=True, eq=False)
class Borders:
    """Neighbours as read from the database: (m, 2) places of buildings, lengths and costs (metres), points."""

    edges: Ints
    border_m: Floats
    border_cost: Floats
    touch: Floats


@dataclass(frozen=True, eq=False)
class Place:
    """A community as edits are judged on: the town, its neighbours, and both as a problem of the engine."""

    stored: StoredTown
    borders: Borders
    problem: Problem

    @property
    def code(self) -> str:
        """The community's code."""
        return self.stored.town.code

    @cached_property
    def keys(self) -> Ints:
        """(n,) database ids of the buildings, rising."""
        return np.array(self.stored.building_keys, dtype=np.int64)

    def numbers(self, buildings: Sequence[int]) -> dict[int, int]:
        """{building id: its place among the n} of those that belong to the community."""
        wanted = np.array(buildings, dtype=np.int64)
        at = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        inside = self.keys[at] == wanted
        return dict(zip(wanted[inside].tolist(), at[inside].tolist(), strict=True))


class Places:
    """The places used last, by the version of their layers; safe to share between threads."""

    def __init__(self, most: int = KEPT) -> None:
        self._most = most
        self._places: OrderedDict[str, tuple[str, Place]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, connection: psycopg.Connection, code: str) -> Place:
        """The community's place as the database has it now; its ground is computed where it is out of date.

        Raises NotFoundError where there is no such community, or it has no buildings.
        """
        version = _version(connection, code)
        with self._lock:
            kept = self._places.get(code)
            if kept is not None and kept[0] == version:
                self._places.move_to_end(code)
                return kept[1]
        place = read_place(connection, code)
        with self._lock:
            self._places[code] = (version, place)
            while len(self._places) > self._most:
                self._places.popitem(last=False)
        return place


def _version(connection: psycopg.Connection, code: str) -> str:
    """Names the state of the places and the plan in force."""
    row = connection.execute(
        "SELECT plan.id FROM plan JOIN community ON community.id = community_id"
        " WHERE community.code = %s AND plan.status = 'adopted'",
        [code],
    ).fetchone()
    return f"{layer_versions(connection, PLACE_LAYERS)}-{row and row[0]}"


def read_place(connection: psycopg.Connection, code: str) -> Place:
    """A community with its ground, computed first where it is out of date. Raises NotFoundError as `load_town`."""
    version = layer_versions(connection, PLACE_LAYERS)
    stored = load_town(connection, code)
    ensure_ground(connection, stored, version)
    borders = _read_borders(connection, stored)
    return Place(stored, borders, town_problem(stored.town, borders, split=True))


def ensure_ground(connection: psycopg.Connection, stored: StoredTown, version: str) -> None:
    """Compute and save the ground of a community unless the saved one is of this version. One at a time.

    version: read before the town, so that a change in between makes the ground be computed again.
    """
    with connection.transaction():
        connection.execute(
            "SELECT pg_advisory_xact_lock(hashtext('wangge ground'), %s::int)",
            [stored.community_id % 2**31],
        )
        row = connection.execute(
            "SELECT version FROM community_ground WHERE community_id = %s", [stored.community_id]
        ).fetchone()
        if row is None or row[0] != version:
            _write_ground(connection, stored, town_ground(stored.town), version)


def _write_ground(connection: psycopg.Connection, stored: StoredTown, ground: Ground, version: str) -> None:
    community, keys = stored.community_id, np.array(stored.building_keys)
    for table in ("neighbour", "building_cell"):
        connection.execute(f"DELETE FROM {table} WHERE community_id = %s", [community])  # noqa: S608
    with_ground = np.flatnonzero(~shapely.is_empty(ground.cells))
    cells = _to_storage(as_multi(ground.cells[with_ground]), stored.metric_srid)
    _copy(
        connection,
        "building_cell (building_id, community_id, cell)",
        zip(keys[with_ground].tolist(), [community] * len(cells), cells, strict=True),
    )
    ends = np.sort(keys[ground.edges], axis=1)
    lines = _to_storage(border_lines(ground), stored.metric_srid)
    columns = (ends[:, 0], ends[:, 1], ground.border_m, ground.border_cost, *ground.touch.T)
    _copy(
        connection,
        "neighbour (a, b, border_m, border_cost, touch_x, touch_y, community_id, line)",
        zip(*(column.tolist() for column in columns), [community] * len(lines), lines, strict=True),
    )
    connection.execute(
        "INSERT INTO community_ground VALUES (%s, %s)"
        " ON CONFLICT (community_id) DO UPDATE SET version = excluded.version",
        [community, version],
    )


def border_lines(ground: Ground) -> Geometries:
    """(m,) where the cells of each pair of neighbours meet, as multi-lines; empty where they do not."""
    ends = ground.cells[ground.edges]
    shared = shapely.intersection(ends[:, 0], ends[:, 1])
    pieces, owner = shapely.get_parts(shared, return_index=True)
    line = shapely.get_type_id(pieces) == shapely.GeometryType.LINESTRING
    lines = np.full(len(shared), shapely.MultiLineString(), dtype=object)
    meeting, place = np.unique(owner[line], return_inverse=True)
    merged = shapely.line_merge(shapely.multilinestrings(pieces[line], indices=place))
    pieces, owner = shapely.get_parts(merged, return_index=True)
    lines[meeting] = shapely.multilinestrings(pieces, indices=owner)
    return lines


def _to_storage(shapes: Geometries, metric_srid: int) -> list[bytes]:
    """EWKB in the CRS of storage."""
    degrees = transform(shapes, CRS.from_epsg(metric_srid), STORAGE_EPSG)
    blobs: NDArray[np.object_] = shapely.to_wkb(
        shapely.set_srid(degrees, STORAGE_EPSG), include_srid=True, hex=True
    )
    return blobs.tolist()


def _copy(connection: psycopg.Connection, into: str, rows: "zip[tuple[object, ...]]") -> None:
    statement = f"COPY {into} FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _read_borders(connection: psycopg.Connection, stored: StoredTown) -> Borders:
    rows = connection.execute(
        "SELECT a, b, border_m, border_cost, touch_x, touch_y FROM neighbour WHERE community_id = %s ORDER BY a, b",
        [stored.community_id],
        binary=True,
    ).fetchall()
    table = np.array(rows, dtype=np.float64).reshape(-1, 6)
    keys = np.array(stored.building_keys)
    edges = np.searchsorted(keys, table[:, :2].astype(np.int64))
    return Borders(edges, table[:, 2], table[:, 3], table[:, 4:])


def refresh_areas(connection: psycopg.Connection, plan: int, places: Places) -> None:
    """Derive the areas of the grids that edits have left without one, from the cells of their buildings."""
    row = connection.execute(
        "SELECT code FROM plan JOIN community ON community.id = community_id"
        " WHERE plan.id = %s AND EXISTS (SELECT FROM grid WHERE plan_id = plan.id AND area IS NULL)",
        [plan],
    ).fetchone()
    if row is None:
        return
    places.get(connection, row[0])
    with connection.transaction():
        connection.execute("SELECT FROM plan WHERE id = %s FOR UPDATE", [plan])
        connection.execute(_REFRESH, {"plan": plan})


# A grid of buildings that own no ground (each lies over another) has its footprints for an area.
_REFRESH = """
UPDATE grid SET area = drawn.area, area_m2 = ST_Area(ST_Transform(drawn.area, drawn.srid))
FROM (
    SELECT g.number, max(c.metric_srid)::int AS srid,
           ST_Multi(coalesce(ST_Union(l.cell), ST_Union(b.footprint))) AS area
    FROM grid g
    JOIN community c ON c.id = g.community_id
    JOIN assignment a ON a.plan_id = g.plan_id AND a.grid_number = g.number
    JOIN building b ON b.id = a.building_id
    LEFT JOIN building_cell l ON l.building_id = b.id
    WHERE g.plan_id = %(plan)s AND g.area IS NULL
    GROUP BY g.number
) drawn
WHERE grid.plan_id = %(plan)s AND grid.number = drawn.number
"""

_NEIGHBOURS = """
SELECT json_build_object(
    'edges', coalesce(json_agg(json_build_array(a, b, round(border_m::numeric, 1)) ORDER BY a, b), '[]'),
    'lines', coalesce(json_agg(ST_AsGeoJSON(line, 7)::json -> 'coordinates' ORDER BY a, b), '[]'),
    'links', %(links)s::json)::text
FROM neighbour n JOIN community c ON c.id = n.community_id WHERE c.code = %(code)s
"""


def neighbours_json(connection: psycopg.Connection, code: str, places: Places) -> str:
    """{edges: [[a, b, border_m]], lines: [coordinates of a multi-line], links: [[a, b]] over gaps of the ground}; the
    ground is computed where it must be.

    Raises NotFoundError where there is no such community, or it has no buildings.
    """
    place = places.get(connection, code)
    links = place.keys[place.problem.gap_links].tolist()
    row = connection.execute(_NEIGHBOURS, {"code": code, "links": json.dumps(links)}).fetchone()
    assert row is not None
    return str(row[0])
