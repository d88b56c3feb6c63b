"""Many points at a time: the grids that they lie in, and where reports there would go."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psycopg
import shapely
from numpy.typing import NDArray

from gis_core.incidents.catalogue import read_routes
from gis_core.incidents.people import areas_above
from gis_core.incidents.routing import Matter, Route, route_for
from gis_core.incidents.sheets import Points
from gis_core.sheets import refuse

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_COMMUNITIES = "SELECT id, code, ST_AsBinary(boundary) FROM community ORDER BY id"
_GRIDS = """
SELECT g.community_id, g.code, ST_AsBinary(g.area) FROM grid g JOIN plan p ON p.id = g.plan_id
WHERE p.status = 'adopted' AND g.area IS NOT NULL ORDER BY g.community_id, g.number
"""


@dataclass(frozen=True, eq=False)
class Ground:
    """Communities, and the grids in force: ids and codes in the order of their outlines (EPSG:4326)."""

    communities: Ints
    community_codes: Sequence[str]
    boundaries: NDArray[np.object_]
    grid_communities: Ints
    grid_codes: Sequence[str]
    areas: NDArray[np.object_]


@dataclass(frozen=True, eq=False)
class Placed:
    """(n,) places in `Ground` of each point's community and grid; -1: in none."""

    community: Ints
    grid: Ints


def read_ground(connection: psycopg.Connection) -> Ground:
    """The ground of today."""
    communities = connection.execute(_COMMUNITIES).fetchall()
    grids = connection.execute(_GRIDS).fetchall()
    return Ground(
        np.array([row[0] for row in communities], dtype=np.int64),
        [row[1] for row in communities],
        shapely.from_wkb([bytes(row[2]) for row in communities]),
        np.array([row[0] for row in grids], dtype=np.int64),
        [row[1] for row in grids],
        shapely.from_wkb([bytes(row[2]) for row in grids]),
    )


def place_points(ground: Ground, lon: Floats, lat: Floats) -> Placed:
    """Where (n,) points in degrees (WGS 84) lie, as `store.spot_of` says it of one.

    A point on a border belongs to the first of its grids; one in a gap between grids to the nearest of its community.
    """
    points = shapely.points(lon, lat)
    tree = shapely.STRtree(points)
    community, grid = (
        _covering(tree, ground.boundaries, len(points)),
        _covering(tree, ground.areas, len(points)),
    )
    own = ground.communities[community] if len(ground.communities) else np.zeros(len(points), np.int64)
    wrong = (community < 0) | (grid < 0)
    if len(ground.grid_communities):
        wrong |= ground.grid_communities[grid] != own
    grid[wrong] = -1
    for number in np.unique(community[wrong & (community >= 0)]):
        members = np.flatnonzero(ground.grid_communities == ground.communities[number])
        if len(members):
            at = np.flatnonzero(wrong & (community == number))
            near = shapely.STRtree(ground.areas[members]).query_nearest(points[at], all_matches=False)
            grid[at[near[0]]] = members[near[1]]
    return Placed(community, grid)


def _covering(tree: shapely.STRtree, outlines: NDArray[np.object_], n: int) -> Ints:
    """(n,) place of the first outline that covers each point of the tree, -1 for none."""
    found = np.full(n, -1, dtype=np.int64)
    if len(outlines):
        outline, point = tree.query(outlines, predicate="covers")
        found[point[::-1]] = outline[::-1]
    return found


def check_codes(connection: psycopg.Connection, points: Points) -> None:
    """Raises InvalidInputError with line and value of every category and condition that there is not."""
    categories = {code for (code,) in connection.execute("SELECT code FROM incident_category")}
    conditions = set(connection.execute("SELECT category_code, code FROM category_condition"))
    faults = []
    for line, category, condition in zip(points.lines, points.categories, points.conditions, strict=True):
        if category not in categories:
            faults.append((
                f"line {line}, category = {category!r}: there is no such category",
                f"第 {line} 行 category = “{category}”：没有此类别",
            ))  # fmt: skip
        elif condition is not None and (category, condition) not in conditions:
            faults.append((
                f"line {line}, condition = {condition!r}: {category} has no such condition",
                f"第 {line} 行 condition = “{condition}”：类别 {category} 没有此立案条件",
            ))  # fmt: skip
    refuse("points", faults)


def route_points(
    connection: psycopg.Connection,
    ground: Ground,
    placed: Placed,
    categories: Sequence[str],
    conditions: Sequence[str | None] | None = None,
    *,
    lang: str = "zh",
) -> list[Route | None]:
    """The rule that counts for each of n reports; None where the point lies in no community, or no rule fits.

    categories, conditions: codes that there are, see `check_codes`. lang: of the names of the rules.
    """
    groups = dict(connection.execute("SELECT code, group_code FROM incident_category").fetchall())
    routes = read_routes(connection, lang)
    areas = {
        int(number): frozenset(code for code, _ in areas_above(connection, int(ground.communities[number])))
        for number in np.unique(placed.community[placed.community >= 0])
    }
    known: dict[tuple[str, str | None, int, int], Route | None] = {}
    answer: list[Route | None] = []
    told = conditions or [None] * len(categories)
    for key in zip(categories, told, placed.community.tolist(), placed.grid.tolist(), strict=True):
        if key not in known:
            category, condition, community, grid = key
            known[key] = None if community < 0 else route_for(routes, Matter(
                category, groups[category], condition, ground.community_codes[community],
                ground.grid_codes[grid] if grid >= 0 else None, areas[community],
            ))  # fmt: skip
        answer.append(known[key])
    return answer
