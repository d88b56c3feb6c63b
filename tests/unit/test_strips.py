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
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Polygon, box

from partitioning.adjacency import Barriers, Ground, build_ground
from partitioning.areas import grid_areas
from tests.unit.test_adjacency import assert_tiles

noise = st.sampled_from([0, 1e-6, 1e-5, 1e-4, 1e-3, 0.1, 3])
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


def test_two_carriageways_beside_the_outline_are_cut_as_one() -> None:
    ground = beside_the_outline(along(6), along(14), up(100, 14), up(200, 14))
    assert shapely.bounds(ground.cells).tolist() == [[x, 0, x + 100, 90] for x in (0, 100, 200)]
    assert_tiles(ground)


def test_a_street_that_ends_where_a_ring_road_turns() -> None:
    streets = LineString([(10, 210), (10, 10), (210, 10)]), LineString([(10, 10), (210, 210)])
    names = [np.full(2, name) for name in ("road", "residential")]
    houses = [box(150, 50, 160, 60), box(40, 150, 50, 160)]
    ground = build_ground(
        houses, box(0, 0, 200, 200), Barriers(np.array(streets, dtype=object), *names, np.zeros(2, bool))
    )
    assert shapely.area(ground.cells).tolist() == pytest.approx([20_000, 20_000], rel=0.01)
    assert_tiles(ground)


def test_a_street_that_goes_on_to_the_outline_at_a_slant_is_all_the_cut_there_is() -> None:
    ground = beside_the_outline(along(20), LineString([(100, 100), (100, 20), (80, 0)]), up(200, 20))
    assert shapely.area(ground.cells).tolist() == pytest.approx([8_800, 9_200, 9_000])
    assert_tiles(ground)


def test_ground_whose_outline_meets_itself_beside_a_street() -> None:
    """Strips of a fraction of a millimetre, where a cut lies within the grid of the side beside it."""
    bow = [(0.8383467828, 0.183972027), (300.8383467828, 0.183972027), (150.8383467828, 100.183972027),
           (300.8383467828, 200.183972027), (0.8383467828, 200.183972027), (150.8383467828, 100.183972027)]  # fmt: skip
    streets = [
        [(108.01717117586, 71.635319772), (138.3779562671, 91.875843166)],
        [(340.4727455624, 21.589457575), (131.3726775333, 87.205657343), (65.756477765, -121.894410692)],
        [(1.9873961511, -11.260381782), (136.59805891383, 90.689244931), (34.6484322003, 225.299907694)],
        [(126.9169922684, 84.2352005), (140.5361028991, 89.045988859)],
    ]
    lines = np.array([LineString(street) for street in streets], dtype=object)
    names = [np.full(4, name) for name in ("road", "residential")]
    outside = box(242, 138, 252, 148)
    ground = build_ground([outside], Polygon(bow), Barriers(lines, *names, np.zeros(4, bool)))
    assert shapely.is_empty(ground.cells).all()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(0, 32).flatmap(lambda y: st.tuples(st.just(y), noise, noise)), min_size=1, max_size=3),
    st.lists(st.tuples(st.floats(5, 295), st.floats(-20, 40), st.floats(-40, 40)), min_size=1, max_size=5),
)
def test_whatever_streets_there_are_the_cells_tile_the_boundary(
    beside: list[tuple[float, float, float]], ending: list[tuple[float, float, float]]
) -> None:
    """Streets along the outline a little askew, and such as end near it."""
    ring_roads = [LineString([(-10, y + west), (150, y), (310, y + east)]) for y, west, east in beside]
    ends = [LineString([(x + slant, 100), (x, y)]) for x, y, slant in ending]
    ground = beside_the_outline(*ring_roads, *ends)
    assert not shapely.is_empty(ground.cells).any()
    assert_tiles(ground)


def test_grids_are_whole_where_the_outline_is_drawn_beside_two_streets() -> None:
    ground = beside_the_outline(along(0.25), along(89.75), up(100, 0.25, 89.75), up(200, 0.25, 89.75))
    areas = grid_areas(ground, np.array([0, 1, 0]))
    assert shapely.get_num_geometries(areas).tolist() == [2, 1]
    assert shapely.bounds(areas[1]).tolist() == [100, 0, 200, 90]
