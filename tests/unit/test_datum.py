"""Shifts of Chinese web maps: known sizes, and inverses that come back within the promised distance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from gis_core.datum import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, to_wgs84, wgs84_to_gcj02

ELLIPSOID = Geod(ellps="WGS84")
PINGXIANG = np.array([113.85]), np.array([27.62])
in_china = st.tuples(st.floats(75, 134), st.floats(18, 53))


def metres(one: tuple[np.ndarray, np.ndarray], other: tuple[np.ndarray, np.ndarray]) -> float:
    return float(np.max(ELLIPSOID.inv(*one, *other)[2]))


def test_size_of_the_shifts_at_pingxiang() -> None:
    gcj = wgs84_to_gcj02(*PINGXIANG)
    assert metres(PINGXIANG, gcj) == pytest.approx(645, abs=2)
    assert metres(PINGXIANG, gcj02_to_bd09(*gcj)) == pytest.approx(1_200, abs=5)


@given(in_china)
def test_inverses_return(place: tuple[float, float]) -> None:
    point = np.array([place[0]]), np.array([place[1]])
    gcj = wgs84_to_gcj02(*point)
    assert metres(point, gcj02_to_wgs84(*gcj)) < 0.01
    bd09 = gcj02_to_bd09(*gcj)
    assert metres(gcj, bd09_to_gcj02(*bd09)) < 0.01
    assert metres(point, to_wgs84(*bd09, "bd09")) < 0.03


def test_places_outside_china_do_not_move() -> None:
    geneva = np.array([6.14, -0.12]), np.array([46.2, 51.5])
    for shift in (wgs84_to_gcj02, gcj02_to_wgs84, gcj02_to_bd09, bd09_to_gcj02):
        np.testing.assert_array_equal(shift(*geneva), geneva)


def test_wgs84_stays_as_it_is_and_nothing_is_nothing() -> None:
    assert to_wgs84(*PINGXIANG, "wgs84") == PINGXIANG
    assert gcj02_to_wgs84(np.array([]), np.array([]))[0].size == 0
