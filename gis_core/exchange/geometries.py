"""Geometries of a layer as the database wants them: valid, plane, multi-polygons where areas are meant."""

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import GeometryType

from gis_core.exchange.faults import Fault
from gis_core.exchange.values import Place

Geometries = NDArray[np.object_]

_POLYGONAL = (GeometryType.POLYGON, GeometryType.MULTIPOLYGON)
_LINEAR = (GeometryType.LINESTRING, GeometryType.MULTILINESTRING, GeometryType.LINEARRING)
_COLLECTION = GeometryType.GEOMETRYCOLLECTION


def polygonal(place: Place, geometry: Geometries) -> tuple[Geometries, list[Fault]]:
    """Multi-polygons in two dimensions. Invalid ones are repaired and listed, all else that is wrong is a fault."""
    kinds = shapely.get_type_id(geometry)
    missing, empty = _absent(geometry)
    wrong = ~missing & ~empty & ~np.isin(kinds, _POLYGONAL)
    faults = _absent_faults(place, missing, empty)
    names = np.array([getattr(shape, "geom_type", "") for shape in geometry], dtype=object)
    faults += place.faults("geometry_type", np.flatnonzero(wrong), None, names, limit="Polygon")
    usable = ~(missing | empty | wrong)
    endless = usable & ~_finite(geometry)
    faults += place.faults("coordinates_not_finite", np.flatnonzero(endless), None, names)
    usable &= ~endless
    result = np.full(len(geometry), None, dtype=object)
    result[usable] = _plane(geometry[usable])
    invalid = np.flatnonzero(usable)[~shapely.is_valid(result[usable])]
    repaired, repairs = _repaired(place, result, invalid)
    result[invalid] = repaired
    return as_multi(result), faults + repairs


def _repaired(place: Place, geometry: Geometries, rows: NDArray[np.intp]) -> tuple[Geometries, list[Fault]]:
    reasons = dict(zip(rows, shapely.is_valid_reason(geometry[rows]), strict=True))
    repaired = polygons_of(shapely.make_valid(geometry[rows], method="structure", keep_collapsed=False))
    lost = shapely.is_missing(repaired)
    faults = place.faults("geometry_invalid", rows[lost], None, reasons)
    return repaired, faults + place.faults("geometry_repaired", rows[~lost], None, reasons)


def without_fragments(layer: str, frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Fault]]:
    """Rows of an extract that have an area. What the edge of an extract cut to nothing is left out, said once: whoever
    imports an extract cannot mend it."""
    geometry = frame.geometry.to_numpy()
    area = shapely.area(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    whole = np.nan_to_num(area) > 0
    said = [] if whole.all() else [Fault("fragments_left_out", layer, value=int((~whole).sum()))]
    return frame[whole].reset_index(drop=True), said


def polygons_of(geometry: Geometries) -> Geometries:
    """The polygonal part of each geometry, None where there is none."""
    result = geometry.copy()
    for row in np.flatnonzero(shapely.get_type_id(geometry) == _COLLECTION):
        parts = shapely.get_parts(geometry[row])
        result[row] = shapely.union_all(parts[np.isin(shapely.get_type_id(parts), _POLYGONAL)])
    result[~np.isin(shapely.get_type_id(result), _POLYGONAL) | shapely.is_empty(result)] = None
    return result


def as_multi(geometry: Geometries) -> Geometries:
    """Polygons as multi-polygons of one part; others stay."""
    result = geometry.copy()
    single = shapely.get_type_id(geometry) == GeometryType.POLYGON
    if single.any():
        result[single] = shapely.multipolygons(geometry[single], indices=np.arange(single.sum()))
    return result


def barriers(place: Place, geometry: Geometries) -> tuple[Geometries, list[Fault], NDArray[np.bool_]]:
    """Lines and areas in two dimensions, what is said about the rest, and which rows are kept.

    Points and missing geometries are left out with a warning: a street without a line divides nothing.
    """
    missing, empty = _absent(geometry)
    kinds = shapely.get_type_id(geometry)
    kept = ~missing & ~empty & np.isin(kinds, (*_POLYGONAL, *_LINEAR)) & _finite(geometry)
    names = np.array(
        [
            "empty geometry" if shape is None or shape.is_empty else shape.geom_type
            for shape in geometry[~kept]
        ]
    )
    by_row = dict(zip(np.flatnonzero(~kept), names, strict=True))
    faults = place.faults("geometry_left_out", np.flatnonzero(~kept), None, by_row)
    result = np.full(len(geometry), None, dtype=object)
    result[kept] = _plane(geometry[kept])
    areas = np.flatnonzero(kept & np.isin(kinds, _POLYGONAL))
    invalid = areas[~shapely.is_valid(result[areas])]
    repaired, repairs = _repaired(place, result, invalid)
    result[invalid] = repaired
    return result, faults + repairs, kept


def points(place: Place, geometry: Geometries) -> tuple[Geometries, list[Fault]]:
    """One point a row, in two dimensions: areas and lines by a point on them."""
    missing, empty = _absent(geometry)
    faults = _absent_faults(place, missing, empty)
    usable = ~(missing | empty)
    result = np.full(len(geometry), None, dtype=object)
    result[usable] = shapely.point_on_surface(shapely.force_2d(geometry[usable]))
    return result, faults


def _absent(geometry: Geometries) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    missing = shapely.is_missing(geometry)
    return missing, ~missing & shapely.is_empty(geometry)


def _absent_faults(place: Place, missing: NDArray[np.bool_], empty: NDArray[np.bool_]) -> list[Fault]:
    nothing = np.full(len(missing), "", dtype=object)
    return place.faults("geometry_null", np.flatnonzero(missing), None, nothing) + place.faults(
        "geometry_empty", np.flatnonzero(empty), None, nothing
    )


def _plane(geometry: Geometries) -> Geometries:
    """Geometries in two dimensions; the same array where they are already, since copying costs."""
    deep = shapely.get_coordinate_dimension(geometry) > 2
    return shapely.force_2d(geometry) if deep.any() else geometry


def _finite(geometry: Geometries) -> NDArray[np.bool_]:
    """False where a coordinate is NaN or infinite; missing and empty geometries count as finite."""
    bounds = shapely.bounds(geometry)
    coordinates, owners = shapely.get_coordinates(geometry, return_index=True)
    result = ~np.isinf(bounds).any(axis=1)
    result[owners[~np.isfinite(coordinates).all(axis=1)]] = False
    return result
