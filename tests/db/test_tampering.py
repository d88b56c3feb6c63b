"""Whoever changes the history behind the application's back leaves a trace: every column, a row gone, a row more."""

import psycopg
import pytest
from sqlalchemy import inspect

from gis_core.incidents import store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Report
from gis_core.incidents.stepping import take_step
from gis_core.tables_incidents import IncidentEvent
from tests.towns.incident_sql import NOW, RUBBISH, acting, build_incident_town, office, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
CHANGES = {
    "seq": ("seq + 10", [4, 13, 14]),
    "at": ("at + interval '1 microsecond'", [3]),
    "by": ("'someone'", [3]),
    "actor": ("'leader'", [3]),
    "action": ("'dispatch'", [3]),
    "before": ("NULL", [3]),
    "after": ("'closed'", [3]),
    "public": ("NOT public", [3]),
    "details": ("details || '{\"x\": 1}'", [3]),
    "text_hash": ("sha256('x')", [3]),
    "hash": ("sha256('x')", [3, 4]),
}
"""{column: (what somebody sets it to in the third of four entries, the entries that tell)}."""


@pytest.fixture
def incident(pg: psycopg.Connection) -> int:
    """An incident with four entries, and a second one; the trigger that guards their history is off."""
    build_incident_town(pg)
    lon, lat = place()
    numbers = [
        take_report(pg, office(), Report(lon, lat, RUBBISH, "垃圾"), (), by=RESIDENT, now=NOW).number
        for _ in range(2)
    ]
    for action, note in (("check", ""), ("accept", "现场有垃圾"), ("start", "")):
        by = acting(pg, "wang", numbers[0])
        take_step(pg, office(), numbers[0], action, Evidence(note=note), (), by=by, now=NOW)
    found = store.read_incident(pg, numbers[0]).id
    assert store.broken_links(pg, found) == []
    pg.execute("ALTER TABLE incident_event DISABLE TRIGGER only_grows")
    return found


def third(pg: psycopg.Connection, incident: int, change: str) -> list[int]:
    """What is told after a change of the third entry."""
    pg.execute(f"UPDATE incident_event SET {change} WHERE incident_id = %s AND seq = 3", [incident])
    return store.broken_links(pg, incident)


def test_every_column_is_tried() -> None:
    assert {*CHANGES, "id", "incident_id"} == {column.name for column in inspect(IncidentEvent).columns}


@pytest.mark.parametrize("column", CHANGES)
def test_a_change_of_any_column_is_told(pg: psycopg.Connection, incident: int, column: str) -> None:
    value, told = CHANGES[column]
    assert third(pg, incident, f"{column} = {value}") == told


def test_an_entry_of_another_incident_is_told(pg: psycopg.Connection, incident: int) -> None:
    """The second incident has one entry; the third of the first does not follow it, and is missing here."""
    other = incident + 1
    pg.execute(
        "UPDATE incident_event SET incident_id = %s WHERE incident_id = %s AND seq = 3", [other, incident]
    )
    assert store.broken_links(pg, incident) == [4]
    assert store.broken_links(pg, other) == [3, 4]


@pytest.mark.parametrize(("seq", "told"), [(1, [2]), (2, [3]), (3, [4])])
def test_a_missing_entry_is_told(pg: psycopg.Connection, incident: int, seq: int, told: list[int]) -> None:
    pg.execute("DELETE FROM incident_text USING incident_event e WHERE e.id = event_id AND e.seq = %s", [seq])
    pg.execute("UPDATE incident_photo SET event_id = NULL")
    pg.execute("DELETE FROM incident_event WHERE incident_id = %s AND seq = %s", [incident, seq])
    assert store.broken_links(pg, incident) == told


def test_the_last_entry_missing_is_told(pg: psycopg.Connection, incident: int) -> None:
    """No entry follows it: the incident's own state tells."""
    pg.execute("DELETE FROM incident_event WHERE incident_id = %s AND seq = 4", [incident])
    assert store.broken_links(pg, incident) == [4]


def test_all_entries_missing_is_told(pg: psycopg.Connection, incident: int) -> None:
    pg.execute("DELETE FROM incident_text")
    pg.execute("DELETE FROM incident_event WHERE incident_id = %s", [incident])
    assert store.broken_links(pg, incident) == [1]


def test_an_inserted_entry_is_told(pg: psycopg.Connection, incident: int) -> None:
    pg.execute("UPDATE incident_event SET seq = 5 WHERE incident_id = %s AND seq = 4", [incident])
    pg.execute(
        "INSERT INTO incident_event (incident_id, seq, at, by, actor, action, before, after, hash)"
        " SELECT incident_id, 4, at, 'someone', actor, 'comment', after, after, hash FROM incident_event"
        " WHERE incident_id = %s AND seq = 3",
        [incident],
    )
    assert store.broken_links(pg, incident) == [4, 5]


@pytest.mark.parametrize("text", ["现场无垃圾", ""])
def test_other_words_are_told_and_erased_ones_are_not(
    pg: psycopg.Connection, incident: int, text: str
) -> None:
    pg.execute("UPDATE incident_text SET text = %s", [text])
    assert store.broken_links(pg, incident) == [3]
    pg.execute("DELETE FROM incident_text")
    assert store.broken_links(pg, incident) == []


def test_words_put_where_none_were_are_told(pg: psycopg.Connection, incident: int) -> None:
    pg.execute(
        "INSERT INTO incident_text SELECT id, 'x' FROM incident_event WHERE incident_id = %s AND seq = 2",
        [incident],
    )
    assert store.broken_links(pg, incident) == [2]


def test_the_trigger_refuses_all_of_this(pg: psycopg.Connection, incident: int) -> None:
    pg.execute("ALTER TABLE incident_event ENABLE TRIGGER only_grows")
    for statement in (
        "UPDATE incident_event SET by = 'x'",
        "DELETE FROM incident_event",
        "TRUNCATE incident_event CASCADE",
    ):
        pg.commit()
        with pytest.raises(psycopg.errors.RaiseException, match="incident_event"):
            pg.execute(statement)
        pg.rollback()
    assert incident
