"""Checks between the features of a source: densities, overlaps, and shifted datums. All measured in metres.

The checks of single values and geometries are made while reading (`values`, `geometries`); where a building belongs
is decided in `belonging`.
"""

from collections.abc import Iterator

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_core.datum import wgs84_to_gcj02
from gis_core.exchange.estimate import assumed_floors
from gis_core.exchange.faults import Fault
from gis_core.exchange.georeference import convert_datum
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import Source, SourceLayer

Geometries = NDArray[np.object_]

MIN_GROSS_M2_PER_HOUSEHOLD = 5.0
HIGHEST_USUAL_FLOORS = 60.0
"""Floors granted to a building whose floors and height are unknown before its density is called absurd."""

OVERLAP_SHARE = 0.10
"""Footprints that share less of the smaller one are drawing inaccuracies."""
SAME_FOOTPRINT_SHARE = 0.99
BOX_TURNS = 6
"""Directions in which boxes are compared before footprints are cut: every 15 degrees of a right angle."""
COMMUNITY_OVERLAP_SHARE = 0.01
COMMUNITY_OVERLAP_M2 = 1_000.0

SHIFT_SUSPECTED_SHARE = 0.90
SHIFT_GAIN = 0.25
SHIFT_TOLERANCE = 0.15


def check_source(source: Source, options: ImportOptions) -> list[Fault]:
    """Everything wrong between the features of a source; nothing here needs a database."""
    faults: list[Fault] = []
    buildings, communities = source.layers.get("buildings"), source.layers.get("communities")
    if buildings is not None:
        footprints = source.metric_geometry("buildings")
        faults += density_faults(buildings, footprints, options) + overlap_faults(buildings, footprints)
    if communities is not None:
        faults += community_overlap_faults(communities, source.metric_geometry("communities"))
    return faults


def density_faults(buildings: SourceLayer, footprints: Geometries, options: ImportOptions) -> list[Fault]:
    """More households than the floors of a building can hold; points have no floors to speak of."""
    if buildings.point_footprints:
        return []
    frame = buildings.frame
    floors, heights = frame["floors"].to_numpy(np.float64), frame["height_m"].to_numpy(np.float64)
    settings = options.estimate.model_copy(update={"default_floors": HIGHEST_USUAL_FLOORS})
    gross_m2 = shapely.area(footprints) * assumed_floors(floors, heights, settings)
    households = frame["households"].to_numpy(np.float64)
    column = buildings.mapping.column("households")
    return [
        Fault(
            "density_absurd",
            buildings.layer_name,
            int(row) + 1,
            frame["source_id"].iloc[row],
            column,
            int(households[row]),
            f"{MIN_GROSS_M2_PER_HOUSEHOLD:g}",
            {"area": f"{gross_m2[row]:.0f}"},
        )
        for row in np.flatnonzero(gross_m2 < households * MIN_GROSS_M2_PER_HOUSEHOLD)
    ]


def overlapping_pairs(
    areas: Geometries, least_share: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Pairs (i < j) of areas that share at least a share of the smaller one, and how much (m2) they share.

    Most neighbours merely touch. Their boxes tell cheaply which pairs cannot share enough, so that few are cut: what
    two areas share lies in the overlap of their boxes, whichever way the axes are turned, and walls that lean on each
    other part the boxes that are parallel to them.
    """
    present = np.flatnonzero(~shapely.is_missing(areas) & ~shapely.is_empty(areas))
    i, j = shapely.STRtree(areas[present]).query(areas[present])
    one, other = present[i[i < j]], present[j[i < j]]
    sizes = shapely.area(areas)
    least_m2 = least_share * np.minimum(sizes[one], sizes[other])
    for boxes in turned_boxes(areas):
        low = np.maximum(boxes[one, :2], boxes[other, :2])
        high = np.minimum(boxes[one, 2:], boxes[other, 2:])
        possible = np.prod(np.maximum(high - low, 0.0), axis=1) > least_m2
        one, other, least_m2 = one[possible], other[possible], least_m2[possible]
    apart = shapely.touches(areas[one], areas[other])
    one, other, least_m2 = one[~apart], other[~apart], least_m2[~apart]
    shared_m2 = shapely.area(shapely.intersection(areas[one], areas[other]))
    enough = shared_m2 > least_m2
    return one[enough], other[enough], shared_m2[enough]


def turned_boxes(areas: Geometries) -> Iterator[NDArray[np.float64]]:
    """Boxes (n x 4: low and high along two axes at right angles) of areas, for axes turned step by step; NaN where
    there is no area. The first corner is the origin, so that large coordinates lose no digits."""
    coordinates, owners = shapely.get_coordinates(areas, return_index=True)
    coordinates = coordinates - coordinates[:1]
    starts = np.flatnonzero(np.diff(owners, prepend=-1))
    for angle in np.arange(BOX_TURNS) * (np.pi / 2 / BOX_TURNS):
        cos, sin = np.cos(angle), np.sin(angle)
        turned = coordinates @ np.array([[cos, -sin], [sin, cos]])
        boxes = np.full((len(areas), 4), np.nan)
        boxes[owners[starts], :2] = np.minimum.reduceat(turned, starts)
        boxes[owners[starts], 2:] = np.maximum.reduceat(turned, starts)
        yield boxes


def overlap_faults(buildings: SourceLayer, footprints: Geometries) -> list[Fault]:
    """Buildings that lie on each other, and footprints that occur twice: warnings, since both count."""
    one, other, shared_m2 = overlapping_pairs(footprints, OVERLAP_SHARE)
    sizes = shapely.area(footprints)
    share = shared_m2 / np.minimum(sizes[one], sizes[other])
    same = shared_m2 > SAME_FOOTPRINT_SHARE * np.maximum(sizes[one], sizes[other])
    ids = buildings.frame["source_id"]
    return [
        Fault(
            "duplicate_footprint" if same[k] else "overlap",
            buildings.layer_name,
            int(other[k]) + 1,
            ids.iloc[other[k]],
            value=f"{share[k]:.0%}",
            limit=int(one[k]) + 1,
        )
        for k in range(len(one))
    ]


def community_overlap_faults(communities: SourceLayer, areas: Geometries) -> list[Fault]:
    """Communities that claim the same ground, beyond the inaccuracy of drawn borders."""
    one, other, shared_m2 = overlapping_pairs(areas, 0.0)
    sizes = shapely.area(areas)
    limit_m2 = np.minimum(
        COMMUNITY_OVERLAP_SHARE * np.minimum(sizes[one], sizes[other]), COMMUNITY_OVERLAP_M2
    )
    codes = communities.frame["code"]
    return [
        Fault(
            "communities_overlap",
            communities.layer_name,
            int(other[k]) + 1,
            codes.iloc[other[k]],
            value=f"{shared_m2[k]:.0f}",
            limit=codes.iloc[one[k]],
        )
        for k in np.flatnonzero(shared_m2 > limit_m2)
    ]


def undeclared_gcj02(layer: str, points: Geometries, boundary: Geometries) -> list[Fault]:
    """One fault if buildings (points in degrees) miss the boundary as declared but fit it as GCJ-02.

    `boundary` must be of a trusted datum: communities in the database, or given beside the buildings.
    """
    tree = shapely.STRtree(boundary[~shapely.is_missing(boundary)])
    declared = _share_inside(tree, points)
    if declared >= SHIFT_SUSPECTED_SHARE:
        return []
    converted = _share_inside(tree, convert_datum(points, "gcj02"))
    if converted < declared + SHIFT_GAIN:
        return []
    return [Fault("looks_like_gcj02", layer, value=f"{declared:.0%}", limit=f"{converted:.0%}")]


def _share_inside(tree: shapely.STRtree, points: Geometries) -> float:
    inside, _ = tree.query(points, predicate="intersects")
    return len(np.unique(inside)) / max(len(points), 1)


def moved_like_gcj02(layer: str, known: Geometries, given: Geometries) -> list[Fault]:
    """One fault if features known by id (points in degrees, same order) come back moved by the GCJ-02 offset."""
    lon, lat = shapely.get_x(known), shapely.get_y(known)
    offset = np.column_stack(wgs84_to_gcj02(lon, lat)) - np.column_stack((lon, lat))
    moved = np.column_stack((shapely.get_x(given), shapely.get_y(given))) - np.column_stack((lon, lat))
    size = np.hypot(*offset.T)
    alike = (size > 0) & (np.hypot(*(moved - offset).T) < SHIFT_TOLERANCE * size)
    if not len(known) or alike.mean() < SHIFT_SUSPECTED_SHARE:
        return []
    return [Fault("moved_like_gcj02", layer, value=f"{np.median(np.hypot(*moved.T)) * 111_320:.0f}")]
