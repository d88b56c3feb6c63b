"""The city page in a real browser. Every page also asserts: no outside request, nothing on the console."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.pages.conftest import signed_in, watched
from tests.people import cookie, person
from tests.towns.city_sql import ADOPTED, BROKEN, EAST_STREET, NONE, STATES, WEST_STREET, build_city
from tests.towns.town_sql import CODE

pytestmark = pytest.mark.browser

READY = "body[aria-busy=false] .community-label"
PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(autouse=True)
def town_and_city(pg: psycopg.Connection, plan: int) -> None:  # noqa: ARG001 (the drawn town is its work)
    build_city(pg)


@pytest.fixture
def city(browser: Browser, site: str, desk: dict) -> Iterator[Page]:
    with watched(browser, site, **desk) as one:
        one.page.goto(f"{site}/city")
        one.page.wait_for_selector(READY)
        yield one.page


def listed(page: Page) -> list[str]:
    return page.locator("#communities tr").evaluate_all("rows => rows.map((row) => row.dataset.code)")


def middle(page: Page, name: str) -> tuple[float, float]:
    """Where a community's name stands on the map."""
    box = page.locator(".community-label", has_text=name).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_list_and_map_tell_the_same(city: Page) -> None:
    assert listed(city) == sorted(STATES)
    expect(city.locator("#count")).to_have_text("共 5 个社区，列出 5 个")
    row = city.locator(f"tr[data-code='{BROKEN}']")
    expect(row).to_contain_text("✗ 已采用，现不符合规则")
    expect(row.locator("li")).to_have_text("网格 1：101 户，规则 50–100")
    expect(city.locator(f"tr[data-code='{CODE}']")).to_contain_text("◐ 草案")
    expect(city.locator(".community-label")).to_have_count(5)
    for words in ("◐ 安源社区", "✗ 丹江社区", "✓ 后埠社区", "▲ 八一社区", "○ 站前社区"):
        expect(city.locator(".community-label", has_text=words)).to_have_count(1)
    expect(city.locator("#state-buttons strong")).to_have_text(["1"] * 5)


def test_a_click_on_the_map_opens_the_community_and_back_leads_here(city: Page) -> None:
    city.mouse.move(*middle(city, "安源社区"))
    expect(city.locator("#hint")).to_have_text("安源社区草案 · 660 户")
    expect(city.locator("tr.chosen")).to_have_attribute("data-code", CODE)
    city.mouse.click(*middle(city, "安源社区"))
    city.wait_for_selector("body[aria-busy=false] .grid-number")
    expect(city).to_have_url(re.compile(f"/#community={CODE}"))
    city.go_back()
    city.wait_for_selector(READY)
    city.get_by_role("link", name="社区地图").click()
    city.wait_for_selector("body[aria-busy=false] .grid-number")
    city.get_by_role("link", name="全市社区").click()
    city.wait_for_selector(READY)


def test_the_list_works_by_keyboard_and_marks_the_map(city: Page) -> None:
    city.locator("#communities a").first.focus()
    for key, code in (("ArrowDown", BROKEN), ("End", NONE), ("Home", CODE)):
        city.keyboard.press(key)
        expect(city.locator("tr.chosen")).to_have_attribute("data-code", code)
    city.keyboard.press("Enter")
    expect(city).to_have_url(re.compile(f"/#community={CODE}"))
    city.wait_for_selector("body[aria-busy=false] .grid-number")


def test_the_map_works_by_keyboard(city: Page) -> None:
    """Adopted is the middle one of five in a row; one step of 80 pixels to the west leads to the broken one."""
    city.locator("#map").focus()
    expect(city.locator(".middle")).to_be_visible()
    city.keyboard.press("+")
    expect(city.locator("#announcer")).to_have_text("后埠社区，已采用，100 户。按回车打开。")
    expect(city.locator("tr.chosen")).to_have_attribute("data-code", ADOPTED)
    while city.locator("tr.chosen").get_attribute("data-code") != BROKEN:
        before = city.url
        city.keyboard.press("ArrowLeft")
        expect(city).not_to_have_url(before)
    expect(city.locator("#announcer")).to_contain_text("丹江社区，已采用，现不符合规则")
    city.keyboard.press("Enter")
    expect(city).to_have_url(re.compile(f"/#community={BROKEN}"))
    city.wait_for_selector("body[aria-busy=false]")


def test_area_state_and_words_narrow_map_and_list(city: Page) -> None:
    area = city.get_by_label("区域")
    expect(area.locator("option")).to_have_text(
        ["全部（5）", "安源区（5）", "　东大街（3）", "　八一街（2）"]
    )
    area.select_option(EAST_STREET)
    expect(city.locator("#count")).to_have_text("共 3 个社区，列出 3 个")
    expect(city.locator(".community-label")).to_have_count(3)
    broken = city.get_by_role("button", name="已采用，现不符合规则：1 个社区")
    broken.focus()
    city.keyboard.press("Enter")
    expect(broken).to_have_attribute("aria-pressed", "true")
    expect(broken).to_be_focused()
    expect(city.locator("#communities tr")).to_have_count(1)
    expect(city.locator(".community-label")).to_have_text(["✗ 丹江社区"])
    city.reload()
    city.wait_for_selector(READY)
    assert listed(city) == [BROKEN]
    city.get_by_role("button", name="已采用，现不符合规则").click()
    city.get_by_label("区域").select_option("")
    city.get_by_role("searchbox").fill("八一")
    expect(city.locator(".community-label")).to_have_text(["▲ 八一社区"])
    expect(city.locator("#communities tr")).to_have_count(1)
    city.get_by_role("searchbox").fill("没有这个")
    expect(city.locator("#count")).to_have_text("没有符合条件的社区。")
    expect(city.locator(".community-label")).to_have_count(0)


def test_a_change_shows_when_one_comes_back_to_the_page(city: Page, pg: psycopg.Connection) -> None:
    pg.execute("UPDATE building SET households = 80 WHERE source_id = %s", [f"only {BROKEN}"])
    pg.commit()
    city.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(city.locator(f"tr[data-code='{BROKEN}']")).to_contain_text("✓ 已采用")
    expect(city.locator(".community-label", has_text="丹江社区")).to_have_text("✓ 丹江社区")
    expect(city.locator("#unchecked")).to_be_empty()


def test_more_of_a_long_list_is_read_on_demand(
    browser: Browser, site: str, desk: dict, pg: psycopg.Connection
) -> None:
    pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary)"
        " SELECT 'x' || n, 'x' || n, 4547, boundary FROM community, generate_series(101, 160) n WHERE code = %s",
        [NONE],
    )
    pg.commit()
    with watched(browser, site, **desk) as one:
        one.page.goto(f"{site}/city?lang=en")
        more = one.page.get_by_role("button", name="List 15 more")
        more.focus()
        one.page.keyboard.press("Enter")
        expect(one.page.locator("#communities tr")).to_have_count(65)
        expect(one.page.locator("#communities a").nth(50)).to_be_focused()
        expect(more).to_be_hidden()
        pg.execute("UPDATE building SET households = 80 WHERE source_id = %s", [f"only {BROKEN}"])
        pg.commit()
        one.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        expect(one.page.locator(f"tr[data-code='{BROKEN}']")).to_contain_text("✓ adopted")
        expect(one.page.locator("#communities tr")).to_have_count(65)
        expect(one.page.locator("#communities a").nth(50)).to_be_focused()


def test_one_sees_ones_own_area_and_no_drafts(browser: Browser, site: str, pg: psycopg.Connection) -> None:
    viewer = signed_in(site, cookie(pg, person(pg, "viewer", None)))
    with watched(browser, site, **viewer) as one:
        one.page.goto(f"{site}/city?lang=zh")
        expect(one.page.locator("#notice")).to_contain_text("还没有可看的社区")
    pg.execute(
        "INSERT INTO account_grant (account_id, role, area_code) SELECT id, 'viewer', %s FROM account"
        " WHERE name = 'viewer'",
        [WEST_STREET],
    )
    pg.commit()
    with watched(browser, site, **viewer) as one:
        one.page.goto(f"{site}/city?lang=zh")
        expect(one.page.locator(".community-label")).to_have_text(["○ 八一社区", "○ 站前社区"])
        expect(one.page.locator("#count")).to_have_text("共 2 个社区，列出 2 个")


def test_without_an_account_the_way_leads_over_the_door(
    browser: Browser, site: str, pg: psycopg.Connection
) -> None:
    person(pg, "li.na", password="correct horse battery")
    with watched(browser, site) as one:
        one.page.goto(f"{site}/city?lang=zh#state=broken")
        one.page.keyboard.type("li.na")
        one.page.keyboard.press("Tab")
        one.page.keyboard.type("correct horse battery")
        one.page.keyboard.press("Enter")
        one.page.wait_for_selector(READY)
        assert listed(one.page) == [BROKEN]


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "options", [{"viewport": {"width": 1024, "height": 768}}, PHONE], ids=["1024", "phone"]
)
def test_axe_finds_no_violation_and_nothing_is_cut_off(
    browser: Browser, site: str, desk: dict, lang: str, options: dict
) -> None:
    with watched(browser, site, **desk, **options) as one:
        one.page.goto(f"{site}/city?lang={lang}#state=broken&state=none")
        one.page.wait_for_selector(READY)
        found = Axe().run(one.page)
        assert found.response["violations"] == [], found.generate_report()
        assert one.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        expect(one.page.locator("html")).to_have_attribute("lang", "zh-CN" if lang == "zh" else "en")


def test_it_says_what_went_wrong_and_tries_again(browser: Browser, site: str, desk: dict) -> None:
    with watched(browser, site, **desk) as one:
        one.page.route("**/city/communities*", lambda route: route.abort())
        one.page.goto(f"{site}/city?lang=en")
        expect(one.page.locator("#notice")).to_contain_text("The data could not be read")
        assert "ERR_FAILED" in one.complaints.pop()
        one.page.unroute("**/city/communities*")
        one.page.get_by_role("button", name="Try again").click()
        one.page.wait_for_selector(READY)
        assert len(listed(one.page)) == 5
