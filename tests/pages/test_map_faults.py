"""What the map page says and keeps when something goes otherwise: plans that are not there, rules changed by others."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, Route, expect

from gis_core.accounts import service
from gis_core.accounts.rules import Role
from tests.pages.conftest import Watched, watched
from tests.people import bearer
from tests.towns.town_sql import CODE, RULES

pytestmark = pytest.mark.browser


@pytest.fixture
def seen(browser: Browser, site: str, plan: int, planner: dict) -> Iterator[Watched]:
    """The plan of the drawn town on the page of somebody who may change it."""
    with watched(browser, site, **planner, reduced_motion="reduce") as one:
        one.page.goto(f"{site}/#community={CODE}&plan={plan}")
        expect(one.page.locator("#edit-link")).to_have_class("link-saved")
        yield one


@pytest.fixture
def town(seen: Watched) -> Page:
    return seen.page


@pytest.fixture
def other(site: str, pg: psycopg.Connection) -> Iterator[httpx.Client]:
    """A colleague's program."""
    name = "li.na"
    service.add_account(pg, name, display_name="李娜", by="test")
    service.grant(pg, name, Role.PLANNER, area=None, community=CODE, by="test")
    pg.commit()
    with httpx.Client(base_url=site, headers=bearer(pg, name)) as client:
        yield client


def named(page: Page, button: str, name: str) -> None:
    """A new plan by a button, shown, ready to edit and in the address."""
    before = page.url
    page.locator(button).click()
    page.locator("#ask-input").fill(name)
    page.locator("#ask-ok").click()
    expect(page.locator("#plan-chooser option:checked")).to_contain_text(name)
    expect(page).not_to_have_url(before)


def test_back_leads_to_the_plan_before(town: Page, plan: int) -> None:
    named(town, "#plan-create", "空白稿")
    town.locator("#plan-chooser").select_option(str(plan))
    expect(town).to_have_url(f"{town.url.split('#')[0]}#community={CODE}&plan={plan}")
    town.locator('#plan tr[data-grid="2"] button').click()
    expect(town.locator('#plan tr[data-grid="2"]')).to_have_class("chosen")
    town.go_back()
    expect(town.locator("#plan-chooser option:checked")).to_contain_text("空白稿")
    town.go_back()
    expect(town.locator("#plan-chooser")).to_have_value(str(plan))
    expect(town.locator("#edit-link")).to_have_class("link-saved")


def test_an_empty_plan_tells_what_has_no_grid(town: Page) -> None:
    named(town, "#plan-create", "空白稿")
    expect(town.locator("#plan tfoot tr").first).to_have_text("未分配6601,98012")


def test_a_plan_that_is_not_there_is_told_and_others_are_offered(town: Page, plan: int) -> None:
    town.evaluate("location.hash = '#community=360302001001&plan=999'")
    expect(town.locator("#notice")).to_contain_text("没有编号为 999 的方案")
    expect(town.locator("#plan")).not_to_contain_text("尚无方案")
    town.locator("#plan .other-plan").click()
    expect(town.locator("#plan-chooser")).to_have_value(str(plan))
    expect(town.locator("#notice")).to_be_hidden()


def test_a_filter_without_a_hit_still_tells_how_many_there_are(town: Page) -> None:
    town.locator("#building-filter").fill("nowhere")
    expect(town.locator("#list-count")).to_have_text("显示 0 栋，共 12 栋")


def test_a_name_that_is_too_long_is_told_and_not_cut(town: Page) -> None:
    town.locator("#plan-rename").click()
    town.locator("#ask-input").fill("长" * 101)
    town.locator("#ask-ok").click()
    expect(town.locator("#ask-fault")).to_have_text("最多 100 个字，现有 101 个；请删减。")
    town.locator("#ask-input").fill("长" * 100)
    town.locator("#ask-ok").click()
    expect(town.locator("#plan-chooser option:checked")).to_contain_text("长" * 100)


def test_long_words_and_names_widen_nothing(town: Page, plan: int) -> None:
    named(town, "#plan-fork", "长" * 100)
    town.locator("#plan-chooser").select_option(str(plan))
    expect(town.locator("#edit-link")).to_have_class("link-saved")
    for name in ("comments", "compare"):
        town.locator(f"#{name} > summary").click()
    town.locator("#comment-add").click()
    town.locator("#map").click(position={"x": 300, "y": 200})
    town.locator("#ask-input").fill("长" * 5 + "a" * 400)
    town.locator("#ask-ok").click()
    expect(town.locator(".comments li")).to_contain_text("aaaa")
    expect(town.locator("#compare-with option").nth(1)).to_contain_text("长长长")
    for width in (1280, 640, 360):
        town.set_viewport_size({"width": width, "height": 740})
        assert town.evaluate("document.documentElement.scrollWidth") <= width
        assert (
            town.evaluate(
                "(panel => panel.scrollWidth - panel.clientWidth)(document.querySelector('.panel'))"
            )
            <= 0
        )
        box = town.locator("#compare-with").bounding_box()
        assert box
        assert box["x"] + box["width"] <= width


def test_the_line_between_two_plans_follows_the_slider(town: Page, plan: int) -> None:
    named(town, "#plan-fork", "另一稿")
    town.locator("#compare > summary").click()
    town.locator("#compare-with").select_option(str(plan))
    frame = town.locator("#map").bounding_box()
    assert frame
    for share in (0, 50, 80):
        town.locator("#swipe").fill(str(share))
        line = town.locator(".swipe-mark").bounding_box()
        assert line
        assert line["x"] + line["width"] / 2 == pytest.approx(
            frame["x"] + frame["width"] * share / 100, abs=1
        )
        assert line["height"] == pytest.approx(frame["height"], abs=1)
    expect(town.locator(".swipe-names p")).to_have_text(["第 2 版 · 草案 · 另一稿", "第 1 版 · 草案"])
    assert tinted(town)
    middle = frame["y"] + frame["height"] / 2
    town.mouse.move(frame["x"] + frame["width"] * 0.8, middle)  # the thumb stands at the line
    town.mouse.down()
    town.mouse.move(frame["x"] + frame["width"] * 0.3, middle, steps=4)
    town.mouse.up()
    line = town.locator(".swipe-mark").bounding_box()
    assert line
    assert line["x"] == pytest.approx(frame["x"] + frame["width"] * 0.3, abs=10)


def tinted(page: Page) -> bool:
    """Whether areas of the other plan are painted."""
    return page.locator(".leaflet-otherAreas-pane canvas").evaluate(
        """(canvas) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
            return data.some((value, at) => at % 4 === 3 && value > 0);
        }"""
    )


def test_what_is_typed_into_the_rules_outlives_others_and_the_language(
    town: Page, plan: int, other: httpx.Client
) -> None:
    town.locator("#rules > summary").click()
    low = town.get_by_label("每格户数 最少")
    low.fill("１２０")
    rules = RULES | {"persons": [400, 700]}
    told = other.put(
        f"/plans/{plan}/rules", headers={"If-Match": '"r0"', "Idempotency-Key": "rules"}, json=rules
    )
    assert told.status_code == 200, told.text
    expect(town.locator("#rules-changed")).to_have_text(
        "已保存的规则有变化：每格人口 400–700。您填写的内容没有改动。"
    )
    expect(town.get_by_label("每格人口 最多")).to_have_value("700")
    expect(low).to_have_value("１２０")
    expect(low).to_be_focused()
    town.locator("#language").click()
    low = town.get_by_label("Households a grid least")
    expect(low).to_have_value("１２０")
    most = town.get_by_label("Households a grid most")
    most.fill("")
    town.locator("#rules-save").click()
    expect(town.locator("#rules .fault")).to_have_text("Fill it in, or leave both ends empty for no limit.")
    expect(most).to_be_focused()
    most.fill("220")
    town.locator("#rules-save").click()
    expect(low).to_have_value("120")
    expect(town.locator("#plan thead")).to_contain_text("120–220")
    for place in ("#rules-saved", "#edit-message"):
        expect(town.locator(place)).to_have_text("The rules are saved.")


def test_both_change_the_rules_and_the_name_is_that_of_the_person(
    seen: Watched, town: Page, plan: int, other: httpx.Client
) -> None:
    town.locator("#rules > summary").click()
    town.context.set_offline(True)
    town.get_by_label("每格户数 最少").fill("120")
    town.locator("#rules-save").click()
    expect(town.locator("#edit-link")).to_have_class("link-broken")
    rules = RULES | {"persons": [400, 700]}
    headers = {"If-Match": '"r0"', "Idempotency-Key": "rules"}
    assert other.put(f"/plans/{plan}/rules", headers=headers, json=rules).status_code == 200
    town.context.set_offline(False)
    expect(town.locator("#clash li")).to_contain_text("李娜 在", timeout=20_000)
    expect(town.locator("#edit-link")).to_have_text("1 项修改待保存：请先决定如何处理冲突")
    town.locator("#clash-discard").click()
    expect(town.locator("#edit-link")).to_have_text("已保存")
    town.locator("#history > summary").click()
    expect(town.locator("#history li")).to_contain_text("第 1 号 修改规则")
    expect(town.locator("#history li")).to_contain_text("李娜")
    seen.complaints[:] = [line for line in seen.complaints if "net::ERR" not in line and "412" not in line]


def test_after_the_sign_in_has_ended_the_page_leads_back_to_it(seen: Watched, town: Page, plan: int) -> None:
    town.context.clear_cookies()
    town.locator("#job-repair").click()
    expect(town.locator("#engine .job")).to_contain_text("登录已过期，请重新登录。")
    link = town.locator("#engine .job").get_by_role("link", name="重新登录")
    expect(link).to_have_attribute("href", f"login?next=%2F#community={CODE}&plan={plan}")
    seen.expect_refusal(401)


def test_news_that_are_refused_are_told(seen: Watched, town: Page, plan: int, other: httpx.Client) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=403, content_type="application/problem+json", body='{"detail": "您无权查看。"}')

    town.route(f"**/plans/{plan}/grids?*", refuse)
    move = {"moves": [{"building": 1, "from": 1, "to": 2}], "kind": "click"}
    headers = {"If-Match": '"r0"', "Idempotency-Key": "one"}
    assert other.patch(f"/plans/{plan}/assignments", headers=headers, json=move).status_code == 200
    expect(town.locator("#edit-message")).to_contain_text("页面上的可能已过时：您无权查看。")
    seen.expect_refusal(403)


def test_the_answer_to_an_earlier_search_does_not_win(
    browser: Browser, site: str, pg: psycopg.Connection, plan: int, planner: dict
) -> None:
    for number in range(2, 14):
        pg.execute(
            "INSERT INTO community (code, name, boundary, metric_srid)"
            " SELECT %s, %s, boundary, metric_srid FROM community WHERE code = %s",
            [f"36030200{number:04d}", f"社区 {number}", CODE],
        )
    pg.commit()
    with watched(browser, site, **planner) as one:
        town, waiting = one.page, []
        town.goto(f"{site}/#community={CODE}&plan={plan}")
        town.route("**/communities?q=1", lambda route: waiting.append(route))
        search = town.locator("#community-search")
        search.fill("1")
        with town.expect_response("**/communities?q=13"):
            search.fill("13")
        options = town.locator("#community-chooser option")
        expect(options.filter(has_text="社区 12")).to_have_count(0)
        with town.expect_response("**/communities?q=1"):
            waiting[0].continue_()
        town.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        expect(options.filter(has_text="社区 13")).to_have_count(1)
        expect(options.filter(has_text="社区 12")).to_have_count(0)
        town.route("**/communities?q=x", lambda route: route.abort())
        search.fill("x")
        expect(town.locator("#search-failure")).to_contain_text("没能搜索：服务器没有应答")
        one.complaints[:] = [line for line in one.complaints if "net::ERR" not in line]
