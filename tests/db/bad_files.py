"""Makers of small files: a sound town of six buildings, and everything that can be wrong with it.

The town lies at Pingxiang in EPSG:4547 (metres). Its community A is 200 m x 120 m; six houses of 20 m x 20 m stand in
two rows of three, 60 m apart, ten metres or more inside of the boundary:

    +----------------------+
    |  B4     B5     B6    |
    |  B1     B2     B3    |
    +----------------------+
"""

import json
import math
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet
from shapely import LineString, MultiPolygon, Polygon, box

from gis_core.datum import gcj02_to_bd09, wgs84_to_gcj02

X, Y = 485_200.0, 3_056_000.0
CRS = "EPSG:4547"
HOUSEHOLDS = [24, 36, 30, 24, 48, 30]


def houses() -> gpd.GeoDataFrame:
    """Six sound buildings with ids, households and floors."""
    corners = [(X + 20 + 60 * column, Y + 20 + 60 * row) for row in (0, 1) for column in (0, 1, 2)]
    return gpd.GeoDataFrame(
        {"id": [f"B{n}" for n in range(1, 7)], "households": HOUSEHOLDS, "floors": [6] * 6},
        geometry=[box(x, y, x + 20, y + 20) for x, y in corners],
        crs=CRS,
    )


def community() -> gpd.GeoDataFrame:
    """The community A around the houses."""
    return gpd.GeoDataFrame(
        {"community_id": ["A"], "name": ["甲社区"]}, geometry=[box(X, Y, X + 200, Y + 120)], crs=CRS
    )


def streets() -> gpd.GeoDataFrame:
    """One street between the two rows of houses."""
    return gpd.GeoDataFrame(
        {"id": ["S1"], "highway": ["residential"]},
        geometry=[LineString([(X, Y + 60), (X + 200, Y + 60)])],
        crs=CRS,
    )


def town(folder: Path, name: str = "town.gpkg", **layers: gpd.GeoDataFrame) -> Path:
    """A GeoPackage of the sound town, some layers exchanged for others."""
    path = folder / name
    for layer, frame in (
        {"buildings": houses(), "communities": community(), "streets": streets()} | layers
    ).items():
        frame.to_file(path, layer=layer, driver="GPKG")
    return path


def houses_with(column: str, row: int, value: object) -> gpd.GeoDataFrame:
    """The houses with one value changed; the column becomes one of floats or texts where the value asks for it."""
    frame = houses()
    values = frame[column].tolist()
    values[row] = value
    frame[column] = values
    return frame


def houses_at(row: int, geometry: shapely.Geometry | None) -> gpd.GeoDataFrame:
    """The houses with one geometry changed."""
    frame = houses()
    shapes = frame.geometry.tolist()
    shapes[row] = geometry
    return frame.set_geometry(gpd.GeoSeries(shapes, crs=CRS))


def shifted(frame: gpd.GeoDataFrame, datum: str) -> gpd.GeoDataFrame:
    """A frame in the degrees of a web map."""

    def carry(xy: np.ndarray) -> np.ndarray:
        lon, lat = wgs84_to_gcj02(xy[:, 0], xy[:, 1])
        return np.column_stack(gcj02_to_bd09(lon, lat) if datum == "bd09" else (lon, lat))

    degrees = frame.to_crs(4326)
    return degrees.set_geometry(
        gpd.GeoSeries(shapely.transform(degrees.geometry.to_numpy(), carry), crs=4326)
    )


def zipped(folder: Path, shapefile: Path, *, without: tuple[str, ...] = (), **extra: bytes) -> Path:
    """A Shapefile's parts in a zip, some left out, others added by ending."""
    path = folder / f"{shapefile.stem}.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(shapefile.parent.glob(f"{shapefile.stem}.*")):
            if part.suffix not in (".zip", *without):
                archive.write(part, part.name)
        for ending, content in extra.items():
            archive.writestr(f"{shapefile.stem}.{ending}", content)
    return path


def shapefile(folder: Path, frame: gpd.GeoDataFrame, encoding: str) -> Path:
    """A Shapefile with attributes in an encoding."""
    path = folder / "buildings.shp"
    frame.to_file(path, driver="ESRI Shapefile", encoding=encoding)
    return path


def csv_of(folder: Path, columns: dict[str, list[object]]) -> Path:
    """A CSV table of buildings."""
    path = folder / "buildings.csv"
    pd.DataFrame(columns).to_csv(path, index=False)
    return path


def centres() -> tuple[list[float], list[float]]:
    """Longitudes and latitudes of the houses."""
    points = houses().centroid.to_crs(4326)
    return points.x.tolist(), points.y.tolist()


@dataclass(frozen=True)
class BadFile:
    """A file that must be rejected: the code and words of its fault, and the options of the command."""

    name: str
    make: Callable[[Path], Path]
    code: str
    words: str
    options: tuple[str, ...] = field(default=())


BAD_FILES: list[BadFile] = []


def bad(code: str, words: str, *options: str) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    """Enter a maker into the corpus."""

    def enter(make: Callable[[Path], Path]) -> Callable[[Path], Path]:
        BAD_FILES.append(BadFile(make.__name__, make, code, words, options))
        return make

    return enter


# The file itself


@bad("file_missing", "there is no file")
def absent(folder: Path) -> Path:
    return folder / "nothing.gpkg"


@bad("file_empty", "0 bytes")
def empty_file(folder: Path) -> Path:
    (folder / "town.gpkg").touch()
    return folder / "town.gpkg"


@bad("file_unreadable", "cannot be read")
def truncated_geopackage(folder: Path) -> Path:
    content = town(folder).read_bytes()
    (folder / "cut.gpkg").write_bytes(content[: len(content) // 2])
    return folder / "cut.gpkg"


@bad("file_unreadable", "cannot be read")
def text_named_geopackage(folder: Path) -> Path:
    (folder / "town.gpkg").write_text("no database at all")
    return folder / "town.gpkg"


@bad("file_unreadable", "cannot be read")
def broken_geojson(folder: Path) -> Path:
    (folder / "town.geojson").write_text('{"type": "FeatureCollection", "features": [{"type": ')
    return folder / "town.geojson"


@bad("file_unreadable", "cannot be read")
def broken_parquet(folder: Path) -> Path:
    (folder / "town.parquet").write_bytes(b"PAR1 and then nothing")
    return folder / "town.parquet"


@bad("file_unreadable", "cannot be read")
def broken_zip(folder: Path) -> Path:
    (folder / "town.zip").write_bytes(b"PK\x03\x04 and then nothing")
    return folder / "town.zip"


@bad("format_unknown", "is not known")
def drawing(folder: Path) -> Path:
    (folder / "town.dwg").write_bytes(b"AC1032")
    return folder / "town.dwg"


@bad("zip_no_data", "readme.txt")
def zip_without_shapefile(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "town.zip", "w") as archive:
        archive.writestr("readme.txt", "the data follow by post")
    return folder / "town.zip"


@bad("zip_unsafe", "outside of the archive")
def zip_that_climbs_out(folder: Path) -> Path:
    with zipfile.ZipFile(folder / "town.zip", "w") as archive:
        archive.writestr("../../../tmp/town.shp", b"")
    return folder / "town.zip"


@bad("zip_too_large", "more than the limit")
def zip_bomb(folder: Path) -> Path:
    path = folder / "town.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("town.shp", b"0")
    honest, claimed = (1).to_bytes(4, "little"), (0xFFFF_FFF0).to_bytes(4, "little")
    content = path.read_bytes()
    directory = content.rindex(b"PK\x01\x02")
    sizes = content.index(honest, directory + 20) + 4
    path.write_bytes(content[:sizes] + claimed + content[sizes + 4 :])
    return path


@bad("zip_namesakes", "old/buildings.shp, new/buildings.shp")
def zip_with_namesakes(folder: Path) -> Path:
    part = shapefile(folder, houses(), "utf-8")
    with zipfile.ZipFile(folder / "town.zip", "w") as archive:
        for within in ("old", "new"):
            for one in sorted(part.parent.glob("buildings.*")):
                archive.write(one, f"{within}/{one.name}")
    return folder / "town.zip"


@bad("file_unreadable", "cannot be read")
def parquet_with_a_cut_geometry(folder: Path) -> Path:
    houses().to_parquet(folder / "houses.parquet")
    table = parquet.read_table(folder / "houses.parquet")
    place = table.schema.get_field_index("geometry")
    shapes = table.column(place).to_pylist()
    shapes[1] = shapes[1][:20]
    column = pa.array(shapes, pa.binary())
    parquet.write_table(table.set_column(place, table.schema.field(place), column), folder / "town.parquet")
    return folder / "town.parquet"


@bad("file_unreadable", "cannot be read")
def shapefile_without_index(folder: Path) -> Path:
    part = shapefile(folder, houses(), "utf-8")
    part.with_suffix(".shp").write_bytes(part.read_bytes()[:50])
    return zipped(folder, part)


@bad("text_encoding", "declared encoding")
def gbk_mislabelled_as_utf8(folder: Path) -> Path:
    part = shapefile(folder, houses().assign(name="一号楼"), "gb18030")
    return zipped(folder, part, without=(".cpg",), cpg=b"UTF-8")


# Layers and fields


@bad("buildings_missing", "no layer of buildings")
def no_layer_of_buildings(folder: Path) -> Path:
    streets().to_file(folder / "town.gpkg", layer="streets")
    houses().to_file(folder / "town.gpkg", layer="parcels")
    return folder / "town.gpkg"


@bad("layer_ambiguous", "several layers")
def two_layers_of_buildings(folder: Path) -> Path:
    houses().to_file(folder / "town.gpkg", layer="buildings_2024")
    houses().to_file(folder / "town.gpkg", layer="buildings_2025")
    return folder / "town.gpkg"


@bad("layer_empty", "no features")
def layer_without_features(folder: Path) -> Path:
    return town(folder, buildings=houses().iloc[:0])


@bad("layer_unknown", "there is no layer houses", "--layer", "buildings=houses")
def unknown_layer_told(folder: Path) -> Path:
    return town(folder)


@bad("role_unknown", "knows no role", "--layer", "castles=buildings")
def unknown_role_told(folder: Path) -> Path:
    return town(folder)


@bad("field_unknown", "there is no field flats", "--field", "households=flats")
def unknown_field_told(folder: Path) -> Path:
    return town(folder)


@bad("target_unknown", "knows no colour", "--field", "colour=id")
def unknown_target_told(folder: Path) -> Path:
    return town(folder)


@bad("csv_no_coordinates", "no columns of coordinates", "--crs", "EPSG:4326")
def csv_without_coordinates(folder: Path) -> Path:
    return csv_of(folder, {"id": [1, 2], "households": [12, 24]})


@bad("csv_bad_coordinates", "are not numbers", "--crs", "EPSG:4326")
def csv_with_words_for_coordinates(folder: Path) -> Path:
    return csv_of(folder, {"id": [1, 2], "lon": [113.85, "east"], "lat": [27.62, "north"]})


@bad("csv_ragged", "has 3 values, the header 4 columns", "--crs", "EPSG:4326")
def csv_with_a_row_cut_short(folder: Path) -> Path:
    path = folder / "buildings.csv"
    path.write_text("id,lon,lat,households\n1,113.85,27.62,12\n2,113.86,27.62\n")
    return path


@bad("csv_column_twice", "names households more than once", "--crs", "EPSG:4326")
def csv_with_a_column_twice(folder: Path) -> Path:
    path = folder / "buildings.csv"
    path.write_text("id,lon,lat,households,households\n1,113.85,27.62,12,13\n")
    return path


@bad("csv_bad_coordinates", "485,220, 3,056,030 are not numbers", "--crs", CRS)
def csv_with_thousands_in_coordinates(folder: Path) -> Path:
    """Between commas a comma in a number parts thousands: read as a decimal one it would move the town."""
    path = folder / "buildings.csv"
    path.write_text('id,x,y,households\n1,"485,220","3,056,030",12\n')
    return path


# Where on the earth


@bad("crs_missing", "no CRS")
def no_crs(folder: Path) -> Path:
    path = folder / "town.gpkg"
    houses().set_crs(None, allow_override=True).to_file(path, layer="buildings")
    return path


@bad("crs_missing", "no CRS")
def csv_without_crs(folder: Path) -> Path:
    lon, lat = centres()
    return csv_of(folder, {"id": list(range(6)), "lon": lon, "lat": lat})


@bad("crs_unknown", "is not known", "--crs", "EPSG:999999")
def unknown_crs(folder: Path) -> Path:
    return town(folder)


@bad("crs_conflict", "but --crs says EPSG:4546", "--crs", "EPSG:4546")
def two_crs(folder: Path) -> Path:
    return town(folder)


@bad("coordinates_implausible", "cannot be in EPSG:4326")
def metres_declared_as_degrees(folder: Path) -> Path:
    return town(folder, buildings=houses().set_crs(4326, allow_override=True))


@bad("coordinates_implausible", "cannot be in EPSG:4547")
def degrees_declared_as_metres(folder: Path) -> Path:
    return town(folder, buildings=houses().to_crs(4326).set_crs(CRS, allow_override=True))


@bad("metric_crs_not_metric", "does not measure metres", "--metric-crs", "EPSG:3857")
def web_mercator_to_measure_in(folder: Path) -> Path:
    return town(folder)


@bad("metric_crs_elsewhere", "made for another place: areas would be wrong by", "--metric-crs", "EPSG:32631")
def utm_zone_of_another_continent(folder: Path) -> Path:
    return town(folder)


@bad("coordinates_swapped", "are swapped", "--crs", "EPSG:4326")
def csv_with_swapped_columns(folder: Path) -> Path:
    lon, lat = centres()
    return csv_of(folder, {"id": list(range(6)), "lon": lat, "lat": lon})


@bad("datum_unknown", "knows no mars", "--datum", "mars")
def unknown_datum(folder: Path) -> Path:
    return town(folder)


@bad("datum_needs_degrees", "needs degrees", "--datum", "gcj02")
def datum_of_metres(folder: Path) -> Path:
    return town(folder)


@bad("looks_like_gcj02", "looks like GCJ-02")
def undeclared_gcj02_beside_a_true_boundary(folder: Path) -> Path:
    return town(folder, name="gcj.gpkg", buildings=shifted(houses(), "gcj02"))


@bad("looks_like_gcj02", "looks like GCJ-02", "--community", "A")
def undeclared_gcj02_against_the_database(folder: Path) -> Path:
    shifted(houses(), "gcj02").to_file(folder / "again.gpkg", layer="buildings")
    return folder / "again.gpkg"


@bad("moved_like_gcj02", "offset of GCJ-02")
def undeclared_gcj02_of_known_communities(folder: Path) -> Path:
    shifted(community(), "gcj02").to_file(folder / "communities.gpkg", layer="communities")
    return folder / "communities.gpkg"


@bad("coordinates_astray", "row 6, id 5: the coordinates x 999, y 27", "--crs", "EPSG:4326")
def csv_with_a_row_off_the_earth(folder: Path) -> Path:
    lon, lat = centres()
    return csv_of(folder, {"id": list(range(6)), "lon": [*lon[:5], 999], "lat": lat})


@bad(
    "coordinates_astray", "row 1, id B1: the coordinates x 9.48521e+06, y 3.05603e+06 cannot be in EPSG:4547"
)
def footprint_on_another_continent(folder: Path) -> Path:
    return town(folder, buildings=houses_at(0, box(X + 9e6, Y + 20, X + 9e6 + 20, Y + 40)))


# Geometries


@bad("geometry_null", "geometry is missing")
def null_geometry(folder: Path) -> Path:
    return town(folder, buildings=houses_at(2, None))


@bad("geometry_empty", "geometry is empty")
def empty_geometry(folder: Path) -> Path:
    return town(folder, buildings=houses_at(2, MultiPolygon()))


@bad("geometry_type", "is a Point where Polygon is needed")
def points_for_footprints(folder: Path) -> Path:
    return town(folder, buildings=houses().set_geometry(houses().centroid))


@bad("geometry_invalid", "cannot be repaired")
def footprint_without_area(folder: Path) -> Path:
    return town(folder, buildings=houses_at(2, Polygon([(X, Y), (X + 9, Y + 9), (X, Y), (X, Y)])))


@bad("coordinates_not_finite", "NaN or infinite")
def infinite_coordinate(folder: Path) -> Path:
    frame = houses_at(2, Polygon([(X, Y), (X + 9, math.inf), (X + 9, Y), (X, Y)]))
    frame.to_parquet(folder / "buildings.parquet")
    return folder / "buildings.parquet"


# Values


@bad("id_duplicate", "occurs again (first in row 1)")
def duplicate_ids(folder: Path) -> Path:
    return town(folder, buildings=houses_with("id", 3, "B1"))


@bad("id_missing", "id is missing")
def missing_id(folder: Path) -> Path:
    return town(folder, buildings=houses_with("id", 3, None))


@bad("count_negative", "-4 is negative")
def negative_count(folder: Path) -> Path:
    return town(folder, buildings=houses_with("households", 1, -4))


@bad("count_fractional", "12.5 is not a whole number")
def fractional_count(folder: Path) -> Path:
    return town(folder, buildings=houses_with("households", 1, 12.5))


@bad("count_not_finite", "inf is not a finite number")
def infinite_count(folder: Path) -> Path:
    houses_with("households", 1, math.inf).to_parquet(folder / "buildings.parquet")
    return folder / "buildings.parquet"


@bad("count_not_finite", "NaN is not a finite number")
def written_nan_count(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(households=["24", "NaN", "30", "24", "48", "30"]))


@bad("count_not_number", "“many” is not a number")
def words_for_counts(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(households=["24", "many", "30", "24", "48", "30"]))


@bad("count_absurd", "plausible limit of 5000")
def absurd_count(folder: Path) -> Path:
    return town(folder, buildings=houses_with("households", 1, 99_999))


@bad("count_absurd", "plausible limit of 200")
def absurd_floors(folder: Path) -> Path:
    return town(folder, buildings=houses_with("floors", 1, 1_000))


@bad("density_absurd", "less than 5 m2")
def absurd_density(folder: Path) -> Path:
    return town(folder, buildings=houses_with("households", 1, 500))


@bad("kind_unknown", "is not a way a count is known")
def unknown_kind_of_count(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(households_kind="hearsay"))


@bad("kind_contradicted", "the kind of the count is “none”, yet the count is 24")
def count_of_no_kind(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(households_kind="none"))


@bad("count_boolean", "the column holds true and false, no counts")
def yes_and_no_for_counts(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(households=[True, False] * 3))


@bad("count_boolean", "the column holds true and false, no counts")
def yes_no_and_nothing_for_counts(folder: Path) -> Path:
    frame = houses().assign(households=pd.array([True, False, None] * 2, dtype="boolean"))
    frame.to_parquet(folder / "town.parquet")
    return folder / "town.parquet"


@bad("geometry_null", "row 2, id 2: the geometry is missing, or is none (such as a ring")
def ring_of_two_points(folder: Path) -> Path:
    rings = [
        [[117.0, 36.0], [117.001, 36.0], [117.001, 36.001], [117.0, 36.0]],
        [[117.0, 36.0], [117.0, 36.0]],
    ]
    features = [
        {
            "type": "Feature",
            "properties": {"id": row, "households": 12},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for row, ring in enumerate(rings, start=1)
    ]
    (folder / "buildings.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    return folder / "buildings.geojson"


@bad("text_too_long", "the limit is 1000")
def endless_name(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(name="x" * 1001))


# Between features


@bad("outside_boundary", "outside of the boundary of community A")
def building_outside_its_boundary(folder: Path) -> Path:
    far = houses_at(5, box(X + 900, Y, X + 920, Y + 20)).assign(community_id="A")
    return town(folder, buildings=far)


@bad("outside_communities", "lies in no community's boundary")
def building_in_no_community(folder: Path) -> Path:
    return town(folder, buildings=houses_at(5, box(X + 900, Y, X + 920, Y + 20)))


@bad("community_unknown", "community Z is neither")
def unknown_community(folder: Path) -> Path:
    return town(folder, buildings=houses().assign(community_id=["A"] * 5 + ["Z"]))


@bad("community_ambiguous", "several communities are called 甲社区: A, B")
def name_of_two_communities(folder: Path) -> Path:
    other = gpd.GeoDataFrame(
        {"community_id": ["B"], "name": ["甲社区"]}, geometry=[box(X + 300, Y, X + 400, Y + 120)], crs=CRS
    )
    buildings = houses().assign(community_id=["A"] * 5 + ["甲社区"])
    return town(folder, communities=pd.concat([community(), other]), buildings=buildings)


@bad("communities_overlap", "overlaps community A")
def overlapping_communities(folder: Path) -> Path:
    other = gpd.GeoDataFrame(
        {"community_id": ["B"], "name": ["乙社区"]}, geometry=[box(X + 150, Y, X + 400, Y + 120)], crs=CRS
    )
    return town(folder, communities=pd.concat([community(), other]))


@bad("id_duplicate", "the id A occurs again")
def community_twice(folder: Path) -> Path:
    apart = community().set_geometry([box(X + 500, Y, X + 600, Y + 120)], crs=CRS)
    return town(folder, communities=pd.concat([community(), apart]))


@bad("id_duplicate", "occurs again")
def many_faults_at_once(folder: Path) -> Path:
    frame = houses_with("id", 3, "B1")
    frame["households"] = [-1, 12.5, 99_999, 24, 48, 30]
    return town(folder, buildings=frame)


@bad("coordinates_implausible", "cannot be in")
def geojson_in_metres(folder: Path) -> Path:
    feature = {
        "type": "Feature",
        "properties": {"id": 1, "households": 12},
        "geometry": shapely.geometry.mapping(houses().geometry[0]),
    }
    (folder / "buildings.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": [feature]})
    )
    return folder / "buildings.geojson"
