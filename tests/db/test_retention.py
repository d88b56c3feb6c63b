"""What is personal goes when its time is over, not a day before, and a run that is repeated finds nothing."""

import threading
from datetime import timedelta

import psycopg
import pytest
from pydantic import ValidationError

from gis_core.config import Settings
from gis_core.db import connect
from gis_core.errors import NotFoundError
from gis_core.incidents import following, retention, store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.outbox import queue
from gis_core.incidents.photos import CleanPhoto
from gis_core.incidents.reporting import Receipt, take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.retention import EXPIRED, keep
from gis_core.incidents.stepping import take_step
from gis_core.keeping import KeepSettings
from tests.towns.incident_sql import NOW, RUBBISH, acting, build_incident_town, office, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
NOTHING = dict.fromkeys(KeepSettings.model_fields, 0)


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


def report(pg: psycopg.Connection, key: str = "k1") -> Receipt:
    lon, lat = place()
    contact = Contact("张三", "13800138000")
    told = Report(
        lon, lat, RUBBISH, "垃圾", "跃进路1号", contact=contact, consent=True, media_url="https://x.example/1"
    )
    photos = [("near", CleanPhoto(b"jpeg", 1, 1))]
    return take_report(pg, office(), told, photos, by=RESIDENT, now=NOW, key=key)


def end(pg: psycopg.Connection, number: str, action: str, **evidence: object) -> None:
    by = RESIDENT if action == "cancel" else acting(pg, "she", number)
    take_step(pg, office(), number, action, Evidence(**evidence), (), by=by, now=NOW)


def run(pg: psycopg.Connection, days: int, **told: int) -> dict[str, int]:
    """What a run so many days later erased."""
    settings = Settings(keep=KeepSettings(**told))
    counts = keep(pg, NOW + timedelta(days=days, seconds=1), settings)
    return {name: count for name, count in counts.items() if count}


def test_open_cases_are_left_alone(pg: psycopg.Connection) -> None:
    link = report(pg).link
    assert run(pg, 4000) == {"receivers": 1, "answers": 1}
    assert following.held_by(pg, link).reporter


@pytest.mark.parametrize("action", ["cancel", "reject"])
def test_contacts_links_words_and_photos_go_after_a_year(pg: psycopg.Connection, action: str) -> None:
    receipt = report(pg)
    end(pg, receipt.number, action, note="张三说好了", reason_code="handled", public_note="已处理")
    assert run(pg, 364) == {"receivers": 2, "answers": 1}
    assert following.held_by(pg, receipt.link).reporter
    assert run(pg, 365) == {"contacts": 1}
    with pytest.raises(NotFoundError, match="opens no report"):
        following.held_by(pg, receipt.link)
    found = store.read_incident(pg, receipt.number)
    assert (found.description, found.address, found.attributes) == (EXPIRED, "", {})
    assert pg.execute("SELECT sealed FROM incident_reporter").fetchall() == [(None,)]
    assert pg.execute("SELECT count(*) FROM incident_photo").fetchone() == (0,)
    assert store.broken_links(pg, found.id) == []
    last = store.read_events(pg, found.id)[-1]
    assert (last["by"], last["actor"], last["action"]) == ("system", "system", "erase")
    assert run(pg, 400) == {}
    assert keep(pg, NOW + timedelta(days=400), Settings()) == NOTHING


def test_a_case_that_is_reopened_meanwhile_keeps_its_reporter(
    pg: psycopg.Connection, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_PAGE", 1)
    receipts = [report(pg, f"k{number}") for number in range(3)]
    for receipt in receipts:
        end(pg, receipt.number, "cancel", note="好了")
    pg.commit()
    pg.execute(
        "UPDATE incident SET state = 'reopened', open = true, closed_at = NULL WHERE number = %s",
        [receipts[1].number],
    )
    counts: list[dict[str, int]] = []
    with connect(database_url) as other, connect(database_url) as looking:
        runs = threading.Thread(target=lambda: counts.append(run(other, 400)))
        runs.start()
        waits = "SELECT cardinality(pg_blocking_pids(%s)) > 0"
        while looking.execute(waits, [other.info.backend_pid]).fetchone() == (False,):
            assert runs.is_alive()
        pg.commit()
        runs.join(60)
        other.commit()
    assert [told["contacts"] for told in counts] == [2]
    assert following.held_by(pg, receipts[1].link).reporter
    for receipt in (receipts[0], receipts[2]):
        with pytest.raises(NotFoundError):
            following.held_by(pg, receipt.link)


def test_a_merged_case_waits_for_the_one_it_was_merged_into(pg: psycopg.Connection) -> None:
    target, other = report(pg), report(pg, "k2")
    end(pg, other.number, "merge", target=target.number, public_note="同一问题")
    run(pg, 30)
    assert run(pg, 400) == {"photos": 1}
    assert following.held_by(pg, other.link).reporter
    end(pg, target.number, "reject", reason_code="handled", public_note="好了")
    run(pg, 400, receivers=1)
    for link in (target.link, other.link):
        with pytest.raises(NotFoundError):
            following.held_by(pg, link)


def test_rejected_descriptions_have_a_period_of_their_own(pg: psycopg.Connection) -> None:
    receipt = report(pg)
    end(pg, receipt.number, "reject", reason_code="private", public_note="请自行协商")
    run(pg, 30)
    assert run(pg, 90, descriptions=90) == {"descriptions": 1}
    assert store.read_incident(pg, receipt.number).description == EXPIRED
    assert run(pg, 90, descriptions=90) == {}
    assert following.held_by(pg, receipt.link).reporter


def test_published_photos_and_the_staffs_words_stay(pg: psycopg.Connection) -> None:
    receipt = report(pg)
    pg.execute("UPDATE incident_photo SET public = true, moderated_at = now(), moderated_by = 'she'")
    end(pg, receipt.number, "reject", reason_code="private", public_note="请自行协商")
    run(pg, 400)
    assert pg.execute("SELECT count(*) FROM incident_photo").fetchone() == (1,)
    assert pg.execute("SELECT text FROM incident_text").fetchall() == [("请自行协商",)]


def test_words_that_came_by_a_program_go_with_those_of_the_reporter(pg: psycopg.Connection) -> None:
    receipt = report(pg)
    program = Person("open311 app", frozenset({Actor.PROGRAM}))
    for by, words in (
        (RESIDENT, "我住 3 单元"),
        (program, "张三家门口"),
        (acting(pg, "she", receipt.number), "已约定"),
    ):
        take_step(pg, office(), receipt.number, "comment", Evidence(note=words), (), by=by, now=NOW)
    end(pg, receipt.number, "reject", reason_code="private", public_note="请自行协商")
    run(pg, 400)
    found = store.read_incident(pg, receipt.number)
    assert [one["text"] for one in store.read_events(pg, found.id) if one["text"]] == ["已约定", "请自行协商"]
    assert store.broken_links(pg, found.id) == []


def test_receivers_go_after_a_month_and_are_not_written_to_any_more(pg: psycopg.Connection) -> None:
    queue(
        pg, office().seal, key="1", channel="sms", template="accepted", lang="zh", now=NOW, receiver="13800138000",
        values={"number": "1"}, urgent=True,
    )  # fmt: skip
    assert run(pg, 29) == {}
    assert run(pg, 30) == {"receivers": 1}
    assert pg.execute("SELECT status, receiver FROM message").fetchall() == [("cancelled", None)]


def test_who_recorded_a_visit_goes_after_a_year(pg: psycopg.Connection) -> None:
    pg.execute(
        "INSERT INTO building_visit (building_id, kind, outcome, by, at, key)"
        " VALUES (1, 'patrol', 'nothing', 'wang', %s, 'wang:k1')",
        [NOW],
    )
    assert run(pg, 364) == {}
    assert run(pg, 365) == {"visits": 1}
    assert pg.execute("SELECT by, key FROM building_visit").fetchall() == [("", None)]


def test_every_run_is_logged(pg: psycopg.Connection) -> None:
    keep(pg, NOW, Settings())
    [row] = pg.execute("SELECT by, details FROM audit_entry WHERE action = 'incident.keep'").fetchall()
    assert row == ("system", NOTHING)


@pytest.mark.parametrize("days", ["0", "x", "36501"])
def test_a_period_is_some_days(monkeypatch: pytest.MonkeyPatch, days: str) -> None:
    monkeypatch.setenv("WANGGE_KEEP_CONTACTS", days)
    with pytest.raises(ValidationError):
        Settings()


def test_a_period_is_set_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_KEEP_RECEIVERS", "7")
    assert Settings().keep.receivers == 7
