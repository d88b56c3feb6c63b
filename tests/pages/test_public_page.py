"""The public map and the page of measures in a real browser: no outside request, nothing on the console."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.pages.conftest import signed_in, watched
from tests.people import cookie
from tests.towns.incident_sql import build_incident_town
from tests.towns.lamps import lamps
from tests.towns.public_sql import build_public, photo

pytestmark = pytest.mark.browser
READY = "body[aria-busy=false]"
PHONE = {"viewport": {"width": 360, "height": 740}}
SIZES = pytest.mark.parametrize("options", [{}, PHONE], ids=["1280", "phone"])


@pytest.fixture
def numbers(pg: psycopg.Connection) -> dict[str, str]:
    build_incident_town(pg)
    return build_public(pg)


@pytest.fixture
def public(browser: Browser, site: str, numbers: dict[str, str], pg: psycopg.Connection) -> Iterator[Page]:
    photo(pg, numbers["lamp"], public=True)
    with watched(browser, site) as one:
        one.page.goto(f"{site}/public?lang=zh")
        one.page.wait_for_selector(READY)
        yield one.page


def listed(page: Page) -> list[str]:
    return page.locator("#incidents li").evaluate_all("rows => rows.map((row) => row.dataset.number)")


def test_list_and_map_show_the_same_without_an_account(public: Page, numbers: dict[str, str]) -> None:
    assert listed(public) == [numbers[name] for name in ("rubbish", "closed", "lamp")]
    expect(public.locator("#count")).to_have_text("列出 3 件，最新的在前")
    expect(public.locator("#map path.leaflet-interactive")).to_have_count(3)
    expect(public.locator(f"li[data-number='{numbers['closed']}'] .note")).to_have_text(
        "修好了，问题请打 ***"
    )
    expect(public.locator(".photos img")).to_have_count(1)
    assert "张三" not in public.content()


def test_it_is_narrowed_by_category_and_state(public: Page, numbers: dict[str, str]) -> None:
    public.get_by_label("状态").select_option("closed")
    expect(public.locator("#incidents li")).to_have_count(1)
    assert listed(public) == [numbers["closed"]]
    public.get_by_label("类别").select_option("001")
    expect(public.locator("#count")).to_have_text("没有符合条件的事件。")
    public.reload()
    public.wait_for_selector(READY)
    expect(public.get_by_label("状态")).to_have_value("closed")
    assert "邻里矛盾" not in public.locator("#category").inner_text()


def test_the_list_marks_the_map_by_keyboard_and_the_map_the_list(
    public: Page, numbers: dict[str, str]
) -> None:
    public.locator("#incidents button").first.focus()
    public.keyboard.press("Enter")
    expect(public.locator("li.chosen")).to_have_attribute("data-number", numbers["rubbish"])
    public.locator("#map path.leaflet-interactive").last.click(force=True)
    expect(public.locator("li.chosen button")).to_be_focused()


def test_density_keeps_small_numbers_back(public: Page) -> None:
    public.get_by_label("显示每个网格的事件密度").check()
    expect(public.locator("#legend")).to_contain_text("少于 5 件")
    expect(public.locator("#map path.leaflet-interactive")).to_have_count(6)
    public.get_by_role("button", name="Switch to English").click()
    expect(public.locator("#legend")).to_contain_text("fewer than 5")


@SIZES
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_axe_finds_nothing_on_the_public_map(
    browser: Browser, site: str, numbers: dict[str, str], lang: str, options: dict, tmp_path: Path
) -> None:
    assert numbers
    with watched(browser, site, **options) as one:
        one.page.goto(f"{site}/public?lang={lang}#density=1")
        one.page.wait_for_selector(READY)
        one.page.screenshot(path=tmp_path / "public.png")
        found = Axe().run(one.page)
        assert found.response["violations"] == [], found.generate_report()
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture
def leader(pg: psycopg.Connection, site: str) -> dict[str, object]:
    build_incident_town(pg)
    lamps(pg)
    pg.commit()
    return signed_in(site, cookie(pg, "jie"))


def test_measures_are_shown_with_numerator_and_denominator(
    browser: Browser, site: str, leader: dict[str, object]
) -> None:
    with watched(browser, site, **leader) as one:
        one.page.clock.set_fixed_time(datetime(2026, 11, 28, 10, tzinfo=UTC))
        one.page.goto(f"{site}/statistics?lang=zh#by=grid&period=2026-11")
        one.page.wait_for_selector(READY)
        cell = one.page.locator("tbody tr").first.locator("td").nth(1)
        expect(cell).to_have_text("80 %4 / 5")
        expect(one.page.locator("tbody tr").nth(1).locator("td").first).to_have_text("样本不足")
        one.page.locator("#group").select_option("times")
        expect(one.page.locator("thead th").nth(1)).to_have_text("全程时长中位数")
        one.page.get_by_label("统计对象").select_option("department")
        expect(one.page.locator("#standing")).to_have_text("没有可看的统计对象。")
        one.page.get_by_label("周期").select_option("year")
        expect(one.page.locator("#heading")).to_have_text("责任单位：办理时长，2026")
        href = one.page.get_by_role("link", name="下载全部指标（CSV）").get_attribute("href")
        assert href == "measures?by=department&period=2026&lang=zh&format=csv"


def test_whoever_may_not_see_them_is_told(
    browser: Browser, site: str, leader: dict[str, object], pg: psycopg.Connection
) -> None:
    assert leader
    with watched(browser, site, **signed_in(site, cookie(pg, "wang"))) as one:
        one.page.goto(f"{site}/statistics?lang=zh")
        expect(one.page.locator("#failure")).to_contain_text("无权在全部社区查看统计")
        assert "403" in one.complaints.pop()


@SIZES
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_axe_finds_nothing_on_the_measures(
    browser: Browser, site: str, leader: dict[str, object], lang: str, options: dict, tmp_path: Path
) -> None:
    with watched(browser, site, **leader, **options) as one:
        one.page.goto(f"{site}/statistics?lang={lang}#by=grid&period=2026-11")
        one.page.wait_for_selector(READY)
        one.page.screenshot(path=tmp_path / "statistics.png")
        found = Axe().run(one.page)
        assert found.response["violations"] == [], found.generate_report()
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
