"""Reading a file of buildings, communities and barriers: mapped, placed on the earth, its values checked.

source = read_source(Path("town.gpkg"), ImportOptions())
source.layers["buildings"].frame.to_crs(source.metric_epsg)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from gis_core.crs import STORAGE_EPSG
from gis_core.exchange.archives import DATA_SUFFIXES
from gis_core.exchange.canonical import canonical_columns, ids_of
from gis_core.exchange.containers import RawLayer, open_layers
from gis_core.exchange.faults import Fault, ImportRejected, rejecting
from gis_core.exchange.fields import FIELD_NAMES, FieldMapping, map_fields
from gis_core.exchange.geometries import as_multi, barriers, points, polygonal, polygons_of, without_fragments
from gis_core.exchange.georeference import (
    astray,
    astray_faults,
    choose_metric_crs,
    convert_datum,
    options_faults,
    resolve_crs,
    transform,
)
from gis_core.exchange.mapping import map_layers
from gis_core.exchange.options import BARRIER_ROLES, ROLES, ImportOptions, Role
from gis_core.exchange.point_tables import POINT_FOOTPRINT_M
from gis_core.exchange.values import MAX_CODE_LENGTH, Place, is_numeric

__all__ = ["ImportOptions", "Source", "SourceLayer", "read_source", "source_name"]

_NAME_ENDINGS = (*DATA_SUFFIXES, ".zip", ".osm", ".geoparquet", ".tsv", ".gml", ".kml")


@dataclass(frozen=True)
class SourceLayer:
    """One layer, ready to use.

    `frame` holds the canonical columns of its role, then the source's own columns that bear another name, in the
    source's CRS (WGS 84 degrees after a change of datum). `attributes` are the source's own columns untouched, on
    the same index. `point_footprints` tells that footprints are squares that stand for points.
    """

    role: Role
    layer_name: str
    frame: gpd.GeoDataFrame
    attributes: pd.DataFrame
    mapping: FieldMapping
    faults: tuple[Fault, ...] = ()
    point_footprints: bool = False

    @property
    def repairs(self) -> list[Fault]:
        """What was repaired while reading."""
        return [fault for fault in self.faults if fault.severity == "repair"]

    def unused_numbers(self) -> list[str]:
        """The source's columns of numbers that no meaning was found for."""
        known = {name for choice in self.mapping.choices for name in (choice.column, *choice.passed_over)}
        return [name for name in self.attributes if name not in known and is_numeric(self.attributes[name])]


@dataclass(frozen=True)
class Source:
    """All layers of one or more files, by role, and the CRS (EPSG code) in which they are measured.

    `carried` keeps geometries already carried to another CRS, since checks and loading ask for the same ones.
    """

    name: str
    layers: Mapping[Role, SourceLayer]
    metric_epsg: int
    unused_layers: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()
    carried: dict[tuple[Role, int], NDArray[np.object_]] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def faults(self) -> list[Fault]:
        """Faults, warnings and repairs of all layers."""
        return [*self.notes, *(fault for layer in self.layers.values() for fault in layer.faults)]

    def metric_geometry(self, role: Role) -> NDArray[np.object_]:
        """Geometries of a layer in the metric CRS."""
        return self._geometry(role, self.metric_epsg)

    def degrees(self, role: Role) -> NDArray[np.object_]:
        """Geometries of a layer in EPSG:4326, longitude first; areas stay valid though their corners move a bit."""
        if (role, STORAGE_EPSG) in self.carried:
            return self.carried[role, STORAGE_EPSG]
        geometry = self._geometry(role, STORAGE_EPSG)
        areas = np.flatnonzero(shapely.get_dimensions(geometry) == 2)
        broken = areas[~shapely.is_valid(geometry[areas])]
        if len(broken):
            geometry = geometry.copy()
            geometry[broken] = as_multi(polygons_of(shapely.make_valid(geometry[broken])))
            self.carried[role, STORAGE_EPSG] = geometry
        return geometry

    def _geometry(self, role: Role, epsg: int) -> NDArray[np.object_]:
        if (role, epsg) not in self.carried:
            frame = self.layers[role].frame
            self.carried[role, epsg] = transform(frame.geometry.to_numpy(), frame.crs, epsg)
        return self.carried[role, epsg]


def read_source(paths: Path | Sequence[Path], options: ImportOptions) -> Source:
    """Read one file, or several whose layers complete each other (the first names the source).

    Raises ImportRejected with everything found when a file cannot be read at all, its layers or fields cannot be
    told, or its place on the earth is unknown. Faults of single rows do not raise: they are in `Source.faults`.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    faults = options_faults(options)
    faults += [
        Fault("target_unknown", value=target, limit=", ".join(FIELD_NAMES["buildings"]))
        for target in options.fields
        if target not in FIELD_NAMES["buildings"]
    ]
    if faults:
        raise ImportRejected(faults)
    layers: dict[Role, SourceLayer] = {}
    notes: list[Fault] = []
    unused: list[str] = []
    seen: list[str] = []
    absent = dict(options.layers)
    for file in files:
        with open_layers(file, options.encoding) as raw_layers:
            told = _told_here(raw_layers, options, alone=len(files) == 1)
            absent = {role: name for role, name in absent.items() if role not in told}
            chosen, wrong = map_layers(raw_layers, told, completes=bool(layers))
            if rejecting(wrong):
                raise ImportRejected([*notes, *wrong])
            for role in (role for role in ROLES if role in chosen and role not in layers):
                layer, found = _read_layer(role, chosen[role], options)
                notes += found
                if layer is not None:
                    layers[role] = layer
            seen += [layer.name for layer in raw_layers]
            unused += [layer.name for layer in raw_layers if layer not in chosen.values()]
    notes += [
        Fault("layer_unknown", value=name, limit=", ".join(seen), details={"role": role})
        for role, name in absent.items()
    ]
    if rejecting(notes):
        raise ImportRejected([*notes, *(fault for layer in layers.values() for fault in layer.faults)])
    return _measured(source_name(files[0]), layers, unused, notes, options)


def source_name(file: Path) -> str:
    """The file's name without its endings; it names the data set, and the community where a file names none."""
    plain = file.name
    while (ending := Path(plain).suffix.lower()) in _NAME_ENDINGS and plain != ending:
        plain = plain[: -len(ending)]
    return plain[:MAX_CODE_LENGTH]


def _told_here(raw_layers: Sequence[RawLayer], options: ImportOptions, *, alone: bool) -> dict[str, str]:
    """The told layers that concern this file: of several files, each is asked only for what it has."""
    names = {layer.name for layer in raw_layers}
    return {role: name for role, name in options.layers.items() if alone or name in names}


def _read_layer(
    role: Role, raw_layer: RawLayer, options: ImportOptions
) -> tuple[SourceLayer | None, list[Fault]]:
    """The layer with the faults of its rows, or None with all faults where some leave no layer to go on with."""
    raw = raw_layer.read()
    name = raw_layer.name
    columns = [str(column) for column in raw.columns if column != raw.geometry.name]
    mapping, notes = map_fields(role, name, columns, _told_fields(role, options, columns))
    if raw.empty:
        empty = [Fault("layer_empty", layer=name)] if role in ("buildings", "communities") else []
        return None, [*raw_layer.faults, *notes, *empty]
    crs, wrong = resolve_crs(name, raw.crs, raw.geometry.to_numpy(), options)
    told = [fault for fault in raw_layer.faults if fault.row is not None]
    notes = [*(fault for fault in raw_layer.faults if fault.row is None), *notes, *wrong]
    if crs is not None:
        lost = astray(crs, raw.geometry.to_numpy())
        told += astray_faults(name, crs, raw.geometry.to_numpy(), lost)
        raw = raw.set_geometry(raw.geometry.mask(lost, None))
        if raw_layer.point_footprints and role == "buildings" and raw.geometry.notna().any():
            raw, crs, said = _square_footprints(raw, crs, name, options)
            notes.append(said)
    layer = _canonical_layer(role, raw_layer, raw, mapping, crs, options, told)
    if crs is None or rejecting(notes):
        return None, [*notes, *rejecting(layer.faults)]
    return layer, notes


def _told_fields(role: Role, options: ImportOptions, columns: Sequence[str]) -> dict[str, str]:
    """Fields told for a role: `--field` speaks of buildings, `--by` also of communities that have the column."""
    told = dict(options.fields) if role == "buildings" else {}
    if options.by is not None:
        if role == "buildings":
            told["community"] = options.by
        elif role == "communities" and options.by in columns:
            told["code"] = options.by
    return told


def _canonical_layer(
    role: Role,
    raw_layer: RawLayer,
    raw: gpd.GeoDataFrame,
    mapping: FieldMapping,
    crs: CRS | None,
    options: ImportOptions,
    told: Sequence[Fault],
) -> SourceLayer:
    """The layer with its checked rows; of points without a CRS all but their geometry.

    told: faults of rows that have lost their geometry by them, so that this is not told as well.
    """
    raw = raw.reset_index(drop=True)
    left_out: list[Fault] = []
    if raw_layer.extract and role not in BARRIER_ROLES:
        raw, left_out = without_fragments(raw_layer.name, raw)
    ids, faults = ids_of(role, raw_layer.name, raw, mapping)
    lost = {fault.row: replace(fault, id=ids[fault.row - 1]) for fault in told if fault.row is not None}
    place = Place(raw_layer.name, ids)
    values, wrong = canonical_columns(role, raw, mapping, place)
    geometry = raw.geometry.to_numpy()
    kept = np.ones(len(raw), dtype=bool)
    if role in BARRIER_ROLES:
        geometry, unsound, kept = barriers(place, geometry)
    elif role == "organisations" or (crs is None and raw_layer.point_footprints):
        geometry, unsound = points(place, geometry)
    else:
        geometry, unsound = polygonal(place, geometry)
    if crs is not None and options.datum in ("gcj02", "bd09"):
        geometry = convert_datum(geometry, options.datum)
        crs = CRS.from_epsg(4326)
    attributes = pd.DataFrame(raw.drop(columns=raw.geometry.name))
    own = attributes[[column for column in attributes if column not in values and column != "geometry"]]
    columns = {name: pd.Series(column, dtype=column.dtype) for name, column in values.items()}
    frame = gpd.GeoDataFrame(columns, geometry=geometry, crs=crs).join(own)
    if not kept.all():
        frame, attributes = frame[kept].reset_index(drop=True), attributes[kept].reset_index(drop=True)
    return SourceLayer(
        role,
        raw_layer.name,
        frame,
        attributes,
        mapping,
        (*left_out, *lost.values(), *faults, *wrong, *(fault for fault in unsound if fault.row not in lost)),
        raw_layer.point_footprints,
    )


def _square_footprints(
    raw: gpd.GeoDataFrame, crs: CRS, layer: str, options: ImportOptions
) -> tuple[gpd.GeoDataFrame, CRS, Fault]:
    """Points as squares of a fixed size, drawn in metres; the layer is then in degrees."""
    geometry = raw.geometry.to_numpy()
    epsg, _ = choose_metric_crs(crs, geometry, replace(options, metric_crs=None))
    metric = CRS.from_epsg(epsg)
    centres = transform(geometry, crs, epsg)
    x, y = shapely.get_x(centres), shapely.get_y(centres)
    half = POINT_FOOTPRINT_M / 2
    squares = transform(shapely.box(x - half, y - half, x + half, y + half), metric, 4326)
    said = Fault("point_footprints", layer=layer, value=len(raw), limit=f"{POINT_FOOTPRINT_M:.0f}")
    return raw.set_geometry(gpd.GeoSeries(squares, index=raw.index), crs=None), CRS.from_epsg(4326), said


def _measured(
    name: str,
    layers: Mapping[Role, SourceLayer],
    unused: Sequence[str],
    notes: Sequence[Fault],
    options: ImportOptions,
) -> Source:
    """The source with its metric CRS, by the layer that says most about the place."""
    role = next((role for role in ("buildings", "communities", *ROLES) if role in layers), None)
    if role is None:
        raise ImportRejected([*notes, Fault("layer_empty", layer=name)])
    frame = layers[role].frame
    present = frame.geometry.to_numpy()[~shapely.is_missing(frame.geometry.to_numpy())]
    if not len(present) or frame.crs is None:
        raise ImportRejected([*notes, *layers[role].faults])
    epsg, wrong = choose_metric_crs(frame.crs, present, options)
    if wrong:
        raise ImportRejected([*notes, *wrong])
    return Source(name, layers, epsg, tuple(unused), tuple(notes))
