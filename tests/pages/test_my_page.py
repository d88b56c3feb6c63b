"""The grid worker's page on a phone, with and without network."""

import io
import json
import re
from collections.abc import Iterator

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from api.accounts import COOKIE
from gis_core.accounts import service
from gis_core.accounts.rules import Role
from tests.pages.cases import picture, reported, serving_incidents, stepped
from tests.pages.conftest import Watched, signed_in, watched
from tests.people import cookie
from tests.towns.incident_sql import CODE, RUBBISH, build_incident_town, place

pytestmark = pytest.mark.browser

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
KEPT = """(async () => {
    const kept = async () => navigator.serviceWorker.controller && await caches.match("/my")
        && await caches.match("/static/js/my/main.js");
    while (!await kept()) await new Promise(requestAnimationFrame);
})()"""
"""Resolves when the service worker keeps the page."""
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
def watching(browser: Browser, site: str, wang: dict, numbers: dict[str, str]) -> Iterator[Watched]:  # noqa: ARG001
    with watched(browser, site, reduced_motion="reduce", **PHONE, **wang) as one:
        one.page.goto(f"{site}/my")
        one.page.wait_for_selector(".card")
        expect(one.page.locator(".buildings li")).to_have_count(4)  # those of the own grid
        yield one


@pytest.fixture
def mine(watching: Watched) -> Page:
    return watching.page


def card(page: Page, number: str) -> Locator:
    return page.locator(f".card[data-number='{number}']")


def press(page: Page, number: str, action: str, **fields: str) -> None:
    """Open a step's form, fill it in and send it."""
    card(page, number).locator(f"button[data-action={action}]").click()
    form = page.locator(f"form.step[data-action={action}]")
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


def stored(pg: psycopg.Connection, number: str) -> tuple[str, list[str]]:
    """State, and the actions of the history."""
    rows = pg.execute(
        "SELECT i.state, e.action FROM incident i JOIN incident_event e ON e.incident_id = i.id WHERE number = %s"
        " ORDER BY seq",
        [number],
    ).fetchall()
    pg.commit()
    return rows[0][0], [row[1] for row in rows if row[1] != "tell"]


def test_cards_have_large_buttons_for_the_next_steps(mine: Page, numbers: dict[str, str]) -> None:
    rubbish = card(mine, numbers["rubbish"])
    expect(rubbish.locator(".big").first.locator("button")).to_have_text(["开始核实", "受理", "现场办结"])
    expect(rubbish).to_contain_text("垃圾成堆")
    expect(rubbish.locator(".place")).to_have_text("2号楼前")
    expect(mine.locator("#tab-count")).to_have_text("2")


def test_a_photo_goes_without_what_its_camera_wrote(
    mine: Page, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    """A photo with a place in its EXIF leaves the device without any, and no position goes with it unasked."""
    sent: list[bytes] = []
    mine.on("request", lambda one: sent.append(one.post_data_buffer or b"") if one.method == "POST" else None)
    card(mine, numbers["rubbish"]).locator("[data-action=close_on_spot]").click()
    mine.set_input_files("form[data-action] input[type=file]", {**PHOTO, "buffer": with_gps()})
    expect(mine.locator(".shots select")).to_have_value("before")
    mine.locator("form[data-action] [name=public_note]").fill("已清理，感谢上报。")
    mine.locator("form[data-action] button[type=submit]").click()
    expect(card(mine, numbers["rubbish"])).to_have_count(0)
    assert stored(pg, numbers["rubbish"])[0] == "closed"
    assert pg.execute("SELECT kind, width FROM incident_photo").fetchall() == [("before", 1600)]
    body = b"".join(sent)
    assert b"Exif" not in body
    assert b'"lon"' not in body


def test_a_position_is_sent_only_after_the_button(
    browser: Browser, site: str, wang: dict, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    lon, lat = place(1)
    options = {"permissions": ["geolocation"], "geolocation": {"longitude": lon, "latitude": lat}}
    with watched(browser, site, **PHONE, **wang, **options) as one:
        one.page.goto(f"{site}/my")
        card(one.page, numbers["lamp"]).locator("[data-action=accept]").click()
        one.page.get_by_role("button", name="附上我的当前位置").click()
        expect(one.page.locator("form[data-action] [data-position]")).to_contain_text("位置已附在这一步上")
        with one.page.expect_request("**/accept*") as told:
            one.page.locator("form[data-action] button[type=submit]").click()
        assert json.loads(told.value.post_data or "") == {"lon": lon, "lat": lat}
        expect(one.page.locator("#waiting")).to_be_empty()
        expect(card(one.page, numbers["lamp"])).to_contain_text("已受理")
    assert stored(pg, numbers["lamp"]) == ("accepted", ["report", "accept"])


def test_steps_taken_without_network_are_sent_in_order(
    watching: Watched, mine: Page, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    number = numbers["rubbish"]
    mine.context.set_offline(True)
    press(mine, number, "check")
    press(mine, number, "accept", note="现场一处，约两袋")
    expect(card(mine, number)).to_contain_text("已受理 · 2 步待发送")
    press(mine, number, "start")
    press(mine, number, "resolve", note="已清运", document="照片见台账 12")
    mine.click("#tab-visit")
    mine.locator("[data-building='7'] .name").click()
    mine.get_by_role("button", name="无异常").click()
    expect(mine.locator("#visit-coverage")).to_have_text("有住户的 4 栋楼中，90 天内已走访 1 栋")
    mine.click("#tab-todo")
    expect(mine.locator("#waiting summary")).to_have_text("5 条待发送")
    expect(mine.locator("#waiting")).to_contain_text("没有网络")
    assert stored(pg, number)[1] == ["report"]
    mine.context.set_offline(False)
    expect(mine.locator("#waiting")).to_be_empty()
    assert stored(pg, number) == ("resolved", ["report", "check", "accept", "start", "resolve"])
    visits = pg.execute("SELECT building_id, kind, outcome, by FROM building_visit").fetchall()
    assert visits == [(7, "patrol", "nothing", "wang")]
    expect(card(mine, number)).to_contain_text("已处置，待核查")
    watching.complaints.clear()


def test_the_page_opens_without_network_and_goes_on(
    watching: Watched, mine: Page, site: str, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    number = numbers["lamp"]
    mine.evaluate(KEPT)
    mine.context.set_offline(True)
    press(mine, number, "check")
    mine.goto(f"{site}/my")
    expect(card(mine, number)).to_contain_text("核实中 · 1 步待发送")
    expect(mine.locator("#waiting")).to_contain_text("没有网络。显示的是")
    press(mine, number, "accept", note="灯杆 12 号")
    mine.click("#tab-visit")
    expect(mine.locator(".buildings li")).to_have_count(4)
    mine.context.set_offline(False)
    mine.reload()
    mine.wait_for_selector("body[aria-busy=false]")  # before, nothing is shown to wait
    expect(mine.locator("#waiting")).to_be_empty()
    assert stored(pg, number) == ("accepted", ["report", "check", "accept"])
    watching.complaints.clear()


def test_a_refused_step_is_told_and_can_be_mended_or_dropped(
    watching: Watched, mine: Page, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    rubbish, lamp = numbers["rubbish"], numbers["lamp"]
    mine.context.set_offline(True)
    press(mine, rubbish, "accept", note="现场一处")
    press(mine, rubbish, "start")
    press(mine, lamp, "check")
    stepped(pg, "li", rubbish, "check")
    mine.context.set_offline(False)
    refused = mine.locator(".waiting li.refused")
    expect(refused).to_contain_text("受理 · 暴露垃圾")
    expect(card(mine, lamp)).to_contain_text("核实中")
    expect(mine.locator("#waiting summary")).to_have_text("1 条待发送 · 1 条被退回，请处理")
    mine.get_by_role("button", name="改正后重发").click()
    note = mine.locator("form[data-action=accept] [name=note]")
    expect(note).to_have_value("现场一处")
    mine.locator("form[data-action=accept] button[type=submit]").click()
    expect(mine.locator("#waiting")).to_be_empty()
    assert stored(pg, rubbish) == ("in_progress", ["report", "check", "accept", "start"])
    expect(card(mine, rubbish).locator("button[data-action=resolve]")).to_be_visible()
    mine.context.set_offline(True)
    press(mine, rubbish, "resolve", note="清完", document="12")
    pg.execute("UPDATE incident SET revision = revision + 1 WHERE number = %s", [rubbish])
    pg.commit()
    mine.context.set_offline(False)
    expect(refused).to_have_count(1)
    mine.get_by_role("button", name="放弃").click()
    mine.get_by_role("button", name="确定放弃？再按一次").click()
    expect(mine.locator("#waiting")).to_be_empty()
    assert stored(pg, rubbish)[0] == "in_progress"
    watching.complaints.clear()


def test_cards_and_a_form_outlive_a_line_that_goes_half_way(
    watching: Watched, mine: Page, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    """Neither a case without an answer nor one that is mine no longer takes what is being written with it."""
    mine.route(f"**/incidents/{numbers['lamp']}?*", lambda route: route.abort())
    with mine.expect_event("requestfailed"):
        mine.evaluate("dispatchEvent(new Event('online'))")
    expect(mine.locator("#waiting")).not_to_be_empty()
    expect(mine.locator(".card")).to_have_count(2)
    card(mine, numbers["rubbish"]).locator("button[data-action=accept]").click()
    note = mine.locator("form[data-action=accept] [name=note]")
    note.fill("写到一半")
    mine.unroute_all()
    stepped(pg, "she", numbers["rubbish"], "reject", reason_code="handled", public_note="已处理")
    mine.evaluate("dispatchEvent(new Event('online'))")
    expect(mine.locator("#waiting")).to_be_empty()
    expect(note).to_have_value("写到一半")
    watching.complaints.clear()


def test_an_empty_form_that_needs_something_is_not_queued(mine: Page, numbers: dict[str, str]) -> None:
    card(mine, numbers["rubbish"]).locator("[data-action=accept]").click()
    form = mine.locator("form[data-action=accept]")
    form.locator("button[type=submit]").click()
    expect(form.get_by_role("alert")).to_have_text("还有必填内容没有填写。")
    expect(form.get_by_label("备注")).to_be_focused()
    expect(form.locator(".fault:visible")).to_have_text("请填写备注。")
    expect(mine.locator("#waiting")).to_be_empty()


def test_the_page_opens_in_the_community_of_the_own_grid(
    browser: Browser, site: str, wang: dict, pg: psycopg.Connection
) -> None:
    other = "360302000001"
    pg.execute(
        "INSERT INTO community (code, name, boundary, metric_srid)"
        " SELECT %s, '另一社区', boundary, metric_srid FROM community",
        [other],
    )
    service.grant(pg, "wang", Role.GRID_WORKER, area=None, community=other, by="test")
    pg.execute("UPDATE building SET name = id::text")
    number = reported(pg, RUBBISH, 2, description="垃圾成堆", address="").number
    with watched(browser, site, reduced_motion="reduce", **PHONE, **wang) as one:
        page = one.page
        page.goto(f"{site}/my")
        expect(card(page, number).locator(".place")).to_have_text("2 号楼附近")
        expect(page.locator(".buildings li")).to_have_count(4)
        page.click("#tab-report")
        chooser = page.locator("#report-community")
        expect(chooser).to_have_value(CODE)
        chooser.select_option(other)
        expect(page.locator("#report-building option")).to_have_count(1)
        expect(chooser).to_have_value(other)
        page.click("#tab-todo")
        page.evaluate("dispatchEvent(new Event('online'))")
        expect(card(page, number).locator(".place")).to_have_text("2 号楼附近")
        page.click("#tab-visit")
        page.locator("#visit-community").select_option(CODE)
        expect(page.locator(".buildings li")).to_have_count(4)


def test_without_network_nobody_is_signed_out(watching: Watched, mine: Page, numbers: dict[str, str]) -> None:
    mine.evaluate(KEPT)
    mine.context.set_offline(True)
    mine.click("#sign-out")
    expect(mine.get_by_role("alert")).to_contain_text("没有退出：服务器没有应答")
    mine.reload()
    expect(card(mine, numbers["rubbish"])).to_be_visible()
    mine.context.set_offline(False)
    expect(mine.locator("#waiting")).to_be_empty()
    mine.click("#sign-out")
    expect(mine).to_have_url(re.compile("/login$"))
    watching.complaints.clear()


def test_what_was_found_is_reported_beside_a_building(mine: Page, pg: psycopg.Connection) -> None:
    mine.click("#tab-visit")
    mine.get_by_role("button", name="入楼走访").click()
    mine.locator("[data-building='8'] .name").click()
    mine.get_by_role("button", name="发现问题").click()
    form = mine.locator("#panel-report form")
    expect(form.get_by_label("在哪栋楼旁")).to_have_value("8")
    form.get_by_label("类别").select_option(label="路灯故障")
    form.get_by_role("button", name="上报").click()
    expect(form.get_by_role("alert")).to_contain_text("请填写“故障现象”")
    form.get_by_label("故障现象").select_option(label="不亮")
    form.get_by_label("情况说明").fill("巡查发现，整晚不亮")
    form.get_by_role("button", name="上报").click()
    expect(mine.locator(".card")).to_have_count(3)
    rows = pg.execute("SELECT source, address, description FROM incident ORDER BY id DESC LIMIT 1").fetchall()
    assert rows == [("patrol", "8号楼", "巡查发现，整晚不亮")]
    assert pg.execute("SELECT kind, outcome FROM building_visit").fetchall() == [("visit", "incident")]


@pytest.mark.slow
def test_another_account_does_not_send_what_waits(
    watching: Watched, mine: Page, site: str, pg: psycopg.Connection, numbers: dict[str, str]
) -> None:
    mine.context.set_offline(True)
    press(mine, numbers["lamp"], "check")
    mine.context.clear_cookies()
    mine.context.set_offline(False)
    expect(mine.locator("#waiting")).to_contain_text("登录已过期")
    expect(mine.get_by_role("link", name="登录")).to_have_attribute("href", "login?next=%2Fmy")
    for name, words in (("li", "本机还有其他账号的 1 条待发送内容"), ("wang", "")):
        mine.context.add_cookies([{"name": COOKIE, "value": cookie(pg, name), "url": site, "httpOnly": True}])
        mine.reload()
        if words:
            expect(mine.locator("#waiting")).to_contain_text(words)
            assert stored(pg, numbers["lamp"])[0] == "reported"
    expect(card(mine, numbers["lamp"])).to_contain_text("核实中")
    assert stored(pg, numbers["lamp"])[0] == "verifying"
    watching.complaints.clear()


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
def test_axe_finds_no_violation_and_targets_are_large(
    browser: Browser, site: str, wang: dict, numbers: dict[str, str], lang: str
) -> None:
    with watched(browser, site, reduced_motion="reduce", **PHONE, **wang) as one:
        page = one.page
        page.goto(f"{site}/my?lang={lang}")
        page.wait_for_selector(".card")
        card(page, numbers["rubbish"]).locator("[data-action=close_on_spot]").click()
        page.set_input_files("form[data-action] input[type=file]", PHOTO)
        page.locator(".more-steps summary").first.click()
        expect(page.locator(".shots li")).to_have_count(1)
        checked(page)
        page.click("#tab-report")
        checked(page)
        page.click("#tab-visit")
        page.locator(".buildings .name").first.click()
        checked(page)


def checked(page: Page) -> None:
    """No violation, nothing wider than the screen, and no target lower than a finger is broad."""
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= 360")
    low = page.evaluate(
        "[...document.querySelectorAll('button, a, select, summary, input:not([type=file])')]"
        ".filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML.slice(0, 80))"
    )
    assert low == []


def with_gps() -> bytes:
    """A large photo whose EXIF tells where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    exif.get_ifd(0x8825)[2] = (27.0, 37.0, 12.0)
    out = io.BytesIO()
    Image.new("RGB", (2400, 1800), "peru").save(out, "JPEG", exif=exif)
    assert b"Exif" in out.getvalue()
    return out.getvalue()
