"""Where a layer's coordinates lie on the earth: its CRS, its datum, and whether they can be true."""

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from pyproj.exceptions import CRSError, ProjError

from gis_core.crs import (
    MAX_AREA_ERROR,
    STORAGE_EPSG,
    area_error,
    is_metric,
    metric_crs_for,
    metric_crs_of,
    transformer,
)
from gis_core.datum import DATUMS, Datum, to_wgs84
from gis_core.exchange.faults import Fault
from gis_core.exchange.options import ImportOptions, out_of_range
from gis_core.exchange.values import MAX_CODE_LENGTH, MAX_ID_LENGTH, shown

Geometries = NDArray[np.object_]
Numbers = NDArray[np.float64]

_AREA_OF_USE_MARGIN_DEGREES = 10.0
_CHINA_LON = (73.0, 136.0)
_CHINA_LAT = (3.0, 54.0)


def options_faults(options: ImportOptions) -> list[Fault]:
    """What is wrong with the options about places and names, whatever the file."""
    names = (("community", options.community, MAX_CODE_LENGTH), ("dataset", options.dataset, MAX_ID_LENGTH))
    faults = [
        out_of_range(name, shown(text), f"1-{most} printable characters", f"应为 1–{most} 个可显示的字符")
        for name, text, most in names
        if text is not None and not (0 < len(text) <= most and text.isprintable())
    ]  # fmt: skip
    if options.datum is not None and options.datum not in DATUMS:
        faults.append(Fault("datum_unknown", value=options.datum, limit=", ".join(DATUMS)))
    told = [text for text in (options.crs, options.metric_crs) if text is not None]
    return faults + [Fault("crs_unknown", value=text) for text in told if parse_crs(text) is None]


def parse_crs(text: str) -> CRS | None:
    """A CRS from what a user writes (`EPSG:4547`, `4547`, WKT), or None."""
    try:
        return CRS.from_user_input(int(text) if text.isdecimal() else text)
    except CRSError:
        return None


def resolve_crs(
    layer: str, declared: CRS | None, geometry: Geometries, options: ImportOptions
) -> tuple[CRS | None, list[Fault]]:
    """The CRS of a layer's coordinates, or None with the reason.

    The file's declaration holds. `--crs` fills a missing one, and replaces one that its own coordinates disprove;
    against a plausible declaration it is a conflict, because one of the two would put everything elsewhere. A
    datum of web maps alone implies degrees.
    """
    told = parse_crs(options.crs) if options.crs else None
    if told is None and declared is None and options.datum is not None:
        told = CRS.from_epsg(STORAGE_EPSG)
    if declared is None and told is None:
        return None, [Fault("crs_missing", layer=layer)]
    if (
        declared is None
        or told is None
        or declared.equals(told, ignore_axis_order=True)
        or _same_code(declared, told)
    ):
        crs = declared or told
        faults = plausibility_faults(layer, crs, geometry)
        return (None, faults) if faults else (crs, _datum_faults(layer, crs, options))
    if not plausibility_faults(layer, declared, geometry):
        return None, [Fault("crs_conflict", layer=layer, value=crs_name(declared), limit=crs_name(told))]
    faults = plausibility_faults(layer, told, geometry)
    said = Fault("crs_replaced", layer=layer, value=crs_name(declared), limit=crs_name(told))
    return (None, faults) if faults else (told, [said, *_datum_faults(layer, told, options)])


def _same_code(one: CRS, other: CRS) -> bool:
    return one.to_epsg() is not None and one.to_epsg() == other.to_epsg()


def _datum_faults(layer: str, crs: CRS, options: ImportOptions) -> list[Fault]:
    if options.datum in ("gcj02", "bd09") and not crs.is_geographic:
        return [Fault("datum_needs_degrees", layer=layer, value=options.datum, limit=crs_name(crs))]
    return []


def crs_name(crs: CRS) -> str:
    """`EPSG:4547` where the CRS has a code, else its name."""
    code = crs.to_epsg()
    return f"EPSG:{code}" if code is not None else str(crs.name)


def plausibility_faults(layer: str, crs: CRS, geometry: Geometries) -> list[Fault]:
    """One fault if the coordinates cannot be in the CRS: degrees out of range or swapped, metres off its area.

    Single rows that are astray are not asked.
    """
    bounds = shapely.total_bounds(geometry[~astray(crs, geometry)])
    if not np.isfinite(bounds).all():
        return []
    west, south, east, north = bounds
    shown = f"x {west:.6g} … {east:.6g}, y {south:.6g} … {north:.6g}"
    fault = Fault("coordinates_implausible", layer=layer, value=shown, limit=crs_name(crs))
    if crs.is_geographic:
        if _inside((west, east), _CHINA_LAT) and _inside((south, north), _CHINA_LON):
            return [Fault("coordinates_swapped", layer=layer, value=shown)]
        if (
            max(abs(south), abs(north)) > 90.0
            and max(abs(west), abs(east)) <= 90.0
            and max(abs(south), abs(north)) <= 180.0
        ):
            return [Fault("coordinates_swapped", layer=layer, value=shown)]
        return [fault] if max(abs(west), abs(east)) > 180.0 or max(abs(south), abs(north)) > 90.0 else []
    centre = np.array([(west + east) / 2]), np.array([(south + north) / 2])
    return [] if _on_the_map(crs, *centre)[0] else [fault]


def astray(crs: CRS, geometry: Geometries) -> NDArray[np.bool_]:
    """Rows whose coordinates cannot be in the CRS while those of most rows can; where most cannot, the CRS is wrong."""
    bounds = shapely.bounds(geometry)
    finite = np.isfinite(bounds).all(axis=1)
    impossible = np.zeros(len(geometry), dtype=bool)
    if crs.is_geographic:
        impossible[finite] = (np.abs(bounds[finite]) > (180.0, 90.0, 180.0, 90.0)).any(axis=1)
    else:
        west, south, east, north = bounds[finite].T
        impossible[finite] = ~_on_the_map(crs, (west + east) / 2, (south + north) / 2)
    return impossible if 2 * impossible.sum() < finite.sum() else np.zeros(len(geometry), dtype=bool)


def astray_faults(layer: str, crs: CRS, geometry: Geometries, rows: NDArray[np.bool_]) -> list[Fault]:
    """A fault for each of the rows, with its place in the CRS."""
    return [
        Fault(
            "coordinates_astray",
            layer,
            int(row) + 1,
            value=f"x {(west + east) / 2:.6g}, y {(south + north) / 2:.6g}",
            limit=crs_name(crs),
        )
        for row, (west, south, east, north) in zip(
            np.flatnonzero(rows), shapely.bounds(geometry[rows]), strict=True
        )
    ]


def _inside(values: tuple[float, float], limits: tuple[float, float]) -> bool:
    return limits[0] <= min(values) and max(values) <= limits[1]


def _on_the_map(crs: CRS, x: Numbers, y: Numbers) -> NDArray[np.bool_]:
    """Which projected coordinates fall near the CRS's declared area of use."""
    try:
        lon, lat = transformer(crs.to_wkt(), f"EPSG:{STORAGE_EPSG}").transform(x, y)
    except ProjError:
        return np.zeros(len(x), dtype=bool)
    area, margin = crs.area_of_use, _AREA_OF_USE_MARGIN_DEGREES
    if area is None or area.west > area.east:
        return np.isfinite(lon) & np.isfinite(lat)
    return (
        (area.west - margin <= lon) & (lon <= area.east + margin)
        & (area.south - margin <= lat) & (lat <= area.north + margin)
    )  # fmt: skip


def convert_datum(geometry: Geometries, datum: Datum) -> Geometries:
    """Geometries in degrees of a datum as WGS 84 degrees, all coordinates at once; heights are dropped."""
    return shapely.transform(geometry, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], datum)))


def transform(geometry: Geometries, source: CRS, target_epsg: int) -> Geometries:
    """Geometries from one CRS to another, all coordinates at once; the same array where nothing changes."""
    if source.to_epsg() == target_epsg:
        return geometry
    carry = transformer(source.to_wkt(), f"EPSG:{target_epsg}").transform
    return shapely.transform(geometry, lambda xy: np.column_stack(carry(xy[:, 0], xy[:, 1])))


def choose_metric_crs(crs: CRS, geometry: Geometries, options: ImportOptions) -> tuple[int, list[Fault]]:
    """EPSG code of the CRS that measures here: the one told, else the layer's own if it is sound, else by place."""
    west, south, east, north = shapely.total_bounds(geometry)
    carry = transformer(crs.to_wkt(), f"EPSG:{STORAGE_EPSG}").transform
    lon, lat = carry((west + east) / 2, (south + north) / 2)
    if options.metric_crs is None:
        return metric_crs_of(crs, lon, lat), []
    told = parse_crs(options.metric_crs)
    code = told.to_epsg() if told is not None else None
    best = metric_crs_for(lon, lat)
    if told is None or code is None or not is_metric(told):
        return best, [Fault("metric_crs_not_metric", value=options.metric_crs, limit=best)]
    error = area_error(told, lon, lat)
    if error > MAX_AREA_ERROR:
        details = {"error": f"{error:.0%}" if error < 10 else "> 1000%"}
        return best, [Fault("metric_crs_elsewhere", value=options.metric_crs, limit=best, details=details)]
    return code, []
