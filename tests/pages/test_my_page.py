"""The grid worker's page on a phone, with and without network."""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import Browser, Page

from tests.pages.cases import picture, reported, serving_incidents
from tests.pages.conftest import signed_in, watched
from tests.people import cookie
from tests.towns.incident_sql import RUBBISH, build_incident_town

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
PHOTO = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": picture()}


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    with serving_incidents(database_url) as address:
        yield address


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


@pytest.fixture
def wang(site: str, pg: psycopg.Connection) -> dict:
    return signed_in(site, cookie(pg, "wang"))


@pytest.fixture
def numbers(pg: psycopg.Connection) -> dict[str, str]:
    return {"lamp": reported(pg).number, "rubbish": reported(pg, RUBBISH, 2, description="垃圾成堆").number}


@pytest.fixture
def mine(browser: Browser, site: str, wang: dict, numbers: dict[str, str]) -> Iterator[Page]:  # noqa: ARG001
    with watched(browser, site, reduced_motion="reduce", **PHONE, **wang) as one:
        one.page.goto(f"{site}/my")
        one.page.wait_for_selector(".card")
        yield one.page


def test_a_first_look(mine: Page, numbers: dict[str, str]) -> None:
    mine.wait_for_timeout(500)
    mine.screenshot(path="/tmp/shot-my.png")
    mine.locator(f"[data-number='{numbers['rubbish']}'] [data-action=accept]").click()
    mine.set_input_files("input[type=file]", PHOTO)
    mine.wait_for_timeout(500)
    mine.screenshot(path="/tmp/shot-my-form.png", full_page=True)
    mine.click("#tab-report")
    mine.wait_for_timeout(300)
    mine.screenshot(path="/tmp/shot-my-report.png", full_page=True)
    mine.click("#tab-visit")
    mine.locator(".buildings .name").first.click()
    mine.wait_for_timeout(300)
    mine.screenshot(path="/tmp/shot-my-visit.png", full_page=True)
