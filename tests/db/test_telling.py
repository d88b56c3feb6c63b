"""What the reporter is told, and what those who follow: who did not report it is asked for nothing."""

from collections.abc import Sequence

import psycopg
import pytest

from gis_core.incidents import following
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.reporting import Receipt, take_report
from gis_core.incidents.reports import Contact, Report
from gis_core.incidents.stepping import take_step
from gis_core.incidents.templates import render
from tests.towns.incident_sql import NOW, RUBBISH, acting, build_incident_town, office, place

RESIDENT = Person("reporter", frozenset({Actor.REPORTER}))
OWN, OTHER, FOLLOWER = "13800138001", "13800138002", "13800138003"


@pytest.fixture
def number(pg: psycopg.Connection) -> str:
    """A case with its reporter, another's report that was merged into it, and somebody who follows."""
    build_incident_town(pg)
    number = report(pg, OWN).number
    following.add_follower(
        pg, office(), number, Contact(phone=FOLLOWER), "secret", consent=True, lang="zh", now=NOW
    )
    merged = report(pg, OTHER)
    step(pg, merged.number, "merge", target=number)
    assert told(pg, merged.number)[OTHER][-1].endswith(f"进展随 {number} 通知。")
    return number


def report(pg: psycopg.Connection, phone: str) -> Receipt:
    lon, lat = place()
    one = Report(lon, lat, RUBBISH, "垃圾", contact=Contact(phone=phone), consent=True)
    return take_report(pg, office(), one, (), by=RESIDENT, now=NOW)


def step(pg: psycopg.Connection, number: str, action: str, name: str = "she", **evidence: object) -> None:
    take_step(pg, office(), number, action, Evidence(**evidence), (), by=acting(pg, name, number), now=NOW)


def told(pg: psycopg.Connection, number: str) -> dict[str, list[str]]:
    """{receiver: what they are told of the case, in its order}."""
    rows = pg.execute(
        "SELECT receiver, template, lang, values FROM message WHERE receiver IS NOT NULL"
        " AND values ->> 'number' = %s ORDER BY id",
        [number],
    ).fetchall()
    found: dict[str, list[str]] = {}
    for sealed, template, lang, values in rows:
        found.setdefault(office().seal.open(sealed)["to"], []).append(render(template, lang, values).body)
    return found


def check(pg: psycopg.Connection, number: str, own: Sequence[str], others: Sequence[str]) -> None:
    found = told(pg, number)
    assert found[OWN][1:] == [words.replace("*", f"您上报的 {number}") for words in own]
    for one in (OTHER, FOLLOWER):
        assert found[one] == [words.replace("*", f"您关注的 {number}") for words in others]


def test_from_the_question_to_the_end(pg: psycopg.Connection, number: str) -> None:
    step(pg, number, "ask", public_note="在几单元？")
    answer = Evidence(note="3 单元")
    take_step(pg, office(), number, "answer", answer, (), by=RESIDENT, now=NOW)
    step(pg, number, "accept", note="有")
    step(pg, number, "start", "wang")
    step(pg, number, "resolve", "wang", note="清了", document="1")
    step(pg, number, "verify", note="干净")
    step(pg, number, "close", public_note="已清理")
    check(
        pg,
        number,
        [
            "* 需要补充信息，请打开链接补充。",
            "* 已受理，将安排处置。",
            "* 已处置并核查通过，请评价是否满意。",
            "* 已办结销号。如未解决可申请重开。",
        ],
        ["* 已受理，将安排处置。", "* 已处置并核查通过。", "* 已办结销号。"],
    )


def test_a_withdrawn_case(pg: psycopg.Connection, number: str) -> None:
    step(pg, number, "cancel", note="误报")
    check(pg, number, ["* 已撤销。"], ["* 已撤销，不再办理。"])
