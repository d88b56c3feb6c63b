"""What a server does as days pass, on the real database."""

import logging
import queue
from datetime import UTC, date, datetime, timedelta
from logging.handlers import QueueHandler
from pathlib import Path

import psycopg
import pytest

from gis_core.config import Settings
from gis_core.incidents.background import in_background
from gis_core.incidents.daily import ended_periods, freeze_ended, keep_daily
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
    done = [keep_daily(pg, Settings(), now[0] + one) for one in times]
    assert done == [True, False, True]
    runs = pg.execute("SELECT count(*) FROM audit_entry WHERE action = 'incident.keep'").fetchone()
    assert runs == (2,)


def frozen(pg: psycopg.Connection) -> list[str]:
    return [row[0] for row in pg.execute("SELECT DISTINCT period FROM frozen_measure ORDER BY 1")]


def test_a_period_is_frozen_once_nothing_of_it_is_reopened(pg: psycopg.Connection) -> None:
    """Until the 15th of the next month its last cases may be asked to be reopened: local midnight is 16:00 UTC."""
    build_incident_town(pg)
    pg.autocommit = True
    last = datetime(2027, 1, 15, 15, 59, tzinfo=UTC)
    assert freeze_ended(pg, office(), last) > 0
    assert frozen(pg) == ["2025", "2026-11", "2026Q3"]
    assert freeze_ended(pg, office(), last) == 0
    freeze_ended(pg, office(), last + timedelta(minutes=1))
    assert frozen(pg) == ["2025", "2026", "2026-11", "2026-12", "2026Q3", "2026Q4"]


BROKEN = """
CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
CREATE TRIGGER broken BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION broken();
CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY seen; RETURN NULL; END $$;
CREATE TRIGGER seen AFTER INSERT ON {other} FOR EACH ROW EXECUTE FUNCTION seen();
LISTEN seen
"""


@pytest.mark.parametrize(
    ("table", "other", "fault"),
    [
        ("frozen_measure", "audit_entry", "freezes measures: RaiseException"),
        ("audit_entry", "frozen_measure", "erases old data: RaiseException"),
    ],
)
def test_where_one_fails_the_other_is_done(
    pg: psycopg.Connection, database_url: str, tmp_path: Path, table: str, other: str, fault: str
) -> None:
    build_incident_town(pg)
    pg.execute(BROKEN.format(table=table, other=other))
    pg.commit()
    told: queue.Queue[logging.LogRecord] = queue.Queue()
    handler = QueueHandler(told)
    logging.getLogger("wangge.incidents").addHandler(handler)
    try:
        with in_background(Settings(data_dir=tmp_path), database_url, daily_s=0.02):
            assert list(pg.notifies(timeout=30, stop_after=1))
            assert told.get(timeout=30).getMessage().startswith(fault)
    finally:
        logging.getLogger("wangge.incidents").removeHandler(handler)
    assert told.empty()
