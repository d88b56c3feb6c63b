"""An incident on the real database: reported, routed, worked on by its people, struck off."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import psycopg
import pytest

from gis_core.accounts.store import account_of_name
from gis_core.db import connect
from gis_core.errors import ChangedError, ConflictError, ForbiddenError, InvalidInputError, RepeatedKeyError
from gis_core.incidents import store
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.inbox import inbox
from gis_core.incidents.life import Actor
from gis_core.incidents.outbox import send_due
from gis_core.incidents.reporting import Receipt, take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.senders import WebhookSender
from gis_core.incidents.stepping import take_step
from gis_core.incidents.store import Incident
from gis_core.incidents.trying import try_route
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
from tests.towns.town_sql import CODE
from tests.unit.test_senders import hook

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


def report(pg: psycopg.Connection, category: str = LAMP, key: str | None = None, **more: object) -> Receipt:
    lon, lat = place()
    told = Report(lon, lat, category, "楼前路灯不亮", **more)
    if category == LAMP:
        told = replace(told, attributes={"fault": "out"})
    if category == PAPERS:
        told = replace(told, contact=Contact(phone="13800138000"))
    return take_report(pg, office(), told, (), by=RESIDENT, now=NOW, key=key)


def step(
    pg: psycopg.Connection, number: str, who: str, action: str, after: str, **evidence: object
) -> Incident:
    by = RESIDENT if who == "reporter" else acting(pg, who, number)
    found = take_step(
        pg, office(), number, action, Evidence(**evidence), (), by=by, now=NOW + timedelta(hours=1)
    )
    assert found.state == after
    return found


def test_a_report_is_placed_routed_and_timed(pg: psycopg.Connection) -> None:
    receipt = report(pg)
    assert (receipt.community, receipt.grid_number, receipt.kind) == (CODE, 1, "coordination")
    found = store.read_incident(pg, receipt.number)
    assert (found.state, found.department, found.stage) == ("reported", "power", "accept")
    assert receipt.number.startswith("261125")
    # half a work day of seven hours: from 10:00, two hours until noon, then an hour and a half from 14:00
    assert found.stage_due_at == NOW.replace(hour=7, minute=30)
    told = pg.execute("SELECT a.name, template FROM message JOIN account a ON a.id = account_id").fetchall()
    assert told == [("wang", "reported_here")]


def test_coordination_from_report_to_strike_off(pg: psycopg.Connection) -> None:
    number = report(pg).number
    step(pg, number, "wang", "check", "verifying")
    step(pg, number, "wang", "accept", "accepted", note="已到场")
    step(pg, number, "she", "dispatch", "dispatched", department="power")
    step(pg, number, "dian", "start", "in_progress")
    step(pg, number, "dian", "resolve", "resolved", note="已更换灯泡", document="工单 12")
    with pytest.raises(ForbiddenError, match="verify is for"):
        step(pg, number, "dian", "verify", "verified", note="好了")
    step(pg, number, "wang", "verify", "verified", note="已亮")
    step(pg, number, "reporter", "feedback", "verified", satisfied=True)
    found = step(pg, number, "she", "close", "closed", public_note="感谢上报，路灯已修好。")
    assert not found.open
    assert found.satisfied
    assert store.broken_links(pg, found.id) == []
    assert [one["action"] for one in store.read_events(pg, found.id)] == [
        "report", "check", "accept", "dispatch", "start", "resolve", "verify", "feedback", "close",
    ]  # fmt: skip


def test_the_handler_never_verifies(pg: psycopg.Connection) -> None:
    number = report(pg, RUBBISH).number
    step(pg, number, "wang", "accept", "accepted", note="现场")
    step(pg, number, "wang", "start", "in_progress")
    step(pg, number, "wang", "resolve", "resolved", note="已清运", document="照片在纸上")
    with pytest.raises(ConflictError, match="may not verify"):
        step(pg, number, "wang", "verify", "verified", note="好了")
    step(pg, number, "li", "verify", "verified", note="干净了")


def test_a_forbidden_step_says_what_is_allowed(pg: psycopg.Connection) -> None:
    number = report(pg).number
    with pytest.raises(ConflictError, match="You may: check") as refused:
        step(pg, number, "wang", "resolve", "resolved", note="x")
    assert refused.value.more["allowed"][:2] == ["check", "accept"]
    assert "您现在可以：“开始核实”、“受理”" in refused.value.text("zh")
    with pytest.raises(InvalidInputError, match="There is no action 'fly'"):
        step(pg, number, "wang", "fly", "x")


def test_emergency_tells_two_levels_at_once(pg: psycopg.Connection) -> None:
    number = report(pg, PIPE).number
    told = pg.execute(
        "SELECT a.name FROM message JOIN account a ON a.id = account_id WHERE template = 'emergency' ORDER BY 1"
    ).fetchall()
    assert told == [("jie",), ("qu",)]
    step(pg, number, "jie", "acknowledge", "reported")
    left = pg.execute(
        "SELECT stage FROM incident_timer WHERE kind = 'acknowledge' AND cancelled_at IS NULL"
    ).fetchall()
    assert left == [("district",)]
    for name, at in (("jie", NOW + timedelta(hours=1)), ("qu", None)):
        account = account_of_name(pg, name)
        assert account is not None
        [letter] = inbox(pg, account.id)
        assert (letter.template, letter.acknowledged_at) == ("emergency", at)
    step(pg, number, "wang", "respond", "in_progress")
    found = step(pg, number, "wang", "finish_step", "in_progress", note="已围护")
    assert (found.step, found.limit_s) == (2, 8 * 3600)


def test_trying_a_report_names_those_who_would_be_told(pg: psycopg.Connection) -> None:
    def told(category: str) -> list[tuple[str, int]]:
        tried = try_route(pg, *place(), category, None, "zh")["people"]
        with pg.transaction(force_rollback=True):
            number = report(pg, category).number
            rows = pg.execute(
                "SELECT display_name, count(*) FROM message JOIN account a ON a.id = account_id"
                " JOIN incident i ON i.id = incident_id WHERE i.number = %s GROUP BY 1 ORDER BY 1",
                [number],
            ).fetchall()
        assert tried == [name for name, _ in rows]
        return rows

    assert told(LAMP) == [("wang", 1)]
    assert told(PIPE) == [("jie", 1), ("qu", 1), ("wang", 1)]
    pg.execute("DELETE FROM grid_duty")
    assert told(LAMP) == [("she", 1), ("she2", 1)]
    # a leader of the whole city alone leads both levels, and is told once
    pg.execute("DELETE FROM account_grant WHERE area_code IS NOT NULL")
    pg.execute(
        "INSERT INTO account_grant (account_id, role) SELECT id, 'leader' FROM account WHERE name = 'jie'"
    )
    assert told(PIPE) == [("jie", 1), ("she", 1), ("she2", 1)]


def test_what_staff_are_told_goes_to_the_webhook_as_well(pg: psycopg.Connection) -> None:
    """The same messages by both ways, to the same people by name; only the webhook's lead to the desk by a link."""
    lon, lat = place()
    with hook() as (url, came):
        told = replace(office(), webhook=True)
        number = take_report(pg, told, Report(lon, lat, PIPE, "消防通道"), (), by=RESIDENT, now=NOW).number
        pg.commit()
        pg.autocommit = True
        sent = send_due(pg, told.seal, {"webhook": WebhookSender(f"{url}/204", b"0123456789abcdef")}, NOW)
    posts = [json.loads(content) for _, _, content in came]
    web = pg.execute(
        "SELECT a.name, m.key FROM message m JOIN account a ON a.id = m.account_id WHERE m.channel = 'web'"
    ).fetchall()
    assert len(web) == sent == 3
    assert sorted((one["receiver"], one["key"]) for one in posts) == sorted(
        (name, f"{key}:webhook") for name, key in web
    )
    assert all(one["body"].endswith(f"http://127.0.0.1/desk#case={number}") for one in posts)


def test_approval_goes_up_level_by_level_and_is_publicised(pg: psycopg.Connection) -> None:
    number = report(pg, PAPERS).number
    step(pg, number, "wang", "collect", "collected", note="材料齐")
    step(pg, number, "she", "check_papers", "community_checked", note="属实")
    with pytest.raises(ForbiddenError, match="leader of the subdistrict"):
        step(pg, number, "qu", "review", "subdistrict_reviewed", note="同意")
    step(pg, number, "jie", "review", "subdistrict_reviewed", note="同意")
    step(pg, number, "qu", "approve", "decided", note="批准")
    notice = {"text_zh": "拟批准一处临时占道", "text_en": "A permit is to be given", "days": 5}
    step(pg, number, "she", "publicise", "publicised", notice=notice)
    assert pg.execute("SELECT count(*) FROM public_notice").fetchone() == (3,)
    with pytest.raises(ConflictError, match="not over yet"):
        step(pg, number, "she", "close_notice", "closed", public_note="已批准")


@pytest.mark.parametrize("name", ["she", "dian", "nobody"])
def test_only_a_grid_worker_of_the_place_is_assigned(pg: psycopg.Connection, name: str) -> None:
    number = report(pg).number
    with pytest.raises(InvalidInputError, match="no grid worker of this place; there are: wang, li"):
        step(pg, number, "she", "assign", "reported", assignee=name)
    assert step(pg, number, "she", "assign", "reported", assignee="li").assignee_id is not None


def test_a_key_is_taken_once(pg: psycopg.Connection) -> None:
    first = report(pg, key="a")
    again = report(pg, key="a")
    assert again == replace(first, repeated=True)
    assert pg.execute("SELECT count(*) FROM incident").fetchone() == (1,)
    with pytest.raises(RepeatedKeyError):
        report(pg, RUBBISH, key="a")


def test_none_is_merged_into_one_that_is_rejected_at_the_same_moment(
    pg: psycopg.Connection, database_url: str
) -> None:
    """The merging waits until it is known what becomes of its target."""
    one, other = (report(pg).number for _ in range(2))
    pg.commit()

    def merge() -> Incident:
        with connect(database_url) as own:
            return step(own, one, "she", "merge", "merged", target=other, public_note="并案")

    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    with ThreadPoolExecutor(1) as threads, connect(database_url) as watching:
        watching.autocommit = True
        step(pg, other, "she", "reject", "rejected", reason_code="unclear", public_note="不清楚")
        merged = threads.submit(merge)
        while not merged.done() and watching.execute(waiting).fetchone() == (0,):
            pass
        pg.commit()
        with pytest.raises(InvalidInputError, match="has ended"):
            merged.result(30)
    assert store.read_incident(pg, one).state == "reported"


def test_two_that_are_merged_into_each_other_at_once_leave_one(
    pg: psycopg.Connection, database_url: str
) -> None:
    numbers = [report(pg).number for _ in range(2)]
    pg.commit()

    def merge(one: str, other: str) -> bool:
        try:
            with connect(database_url) as own:
                step(own, one, "she", "merge", "merged", target=other, public_note="并案")
        except (ConflictError, InvalidInputError):
            return False
        return True

    with ThreadPoolExecutor(2) as threads:
        merged = list(threads.map(merge, numbers, reversed(numbers)))
    assert sorted(merged) == [False, True]
    open_ones = [number for number in numbers if store.read_incident(pg, number).open]
    assert len(open_ones) == 1


def test_a_stale_revision_is_told(pg: psycopg.Connection) -> None:
    number = report(pg).number
    with pytest.raises(ChangedError, match="at revision 1 now"):
        take_step(
            pg, office(), number, "check", Evidence(), (), by=acting(pg, "she", number), now=NOW, revision=7
        )


def test_bad_reports_are_refused_with_all_faults(pg: psycopg.Connection) -> None:
    with pytest.raises(InvalidInputError) as refused:
        take_report(pg, office(), Report(0, 95, "none", "x" * 4001), (), by=RESIDENT, now=NOW)
    assert [one["field"] for one in refused.value.more["faults"]] == ["place", "category", "description"]
    with pytest.raises(InvalidInputError, match="lies in no community"):
        take_report(pg, office(), Report(0, 0, RUBBISH, "x"), (), by=RESIDENT, now=NOW)
