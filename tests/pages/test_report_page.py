"""The page on which anybody reports, in a real browser: by tap and by keyboard, with and without network."""

import gzip
import json
from pathlib import Path

import httpx
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from maps.pages import STATIC
from tests.pages.conftest import ARGUMENTS, CHROMIUM, Watched, watched
from tests.pages.reporting import (
    NO_WORKER,
    PHONE,
    READY,
    choose,
    fill_in,
    open_report,
    photo_file,
    pictures_kept,
    received,
    send,
    tap_map,
    worker_ready,
)
from tests.towns.incident_sql import RUBBISH, build_incident_town, place
from tests.towns.town_sql import CODE

pytestmark = pytest.mark.browser

PAGE_BYTES = 80_000


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> None:
    build_incident_town(pg)


def incidents(pg: psycopg.Connection) -> list[tuple]:
    pg.rollback()
    return pg.execute(
        "SELECT number, category_code, grid_code, description FROM incident ORDER BY id"
    ).fetchall()


def reported_by_somebody(site: str, key: str = "somebody-else", **more: object) -> str:
    """The number of a report that came by another way, at building 1."""
    lon, lat = place(1)
    body = {"lon": lon, "lat": lat, "category": RUBBISH, "description": "门口有垃圾", **more}
    answer = httpx.post(
        f"{site}/reports", files={"report": (None, json.dumps(body))}, headers={"Idempotency-Key": key}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()["number"]


def test_by_tap_with_a_photo_that_says_nothing_of_its_place(
    browser: Browser, site: str, pg: psycopg.Connection, tmp_path: Path
) -> None:
    """The photo is upright, small and bare before it leaves the device."""
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        expect(page.locator("#spot")).to_have_text("还没有选位置。")
        tap_map(page)
        expect(page.locator("#spot")).to_have_text("安源社区 网格 1")
        choose(page, "公共设施", "路灯故障")
        page.get_by_label("故障现象").select_option("out")
        page.get_by_label("选照片").set_input_files(photo_file(tmp_path))
        expect(page.get_by_role("img", name="照片 1")).to_be_visible()
        page.get_by_label("情况说明").fill("灯不亮")
        expect(page.locator("#counter")).to_have_text("3 / 4000 字")
        [kept] = pictures_kept(page, "draft")
        assert kept.size == (1067, 1600)
        assert not kept.getexif()
        assert "exif" not in kept.info
        send(page)
        number = received(page)
        expect(page.locator("#receipt")).to_contain_text("安源社区 网格 1")
        expect(page.locator("#receipt")).to_contain_text("社区受理后转责任单位处置。")
        expect(page.locator("#receipt")).to_contain_text("预计办结")
        expect(page.locator("#mine")).to_contain_text(number)
    assert incidents(pg) == [(number, "010", f"{CODE}101", "灯不亮")]
    [(content, attributes)] = pg.execute(
        "SELECT content, attributes FROM incident_photo JOIN incident i ON i.id = incident_id"
    )
    assert b"SecretMaker" not in bytes(content)
    assert attributes == {"fault": "out"}


def test_by_keyboard(browser: Browser, site: str, pg: psycopg.Connection) -> None:
    """Arrows move the pin: the first sets it in the middle of the map, which is in grid 2."""
    with watched(browser, site) as one:
        page = one.page
        open_report(page, site)
        page.locator("#map").focus()
        page.keyboard.press("ArrowLeft")
        expect(page.locator("#spot")).to_have_text("安源社区 网格 2")
        for _ in range(6):
            page.keyboard.press("ArrowLeft")
        expect(page.locator("#spot")).to_have_text("安源社区 网格 1")
        page.get_by_label("搜索类别").focus()
        page.keyboard.type("垃圾 路面")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#chosen")).to_contain_text("暴露垃圾")
        expect(page.get_by_role("button", name="换一类")).to_be_focused()
        page.get_by_label("情况说明").focus()
        page.keyboard.type("一堆垃圾")
        page.get_by_role("button", name="提交上报").focus()
        page.keyboard.press("Enter")
        number = received(page)
        expect(page.get_by_role("heading", name="已收到")).to_be_focused()
    assert incidents(pg) == [(number, RUBBISH, f"{CODE}101", "一堆垃圾")]


@pytest.mark.slow
def test_the_position_of_the_device(browser: Browser, site: str) -> None:
    lon, lat = place(1)
    where = {"longitude": lon, "latitude": lat, "accuracy": 35}
    with watched(browser, site, **PHONE, geolocation=where, permissions=["geolocation"]) as one:
        open_report(one.page, site)
        one.page.get_by_role("button", name="定位到我这里").click()
        expect(one.page.locator("#located")).to_have_text("已定位，误差约 35 米。可以拖动图钉修正。")
        expect(one.page.locator("#spot")).to_have_text("安源社区 网格 1")
        expect(one.page.locator("path.ring")).to_be_visible()
        tap_map(one.page, east=0.2)
        expect(one.page.locator("path.ring")).to_have_count(0)
        one.page.context.set_geolocation(where | {"accuracy": 900})
        one.page.get_by_role("button", name="定位到我这里").click()
        expect(one.page.locator("#located")).to_have_text("已定位，但误差约 900 米：请在地图上核对。")


@pytest.mark.slow
def test_it_says_why_there_is_no_position(browser: Browser, site: str) -> None:
    with watched(browser, site, **PHONE) as one:
        open_report(one.page, site)
        one.page.get_by_role("button", name="定位到我这里").click()
        expect(one.page.locator("#located")).to_have_text("浏览器没有允许定位：请在地图上点选，或填写地址。")
    with watched(browser, site, **PHONE) as one:
        one.page.add_init_script("Object.defineProperty(navigator, 'geolocation', { value: undefined })")
        open_report(one.page, site)
        one.page.get_by_role("button", name="定位到我这里").click()
        expect(one.page.locator("#located")).to_have_text("此浏览器不能定位：请在地图上点选。")


def test_everything_that_is_missing_is_said_at_once(browser: Browser, site: str) -> None:
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        send(page)
        expect(page.locator("#summary li")).to_have_text(
            ["请在地图上选位置。", "请选择类别。", "请填写情况说明，或附一张照片。"]
        )
        page.locator("#summary button", has_text="请选择类别").click()
        expect(page.get_by_label("搜索类别")).to_be_focused()
        choose(page, "邻里与服务", "邻里纠纷调解")
        expect(page.locator("#contact-words")).to_have_text("这一类需要回访：请留电话或邮箱。")
        expect(page.locator("#privacy")).to_contain_text("办结 365 天后匿名化")
        page.get_by_label("电子邮箱").fill("nobody")
        page.get_by_label("情况说明").fill("长" * 4001)
        send(page)
        expect(page.locator("#summary li")).to_have_text(
            ["请在地图上选位置。", "说明有 4001 个字，最多 4000 个。", "邮箱格式应为 name@host。"]
        )
        page.get_by_label("电子邮箱").fill("")
        send(page)
        expect(page.locator("#fault-phone")).to_have_text("此类别须留电话或邮箱，以便回访。")
        expect(page.get_by_label("电话")).to_have_attribute("aria-invalid", "true")
        expect(page.get_by_label("可以用短信或邮件告诉我进展")).to_be_disabled()
        page.get_by_label("电话").fill("138 0013 8000")
        expect(page.get_by_label("可以用短信或邮件告诉我进展")).to_be_enabled()
        expect(page.locator("#fault-phone")).to_be_empty()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "不在本系统服务的社区内"), ("en", "lies in no community")]
)
def test_a_place_that_nobody_serves_is_refused_with_the_reason(
    browser: Browser, site: str, lang: str, words: str
) -> None:
    with watched(browser, site, **PHONE) as one:
        open_report(one.page, site, f"lang={lang}")
        tap_map(one.page, north=0.4)
        expect(one.page.locator("#spot")).to_contain_text(words)
        one.page.locator("#send").click()
        expect(one.page.locator("#fault-place")).to_contain_text(words)
        tap_map(one.page)
        expect(one.page.locator("#spot")).to_contain_text("安源社区")
        expect(one.page.locator("#summary")).not_to_contain_text(words)
        assert "400" in one.complaints.pop()


@pytest.mark.slow
def test_photos_that_are_none_or_too_many(browser: Browser, site: str, tmp_path: Path) -> None:
    small = tmp_path / "small.png"
    Image.new("RGBA", (40, 30), (0, 0, 0, 0)).save(small)
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        page.get_by_label("选照片").set_input_files([text, *[small] * 7])
        told = page.locator("#photos-told")
        expect(told).to_have_text(
            "“text.jpg”打不开，不是此浏览器能读的图片：请换 JPEG 或 PNG。 最多 6 张照片，其余没有添加。"
        )
        page.get_by_role("button", name="提交").click()
        expect(page.locator("#summary")).to_be_visible()
        page.get_by_role("button", name="移除照片 6").click()
        page.get_by_label("选照片").set_input_files([small, text])
        expect(told).to_contain_text("最多 6 张照片")
        expect(page.locator("#summary")).to_be_visible()
        expect(page.get_by_role("img", name="照片")).to_have_count(6)
        expect(page.get_by_label("选照片")).to_be_disabled()
        page.get_by_role("button", name="移除照片 6").click()
        expect(page.get_by_role("button", name="移除照片 5")).to_be_focused()
        expect(page.get_by_label("选照片")).to_be_enabled()
        kept = pictures_kept(page, "draft")
        assert [one.size for one in kept] == [(40, 30)] * 5
        assert kept[0].getpixel((5, 5)) == (255, 255, 255)


def test_the_draft_outlives_the_page(browser: Browser, site: str, tmp_path: Path) -> None:
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        fill_in(page, "半截话")
        page.get_by_label("选照片").set_input_files(photo_file(tmp_path))
        page.get_by_label("电话").fill("138 0013 8000")
        page.get_by_label("可以用短信或邮件告诉我进展").check()
        expect(page.get_by_role("img", name="照片 1")).to_be_visible()
        expect(page.locator("#kept")).to_be_visible()
        page.reload()
        page.wait_for_selector(READY)
        expect(page.locator("#spot")).to_have_text("安源社区 网格 1")
        expect(page.locator("#chosen")).to_contain_text("暴露垃圾")
        expect(page.get_by_label("情况说明")).to_have_value("半截话")
        expect(page.get_by_label("电话")).to_have_value("138 0013 8000")
        expect(page.get_by_label("可以用短信或邮件告诉我进展")).to_be_checked()
        expect(page.get_by_role("img", name="照片 1")).to_be_visible()
        page.get_by_role("button", name="清空重填").click()
        page.get_by_role("button", name="确定清空？再点一次").click()
        expect(page.get_by_label("情况说明")).to_have_value("")
        page.reload()
        page.wait_for_selector(READY)
        expect(page.locator("#spot")).to_have_text("还没有选位置。")


def test_what_somebody_reported_already_is_followed_instead(
    browser: Browser, site: str, pg: psycopg.Connection
) -> None:
    number = reported_by_somebody(site)
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        fill_in(page)
        send(page)
        expect(page.get_by_role("heading", name="附近可能已有人上报")).to_be_focused()
        card = page.locator("#near .card")
        expect(card).to_contain_text(number)
        expect(card).to_contain_text("已上报")
        expect(card.get_by_text("门口有垃圾")).to_be_hidden()
        card.get_by_text("查看说明和照片").click()
        expect(card.get_by_text("门口有垃圾")).to_be_visible()
        card.get_by_role("button", name="这就是同一件事，关注它").click()
        expect(page.get_by_role("heading", name="已关注")).to_be_visible()
        page.get_by_role("link", name="查看进展").click()
        page.wait_for_selector(READY)
        expect(page.locator("#actions")).to_contain_text("您在关注他人的上报")
    assert len(incidents(pg)) == 1
    assert pg.execute("SELECT count(*) FROM incident_follower").fetchone() == (1,)


def test_likely_duplicates_stand_in_nobodys_way(browser: Browser, site: str, pg: psycopg.Connection) -> None:
    reported_by_somebody(site)
    with watched(browser, site, **PHONE) as one:
        open_report(one.page, site)
        fill_in(one.page)
        send(one.page)
        one.page.get_by_role("button", name="返回修改").click()
        expect(one.page.get_by_role("button", name="提交上报")).to_be_focused()
        send(one.page)
        one.page.get_by_role("button", name="不是，继续上报").click()
        received(one.page)
    assert len(incidents(pg)) == 2


@pytest.mark.slow
def test_what_the_server_refuses_comes_back_with_its_words(
    browser: Browser, site: str, pg: psycopg.Connection, tmp_path: Path
) -> None:
    """Nothing is lost, and once mended it is taken."""
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        fill_in(page, "先被拒绝")
        page.get_by_label("选照片").set_input_files(photo_file(tmp_path))
        expect(page.get_by_role("img", name="照片 1")).to_be_visible()
        pg.execute("UPDATE incident_category SET active = false WHERE code = %s", [RUBBISH])
        pg.commit()
        send(page)
        expect(page.locator("#fault-category")).to_have_text("没有类别“001”，请从目录中选择。")
        expect(page.get_by_label("情况说明")).to_have_value("先被拒绝")
        expect(page.get_by_role("img", name="照片 1")).to_be_visible()
        page.get_by_role("button", name="换一类").click()
        page.get_by_label("搜索类别").fill("渣土")
        page.locator("#groups button", has_text="建筑垃圾渣土").click()
        send(page)
        number = received(page)
        assert "400" in one.complaints.pop()
    assert incidents(pg) == [(number, "002", f"{CODE}101", "先被拒绝")]


def test_a_lost_answer_is_asked_for_again_under_the_same_key(
    browser: Browser, site: str, pg: psycopg.Connection
) -> None:
    keys = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        assert route.fetch().status == 201
        route.abort()

    with watched(browser, site, **PHONE) as one:
        one.page.add_init_script(NO_WORKER)
        open_report(one.page, site)
        one.page.route("**/reports?lang=zh", lose_the_first)
        fill_in(one.page)
        send(one.page)
        expect(one.page.locator("#queue")).to_contain_text("已保存在本机，联网后自动发送")
        one.page.get_by_role("button", name="现在发送").click()
        number = received(one.page)
        assert "ERR_FAILED" in one.complaints.pop(0)
    assert len(keys) == 2
    assert len(set(keys)) == 1
    assert [row[0] for row in incidents(pg)] == [number]


@pytest.mark.parametrize(
    "online_when", ["after opening", pytest.param("before opening", marks=pytest.mark.slow)]
)
def test_without_network_and_over_a_closed_browser(
    browser: Browser, site: str, pg: psycopg.Connection, tmp_path: Path, online_when: str
) -> None:
    """The page opens without network, what is submitted waits, and is stored once when there is network again."""
    profile = tmp_path / "profile"

    def opened() -> tuple[Page, Watched]:
        context = browser.browser_type.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=ARGUMENTS, locale="zh-CN", **PHONE
        )
        page = context.pages[0]
        return page, Watched(page, site)

    page, before = opened()
    open_report(page, site)
    worker_ready(page)
    page.context.set_offline(True)
    page.reload()
    page.wait_for_selector(READY)
    expect(page.locator("#offline")).to_be_visible()
    fill_in(page, "没有网络")
    expect(page.locator("#spot")).to_have_text("位置已记下，发送时核对所在网格。")
    page.get_by_label("选照片").set_input_files(photo_file(tmp_path))
    expect(page.get_by_role("img", name="照片 1")).to_be_visible()
    send(page)
    expect(page.locator("#queue")).to_contain_text("已保存在本机，联网后自动发送")
    page.context.close()
    assert incidents(pg) == []

    page, after = opened()
    if online_when == "after opening":
        page.context.set_offline(True)
        open_report(page, site)
        expect(page.locator("#queue")).to_contain_text("暴露垃圾")
        [kept] = pictures_kept(page, "queue")
        assert kept.size == (1067, 1600)
        page.context.set_offline(False)
    else:
        open_report(page, site)
    number = received(page)
    expect(page.locator("#queue")).to_be_hidden()
    page.context.close()
    assert incidents(pg) == [(number, RUBBISH, f"{CODE}101", "没有网络")]
    assert pg.execute("SELECT count(*) FROM incident_photo").fetchone() == (1,)
    for one in (before, after):
        one.complaints = [words for words in one.complaints if "ERR_INTERNET_DISCONNECTED" not in words]
        one.check()


@pytest.mark.slow
def test_a_new_release_arrives_over_what_is_kept(browser: Browser, site: str) -> None:
    """The network is asked first; what it brings takes the place of what was kept."""
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_report(page, site)
        worker_ready(page)
        page.evaluate(
            """async (paths) => {
                const cache = await caches.open("wangge-report");
                for (const path of paths) await cache.put(path, new Response("of an old release"));
            }""",
            ["/report", "/static/js/report/texts.js"],
        )
        open_report(page, site)
        expect(page.get_by_role("heading", name="在哪里")).to_be_visible()
        page.context.set_offline(True)
        open_report(page, site)
        expect(page.get_by_role("heading", name="在哪里")).to_be_visible()
        page.get_by_role("button", name="Switch to English").click()
        expect(page.get_by_role("heading", name="Where")).to_be_visible()
        choose(page, "市容环境", "暴露垃圾")  # the catalogue as it was read last
        one.complaints = [words for words in one.complaints if "ERR_INTERNET_DISCONNECTED" not in words]


@pytest.mark.slow
def test_the_pin_is_dragged(browser: Browser, site: str) -> None:
    with watched(browser, site) as one:
        page = one.page
        open_report(page, site)
        page.locator("#map").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#spot")).to_have_text("安源社区 网格 2")
        box = page.locator(".pin").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 40, y, steps=4)
        page.mouse.move(x + 90, y, steps=4)
        page.mouse.up()
        expect(page.locator("#spot")).to_have_text("安源社区 网格 3")
        page.get_by_role("button", name="放大").click()
        page.get_by_role("button", name="缩小").click()
        expect(page.locator(".pin")).to_be_visible()


def test_two_tabs_send_once(browser: Browser, site: str, pg: psycopg.Connection) -> None:
    with watched(browser, site, **PHONE) as one:
        context, page = one.page.context, one.page
        context.add_init_script(NO_WORKER)
        other = context.new_page()
        for tab in (page, other):
            open_report(tab, site)
        arrived = []
        context.on("requestfinished", lambda it: arrived.append(it.url) if it.method == "POST" else None)
        context.set_offline(True)
        fill_in(page)
        send(page)
        expect(other.locator("#queue")).to_contain_text("暴露垃圾")
        context.set_offline(False)
        for tab in (page, other):  # either may be the one that sends; both know of it
            expect(tab.locator("#mine")).to_contain_text("暴露垃圾", timeout=15_000)
            expect(tab.locator("#queue")).to_be_hidden()
        one.complaints = [words for words in one.complaints if "ERR_INTERNET_DISCONNECTED" not in words]
    assert len(arrived) == 1
    assert len(incidents(pg)) == 1


@pytest.mark.slow
def test_a_link_is_copied_and_removed_from_the_device(browser: Browser, site: str) -> None:
    granted = ["clipboard-read", "clipboard-write"]
    with watched(browser, site, **PHONE, permissions=granted) as one:
        page = one.page
        open_report(page, site)
        fill_in(page)
        send(page)
        received(page)
        page.get_by_role("button", name="复制链接").click()
        expect(page.get_by_text("已复制")).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied.startswith(f"{site}/follow/")
        page.reload()
        page.wait_for_selector(READY)
        path = copied.removeprefix(site)
        expect(page.locator("#mine a")).to_have_attribute("href", f"{path}?lang=zh")
        page.get_by_role("button", name="从本机移除").click()
        page.locator("#mine").get_by_role("button", name="确定？再点一次").click()
        expect(page.locator("#mine")).to_be_hidden()


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_axe_finds_no_violation_and_nothing_is_cut_off(
    browser: Browser, site: str, tmp_path: Path, lang: str, width: int
) -> None:
    """Empty, with everything unfolded, with faults, before duplicates, and with the receipt."""
    reported_by_somebody(site)
    with watched(browser, site, **PHONE | {"viewport": {"width": width, "height": 800}}) as one:
        page = one.page

        def check() -> None:
            found = Axe().run(page)
            assert found.response["violations"] == [], found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

        open_report(page, site, f"lang={lang}")
        page.locator("#album").set_input_files(photo_file(tmp_path))
        page.locator(".thumb canvas").wait_for()
        for summary in page.locator("#groups summary").all():
            summary.click()
        check()
        page.locator("#send").click()
        check()
        page.locator("#groups button").nth(6).click()  # asks for attributes, an emergency
        check()
        page.locator("#chosen button").click()
        page.locator("#groups button").first.click()
        tap_map(page, east=-0.25 if width == 360 else -0.1)
        expect(page.locator("#spot")).to_contain_text("安源社区")
        page.locator("#send").click()
        page.locator("#near summary").click()
        check()
        page.locator("#near .main-button").click()
        page.locator("#receipt h2").wait_for()
        check()
        page.locator("#language").click()
        expect(page.locator("#receipt h2")).to_have_text(
            "✓ Received, thank you" if lang == "zh" else "✓ 已收到，谢谢"
        )


def test_scripts_and_styles_as_sent_stay_light(browser: Browser, site: str) -> None:
    """Everything that the page loads, the map's library and the service worker included, gzipped as sent."""
    with watched(browser, site, **PHONE) as one:
        loaded = []
        one.page.on("requestfinished", lambda it: loaded.append(it))
        open_report(one.page, site)
        worker_ready(one.page)
        scripts = [it for it in loaded if it.resource_type in ("script", "stylesheet")]
        assert {f"{site}/static/vendor/leaflet/leaflet.js", f"{site}/static/css/report.css"} <= {
            it.url for it in scripts
        }
        worker = len(gzip.compress((STATIC / "js/worker/sw.js").read_bytes()))
        assert sum(it.sizes()["responseBodySize"] for it in scripts) + worker < PAGE_BYTES
