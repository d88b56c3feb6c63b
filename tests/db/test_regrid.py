"""A redraw on the real database: open incidents go to the grids that hold them now, and the people with them."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg

from gis_core.db import connect
from gis_core.editing.ground import Places
from gis_core.incidents import people, store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.regrid import change_plan
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Report
from gis_core.incidents.stepping import take_step
from gis_core.plans.rules import PlanStatus
from tests.towns.incident_sql import NOW, RUBBISH, acting, build_incident_town, office, place
from tests.towns.town_sql import CODE, insert_plan

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
LOOSE = {"grids": [1, 8], "households": [1, 2000], "persons": None}


def test_incidents_and_duties_move_with_the_grids(pg: psycopg.Connection) -> None:
    build_incident_town(pg)
    lon, lat = place(3)  # the south-west corner of grid 2
    told = Report(lon, lat, RUBBISH, "x")
    open_one, closed_one = (
        take_report(pg, office(), told, (), by=RESIDENT, now=NOW).number for _ in range(2)
    )
    take_step(
        pg, office(), closed_one, "close_on_spot", Evidence(note="x", public_note="y"), (),
        by=acting(pg, "li", closed_one), now=NOW,
    )  # fmt: skip
    before = store.read_incident(pg, open_one)
    assert people.on_duty(pg, before.grid_code) == [_id(pg, "li")]
    second = insert_plan(pg, community=1, version=2, status="proposed")
    pg.execute("UPDATE plan SET rules = %s WHERE id = %s", [json.dumps(LOOSE), second])
    # building 3 goes from grid 2 to grid 1: most of grid 2 stays together
    pg.execute("UPDATE assignment SET grid_number = 1 WHERE plan_id = %s AND building_id = 3", [second])
    pg.execute("UPDATE grid SET area = NULL WHERE plan_id = %s", [second])
    change_plan(pg, Places(), office(), second, PlanStatus.ADOPTED, by="test", now=NOW)
    codes = dict(pg.execute("SELECT number, code FROM grid WHERE plan_id = %s", [second]).fetchall())
    after = store.read_incident(pg, open_one)
    assert after.grid_code == codes[1]
    assert store.read_incident(pg, closed_one).grid_code == before.grid_code
    assert people.on_duty(pg, codes[1]) == [_id(pg, "wang")]
    assert people.on_duty(pg, codes[2]) == [_id(pg, "li")]
    assert people.on_duty(pg, before.grid_code) == []
    entry = store.read_events(pg, after.id)[-1]
    assert (entry["action"], entry["details"]) == ("move", {"before": before.grid_code, "after": codes[1]})
    receivers = pg.execute(
        "SELECT a.name FROM message m JOIN account a ON a.id = m.account_id WHERE template = 'moved'"
    ).fetchall()
    assert receivers == [("wang",)]


def test_duties_outlast_a_time_without_a_plan_in_force(pg: psycopg.Connection) -> None:
    first = build_incident_town(pg)
    old = people.on_duty(pg, f"{CODE}101")
    second = insert_plan(pg, community=1, version=2, status="proposed")
    pg.execute("UPDATE plan SET rules = %s WHERE id = %s", [json.dumps(LOOSE), second])
    # a plan in force long before, whose duties are no longer anybody's
    third = insert_plan(pg, community=1, version=3, status="retired")
    long_ago = NOW - timedelta(days=400)
    pg.execute(
        "UPDATE grid SET valid_from = %s, valid_to = %s WHERE plan_id = %s", [long_ago, long_ago, third]
    )
    change_plan(pg, Places(), office(), first, PlanStatus.RETIRED, by="test", now=NOW)
    assert people.on_duty(pg, f"{CODE}101") == old == [_id(pg, "wang")]
    change_plan(pg, Places(), office(), second, PlanStatus.ADOPTED, by="test", now=NOW + timedelta(days=1))
    duties = pg.execute(
        "SELECT g.plan_id, g.number, a.name FROM grid_duty d JOIN grid g ON g.code = d.grid_code"
        " JOIN account a ON a.id = d.account_id ORDER BY g.number"
    ).fetchall()
    assert duties == [(second, 1, "wang"), (second, 2, "li")]


def test_a_report_during_an_adoption_lies_in_the_new_grid(pg: psycopg.Connection, database_url: str) -> None:
    """It waits for the plan that is about to be in force, instead of keeping a grid that is retired."""
    build_incident_town(pg)
    second = insert_plan(pg, community=1, version=2, status="proposed")
    pg.execute("UPDATE plan SET rules = %s WHERE id = %s", [json.dumps(LOOSE), second])
    pg.commit()
    lon, lat = place(3)

    def report() -> str:
        with connect(database_url) as other:
            return take_report(
                other, office(), Report(lon, lat, RUBBISH, "x"), (), by=RESIDENT, now=NOW
            ).number

    waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    with ThreadPoolExecutor(1) as threads, connect(database_url) as watching:
        watching.autocommit = True
        change_plan(pg, Places(), office(), second, PlanStatus.ADOPTED, by="test", now=NOW)
        number = threads.submit(report)
        while not number.done() and watching.execute(waiting).fetchone() == (0,):
            pass
        assert not number.done()
        pg.commit()
        found = store.read_incident(pg, number.result(30))
    codes = [code for (code,) in pg.execute("SELECT code FROM grid WHERE plan_id = %s", [second])]
    assert found.grid_code in codes


def _id(pg: psycopg.Connection, name: str) -> int:
    row = pg.execute("SELECT id FROM account WHERE name = %s", [name]).fetchone()
    assert row is not None
    return int(row[0])
