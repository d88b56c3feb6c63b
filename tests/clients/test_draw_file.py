"""`wangge draw FILE -o plan.gpkg` as a user runs it: from file to file, without a database."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from api.commands.draw_file import result_place
from gis_core.errors import InvalidInputError
from tests.command import Done, called, started
from tests.towns.bubenec import bubenec_file


def draw(source: Path, output: Path, *options: str, how: Callable[..., Done] = called) -> Done:
    environment = os.environ | {"WANGGE_DATA": str(output.parent / "no-database"), "WANGGE_LANG": "en"}
    return how("draw", source, "-o", output, *options, env=environment)


def assert_drawn(source: Path, output: Path, by: str) -> None:
    """Every building is there; every drawn community keeps the rules, tiles its boundary and is contiguous."""
    before = gpd.read_file(source, layer="buildings")
    after = gpd.read_file(output, layer="buildings")
    report = gpd.read_file(output, layer="report").set_index(by)
    grids = gpd.read_file(output, layer="grids")
    boundaries = gpd.read_file(source, layer="communities").set_index(by).geometry
    assert len(after) == len(before)
    assert set(before.columns) - {"geometry"} <= set(after.columns)
    assert set(report.index) == set(before[by])
    assert set(report["status"]) <= {"optimal", "feasible", "infeasible", "unknown"}
    for code, row in report.iterrows():
        members = after[after[by] == code]
        own = grids[grids[by] == code]
        if row["status"] not in ("optimal", "feasible"):
            assert members["grid"].isna().all()
            assert own.empty
            assert any(character.isdigit() for character in row["reasons_en"]), code
            continue
        assert members["grid"].notna().all()
        sums = members.groupby("grid")["households"].sum()
        assert 4 <= len(sums) <= 8
        assert sums.between(150, 300).all(), code
        assert list(own.sort_values("number")["households"]) == list(sums.sort_index())
        whole = boundaries[code]
        assert own.area.sum() == pytest.approx(whole.area, rel=1e-3)
        assert own.union_all().area == pytest.approx(own.area.sum(), rel=1e-6)
        parts_allowed = 1 if row["joined_over_barriers"] == 0 else shapely.get_num_geometries(whole) + 8
        assert shapely.get_num_geometries(own.geometry.to_numpy()).max() <= parts_allowed, code


@pytest.mark.parametrize("name", ["singapore_queenstown", "olemps_fr"])
def test_real_communities_are_drawn_or_refused_with_numbers(
    shared_data: Path, tmp_path: Path, name: str
) -> None:
    source, output = shared_data / f"{name}.gpkg", tmp_path / "plan.gpkg"
    done = draw(source, output, "--by", "community_id", how=started)
    assert done.returncode == 0, done.stderr
    assert "written to" in done.stdout
    assert_drawn(source, output, "community_id")
    assert not (tmp_path / "no-database").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["shanghai_huangpu_lujiazui_cn", "geneva_ch_scale"])
def test_larger_real_files(shared_data: Path, tmp_path: Path, name: str) -> None:
    source, output = shared_data / f"{name}.gpkg", tmp_path / "plan.gpkg"
    done = draw(source, output, "--by", "community_id")
    assert done.returncode == 0, done.stderr
    assert_drawn(source, output, "community_id")


def test_one_community_without_counts_boundary_or_metric_crs(tmp_path: Path) -> None:
    output = tmp_path / "plan.gpkg"
    done = draw(bubenec_file(), output, "--floors", "5", "--persons-per-household", "3.3", how=started)
    assert done.returncode == 0, done.stderr
    assert "Measured in EPSG:32633" in done.stdout
    assert "households of 130 buildings are estimated" in done.stdout
    assert "has no boundary: a hull of its buildings is used" in done.stderr
    buildings = gpd.read_file(output, layer="buildings")
    sums = buildings.groupby("grid")[["households"]].sum()
    assert sums["households"].between(150, 300).all()
    grids = gpd.read_file(output, layer="grids")
    assert grids["persons"].between(600, 1000).all()
    assert grids.crs == gpd.read_file(bubenec_file(), layer="buildings").crs
    inside = gpd.sjoin(
        buildings.set_geometry(buildings.representative_point()),
        grids[["number", "geometry"]],
        predicate="within",
    )
    assert np.array_equal(inside["grid"].astype(int), inside["number"].astype(int))


def test_neither_the_database_nor_the_compiler_is_loaded(tmp_path: Path) -> None:
    """Both take longer to load than a community takes to draw; the compiled code is kept since the set-up."""
    code = (
        "import atexit, sys; atexit.register(lambda: print(*sys.modules)); from api.cli import main; main()"
    )
    output = tmp_path / "plan.gpkg"
    done = subprocess.run(
        [sys.executable, "-c", code, "draw", bubenec_file(), "-o", output, "--floors", "5"],
        check=True, capture_output=True, text=True, env=os.environ | {"WANGGE_DATA": str(tmp_path / "no-database")},
    )  # fmt: skip
    loaded = set(done.stdout.splitlines()[-1].split())
    assert {"geopandas", "numba", "partitioning.rounds"} <= loaded
    assert "psycopg" not in loaded
    assert "numba.typed.typeddict" not in loaded, (
        "a kernel was compiled: run `make setup-test` after changing one"
    )


def test_without_persons_their_rule_is_left_out_and_said(tmp_path: Path) -> None:
    output = tmp_path / "plan.gpkg"
    done = draw(bubenec_file(), output, "--floors", "5")
    assert "There are no counts of persons: the persons rule is left out" in done.stdout
    assert gpd.read_file(output, layer="grids")["persons"].isna().all()


def test_same_seed_same_plan_and_rules_from_toml(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("grids = [6, 6]\nhouseholds = [200, 400]\npersons = 'off'\n", encoding="utf-8-sig")
    plans = []
    for name in ("one.gpkg", "two.gpkg"):
        done = draw(bubenec_file(), tmp_path / name, "--floors", "5", "--rules", str(rules), "--seed", "3")
        assert done.returncode == 0, done.stderr
        plans.append(gpd.read_file(tmp_path / name, layer="buildings")["grid"])
    assert plans[0].equals(plans[1])
    assert plans[0].nunique() == 6


def test_centres_that_are_buildings_are_named(tmp_path: Path) -> None:
    rules, output = tmp_path / "rules.toml", tmp_path / "plan.gpkg"
    rules.write_text('centres = "buildings"\npersons = "off"\npatches = 2\n')
    done = draw(bubenec_file(), output, "--floors", "5", "--rules", str(rules))
    assert done.returncode == 0, done.stderr
    assert "centre building" in done.stdout
    grids, buildings = (gpd.read_file(output, layer=layer) for layer in ("grids", "buildings"))
    rows = grids["centre"].astype(int) - 1  # without identifiers buildings are numbered from 1
    assert buildings["grid"].iloc[rows].tolist() == grids["number"].tolist()
    assert set(grids["patch"]) == {1, 2}
    assert "patch" in done.stdout
    plain = tmp_path / "plain.gpkg"
    assert draw(bubenec_file(), plain, "--floors", "5", "--persons-per-household", "3.3").returncode == 0
    assert not {"centre", "patch"} & set(gpd.read_file(plain, layer="grids"))


def test_estimated_counts_own_grids_and_tolerances_are_told(tmp_path: Path) -> None:
    """25 blocks 30 m apart, one of 420 households, two without a count; other columns in the way of the result's."""
    x, y = np.meshgrid(500_000 + np.arange(5) * 30.0, 4_400_000 + np.arange(5) * 30.0)
    households = pd.array([30, 34, 26, 40, 28] * 5, dtype="Int64")
    households[7], households[3], households[4] = 420, pd.NA, pd.NA
    town = gpd.GeoDataFrame(
        {"id": [f"B{i}" for i in range(25)], "hh": households, "Households": "as told", "Grid": "A", "floors": 18},
        geometry=shapely.box(x.ravel(), y.ravel(), x.ravel() + 20, y.ravel() + 12), crs="EPSG:4547",
    )  # fmt: skip
    source, output, rules = tmp_path / "town.gpkg", tmp_path / "plan.gpkg", tmp_path / "rules.toml"
    town.to_file(source, layer="buildings")
    rules.write_text(
        'grids = [4, 6]\noversized = "own_grid"\nbalance_tolerance = 0.01\n[soft]\nbalance = 0.1\n'
    )
    options = ("--households", "hh", "--persons-per-household", "2.8", "--rules", str(rules))
    done = draw(source, output, *options)
    assert done.returncode == 0, done.stderr
    buildings, grids, report = (
        gpd.read_file(output, layer=name) for name in ("buildings", "grids", "report")
    )
    assert set(buildings["source_Households"]) == {"as told"}
    assert set(buildings["source_Grid"]) == {"A"}
    assert buildings["hh"].isna().sum() == 2
    assert buildings["households_kind"].value_counts()["estimated"] == 2
    assert set(buildings["persons_kind"]) == {"estimated"}
    for count in ("households", "persons"):
        sums = buildings.groupby("grid")[count].sum()
        assert sums.tolist() == grids.sort_values("number")[count].tolist(), count
    alone = grids.set_index("number")["households"].idxmax()
    assert f"Grid {alone} is the oversized building B7 alone: 420 where" in report["reasons_en"][0]
    ordinary = grids[grids["number"] != alone]["households"]
    uneven = (abs(ordinary / ordinary.mean() - 1) > 0.01).sum()
    assert uneven > 1
    assert done.stdout.count("% off") == uneven


def test_soft_rules_from_toml_are_told_and_workloads_need_counts(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("households = [150, 151]\npersons = 'off'\n[soft]\nhouseholds = 0.5\n", encoding="utf-8")
    done = draw(bubenec_file(), tmp_path / "plan.gpkg", "--floors", "5", "--rules", str(rules))
    assert done.returncode == 0, done.stderr
    report = gpd.read_file(tmp_path / "plan.gpkg", layer="report").loc[0]
    assert report["status"] in ("optimal", "feasible")
    assert "wished for" in report["reasons_en"]
    assert json.loads(report["rules"])["soft"] == {"households": 0.5}
    rules.write_text("[workloads]\nvisits = [1, 2]\n", encoding="utf-8")
    done = draw(bubenec_file(), tmp_path / "other.gpkg", "--floors", "5", "--rules", str(rules))
    assert done.returncode == 1
    assert "visits is a rule, but the problem has no visits" in done.stderr


def test_source_columns_named_like_the_results_are_kept(tmp_path: Path) -> None:
    source = tmp_path / "town.geojson"
    buildings = gpd.read_file(bubenec_file(), layer="buildings")
    buildings.assign(grid="before", households=12, fid=7, number="A").to_file(source, driver="GeoJSON")
    output = tmp_path / "plan.gpkg"
    done = draw(source, output, "--by", "number")
    assert done.returncode == 0, done.stderr
    result = gpd.read_file(output, layer="buildings")
    assert set(result["source_grid"]) == {"before"}
    assert set(result["source_fid"]) == {7}
    assert set(gpd.read_file(output, layer="grids")["community"]) == {"A"}
    assert set(gpd.read_file(output, layer="report")["community"]) == {"A"}
    assert result["grid"].dropna().between(1, 8).all()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--rules", "absent.toml"), "rules file absent.toml cannot be read"),
        (("--grids", "many"), "--grids 'many' is neither a number such as 5 nor a range such as 4-8"),
        (("--grids", "5-"), "--grids '5-' is neither a number"),
        (("--grids", "8-4"), "the least is above the most"),
        (("--buildings", "houses"), "houses"),
        (("--households", "no_such_field"), "no_such_field"),
    ],
)
def test_wrong_options_are_one_clear_error(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    output = tmp_path / "plan.gpkg"
    done = draw(bubenec_file(), output, *options)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not output.exists()


@pytest.mark.parametrize(
    "options", [("--seed", "-1"), ("--colour", "red"), ("second.gpkg",), ("--floors", "many")]
)
def test_a_call_that_is_not_understood_is_another_status(tmp_path: Path, options: tuple[str, ...]) -> None:
    output = tmp_path / "plan.gpkg"
    done = draw(bubenec_file(), output, *options)
    assert done.returncode == 2
    assert options[0] in done.stderr
    assert not output.exists()


def test_wrong_options_are_told_at_once(tmp_path: Path) -> None:
    rules = tmp_path / "rules.toml"
    rules.write_text("households = [300, true]\n", encoding="utf-8")
    options = ("--time-limit", "-1", "--rules", str(rules), "--floors", "900", "--layer", "houses",
               "--field", "households")  # fmt: skip
    done = draw(tmp_path / "absent.gpkg", tmp_path / "absent" / "plan.gpkg", *options)
    assert done.returncode == 1
    for message in (
        "--time-limit -1.0 is not a number of seconds above 0",
        "households = [300, true] must be two whole numbers.",
        "option floors is 900: ",
        "--layer houses is not KEY=VALUE. Write it like --layer buildings=houses",
        "--field households is not KEY=VALUE. Write it like --field households=nb_logts",
        "absent of the result does not exist",
    ):
        assert message in done.stderr
    assert "Traceback" not in done.stderr


def row_of_houses(number: int, **columns: object) -> gpd.GeoDataFrame:
    """Houses of 20 m x 15 m beside each other, with ids and further columns."""
    x, y = 485_200.0, 3_056_000.0
    shapes = [shapely.box(x + 30 * n, y, x + 30 * n + 20, y + 15) for n in range(number)]
    ids = [f"B{n}" for n in range(number)]
    return gpd.GeoDataFrame({"id": ids, **columns}, geometry=shapes, crs="EPSG:4547")


def test_how_a_file_is_read_is_told_and_columns_of_numbers_left_unused(tmp_path: Path) -> None:
    source, output = tmp_path / "town.gpkg", tmp_path / "plan.gpkg"
    houses = row_of_houses(
        10, hs_cnt=30, rk=np.arange(90, 100), floors=6, street="1", yes=True, nothing=pd.NA
    )
    houses.to_file(source, layer="buildings")
    told = draw(source, output, "--grids", "1")
    assert "How the file is read" in told.stdout
    assert re.search(r"│ buildings │ buildings │ 10 +│ source_id +│ id ", told.stdout)
    assert re.search(r"│ floors +│ floors ", told.stdout)
    assert (
        "No field was found for households, persons. Fields of numbers that are not used: hs_cnt, rk, street. If one "
        "of these is meant, name it with --households COLUMN, --persons COLUMN" in told.stdout
    )
    named = draw(source, output, "--grids", "1", "--households", "hs_cnt", "--persons", "rk")
    assert "not used" not in named.stdout
    assert re.search(r"│ households +│ hs_cnt ", named.stdout)


def test_an_empty_cell_in_the_column_of_communities_is_the_fault(tmp_path: Path) -> None:
    source = tmp_path / "town.gpkg"
    row_of_houses(4, households=30, town=[None, "A", "A", "A"]).to_file(source, layer="buildings")
    done = draw(source, tmp_path / "plan.gpkg", "--by", "town")
    assert done.returncode == 1
    fault = "buildings, row 1, id B0, town: no community is named, and the building lies in no community's boundary"
    assert f"{fault}. Fill in the community's code, or add its boundary" in done.stderr


def test_details_of_two_communities_say_whose_they_are(tmp_path: Path) -> None:
    source = tmp_path / "town.gpkg"
    row_of_houses(8, households=50, town=list("AAAABBBB")).to_file(source, layer="buildings")
    done = draw(source, tmp_path / "plan.gpkg", "--by", "town", "--grids", "1")
    assert done.returncode == 0, done.stderr
    heads = [line for line in done.stdout.splitlines() if line.startswith(("community ", "result: "))]
    assert [head.split(" ")[0] for head in heads] == ["community", "result:", "community", "result:"]
    assert heads[::2] == ["community A", "community B"]


def test_persons_of_the_file_go_before_those_by_household(tmp_path: Path) -> None:
    source, output = tmp_path / "town.gpkg", tmp_path / "plan.gpkg"
    houses = row_of_houses(4, households=50, rk=pd.array([200, 210, pd.NA, 220], dtype="Int64"))
    houses.to_file(source, layer="buildings")
    done = draw(source, output, "--grids", "1", "--persons", "rk", "--persons-per-household", "3")
    assert done.returncode == 0, done.stderr
    buildings = gpd.read_file(output, layer="buildings")
    assert buildings["rk"].tolist()[3] == 220
    assert buildings["persons"].tolist() == [200, 210, 150, 220]
    assert buildings["persons_kind"].tolist() == ["real", "real", "estimated", "real"]


def test_the_number_of_grids_told_goes_before_that_of_the_rules(tmp_path: Path) -> None:
    source, output, rules = tmp_path / "town.gpkg", tmp_path / "plan.gpkg", tmp_path / "rules.toml"
    row_of_houses(8, households=50).to_file(source, layer="buildings")
    rules.write_text("grids = [3, 3]\nhouseholds = [100, 300]\n", encoding="utf-8")
    done = draw(source, output, "--rules", str(rules), "--grids", "2")
    assert done.returncode == 0, done.stderr
    assert gpd.read_file(output, layer="grids")["number"].tolist() == [1, 2]


def test_a_block_too_large_for_a_grid_is_split_along_its_axis(tmp_path: Path) -> None:
    """100 | 400 | 100 in a row, grids of 200: the block of 100 m gives a quarter of itself to either side.

    +------------+-----+------------+   the ground is 300 m x 100 m, cut at x = 125 and at x = 175
    | a     bbbbb|bbbbb|bbbbb     c |
    +------------+-----+------------+
    """
    source, output, rules = tmp_path / "row.gpkg", tmp_path / "plan.gpkg", tmp_path / "rules.toml"
    x, y = 485_200.0, 3_056_000.0
    shapes = [(20, 40), (100, 200), (260, 280)]
    houses = gpd.GeoDataFrame(
        {"id": ["a", "b", "c"], "households": [100, 400, 100]},
        geometry=[shapely.box(x + west, y + 40, x + east, y + 60) for west, east in shapes], crs="EPSG:4547",
    )  # fmt: skip
    houses.to_file(source, layer="buildings")
    ground = gpd.GeoDataFrame(geometry=[shapely.box(x, y, x + 300, y + 100)], crs="EPSG:4547")
    ground.to_file(source, layer="boundary")
    rules.write_text('grids = [3, 3]\nhouseholds = [200, 200]\noversized = "split"\n', encoding="utf-8")

    done = draw(source, output, "--rules", str(rules))

    assert done.returncode == 0, done.stderr
    assert "Buildings split among grids, estimated along their long axis: 1 (b)" in " ".join(
        done.stdout.replace("│", " ").split()
    )
    grids = gpd.read_file(output, layer="grids").sort_values("number")
    assert grids["households"].tolist() == [200, 200, 200]
    assert grids["buildings"].tolist() == [2, 1, 2]
    assert grids.area.round().tolist() == [12_500, 5_000, 12_500]
    assert gpd.read_file(output, layer="buildings")["grid"].tolist() == [1, 2, 3]
    parts = gpd.read_file(output, layer="building_parts")
    assert set(parts["building"]) == {"b"}
    assert parts["estimated"].all()
    assert parts.groupby("grid")["households"].sum().to_dict() == {1: 100, 2: 200, 3: 100}
    assert parts.area.sum() == pytest.approx(2_000)
    bounds = parts.dissolve("grid").bounds
    assert (bounds["maxx"] - x).round().tolist() == [125, 175, 200]
    (row,) = gpd.read_file(output, layer="report").itertuples()
    assert (row.buildings_split, row.split) == (1, "b")


def test_every_connected_community_is_drawn_where_blocks_may_be_split(
    shared_data: Path, tmp_path: Path
) -> None:
    rules, output = tmp_path / "rules.toml", tmp_path / "plan.gpkg"
    rules.write_text('oversized = "split"\n', encoding="utf-8")
    source = shared_data / "singapore_queenstown.gpkg"
    done = draw(source, output, "--rules", str(rules), "--by", "community_id")
    assert done.returncode == 0, done.stderr
    report = gpd.read_file(output, layer="report").set_index("community_id")
    assert set(report["status"]) <= {"optimal", "feasible"}
    grids, parts = gpd.read_file(output, layer="grids"), gpd.read_file(output, layer="building_parts")
    assert grids["households"].between(150, 300).all()
    buildings = gpd.read_file(output, layer="buildings")
    whole = buildings[~buildings["osm_id"].astype(str).isin(parts["building"])]
    by = ["community_id", "grid"]
    sums = pd.concat([whole[[*by, "households"]], parts[[*by, "households"]]]).groupby(by)["households"].sum()
    assert sums.tolist() == grids.sort_values(["community_id", "number"])["households"].tolist()
    boundaries = gpd.read_file(source, layer="communities").set_index("community_id").geometry
    tiled = grids.dissolve("community_id").area / boundaries.area
    assert tiled.to_numpy() == pytest.approx(1, rel=1e-3)


def test_faulty_file_writes_nothing_and_keeps_an_older_result(tmp_path: Path) -> None:
    source = tmp_path / "town.gpkg"
    buildings = gpd.read_file(bubenec_file(), layer="buildings")
    buildings.assign(households=-1).to_file(source, layer="buildings")
    output = tmp_path / "plan.gpkg"
    output.write_text("an older result")
    done = draw(source, output)
    assert done.returncode == 1
    assert "-1" in done.stderr
    assert output.read_text() == "an older result"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plan.gpkg", "town.gpkg"]


def test_output_must_be_a_geopackage_in_a_folder_that_exists(tmp_path: Path) -> None:
    folder = tmp_path / "folder.gpkg"
    folder.mkdir()
    for output, message in (
        (tmp_path / "plan.csv", "should end in .gpkg"),
        (tmp_path / "no" / "plan.gpkg", "does not exist; make it first"),
        (bubenec_file(), "would overwrite its source"),
        (folder, "is a folder; name a file in it"),
    ):
        with pytest.raises(InvalidInputError, match=re.escape(message)):
            result_place(str(bubenec_file()), output)


def test_infeasible_community_says_why(tmp_path: Path) -> None:
    output = tmp_path / "plan.gpkg"
    done = draw(bubenec_file(), output, "--floors", "1")
    assert done.returncode == 0
    report = gpd.read_file(output, layer="report")
    assert report.loc[0, "status"] == "infeasible"
    assert "households" in report.loc[0, "reasons_en"]
    assert "户" in report.loc[0, "reasons_zh"]
    assert gpd.read_file(output, layer="buildings")["grid"].isna().all()
    assert json.loads(report.loc[0, "rules"])["households"] == [150, 300]
