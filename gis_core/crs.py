"""Coordinate reference systems: which one measures metres at a place. Axis order is always x/longitude first.

Everything is stored in EPSG:4326; lengths and areas are measured in a metric CRS that each community declares.
"""

from functools import lru_cache

from pyproj import CRS, Proj, Transformer
from pyproj.exceptions import CRSError, ProjError

STORAGE_EPSG = 4326

# Area of use of CGCS2000 (EPSG:4490) on land and its 3-degree Gauss-Kruger zones without zone prefix.
_CHINA_LON = (73.62, 134.77)
_CHINA_LAT = (16.70, 53.56)
_CGCS2000_FIRST_ZONE, _CGCS2000_LAST_ZONE = 25, 45
_CGCS2000_FIRST_EPSG = 4534

MAX_AREA_ERROR = 0.01
_MAP_ONLY_METHODS = ("mercator", "popular visualisation")


def metric_crs_for(lon: float, lat: float) -> int:
    """EPSG code of the metric CRS to use at a place in degrees, unless a community declares another.

    In China the 3-degree zone of CGCS2000 (z = round(lon / 3), EPSG 4534 + z - 25); elsewhere the UTM zone of
    WGS 84, and the polar stereographic grids beyond its limits.
    """
    if _CHINA_LON[0] <= lon <= _CHINA_LON[1] and _CHINA_LAT[0] <= lat <= _CHINA_LAT[1]:
        zone = min(max(round(lon / 3.0), _CGCS2000_FIRST_ZONE), _CGCS2000_LAST_ZONE)
        return _CGCS2000_FIRST_EPSG + zone - _CGCS2000_FIRST_ZONE
    if lat > 84.0:
        return 32661
    if lat < -80.0:
        return 32761
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    return (32600 if lat >= 0 else 32700) + zone


def is_metric(crs: CRS | str | int) -> bool:
    """True for a projected CRS in metres that is not a Mercator map: EPSG:3857 is never metric."""
    parsed = CRS.from_user_input(crs)
    if parsed.is_bound:
        parsed = parsed.source_crs
    if parsed.is_compound:
        parsed = parsed.sub_crs_list[0]
    if not parsed.is_projected or any(
        abs(axis.unit_conversion_factor - 1.0) > 1e-9 for axis in parsed.axis_info
    ):
        return False
    method = parsed.coordinate_operation.method_name.lower() if parsed.coordinate_operation else ""
    return not method.startswith(_MAP_ONLY_METHODS)


def area_error(crs: CRS | str | int, lon: float, lat: float) -> float:
    """By which share areas measured in a projected CRS are wrong at a place in degrees; infinite off its map."""
    try:
        scale = Proj(CRS.from_user_input(crs)).get_factors(lon, lat, errcheck=True).areal_scale
    except (CRSError, ProjError):
        return float("inf")
    return abs(scale - 1.0)


def metric_crs_of(crs: CRS, lon: float, lat: float) -> int:
    """The EPSG code of `crs` where it measures well at the place (see `MAX_AREA_ERROR`), else `metric_crs_for`."""
    code = crs.to_epsg() if is_metric(crs) else None
    if code is not None and area_error(crs, lon, lat) <= MAX_AREA_ERROR:
        return code
    return metric_crs_for(lon, lat)


@lru_cache(maxsize=64)
def transformer(source: str, target: str) -> Transformer:
    """Transformer between two CRSs (any text that PROJ understands), x/longitude first; cached."""
    return Transformer.from_crs(source, target, always_xy=True)
