"""Drawing in the database and the life of a plan, on a real neighbourhood."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import numpy as np
import psycopg
import pytest
from rich.console import Console

from api.commands.plan_table import GridRow, print_plan
from gis_core.db import connect
from gis_core.editing import versions
from gis_core.editing.admission import Request
from gis_core.editing.ground import Places
from gis_core.editing.rules import EditKind, Move
from gis_core.editing.service import move_buildings
from gis_core.errors import ConflictError, NotFoundError, StaleError
from gis_core.layers.plan_views import plan_summary
from gis_core.plans import store
from gis_core.plans.export_store import plan_frames
from gis_core.plans.rules import PlanStatus
from gis_core.plans.service import draw_plan
from partitioning import Rules
from tests.towns.bubenec import import_bubenec

CODE = "110108003007"
NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.fixture
def town(pg: psycopg.Connection) -> psycopg.Connection:
    import_bubenec(pg, CODE)
    return pg


def draw(connection: psycopg.Connection, rules: Rules | None = None, seed: int = 1) -> store.PlanKey:
    return draw_plan(connection, CODE, rules or Rules(), seed=seed, by="a planner", now=NOW).key


def change_status(connection: psycopg.Connection, name: str, after: PlanStatus, now: datetime) -> None:
    plan = store.find_plan(connection, name).id
    versions.change_status(connection, Places(), plan, after, by="a planner", now=now)


def test_drawn_plan_keeps_every_rule_in_the_database_too(town: psycopg.Connection) -> None:
    key = draw(town)
    assert str(key) == f"{CODE}@1"
    rows = town.execute(
        "SELECT number, count(*), sum(b.households), sum(b.persons), max(g.households), max(g.persons),"
        " max(g.buildings) FROM assignment a JOIN building b ON b.id = a.building_id"
        " JOIN grid g ON g.plan_id = a.plan_id AND g.number = a.grid_number WHERE a.plan_id = %s"
        " GROUP BY number ORDER BY number",
        [key.id],
    ).fetchall()
    assert [row[0] for row in rows] == list(range(1, len(rows) + 1))
    assert 4 <= len(rows) <= 8
    for _, buildings, households, persons, grid_households, grid_persons, grid_buildings in rows:
        assert (buildings, households, persons) == (grid_buildings, grid_households, grid_persons)
        assert 150 <= households <= 300
        assert 600 <= persons <= 1000
    total = town.execute("SELECT count(*) FROM building").fetchone()
    assert total == (sum(row[1] for row in rows),)


def test_grids_tile_the_boundary_by_postgis(town: psycopg.Connection) -> None:
    key = draw(town)
    row = town.execute(
        "SELECT ST_Area(ST_Union(ST_Transform(area, srid))), sum(ST_Area(ST_Transform(area, srid))),"
        " max(whole), sum(area_m2), bool_and(ST_NumGeometries(area) = 1) FROM grid,"
        " LATERAL (SELECT metric_srid::int AS srid, ST_Area(ST_Transform(boundary, metric_srid::int)) AS whole"
        "          FROM community WHERE community.id = community_id) AS place WHERE plan_id = %s",
        [key.id],
    ).fetchone()
    assert row is not None
    union, parts, whole, stated, single = row
    assert np.allclose([union, parts, stated], whole, rtol=1e-6)
    assert single


def test_grids_are_numbered_west_to_east_with_15_digit_codes(town: psycopg.Connection) -> None:
    key = draw(town)
    rows = town.execute(
        "SELECT g.number, g.code, avg(ST_X(ST_Centroid(ST_Transform(footprint, 32633)))) FROM grid g"
        " JOIN assignment a ON a.plan_id = g.plan_id AND a.grid_number = g.number"
        " JOIN building b ON b.id = a.building_id WHERE g.plan_id = %s GROUP BY 1, 2 ORDER BY 1",
        [key.id],
    ).fetchall()
    assert [row[1] for row in rows] == [f"{CODE}{number:03d}" for number in range(1, len(rows) + 1)]
    east = [row[2] for row in rows]
    assert east == sorted(east)


def test_same_seed_draws_the_same_plan_as_the_next_version(town: psycopg.Connection) -> None:
    first, second = draw(town, seed=7), draw(town, seed=7)
    assert (first.version, second.version) == (1, 2)
    differ = town.execute(
        "SELECT count(*) FROM assignment a JOIN assignment b USING (building_id)"
        " WHERE a.plan_id = %s AND b.plan_id = %s AND a.grid_number <> b.grid_number",
        [first.id, second.id],
    ).fetchone()
    assert differ == (0,)


def test_impossible_rules_are_saved_with_reasons_and_without_grids(town: psycopg.Connection) -> None:
    key = draw(town, Rules(grids=(2, 3)))
    plan = store.read_plan(town, key)
    assert plan.engine["status"] == "infeasible"
    assert plan.grids == ()
    texts = [reason["text"] for reason in plan.engine["reasons"]]
    assert any("households" in text["en"] and "300" in text["en"] for text in texts)
    assert any("户" in text["zh"] for text in texts)
    with pytest.raises(ConflictError, match="cannot become proposed: 144 buildings have no grid"):
        change_status(town, str(key), PlanStatus.PROPOSED, NOW)


def test_a_plan_that_breaks_a_rule_is_refused_in_words_about_this_plan(town: psycopg.Connection) -> None:
    key = draw(town)
    grids = len(store.read_plan(town, key).grids)
    town.execute("UPDATE plan SET rules = jsonb_set(rules, '{grids}', '[2, 3]') WHERE id = %s", [key.id])
    with pytest.raises(ConflictError) as refused:
        change_status(town, str(key), PlanStatus.PROPOSED, NOW)
    assert refused.value.text("zh") == (
        f"方案 {CODE}@1 不能变为拟定：方案有 {grids} 个网格，规则限为 3。请先修补或补全方案，或修改规则，然后再试。"
    )
    assert f"The plan has {grids} grids; the rule's limit is 3." in refused.value.text("en")


def test_soft_rules_are_stored_and_what_a_plan_breaks_of_them_is_told(town: psycopg.Connection) -> None:
    rules = Rules(households=(150, 160), persons=None, soft={"households": 0.5, "grids": 2})
    key = draw(town, rules)
    plan = store.read_plan(town, key)
    assert Rules.from_dict(plan.rules) == rules
    assert plan.engine["status"] in ("optimal", "feasible")
    assert plan.engine["scores"]["soft_cost"] > 0
    soft = plan.engine["notes"]
    assert {one["rule"] for one in soft} <= {"households", "grids"}
    assert "wished for" in soft[0]["text"]["en"]
    told = [reason["text"] for reason in plan_summary(town, key.id, "zh", Places())["reasons"]]
    assert [one["text"]["zh"] for one in soft] == told
    change_status(town, str(key), PlanStatus.PROPOSED, NOW)
    console = Console(width=200, record=True)
    grids = [GridRow(g.number, None, g.households, None, g.buildings, g.area_m2) for g in plan.grids]
    print_plan(console, grids, rules, plan.engine, "en")
    text = console.export_text()
    assert text.count("~ ") == len([one for one in soft if one["rule"] == "households"])
    assert soft[0]["text"]["en"] in text


def test_adopting_issues_codes_and_retires_the_plan_in_force(town: psycopg.Connection) -> None:
    first, second = draw(town, seed=1), draw(town, seed=2)
    for key, when in ((first, NOW), (second, LATER)):
        change_status(town, str(key), PlanStatus.PROPOSED, when)
        change_status(town, str(key), PlanStatus.ADOPTED, when)
    status = dict(town.execute("SELECT version, status FROM plan").fetchall())
    assert status == {1: "retired", 2: "adopted"}
    grids = town.execute(
        "SELECT version, code, valid_from, valid_to FROM grid JOIN plan ON plan.id = plan_id ORDER BY code"
    ).fetchall()
    assert len({row[1] for row in grids}) == len(grids)
    assert all(row[2:] == ((NOW, LATER) if row[0] == 1 else (LATER, None)) for row in grids)


def test_adopting_twice_is_refused(town: psycopg.Connection) -> None:
    key = draw(town)
    change_status(town, str(key), PlanStatus.PROPOSED, NOW)
    change_status(town, str(key), PlanStatus.ADOPTED, NOW)
    with pytest.raises(ConflictError, match="is adopted and cannot become adopted; it can become: retired"):
        change_status(town, str(key), PlanStatus.ADOPTED, NOW)


def test_two_adoptions_at_once_follow_each_other(town: psycopg.Connection, database_url: str) -> None:
    """The second waits for the first, so that it retires the first's plan and issues codes of its own."""
    first, second = draw(town, seed=1), draw(town, seed=2)
    for key in (first, second):
        change_status(town, str(key), PlanStatus.PROPOSED, NOW)
    town.commit()

    def adopt_second() -> None:
        with connect(database_url) as connection:
            change_status(connection, str(second), PlanStatus.ADOPTED, LATER)

    change_status(town, str(first), PlanStatus.ADOPTED, NOW)
    with ThreadPoolExecutor() as beside, connect(database_url) as watcher:
        adopted = beside.submit(adopt_second)
        waiting = (
            "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        while not adopted.done() and watcher.execute(waiting).fetchone() is None:
            watcher.rollback()
        town.commit()
        adopted.result()
    rows = town.execute("SELECT version, status, count(DISTINCT code) FROM plan JOIN grid ON plan_id = plan.id"
                        " GROUP BY 1, 2 ORDER BY 1").fetchall()  # fmt: skip
    assert [row[:2] for row in rows] == [(1, "retired"), (2, "adopted")]
    codes = town.execute("SELECT count(*), count(DISTINCT code) FROM grid").fetchone()
    assert codes is not None
    assert codes[0] == codes[1] == sum(row[2] for row in rows)


def test_a_plan_changed_meanwhile_is_not_overwritten(town: psycopg.Connection) -> None:
    key = draw(town)
    change_status(town, str(key), PlanStatus.PROPOSED, NOW)
    with pytest.raises(StaleError, match="is at revision 1 now; it was changed by a planner") as refused:
        versions.change_status(town, Places(), key.id, PlanStatus.ADOPTED, by="another", now=NOW, revision=0)
    assert [edit["details"] for edit in refused.value.more["delta"]["edits"]] == [
        {"before": "draft", "after": "proposed"}
    ]


def test_plans_are_found_by_id_version_and_community(town: psycopg.Connection) -> None:
    first, second = draw(town), draw(town)
    assert store.find_plan(town, str(first.id)) == first
    assert store.find_plan(town, f"{CODE}@1") == first
    assert store.find_plan(town, CODE) == second
    change_status(town, str(first), PlanStatus.PROPOSED, NOW)
    change_status(town, str(first), PlanStatus.ADOPTED, NOW)
    assert store.find_plan(town, CODE).id == first.id


def test_a_plan_that_splits_a_building_is_stored_with_its_parts(town: psycopg.Connection) -> None:
    """The largest building gets 700 households, more than two grids hold: its parts lie in three grids or more."""
    query = "SELECT id, source_id FROM building ORDER BY ST_Area(footprint) DESC LIMIT 1"
    building, name = town.execute(query).fetchone() or (0, "")
    town.execute("UPDATE building SET households = 700, persons = 2300 WHERE id = %s", [building])
    rules = Rules(grids=(4, 12), households=(150, 300), persons=None, oversized="split")
    key = draw(town, rules)
    parts = town.execute(
        "SELECT grid_number, sum(households), bool_and(estimated), sum(ST_Area(ST_Transform(footprint, 5514)))"
        " FROM building_part WHERE plan_id = %s AND building_id = %s GROUP BY 1 ORDER BY 2 DESC",
        [key.id, building],
    ).fetchall()
    assert len(parts) >= 3
    assert sum(part[1] for part in parts) == 700
    assert all(part[2] for part in parts)
    whole = town.execute(
        "SELECT ST_Area(ST_Transform(footprint, 5514)) FROM building WHERE id = %s", [building]
    ).fetchone()
    assert whole is not None
    assert sum(part[3] for part in parts) == pytest.approx(whole[0], rel=1e-6)
    major = town.execute(
        "SELECT grid_number FROM assignment WHERE plan_id = %s AND building_id = %s", [key.id, building]
    ).fetchone()
    assert major == (parts[0][0],)
    plan = store.read_plan(town, key)
    assert plan.engine["split"][name] == len(parts)
    assert all(150 <= grid.households <= 300 for grid in plan.grids)
    held = dict(town.execute(
        "SELECT grid_number, sum(households) FROM ("
        "SELECT grid_number, households FROM assignment JOIN building ON building.id = building_id"
        " WHERE plan_id = %(plan)s AND building_id NOT IN (SELECT building_id FROM building_part"
        " WHERE plan_id = %(plan)s) UNION ALL SELECT grid_number, households FROM building_part"
        " WHERE plan_id = %(plan)s) AS piece GROUP BY 1",
        {"plan": key.id},
    ).fetchall())  # fmt: skip
    assert held == {grid.number: grid.households for grid in plan.grids}


def test_patches_are_stored_until_the_plan_is_edited(town: psycopg.Connection) -> None:
    key = draw(town, Rules(patches=2))
    plan = store.read_plan(town, key)
    assert set(plan.patches) == {grid.number for grid in plan.grids}
    assert set(plan.patches.values()) == {1, 2}
    told = plan_summary(town, key.id, "zh", Places())["grids"]
    assert {grid["number"]: grid["patch"] for grid in told} == plan.patches
    frames = plan_frames(town, str(key), Places())
    assert dict(zip(frames.grids["number"], frames.grids["patch"], strict=True)) == plan.patches
    assert frames.description()["engine_status"] == plan.engine["status"]

    building, grid = town.execute(
        "SELECT building_id, grid_number FROM assignment WHERE plan_id = %s ORDER BY building_id LIMIT 1",
        [key.id],
    ).fetchone() or (0, 0)
    move = Move(building, grid, 1 if grid != 1 else 2)
    move_buildings(town, Places(), Request(key.id, 0, "a planner", NOW), [move], kind=EditKind.CLICK)
    assert store.read_plan(town, key).patches == {}
    assert {grid["patch"] for grid in plan_summary(town, key.id, "zh", Places())["grids"]} == {None}
    edited = plan_frames(town, str(key), Places())
    assert "patch" not in edited.grids
    assert (edited.description()["engine_status"], edited.description()["objective"]) == ("edited", None)


def test_what_is_absent_is_named_with_the_way_out(town: psycopg.Connection) -> None:
    with pytest.raises(NotFoundError, match=f"no community 'x'. The database holds: {CODE}.*wangge import"):
        store.load_town(town, "x")
    with pytest.raises(NotFoundError, match=r"There is no plan 'x@3'.*wangge draw"):
        store.find_plan(town, "x@3")


def test_counts_unknown_to_a_community_leave_the_persons_rule_out(town: psycopg.Connection) -> None:
    town.execute("UPDATE building SET persons = 0, persons_kind = 'none'")
    plan = store.read_plan(town, draw(town))
    assert plan.rules["persons"] is None
    assert all(grid.persons is None for grid in plan.grids)


def test_a_redraw_knows_the_plan_in_force_and_moves_few_households(town: psycopg.Connection) -> None:
    first = draw(town)
    change_status(town, str(first), PlanStatus.PROPOSED, NOW)
    change_status(town, str(first), PlanStatus.ADOPTED, NOW)
    stored = store.load_town(town, CODE)
    assert stored.in_force == first.id
    assert stored.town.current is not None
    assert stored.town.current.min() >= 1
    second = draw(town, Rules(preset="stable"), seed=5)
    plan = store.read_plan(town, second)
    assert plan.engine["scores"]["households_moved"] < stored.town.households.sum() / 4
    row = town.execute("SELECT based_on FROM plan WHERE id = %s", [second.id]).fetchone()
    assert row == (first.id,)
