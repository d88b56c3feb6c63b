"""A browser, and the application on a free loopback port with the drawn town behind it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.accounts import COOKIE
from gis_core.accounts.rules import Role
from tests.people import cookie, person
from tests.serving import serving
from tests.towns.town_sql import build

CHROMIUM, WITHOUT_WINDOW = "/usr/bin/chromium", "/usr/bin/chromium-headless-shell"
"""The browser without a window loads pages in half the time; setup installs it where it can."""
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = WITHOUT_WINDOW if Path(WITHOUT_WINDOW).exists() else CHROMIUM
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


class Watched:
    """A page, with every request that left the server and every word on its console."""

    def __init__(self, page: Page, origin: str) -> None:
        self.page = page
        self.outside: list[str] = []
        self.complaints: list[str] = []
        own = (origin, "data:", "blob:")
        page.on("request", lambda one: None if one.url.startswith(own) else self.outside.append(one.url))
        page.on("console", lambda one: self.complaints.append(one.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def expect_refusal(self, status: int) -> None:
        """The browser has complained of an answer with this status, and of nothing else so far."""
        assert self.complaints
        assert all(f"status of {status} " in one for one in self.complaints), self.complaints
        self.complaints.clear()

    def check(self) -> None:
        assert self.outside == []
        assert self.complaints == []


@contextmanager
def watched(browser: Browser, origin: str, **options: object) -> Iterator[Watched]:
    """A new page in a context of its own; after the block it must have asked nobody else and complained of nothing."""
    with browser.new_context(
        **({"locale": "zh-CN", "viewport": {"width": 1280, "height": 800}} | options)
    ) as own:
        one = Watched(own.new_page(), origin)
        yield one
        one.check()


@pytest.fixture
def plan(pg: psycopg.Connection) -> int:
    return build(pg)


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    with serving(database_url) as address:
        yield address


def signed_in(site: str, secret: str) -> dict[str, object]:
    """Options of a browser context that is signed in with the session cookie's secret."""
    cookie = {"name": COOKIE, "value": secret, "url": site, "httpOnly": True, "sameSite": "Lax"}
    return {"storage_state": {"cookies": [cookie], "origins": []}}


@pytest.fixture
def desk(site: str, pg: psycopg.Connection) -> dict[str, object]:
    """A browser of somebody who sees drafts and comments on them, and changes nothing."""
    return signed_in(site, cookie(pg, person(pg, "desk", Role.COMMUNITY_DESK)))


@pytest.fixture
def planner(site: str, pg: psycopg.Connection) -> dict[str, object]:
    """A browser of an administrator, who may do everything."""
    return signed_in(site, cookie(pg, person(pg, "planner")))


@pytest.fixture
def page(browser: Browser, site: str, plan: int, desk: dict[str, object]) -> Iterator[Page]:  # noqa: ARG001
    """The map page of the drawn town, loaded, for somebody who only looks."""
    with watched(browser, site, **desk) as one:
        one.page.goto(site)
        one.page.wait_for_selector("body[aria-busy=false] .grid-number")
        yield one.page
