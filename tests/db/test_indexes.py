"""What anybody may ask for, and what is done for each notice, reads no growing table from end to end."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from gis_core.config import Settings
from gis_core.incidents import subscriptions
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.daily import keep_daily
from gis_core.incidents.life import Actor
from gis_core.incidents.notices import Notice, send_notice
from gis_core.incidents.reporting import take_report
from gis_core.incidents.reports import Report
from gis_core.incidents.stepping import take_step
from gis_core.open311.parsing import UpdatesQuery
from gis_core.open311.store import read_updates
from tests.towns.incident_sql import NOW, RUBBISH, acting, build_incident_town, office, place
from tests.towns.town_sql import CODE

ROWS = 5000


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


def read_whole(pg: psycopg.Connection, table: str, act: Callable[[], object]) -> int:
    """Rows of the table that scans from end to end read in the act; the transaction has read none before."""
    pg.execute("ANALYZE")
    pg.commit()
    act()
    row = pg.execute(
        "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = %s", [table]
    ).fetchone()
    assert row is not None
    return int(row[0])


def subscribe(pg: psycopg.Connection, secret: str = "a") -> None:
    subscriptions.subscribe(pg, office(), 1, "sms", "13800138001", secret, lang="zh", consent=True, now=NOW)


def test_updates_of_open311_find_their_photos(pg: psycopg.Connection) -> None:
    lon, lat = place()
    by = Person("reporter", frozenset({Actor.REPORTER}))
    number = take_report(pg, office(), Report(lon, lat, RUBBISH, "垃圾"), (), by=by, now=NOW).number
    she = acting(pg, "she", number)
    take_step(pg, office(), number, "accept", Evidence(note="有"), (), by=she, now=NOW)
    pg.execute(
        "INSERT INTO incident_photo (incident_id, kind, content, at)"
        " SELECT i.id, 'other', '', now() FROM incident i, generate_series(1, %s)",
        [ROWS],
    )
    asked = UpdatesQuery("", (), NOW - timedelta(days=1), NOW + timedelta(days=1), 1, 50)
    assert read_whole(pg, "incident_photo", lambda: read_updates(pg, asked, None, "en", str)) == 0
    assert [one.status for one in read_updates(pg, asked, None, "en", str)] == ["open"]


@pytest.fixture
def log(pg: psycopg.Connection) -> None:
    pg.execute(
        "INSERT INTO audit_entry (at, by, action, subject, details)"
        " SELECT now(), 'she', CASE WHEN n %% 3 = 0 THEN 'notice.send' ELSE 'reporter.read' END, '',"
        " jsonb_build_object('key', n::text) FROM generate_series(1, %s) n",
        [ROWS],
    )


@pytest.mark.usefixtures("log")
def test_a_notice_finds_out_whether_it_was_sent_before(pg: psycopg.Connection) -> None:
    def send() -> None:
        send_notice(pg, office(), Notice(CODE, "停水"), by="she", key="k", dry_run=False, now=NOW)

    assert read_whole(pg, "audit_entry", send) == 0


@pytest.mark.usefixtures("log")
def test_the_daily_work_finds_out_when_it_was_done(pg: psycopg.Connection) -> None:
    now = datetime.now(UTC)
    keep_daily(pg, Settings(), now)

    def again() -> None:
        assert not keep_daily(pg, Settings(), now)

    assert read_whole(pg, "audit_entry", again) == 0


@pytest.mark.parametrize("what", ["withdraw", "subscribe"])
def test_a_subscription_finds_its_messages(pg: psycopg.Connection, what: str) -> None:
    subscribe(pg)
    pg.execute(
        "INSERT INTO message (key, channel, template, lang, values, status, made_at, due_at)"
        " SELECT 'notice:' || n %% 100 + 1000 || ':' || n, 'sms', CASE WHEN n %% 2 = 0 THEN 'notice' ELSE 'subscribed'"
        " END, 'zh', jsonb_build_object('building', n %% 100 + 1000), 'sent', %s, %s FROM generate_series(1, %s) n",
        [NOW, NOW, ROWS],
    )
    acts = {"withdraw": lambda: subscriptions.withdraw(pg, "a"), "subscribe": lambda: subscribe(pg, "b")}
    assert read_whole(pg, "message", acts[what]) == 0
