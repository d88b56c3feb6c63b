"""Timers on the real database: they fire when they are due, once, whoever dies meanwhile, and lead up the ladder."""

import random
import subprocess
import sys
import threading
from datetime import datetime, timedelta

import psycopg
import pytest

from gis_core.incidents import store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.firing import due_timers, fire_due
from gis_core.incidents.life import Actor
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Report
from gis_core.incidents.stepping import take_step
from tests.towns.incident_sql import KEY, LAMP, NOW, PIPE, RUBBISH, acting, build_incident_town, office, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
REPORTS = 120
FAR = NOW + timedelta(days=400)
CHILD = f"""
import sys, psycopg
from datetime import datetime
from gis_core.incidents.calendar import Calendar
from gis_core.incidents.firing import fire_due
from gis_core.incidents.office import Office
from gis_core.sealing import Seal
print("begun", flush=True)
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    fire_due(connection, Office(Calendar(), Seal([{KEY!r}])), datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture
def town(pg: psycopg.Connection) -> psycopg.Connection:
    build_incident_town(pg)
    pg.autocommit = True
    return pg


def report(pg: psycopg.Connection, category: str = RUBBISH, now: datetime = NOW) -> str:
    lon, lat = place()
    attributes = {"fault": "out"} if category == LAMP else {}
    with pg.transaction():
        told = Report(lon, lat, category, "x", attributes=attributes)
        return take_report(pg, office(), told, (), by=RESIDENT, now=now).number


def step(pg: psycopg.Connection, number: str, who: str, action: str, now: datetime, **told: object) -> None:
    with pg.transaction():
        take_step(pg, office(), number, action, Evidence(**told), (), by=acting(pg, who, number), now=now)


def told(pg: psycopg.Connection, template: str) -> list[str]:
    rows = pg.execute(
        "SELECT a.name FROM message m JOIN account a ON a.id = m.account_id WHERE template = %s ORDER BY a.name",
        [template],
    )
    return [row[0] for row in rows]


def test_the_ladder_leads_from_the_grid_to_the_district(town: psycopg.Connection) -> None:
    """Rubbish is to be accepted within half a work day, three and a half hours: from 10:00 on, due at 15:30."""
    number = report(town)
    at = {
        "warn": (14, 37, 30),
        "due": (15, 30, 0),
    }  # 75 % are 2 h 37 min 30 s: two before noon, the rest from 14:00
    local = {kind: due_at.astimezone(office().calendar.tz) for _, kind, _, due_at in due_timers(town, FAR)}
    assert {kind: (one.hour, one.minute, one.second) for kind, one in local.items() if kind in at} == at
    assert fire_due(town, office(), local["warn"] - timedelta(seconds=1)) == 0
    assert fire_due(town, office(), local["warn"]) == 1
    assert told(town, "warn") == ["wang"]
    assert fire_due(town, office(), local["due"]) == 1
    found = store.read_incident(town, number)
    assert (found.overdue, found.escalation, found.supervised) == (True, 1, False)
    assert told(town, "overdue") == ["she", "she2", "wang"]
    assert fire_due(town, office(), local["double"]) == 1
    found = store.read_incident(town, number)
    assert (found.escalation, found.supervised) == (2, True)
    assert told(town, "supervised") == ["jie"]
    assert fire_due(town, office(), local["triple"]) == 1
    assert told(town, "overdue") == ["qu", "she", "she2", "wang"]
    assert fire_due(town, office(), FAR) == 1  # the clock of the whole
    assert fire_due(town, office(), FAR) == 0


def test_a_step_taken_in_time_lets_the_timers_rest(town: psycopg.Connection) -> None:
    number = report(town)
    step(town, number, "wang", "accept", NOW + timedelta(hours=1), note="x")
    assert {kind for _, kind, stage, _ in due_timers(town, FAR) if stage == "accept"} == set()
    assert {kind for _, kind, stage, _ in due_timers(town, FAR) if stage == "dispatch"} == {
        "warn", "due", "double", "triple",
    }  # fmt: skip


def test_suspension_stops_the_stage_and_not_the_whole(town: psycopg.Connection) -> None:
    """A lamp dispatched at 11:00 has five work days of seven hours; a suspension of two days moves it by two."""
    number = report(town, LAMP)
    step(town, number, "she", "accept", NOW)
    step(town, number, "she", "dispatch", NOW + timedelta(hours=1), department="power")
    before = store.read_incident(town, number)
    later = NOW + timedelta(days=2, hours=1)
    until = NOW + timedelta(days=5)
    step(town, number, "jie", "suspend", NOW + timedelta(hours=1), note="x", public_note="y", until=until)
    paused = store.read_incident(town, number)
    assert (paused.stage_due_at, paused.review_at) == (None, until)
    assert {kind for _, kind, _, _ in due_timers(town, FAR)} == {"review", "whole"}
    step(town, number, "she", "resume", later, note="x")
    after = store.read_incident(town, number)
    assert before.stage_due_at is not None
    assert before.stage_due_at.astimezone(office().calendar.tz).strftime("%a %H:%M") == "Wed 11:00"
    assert after.stage_due_at is not None
    assert after.stage_due_at.astimezone(office().calendar.tz).strftime("%a %H:%M") == "Fri 11:00"
    assert (after.due_at, after.state) == (before.due_at, "dispatched")


def test_verified_incidents_close_by_themselves_without_a_reply(town: psycopg.Connection) -> None:
    number = report(town, LAMP)
    step(town, number, "she", "accept", NOW)
    step(town, number, "she", "dispatch", NOW, department="power")
    step(town, number, "dian", "start", NOW)
    step(town, number, "dian", "resolve", NOW, note="x", document="1")
    step(town, number, "wang", "verify", NOW, note="x")
    # natural days count from the next one: seven days end with the 2nd of December
    end = datetime(2026, 12, 3, tzinfo=office().calendar.tz)
    assert fire_due(town, office(), end - timedelta(seconds=1)) == 0
    assert fire_due(town, office(), end) == 1
    found = store.read_incident(town, number)
    assert (found.state, found.no_reply, found.open) == ("closed", True, False)


def test_an_emergency_nobody_acknowledges_goes_up(town: psycopg.Connection) -> None:
    number = report(town, PIPE)
    assert fire_due(town, office(), NOW + timedelta(minutes=4, seconds=59)) == 0
    assert fire_due(town, office(), NOW + timedelta(minutes=5)) == 1
    assert store.read_incident(town, number).escalation == 2
    assert told(town, "emergency") == ["jie", "jie", "qu", "qu"]


def test_what_is_corrected_to_no_emergency_alarms_nobody_further(town: psycopg.Connection) -> None:
    number = report(town, PIPE)
    first = told(town, "emergency")
    step(town, number, "she", "amend", NOW + timedelta(minutes=1), note="x", change={"kind": "coordination"})
    fire_due(town, office(), NOW + timedelta(minutes=11))
    assert store.read_incident(town, number).escalation == 0
    assert told(town, "emergency") == first == ["jie", "qu"]
    # an emergency after all: both levels have their time again
    again = NOW + timedelta(minutes=12)
    step(town, number, "she", "amend", again, note="x", change={"kind": "emergency"})
    assert [kind for _, kind, _, due in due_timers(town, again + timedelta(minutes=10))].count(
        "acknowledge"
    ) == 2


def limit_of_the_whole(town: psycopg.Connection, category: str, days: int | None) -> None:
    town.execute("DELETE FROM time_limit WHERE stage = 'whole' AND category_code = %s", [category])
    if days:
        town.execute(
            "INSERT INTO time_limit (category_code, stage, unit, value) VALUES (%s, 'whole', 'urgent_day', %s)",
            [category, days],
        )


def wholes(pg: psycopg.Connection) -> list[datetime]:
    return [due_at for _, kind, _, due_at in due_timers(pg, FAR) if kind == "whole"]


@pytest.mark.parametrize(("rubbish", "lamp"), [(2, 10), (10, 2), (10, 1)])
def test_a_corrected_category_has_its_own_limit_of_the_whole(
    town: psycopg.Connection, rubbish: int, lamp: int
) -> None:
    """From the report on, also where that has passed already: it is told at the next look."""
    limit_of_the_whole(town, RUBBISH, rubbish)
    limit_of_the_whole(town, LAMP, lamp)
    number = report(town)
    now = NOW + timedelta(days=1, hours=1)
    fire_due(town, office(), now)
    step(town, number, "she", "amend", now, note="x", change={"category": LAMP})
    due_at = NOW + timedelta(days=lamp)
    found = store.read_incident(town, number)
    assert (found.due_at, found.overdue) == (due_at, due_at <= now)
    assert wholes(town) == [due_at]
    step(town, number, "she", "amend", now, note="x", change={"level": 1})
    assert wholes(town) == [due_at]


def test_a_limit_of_the_whole_that_passed_is_told_again_only_where_a_later_one_passes(
    town: psycopg.Connection,
) -> None:
    limit_of_the_whole(town, RUBBISH, 1)
    limit_of_the_whole(town, LAMP, 2)
    limit_of_the_whole(town, PIPE, 9)
    number = report(town)
    now = NOW + timedelta(days=3)
    fire_due(town, office(), now)
    step(town, number, "she", "amend", now, note="x", change={"category": LAMP})
    assert (wholes(town), store.read_incident(town, number).overdue) == ([], True)
    step(town, number, "she", "amend", now, note="x", change={"category": PIPE})
    assert (wholes(town), store.read_incident(town, number).overdue) == ([NOW + timedelta(days=9)], False)


def test_a_case_that_was_struck_off_once_has_no_timer_of_the_whole_again(town: psycopg.Connection) -> None:
    limit_of_the_whole(town, RUBBISH, 5)
    limit_of_the_whole(town, LAMP, 9)
    number = report(town)
    step(town, number, "wang", "close_on_spot", NOW, note="x", public_note="y")
    step(town, number, "she", "reopen_case", NOW, note="x", public_note="y")
    step(town, number, "she", "amend", NOW, note="x", change={"category": LAMP})
    assert (wholes(town), store.read_incident(town, number).due_at) == ([], NOW + timedelta(days=9))


def test_a_killed_process_loses_no_timer_and_fires_none_twice(
    town: psycopg.Connection, database_url: str
) -> None:
    """Processes are killed at random moments, two at a time; in the end each timer has fired once."""
    choose = random.Random(8)
    for _ in range(REPORTS):
        report(town)
    waiting = len(due_timers(town, FAR))
    assert waiting == REPORTS * 5
    command = [sys.executable, "-c", CHILD, database_url, FAR.isoformat()]
    for _ in range(6):
        pair = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        for one in pair:
            assert one.stdout is not None
            one.stdout.readline()
        threading.Event().wait(choose.uniform(0, 0.1))
        for one in pair:
            one.kill()
            one.wait()
            assert one.stdout is not None
            one.stdout.close()
    left = len(due_timers(town, FAR))
    assert 0 < left < waiting
    assert fire_due(town, office(), FAR) == left
    entries = town.execute(
        "SELECT incident_id, count(*) FROM incident_event WHERE action = 'escalate' GROUP BY 1"
    ).fetchall()
    assert [count for _, count in entries] == [4] * REPORTS
    fired = town.execute("SELECT count(*) FROM incident_timer WHERE fired_at IS NOT NULL").fetchone()
    assert fired == (waiting,)
    for (number,) in town.execute("SELECT id FROM incident").fetchall():
        assert store.broken_links(town, number) == []
