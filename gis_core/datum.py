"""Datums of Chinese web maps: GCJ-02 (Amap, Tencent) and BD-09 (Baidu) to WGS 84 and back.

Both are obfuscations of geographic coordinates that are only applied inside a rectangle around China. The
forward formulas are the published ones of the community (Krasovsky ellipsoid for GCJ-02, a polar wobble for
BD-09). They have no closed inverse; the usual "subtract the offset" is off by metres, so the inverse here is
iterated to a fixed point: within 0.01 m for GCJ-02 and 0.03 m for BD-09.

All functions take and return arrays of longitudes and latitudes in degrees, of the same shape.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Datum = Literal["wgs84", "gcj02", "bd09"]
DATUMS: tuple[Datum, ...] = ("wgs84", "gcj02", "bd09")

Degrees = NDArray[np.float64]
Shift = Callable[[Degrees, Degrees], tuple[Degrees, Degrees]]

_KRASOVSKY_A_M = 6378245.0
_KRASOVSKY_EE = 0.00669342162296594323
_BAIDU_ANGLE = np.pi * 3000.0 / 180.0
_SHIFTED_LON = (72.004, 137.8347)
_SHIFTED_LAT = (0.8293, 55.8271)

_MAX_ROUNDS = 30
_CONVERGED_DEGREES = 1e-11


def to_wgs84(lon: Degrees, lat: Degrees, datum: Datum) -> tuple[Degrees, Degrees]:
    """Longitudes and latitudes of `datum` as WGS 84."""
    if datum == "gcj02":
        return gcj02_to_wgs84(lon, lat)
    if datum == "bd09":
        return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))
    return lon, lat


def wgs84_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 of WGS 84; outside the rectangle around China the coordinates stay as they are."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    x, y = lon - 105.0, lat - 35.0
    wave = (20.0 * np.sin(6.0 * np.pi * x) + 20.0 * np.sin(2.0 * np.pi * x)) * 2.0 / 3.0
    root = np.sqrt(np.abs(x))
    east = (
        300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + wave
        + (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3.0)) * 2.0 / 3.0
        + (150.0 * np.sin(np.pi * x / 12.0) + 300.0 * np.sin(np.pi * x / 30.0)) * 2.0 / 3.0
    )
    north = (
        -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + wave
        + (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3.0)) * 2.0 / 3.0
        + (160.0 * np.sin(np.pi * y / 12.0) + 320.0 * np.sin(np.pi * y / 30.0)) * 2.0 / 3.0
    )
    phi = np.radians(lat)
    curvature = 1.0 - _KRASOVSKY_EE * np.sin(phi) ** 2
    meridian_m = _KRASOVSKY_A_M * (1.0 - _KRASOVSKY_EE) / curvature**1.5
    parallel_m = _KRASOVSKY_A_M / np.sqrt(curvature) * np.cos(phi)
    shifted = _is_shifted(lon, lat)
    return (
        np.where(shifted, lon + np.degrees(east / parallel_m), lon),
        np.where(shifted, lat + np.degrees(north / meridian_m), lat),
    )


def gcj02_to_wgs84(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """WGS 84 of GCJ-02, within 0.01 m."""
    return _inverse(wgs84_to_gcj02, lon, lat)


def gcj02_to_bd09(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """BD-09 of GCJ-02; outside the rectangle around China the coordinates stay as they are."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_ANGLE)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_ANGLE)
    shifted = _is_shifted(lon, lat)
    return (
        np.where(shifted, radius * np.cos(angle) + 0.0065, lon),
        np.where(shifted, radius * np.sin(angle) + 0.006, lat),
    )


def bd09_to_gcj02(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """GCJ-02 of BD-09, within 0.01 m."""
    return _inverse(gcj02_to_bd09, lon, lat)


def _is_shifted(lon: Degrees, lat: Degrees) -> NDArray[np.bool_]:
    """Where the services shift coordinates: a rectangle, as in their own code, not the border of China."""
    inside_lon = (lon >= _SHIFTED_LON[0]) & (lon <= _SHIFTED_LON[1])
    return inside_lon & (lat >= _SHIFTED_LAT[0]) & (lat <= _SHIFTED_LAT[1])


def _inverse(forward: Shift, lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    """The point that `forward` carries to (lon, lat); the shift varies slowly, so fixed-point steps converge."""
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    x, y = lon.copy(), lat.copy()
    for _ in range(_MAX_ROUNDS):
        forward_x, forward_y = forward(x, y)
        step_x, step_y = lon - forward_x, lat - forward_y
        x, y = x + step_x, y + step_y
        if not x.size or max(np.abs(step_x).max(), np.abs(step_y).max()) < _CONVERGED_DEGREES:
            break
    return x, y
