"""Towns that one can draw: neighbours, borders and crossings worked out by hand."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, MultiPolygon, Point, Polygon, box

from partitioning.adjacency import JOINED_BORDER_M, Barriers, Ground, build_ground
from partitioning.errors import PartitioningError
from partitioning.graph import components

TOWN = box(0, 0, 100, 100)
QUARTERS = [box(20, 20, 30, 30), box(70, 20, 80, 30), box(20, 70, 30, 80), box(70, 70, 80, 80)]
"""Four houses, one in the middle of each quarter of the town: 0 south-west, 1 south-east, 2 north-west, 3."""
UPRIGHT = LineString([(50, -10), (50, 110)])
LEVEL = LineString([(-10, 50), (110, 50)])


def barriers(*rows: tuple[shapely.Geometry, str, str], bridges: tuple[int, ...] = ()) -> Barriers:
    geometry, kind, road_class = zip(*rows, strict=True)
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = geometry
    return Barriers(shapes, np.array(kind), np.array(road_class), np.isin(np.arange(len(rows)), bridges))


def border(ground: Ground, one: int, other: int) -> tuple[float, float]:
    at = np.flatnonzero((ground.edges == [one, other]).all(axis=1))
    assert len(at) == 1, f"{one} and {other} are not neighbours in {ground.edges.tolist()}"
    return ground.border_m[at[0]], ground.border_cost[at[0]]


def pairs(ground: Ground) -> set[tuple[int, int]]:
    return set(map(tuple, ground.edges.tolist()))


def assert_tiles(ground: Ground) -> None:
    """Cells fill the boundary without overlaps; shapely's own union and area tell."""
    filled = ground.cells[~shapely.is_empty(ground.cells)]
    whole = shapely.area(ground.boundary)
    assert shapely.is_valid(filled).all()
    assert shapely.area(filled).sum() == pytest.approx(whole, rel=1e-6)
    assert shapely.area(shapely.union_all(filled)) == pytest.approx(whole, rel=1e-6)


def test_four_houses_round_a_crossroads() -> None:
    ground = build_ground(
        QUARTERS, TOWN, barriers((UPRIGHT, "road", "primary"), (LEVEL, "road", "residential"))
    )
    assert pairs(ground) == {(0, 1), (0, 2), (1, 3), (2, 3)}
    assert border(ground, 0, 1) == pytest.approx((50, 50 * 0.25))
    assert border(ground, 0, 2) == pytest.approx((50, 50 * 0.4))
    assert shapely.area(ground.cells).tolist() == pytest.approx([2500] * 4)
    assert not len(ground.joined)
    assert_tiles(ground)


def test_a_road_off_the_middle_carries_the_border() -> None:
    ground = build_ground(
        QUARTERS[:2],
        box(0, 0, 100, 50),
        barriers((LineString([(60, -10), (60, 110)]), "road", "")),
    )
    assert shapely.area(ground.cells).tolist() == pytest.approx([3000, 2000])


def test_a_footway_does_not_divide() -> None:
    line = LineString([(40, -10), (40, 60)])
    ground = build_ground(QUARTERS[:2], box(0, 0, 100, 50), barriers((line, "road", "footway")))
    assert shapely.area(ground.cells).tolist() == pytest.approx([2500, 2500])
    assert border(ground, 0, 1) == pytest.approx((50, 50 * 0.5))


def test_estates_and_walls_set_the_cost() -> None:
    strip = box(0, 0, 100, 50)
    assert border(build_ground(QUARTERS[:2], strip, estates=[7, 7]), 0, 1) == pytest.approx((50, 50))
    assert border(build_ground(QUARTERS[:2], strip, estates=[7, 8]), 0, 1) == pytest.approx((50, 25))
    assert border(build_ground(QUARTERS[:2], strip, estates=[-1, -1]), 0, 1) == pytest.approx((50, 25))
    walled = build_ground(QUARTERS[:2], strip, barriers((UPRIGHT, "wall", "")), estates=[7, 8])
    assert border(walled, 0, 1) == pytest.approx((50, 12.5))


def test_a_row_of_houses_is_divided_at_its_party_walls() -> None:
    row = [box(10 * k, 10, 10 * k + 10, 20) for k in range(4)]
    ground = build_ground(row, box(0, 0, 40, 30))
    assert pairs(ground) == {(0, 1), (1, 2), (2, 3)}
    assert ground.border_m.tolist() == pytest.approx([30, 30, 30])
    assert shapely.area(ground.cells).tolist() == pytest.approx([300] * 4)


def test_a_dead_end_street_lowers_the_cost_and_cuts_nothing() -> None:
    street = LineString([(50, -10), (50, 60)])
    ground = build_ground(QUARTERS, TOWN, barriers((street, "road", "residential")))
    assert border(ground, 0, 1) == pytest.approx((50, 50 * 0.4))
    assert border(ground, 2, 3) == pytest.approx((50, 50 * 0.5))


def test_an_empty_block_joins_the_neighbour_with_the_longest_border() -> None:
    lines = [LineString([(x, -10), (x, 110)]) for x in (40, 60)]
    houses = [box(10, 40, 20, 60), box(80, 40, 90, 60)]
    bent = Polygon([(0, 0), (100, 0), (100, 100), (50, 100), (50, 50), (40, 50), (0, 50)])
    ground = build_ground(houses, bent, barriers(*((line, "road", "tertiary") for line in lines)))
    # The strip between the roads borders on the west for 50 m and on the east for 100 m.
    assert shapely.area(ground.cells).tolist() == pytest.approx([2000, 5500])
    assert border(ground, 0, 1) == pytest.approx((50, 20))
    assert_tiles(ground)


RIVER = box(40, -10, 60, 110)


def test_a_river_cuts_and_its_bridge_joins() -> None:
    cut = build_ground(QUARTERS, TOWN, barriers((RIVER, "water", "river")))
    assert pairs(cut) == {(0, 2), (1, 3)}
    bridge = LineString([(30, 10), (70, 10)])
    joined = build_ground(QUARTERS, TOWN, barriers((RIVER, "water", "river"), (bridge, "road", "footway")))
    assert pairs(joined) == {(0, 1), (0, 2), (1, 3)}
    assert border(joined, 0, 1) == pytest.approx((50, 50 * 0.25))
    assert_tiles(joined)


def test_a_pier_and_a_quay_are_no_bridges() -> None:
    pier = LineString([(30, 10), (50, 10)])
    quay = LineString([(39, 5), (42, 8), (42, 90), (39, 95)])
    ground = build_ground(
        QUARTERS, TOWN, barriers((RIVER, "water", ""), (pier, "road", "footway"), (quay, "road", "path"))
    )
    assert pairs(ground) == {(0, 2), (1, 3)}


def test_a_bridge_far_off_joins_only_the_nearest_pair() -> None:
    town = box(0, 0, 100, 300)
    houses = [box(x, y, x + 10, y + 10) for y in (145, 245) for x in (20, 70)]
    ground = build_ground(
        houses,
        town,
        barriers((box(40, -10, 60, 310), "water", "canal"), (LineString([(30, -60), (70, -60)]), "road", "")),
    )
    assert pairs(ground) == {(0, 2), (1, 3)}
    river, bridge = box(40, -110, 60, 310), LineString([(30, -60), (70, -60)])
    ground = build_ground(houses, town, barriers((river, "water", "canal"), (bridge, "road", "")))
    assert pairs(ground) == {(0, 1), (0, 2), (1, 3)}


def test_streams_and_trams_do_not_cut() -> None:
    for line in (
        (UPRIGHT, "water", "stream"),
        (UPRIGHT, "railway", "tram"),
        (box(49, -1, 51, 101), "water", ""),
    ):
        assert (0, 1) in pairs(build_ground(QUARTERS, TOWN, barriers(line)))


def test_a_railway_of_three_tracks() -> None:
    tracks = [(LineString([(x, -10), (x, 110)]), "railway", "rail") for x in (45, 50, 55)]
    assert pairs(build_ground(QUARTERS, TOWN, barriers(*tracks))) == {(0, 2), (1, 3)}
    whole = (LineString([(30, 90), (70, 90)]), "road", "footway")
    assert pairs(build_ground(QUARTERS, TOWN, barriers(*tracks, whole))) == {(0, 2), (1, 3), (2, 3)}
    to_the_platform = (LineString([(30, 90), (52, 90)]), "road", "footway")
    assert pairs(build_ground(QUARTERS, TOWN, barriers(*tracks, to_the_platform))) == {(0, 2), (1, 3)}


def test_a_known_bridge_that_ends_over_the_water_counts() -> None:
    half = LineString([(30, 10), (50, 10)])
    rows = ((RIVER, "water", "river"), (half, "road", "primary"))
    assert (0, 1) in pairs(build_ground(QUARTERS, TOWN, barriers(*rows, bridges=(1,))))


def test_water_that_covers_a_building_does_not_cut_it_off() -> None:
    flood = box(60, -10, 110, 45)
    ground = build_ground(QUARTERS, TOWN, barriers((flood, "water", "lake")))
    assert {(0, 1), (1, 3)} <= pairs(ground)


def test_a_building_in_a_courtyard_has_ground_inside() -> None:
    court = box(20, 20, 80, 80) - box(40, 40, 60, 60)
    ground = build_ground([court, box(48, 48, 52, 52)], TOWN)
    assert pairs(ground) == {(0, 1)}
    assert shapely.within(ground.cells[1], box(40, 40, 60, 60))
    assert shapely.get_num_interior_rings(ground.cells[0]) == 1
    assert_tiles(ground)


def test_a_duplicate_belongs_to_the_owner_of_its_place() -> None:
    ground = build_ground([*QUARTERS[:2], QUARTERS[0]], box(0, 0, 100, 50))
    assert shapely.is_empty(ground.cells).tolist() == [False, False, True]
    assert ground.joined.tolist() == [[0, 2]]
    assert border(ground, 0, 2) == pytest.approx((JOINED_BORDER_M, JOINED_BORDER_M * 0.5))
    assert_tiles(ground)


def test_an_empty_podium_leaves_the_ground_to_the_block_upon_it() -> None:
    """The podium comes first and both points lie in one face; only the block's households tell them apart."""
    podium, block, house = box(9, 9, 41, 41), box(10, 10, 40, 40), box(60, 10, 90, 40)
    ground = build_ground([podium, block, house], box(0, 0, 100, 50), weights=[0, 100, 100])
    assert shapely.is_empty(ground.cells).tolist() == [True, False, False]
    assert shapely.contains(ground.cells[1], shapely.point_on_surface(podium))
    assert pairs(ground) == {(0, 1), (1, 2)}
    assert ground.joined.tolist() == [[0, 1]]
    assert_tiles(ground)


def test_of_two_equal_footprints_the_inhabited_one_has_the_ground() -> None:
    ground = build_ground([*QUARTERS[:2], QUARTERS[0]], box(0, 0, 100, 50), weights=[0, 5, 5])
    assert shapely.is_empty(ground.cells).tolist() == [True, False, False]
    assert ground.joined.tolist() == [[0, 2]]
    assert_tiles(ground)


def test_a_building_outside_of_the_boundary_joins_the_nearest() -> None:
    ground = build_ground([*QUARTERS[:2], box(110, 20, 120, 30)], box(0, 0, 100, 50))
    assert ground.joined.tolist() == [[1, 2]]
    assert_tiles(ground)


def test_an_island_stays_apart_unless_nobody_lives_there() -> None:
    islands = MultiPolygon([box(0, 0, 50, 50), box(60, 0, 110, 50)])
    houses = [box(10, 10, 20, 20), box(30, 30, 40, 40), box(80, 20, 90, 30)]
    assert pairs(build_ground(houses, islands)) == {(0, 1)}
    assert pairs(build_ground(houses, islands, weights=[1, 1, 1])) == {(0, 1)}
    shed = build_ground(houses, islands, weights=[1, 1, 0])
    assert pairs(shed) == {(0, 1), (1, 2)}
    assert shed.joined.tolist() == [[1, 2]]
    assert_tiles(shed)


def test_ground_without_a_building_goes_to_the_nearest() -> None:
    ground = build_ground(QUARTERS[:2], MultiPolygon([box(0, 0, 100, 50), box(110, 0, 120, 10)]))
    assert shapely.area(ground.cells).tolist() == pytest.approx([2500, 2600])


def test_a_hole_in_the_boundary_is_nobodys() -> None:
    ground = build_ground(QUARTERS, TOWN - box(40, 40, 60, 60))
    assert pairs(ground) == {(0, 1), (0, 2), (1, 3), (2, 3)}
    assert ground.border_m.tolist() == pytest.approx([40] * 4)
    assert_tiles(ground)


def test_few_odd_and_far_buildings() -> None:
    assert build_ground([], TOWN).edges.shape == (0, 2)
    alone = build_ground([QUARTERS[0]], TOWN)
    assert shapely.area(alone.cells).tolist() == pytest.approx([10000])
    assert not len(alone.edges)
    odd = [
        Point(20, 50),
        LineString([(50, 40), (50, 60)]),
        MultiPolygon([box(70, 40, 80, 45), box(70, 55, 80, 60)]),
    ]
    assert pairs(build_ground(odd, TOWN)) == {(0, 1), (1, 2)}
    high = shapely.force_3d(np.array(QUARTERS, dtype=object), 12.5)
    far = shapely.transform(high, lambda p: p + np.array([5e6, 4e6]))
    ground = build_ground(far, shapely.transform(TOWN, lambda p: p + np.array([5e6, 4e6])))
    assert ground.border_m[[0, 1]].tolist() == pytest.approx([50, 50])
    assert not shapely.has_z(ground.cells).any()


def test_buildings_on_one_line() -> None:
    points = [Point(x, 50) for x in (10, 30, 50, 70, 90)]
    ground = build_ground(points, TOWN)
    assert ground.edges.tolist() == [[0, 1], [1, 2], [2, 3], [3, 4]]
    assert ground.border_m.tolist() == pytest.approx([100] * 4)


def test_all_faults_are_reported_at_once() -> None:
    with pytest.raises(PartitioningError) as caught:
        build_ground([QUARTERS[0], None, Polygon()], Polygon(), estates=[1], weights=[1, 2])
    text = str(caught.value)
    assert "footprints: 2 without geometry, at 1, 2; give every building a footprint" in text
    assert "boundary: has no area; give a polygon" in text
    assert "estates: (1,) given for 3 buildings; give one value a building" in text
    assert "weights: (2,) given for 3 buildings; give one value a building" in text


def test_barriers_report_their_faults() -> None:
    with pytest.raises(PartitioningError) as caught:
        Barriers(np.array([UPRIGHT]), np.array(["fence"]), np.array(["", ""]), np.array([False]))
    text = str(caught.value)
    assert "barriers: `road_class` has 2 entries, `geometry` has 1; give one for each barrier" in text
    assert "barriers: kind 'fence' is none of road, wall, water, railway" in text


coordinate = st.integers(0, 900).map(lambda k: k / 10)
rectangles = st.lists(
    st.tuples(coordinate, coordinate, st.integers(5, 200), st.integers(5, 200)).map(
        lambda r: box(r[0], r[1], r[0] + r[2] / 10, r[1] + r[3] / 10)
    ),
    min_size=1,
    max_size=12,
)
streets = st.lists(st.tuples(coordinate, coordinate, coordinate, coordinate), max_size=4)


@settings(max_examples=60, deadline=None)
@given(rectangles, streets)
def test_cells_tile_and_neighbours_share_a_border(
    houses: list[Polygon], lines: list[tuple[float, ...]]
) -> None:
    roads = [
        (LineString([(a, b), (c, d)]), "road", "residential") for a, b, c, d in lines if (a, b) != (c, d)
    ]
    ground = build_ground(houses, TOWN, barriers(*roads) if roads else None)
    filled = ground.cells[~shapely.is_empty(ground.cells)]
    assert_tiles(ground)
    assert set(shapely.get_type_id(filled)) <= {shapely.GeometryType.POLYGON}
    assert (ground.edges[:, 0] < ground.edges[:, 1]).all()
    assert len(pairs(ground)) == len(ground.edges)
    assert (ground.border_m > 0).all()
    assert (ground.border_cost > 0).all()
    assert (ground.border_cost <= ground.border_m + 1e-9).all()
    assert components(len(houses), ground.edges)[0] == 1
    joined = set(map(tuple, ground.joined.tolist()))
    for (one, other), length in zip(ground.edges.tolist(), ground.border_m, strict=True):
        if (one, other) not in joined:
            shared = shapely.intersection(ground.cells[one], ground.cells[other])
            assert shapely.length(shared) == pytest.approx(length, abs=1e-6)
