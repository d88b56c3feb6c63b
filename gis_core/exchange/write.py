"""Writing a plan to files that desktop tools open. A file appears whole or not at all."""

import contextlib
import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from gis_core.errors import InvalidInputError
from gis_core.exchange.csv_text import without_formula
from gis_core.exchange.whole_file import check_folder, whole_file
from gis_core.plans.export_store import PlanFrames

FORMATS = (".gpkg", ".geojson", ".shp.zip", ".csv", ".kml")
SHAPEFILE_NAMES = {
    "households_kind": "hh_kind", "persons_kind": "pp_kind", "boundary_kind": "kind", "grid_shares": "shares",
}  # fmt: skip
"""Columns whose names exceed the 10 characters of a Shapefile; all others fit."""

_STYLE_TABLE = """
CREATE TABLE layer_styles (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
  f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
  useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
  update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))
"""


def plan_format(path: Path, others: tuple[str, ...] = ()) -> str:
    """The suffix of a supported format; `others` are suffixes that the caller writes itself.

    Raises:
        InvalidInputError: the name ends otherwise, or its folder is absent.
    """
    known = (*FORMATS, *others)
    suffix = next((suffix for suffix in known if path.name.lower().endswith(suffix)), None)
    if suffix is None:
        raise InvalidInputError(
            f"{path.name!r} names no known format; end it in one of {', '.join(known)}.",
            f"“{path.name}”不是已知格式；文件名应以 {'、'.join(known)} 之一结尾。",
        )
    check_folder(path)
    return suffix


def write_plan(frames: PlanFrames, path: Path, styles: Mapping[str, str]) -> None:
    """Write a plan in the format that the path's suffix names; an existing file is replaced.

    GeoPackage: layers `grids`, `buildings`, `boundary`, `building_parts` where buildings are split, table `plan`, and
    the `styles` (QML by layer name) in `layer_styles`, where QGIS finds them. Shapefile: the layers in one zip, UTF-8,
    names of at most 10 characters. GeoJSON and KML: WGS 84, grids and buildings told apart by `layer`. CSV: a row a
    building, UTF-8 with a mark; an apostrophe stands before texts that a spreadsheet would run as a formula.

    Raises:
        InvalidInputError: the suffix names no known format.
    """
    suffix = plan_format(path)
    with whole_file(path) as unfinished:
        if suffix == ".gpkg":
            _write_geopackage(frames, unfinished, styles)
        elif suffix == ".shp.zip":
            _write_shapefiles(frames, unfinished)
        elif suffix == ".csv":
            table = pd.DataFrame(frames.buildings.drop(columns="geometry"))
            table.map(without_formula).to_csv(
                unfinished, index=False, encoding="utf-8-sig", lineterminator="\r\n"
            )
        else:
            _write_single(frames, unfinished, "KML" if suffix == ".kml" else "GeoJSON")


def _layers(frames: PlanFrames) -> dict[str, gpd.GeoDataFrame]:
    layers = {"grids": frames.grids, "buildings": frames.buildings, "boundary": frames.boundary}
    return layers | ({"building_parts": frames.building_parts} if len(frames.building_parts) else {})


def _write_geopackage(frames: PlanFrames, path: Path, styles: Mapping[str, str]) -> None:
    for name, frame in _layers(frames).items():
        pyogrio.write_dataframe(frame, path, layer=name, driver="GPKG", promote_to_multi=True)
    pyogrio.write_dataframe(pd.DataFrame([frames.description()]), path, layer="plan", driver="GPKG")
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        database.execute(_STYLE_TABLE)
        database.executemany(
            "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName,"
            " styleQML, useAsDefault) VALUES ('', '', ?, 'geom', 'grids', ?, 1)",
            [(layer, style) for layer, style in styles.items() if layer in _layers(frames)],
        )
        database.execute(
            "INSERT INTO gpkg_contents (table_name, data_type, identifier) VALUES ('layer_styles', 'attributes',"
            " 'layer_styles')"
        )


def _write_shapefiles(frames: PlanFrames, path: Path) -> None:
    folder = path.parent / "shapefiles"
    folder.mkdir()
    for name, frame in _layers(frames).items():
        short = frame.rename(columns=SHAPEFILE_NAMES)
        pyogrio.write_dataframe(short, folder / f"{name}.shp", driver="ESRI Shapefile", encoding="UTF-8")
    shutil.make_archive(str(path.with_suffix("")), "zip", folder)


def _write_single(frames: PlanFrames, path: Path, driver: str) -> None:
    """Grids, then buildings, in one layer; nullable columns keep numbers whole where the other layer has none."""
    parts = [
        frame.astype(dict.fromkeys(frame.select_dtypes("integer"), "Int64")).assign(layer=name)
        for name, frame in _layers(frames).items()
        if name in ("grids", "buildings")
    ]
    both = pd.concat(parts, ignore_index=True).to_crs(4326)
    if driver == "KML":
        named = both["code"].where(both["layer"] == "grids", both["source_id"])
        both = both.rename(columns={"name": "building_name"})
        both.insert(0, "Name", named.astype(str))
        pyogrio.write_dataframe(both, path, driver=driver, layer="plan")
    else:
        pyogrio.write_dataframe(both, path, driver=driver, RFC7946="YES")
