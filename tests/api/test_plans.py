from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from shapely import union_all
from shapely.geometry import Point, shape

from gis_core.layers.plan_views import reason_text
from gis_core.plans.checks import check_band, grid_checks, grid_parts, plan_checks
from tests.towns.town_sql import CODE, GRID_OF


def get(client: TestClient, path: str) -> Any:
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


def test_each_grid_is_held_against_each_rule(client: TestClient, plan: int) -> None:
    """Grid 1: 10 + 20 + 70 + 80 = 180 households, grid 2: 260, grid 3: 220; the rule is 150-220."""
    grids = get(client, f"/plans/{plan}")["grids"]
    held = [(row["number"], row["households"], row["rules"]["households"]) for row in grids]
    assert held == [
        (1, 180, {"value": 180, "low": 150, "high": 220, "held": True, "by": 0}),
        (2, 260, {"value": 260, "low": 150, "high": 220, "held": False, "by": 40}),
        (3, 220, {"value": 220, "low": 150, "high": 220, "held": True, "by": 0}),
    ]
    assert [row["rules"]["persons"]["by"] for row in grids] == [0, 180, 60]
    assert [row["rules"]["contiguity"]["value"] for row in grids] == [1, 1, 2]


def test_a_building_that_is_a_grid_of_its_own_may_exceed_the_band(
    client: TestClient, pg: psycopg.Connection, plan: int
) -> None:
    pg.execute('UPDATE plan SET rules = rules || \'{"oversized": "own_grid"}\'')
    pg.execute("UPDATE grid SET buildings = 1 WHERE number = 2")
    pg.commit()
    check = get(client, f"/plans/{plan}")["grids"][1]["rules"]["households"]
    assert (check["held"], check["excused"], check["by"]) == (True, True, 40)


def test_the_plan_tells_status_reasons_and_totals(client: TestClient, plan: int) -> None:
    found = get(client, f"/plans/{plan}?lang=en")
    assert (found["community"], found["version"], found["status"], found["seed"]) == (CODE, 1, "draft", 7)
    assert found["engine"] | {"scores": None} == {
        "status": "feasible", "objective": 120.5, "bound": 100.0, "gap": 0.17, "scores": None,
    }  # fmt: skip
    assert found["reasons"][0]["text"] == "Grid 1 has 140 households, fewer than 150."
    assert found["checks"]["grids"] == {"value": 3, "low": 3, "high": 8, "held": True, "by": 0}
    assert found["totals"] == {"buildings": 12, "households": 660, "persons": 1980}
    assert found["unassigned"] == {"buildings": 0, "households": 0, "persons": 0}


def test_persons_that_nobody_counted_are_unknown_and_not_0(
    client: TestClient, pg: psycopg.Connection, plan: int
) -> None:
    pg.execute("UPDATE building SET persons = 0, persons_kind = 'none'")
    pg.execute("UPDATE grid SET persons = NULL")
    pg.execute("UPDATE plan SET rules = rules || '{\"persons\": null}'")
    pg.execute("UPDATE layer_version SET version = version + 1")
    pg.commit()
    found = get(client, f"/plans/{plan}")
    assert [row["persons"] for row in found["grids"]] == [None, None, None]
    assert [row["rules"]["persons"] for row in found["grids"]] == [None, None, None]
    assert found["totals"]["persons"] is None
    assert get(client, "/communities")["communities"][0]["persons"] is None
    assert get(client, f"/communities/{CODE}")["totals"]["persons"] is None


def test_texts_follow_the_language_and_so_does_the_etag(client: TestClient, plan: int) -> None:
    chinese = client.get(f"/plans/{plan}")
    assert chinese.json()["reasons"][0]["text"] == "网格 1 只有 140 户，少于 150 户。"
    english = client.get(f"/plans/{plan}?lang=en", headers={"If-None-Match": chinese.headers["ETag"]})
    assert english.status_code == 200


def test_a_building_in_no_grid_counts_as_unassigned(
    client: TestClient, pg: psycopg.Connection, plan: int
) -> None:
    pg.execute("DELETE FROM assignment WHERE building_id = 4")
    pg.commit()
    assert get(client, f"/plans/{plan}")["unassigned"] == {"buildings": 1, "households": 40, "persons": 120}
    assert "4" not in get(client, f"/plans/{plan}/assignments")


def test_every_change_of_a_plan_is_shown_at_once(
    client: TestClient, pg: psycopg.Connection, plan: int
) -> None:
    etag = client.get(f"/plans/{plan}").headers["ETag"]
    assert client.get(f"/plans/{plan}", headers={"If-None-Match": etag}).status_code == 304
    pg.execute("UPDATE plan SET status = 'proposed'")
    pg.commit()
    assert client.get(f"/plans/{plan}", headers={"If-None-Match": etag}).json()["status"] == "proposed"


def test_assignments_name_the_grid_of_each_building(client: TestClient, plan: int) -> None:
    found = get(client, f"/plans/{plan}/assignments")
    assert found == {str(building): grid for building, grid in GRID_OF.items()}


def test_grids_tile_the_boundary_and_their_labels_lie_inside(client: TestClient, plan: int) -> None:
    features = get(client, f"/plans/{plan}/grids")["features"]
    boundary = shape(get(client, f"/communities/{CODE}")["boundary"])
    areas = [shape(one["geometry"]) for one in features]
    assert union_all(areas).symmetric_difference(boundary).area == pytest.approx(0, abs=1e-12)
    for one, area in zip(features, areas, strict=True):
        assert area.contains(Point(one["properties"]["label"]))


def test_plans_are_listed_newest_first(client: TestClient, plan: int) -> None:
    (row,) = get(client, f"/communities/{CODE}/plans")["plans"]
    assert (row["id"], row["version"], row["engine_status"], row["grids"]) == (plan, 1, "feasible", 3)


@pytest.mark.parametrize("part", ["", "/grids", "/assignments"])
def test_an_unknown_plan_is_named(client: TestClient, part: str) -> None:
    response = client.get(f"/plans/77{part}?lang=en")
    assert response.status_code == 404
    assert response.json()["detail"] == "There is no plan with the id 77."


def test_a_plan_without_grids_has_reasons_only(client: TestClient, pg: psycopg.Connection, plan: int) -> None:
    pg.execute("DELETE FROM grid")
    pg.execute("UPDATE plan SET engine = jsonb_set(engine, '{status}', '\"infeasible\"')")
    pg.commit()
    found = get(client, f"/plans/{plan}")
    assert (found["engine"]["status"], found["grids"], found["checks"]["grids"]) == ("infeasible", [], None)
    assert found["unassigned"]["buildings"] == 12


@pytest.mark.parametrize(("value", "by"), [(149, -1), (150, 0), (300, 0), (301, 1)])
def test_the_ends_of_a_band_belong_to_it(value: int, by: int) -> None:
    check = check_band(value, [150, 300])
    assert check is not None
    assert (check["held"], check["by"]) == (by == 0, by)


def test_an_engine_that_did_not_say_leaves_contiguity_open() -> None:
    assert grid_parts(None) is None
    assert plan_checks({}, 1, None)["contiguity"] is None


def test_a_rule_left_out_is_no_check() -> None:
    assert check_band(5, None) is None


def test_balance_is_held_against_what_the_engine_judged() -> None:
    rules = {"grids": [1, 3], "balance_tolerance": 0.1}
    assert plan_checks(rules, 3, {"deviation": 0.2})["balance_tolerance"] == {
        "value": 0.2, "low": 0.0, "high": 0.1, "held": False, "by": 0.1,
    }  # fmt: skip
    assert plan_checks(rules, 3, {"deviation": 0.1})["balance_tolerance"]["held"]
    assert set(plan_checks(rules, 0, None).values()) == {None}


def test_an_oversized_building_is_bound_by_no_band_at_all() -> None:
    """400 households are above 150-300, so that its 500 persons below 600-1000 are excused too."""
    rules = {"oversized": "own_grid", "households": [150, 300], "persons": [600, 1000]}
    found = grid_checks({"number": 1, "households": 400, "persons": 500, "buildings": 1}, rules, None)
    assert {
        name: (check["held"], check["excused"], check["by"]) for name, check in found.items() if check
    } == {
        "households": (True, True, 100),
        "persons": (True, True, -100),
    }


def test_a_building_below_the_bands_is_not_excused() -> None:
    rules = {"oversized": "own_grid", "households": [150, 300]}
    found = grid_checks({"number": 1, "households": 100, "persons": None, "buildings": 1}, rules, None)
    assert found["households"] == check_band(100, [150, 300])


def test_a_reason_in_one_language_only_is_still_told() -> None:
    assert reason_text({"text": {"en": "too few"}}, "zh") == "too few"
