"""While the service runs, timers fire and messages leave by themselves."""

import logging
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gis_core.config import Settings
from gis_core.db import connect
from gis_core.incidents.background import in_background
from gis_core.incidents.case import Person
from gis_core.incidents.life import Actor
from gis_core.incidents.outbox import queue, send_due
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Report
from gis_core.sealing import load_seal
from tests.mail_server import mail_server
from tests.towns.incident_sql import LAMP, build_incident_town, office, place
from tests.unit.test_senders import mail_settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path)


def put(connection: psycopg.Connection, settings: Settings, key: str = "k", channel: str = "email") -> None:
    queue(
        connection, load_seal(settings), key=key, channel=channel, template="accepted", lang="zh",
        now=datetime.now(UTC), receiver="zhang@example.org", values={"number": "1"}, urgent=True,
    )  # fmt: skip
    connection.commit()


def test_a_message_leaves_and_a_timer_fires(
    pg: psycopg.Connection, database_url: str, settings: Settings
) -> None:
    build_incident_town(pg)
    lon, lat = place()
    told = Report(lon, lat, LAMP, "楼前路灯不亮", attributes={"fault": "out"})
    by = Person("reporter", frozenset({Actor.REPORTER}))
    take_report(pg, office(), told, (), by=by, now=datetime.now(UTC) - timedelta(days=60))
    put(pg, settings)
    pg.execute("LISTEN seen")
    pg.execute(
        "CREATE FUNCTION seen() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NOTIFY seen; RETURN NULL; END $$"
    )
    pg.execute(
        "CREATE TRIGGER seen AFTER INSERT ON message FOR EACH ROW WHEN (NEW.template = 'overdue')"
        " EXECUTE FUNCTION seen()"
    )
    pg.commit()
    with mail_server() as served:
        settings.messages = mail_settings(served.port)
        with in_background(settings, database_url, every_s=0.02):
            assert served.arrived.wait(30)
            assert list(pg.notifies(timeout=30, stop_after=1))
    assert [mail["To"] for mail in served.mails] == ["zhang@example.org"]
    assert pg.execute("SELECT status FROM message WHERE key = 'k'").fetchone() == ("sent",)


class Heard(logging.Handler):
    """Notes lines, and when the second thread has told its own."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.both = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        if {line.split(":")[0] for line in self.lines} == {"fires timers", "sends messages"}:
            self.both.set()


def test_a_database_that_is_away_is_told_once_and_looked_for_again(
    pg: psycopg.Connection, database_url: str, settings: Settings
) -> None:
    put(pg, settings)
    pg.close()
    heard = Heard()
    log = logging.getLogger("wangge.incidents")
    log.addHandler(heard)
    name = conninfo_to_dict(database_url)["dbname"]
    away = sql.Identifier(f"{name}_away")
    own = sql.Identifier(str(name))
    with (
        connect(make_conninfo(database_url, dbname="postgres")) as maintenance,
        mail_server() as served,
    ):
        maintenance.autocommit = True
        maintenance.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(own, away))
        settings.messages = mail_settings(served.port)
        try:
            with in_background(settings, database_url, every_s=0.02):
                assert heard.both.wait(30)
                maintenance.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(away, own))
                assert served.arrived.wait(30)
        finally:
            log.removeHandler(heard)
    assert len(heard.lines) == 2
    assert "does not answer" in heard.lines[0]


def test_once_ended_no_message_is_begun(
    pg: psycopg.Connection, database_url: str, settings: Settings
) -> None:
    put(pg, settings, "1", "sms")
    put(pg, settings, "2", "sms")
    ended = threading.Event()
    sent: list[str] = []

    class Ending:
        def send(self, receiver: str, subject: str, body: str, key: str) -> None:  # noqa: ARG002
            sent.append(key)
            ended.set()

    with connect(database_url) as connection:
        connection.autocommit = True
        now = datetime.now(UTC)
        assert send_due(connection, load_seal(settings), {"sms": Ending()}, now, ended=ended) == 1
    assert sent == ["1"]
