"""The incident desk in a real browser. Every page also asserts: no outside request, nothing on the console."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from gis_core.incidents.firing import fire_due
from tests.pages.cases import phone_of, reported, serving_incidents, stepped
from tests.pages.conftest import Watched, signed_in, watched
from tests.people import cookie
from tests.towns.incident_sql import PIPE, RUBBISH, build_incident_town, office, place

pytestmark = pytest.mark.browser

READY = "body[aria-busy=false] #incidents li"
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    with serving_incidents(database_url) as address:
        yield address


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


@pytest.fixture
def cases(pg: psycopg.Connection) -> dict[str, str]:
    """Numbers of a lamp with a photo and a reporter, of rubbish that is overdue, and of a burst pipe."""
    late = datetime.now(UTC) - timedelta(days=10)
    rubbish = reported(pg, RUBBISH, 3, now=late, description="垃圾成堆").number
    pg.autocommit = True
    fire_due(pg, office(), datetime.now(UTC))
    pg.autocommit = False
    lamp = reported(pg, photos=("near",), contact=phone_of(), consent=True).number
    return {"lamp": lamp, "rubbish": rubbish, "pipe": reported(pg, PIPE, 5, description="路面冒水").number}


@pytest.fixture
def she(site: str, pg: psycopg.Connection) -> dict:
    return signed_in(site, cookie(pg, "she"))


@pytest.fixture
def watching(browser: Browser, site: str, she: dict, cases: dict[str, str]) -> Iterator[Watched]:  # noqa: ARG001
    with watched(browser, site, reduced_motion="reduce", **she) as one:
        one.page.goto(f"{site}/desk")
        one.page.wait_for_selector(READY)
        yield one


@pytest.fixture
def desk(watching: Watched) -> Page:
    return watching.page


def listed(page: Page) -> list[str]:
    return page.locator("#incidents li").evaluate_all("rows => rows.map((row) => row.dataset.number)")


def opened(page: Page, number: str) -> None:
    page.locator(f"#incidents li[data-number='{number}'] button").click()
    expect(page.locator("#case-title")).to_contain_text(number)
    expect(page.locator("#case-actions h3")).to_be_visible()


def state_of(pg: psycopg.Connection, number: str) -> str:
    row = pg.execute("SELECT state FROM incident WHERE number = %s", [number]).fetchone()
    pg.commit()
    assert row
    return row[0]


def test_the_queue_has_the_most_urgent_first_and_the_map_the_same(desk: Page, cases: dict[str, str]) -> None:
    assert listed(desk) == [cases["rubbish"], cases["pipe"], cases["lamp"]]
    first = desk.locator("#incidents li").first
    for words in ("暴露垃圾", "超期", "督办", "已上报"):
        expect(first).to_contain_text(words)
    expect(desk.locator("#incidents li").nth(1)).to_contain_text("突发性事件")
    expect(desk.locator("#count")).to_have_text("列出 3 件，最急的在前")
    expect(desk.locator(".case-sign")).to_have_count(3)
    expect(desk.locator(".case-sign .late")).to_have_count(1)
    expect(desk.locator("path.grid-outline")).to_have_count(3)
    desk.locator(".case-sign[title*='路灯故障']").click()
    expect(desk.locator("#case-title")).to_contain_text(cases["lamp"])
    expect(desk).to_have_url(re.compile(f"case={cases['lamp']}"))
    for words in ("楼前路灯不亮", "供电单位", "剩", "全程", "故障现象"):
        expect(desk.locator("#case")).to_contain_text(words)


def test_without_incidents_the_map_shows_the_communities(browser: Browser, site: str, she: dict) -> None:
    with watched(browser, site, reduced_motion="reduce", **she) as one:
        one.page.goto(f"{site}/desk")
        expect(one.page.locator(".leaflet-control-scale-line")).to_have_text(re.compile(r"^\d+ m$"))
        expect(one.page.locator("path.grid-outline")).to_have_count(3)
        expect(one.page.locator("#panel-queue")).to_contain_text("没有符合条件的事件")


@pytest.mark.parametrize(
    "pressed", ["#counts button[data-state=reported]", "#incidents li:last-child > button"]
)
def test_a_press_while_the_queue_is_read_again_counts(desk: Page, pressed: str) -> None:
    box = desk.locator(pressed).bounding_box()
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    desk.mouse.down()
    with (
        desk.expect_response(re.compile("/incidents\\?")),
        desk.expect_response(re.compile("/incidents/counts")),
    ):
        desk.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    desk.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    desk.mouse.up()
    expect(desk).to_have_url(re.compile("state=reported|case="))


def test_filters_narrow_and_stay_in_the_address(desk: Page, cases: dict[str, str]) -> None:
    desk.get_by_label("超期").check()
    expect(desk.locator("#incidents li")).to_have_count(1)
    expect(desk).to_have_url(re.compile("overdue=true"))
    desk.reload()
    desk.wait_for_selector(READY)
    assert listed(desk) == [cases["rubbish"]]
    desk.get_by_label("超期").uncheck()
    expect(desk.locator("#incidents li")).to_have_count(3)
    desk.get_by_role("searchbox").fill("5号楼")
    expect(desk.locator("#incidents li")).to_have_count(1)
    expect(desk.locator("#incidents li")).to_have_attribute("data-number", cases["pipe"])
    desk.get_by_role("searchbox").fill("没有")
    expect(desk.locator("#count")).to_have_text("没有符合条件的事件。")
    expect(desk.locator("#counts button")).to_have_count(0)
    expect(desk.locator("path.grid-outline")).to_have_count(3)
    desk.get_by_role("searchbox").fill("")
    expect(desk.locator("#incidents li")).to_have_count(3)
    desk.get_by_text("筛选", exact=True).click()
    desk.get_by_label("类型").select_option("emergency")
    expect(desk.locator("#incidents li")).to_have_count(1)
    desk.get_by_label("类型").select_option("")
    desk.get_by_role("button", name="已上报 3").click()
    expect(desk).to_have_url(re.compile("state=reported"))
    desk.get_by_role("button", name="已办结").click()
    expect(desk.locator("#incidents li")).to_have_count(0)


def test_the_whole_desk_works_by_keyboard(desk: Page, pg: psycopg.Connection, cases: dict[str, str]) -> None:
    desk.locator("#incidents button").first.focus()
    desk.keyboard.press("End")
    desk.keyboard.press("Enter")
    expect(desk.locator("#case-title")).to_be_focused()
    expect(desk.locator("#case-title")).to_contain_text(cases["lamp"])
    desk.locator("#case-actions [data-action=accept]").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("form[data-action=accept] textarea")).to_be_focused()
    desk.keyboard.press("Escape")
    expect(desk.locator("#case-actions [data-action=accept]")).to_be_focused()
    desk.keyboard.press("Enter")
    desk.keyboard.type("电话核实")
    desk.keyboard.press("Tab")
    for _ in range(4):
        if desk.evaluate("document.activeElement.type") == "submit":
            break
        desk.keyboard.press("Tab")
    desk.keyboard.press("Enter")
    expect(desk.locator("#case-state")).to_have_text("已受理")
    assert state_of(pg, cases["lamp"]) == "accepted"
    desk.locator("#case-title").focus()
    desk.keyboard.press("Escape")
    expect(desk.locator("#case")).to_be_hidden()
    expect(desk.locator(f"li[data-number='{cases['lamp']}'] button")).to_be_focused()
    desk.locator("#tab-queue").focus()
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("#tab-dry")).to_be_focused()
    expect(desk.get_by_label("经度")).to_be_visible()


def test_a_form_asks_for_what_the_table_asks_for(
    desk: Page, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    number = cases["lamp"]
    opened(desk, number)
    desk.locator("#case-actions [data-action=reject]").click()
    form = desk.locator("form.step[data-action=reject]")
    form.get_by_role("button", name="不予受理").click()
    expect(form.get_by_role("alert")).to_have_text("还有必填内容没有填写。")
    expect(form.locator("[aria-invalid=true]")).to_have_count(2)
    expect(form.locator(".fault:visible")).to_have_text(["请选择原因。", "请写明告知上报人的内容。"])
    form.get_by_role("button", name="取消").click()
    desk.locator("#case-actions [data-action=accept]").click()
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator("#case-state")).to_have_text("已受理")
    desk.locator("#case-actions [data-action=dispatch]").click()
    department = desk.get_by_label("责任单位")
    expect(department).to_have_value("power")
    expect(department.locator("option:checked")).to_have_text("供电单位（按派遣规则）")
    department.select_option("property")
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator(".fault:visible")).to_have_text(["改派其他单位须说明理由。"])
    desk.get_by_label("改派其他单位的理由").fill("属小区内部路灯")
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator("#case-state")).to_have_text("已派遣")
    expect(desk.locator("#case-facts")).to_contain_text("物业服务单位")
    expect(desk.locator(".entries li")).to_have_count(3)
    assert state_of(pg, number) == "dispatched"


def test_what_was_typed_stays_when_the_case_has_changed(
    desk: Page, watching: Watched, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    number = cases["rubbish"]
    opened(desk, number)
    desk.locator("#case-actions [data-action=accept]").click()
    note = desk.locator("#case-form textarea[name=note]")
    note.fill("居民已多次反映")
    stepped(pg, "li", number, "check")
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator(".case-notice")).to_contain_text("li：开始核实")
    watching.expect_refusal(412)
    expect(desk.locator("#case-form [role=alert]")).to_contain_text("您填写的内容已保留")
    expect(desk.locator("#case-state")).to_have_text("核实中")
    expect(note).to_have_value("居民已多次反映")
    stepped(pg, "she2", number, "reject", reason_code="handled", public_note="已处理")
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator(".case-notice")).to_contain_text("现在不能再做这一步")
    expect(note).to_have_value("居民已多次反映")
    expect(desk.locator("#case-state")).to_have_text("不予受理")
    expect(desk.locator("#case-form [role=alert]")).to_be_hidden()
    watching.expect_refusal(412)


def test_an_answer_leaves_the_form_of_another_case_alone(
    desk: Page, watching: Watched, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    waiting = []
    desk.route("**/incidents/*/accept*", lambda route: waiting.append(route))
    note = desk.locator("#case-form textarea[name=note]")
    for number, other in ((cases["rubbish"], cases["lamp"]), (cases["pipe"], cases["rubbish"])):
        opened(desk, number)
        desk.locator("#case-actions [data-action=accept]").click()
        with desk.expect_request("**/accept*"):
            desk.locator("#case-form button[type=submit]").click()
        opened(desk, other)
        desk.locator("#case-actions [data-action=comment]").click()
        note.fill("写到一半")
        if number == cases["pipe"]:
            stepped(pg, "she2", number, "reject", reason_code="handled", public_note="已处理")
        with desk.expect_response("**/accept*"):
            waiting.pop().continue_()
        expect(note).to_have_value("写到一半")
        expect(desk.locator("#case-title")).to_contain_text(other)
    expect(desk.locator(".case-notice")).to_contain_text(f"受理 · {cases['pipe']}：")
    expect(desk.locator("#case-form [role=alert]")).to_be_hidden()
    watching.expect_refusal(412)
    assert state_of(pg, cases["rubbish"]) == "accepted"


def test_a_refusal_shows_the_words_of_the_server(
    desk: Page, watching: Watched, cases: dict[str, str]
) -> None:
    opened(desk, cases["lamp"])
    desk.locator("#case-actions [data-action=merge]").click()
    desk.get_by_label("并入的事件编号").fill("999")
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator("#case-form [role=alert]")).to_contain_text("999")
    watching.expect_refusal(404)


def test_a_grid_worker_is_chosen_from_those_of_the_place(desk: Page, cases: dict[str, str]) -> None:
    opened(desk, cases["lamp"])
    desk.locator("#case-actions [data-action=assign]").click()
    workers = desk.get_by_role("combobox", name="网格员")
    expect(workers.locator("option")).to_have_text(["请选择", "wang（负责本网格）", "li"])
    workers.select_option("li")
    desk.locator("#case-form button[type=submit]").click()
    expect(desk.locator("#case-facts")).to_contain_text("网格员li")


def test_one_step_for_many_tells_what_was_refused(
    desk: Page, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    expect(desk.locator("#incidents li")).to_have_count(3)
    stepped(pg, "wang", cases["pipe"], "check")
    desk.get_by_label("全选").check()
    expect(desk.locator("#bulk")).to_contain_text("已选 3 件：")
    desk.locator("#bulk [data-action=accept]").click()
    desk.locator("#bulk-form button[type=submit]").click()
    expect(desk.locator("#bulk-answer")).to_contain_text("已办 2 件。")
    refused = f"事件 {cases['pipe']}已被他人更新（修订 2）"
    expect(desk.locator("#bulk-answer li")).to_have_text(re.compile(f"^{refused}"))
    expect(desk.locator("#counts")).to_contain_text("已受理 2")
    assert state_of(pg, cases["lamp"]) == "accepted"


def test_photos_are_shown_large_covered_and_published(
    desk: Page, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    held: list[Route] = []
    desk.route(re.compile("/photos/"), lambda route: held.append(route))
    opened(desk, cases["lamp"])
    expect(desk.locator(".photos")).to_contain_text("近景 · 尚未审核，不公开")
    desk.get_by_role("button", name="查看和审核").click()
    box = desk.locator("#photo .picture img").bounding_box()
    assert box
    desk.mouse.move(box["x"] + 10, box["y"] + 10)
    desk.mouse.down()
    desk.mouse.move(box["x"] + 90, box["y"] + 70)
    desk.mouse.up()
    expect(desk.locator(".boxes span")).to_have_count(1)
    assert held, "the photo was not yet there"
    for one in held:
        one.continue_()
    desk.unroute(re.compile("/photos/"))
    desk.locator("#photo .picture img").evaluate("image => image.decode()")
    assert desk.locator("#photo .picture img").bounding_box() == box
    desk.get_by_role("button", name="添加黑框").click()
    expect(desk.locator("#photo [role=status]")).to_have_text("2 个黑框")
    desk.get_by_label("高 %").fill("-5")
    desk.get_by_role("button", name="添加黑框").click()
    expect(desk.locator("#photo .cover-tools [role=alert]")).to_have_text(
        "“高 %”为 -5，应大于 0、不大于 100。"
    )
    expect(desk.locator("#photo [role=status]")).to_have_text("2 个黑框")
    desk.get_by_role("button", name="公开这张照片").click()
    expect(desk.locator("#photo")).to_be_hidden()
    expect(desk.locator(".photos")).to_contain_text("近景 · 公开")
    row = pg.execute("SELECT public, moderated_by FROM incident_photo").fetchone()
    assert row == (True, "she")


def test_who_reported_is_shown_for_a_purpose_and_logged(
    desk: Page, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    opened(desk, cases["lamp"])
    expect(desk.locator("#case")).not_to_contain_text("13800138000")
    desk.locator("#case-rest summary").click()
    expect(desk.locator("form.reporter")).to_contain_text("每次查看都会记录")
    desk.get_by_role("button", name="查看联系方式").click()
    expect(desk.locator("#purpose-fault")).to_have_text("请填写查看目的。")
    expect(desk.get_by_label("查看目的")).to_be_focused()
    desk.get_by_label("查看目的").fill("核实灯杆编号")
    desk.get_by_role("button", name="查看联系方式").click()
    expect(desk.locator("form.reporter dl")).to_contain_text("13800138000")
    query = "SELECT by, details->>'purpose' FROM audit_entry WHERE action = 'reporter.read'"
    assert pg.execute(query).fetchall() == [("she", "核实灯杆编号")]


def test_messages_are_counted_read_and_lead_to_the_case(desk: Page, cases: dict[str, str]) -> None:
    button = desk.locator("#inbox-button")
    expect(button).to_have_attribute("aria-label", re.compile("消息，\\d+ 条未读"))
    before = int(re.findall(r"\d+", button.get_attribute("aria-label") or "")[0])
    button.click()
    row = desk.locator(".messages li.unread", has_text=cases["pipe"]).first
    row.get_by_role("button", name=f"打开事件 {cases['pipe']}").click()
    expect(desk.locator("#case-title")).to_contain_text(cases["pipe"])
    expect(button).to_have_attribute("aria-label", f"消息，{before - 1} 条未读" if before > 1 else "消息")


def test_routing_is_tried_out_on_the_map(desk: Page) -> None:
    desk.locator("#tab-dry").click()
    lon, lat = place(5)
    desk.get_by_label("经度").fill(str(lon))
    desk.get_by_label("纬度").fill("97")
    desk.get_by_role("button", name="试算").click()
    expect(desk.locator("#dry-fault")).to_have_text(
        "“纬度（WGS 84）”为 97，应为 -90 到 90 之间的度数，如 113.85。"
    )
    expect(desk.get_by_label("纬度")).to_be_focused()
    desk.get_by_label("纬度").fill(str(lat))
    panel = desk.locator("#panel-dry")
    panel.get_by_label("类别").select_option(label="井盖问题")
    panel.get_by_label("立案条件").select_option(label="破损异响")
    desk.get_by_role("button", name="试算").click()
    answer = desk.locator("#dry-answer")
    for words in (
        "适用规则：井盖",
        "城市管理部门",
        "井盖缺失”：立案条件不同",
        "受理: 0.5 小时",
    ):
        expect(answer).to_contain_text(words)
    box = desk.locator("#map").bounding_box()
    assert box
    desk.locator("#map").click(position={"x": box["width"] / 2, "y": box["height"] / 2 + 20})
    expect(desk.get_by_label("经度")).not_to_have_value(str(lon))
    expect(answer).to_contain_text("适用规则：井盖")


def test_a_long_list_is_read_page_by_page(
    browser: Browser, site: str, she: dict, pg: psycopg.Connection, cases: dict[str, str]
) -> None:
    pg.execute(
        "INSERT INTO incident (number, community_id, place, category_code, kind, source, state, open, reported_at,"
        " updated_at) SELECT 'x' || n, community_id, place, category_code, kind, source, state, open, reported_at,"
        " updated_at FROM incident, generate_series(1, 60) n WHERE number = %s",
        [cases["lamp"]],
    )
    pg.commit()
    with watched(browser, site, **she) as one:
        one.page.goto(f"{site}/desk?lang=en")
        one.page.wait_for_selector(READY)
        assert len(listed(one.page)) == 50
        one.page.get_by_role("button", name="List more").click()
        expect(one.page.locator("#incidents li")).to_have_count(63)
        assert len(set(listed(one.page))) == 63
        expect(one.page.locator("#incidents button").nth(50)).to_be_focused()


@pytest.mark.parametrize("lang", ["zh", pytest.param("en", marks=pytest.mark.slow)])
@pytest.mark.parametrize("options", [{}, pytest.param(PHONE, marks=pytest.mark.slow)], ids=["1280", "phone"])
def test_axe_finds_no_violation_and_nothing_is_cut_off(
    browser: Browser, site: str, she: dict, cases: dict[str, str], lang: str, options: dict
) -> None:
    with watched(browser, site, reduced_motion="reduce", **she, **options) as one:
        page = one.page
        page.goto(f"{site}/desk?lang={lang}")
        page.wait_for_selector(READY)
        checked(page, options)
        page.locator(f"li[data-number='{cases['lamp']}'] button").click()
        page.locator("#case-actions [data-action=reject]").click()
        page.locator("#case-rest summary").click()
        checked(page, options)
        if options:
            page.locator(".back").click()
        page.locator("#tab-dry").click()
        checked(page, options)
        page.locator("#inbox-button").click()
        expect(page.locator("#inbox .primary")).to_be_visible()
        checked(page, options)


def checked(page: Page, options: dict) -> None:
    """No violation, nothing wider than the window, and on the phone no target lower than a finger is broad."""
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if options:
        low = page.evaluate(
            "[...document.querySelectorAll("
            "'button, select, summary, input:not([type=checkbox]):not([type=file]), .tick')]"
            ".filter((one) => one.offsetHeight && one.offsetHeight < 44).map((one) => one.outerHTML.slice(0, 80))"
        )
        assert low == []


@pytest.mark.slow
def test_the_map_leads_here_and_back(browser: Browser, site: str, she: dict, cases: dict[str, str]) -> None:  # noqa: ARG001
    with watched(browser, site, **she) as one:
        one.page.goto(f"{site}/?lang=zh")
        one.page.wait_for_selector("body[aria-busy=false]")
        one.page.get_by_role("link", name="事件", exact=True).click()
        one.page.wait_for_selector(READY)
        one.page.get_by_role("link", name="社区地图").click()
        expect(one.page).to_have_url(re.compile(f"^{site}/(#.*)?$"))
