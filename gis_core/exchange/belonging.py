"""To which community each building belongs, and which communities a source brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis_core.crs import STORAGE_EPSG
from gis_core.exchange.checks import SHIFT_SUSPECTED_SHARE, moved_like_gcj02, undeclared_gcj02
from gis_core.exchange.faults import Fault
from gis_core.exchange.geometries import as_multi, polygons_of
from gis_core.exchange.georeference import transform
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import Source

Geometries = NDArray[np.object_]
Texts = NDArray[np.object_]

OUTSIDE_TOLERANCE_M = 20.0
"""Buildings on a border may stand this far out of their community: borders are drawn along streets."""
SHARED_GROUND = 0.1
"""From this share of the smaller one on, two communities claim the same ground, beyond the inaccuracy of borders."""
HULL_MARGIN_M = 10.0
HULL_RATIO = 0.3
"""How closely a hull follows the buildings: 0 as closely as possible, 1 convex (shapely's concave_hull)."""


@dataclass(frozen=True, slots=True)
class Territory:
    """A community's ground in EPSG:4326; `given` is False for a hull of buildings. No name: as known, else the code."""

    code: str
    name: str | None
    boundary: shapely.Geometry
    given: bool = True


@dataclass(frozen=True)
class Belonging:
    """The community's code of each building (None where it has none), the territories to store, and the faults."""

    codes: Texts
    territories: tuple[Territory, ...]
    faults: tuple[Fault, ...]


def belonging(source: Source, options: ImportOptions, known: Sequence[Territory]) -> Belonging:
    """Decide where buildings belong: by `--community`, else by the column, else by where they stand.

    `known` are the territories in the database. A source without any community becomes one of its own name.
    Communities without a boundary, here or there, get a hull of their buildings, which is said.
    """
    offered = _offered(source, options)
    grounds = {territory.code: territory for territory in known} | offered
    layer = source.layers.get("buildings")
    shifted = _moved_boundaries(source, offered, known) if options.datum is None else []
    if layer is None:
        told = [*shifted, *_ground_of_others(source, offered, known)]
        return Belonging(np.array([], dtype=object), tuple(offered.values()), tuple(told))
    footprints = source.degrees("buildings")
    points = shapely.point_on_surface(footprints)
    codes, told = _codes(source, options, points, grounds)
    faults = _code_faults(source, codes, told, points, grounds)
    at_home = _stand_inside(codes, points, grounds)
    used = [grounds[code] for code in sorted({code for code in codes if code in grounds})]
    reference = used or list(offered.values()) or [ground for ground in grounds.values() if ground.given]
    if not shifted and options.datum is None and reference and at_home.mean() < SHIFT_SUSPECTED_SHARE:
        boundaries = np.array([ground.boundary for ground in reference], dtype=object)
        shifted = undeclared_gcj02(layer.layer_name, points, boundaries)
    if shifted:
        return Belonging(codes, (), tuple(shifted))
    faults += _outside(source, codes, points, grounds, at_home)
    hulls = _hulls(source, codes, footprints, grounds)
    faults += [Fault("boundary_hull", layer.layer_name, value=code) for code in hulls]
    faults += _ground_of_others(source, {**offered, **hulls}, known)
    return Belonging(codes, (*offered.values(), *hulls.values()), tuple(faults))


def _offered(source: Source, options: ImportOptions) -> dict[str, Territory]:
    """Communities that the source brings a boundary for."""
    if "communities" in source.layers:
        frame = source.layers["communities"].frame
        rows = zip(frame["code"], frame["name"], source.degrees("communities"), strict=True)
        return {code: Territory(code, name, area) for code, name, area in rows if code and area is not None}
    if "boundary" not in source.layers:
        return {}
    code = options.community or _only_code(source)
    if code is None:
        return {}
    names = [name for name in source.layers["boundary"].frame["name"] if name]
    areas = source.degrees("boundary")
    whole = areas[0] if len(areas) == 1 else as_multi(np.array([shapely.union_all(areas)], dtype=object))[0]
    return {code: Territory(code, names[0] if len(names) == 1 else None, whole)}


def _only_code(source: Source) -> str | None:
    """The code of the one community that a lone boundary can mean; None where buildings name several."""
    layer = source.layers.get("buildings")
    named = set() if layer is None else {code for code in layer.frame["community"] if code}
    if len(named) > 1:
        return None
    return named.pop() if named else source.name


def _codes(
    source: Source, options: ImportOptions, points: Geometries, grounds: Mapping[str, Territory]
) -> tuple[Texts, NDArray[np.bool_]]:
    """The code of each building, and which of them the source or the user told."""
    column = source.layers["buildings"].frame["community"].to_numpy(object)
    if options.community is not None:
        return np.full(len(column), options.community, dtype=object), np.ones(len(column), dtype=bool)
    by_name = {name: codes[0] for name, codes in _codes_by_name(grounds).items() if len(codes) == 1}
    codes = np.array([code if code in grounds else by_name.get(code, code) for code in column], dtype=object)
    told = np.array([code is not None for code in codes], dtype=bool)
    lost = np.flatnonzero(~told)
    given = [ground for ground in grounds.values() if ground.given]
    if len(lost) and given:
        tree = shapely.STRtree([ground.boundary for ground in given])
        found, ground = tree.query(points[lost], predicate="intersects")
        for row, position in zip(found[::-1], ground[::-1], strict=True):
            codes[lost[row]] = given[position].code
    if not any(code is not None for code in codes) and not {"communities", "boundary"} & set(source.layers):
        codes[:] = source.name
    return codes, told


def _codes_by_name(grounds: Mapping[str, Territory]) -> dict[str, list[str]]:
    """Codes of the communities of each name: a name such as 和平 is common."""
    named: dict[str, list[str]] = {}
    for code, ground in sorted(grounds.items()):
        if ground.name:
            named.setdefault(ground.name, []).append(code)
    return named


def _code_faults(
    source: Source,
    codes: Texts,
    told: NDArray[np.bool_],
    points: Geometries,
    grounds: Mapping[str, Territory],
) -> list[Fault]:
    """Codes of no known community, names of several, and buildings that stand somewhere but in none."""
    strict = "communities" in source.layers
    layer = source.layers["buildings"]
    ids = layer.frame["source_id"]
    column = layer.mapping.column("community")
    named = _codes_by_name(grounds)
    astray = [row for row in np.flatnonzero(told) if codes[row] not in grounds]
    ambiguous = [row for row in astray if codes[row] in named]
    unknown = [row for row in astray if strict and codes[row] not in named]
    lost = [row for row, code in enumerate(codes) if code is None and points[row] is not None]
    faults = [
        Fault("community_unknown", layer.layer_name, int(row) + 1, ids.iloc[row], column, codes[row])
        for row in unknown
    ]
    faults += [
        Fault(
            "community_ambiguous",
            layer.layer_name,
            int(row) + 1,
            ids.iloc[row],
            column,
            codes[row],
            ", ".join(named[codes[row]]),
        )
        for row in ambiguous
    ]
    missing = "outside_communities" if column is None else "community_missing"
    return faults + [Fault(missing, layer.layer_name, row + 1, ids.iloc[row], column) for row in lost]


def _stand_inside(codes: Texts, points: Geometries, grounds: Mapping[str, Territory]) -> NDArray[np.bool_]:
    """Which buildings stand within the boundary of their own community, given or hull."""
    own = np.array([grounds[code].boundary if code in grounds else None for code in codes], dtype=object)
    shapely.prepare(own)
    return shapely.intersects(own, points)


def _outside(
    source: Source,
    codes: Texts,
    points: Geometries,
    grounds: Mapping[str, Territory],
    at_home: NDArray[np.bool_],
) -> list[Fault]:
    """Buildings that stand farther out of their community's given boundary than the tolerance, with metres."""
    layer = source.layers["buildings"]
    given = np.array([code in grounds and grounds[code].given for code in codes], dtype=bool)
    rows = np.flatnonzero(given & ~at_home & ~shapely.is_missing(points))
    areas = np.array([grounds[code].boundary for code in codes[rows]], dtype=object)
    degrees = CRS.from_epsg(STORAGE_EPSG)
    metres = shapely.distance(
        transform(areas, degrees, source.metric_epsg), transform(points[rows], degrees, source.metric_epsg)
    )
    ids = layer.frame["source_id"]
    return [
        Fault(
            "outside_boundary",
            layer.layer_name,
            int(row) + 1,
            ids.iloc[row],
            None,
            f"{metre:.0f}",
            codes[row],
        )
        for row, metre in zip(rows, metres, strict=True)
        if metre > OUTSIDE_TOLERANCE_M
    ]


def _hulls(
    source: Source, codes: Texts, footprints: Geometries, grounds: Mapping[str, Territory]
) -> dict[str, Territory]:
    """Hulls of the communities without a given boundary; one that covers its buildings already stays as it is."""
    wanted = {code for code in codes if code is not None and not (code in grounds and grounds[code].given)}
    present = ~shapely.is_missing(footprints)
    hulls = {}
    for code in sorted(wanted):
        members = footprints[(codes == code) & present]
        before = grounds.get(code)
        if before is not None:
            if shapely.covers(before.boundary, members).all():
                continue
            members = np.append(members, before.boundary)
        if len(members):
            hull = _hull(members, source.metric_epsg)
            hulls[code] = (
                Territory(code, None, hull, False) if before is None else replace(before, boundary=hull)
            )
    return hulls


def _hull(footprints: Geometries, metric_epsg: int) -> shapely.Geometry:
    metric = transform(footprints, CRS.from_epsg(STORAGE_EPSG), metric_epsg)
    around = shapely.concave_hull(shapely.geometrycollections(metric), ratio=HULL_RATIO)
    whole = shapely.buffer(shapely.union_all([around, *metric]), HULL_MARGIN_M)
    degrees = transform(np.array([whole], dtype=object), CRS.from_epsg(metric_epsg), STORAGE_EPSG)
    return as_multi(polygons_of(shapely.make_valid(degrees)))[0]


def _ground_of_others(
    source: Source, brought: Mapping[str, Territory], known: Sequence[Territory]
) -> list[Fault]:
    """Communities of the source that claim a good part of what another one has in the database."""
    others = [ground for ground in known if ground.code not in brought]
    tree = shapely.STRtree([ground.boundary for ground in others])
    layer = next((source.layers[role] for role in ("communities", "boundary") if role in source.layers), None)
    name = (layer or source.layers["buildings"]).layer_name if brought else ""
    faults = []
    for code, ground in sorted(brought.items()):
        for place in sorted(tree.query(ground.boundary, predicate="intersects")):
            other = others[place]
            shared = shapely.area(shapely.intersection(ground.boundary, other.boundary))
            share = shared / min(shapely.area(ground.boundary), shapely.area(other.boundary))
            if share >= SHARED_GROUND:
                details = {"share": f"{share:.0%}"}
                faults.append(Fault("ground_of_another", name, value=code, limit=other.code, details=details))
    return faults


def _moved_boundaries(
    source: Source, offered: Mapping[str, Territory], known: Sequence[Territory]
) -> list[Fault]:
    """Boundaries that the database knows, moved by the offset of GCJ-02."""
    pairs = [(ground.boundary, offered[ground.code].boundary) for ground in known if ground.code in offered]
    if not pairs:
        return []
    before, now = (shapely.centroid(np.array(side, dtype=object)) for side in zip(*pairs, strict=True))
    layer = source.layers.get("communities") or source.layers["boundary"]
    return moved_like_gcj02(layer.layer_name, before, now)
