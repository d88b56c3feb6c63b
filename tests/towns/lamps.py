"""Six cases on the drawn town that one can follow by hand, taken through by its people."""

from dataclasses import replace
from datetime import datetime

import psycopg

from gis_core.incidents.calendar import Calendar
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.firing import fire_due
from gis_core.incidents.life import Actor
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from tests.towns.incident_sql import LAMP, PAPERS, acting, office, place

CALENDAR = Calendar()
SECRETARY = Person("secretary", frozenset(Actor))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """An hour of a day in November 2026, in China."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CALENDAR.tz)


def report(
    pg: psycopg.Connection, category: str, building: int, now: datetime, source: str = "resident"
) -> str:
    lon, lat = place(building)
    told = Report(lon, lat, category, "坏了", source=source)
    if category == LAMP:
        told = replace(told, attributes={"fault": "out"})
    if category == PAPERS:
        told = replace(told, contact=Contact(phone="13800138000"))
    return take_report(pg, office(), told, (), by=SECRETARY, now=now).number


def step(
    pg: psycopg.Connection, number: str, who: str, action: str, now: datetime, **evidence: object
) -> None:
    by = Person("reporter", frozenset({Actor.REPORTER})) if who == "reporter" else acting(pg, who, number)
    take_step(
        pg,
        office(),
        number,
        action,
        Evidence(**{"note": "好", "document": "单", **evidence}),
        (),
        by=by,
        now=now,
    )


def lamps(pg: psycopg.Connection) -> None:
    """Six lamps of grid 1, reported on Monday, 2 November, 9:00. Limits: to accept 3.5 work hours (until 14:30), to
    handle 35, the whole 15 days (until the end of the 17th).

    1 found by a patrol; fails its verification, is done again within the hour  closed on the 4th, satisfied
    2                                                                          closed on the 4th, not satisfied
    3                                                                          closed on the 4th, reopened on the 6th
    4 handled on the 10th, a day late                                          closed on the 20th, late
    5 accepted at 15:00, late; returned, then dispatched to the other department  closed on the 4th
    6 withdrawn at 10:00
    """
    one, two, three, four, five, six = (
        report(pg, LAMP, 1, at(2, 9), "patrol" if number == 1 else "resident") for number in range(1, 7)
    )
    step(pg, six, "reporter", "cancel", at(2, 10))
    for number in (one, two, three, four):
        step(pg, number, "wang", "accept", at(2, 10))
        step(pg, number, "she", "dispatch", at(2, 10, 30), department="power")
        step(pg, number, "dian", "start", at(2, 11))
    fire_due(pg, office(), at(2, 14, 45))
    step(pg, five, "wang", "accept", at(2, 15))
    step(pg, five, "she", "dispatch", at(2, 15, 30), department="power")
    step(pg, five, "dian", "return", at(3, 9))
    step(pg, five, "she", "dispatch", at(3, 9, 30), department="urban_management")
    step(pg, five, "guan", "start", at(3, 10))
    for number in (one, two, three):
        step(pg, number, "dian", "resolve", at(3, 10, 30))
        step(pg, number, "wang", "fail" if number == one else "verify", at(3, 11, 30))
    step(pg, one, "dian", "start", at(3, 14))
    step(pg, one, "dian", "resolve", at(3, 14, 30))
    step(pg, one, "wang", "verify", at(3, 15))
    step(pg, five, "guan", "resolve", at(3, 16, 30))
    step(pg, five, "wang", "verify", at(4, 10))
    step(pg, one, "reporter", "feedback", at(4, 10), satisfied=True)
    step(pg, two, "reporter", "feedback", at(4, 10), satisfied=False)
    for number in (one, two, three, five):
        step(pg, number, "she", "close", at(4, 11), public_note="修好了")
    step(pg, three, "reporter", "ask_reopen", at(6, 9))
    step(pg, three, "she", "reopen", at(6, 10), public_note="再修")
    step(pg, four, "dian", "resolve", at(10, 10, 30))  # its timer has not fired: the service was down
    step(pg, four, "wang", "verify", at(10, 11, 30))
    step(pg, four, "she", "close", at(20, 11), public_note="修好了")
