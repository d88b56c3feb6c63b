"""What a server does once a day, on the real database."""

from datetime import date, timedelta

import psycopg
import pytest

from gis_core.config import Settings
from gis_core.incidents.daily import ended_periods, run_daily
from tests.towns.incident_sql import build_incident_town, office


@pytest.mark.parametrize(
    ("today", "periods"),
    [
        (date(2026, 11, 25), ["2026-10", "2026Q3", "2025"]),
        (date(2026, 1, 1), ["2025-12", "2025Q4", "2025"]),
        (date(2026, 4, 1), ["2026-03", "2026Q1", "2025"]),
    ],
)
def test_the_periods_that_ended_last(today: date, periods: list[str]) -> None:
    assert ended_periods(today) == periods


def test_it_is_done_once_a_day(pg: psycopg.Connection) -> None:
    build_incident_town(pg)
    pg.autocommit = True
    times = [timedelta(), timedelta(minutes=1), timedelta(days=1, minutes=1)]
    now = pg.execute("SELECT now()").fetchone()
    assert now is not None
    done = [run_daily(pg, office(), Settings(), now[0] + one) for one in times]
    assert done == [True, False, True]
    runs = pg.execute("SELECT count(*) FROM audit_entry WHERE action = 'incident.keep'").fetchone()
    assert runs == (2,)
