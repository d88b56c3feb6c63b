"""The sign-in page in a real browser, and the way out again."""

import re

import psycopg
import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from gis_core.accounts import service
from gis_core.accounts.rules import Role
from gis_core.config import OidcSettings
from tests.oidc_provider import CLIENT, SECRET, ProviderApp
from tests.pages.conftest import watched
from tests.people import PASSWORD, person
from tests.serving import running, serving
from tests.towns.town_sql import CODE

pytestmark = pytest.mark.browser


@pytest.fixture
def lina(pg: psycopg.Connection, plan: int) -> str:  # noqa: ARG001 (the town is its work)
    return person(pg, "li.na", Role.PLANNER, community=CODE, password=PASSWORD)


def test_by_keyboard_in_and_out(browser: Browser, site: str, plan: int, lina: str) -> None:
    """The place that was asked for opens after signing in, with what the address carried."""
    with watched(browser, site) as one:
        page = one.page
        page.goto(f"{site}/?lang=zh#community={CODE}&plan={plan}&grid=2")
        page.keyboard.type(lina)
        page.keyboard.press("Tab")
        page.keyboard.type("wrong horse battery")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("账号名或密码不正确。")
        assert one.complaints.pop().startswith(
            "Failed to load resource: the server responded with a status of 401"
        )
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector("body[aria-busy=false] .grid-number")
        expect(page).to_have_url(re.compile("grid=2"))
        expect(page.locator("#who")).to_have_text(lina)
        page.get_by_role("button", name="退出").click()
        expect(page.get_by_role("heading", name="登录")).to_be_visible()
        page.goto(site)
        expect(page.get_by_role("heading", name="登录")).to_be_visible()


@pytest.mark.parametrize(("lang", "words"), [("zh", "已用过或已过期"), ("en", "was used or is too old")])
def test_a_link_opens_the_map_once(
    browser: Browser, site: str, pg: psycopg.Connection, lina: str, lang: str, words: str
) -> None:
    secret = service.make_link(pg, lina, by="test")
    pg.commit()
    with watched(browser, site) as one:
        one.page.goto(f"{site}/login/{secret}")
        one.page.wait_for_selector("body[aria-busy=false] .grid-number")
    with watched(browser, site) as one:
        one.page.goto(f"{site}/login/{secret}?lang={lang}")
        expect(one.page.get_by_role("alert")).to_contain_text(words)
        assert "410" in one.complaints.pop()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_no_violation(browser: Browser, site: str, lang: str) -> None:
    with watched(browser, site, viewport={"width": 360, "height": 740}) as one:
        one.page.goto(f"{site}/login?lang={lang}")
        found = Axe().run(one.page)
        assert found.response["violations"] == [], found.generate_report()


def test_in_by_a_provider(browser: Browser, database_url: str, plan: int, lina: str) -> None:
    """The place that was asked for opens behind the provider's page as well."""
    with (
        running(uvicorn.Server(uvicorn.Config(ProviderApp(), port=0, log_level="warning"))) as issuer,
        serving(
            database_url,
            oidc=OidcSettings(issuer=issuer, client_id=CLIENT, client_secret=SECRET, label="民政局"),
        ) as site,
        browser.new_context(locale="zh-CN") as context,
    ):
        page = context.new_page()
        page.goto(f"{site}/?lang=zh#community={CODE}&plan={plan}&grid=2")
        link = page.get_by_role("link", name="用民政局登录")
        expect(link).to_be_visible()
        assert Axe().run(page).violations_count == 0
        link.click()
        page.wait_for_selector("body[aria-busy=false] .grid-number")
        expect(page).to_have_url(re.compile("grid=2"))
        expect(page.locator("#who")).to_have_text(lina)
