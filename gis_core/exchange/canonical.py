"""A raw layer as a canonical frame: known columns with checked values, beside the source's own columns."""

from collections.abc import Callable
from hashlib import blake2b

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis_core.exchange.faults import Fault
from gis_core.exchange.fields import FieldMapping
from gis_core.exchange.options import BARRIER_ROLES, Role
from gis_core.exchange.values import (
    MAX_CODE_LENGTH,
    MAX_HOUSEHOLDS,
    MAX_ID_LENGTH,
    MAX_PERSONS,
    MAX_TEXT_LENGTH,
    Place,
    Texts,
    counts,
    flags,
    floors,
    heights,
    kinds,
    texts,
    too_long,
)

Columns = dict[str, np.ndarray]
_RAIL_IN_STREETS = ("rail", "railway", "subway", "light_rail", "tram", "monorail")
_KIND_OF_ROLE = {
    "streets": "road",
    "walls": "wall",
    "water": "water",
    "waterways": "water",
    "rail": "railway",
}


def ids_of(role: Role, layer: str, raw: gpd.GeoDataFrame, mapping: FieldMapping) -> tuple[Texts, list[Fault]]:
    """The id of every row as text, unique within the layer, and what is wrong with them.

    Without a column of ids they are derived from the geometry, so that the same file gives the same ids. Barriers
    are often cut into pieces that share an id: the pieces are numbered.
    """
    column = mapping.column("code" if role in ("communities", "boundary") else "source_id")
    barrier = role in BARRIER_ROLES
    if column is None:
        said = [] if barrier or role == "boundary" else [Fault("id_derived", layer=layer)]
        return _numbered(_hashes(raw.geometry.to_numpy())), said
    ids = texts(raw[column])
    if barrier:
        missing = np.array([value is None for value in ids], dtype=bool)
        ids[missing] = _hashes(raw.geometry.to_numpy()[missing])
        return _numbered(ids), []
    place = Place(layer, ids)
    missing_rows = np.flatnonzero([value is None for value in ids])
    faults = place.faults("id_missing", missing_rows, column, np.full(len(ids), "", object))
    first = pd.Series(np.arange(len(ids))).groupby(pd.Series(ids, dtype=object)).transform("first").to_numpy()
    again = np.flatnonzero(~np.isnan(first.astype(np.float64)) & (first != np.arange(len(ids))))
    faults += [
        Fault("id_duplicate", layer, int(row) + 1, ids[row], column, ids[row], int(first[row]) + 1)
        for row in again
    ]
    limit = MAX_CODE_LENGTH if role in ("communities", "boundary") else MAX_ID_LENGTH
    return ids, faults + too_long(place, column, ids, limit)


def _hashes(geometry: np.ndarray) -> Texts:
    """Sixteen hexadecimal digits from the geometry's coordinates."""
    wkb = shapely.to_wkb(geometry, byte_order=1)
    return np.array([blake2b(value or b"", digest_size=8).hexdigest() for value in wkb], dtype=object)


def _numbered(ids: Texts) -> Texts:
    """The same texts, with -2, -3 … behind those that occur again."""
    again = (
        pd.Series(ids, dtype=object).groupby(ids, sort=False).cumcount().to_numpy()
        if len(ids)
        else np.array([])
    )
    result = ids.copy()
    for row in np.flatnonzero(again):
        result[row] = f"{ids[row]}-{again[row] + 1}"
    return result


def canonical_columns(
    role: Role, raw: gpd.GeoDataFrame, mapping: FieldMapping, place: Place
) -> tuple[Columns, list[Fault]]:
    """The known columns of a role, by name, and what is wrong with their values."""
    reader = _Reader(raw, mapping, place)
    if role == "buildings":
        return _building_columns(reader), reader.faults
    if role in ("communities", "boundary"):
        return {"code": place.ids, "name": reader.text("name")}, reader.faults
    if role in BARRIER_ROLES:
        return _barrier_columns(role, reader), reader.faults
    columns = {"source_id": place.ids, "name": reader.text("name"), "community": reader.text("community")}
    if role == "organisations":
        columns["kind"] = reader.text("kind")
    return columns, reader.faults


class _Reader:
    """Reads columns of one layer by their canonical names and gathers the faults."""

    def __init__(self, raw: gpd.GeoDataFrame, mapping: FieldMapping, place: Place) -> None:
        self.raw, self.mapping, self.place = raw, mapping, place
        self.faults: list[Fault] = []

    def series(self, target: str) -> pd.Series | None:
        """The source's column of a canonical one, or None."""
        column = self.mapping.column(target)
        return None if column is None else self.raw[column]

    def text(self, target: str, limit: int = MAX_TEXT_LENGTH) -> Texts:
        """Texts, None where the source has none."""
        series = self.series(target)
        if series is None:
            return np.full(len(self.raw), None, dtype=object)
        values = texts(series)
        self.faults += too_long(self.place, str(series.name), values, limit)
        return values

    def read(
        self, target: str, convert: Callable[..., tuple[np.ndarray, list[Fault]]], *more: object
    ) -> np.ndarray:
        """Numbers by one of the functions of `values`, NaN where the source has none."""
        series = self.series(target)
        if series is None:
            return np.full(len(self.raw), np.nan)
        values, faults = convert(self.place, str(series.name), series, *more)
        self.faults += faults
        return values

    def kinds(self, target: str, values: np.ndarray) -> Texts:
        """How the counts are known."""
        series = self.series(target)
        result, faults = kinds(self.place, target if series is None else str(series.name), series, values)
        self.faults += faults
        return result


def _building_columns(reader: _Reader) -> Columns:
    households = reader.read("households", counts, MAX_HOUSEHOLDS)
    persons = reader.read("persons", counts, MAX_PERSONS)
    height = reader.series("height_m")
    return {
        "source_id": reader.place.ids,
        "households": households,
        "households_kind": reader.kinds("households_kind", households),
        "persons": persons,
        "persons_kind": reader.kinds("persons_kind", persons),
        "floors": reader.read("floors", floors),
        "height_m": np.full(len(households), np.nan) if height is None else heights(height),
        "use": reader.text("use"),
        "name": reader.text("name"),
        "address": reader.text("address"),
        "estate": reader.text("estate"),
        "community": reader.text("community", MAX_CODE_LENGTH),
    }


def _barrier_columns(role: Role, reader: _Reader) -> Columns:
    """Kind, class, name and bridge. Tracks among the streets are railways; tunnels pass under as bridges pass over."""
    class_ = reader.text("class_")
    kind = np.full(len(class_), _KIND_OF_ROLE[role], dtype=object)
    raw_kind = texts(reader.raw["kind"]) if "kind" in reader.raw else class_
    tracks = np.isin(raw_kind.astype(str), _RAIL_IN_STREETS) | np.isin(class_.astype(str), _RAIL_IN_STREETS)
    if role == "streets":
        kind[tracks] = "railway"
    passes = [series for target in ("bridge", "tunnel") if (series := reader.series(target)) is not None]
    bridge = flags(passes) if passes else np.zeros(len(class_), dtype=bool)
    bridge |= class_.astype(str) == "subway"
    return {
        "source_id": reader.place.ids,
        "kind": kind,
        "class_": class_,
        "name": reader.text("name"),
        "bridge": bridge,
    }
