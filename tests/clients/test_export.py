"""Plans taken away: every format read back by another program, the GeoPackage opened in QGIS."""

import csv
import json
import os
import subprocess
import zipfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pytest

from api.commands.export import plan_styles
from gis_core.editing.ground import Places
from gis_core.errors import InvalidInputError
from gis_core.exchange.write import write_plan
from gis_core.plans.export_store import PlanFrames, plan_frames
from gis_core.plans.service import draw_plan
from maps.style import grid_style
from partitioning import Rules
from tests.towns.bubenec import import_bubenec

CODE = "110108003007"


@pytest.fixture
def frames(pg: psycopg.Connection) -> PlanFrames:
    import_bubenec(pg, CODE)
    pg.execute("UPDATE building SET name = '中关村1号楼' WHERE id = (SELECT min(id) FROM building)")
    draw_plan(pg, CODE, Rules(), seed=1, by="a planner", now=datetime(2026, 3, 1, tzinfo=UTC))
    return plan_frames(pg, CODE, Places())


def written(frames: PlanFrames, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    write_plan(frames, path, plan_styles(frames))
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]
    return path


def grid_of(buildings: pd.DataFrame) -> dict[str, int]:
    return dict(zip(buildings["source_id"].astype(str), buildings["grid"].astype(int), strict=True))


def run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.qgis
def test_qgis_opens_the_geopackage_in_the_plans_colours(frames: PlanFrames, tmp_path: Path) -> None:
    path = written(frames, tmp_path / "plan.gpkg")
    script = Path(__file__).with_name("qgis_look.py")
    environment = {"PATH": os.environ["PATH"], "QT_QPA_PLATFORM": "offscreen", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["/usr/bin/python3", str(script), str(path), "grids", "buildings", "boundary"],
        env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    seen = json.loads(done.stdout.strip().splitlines()[-1])
    numbers = [grid.number for grid in frames.plan.grids]
    for name, column in (("grids", "number"), ("buildings", "grid")):
        assert seen[name]["valid"]
        assert seen[name]["renderer"] == "categorizedSymbol"
        assert seen[name]["attribute"] == column
        shown = {key: value for key, value in seen[name]["colours"].items() if key.isdigit()}
        assert shown == {str(number): grid_style(number).colour for number in numbers}
    assert seen["grids"]["labels"]
    assert seen["grids"]["crs"] == "EPSG:32633"
    assert seen["grids"]["area_m2"] == pytest.approx(seen["boundary"]["area_m2"], rel=1e-3)
    assert seen["buildings"]["features"] == 144


def test_grids_do_not_overlap(frames: PlanFrames) -> None:
    whole = frames.boundary.geometry.iloc[0]
    assert frames.grids.union_all().area == pytest.approx(frames.grids.area.sum(), rel=1e-9)
    assert frames.grids.union_all().area == pytest.approx(whole.area, rel=1e-6)


def test_geopackage_holds_the_plan_and_gdal_reads_it(frames: PlanFrames, tmp_path: Path) -> None:
    path = written(frames, tmp_path / "plan.gpkg")
    listed = run("ogrinfo", "-ro", str(path))
    for layer in ("grids", "buildings", "boundary", "plan", "layer_styles"):
        assert layer in listed
    plan = gpd.read_file(path, layer="plan")
    assert (plan.loc[0, "community"], plan.loc[0, "version"]) == (CODE, 1)
    assert grid_of(gpd.read_file(path, layer="buildings")) == grid_of(frames.buildings)


def test_split_buildings_are_carried_by_every_format(pg: psycopg.Connection, tmp_path: Path) -> None:
    """The largest building gets 700 households, more than two grids of 300 hold."""
    import_bubenec(pg, CODE)
    pg.execute(
        "UPDATE building SET households = 700 WHERE id ="
        " (SELECT id FROM building ORDER BY ST_Area(footprint) DESC LIMIT 1)"
    )
    rules = Rules(grids=(4, 12), persons=None, oversized="split")
    draw_plan(pg, CODE, rules, seed=1, by="a planner", now=datetime(2026, 3, 1, tzinfo=UTC))
    frames = plan_frames(pg, CODE, Places())
    path = written(frames, tmp_path / "one" / "plan.gpkg")
    parts, buildings = gpd.read_file(path, layer="building_parts"), gpd.read_file(path, layer="buildings")
    (block,) = buildings[buildings["households"] == 700].itertuples()
    own = parts[parts["building"] == block.source_id]
    by_grid = own.groupby("grid")["households"].sum()
    assert by_grid.sum() == 700
    assert block.grid_shares == ", ".join(f"{grid}={count}" for grid, count in by_grid.items())
    assert block.grid == by_grid.idxmax()
    assert own.union_all().symmetric_difference(block.geometry).area == pytest.approx(0, abs=0.01)
    styled = gpd.read_file(path, layer="layer_styles")["f_table_name"]
    assert set(styled) == {"grids", "buildings", "building_parts"}

    shares = {"700": block.grid_shares}
    table = pd.read_csv(written(frames, tmp_path / "two" / "plan.csv"), dtype=str)
    assert dict(table.loc[table["households"] == "700", ["households", "grid_shares"]].to_numpy()) == shares
    both = gpd.read_file(written(frames, tmp_path / "three" / "plan.geojson"))
    assert set(both["layer"]) == {"grids", "buildings"}
    assert both.loc[both["households"] == 700, "grid_shares"].tolist() == [block.grid_shares]
    zipped = written(frames, tmp_path / "four" / "plan.shp.zip")
    assert len(gpd.read_file(f"zip://{zipped}!building_parts.shp")) == len(parts)
    assert block.grid_shares in set(gpd.read_file(f"zip://{zipped}!buildings.shp")["shares"])


def test_writing_again_replaces_the_file(frames: PlanFrames, tmp_path: Path) -> None:
    path = tmp_path / "plan.gpkg"
    written(frames, path)
    written(frames, path)
    assert len(gpd.read_file(path, layer="grids")) == len(frames.plan.grids)


def test_geojson_is_wgs84_with_grids_and_buildings(frames: PlanFrames, tmp_path: Path) -> None:
    both = gpd.read_file(written(frames, tmp_path / "plan.geojson"))
    assert both.crs.to_epsg() == 4326
    assert both.total_bounds[0] == pytest.approx(14.4, abs=0.1)
    assert (both["layer"] == "grids").sum() == len(frames.plan.grids)
    assert grid_of(both[both["layer"] == "buildings"]) == grid_of(frames.buildings)


def test_geojson_keeps_numbers_of_one_layer_whole_where_the_other_has_none(
    frames: PlanFrames, tmp_path: Path
) -> None:
    text = written(frames, tmp_path / "plan.geojson").read_text(encoding="utf-8")
    assert '"number": 1,' in text
    assert '"number": 1.0' not in text


def test_shapefile_keeps_chinese_and_short_names(frames: PlanFrames, tmp_path: Path) -> None:
    path = written(frames, tmp_path / "plan.shp.zip")
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    assert {
        f"{layer}.{part}" for layer in ("grids", "buildings", "boundary") for part in ("shp", "cpg")
    } <= set(names)
    buildings = gpd.read_file(f"zip://{path}!buildings.shp")
    assert "中关村1号楼" in set(buildings["name"])
    assert {"hh_kind", "pp_kind"} <= set(buildings.columns)
    assert all(len(column) <= 10 for column in buildings.columns)
    assert grid_of(buildings) == grid_of(frames.buildings)


def test_no_text_of_a_csv_is_a_formula(frames: PlanFrames, tmp_path: Path) -> None:
    names = ["=1+1", "+1", "-1", "@A1", "\tx", "\rx", "a=b"]
    buildings = frames.buildings.iloc[[0] * len(names)].assign(name=names, households=-1)
    path = written(replace(frames, buildings=buildings), tmp_path / "plan.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["name"] for row in rows] == [*(f"'{name}" for name in names[:-1]), "a=b"]
    assert {row["households"] for row in rows} == {"-1"}


def test_csv_opens_in_spreadsheets(frames: PlanFrames, tmp_path: Path) -> None:
    path = written(frames, tmp_path / "plan.csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    table = pd.read_csv(path, dtype={"source_id": str, "grid_code": str})
    assert grid_of(table) == grid_of(frames.buildings)
    assert set(table["grid_code"].str.len()) == {15}
    assert "中关村1号楼" in set(table["name"])


def test_kml_places_the_grids_on_the_earth(frames: PlanFrames, tmp_path: Path) -> None:
    features = gpd.read_file(written(frames, tmp_path / "plan.kml"))
    grids = features[features["Name"].isin([grid.code for grid in frames.plan.grids])]
    assert len(grids) == len(frames.plan.grids)
    assert len(features) == len(grids) + 144
    assert np.allclose(grids.total_bounds, frames.grids.to_crs(4326).total_bounds, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("plan.pdf", r"'plan.pdf' names no known format; end it in one of .gpkg"),
        ("no/plan.gpkg", "does not exist"),
    ],
)
def test_wrong_names_are_refused_with_the_way_out(
    frames: PlanFrames, tmp_path: Path, name: str, message: str
) -> None:
    with pytest.raises(InvalidInputError, match=message):
        write_plan(frames, tmp_path / name, {})
    assert list(tmp_path.iterdir()) == []
