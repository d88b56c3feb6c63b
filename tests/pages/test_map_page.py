"""What a planner sees and does on the map page, in a real browser. Every page also asserts: no outside request,
nothing on the console."""

import json
import re

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.pages.conftest import watched
from tests.towns.town_sql import CODE

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 740}}


def click_building(page: Page, column: int, row: int) -> None:
    """Click the middle of a building: the page first shows the town's boundary, centred."""
    box = page.locator("#map").bounding_box()
    assert box
    borders = [page.locator(".grid-number").nth(one).bounding_box() for one in (0, 2)]
    centres = [one["x"] + one["width"] / 2 for one in borders if one]
    pixels_per_column = (centres[1] - centres[0]) / 4
    middle = borders[0]["y"] + borders[0]["height"] / 2
    x = centres[0] + (column - 0.5) * pixels_per_column
    # mercator stretches latitude by 1 / cos(27.62 degrees) = 1.1286
    page.mouse.click(x, middle + (0.5 - row) * pixels_per_column * 1.1286)


def test_the_page_shows_the_grids_with_numbers_and_rules(page: Page) -> None:
    expect(page.locator(".grid-number")).to_have_text(["1", "2", "3"])
    rows = page.locator("#plan tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(0)).to_contain_text("180✓")
    expect(rows.nth(1)).to_contain_text("260✗多 40")
    expect(rows.nth(2)).to_contain_text("分成 2 块")
    expect(page.locator(".checks")).to_contain_text("✗1 个网格不连片")
    expect(page.locator("#plan tfoot")).to_contain_text("660")
    expect(page.locator(".reasons")).to_contain_text("网格 1 只有 140 户，少于 150 户。")
    expect(page.locator("#known")).to_contain_text("6 栋为实数，5 栋为估计，1 栋没有")


@pytest.mark.parametrize(
    ("column", "row", "name", "grid"), [(0, 0, "1号楼", 1), (3, 0, "4号楼", 2), (5, 1, "12号楼", 3)]
)
def test_a_click_tells_what_a_building_is(page: Page, column: int, row: int, name: str, grid: int) -> None:
    click_building(page, column, row)
    told = page.locator("#building")
    expect(told.locator("h2")).to_have_text(name)
    expect(told).to_contain_text(f"网格 {grid}")


def test_a_count_is_told_with_how_it_is_known(page: Page) -> None:
    click_building(page, 2, 0)
    expect(page.locator("#building dl")).to_contain_text("30（实数）")
    expect(page.locator("#building dl")).to_contain_text("90（估计）")
    click_building(page, 5, 1)
    expect(page.locator("#building dl")).to_contain_text("户数没有数据")


def test_choosing_a_row_zooms_and_is_kept_in_the_address(page: Page) -> None:
    scale = page.locator(".leaflet-control-scale-line").text_content()
    page.get_by_role("button", name="2", exact=True).click()
    expect(page.locator("tr.chosen")).to_have_attribute("data-grid", "2")
    expect(page.locator("#building-list li")).to_have_count(4)
    page.wait_for_function("location.hash.includes('grid=2')")
    expect(page.locator(".leaflet-control-scale-line")).not_to_have_text(scale or "")
    page.reload()
    expect(page.locator("tr.chosen")).to_have_attribute("data-grid", "2")


def test_everything_works_by_keyboard(page: Page) -> None:
    page.locator("#building-list").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#building h2")).to_have_text("1号楼")
    page.keyboard.press("End")
    expect(page.locator("#building h2")).to_have_text("12号楼")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#building h2")).to_have_text("11号楼")
    page.get_by_role("button", name="3", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.locator("tr.chosen")).to_have_attribute("data-grid", "3")
    expect(page.locator("tr.chosen button")).to_be_focused()


def test_the_list_is_filtered(page: Page) -> None:
    page.locator("#building-filter").fill("跃进路12")
    expect(page.locator("#building-list li")).to_have_count(1)
    expect(page.locator("#list-count")).to_have_text("显示 1 栋，共 12 栋")


def test_the_language_changes_and_stays(page: Page) -> None:
    page.locator("#language").click()
    expect(page.locator(".reasons")).to_contain_text("Grid 1 has 140 households")
    expect(page.locator("#plan tbody tr").nth(1)).to_contain_text("40 too many")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.reload()
    expect(page.locator("#building")).to_contain_text("Click a building on the map")
    page.goto(page.url.split("#")[0] + "?lang=zh")
    expect(page.locator("#building")).to_contain_text("点击地图上的楼栋")


def test_a_deep_link_opens_its_place(browser: Browser, site: str, desk: dict, plan: int) -> None:
    with watched(browser, site, **desk) as one:
        one.page.goto(f"{site}/#community={CODE}&plan={plan}&grid=1&building=7")
        expect(one.page.locator("#building h2")).to_have_text("7号楼")
        expect(one.page.locator("tr.chosen")).to_have_attribute("data-grid", "1")


def test_an_empty_database_says_what_to_do(browser: Browser, site: str, desk: dict) -> None:
    with watched(browser, site, **desk) as one:
        one.page.goto(site)
        expect(one.page.locator("#notice")).to_contain_text("还没有社区")
        expect(one.page.locator("#notice")).to_contain_text("wangge import")


@pytest.mark.usefixtures("plan")
def test_a_plan_without_grids_shows_its_reasons(
    browser: Browser, site: str, desk: dict, pg: psycopg.Connection
) -> None:
    pg.execute("DELETE FROM grid")
    pg.execute("UPDATE plan SET engine = engine || %s", [json.dumps({"status": "infeasible", "gap": None})])
    pg.commit()
    with watched(browser, site, **desk) as one:
        one.page.goto(site)
        expect(one.page.locator(".chip.engine-infeasible")).to_have_text("无解")
        expect(one.page.locator(".reasons")).to_be_visible()
        expect(one.page.locator("#plan table")).to_have_count(0)


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize(
    ("lang", "words", "again"),
    [
        ("zh", "没有代码为 nowhere 的社区。", "重试"),
        ("en", "There is no community with the code nowhere.", "Try again"),
    ],
)
def test_a_failure_is_told_in_the_servers_words(
    browser: Browser, site: str, desk: dict, lang: str, words: str, again: str
) -> None:
    with browser.new_context(**desk) as context:
        page = context.new_page()
        page.goto(f"{site}/?lang={lang}#community=nowhere")
        expect(page.locator("#notice")).to_contain_text(words)
        expect(page.get_by_role("button", name=again)).to_be_visible()


@pytest.mark.usefixtures("plan")
def test_persons_that_nobody_counted_are_a_dash(
    browser: Browser, site: str, desk: dict, pg: psycopg.Connection
) -> None:
    pg.execute("UPDATE building SET persons = 0, persons_kind = 'none'")
    pg.execute("UPDATE grid SET persons = NULL")
    pg.commit()
    with watched(browser, site, **desk) as one:
        one.page.goto(site)
        expect(one.page.locator("tr[data-grid='1'] td").nth(1)).to_have_text("–")
        expect(one.page.locator("#plan tfoot td").nth(1)).to_have_text("–")


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize(
    ("lang", "words"),
    [("zh", "2 栋楼拆分到多个网格：b1、b7。"), ("en", "Buildings split among grids: 2 (b1, b7).")],
)
def test_split_buildings_are_named(
    browser: Browser, site: str, desk: dict, pg: psycopg.Connection, lang: str, words: str
) -> None:
    pg.execute("""UPDATE plan SET engine = engine || '{"split": {"b1": 2, "b7": 3}}'""")
    pg.commit()
    with watched(browser, site, **desk) as one:
        one.page.goto(f"{site}/?lang={lang}")
        expect(one.page.locator("#plan .split")).to_contain_text(words)


@pytest.mark.usefixtures("plan")
def test_a_phone_shows_all_without_sideways_scrolling(browser: Browser, site: str, desk: dict) -> None:
    with watched(browser, site, **PHONE, **desk) as one:
        one.page.goto(site)
        expect(one.page.locator(".grid-number")).to_have_count(3)
        assert one.page.evaluate("document.documentElement.scrollWidth") <= 360
        table = one.page.locator(".table-frame")
        assert table.evaluate("frame => frame.scrollWidth <= frame.clientWidth")


@pytest.mark.parametrize("size", [{}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_axe_finds_no_violation(
    browser: Browser, site: str, desk: dict, plan: int, size: dict, lang: str
) -> None:
    with watched(browser, site, **size, **desk) as one:
        one.page.goto(f"{site}/?lang={lang}#community={CODE}&plan={plan}&grid=2&building=3")
        expect(one.page.locator("#building h2")).to_have_text("3号楼")
        results = Axe().run(one.page)
        assert results.violations_count == 0, results.generate_report()


@pytest.mark.usefixtures("plan")
def test_more_than_eight_grids_get_patterns(
    browser: Browser, site: str, desk: dict, pg: psycopg.Connection
) -> None:
    pg.execute(
        "INSERT INTO grid (plan_id, community_id, number, code, area, area_m2, households, persons, buildings)"
        " SELECT plan_id, community_id, 9, 'nine', area, 1, 0, 0, 1 FROM grid WHERE number = 1"
    )
    pg.execute("UPDATE assignment SET grid_number = 9 WHERE building_id = 1")
    pg.commit()
    with watched(browser, site, **desk) as one:
        one.page.goto(site)
        swatch = one.page.locator("tr[data-grid='9'] .swatch")
        expect(swatch).to_have_attribute("style", re.compile("url.*image/png"))


@pytest.mark.usefixtures("plan")
def test_a_link_to_a_plan_that_is_not_there_shows_no_other_in_its_place(
    browser: Browser, site: str, desk: dict
) -> None:
    with watched(browser, site, **desk) as one:
        one.page.goto(f"{site}/#community={CODE}&plan=999")
        expect(one.page.locator("#notice")).to_contain_text("没有编号为 999 的方案")
        expect(one.page.locator(".grid-number")).to_have_count(0)
        one.page.locator("#plan-chooser").select_option("1")
        expect(one.page.locator(".grid-number")).to_have_count(3)
        expect(one.page.locator("#notice")).to_be_hidden()
