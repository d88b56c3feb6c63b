"""Rows whose coordinates are wrong are told beside all other faults, each once."""

from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from shapely import box

from gis_core.exchange.faults import Fault, ImportRejected, rejecting
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.plan_file import towns_of
from gis_core.exchange.read import read_source

HEADER = "编号,经度,纬度,户数"
SOUND = [f"B{row},{114 + row / 1000:.3f},30.72,30" for row in range(1, 9)]


def table(folder: Path, **rows: str) -> Path:
    """Eight sound houses, some rows exchanged: `r3="B3,114,30.72,x"`."""
    lines = list(SOUND)
    for name, text in rows.items():
        lines[int(name[1:]) - 1] = text
    path = folder / "houses.csv"
    path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    return path


def faults_of(path: Path, **options: str) -> list[Fault]:
    """What rejects the file."""
    told = ImportOptions(**options)  # type: ignore[arg-type]
    with pytest.raises(ImportRejected) as rejected:
        towns_of(read_source(path, told), told)
    return rejecting(rejected.value.faults)


def places(faults: list[Fault]) -> set[tuple[str, int | None, str | None]]:
    """Code, row and id of each; that none comes twice is checked as well."""
    found = {(fault.code, fault.row, fault.id) for fault in faults}
    assert len(found) == len(faults)
    return found


COUNT = ("count_not_number", 4, "B4")


def test_a_row_off_the_earth_is_told_by_row_beside_a_wrong_count(tmp_path: Path) -> None:
    path = table(tmp_path, r4="B4,114.004,30.72,三十", r7="B7,999,30.72,30")
    faults = faults_of(path, crs="EPSG:4326")
    assert places(faults) == {("coordinates_astray", 7, "B7"), COUNT}
    texts = [fault.text("zh") for fault in faults if fault.row == 7]
    assert texts == [
        "houses，第 7 行，编号 B7：坐标 x 999, y 30.72 不可能属于坐标系 EPSG:4326，其余各行则可能。改正该行的坐标"
    ]


def test_coordinates_that_are_no_numbers_do_not_hide_other_faults(tmp_path: Path) -> None:
    path = table(tmp_path, r4="B4,114.004,30.72,三十", r6="B6,,30.72,30", r7="B7,114.0.7,30.72,30")
    faults = faults_of(path, crs="EPSG:4326")
    assert places(faults) == {("csv_bad_coordinates", 6, "B6"), ("csv_bad_coordinates", 7, "B7"), COUNT}
    assert {fault.value for fault in faults if fault.row in (6, 7)} == {", 30.72", "114.0.7, 30.72"}


def test_a_missing_crs_does_not_hide_other_faults(tmp_path: Path) -> None:
    path = table(tmp_path, r4="B4,114.004,30.72,三十", r7="B7,east,30.72,30")
    assert places(faults_of(path)) == {("crs_missing", None, None), ("csv_bad_coordinates", 7, "B7"), COUNT}


def test_a_wrong_crs_and_a_wrong_column_are_told_with_the_rows(tmp_path: Path) -> None:
    path = table(tmp_path, r4="B4,114.004,30.72,三十")
    faults = faults_of(path, crs="EPSG:4547", fields={"floors": "层"})  # type: ignore[arg-type]
    assert places(faults) == {("coordinates_implausible", None, None), ("field_unknown", None, None), COUNT}


def test_a_table_without_one_sound_coordinate_tells_each_row(tmp_path: Path) -> None:
    path = table(tmp_path, **{f"r{row}": f"B{row},here,there,30" for row in range(1, 9)})
    found = places(faults_of(path, crs="EPSG:4326"))
    assert found == {("csv_bad_coordinates", row, f"B{row}") for row in range(1, 9)}


def test_a_footprint_astray_does_not_prove_the_declared_crs_wrong(tmp_path: Path) -> None:
    x, y = 485_200.0, 3_056_000.0
    shapes = [box(x + 60 * n, y, x + 60 * n + 20, y + 20) for n in range(4)] + [
        box(x * 20, y, x * 20 + 9, y + 9)
    ]
    boundary = gpd.GeoDataFrame(
        {"id": ["A"]}, geometry=[box(x - 10, y - 10, x + 300, y + 40)], crs="EPSG:4547"
    )
    boundary.to_file(tmp_path / "town.gpkg", layer="communities")
    town = gpd.GeoDataFrame({"id": list("abcde"), "households": 30}, geometry=shapes, crs="EPSG:4547")
    town.to_file(tmp_path / "town.gpkg", layer="buildings")
    assert places(faults_of(tmp_path / "town.gpkg")) == {("coordinates_astray", 5, "e")}
    conflict = faults_of(tmp_path / "town.gpkg", crs="EPSG:4326")
    assert {fault.code for fault in conflict} == {"crs_conflict"}


def test_a_street_astray_is_told_and_not_left_out(tmp_path: Path) -> None:
    x, y = 485_200.0, 3_056_000.0
    lines = [shapely.LineString([(x, y + n), (x + 100, y + n)]) for n in (0, 50)]
    lines.append(shapely.LineString([(x * 20, y), (x * 20, y + 9)]))
    gpd.GeoDataFrame({"id": list("stu")}, geometry=lines, crs="EPSG:4547").to_file(
        tmp_path / "streets.gpkg", layer="streets"
    )
    source = read_source(tmp_path / "streets.gpkg", ImportOptions())
    assert [(fault.code, fault.row) for fault in source.faults] == [("coordinates_astray", 3)]
