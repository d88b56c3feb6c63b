"""Pages of notices: a resident subscribes and ends it, the staff counts and sends; phone and screen, both languages."""

import gzip
import re
from pathlib import Path

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from maps.pages import STATIC, TEMPLATES, modules_behind
from tests.pages.conftest import signed_in, watched
from tests.people import cookie
from tests.serving import serving
from tests.towns.incident_sql import build_incident_town, place

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 740}
SCREEN = {"width": 1280, "height": 800}
RESIDENTS_BYTES = 12_000


@pytest.fixture
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


@pytest.fixture
def office(database_url: str, town: int, tmp_path: Path):  # noqa: ARG001
    with serving(database_url, data_dir=tmp_path, url="") as address:
        yield address


def loaded(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("body[aria-busy=false]")


def no_violations(page: Page) -> None:
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def too_small(page: Page) -> list[str]:
    """Buttons, links and fields lower than 44 px, but boxes whose label is the target."""
    return page.evaluate(
        "[...document.querySelectorAll('main button, main a, main input, main select, main textarea')]"
        ".filter((one) => one.offsetParent && !['checkbox', 'radio'].includes(one.type)"
        " && one.getBoundingClientRect().height < 44).map((one) => one.id)"
    )


def test_a_resident_subscribes_by_keyboard_changes_and_ends(browser: Browser, office: str) -> None:
    with watched(browser, office, viewport=PHONE) as one:
        page = one.page
        loaded(page, f"{office}/subscribe?building=1&lang=zh")
        expect(page.locator("#place")).to_have_text("安源社区 · 跃进路1号")
        no_violations(page)
        assert too_small(page) == []
        page.get_by_label("手机号").fill("13800138001")
        page.get_by_label("我同意为此保存我的联系方式").press("Space")
        page.keyboard.press("Enter")
        expect(page.locator("#told")).to_have_text("订阅成功。本服务的发送渠道可用时，您会收到确认消息。")
        expect(page.locator("#told")).to_be_focused()
        no_violations(page)
        page.get_by_role("link", name="打开我的订阅").click()
        page.wait_for_selector("body[aria-busy=false]")
        expect(page).to_have_url(re.compile(r"/subscribe/[\w-]{43}"))
        expect(page.get_by_label("手机号")).to_have_value("13800138001")
        page.get_by_role("button", name="Switch to English").click()
        page.get_by_label("E-mail", exact=True).check()
        page.get_by_label("E-mail address").fill("a@example.org")
        no_violations(page)
        page.get_by_role("button", name="Save changes").click()
        expect(page.locator("#told")).to_have_text("Saved.")
        page.get_by_role("button", name="Unsubscribe").click()
        page.get_by_role("button", name="Yes, unsubscribe and erase").click()
        expect(page.locator("#told")).to_have_text("You are unsubscribed, and your contact was erased.")
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text("此链接无效")
        assert "404" in one.complaints.pop()


def test_the_phone_finds_the_building(browser: Browser, office: str) -> None:
    lon, lat = place(2)
    here = {"geolocation": {"longitude": lon, "latitude": lat}, "permissions": ["geolocation"]}
    with watched(browser, office, viewport=PHONE, **here) as one:
        loaded(one.page, f"{office}/subscribe?lang=zh")
        one.page.get_by_role("button", name="用手机定位我的楼栋").click()
        expect(one.page.locator("#place")).to_have_text("安源社区 · 跃进路2号")


def test_what_is_wrong_is_told(browser: Browser, office: str) -> None:
    with watched(browser, office, viewport=PHONE) as one:
        page = one.page
        loaded(page, f"{office}/subscribe?lang=zh")
        page.get_by_label("楼栋编号").fill("99")
        page.get_by_role("button", name="查找").click()
        expect(page.get_by_role("alert")).to_contain_text("找不到这栋建筑")
        page.get_by_label("手机号").fill("12")
        page.get_by_label("我同意为此保存我的联系方式").check()
        page.get_by_role("button", name="订阅通知").click()
        expect(page.get_by_role("alert")).to_have_text("请先选择楼栋。")
        page.get_by_label("楼栋编号").fill("3")
        page.get_by_role("button", name="查找").click()
        expect(page.locator("#place")).to_contain_text("跃进路3号")
        page.get_by_role("button", name="订阅通知").click()
        expect(page.get_by_role("alert")).to_contain_text("电话号码须为 6–30 位数字")
        assert ["404" in one.complaints.pop(0), "400" in one.complaints.pop(0)] == [True, True]


def test_who_may_not_send_is_not_led_to_notices(
    browser: Browser, office: str, pg: psycopg.Connection
) -> None:
    with watched(browser, office, **signed_in(office, cookie(pg, "wang"))) as one:
        one.page.goto(f"{office}/desk?lang=zh")
        expect(one.page.locator("#who")).to_have_text("wang")
        expect(one.page.locator("#to-notices")).to_be_hidden()


def test_the_staff_counts_sends_and_sees_what_was_sent(
    browser: Browser, office: str, pg: psycopg.Connection
) -> None:
    desk = signed_in(office, cookie(pg, "she"))
    with watched(browser, office, **desk) as one:
        page = one.page
        for number in (1, 2, 5):
            told = {"building": number, "channel": "sms", "contact": f"1380013800{number}", "consent": True}
            assert page.request.post(f"{office}/subscriptions", data=told).status == 201
        page.goto(f"{office}/desk?lang=zh")
        page.get_by_role("link", name="居民通知").click()
        expect(page.get_by_label("社区", exact=True)).to_have_text("安源社区")
        no_violations(page)
        expect(page.get_by_role("button", name="发送", exact=True)).to_be_disabled()
        page.get_by_label("发给谁").select_option("grids")
        page.get_by_label("网格 1").check()
        page.get_by_label("中文内容").fill("28 日停水")
        page.get_by_role("button", name="试算人数").click()
        expect(page.locator("#counted tbody tr")).to_have_text(["网格 1短信2"])
        no_violations(page)
        page.get_by_label("中文内容").fill("28 日停水 9–17 时")
        expect(page.get_by_role("button", name="发送", exact=True)).to_be_disabled()
        page.get_by_role("button", name="试算人数").click()
        page.get_by_role("button", name="发送", exact=True).click()
        expect(page.locator("#counted")).to_have_text("已提交发送：2 人。")
        expect(page.locator("#sent li")).to_contain_text(["28 日停水 9–17 时"])
        expect(page.locator("#sent")).to_contain_text("she · 2 人")
        page.get_by_label("发给谁").select_option("buildings")
        page.get_by_label("楼栋编号").fill("99")
        page.get_by_role("button", name="试算人数").click()
        expect(page.get_by_role("alert")).to_contain_text("没有建筑 99")
        assert "400" in one.complaints.pop()
    assert pg.execute("SELECT count(*) FROM message WHERE template = 'notice'").fetchone() == (2,)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "size", [PHONE, pytest.param(SCREEN, marks=pytest.mark.slow)], ids=["phone", "screen"]
)
def test_pages_fit_in_both_languages(
    browser: Browser, office: str, pg: psycopg.Connection, tmp_path: Path, lang: str, size: dict[str, int]
) -> None:
    desk = signed_in(office, cookie(pg, "she"))
    for path in ("subscribe?building=1", "notify?"):
        with watched(browser, office, **desk, viewport=size) as one:
            loaded(one.page, f"{office}/{path}&lang={lang}")
            no_violations(one.page)
            assert one.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
            assert too_small(one.page) == []
            one.page.screenshot(path=tmp_path / f"{path[:5]}-{lang}-{size['width']}.png", full_page=True)


def test_the_residents_page_is_small() -> None:
    files = [STATIC / "js" / name for name in modules_behind("subscribe/main.js")]
    files += [STATIC / "css/subscribe.css", TEMPLATES / "subscribe.html"]
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < RESIDENTS_BYTES
