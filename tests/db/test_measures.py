"""Measures on the real database: a history that one can follow by hand, and random ones against a slow reference."""

import random
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from gis_core.errors import ConflictError, WanggeError
from gis_core.incidents import store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.firing import fire_due
from gis_core.incidents.life import Actor
from gis_core.incidents.measures import Count, Facts
from gis_core.incidents.measures_store import freeze, read_facts, read_measures
from gis_core.incidents.periods import parse_period
from gis_core.incidents.regrid import move_incidents
from gis_core.incidents.rules import allowed
from gis_core.incidents.stepping import case_of, take_step
from tests.db.slow_measures import slow_facts
from tests.towns.incident_sql import (
    DISTRICT,
    LAMP,
    PAPERS,
    PIPE,
    RUBBISH,
    STREET,
    build_incident_town,
    office,
    place,
)
from tests.towns.lamps import CALENDAR, at, lamps, report, step
from tests.towns.town_sql import CODE

PEOPLE = [Person(name, frozenset(Actor)) for name in ("one", "two", "three")]
NOVEMBER = parse_period("2026-11", CALENDAR.tz)
AFTER = datetime(2027, 1, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


def walk(pg: psycopg.Connection, rng: random.Random, begin: datetime, end: datetime) -> None:
    """Cases that are reported and worked on at random, with timers that fire when they are due."""
    numbers: list[str] = []
    now = begin
    while now < end:
        now += timedelta(minutes=rng.expovariate(1 / 200), microseconds=rng.randrange(10**6))
        fire_due(pg, office(), now)
        if len(numbers) < 14 and (not numbers or rng.random() < 0.12):
            category = rng.choice([LAMP, LAMP, RUBBISH, PIPE, PAPERS])
            numbers.append(
                report(pg, category, rng.randint(1, 12), now, rng.choice(["resident", "patrol", "staff"]))
            )
            continue
        incident = store.read_incident(pg, rng.choice(numbers))
        person = rng.choice(PEOPLE)
        steps = [one.action for one in allowed(office().life, case_of(pg, incident, now), person, now)]
        steps = [one for one in steps if one not in ("amend", "assign", "erase", "move", "merge", "cancel", "comment")
                 or (one in ("merge", "cancel") and rng.random() < 0.1)]  # fmt: skip
        if not steps:
            continue
        evidence = Evidence(
            note="好", public_note="好", reason_code="unclear", target=rng.choice(numbers), document="单",
            department=rng.choice(["power", "urban_management"]), reason="合适", until=now + timedelta(days=5),
            limit=("work_day" if incident.clock == "business" else "urgent_day", rng.choice([0.5, 2])),
            satisfied=rng.random() < 0.5, notice={"text_zh": "公示", "text_en": "notice", "days": 2},
        )  # fmt: skip
        try:
            with pg.transaction():
                take_step(pg, office(), incident.number, rng.choice(steps), evidence, (), by=person, now=now)
        except WanggeError:
            continue


OWED = ("accept_on_time", "handle", "handle_on_time", "close", "close_on_time", "close_urgent")
VISITS = ("visited", "covered")


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate],
          derandomize=True)  # fmt: skip
@given(st.integers(0, 10**6))
def test_sql_counts_what_a_replay_of_every_case_counts(pg: psycopg.Connection, seed: int) -> None:
    """At the end, and as it was in the middle of the month; what was owed then is known only then, since a clock that
    stood and went on has another deadline."""
    with pg.transaction(force_rollback=True):
        walk(pg, random.Random(seed), at(1, 0) - timedelta(days=8), at(28, 0))
        for text, now in (
            ("2026-11", at(28, 0)), ("2026-10", at(28, 0)), ("2026-11-09/2026-11-15", at(28, 0)),
            ("2026-11", at(12, 15)),
        ):  # fmt: skip
            period = parse_period(text, CALENDAR.tz)
            told, slow = read_facts(pg, period, now, CALENDAR), slow_facts(pg, period, now, CALENDAR)
            left_out = VISITS if now == at(28, 0) else VISITS + OWED
            assert counted(told, left_out) == counted(slow, left_out)
            assert lasted(told) == lasted(slow)


def counted(facts: Facts, left_out: tuple[str, ...]) -> dict[object, object]:
    return {key: value for key, value in facts.shares.items() if key[1] not in left_out}


def lasted(facts: Facts) -> dict[object, list[float]]:
    return {key: sorted(round(one, 3) for one in value) for key, value in facts.seconds.items()}


LAMPS = {
    "accept": Count(5, 5), "accept_on_time": Count(4, 5), "self_found": Count(1, 6),
    # case 1 is owed twice, the dispatch of 5 that was taken back is not
    "handle": Count(6, 6), "handle_on_time": Count(5, 6), "rework": Count(1, 5),
    "return": Count(1, 6), "accurate_dispatch": Count(5, 6),
    "close": Count(5, 5), "close_on_time": Count(4, 5), "reopen": Count(1, 4),
    "answered": Count(2, 5), "satisfied": Count(1, 2),
    # 6.5 h of the Monday, 7 of Tuesday, 2.5 of Wednesday; case 4: 6.5 h, 13 days of 7, 2.5
    "whole_median": Count(16, 5), "whole_p90": Count(16 + 0.6 * 84, 5),
    # 1, 5, 7, 7, 7, 42
    "handle_median": Count(7, 6), "handle_p90": Count(24.5, 6),
    "covered": Count(1, 4), "visited": Count(1, 4), "open": Count(1, 1),
}  # fmt: skip


def test_a_history_counted_by_hand(pg: psycopg.Connection) -> None:
    lamps(pg)
    pg.execute(
        "INSERT INTO building_visit (building_id, kind, outcome, by, at) VALUES (1, 'visit', 'nothing', 'x', %s),"
        " (1, 'patrol', 'nothing', 'x', %s), (2, 'visit', 'nothing', 'x', %s)",
        [at(3, 9), at(5, 9), at(3, 9) - timedelta(days=30)],
    )
    told = read_measures(pg, NOVEMBER, AFTER, CALENDAR)
    assert told.counts["grid"][f"{CODE}101"] == LAMPS
    assert told.counts["community"][CODE] == {
        **LAMPS, "covered": Count(1, 12), "visited": Count(1, 11), "open": Count(1, 3), "balance": Count(1, 0),
    }  # fmt: skip
    for scope, code in (("subdistrict", STREET), ("district", DISTRICT)):
        assert told.counts[scope][code] == told.counts["community"][CODE]
    power, other = (told.counts["department"][one] for one in ("power", "urban_management"))
    assert (power["handle_on_time"], other["handle_on_time"]) == (Count(4, 5), Count(1, 1))
    assert (power["return"], other["return"]) == (Count(1, 5), Count(0, 1))
    assert (power["close_on_time"], other["close_on_time"]) == (Count(3, 4), Count(1, 1))
    assert "accept" not in power
    shown = {measure for measure in LAMPS if ("grid", f"{CODE}101", measure) not in told.hidden}
    assert shown == LAMPS.keys() - {"reopen", "satisfied", "covered", "visited", "open"}


def test_what_was_suspended_with_approval_is_not_owed(pg: psycopg.Connection) -> None:
    """Suspended over the end of the whole limit, the 17th; the handling stands until it goes on."""
    number = report(pg, LAMP, 1, at(2, 9))
    step(pg, number, "wang", "accept", at(2, 10))
    step(pg, number, "she", "dispatch", at(2, 10, 30), department="power")
    step(pg, number, "jie", "suspend", at(4, 10, 30), public_note="缺配件", until=at(20, 9))
    counts = read_measures(pg, NOVEMBER, AFTER, CALENDAR).counts["community"][CODE]
    assert counts["accept_on_time"] == Count(1, 1)
    assert counts.keys().isdisjoint({"handle", "close"})
    step(pg, number, "she", "resume", at(18, 10, 30))
    counts = read_measures(pg, NOVEMBER, AFTER, CALENDAR).counts["community"][CODE]
    assert (counts["handle"], "close" in counts) == (Count(0, 1), False)


def test_a_period_is_frozen_once_and_stays(pg: psycopg.Connection) -> None:
    lamps(pg)
    with pytest.raises(ConflictError, match=r"2026-11 is not frozen: .* over \(2026-11-30\)") as refused:
        freeze(pg, "2026-11", at(28, 9))
    assert "不能固化" in refused.value.text("zh")
    with pytest.raises(ConflictError):
        freeze(pg, "2026-11-01/2026-11-02", AFTER)
    before = read_measures(pg, NOVEMBER, AFTER, CALENDAR)
    rows = freeze(pg, "2026-11", AFTER)
    assert rows == sum(len(one) for scope in before.counts.values() for one in scope.values())
    report(pg, LAMP, 1, at(29, 9))
    assert freeze(pg, "2026-11", AFTER + timedelta(days=1)) == 0
    after = read_measures(pg, NOVEMBER, AFTER, CALENDAR)
    assert (after.counts, after.hidden, after.frozen_at) == (before.counts, before.hidden, AFTER)
    days = parse_period("2026-11-01/2026-11-30", CALENDAR.tz)
    assert read_measures(pg, days, AFTER, CALENDAR).counts["community"][CODE]["self_found"] == Count(1, 7)


def test_a_case_that_moved_later_counts_where_it_was(pg: psycopg.Connection) -> None:
    lamps(pg)
    pg.execute("UPDATE grid SET code = code || 'x' WHERE number = 1")
    community = store.spot_of(pg, *place()).community_id
    move_incidents(pg, office(), community, AFTER - timedelta(days=20))
    counts = read_measures(pg, NOVEMBER, AFTER, CALENDAR).counts["grid"]
    assert counts[f"{CODE}101"]["close"] == Count(5, 5)
    december = parse_period("2026-12", CALENDAR.tz)
    counts = read_measures(pg, december, AFTER, CALENDAR).counts["grid"]
    assert counts[f"{CODE}101x"]["open"] == Count(1, 1)
