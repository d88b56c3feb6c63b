"""Good files, and files that can be put right, arrive in the database as they should."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import psycopg
import pytest
import shapely
from shapely import Polygon, box

from gis_core.config import EstimateSettings
from gis_core.exchange.faults import ImportRejected
from gis_core.exchange.importing import ImportReport, import_source
from gis_core.exchange.load import Loaded
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source
from tests.db.bad_files import (
    CRS,
    HOUSEHOLDS,
    X,
    Y,
    centres,
    community,
    csv_of,
    houses,
    houses_at,
    houses_with,
    shapefile,
    shifted,
    streets,
    town,
    zipped,
)
from tests.db.test_import_bad_files import checksum


def load(connection: psycopg.Connection, *files: Path, **options: object) -> ImportReport:
    given = ImportOptions(**options)  # type: ignore[arg-type]
    return import_source(connection, read_source(files, given), given)


def codes(report: ImportReport) -> set[str]:
    return {fault.code for fault in report.faults}


def column(connection: psycopg.Connection, query: str) -> list[object]:
    return [row[0] for row in connection.execute(query)]


def metric_centres(connection: psycopg.Connection) -> np.ndarray:
    """Centres of the buildings in the database, in metres, in the order of their ids."""
    query = (
        "SELECT ST_X(c), ST_Y(c) FROM (SELECT source_id, ST_Transform(ST_Centroid(footprint), 4547) AS c"
        " FROM building) AS b ORDER BY source_id"
    )
    return np.array(connection.execute(query).fetchall())


def expected_centres() -> np.ndarray:
    return np.array([[X + 30 + 60 * column, Y + 30 + 60 * row] for row in (0, 1) for column in (0, 1, 2)])


def test_the_town_arrives_whole(pg: psycopg.Connection, tmp_path: Path) -> None:
    report = load(pg, town(tmp_path))

    assert report.loaded["buildings"] == Loaded(inserted=6)
    assert report.loaded["communities"] == report.loaded["barriers"] == Loaded(inserted=1)
    assert pg.execute("SELECT code, name, metric_srid, boundary_kind FROM community").fetchall() == [
        ("A", "甲社区", 4547, "given")
    ]
    assert column(pg, "SELECT households FROM building ORDER BY source_id") == HOUSEHOLDS
    assert column(pg, "SELECT DISTINCT households_kind FROM building") == ["real"]
    assert column(pg, "SELECT persons FROM building WHERE source_id = 'B1'") == [79]  # 24 x 3.3
    assert column(pg, "SELECT DISTINCT persons_kind FROM building") == ["estimated"]
    assert pg.execute("SELECT source_id, kind, class, bridge FROM barrier").fetchall() == [
        ("streets/S1", "road", "residential", False)
    ]
    assert np.abs(metric_centres(pg) - expected_centres()).max() < 0.001
    assert column(pg, "SELECT round(ST_Area(ST_Transform(footprint, 4547))) FROM building") == [400.0] * 6


def test_importing_twice_changes_nothing(pg: psycopg.Connection, tmp_path: Path) -> None:
    path = town(tmp_path)
    load(pg, path)
    pg.commit()
    before = checksum(pg)

    report = load(pg, path)

    assert not report.changed
    assert report.loaded["buildings"] == Loaded(unchanged=6)
    assert checksum(pg) == before


def test_the_same_town_under_another_name_is_refused(pg: psycopg.Connection, tmp_path: Path) -> None:
    load(pg, town(tmp_path))
    again = town(tmp_path, "town_2026.gpkg")
    with pytest.raises(
        ImportRejected, match=r"6 of 6 buildings stand in the data set town .* Use --dataset town"
    ):
        load(pg, again)
    assert load(pg, again, dataset="town").loaded["buildings"] == Loaded(unchanged=6)


def test_points_of_buildings_that_are_known_are_refused_and_footprints_of_known_points(
    pg: psycopg.Connection, tmp_path: Path
) -> None:
    lon, lat = centres()
    beside = [x + 0.00005 for x in lon]  # 5 m off the middle, within the 20 m of each building
    points = csv_of(tmp_path, {"id": ["P1", "P2", "P3", "P4", "P5", "P6"], "lon": beside, "lat": lat})
    load(pg, town(tmp_path))
    with pytest.raises(ImportRejected, match=r"6 of 6 buildings stand in the data set town already"):
        load(pg, points, crs="EPSG:4326", community="A")

    pg.rollback()
    load(pg, points, crs="EPSG:4326", community="A")
    with pytest.raises(ImportRejected, match=r"6 of 6 buildings stand in the data set buildings already"):
        load(pg, town(tmp_path))


def test_next_door_is_no_second_delivery_but_ground_of_two_communities_is_told(
    pg: psycopg.Connection, tmp_path: Path
) -> None:
    load(pg, town(tmp_path))
    moved = houses().set_geometry(houses().translate(yoff=120)).assign(id=[f"C{n}" for n in range(6)])
    beside = community().assign(community_id="B").set_geometry([box(X, Y + 120, X + 200, Y + 240)], crs=CRS)
    report = load(pg, town(tmp_path, "beside.gpkg", buildings=moved, communities=beside))
    assert "ground_of_another" not in codes(report)

    wider = beside.set_geometry([box(X, Y + 60, X + 200, Y + 240)], crs=CRS)
    report = load(pg, town(tmp_path, "beside.gpkg", buildings=moved, communities=wider))
    said = [fault.text("en") for fault in report.faults if fault.code == "ground_of_another"]
    assert said == [
        "communities: the ground of community B is that of community A as well, 50% of the smaller one:"
        " buildings there may count twice. Correct the boundaries"
    ]


def test_only_what_differs_is_updated(pg: psycopg.Connection, tmp_path: Path) -> None:
    load(pg, town(tmp_path))
    report = load(pg, town(tmp_path, buildings=houses_with("households", 0, 25)))

    assert report.loaded["buildings"] == Loaded(updated=1, unchanged=5)
    versions = dict(pg.execute("SELECT layer, version FROM layer_version").fetchall())
    assert versions == {"buildings": 2, "communities": 1, "barriers": 1}


def test_a_changed_boundary_is_updated(pg: psycopg.Connection, tmp_path: Path) -> None:
    load(pg, town(tmp_path))
    wider = community().set_geometry([box(X - 50, Y, X + 200, Y + 120)], crs=CRS)
    report = load(pg, town(tmp_path, communities=wider))

    assert report.loaded["communities"] == Loaded(updated=1)
    area = pg.execute("SELECT ST_Area(ST_Transform(boundary, 4547)) FROM community").fetchone()
    assert area is not None
    assert area[0] == pytest.approx(250 * 120, abs=1)


def test_rows_that_a_file_no_longer_has_are_kept_and_said(pg: psycopg.Connection, tmp_path: Path) -> None:
    load(pg, town(tmp_path))
    report = load(pg, town(tmp_path, name="town.gpkg", buildings=houses().iloc[:5]), dataset="town")

    assert column(pg, "SELECT count(*) FROM building") == [6]
    said = [fault.text("en") for fault in report.faults if fault.code == "rows_absent"]
    assert said == ["buildings: 1 rows of the data set are not in the file: they are kept"]


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_declared_web_map_coordinates_land_in_the_right_place(
    pg: psycopg.Connection, tmp_path: Path, datum: str
) -> None:
    shifted(houses(), datum).to_file(tmp_path / "buildings.gpkg", layer="buildings")
    load(pg, tmp_path / "buildings.gpkg", datum=datum)

    assert np.abs(metric_centres(pg) - expected_centres()).max() < 0.03


def test_a_self_crossing_footprint_is_repaired_and_listed(pg: psycopg.Connection, tmp_path: Path) -> None:
    x, y = X + 140, Y + 80
    bow_tie = Polygon([(x, y), (x + 20, y + 20), (x + 20, y), (x, y + 20)])
    report = load(pg, town(tmp_path, buildings=houses_at(5, bow_tie)))

    repairs = [fault.text("en") for fault in report.faults if fault.severity == "repair"]
    assert len(repairs) == 1
    assert repairs[0].startswith("buildings, row 6, id B6: the geometry was invalid (Self-intersection")
    area = "SELECT round(ST_Area(ST_Transform(footprint, 4547))) FROM building WHERE source_id = 'B6'"
    assert column(pg, area) == [200.0]


@pytest.mark.parametrize(("encoding", "declared"), [("gb18030", False), ("gb18030", True), ("utf-8", False)])
def test_chinese_shapefiles(pg: psycopg.Connection, tmp_path: Path, encoding: str, declared: bool) -> None:
    frame = houses().rename(columns={"households": "户数", "floors": "层数"}).assign(名称="一号楼")
    part = shapefile(tmp_path, frame, encoding)
    extra = {"cpg": b"GBK" if encoding == "gb18030" else b"UTF-8"} if declared else {}
    report = load(pg, zipped(tmp_path, part, without=(".cpg",), **extra))

    assert column(pg, "SELECT DISTINCT name FROM building") == ["一号楼"]
    assert column(pg, "SELECT households FROM building ORDER BY source_id") == HOUSEHOLDS
    assert ("text_guessed" in codes(report)) == (encoding == "gb18030" and not declared)


def test_names_cut_to_ten_characters(pg: psycopg.Connection, tmp_path: Path) -> None:
    frame = (
        houses().rename(columns={"households": "HOUSEHOLDS", "floors": "BLDG_FLOOR"}).assign(POPULATION=50)
    )
    report = load(pg, zipped(tmp_path, shapefile(tmp_path, frame, "utf-8")))

    assert report.persons_estimated == 0
    assert pg.execute("SELECT sum(households), sum(persons), sum(floors) FROM building").fetchone() == (
        192,
        300,
        36,
    )


@pytest.mark.parametrize("name", ["buildings.geojson", "buildings.fgb", "buildings.parquet", "buildings.shp"])
def test_every_vector_format_gives_the_same_rows(pg: psycopg.Connection, tmp_path: Path, name: str) -> None:
    frame = houses().to_crs(4326)
    if name.endswith("parquet"):
        frame.to_parquet(tmp_path / name)
    else:
        frame.to_file(tmp_path / name)
    load(pg, tmp_path / name)

    assert column(pg, "SELECT households FROM building ORDER BY source_id") == HOUSEHOLDS
    assert np.abs(metric_centres(pg) - expected_centres()).max() < 0.02


def test_points_of_a_table_become_marked_squares_without_estimates(
    pg: psycopg.Connection, tmp_path: Path
) -> None:
    lon, lat = centres()
    path = csv_of(
        tmp_path, {"楼栋号": list("abcdef"), "经度": lon, "纬度": lat, "户数": [24, None, 30, 24, 48, 30]}
    )
    report = load(pg, path, crs="EPSG:4326")

    assert "point_footprints" in codes(report)
    assert column(pg, "SELECT DISTINCT round(ST_Area(ST_Transform(footprint, 4547))) FROM building") == [
        100.0
    ]
    assert pg.execute(
        "SELECT households, households_kind FROM building WHERE source_id = 'b'"
    ).fetchall() == [(0, "none")]


def test_a_comma_in_a_coordinate_is_a_decimal_one(tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    path.write_text("id;lon;lat;households\na;113,85;27,62;24\nb;113,851;27,62;\n")
    frame = read_source(path, ImportOptions(crs="EPSG:4326")).layers["buildings"].frame
    centre = frame.geometry.iloc[0].centroid
    assert (centre.x, centre.y) == pytest.approx((113.85, 27.62), abs=1e-7)
    assert frame["households"].tolist()[0] == 24


def test_footprints_of_a_table_as_wkt(pg: psycopg.Connection, tmp_path: Path) -> None:
    frame = houses()
    path = csv_of(
        tmp_path, {"id": frame["id"].tolist(), "hh": HOUSEHOLDS, "wkt": frame.geometry.to_wkt().tolist()}
    )
    load(pg, path, crs=CRS)

    assert np.abs(metric_centres(pg) - expected_centres()).max() < 0.001


def test_an_empty_cell_of_wkt_is_a_fault_and_no_crash(tmp_path: Path) -> None:
    ids: list[object] = ["B1", "B2"]
    path = csv_of(tmp_path, {"id": ids, "households": [3, 4], "wkt": [box(X, Y, X + 9, Y + 9).wkt, ""]})
    options = ImportOptions(crs=CRS)
    faults = read_source(path, options).faults
    assert [fault.code for fault in faults if fault.severity == "fault"] == ["geometry_null"]


def test_missing_counts_are_estimated_marked_and_said(pg: psycopg.Connection, tmp_path: Path) -> None:
    settings = EstimateSettings(net_to_gross=0.75, dwelling_m2=90, default_floors=6, persons_per_household=3)
    frame = houses_with("households", 2, None).assign(floors=[6, 6, None, None, 6, 6])
    report = load(pg, town(tmp_path, buildings=frame), estimate=settings)

    row = pg.execute(
        "SELECT households, households_kind, persons, persons_kind FROM building WHERE source_id = 'B3'"
    )
    assert row.fetchone() == (20, "estimated", 60, "estimated")  # 400 m2 x 6 floors x 0.75 / 90 m2
    assert report.households_estimated == 1
    said = "\n".join(fault.text("en") for fault in report.faults)
    assert "1 of 6 buildings have no number of households" in said
    assert "1 buildings have neither floors nor height: their households are estimated with 6 floors" in said


def test_estimates_can_be_refused(pg: psycopg.Connection, tmp_path: Path) -> None:
    load(pg, town(tmp_path, buildings=houses_with("households", 2, None)), estimates=False)

    row = pg.execute(
        "SELECT households, households_kind, persons, persons_kind FROM building WHERE source_id = 'B3'"
    )
    assert row.fetchone() == (0, "none", 0, "none")


def test_buildings_without_any_boundary_get_a_hull(pg: psycopg.Connection, tmp_path: Path) -> None:
    houses().to_file(tmp_path / "village.gpkg", layer="buildings")
    report = load(pg, tmp_path / "village.gpkg")

    assert "boundary_hull" in codes(report)
    assert pg.execute("SELECT code, boundary_kind FROM community").fetchall() == [("village", "hull")]
    covered = "SELECT bool_and(ST_Covers(boundary, footprint)) FROM building JOIN community c ON c.id = community_id"
    assert column(pg, covered) == [True]

    assert not load(pg, tmp_path / "village.gpkg").changed


def test_a_given_boundary_takes_the_place_of_a_hull(pg: psycopg.Connection, tmp_path: Path) -> None:
    houses().to_file(tmp_path / "village.gpkg", layer="buildings")
    load(pg, tmp_path / "village.gpkg", community="A")
    community().to_file(tmp_path / "communities.gpkg", layer="communities")
    load(pg, tmp_path / "communities.gpkg")

    assert pg.execute("SELECT code, name, boundary_kind FROM community").fetchall() == [
        ("A", "甲社区", "given")
    ]


def test_a_second_file_completes_the_first(pg: psycopg.Connection, tmp_path: Path) -> None:
    houses().to_file(tmp_path / "houses.gpkg", layer="buildings")
    streets().to_file(tmp_path / "roads.gpkg", layer="roads")
    report = load(pg, tmp_path / "houses.gpkg", tmp_path / "roads.gpkg")

    assert report.dataset == "houses"
    assert report.loaded["barriers"] == Loaded(inserted=1)


def test_a_told_layer_that_no_file_has_is_a_fault(tmp_path: Path) -> None:
    houses().to_file(tmp_path / "houses.gpkg", layer="buildings")
    streets().to_file(tmp_path / "roads.gpkg", layer="roads")
    with pytest.raises(ImportRejected) as rejection:
        read_source(
            [tmp_path / "houses.gpkg", tmp_path / "roads.gpkg"], ImportOptions(layers={"rail": "tracks"})
        )
    (fault,) = rejection.value.faults
    assert (fault.code, fault.value, fault.limit) == ("layer_unknown", "tracks", "buildings, roads")


def test_estates_are_made_from_the_names_at_buildings(pg: psycopg.Connection, tmp_path: Path) -> None:
    named = houses().assign(小区名称=["东苑", "东苑", None, "西苑", "西苑", "西苑"])
    load(pg, town(tmp_path, buildings=named))

    query = (
        "SELECT e.name, count(*) FROM building b JOIN estate e ON e.id = b.estate_id GROUP BY 1 ORDER BY 2"
    )
    assert pg.execute(query).fetchall() == [("东苑", 2), ("西苑", 3)]


def test_organisations_are_placed_by_where_they_stand(pg: psycopg.Connection, tmp_path: Path) -> None:
    offices = gpd.GeoDataFrame(
        {"id": [1, 2], "name": ["学校", "工厂"]},
        geometry=shapely.points([[X + 5, Y + 5], [X + 999, Y]]),
        crs=CRS,
    )
    report = load(pg, town(tmp_path, organisations=offices))

    assert column(pg, "SELECT name FROM organisation") == ["学校"]
    assert "placed_nowhere" in codes(report)


def test_columns_are_told_by_option(pg: psycopg.Connection, tmp_path: Path) -> None:
    frame = houses().rename(columns={"households": "a", "id": "b"}).assign(households=1)
    houses_layer = {"layers": {"buildings": "parcels"}, "fields": {"households": "a", "source_id": "b"}}
    frame.to_file(tmp_path / "town.gpkg", layer="parcels")
    load(pg, tmp_path / "town.gpkg", **houses_layer)

    assert column(pg, "SELECT households FROM building ORDER BY source_id") == HOUSEHOLDS


def test_all_faults_are_told_at_once(pg: psycopg.Connection, tmp_path: Path) -> None:
    from gis_core.exchange.faults import ImportRejected, rejecting
    from tests.db.bad_files import many_faults_at_once

    with pytest.raises(ImportRejected) as caught:
        load(pg, many_faults_at_once(tmp_path))
    found = {(fault.code, fault.row) for fault in rejecting(caught.value.faults)}
    assert found == {("id_duplicate", 4), ("count_negative", 1), ("count_fractional", 2), ("count_absurd", 3)}


def test_a_metric_crs_of_ones_own(pg: psycopg.Connection, tmp_path: Path) -> None:
    load(pg, town(tmp_path), metric_crs="EPSG:32650")

    assert column(pg, "SELECT metric_srid FROM community") == [32650]


@pytest.mark.parametrize(
    ("name", "buildings", "households", "communities"),
    [
        ("singapore_queenstown.gpkg", 308, 33_845, 23),
        ("olemps_fr.gpkg", 2_273, 1_429, 1),
        ("shanghai_huangpu_lujiazui_cn.gpkg", 1_450, 46_283, 31),
        ("geneva_ch_scale.gpkg", 11_679, 49_654, 34),
    ],
)
def test_real_files_arrive_with_no_options(
    pg: psycopg.Connection, shared_data: Path, name: str, buildings: int, households: int, communities: int
) -> None:
    report = load(pg, shared_data / name)

    assert pg.execute("SELECT count(*), sum(households) FROM building").fetchone() == (buildings, households)
    assert column(pg, "SELECT count(*) FROM community WHERE boundary_kind = 'given'") == [communities]
    assert report.households_estimated == 0
