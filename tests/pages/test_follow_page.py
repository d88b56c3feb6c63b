"""The page of a private link in a real browser: how it stands, what one may do, and the way out of it."""

import gzip
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from gis_core.incidents.case import Evidence
from gis_core.incidents.stepping import take_step
from gis_core.keeping import KeepSettings
from maps.pages import STATIC, modules_behind
from tests.pages.conftest import watched
from tests.pages.reporting import PHONE, READY, photo_file, worker_ready
from tests.serving import serving
from tests.towns.incident_sql import KEY, RUBBISH, acting, build_incident_town, office, place

pytestmark = pytest.mark.browser

PAGE_BYTES = 80_000


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> None:
    build_incident_town(pg)


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    """With the key that the tests' own office has, and a period of its own."""
    keep = KeepSettings(contacts=90)
    with serving(database_url, secret_keys=KEY.decode(), keep=keep) as address:
        yield address


@pytest.fixture
def link(site: str) -> str:
    """The private link of a report of rubbish in grid 1, with a telephone number."""
    lon, lat = place(1)
    body = {
        "lon": lon, "lat": lat, "category": RUBBISH, "description": "门口有垃圾", "address": "1 号楼",
        "contact": {"phone": "138 0013 8000"}, "consent": True,
    }  # fmt: skip
    answer = httpx.post(
        f"{site}/reports",
        files={"report": (None, json.dumps(body))},
        headers={"Idempotency-Key": "of-the-test"},
    )
    assert answer.status_code == 201, answer.text
    return site + httpx.URL(answer.json()["link"]).path


def number(pg: psycopg.Connection) -> str:
    pg.rollback()
    row = pg.execute("SELECT number FROM incident").fetchone()
    assert row
    return row[0]


def step(pg: psycopg.Connection, name: str, action: str, **evidence: object) -> None:
    """One of the staff takes a step."""
    own = number(pg)
    now = datetime.now(UTC)
    take_step(pg, office(), own, action, Evidence(**evidence), [], by=acting(pg, name, own), now=now)
    pg.commit()


def open_link(page: Page, link: str, lang: str = "zh") -> None:
    page.goto(f"{link}?lang={lang}")
    page.wait_for_selector(READY)


DOTS = """all => all.map((one) => {
    const [dot, line] = ["::after", "::before"].map((part) => getComputedStyle(one, part));
    const border = dot.boxSizing === "border-box" ? 0 : parseFloat(dot.borderTopWidth);
    const middle = (start, size) => parseFloat(start) + parseFloat(size) / 2 + border;
    const middleOfLine = parseFloat(line.top) + parseFloat(line.height) / 2;
    return [middle(dot.left, dot.width) - one.clientWidth / 2, middle(dot.top, dot.height) - middleOfLine];
})"""
"""How far the middle of each dot is from the middle of its words and of its line, in pixels."""


def test_the_reporter_reads_on_and_answers(
    browser: Browser, site: str, pg: psycopg.Connection, link: str, tmp_path: Path
) -> None:
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_link(page, link)
        expect(page.locator(".progress li[aria-current=step]")).to_have_text("上报")
        for x, y in page.locator(".progress li").evaluate_all(DOTS):
            assert (x, y) == (pytest.approx(0, abs=0.5), pytest.approx(0, abs=0.5))
        expect(page.locator("#told")).to_contain_text("门口有垃圾")
        step(pg, "she", "ask", public_note="是哪个单元？")
        page.reload()
        expect(page.locator(".state")).to_have_text("待上报人补充")
        expect(page.locator(".history")).to_contain_text("是哪个单元？")
        page.locator("summary", has_text="补充").click()
        page.get_by_role("button", name="提交：补充").click()
        expect(page.locator("#actions [role=alert]").first).to_be_visible()
        assert "400" in one.complaints.pop()
        page.get_by_label("说明").first.fill("三单元")
        page.get_by_role("button", name="提交：补充").click()
        expect(page.locator("#notice")).to_contain_text("已提交：补充")
        expect(page.locator(".state")).to_have_text("已上报")
        page.locator("summary", has_text="留言").click()
        page.get_by_label("选照片").set_input_files(photo_file(tmp_path))
        expect(page.get_by_role("img", name="照片 1")).to_be_visible()
        page.get_by_role("button", name="提交：留言").click()
        expect(page.locator("#told img")).to_have_count(1)
        assert (
            page.locator("#told img").evaluate("async (it) => (await it.decode(), it.naturalWidth)") == 1067
        )


def test_what_is_sent_again_after_a_lost_answer_is_kept_once(
    browser: Browser, site: str, pg: psycopg.Connection, link: str
) -> None:
    def lose_the_answer(route: Route) -> None:
        assert route.fetch().status == 200
        route.abort()

    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_link(page, link)
        page.route("**/comment?*", lose_the_answer, times=1)
        page.locator("summary", has_text="留言").click()
        page.locator("#note-comment").fill("三单元门口")
        page.get_by_role("button", name="提交：留言").click()
        expect(page.locator("#actions [role=alert]", has_text="没有")).to_be_visible()
        page.get_by_role("button", name="提交：留言").click()
        expect(page.locator("#notice")).to_contain_text("已提交：留言")
        assert len(one.complaints) == 1
        one.complaints.clear()
    pg.rollback()
    assert pg.execute("SELECT count(*) FROM incident_event WHERE action = 'comment'").fetchone() == (1,)


def test_feedback_and_the_wish_to_reopen(
    browser: Browser, site: str, pg: psycopg.Connection, link: str
) -> None:
    step(pg, "wang", "close_on_spot", note="已清理", public_note="已清理，谢谢。")
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_link(page, link)
        expect(page.locator(".progress .past")).to_have_count(5)
        expect(page.locator("#standing")).to_contain_text("已清理，谢谢。")
        page.locator("summary", has_text="评价").click()
        page.get_by_role("button", name="提交：评价").click()
        expect(page.get_by_text("请选择满意或不满意。")).to_be_visible()
        page.get_by_role("radio", name="不满意").check()
        page.get_by_label("说明（可不填）").fill("又堆起来了")
        page.get_by_role("button", name="提交：评价").click()
        expect(page.locator("#standing")).to_contain_text("您的评价：不满意")
        page.locator("summary", has_text="申请重开").click()
        page.locator("#note-ask_reopen").fill("请再看看")
        page.get_by_role("button", name="提交：申请重开").click()
        expect(page.locator(".state")).to_have_text("申请重开")


def test_withdrawn_then_taken_away_and_erased(
    browser: Browser, site: str, pg: psycopg.Connection, link: str
) -> None:
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_link(page, link)
        page.get_by_text("我的个人信息").click()
        expect(page.get_by_role("button", name="删除我的信息")).to_be_disabled()
        expect(page.locator("#yours")).to_contain_text("办理中不能删除")
        expect(page.locator("#yours")).to_contain_text("办结 90 天后匿名化")
        page.locator("summary", has_text="撤销").click()
        page.locator("#note-cancel").fill("自己清了")
        page.get_by_role("button", name="提交：撤销").click()
        expect(page.locator(".state")).to_have_text("已撤销")
        page.get_by_text("我的个人信息").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="导出（JSON）").click()
        told = json.loads(Path(download.value.path()).read_text())
        assert told["contact"] == {"phone": "138 0013 8000"}
        page.get_by_role("button", name="删除我的信息").click()
        page.get_by_role("button", name="确定删除？此链接将失效。再点一次").click()
        expect(page.locator("#notice")).to_have_text("已删除，此链接不再有效。")
        page.reload()
        expect(page.locator("#notice")).to_contain_text("此链接无效：链接不完整，或内容已删除。")
        assert "404" in one.complaints.pop()
    pg.rollback()
    assert pg.execute("SELECT sealed FROM incident_reporter").fetchone() == (None,)


def test_without_network_it_says_so_and_goes_on(browser: Browser, site: str, link: str) -> None:
    with watched(browser, site, **PHONE) as one:
        page = one.page
        open_link(page, link)
        worker_ready(page)
        page.context.set_offline(True)
        page.reload()
        expect(page.locator("#notice")).to_contain_text("现在没有网络")
        kept = page.evaluate(
            "caches.open('wangge-report').then((cache) => cache.keys()).then((keys) => keys.map((one) => one.url))"
        )
        secret = link.rsplit("/", 1)[1]
        assert kept
        assert not [url for url in kept if secret in url]
        page.context.set_offline(False)
        expect(page.locator(".state")).to_have_text("已上报")
        one.complaints = [words for words in one.complaints if "ERR_INTERNET_DISCONNECTED" not in words]


def test_the_address_is_kept_secret(site: str, link: str) -> None:
    for path in ("", "/case", "/export"):
        headers = httpx.get(link + path).headers
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Robots-Tag"] == "noindex"
    assert httpx.get(f"{site}/report").headers["Referrer-Policy"] == "same-origin"
    worker = httpx.get(f"{site}/sw.js")
    assert worker.headers["Content-Type"].startswith("text/javascript")
    assert worker.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("width", [360, pytest.param(1280, marks=pytest.mark.slow)])
def test_axe_finds_no_violation_and_nothing_is_cut_off(
    browser: Browser, site: str, pg: psycopg.Connection, link: str, lang: str, width: int
) -> None:
    with watched(browser, site, **PHONE | {"viewport": {"width": width, "height": 800}}) as one:
        page = one.page
        for action in (None, "close_on_spot"):
            if action:
                step(pg, "wang", action, note="x", public_note="已清理")
            open_link(page, link, lang)
            for summary in page.locator("summary").all():
                summary.click()
            found = Axe().run(page)
            assert found.response["violations"] == [], found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_scripts_and_styles_stay_light() -> None:
    files = [*(STATIC / "js" / name for name in modules_behind("follow/main.js")), STATIC / "css/report.css",
             STATIC / "css/follow.css", STATIC / "js/worker/sw.js"]  # fmt: skip
    assert sum(len(gzip.compress(path.read_bytes(), 5)) for path in files) < PAGE_BYTES
