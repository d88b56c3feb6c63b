"""Grids made from the ground of their buildings."""

import numpy as np
import pytest
import shapely
from shapely import box

from partitioning.adjacency import Ground, build_ground
from partitioning.areas import grid_areas
from partitioning.errors import PartitioningError
from partitioning.part_ground import divide_shape
from partitioning.parts import Parts

HOUSES = [box(20, 20, 30, 30), box(70, 20, 80, 30), box(20, 70, 30, 80), box(70, 70, 80, 80)]


@pytest.fixture(scope="module")
def ground() -> Ground:
    return build_ground(HOUSES, box(0, 0, 100, 100))


def test_grids_tile_the_boundary(ground: Ground) -> None:
    west, east = grid_areas(ground, np.array([0, 1, 0, 1]))
    assert west.equals(box(0, 0, 50, 100))
    assert east.equals(box(50, 0, 100, 100))


def test_buildings_without_a_grid_are_left_out(ground: Ground) -> None:
    areas = grid_areas(ground, np.array([0, -1, -1, 2]))
    assert [area.area for area in areas] == pytest.approx([2500, 0, 2500])
    assert areas[1].geom_type == "Polygon"
    assert not len(grid_areas(ground, np.full(4, -1)))


def test_wrong_labels_are_refused(ground: Ground) -> None:
    with pytest.raises(
        PartitioningError, match=r"labels: \(3,\) given for 4 buildings; give one label a building"
    ):
        grid_areas(ground, np.array([0, 1, 0]))
    with pytest.raises(
        PartitioningError, match="labels: -2 is below -1; use -1 for buildings without a grid"
    ):
        grid_areas(ground, np.array([0, 1, 0, -2]))


def test_areas_of_many_buildings_have_no_slivers() -> None:
    rng = np.random.default_rng(3)
    corners = rng.uniform(0, 900, (300, 2))
    houses = shapely.box(corners[:, 0], corners[:, 1], corners[:, 0] + 12, corners[:, 1] + 9)
    town = build_ground(houses, box(-20, -20, 930, 930))
    areas = grid_areas(town, (corners[:, 0] // 300).astype(np.int64))
    assert shapely.area(shapely.union_all(areas)) == pytest.approx(950 * 950, rel=1e-6)
    assert shapely.area(areas).sum() == pytest.approx(950 * 950, rel=1e-6)


def test_the_ground_of_a_split_building_goes_to_the_nearest_of_its_parts() -> None:
    """A slab of 60 m beside a house: its ground, 80 m wide, is cut in the middle of its two parts, at x = 40; the house
    on the east keeps its own.
    """
    ground = build_ground([box(10, 20, 70, 30), box(90, 20, 100, 30)], box(0, 0, 110, 50))
    parts = Parts(
        building=np.array([0, 0]), number=np.array([1, 2]), households=np.array([50, 50]), persons=None,
        xy_m=np.array([[25.0, 25.0], [55.0, 25.0]]), label=np.array([0, 1]), estimated=np.array([True, True]),
    )  # fmt: skip
    west, east = grid_areas(ground, np.array([0, 1]), parts)
    assert west.normalize().equals_exact(box(0, 0, 40, 50).normalize(), 1e-4)
    assert west.area + east.area == pytest.approx(5500, abs=1e-3)
    assert (west.geom_type, east.geom_type) == ("Polygon", "Polygon")
    assert shapely.coverage_is_valid([west, east])


def test_a_shape_with_a_hole_is_divided_without_loss() -> None:
    """A ring of 30 m around a yard of 10 m, and two points beside each other: two halves of 400 m2 each. A third point
    where the first one stands gets nothing.
    """
    ring = box(0, 0, 30, 30).difference(box(10, 10, 20, 20))
    west, east, none = divide_shape(ring, np.array([[5.0, 15.0], [25.0, 15.0], [5.0, 15.0]]))
    assert [west.area, east.area] == pytest.approx([400, 400])
    assert none.is_empty
    assert west.bounds == pytest.approx((0, 0, 15, 30))
