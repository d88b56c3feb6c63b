"""The incident desk in a real browser. Every page also asserts: no outside request, nothing on the console."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from gis_core.incidents.firing import fire_due
from tests.pages.cases import phone_of, reported
from tests.pages.conftest import signed_in, watched
from tests.people import cookie
from tests.towns.incident_sql import PIPE, RUBBISH, build_incident_town, office

pytestmark = pytest.mark.browser

READY = "body[aria-busy=false] #incidents li"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


@pytest.fixture
def cases(pg: psycopg.Connection) -> dict[str, str]:
    """Numbers of a lamp with a photo and a reporter, of rubbish that is overdue, and of a burst pipe."""
    late = datetime.now(UTC) - timedelta(days=10)
    rubbish = reported(pg, RUBBISH, 3, now=late, description="垃圾成堆").number
    pg.autocommit = True
    fire_due(pg, office(), datetime.now(UTC))
    pg.autocommit = False
    lamp = reported(pg, photos=("near",), contact=phone_of(), consent=True).number
    return {"lamp": lamp, "rubbish": rubbish, "pipe": reported(pg, PIPE, 5, description="路面冒水").number}


@pytest.fixture
def she(site: str, pg: psycopg.Connection) -> dict:
    return signed_in(site, cookie(pg, "she"))


@pytest.fixture
def desk(browser: Browser, site: str, she: dict, cases: dict[str, str]) -> Iterator[Page]:  # noqa: ARG001
    with watched(browser, site, reduced_motion="reduce", **she) as one:
        one.page.goto(f"{site}/desk")
        one.page.wait_for_selector(READY)
        yield one.page


def listed(page: Page) -> list[str]:
    return page.locator("#incidents li").evaluate_all("rows => rows.map((row) => row.dataset.number)")


def test_the_queue_has_the_most_urgent_first(desk: Page, cases: dict[str, str]) -> None:
    assert listed(desk) == [cases["rubbish"], cases["pipe"], cases["lamp"]]
    first = desk.locator("#incidents li").first
    expect(first).to_contain_text("超期")
    expect(first).to_contain_text("督办")
    expect(desk.locator(".case-sign")).to_have_count(3)
    desk.screenshot(path="/tmp/shot-desk.png")
    desk.locator("#incidents button").last.click()
    expect(desk.locator("#case-title")).to_contain_text("路灯故障")
    desk.wait_for_timeout(300)
    desk.screenshot(path="/tmp/shot-desk-case.png")
