"""Every transition on the real database: from each of its states it leads where it says, from others nowhere."""

from dataclasses import asdict
from datetime import timedelta

import psycopg
import pytest

from gis_core.errors import ConflictError
from gis_core.incidents import store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.firing import SYSTEM
from gis_core.incidents.life import Actor, Kind, Transition, life
from gis_core.incidents.photos import CleanPhoto
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from tests.towns.incident_sql import (
    LAMP,
    NOW,
    PAPERS,
    PIPE,
    RUBBISH,
    acting,
    build_incident_town,
    office,
    place,
)

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
CATEGORY = {"general": RUBBISH, "coordination": LAMP, "emergency": PIPE, "approval": PAPERS}
WHO = {
    Actor.GRID_WORKER: "wang", Actor.DESK: "she", Actor.DEPARTMENT: "guan", Actor.LEADER: "jie",
    Actor.SUBDISTRICT_LEADER: "jie", Actor.DISTRICT_LEADER: "qu",
}  # fmt: skip
STEPS = [one for one in life().transitions.values() if one.action not in ("report", "move", "erase")]
PHOTO = ("after", CleanPhoto(b"jpeg", 1, 1))


def evidence(one: Transition, target: str) -> Evidence:
    return Evidence(
        note="n" if "note" in " ".join(one.evidence) or "on_site" in one.evidence else "",
        public_note="p", reason_code="unclear", target=target, department="urban_management", reason="r",
        assignee="wang", until=NOW + timedelta(days=3), limit=LIMIT[one.action], satisfied=True,
        change={"level": 1}, notice={"text_zh": "公示", "text_en": "notice", "days": 3},
    )  # fmt: skip


LIMIT = dict.fromkeys(life().transitions, None) | {
    "extend": ("work_day", 1.0),
    "approve_extension": ("work_day", 1.0),
}


@pytest.fixture
def town(pg: psycopg.Connection) -> psycopg.Connection:
    build_incident_town(pg)
    return pg


def fresh(pg: psycopg.Connection, kind: str) -> str:
    lon, lat = place()
    attributes = {"fault": "out"} if kind == "coordination" else {}
    told = Report(lon, lat, CATEGORY[kind], "x", attributes=attributes, contact=Contact(phone="13800138000"))
    return take_report(pg, office(), told, (), by=RESIDENT, now=NOW).number


def put(pg: psycopg.Connection, number: str, one: Transition, state: str, dispatched: bool) -> None:
    """Into a state, with what the guards of the transition look for."""
    again = int(one.action in ("approve_return", "approve_extension"))
    found = life().states[state]
    pg.execute(
        "UPDATE incident SET state = %(state)s, open = %(open)s, stage = %(stage)s, resume_state = 'accepted',"
        " department_code = 'urban_management', dispatched_at = %(dispatched)s, returns = %(again)s,"
        " extensions = %(again)s, asked = '{\"what\": \"suspend\"}', recheck = true, closed_at = %(now)s,"
        " clock = 'business', limit_s = 25200, used_s = 0, running_since = %(since)s"
        " WHERE number = %(number)s",
        {"state": state, "open": found.open, "stage": found.stage, "dispatched": NOW if dispatched else None,
         "again": again, "now": NOW, "number": number, "since": NOW if found.clock == "run" else None},
    )  # fmt: skip
    pg.execute(
        "INSERT INTO public_notice (incident_id, level, text_zh, text_en, begins_at, ends_at)"
        " SELECT id, 'community', 'x', 'x', %s, %s FROM incident WHERE number = %s ON CONFLICT DO NOTHING",
        [NOW - timedelta(days=3), NOW, number],
    )


@pytest.mark.parametrize("kind", Kind)
def test_each_leads_from_each_of_its_states_and_from_no_other(town: psycopg.Connection, kind: Kind) -> None:
    """Each of the other states is tried on general cases, one on those of other kinds: the rules' tests try all."""
    numbers = fresh(town, kind), fresh(town, kind)
    for one in STEPS:
        if kind not in (["emergency"] if one.action == "finish_step" else one.kinds):
            continue
        walked = 0
        others = [state for state in life().states if state not in one.sources]
        if kind != "general":
            others = others[:1]
        actors = sorted(one.actors - {Actor.PROGRAM})
        for state in [*one.sources, *others]:
            for actor in actors if state in one.sources else actors[:1]:
                with town.transaction(force_rollback=True):
                    put(town, numbers[0], one, state, dispatched=actor is Actor.DEPARTMENT)
                    walk(town, *numbers, one, state, actor)
                    walked += 1
        assert walked >= len(one.sources) + len(others), one.action


def walk(pg: psycopg.Connection, number: str, other: str, one: Transition, state: str, actor: Actor) -> None:
    by = person(pg, number, actor)
    before = store.read_incident(pg, number)
    photos = (PHOTO,) if "after_photo" in one.evidence else ()
    told = evidence(one, other)
    if state not in one.sources:
        with pytest.raises(ConflictError):
            take_step(pg, office(), number, one.action, told, photos, by=by, now=NOW)
        assert store.read_incident(pg, number) == before
        return
    after = take_step(pg, office(), number, one.action, told, photos, by=by, now=NOW)
    expected = {"same": state, "before": "accepted"}.get(one.to, one.to)
    assert (after.state, after.open) == (expected, life().states[expected].open)
    assert after.revision == before.revision + 1
    assert (after.running_since is None) or life().states[expected].clock == "run"
    entries = store.read_events(pg, after.id)
    assert one.action in [entry["action"] for entry in entries[-2:]]
    assert store.broken_links(pg, after.id) == []
    assert asdict(after).keys() == asdict(before).keys()


def person(pg: psycopg.Connection, number: str, actor: Actor) -> Person:
    if actor is Actor.REPORTER:
        return RESIDENT
    if actor is Actor.SYSTEM:
        return SYSTEM
    return acting(pg, WHO[actor], number)
