"""OpenStreetMap extracts (.osm.pbf): the layers that matter here, with the tags they need as columns."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

_BUILDING_TAGS = {
    "flats": "building:flats",
    "levels": "building:levels",
    "height": "height",
    "addr_housenumber": "addr:housenumber",
    "addr_street": "addr:street",
}
_WAY_TAGS = {"bridge": "bridge", "tunnel": "tunnel"}
_LAYERS: dict[str, tuple[str, str, dict[str, str], str]] = {
    "buildings": ("multipolygons", "building IS NOT NULL AND building <> 'no'", _BUILDING_TAGS, "building"),
    "streets": ("lines", "highway IS NOT NULL", _WAY_TAGS, "highway"),
    "rail": ("lines", "railway IS NOT NULL", _WAY_TAGS, "railway"),
    "waterways": ("lines", "waterway IS NOT NULL", _WAY_TAGS, "waterway"),
    "water": ("multipolygons", "\"natural\" = 'water'", {}, "natural"),
    "walls": ("lines", "barrier IN ('wall', 'city_wall', 'retaining_wall', 'fence')", {}, "barrier"),
}


def osm_layers(path: Path) -> list[tuple[str, Callable[[], gpd.GeoDataFrame]]]:
    """Name and reader of each layer. Raises pyogrio's DataSourceError for a damaged file."""
    pyogrio.list_layers(path)
    return [
        (name, partial(_read_layer, path, source, where, tags, kind))
        for name, (source, where, tags, kind) in _LAYERS.items()
    ]


def _read_layer(path: Path, source: str, where: str, tags: dict[str, str], kind: str) -> gpd.GeoDataFrame:
    """Features of one layer; ids are the way's number, or r and the number for a relation.

    Rings that GDAL cannot assemble are read as null geometries and left to the checks.
    """
    frame = pyogrio.read_dataframe(path, layer=source, where=where, on_invalid="ignore", use_arrow=True)
    if "osm_way_id" in frame:
        frame["osm_id"] = frame["osm_way_id"].where(
            frame["osm_way_id"].notna(), "r" + frame["osm_id"].astype("string")
        )
    other = frame["other_tags"].astype("string")
    for column, tag in tags.items():
        frame[column] = _tag(other, tag)
    return frame[["osm_id", "name", kind, *tags, "geometry"]]


def _tag(other: pd.Series, tag: str) -> pd.Series:
    """Values of one tag from GDAL's hstore text `"key"=>"value",...`."""
    return other.str.extract(rf'"{tag}"=>"((?:[^"\\]|\\.)*)"', expand=False).astype(object)
