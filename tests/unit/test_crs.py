"""Which CRS measures metres at a place."""

import pytest
from pyproj import CRS

from gis_core.crs import area_error, is_metric, metric_crs_for, metric_crs_of


@pytest.mark.parametrize(
    ("lon", "lat", "epsg"),
    [
        (113.85, 27.62, 4547),  # Pingxiang, zone 38
        (121.49, 31.24, 4549),  # Shanghai, zone 40
        (73.7, 39.5, 4534),  # the western end: zone 25, the first there is
        (6.14, 46.20, 32632),  # Geneva
        (103.80, 1.29, 32648),  # Singapore
        (-43.2, -22.9, 32723),  # south of the equator
        (179.99, -17.0, 32760),
        (15.0, 85.0, 32661),
        (15.0, -85.0, 32761),
    ],
)
def test_metric_crs_by_place(lon: float, lat: float, epsg: int) -> None:
    assert metric_crs_for(lon, lat) == epsg
    assert is_metric(epsg)


@pytest.mark.parametrize("epsg", [4547, 32651, 3414, 2056, 2154, 27700])
def test_metric(epsg: int) -> None:
    assert is_metric(epsg)


@pytest.mark.parametrize("epsg", [3857, 3395, 4326, 4490, 2263])
def test_web_maps_degrees_and_feet_are_not_metric(epsg: int) -> None:
    assert not is_metric(epsg)


def test_area_error() -> None:
    assert area_error(4547, 113.85, 27.62) < 0.0001
    assert area_error(32630, 113.85, 27.62) > 1


def test_a_sound_crs_of_the_layer_is_kept_and_others_are_replaced_by_place() -> None:
    assert metric_crs_of(CRS.from_epsg(2056), 6.14, 46.2) == 2056
    assert metric_crs_of(CRS.from_epsg(3857), 14.5, 50.1) == 32633
    assert metric_crs_of(CRS.from_epsg(32630), 113.85, 27.62) == 4547
