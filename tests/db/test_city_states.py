"""States of communities follow whoever writes, and agree with the engine's own judge."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import psycopg
import pytest

from gis_core.city.states import check_grounds, refresh_states
from gis_core.editing.ground import read_place
from gis_core.editing.standing import stand
from gis_core.editing.store import read_labels
from partitioning import Rules
from tests.towns.town_sql import CODE, EAST, LAT, LON, NORTH, build, insert_plan

KEPT = {"grids": [3, 8], "households": [150, 300], "persons": None}
"""The plan of the drawn town has 180, 260 and 220 households a grid, and keeps these."""


@pytest.fixture
def plan(pg: psycopg.Connection) -> int:
    return build(pg)


def adopt(pg: psycopg.Connection, plan: int, **rules: Any) -> None:
    changed = json.dumps(KEPT | rules)
    pg.execute("UPDATE plan SET status = 'adopted', rules = %s WHERE id = %s", [changed, plan])


def state(pg: psycopg.Connection, *columns: str) -> Any:
    """Columns of the town's state, brought up to date."""
    refresh_states(pg)
    row = pg.execute(f"SELECT {', '.join(columns)} FROM community_state").fetchone()
    assert row is not None
    return row if len(columns) > 1 else row[0]


def broken(pg: psycopg.Connection) -> list[tuple[Any, ...]]:
    """(rule, grid, value, low, high) of each broken rule."""
    keys = ("rule", "grid", "value", "low", "high")
    return [tuple(one[key] for key in keys) for one in state(pg, "broken")]


def settle(pg: psycopg.Connection) -> None:
    """Everything that readers do after a change, done."""
    refresh_states(pg)
    check_grounds(pg, 9)
    refresh_states(pg)


def version(pg: psycopg.Connection) -> int:
    row = pg.execute("SELECT version FROM layer_version WHERE layer = 'states'").fetchone()
    return row[0] if row else 0


def test_a_plan_on_its_way_from_draft_to_retired(pg: psycopg.Connection, plan: int) -> None:
    columns = ("plan_id", "underway", "grids")
    assert state(pg, *columns) == (None, "draft", 0)
    for status, expected in (
        ("proposed", (None, "proposed", 0)),
        ("adopted", (plan, None, 3)),
        ("retired", (None, None, 0)),
    ):
        pg.execute("UPDATE plan SET status = %s WHERE id = %s", [status, plan])
        assert state(pg, *columns) == expected
    assert state(pg, "buildings", "households", "persons") == (12, 660, 1980)


def test_what_is_furthest_underway_counts_and_what_is_deleted_does_not(
    pg: psycopg.Connection, plan: int
) -> None:
    adopt(pg, plan)
    community = state(pg, "community_id")
    draft = insert_plan(pg, community=community, version=2)
    proposal = insert_plan(pg, community=community, version=3, status="proposed")
    for gone, expected in ((None, "proposed"), (proposal, "draft"), (draft, None)):
        pg.execute("DELETE FROM plan WHERE id = %s", [gone])
        assert state(pg, "plan_id", "underway") == (plan, expected)


def test_counts_that_change_break_rules_and_mend_them(pg: psycopg.Connection, plan: int) -> None:
    """Grid 2 has the buildings 3, 4, 9 and 10: 260 households, 261 with one more in building 3."""
    adopt(pg, plan, households=[150, 260], persons=[500, 790])
    assert broken(pg) == []
    pg.execute("UPDATE building SET households = 31, persons = 101 WHERE id = 3")
    assert broken(pg) == [("households", 2, 261, 150, 260), ("persons", 2, 791, 500, 790)]
    pg.execute("UPDATE building SET households = 30, persons = 90 WHERE id = 3")
    assert broken(pg) == []


def test_persons_that_nobody_counts_break_nothing(pg: psycopg.Connection, plan: int) -> None:
    adopt(pg, plan, persons=[1, 2])
    assert len(broken(pg)) == 3
    pg.execute("UPDATE building SET persons_kind = 'none'")
    assert broken(pg) == []
    assert state(pg, "persons") is None


def test_a_new_building_is_in_no_grid(pg: psycopg.Connection, plan: int) -> None:
    adopt(pg, plan)
    settle(pg)
    pg.execute(
        "INSERT INTO building (id, dataset_id, source_id, community_id, footprint) OVERRIDING SYSTEM VALUE"
        " SELECT 99, dataset_id, 'new', community_id, ST_Translate(footprint, %s, 0) FROM building WHERE id = 6",
        [EAST / 2],
    )
    assert broken(pg) == [("unassigned", None, 1, 0, 0)]
    assert state(pg, "ground_changed_at IS NOT NULL")


def test_an_estate_that_is_split_more_often_than_allowed(pg: psycopg.Connection, plan: int) -> None:
    """Pond (1, 2, 3) and Orchard (7, 8, 9) lie in the grids 1 and 2 each: two splits."""
    adopt(pg, plan, estate_splits=2)
    assert broken(pg) == []
    pg.execute("UPDATE building SET estate_id = (SELECT estate_id FROM building WHERE id = 1) WHERE id = 6")
    assert broken(pg) == [("estates", None, 3, 0, 2)]


def test_a_split_building_counts_as_its_parts_do(pg: psycopg.Connection, plan: int) -> None:
    """Building 3 (30 households) lies in grid 2; 10 of them go to grid 1, and 20 once it has 60."""
    for number, grid, households in ((1, 1, 10), (2, 2, 20)):
        pg.execute(
            "INSERT INTO building_part VALUES (%s, 3, %s, %s, %s, %s, true)",
            [plan, number, grid, households, 3 * households],
        )
    adopt(pg, plan, households=[200, 300])
    assert broken(pg) == [("households", 1, 190, 200, 300)]
    assert state(pg, "ground_changed_at") is None
    pg.execute("UPDATE building SET households = 60 WHERE id = 3")
    assert broken(pg) == []


def river(pg: psycopg.Connection) -> None:
    """Water between the rows, without a bridge: every grid of both rows falls into two pieces."""
    y = LAT + 0.7 * NORTH
    pg.execute(
        "INSERT INTO barrier (dataset_id, source_id, kind, geometry)"
        " SELECT id, 'canal', 'water', ST_GeomFromText(%s, 4326) FROM dataset",
        [f"LINESTRING({LON - EAST} {y}, {LON + 7 * EAST} {y})"],
    )


def test_grids_are_looked_at_when_the_ground_has_changed(pg: psycopg.Connection, plan: int) -> None:
    adopt(pg, plan)
    settle(pg)
    assert state(pg, "ground_changed_at", "broken") == (None, [])
    river(pg)
    assert state(pg, "ground_changed_at IS NULL", "broken") == (False, [])
    pg.execute("INSERT INTO layer_version (layer) VALUES ('barriers')")
    settle(pg)
    assert broken(pg) == [("contiguity", grid, 2, 1, 1) for grid in (1, 2, 3)]
    pg.execute("UPDATE building SET households = 500 WHERE id = 1")
    assert [one[:2] for one in broken(pg)] == [("households", 1), *[("contiguity", g) for g in (1, 2, 3)]]
    community = state(pg, "community_id")
    pg.execute("UPDATE plan SET status = 'retired'")
    adopt(pg, insert_plan(pg, community=community, version=2))
    assert [one[:2] for one in broken(pg)] == [("households", 1)]
    assert state(pg, "ground_changed_at IS NOT NULL")


def test_one_reader_looks_at_a_time(pg: psycopg.Connection, database_url: str, plan: int) -> None:
    adopt(pg, plan)
    refresh_states(pg)
    pg.commit()
    with psycopg.connect(database_url) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtext('wangge pieces'))")
        check_grounds(pg, 1)
        assert state(pg, "ground_changed_at IS NOT NULL")


def test_a_look_that_another_change_overtakes_does_not_count(
    pg: psycopg.Connection, database_url: str, plan: int
) -> None:
    """The look waits for the ground, which somebody holds; meanwhile a building moves, and the look is void."""
    adopt(pg, plan)
    refresh_states(pg)
    pg.commit()
    with psycopg.connect(database_url) as holder, ThreadPoolExecutor() as pool:
        holder.execute(
            "SELECT pg_advisory_xact_lock(hashtext('wangge ground'), community_id::int) FROM community_state"
        )
        with psycopg.connect(database_url) as reader:
            look = pool.submit(check_grounds, reader, 1)
            while pg.execute("SELECT FROM pg_locks WHERE NOT granted").fetchone() is None:
                assert not look.done()
            pg.execute("UPDATE building SET footprint = ST_Translate(footprint, 0, 1e-6) WHERE id = 1")
            refresh_states(pg)
            pg.commit()
            holder.rollback()
            look.result(60)
    assert state(pg, "ground_changed_at IS NOT NULL")
    settle(pg)
    assert state(pg, "ground_changed_at") is None


def test_only_changes_that_matter_are_looked_at(pg: psycopg.Connection, plan: int) -> None:
    adopt(pg, plan)
    settle(pg)
    before = version(pg)
    pg.execute("UPDATE building SET name = 'x', floors = 7")
    pg.execute("UPDATE plan SET revision = 9, name = 'x'")
    pg.execute("UPDATE building SET households = 1 WHERE id = 999")
    assert pg.execute("SELECT count(*) FROM community_due").fetchone() == (0,)
    settle(pg)
    assert version(pg) == before
    pg.execute("UPDATE building SET households = 41 WHERE id = 4")
    settle(pg)
    assert version(pg) == before + 1


def test_a_building_that_changes_its_community_makes_both_due(pg: psycopg.Connection, plan: int) -> None:
    assert plan
    first = state(pg, "community_id")
    row = pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary)"
        " SELECT 'other', 'other', metric_srid, boundary FROM community RETURNING id"
    ).fetchone()
    assert row is not None
    pg.execute("DELETE FROM assignment WHERE building_id = 12")
    refresh_states(pg)
    pg.execute("UPDATE building SET community_id = %s WHERE id = 12", [row[0]])
    due = pg.execute("SELECT DISTINCT community_id, ground FROM community_due ORDER BY 1").fetchall()
    assert due == [(first, True), (row[0], True)]
    refresh_states(pg)
    counts = pg.execute("SELECT buildings FROM community_state ORDER BY community_id").fetchall()
    assert counts == [(11,), (1,)]
    pg.execute("DELETE FROM building WHERE id = 12")
    pg.execute("DELETE FROM community WHERE code = 'other'")
    refresh_states(pg)
    assert pg.execute("SELECT community_id FROM community_state").fetchall() == [(first,)]


@pytest.mark.parametrize("seed", range(6))
def test_the_engines_judge_says_the_same(pg: psycopg.Connection, plan: int, seed: int) -> None:
    """Any counts, any grids, any rules: SQL and table agree with `partitioning.score_plan` on the whole problem."""
    random = np.random.default_rng(seed)
    for building in range(1, 13):
        pg.execute(
            "UPDATE building SET households = %(h)s, persons = %(h)s * 3 WHERE id = %(id)s",
            {"h": int(random.integers(0, 200)), "id": building},
        )
        pg.execute(
            "UPDATE assignment SET grid_number = %s WHERE building_id = %s",
            [int(random.integers(1, 4)), building],
        )
    rules = {
        "grids": [2, 2 + int(random.integers(0, 2))],
        "households": [200, 400],
        "persons": [500, 1200] if seed % 2 else None,
        "balance_tolerance": 0.2,
        "estate_splits": int(random.integers(0, 3)),
        "oversized": ("refuse", "own_grid")[seed % 2],
        "soft": {"balance": 1.0} if seed == 3 else None,
    }
    adopt(pg, plan, **rules)
    settle(pg)
    place = read_place(pg, CODE)
    scores = stand(
        place, read_labels(pg, plan, place.stored.community_id), Rules.from_dict(KEPT | rules)
    ).scores
    assert scores is not None
    expected = {
        (one.rule, None if one.rule in ("balance", "estates") or one.grid is None else one.grid + 1)
        for one in scores.violations
    }
    assert {one[:2] for one in broken(pg)} == expected
    assert expected
