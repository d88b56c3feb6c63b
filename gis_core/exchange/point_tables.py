"""CSV tables with coordinates: a footprint as WKT, or a point that stands for a small square."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import csv as arrow_csv

from gis_core.exchange.faults import Fault, ImportRejected

POINT_FOOTPRINT_M = 10.0
"""Side of the square that stands for a building of which only a point is known."""

_X_NAMES = ("lon", "lng", "long", "longitude", "经度", "x", "easting", "东坐标")
_Y_NAMES = ("lat", "latitude", "纬度", "y", "northing", "北坐标")
_WKT_NAMES = ("wkt", "geometry", "geom", "the_geom", "几何")


@dataclass(frozen=True)
class PointTable:
    """A CSV as a GeoDataFrame without CRS, what has to be said about it, and whether its geometries are points."""

    frame: gpd.GeoDataFrame
    faults: tuple[Fault, ...]
    points: bool


def read_point_table(path: Path, encoding: str | None) -> PointTable:
    """Read a CSV (comma, semicolon or tab; UTF-8 or GB18030). Raises ImportRejected without columns of coordinates.

    A row whose coordinates cannot be read has no geometry and is a fault of its own.
    """
    text, faults = _decoded(path, encoding)
    table, separator = _table(text, path.stem)
    by_name = {name.casefold(): name for name in table.columns}
    wkt = next((by_name[name] for name in _WKT_NAMES if name in by_name), None)
    x = next((by_name[name] for name in _X_NAMES if name in by_name), None)
    y = next((by_name[name] for name in _Y_NAMES if name in by_name), None)
    if wkt is not None:
        geometry, bad = _from_wkt(table[wkt], path.stem)
        table = table.drop(columns=wkt)
    elif x is not None and y is not None:
        decimal = "." if separator == "," else ","
        geometry, bad = _from_xy(table[x], table[y], path.stem, decimal)
    else:
        columns = ", ".join(table.columns)
        raise ImportRejected([Fault("csv_no_coordinates", layer=path.stem, value=columns)])
    kinds = shapely.get_type_id(geometry[~shapely.is_missing(geometry)])
    points = wkt is None or (bool(len(kinds)) and bool((kinds == shapely.GeometryType.POINT).all()))
    return PointTable(gpd.GeoDataFrame(table, geometry=geometry), (*faults, *bad), points)


def _table(text: str, layer: str) -> tuple[pd.DataFrame, str]:
    """All values as texts, empty ones missing, and the separator. Raises ImportRejected with every row that does not
    fit the header.
    """
    text = text.lstrip("\r\n")
    header = text.split("\n", 1)[0].rstrip("\r")
    separator = max(",;\t", key=header.count)
    names = [name.strip() for name in next(csv.reader([header], delimiter=separator), [])]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ImportRejected([Fault("csv_column_twice", layer, value=", ".join(twice))])
    ragged: list[Fault] = []

    def note(row: arrow_csv.InvalidRow) -> str:
        ragged.append(Fault("csv_ragged", layer, row.number - 1, value=row.actual_columns, limit=len(names)))
        return "skip"

    content = text.encode()
    table = arrow_csv.read_csv(
        io.BytesIO(content),
        arrow_csv.ReadOptions(
            use_threads=False, block_size=len(content) + 1, column_names=names, skip_rows=1
        ),
        arrow_csv.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=note),
        arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
        ),
    )
    if ragged:
        raise ImportRejected(ragged)
    return table.to_pandas(), separator


def _decoded(path: Path, encoding: str | None) -> tuple[str, tuple[Fault, ...]]:
    content = path.read_bytes()
    try:
        return content.decode(encoding or "utf-8-sig"), ()
    except (UnicodeDecodeError, LookupError) as error:
        if encoding is not None:
            raise ImportRejected([Fault("text_encoding", layer=path.stem, value=encoding)]) from error
    try:
        return content.decode("gb18030"), (Fault("text_guessed", layer=path.stem, value="GB18030"),)
    except UnicodeDecodeError as error:
        raise ImportRejected([Fault("text_encoding", layer=path.stem, value="UTF-8")]) from error


def _from_wkt(texts: pd.Series, layer: str) -> tuple[np.ndarray, list[Fault]]:
    words = np.where(texts.notna(), texts.to_numpy(object), None)  # the missing value of pandas is a number
    geometry = shapely.from_wkt(words, on_invalid="ignore")
    unread = np.flatnonzero(shapely.is_missing(geometry) & texts.notna().to_numpy())
    return geometry, [_bad_coordinates(layer, row, texts.iloc[row]) for row in unread]


def _from_xy(x: pd.Series, y: pd.Series, layer: str, decimal: str) -> tuple[np.ndarray, list[Fault]]:
    """Points. decimal: what may stand for the decimal point beside it; a comma where it does not part columns."""
    xs, ys = (
        pd.to_numeric(values.str.replace(decimal, ".", regex=False), errors="coerce").to_numpy(np.float64)
        for values in (x, y)
    )
    read = np.isfinite(xs) & np.isfinite(ys)
    written = x.fillna("") + ", " + y.fillna("")
    geometry = np.full(len(read), None, dtype=object)
    geometry[read] = shapely.points(xs[read], ys[read])
    return geometry, [_bad_coordinates(layer, row, written.iloc[row]) for row in np.flatnonzero(~read)]


def _bad_coordinates(layer: str, row: int, value: str) -> Fault:
    return Fault("csv_bad_coordinates", layer=layer, row=int(row) + 1, value=str(value)[:60])
