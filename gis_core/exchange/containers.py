"""File formats: what layers a file holds and how each is read into a GeoDataFrame with its own columns."""

import warnings
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import geopandas as gpd
import pyogrio
import pyogrio.errors
import shapely.errors

from gis_core.exchange.archives import dbf_encoding, is_utf8, unpacked
from gis_core.exchange.faults import Fault, ImportRejected
from gis_core.exchange.osm import osm_layers
from gis_core.exchange.point_tables import read_point_table
from gis_core.exchange.unreadable import unreadable

VECTOR_SUFFIXES = (".gpkg", ".geojson", ".json", ".fgb", ".shp", ".gml", ".kml")
SUPPORTED = (
    "GeoPackage (.gpkg), Shapefile (.zip, .shp), GeoJSON (.geojson, .json), FlatGeobuf (.fgb), "
    "GeoParquet (.parquet), OpenStreetMap (.osm.pbf), CSV (.csv)"
)


@dataclass(frozen=True)
class RawLayer:
    """A layer as it stands in the file. `geometry_type` is the declared one, "" where the file declares none.

    `extract` tells that features at its edge may be cut to nothing; `point_footprints` that buildings are points.
    """

    name: str
    geometry_type: str
    fields: Callable[[], Sequence[str]]
    read: Callable[[], gpd.GeoDataFrame]
    faults: tuple[Fault, ...] = ()
    point_footprints: bool = False
    extract: bool = False


@contextmanager
def open_layers(path: Path, encoding: str | None) -> Iterator[list[RawLayer]]:
    """The layers of a file, readable while the context lasts (archives are unpacked to a temporary folder).

    Raises ImportRejected where the file is missing, empty, of an unknown format, damaged or unsafe.
    """
    if not path.is_file():
        raise ImportRejected([Fault("file_missing", value=path)])
    if path.stat().st_size == 0:
        raise ImportRejected([Fault("file_empty", value=path.name)])
    if path.suffix.lower() == ".zip":
        with unpacked(path) as members:
            yield [layer for member in members for layer in _layers(member, encoding)]
    else:
        yield _layers(path, encoding)


def _layers(path: Path, encoding: str | None) -> list[RawLayer]:
    suffix = path.suffix.lower()
    with refused_if_unreadable(path.name):
        if suffix in (".parquet", ".geoparquet"):
            return [_parquet_layer(path)]
        if suffix in (".csv", ".tsv"):
            table = read_point_table(path, encoding)
            return [
                RawLayer(path.stem, "", table.frame.keys, lambda: table.frame, table.faults, table.points)
            ]
        if suffix in (".pbf", ".osm"):
            return [
                RawLayer(name, "", list, partial(_read, path.name, read), extract=True)
                for name, read in osm_layers(path)
            ]
        if suffix in VECTOR_SUFFIXES:
            return _vector_layers(path, encoding)
    raise ImportRejected([Fault("format_unknown", value=path.name, limit=SUPPORTED)])


def _vector_layers(path: Path, encoding: str | None) -> list[RawLayer]:
    """Layers of a vector file. What is no geometry (a ring of two points) is read as null and left to the checks."""
    faults: tuple[Fault, ...] = ()
    if path.suffix.lower() == ".shp":
        encoding, faults = dbf_encoding(path, encoding)
    elif encoding is not None:
        said = (Fault("encoding_unused", layer=path.stem, value=encoding),)
        encoding, faults = None, () if is_utf8(encoding) else said
    layers = []
    for name, geometry_type in pyogrio.list_layers(path):
        if geometry_type is None:
            continue
        read = partial(
            pyogrio.read_dataframe, path, layer=name, encoding=encoding, use_arrow=True, on_invalid="ignore"
        )
        fields = partial(_field_names, path, name, encoding)
        layers.append(RawLayer(name, geometry_type, fields, partial(_read, path.name, read), faults))
    return layers


def _field_names(path: Path, layer: str, encoding: str | None) -> Sequence[str]:
    return [str(field) for field in pyogrio.read_info(path, layer=layer, encoding=encoding)["fields"]]


def _parquet_layer(path: Path) -> RawLayer:
    frame = gpd.read_parquet(path)
    return RawLayer(path.stem, "", lambda: list(map(str, frame.columns)), lambda: frame)


def _read(file_name: str, read: Callable[[], gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    with refused_if_unreadable(file_name), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Could not parse column")  # texts and lists in one column stay text
        return read()


@contextmanager
def refused_if_unreadable(file_name: str) -> Iterator[None]:
    """Turn what the readers raise for a damaged or foreign file into one clear refusal."""
    try:
        yield
    except (
        pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, zipfile.BadZipFile,
        OSError, UnicodeDecodeError, ValueError, shapely.errors.ShapelyError,
    ) as error:  # fmt: skip
        raise unreadable(file_name, error) from error
