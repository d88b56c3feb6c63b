"""Strips along the outline are cut where streets end on them.

three blocks of 100 m with a house in each, a street beside the outline at the foot and two streets that end on it

+------+------+------+ 90
| 0    | 1    | 2    |
+------+------+------+ depth
|        strip       |
+--------------------+ 0
"""

import numpy as np
import pytest
import shapely
from shapely import LineString, box

from partitioning.adjacency import Barriers, Ground, build_ground
from partitioning.areas import grid_areas
from tests.unit.test_adjacency import assert_tiles

HOUSES = [box(x, 50, x + 10, 60) for x in (45, 145, 245)]


def beside_the_outline(*streets: LineString) -> Ground:
    lines = np.array(streets, dtype=object)
    names = [np.full(len(lines), name) for name in ("road", "residential")]
    return build_ground(
        HOUSES, box(0, 0, 300, 90), Barriers(lines, *names, np.zeros(len(lines), dtype=np.bool_))
    )


def up(x: float, y: float, top: float = 100) -> LineString:
    return LineString([(x, y), (x, top)])


def along(y: float) -> LineString:
    return LineString([(-10, y), (310, y)])


@pytest.mark.parametrize("depth", [0.25, 8, 29])
def test_each_block_has_the_strip_at_its_foot(depth: float) -> None:
    ground = beside_the_outline(along(depth), up(100, depth), up(200, depth))
    assert shapely.bounds(ground.cells).tolist() == [[x, 0, x + 100, 90] for x in (0, 100, 200)]
    assert ground.edges.tolist() == [[0, 1], [1, 2]]
    assert_tiles(ground)


def test_deeper_ground_stays_whole() -> None:
    ground = beside_the_outline(along(31), up(100, 31), up(200, 31))
    assert sorted(shapely.area(ground.cells)) == pytest.approx([5_900, 5_900, 5_900 + 300 * 31])
    assert_tiles(ground)


def test_a_strip_between_streets_that_cross_it_is_whole_in_each_part() -> None:
    ground = beside_the_outline(along(8), up(100, -10), up(200, 8))
    assert shapely.area(ground.cells).tolist() == pytest.approx([9_000, 9_000, 9_000])
    assert_tiles(ground)


def test_a_strip_around_a_corner_and_one_that_narrows() -> None:
    """The street comes from 12 m beside the western outline, turns, and meets the southern one in the east."""
    street = LineString([(12, 100), (12, 12), (300, 0)])
    ground = beside_the_outline(street, up(100, 8.333333), up(200, 4.166667))
    for block, (west, east) in enumerate([(0, 100), (100, 200), (200, 300)]):
        own = shapely.bounds(ground.cells[block])
        assert own[[0, 2]].tolist() == pytest.approx([west, east], abs=1)
        assert own[1] == 0
    assert_tiles(ground)


def test_grids_are_whole_where_the_outline_is_drawn_beside_two_streets() -> None:
    ground = beside_the_outline(along(0.25), along(89.75), up(100, 0.25, 89.75), up(200, 0.25, 89.75))
    areas = grid_areas(ground, np.array([0, 1, 0]))
    assert shapely.get_num_geometries(areas).tolist() == [2, 1]
    assert shapely.bounds(areas[1]).tolist() == [100, 0, 200, 90]
