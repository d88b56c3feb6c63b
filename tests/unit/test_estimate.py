"""Estimates worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_core.config import EstimateSettings
from gis_core.exchange.estimate import (
    assumed_floors,
    estimated_households,
    estimated_persons,
    may_hold_dwellings,
)

SETTINGS = EstimateSettings(
    net_to_gross=0.75,
    dwelling_m2=100,
    default_floors=5,
    floor_height_m=3,
    persons_per_household=3,
    min_footprint_m2=40,
)
UNKNOWN = float("nan")


def one(
    footprint_m2: float, floors: float = UNKNOWN, height_m: float = UNKNOWN, use: str | None = None
) -> float:
    uses = np.array([use], dtype=object)
    arrays = (np.array([value]) for value in (footprint_m2, floors, height_m))
    return float(estimated_households(*arrays, uses, SETTINGS)[0])


def test_floors_are_known_or_from_the_height_or_assumed() -> None:
    floors = assumed_floors(
        np.array([4, UNKNOWN, UNKNOWN, UNKNOWN]), np.array([99, 19, 1, UNKNOWN]), SETTINGS
    )
    assert floors.tolist() == [4, 6, 1, 5]


def test_households_from_the_gross_floor_area() -> None:
    assert one(400, floors=6) == 18  # 400 x 6 x 0.75 / 100
    assert one(400, height_m=12) == 12
    assert one(400) == 15


def test_a_small_house_holds_one_household_and_a_shed_none() -> None:
    assert one(40, floors=1) == 1
    assert one(39.9, floors=1) == 0


@pytest.mark.parametrize(
    "use",
    [None, "", "yes", "Residential", "apartments", "house", "Résidentiel", "Indifférencié", "住宅", "商住楼"],
)
def test_uses_that_may_hold_dwellings(use: str | None) -> None:
    assert one(400, floors=6, use=use) == 18


@pytest.mark.parametrize(
    "use", ["school", "office", "garage", "non-residential", "非住宅", "学校", "greenhouse"]
)
def test_uses_that_hold_none(use: str) -> None:
    assert not may_hold_dwellings(np.array([use], dtype=object))[0]
    assert one(400, floors=6, use=use) == 0


def test_persons() -> None:
    assert estimated_persons(np.array([0.0, 1.0, 18.0]), 3.3).tolist() == [0, 3, 59]


@given(st.floats(0, 1e5), st.integers(1, 200))
def test_estimates_are_whole_and_grow_with_the_floors(footprint_m2: float, floors: int) -> None:
    households = one(footprint_m2, floors=floors)
    assert households >= 0
    assert households == int(households)
    assert one(footprint_m2, floors=floors + 1) >= households
