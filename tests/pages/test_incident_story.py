"""The life of incidents, everybody with a page of their own: residents by telephone, desk, departments, leaders."""

import os
import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from gis_core.incidents import store
from gis_core.incidents.firing import fire_due
from tests.pages.cases import phone_of, picture, reported, serving_incidents, stepped
from tests.pages.conftest import Watched, signed_in, watched
from tests.pages.reporting import PHONE, READY, fill_in, open_report, received, send, worker_ready
from tests.people import cookie
from tests.towns.incident_sql import LAMP, PAPERS, PIPE, build_incident_town, office

pytestmark = pytest.mark.browser

SHOTS = os.environ.get("WANGGE_SCREENSHOTS")
"""Folder for pictures of the documentation; none are taken where it is not set."""
SIZES = {"desktop": {"viewport": {"width": 1280, "height": 800}}, "phone": PHONE}
PHOTO = {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": picture("darkseagreen")}


@pytest.fixture
def site(database_url: str) -> Iterator[str]:
    with serving_incidents(database_url) as address:
        yield address


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


class Office:
    """The staff, each in a browser of their own with the page of the desk."""

    def __init__(
        self, browser: Browser, site: str, pg: psycopg.Connection, size: str, stack: ExitStack
    ) -> None:
        self.browser, self.site, self.pg, self.size, self.stack = browser, site, pg, size, stack
        self.pages: dict[str, Page] = {}

    def page(self, name: str) -> Page:
        """The page of one of the staff."""
        if name not in self.pages:
            options = {
                "reduced_motion": "reduce",
                **SIZES[self.size],
                **signed_in(self.site, cookie(self.pg, name)),
            }
            self.pages[name] = self.stack.enter_context(watched(self.browser, self.site, **options)).page
        return self.pages[name]

    def open(self, name: str, number: str) -> Page:
        """The case as it is now, at somebody's desk."""
        page = self.page(name)
        page.goto(f"{self.site}/desk?lang=zh&at={datetime.now(UTC).timestamp()}#view=all&case={number}")
        expect(page.locator("#case-actions h3")).to_be_visible()
        return page

    def act(
        self, name: str, number: str, action: str, state: str, *, photo: bool = False, **fields: str
    ) -> Page:
        """Take a step by its form; the state that the page shows then."""
        page = self.open(name, number)
        page.locator(f"#case-actions [data-action={action}]").click()
        form = page.locator(f"#case-form form[data-action={action}]")
        for field, value in fields.items():
            control = form.locator(f"[name={field}]")
            if control.evaluate("one => one.tagName") == "SELECT":
                control.select_option(value)
            else:
                control.fill(value)
        if photo:
            form.locator("input[type=file]").set_input_files(PHOTO)
            expect(form.locator(".shots li")).to_have_count(1)
        form.locator("button[type=submit]").click()
        expect(form).to_have_count(0)
        expect(page.locator("#case-state")).to_have_text(state)
        return page


on_both = pytest.mark.parametrize("staff", list(SIZES), indirect=True)
on_a_phone_when_all_is_run = pytest.mark.parametrize(
    "staff", ["desktop", pytest.param("phone", marks=pytest.mark.slow)], indirect=True
)


@pytest.fixture
def staff(
    request: pytest.FixtureRequest, browser: Browser, site: str, pg: psycopg.Connection
) -> Iterator[Office]:
    with ExitStack() as stack:
        yield Office(browser, site, pg, request.param, stack)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        for head in page.locator("#case-head").all():
            head.scroll_into_view_if_needed()
        page.screenshot(path=Path(SHOTS) / f"incident-{name}.png", scale="css")


def value(pg: psycopg.Connection, query: str, *values: Any) -> Any:
    pg.rollback()
    row = pg.execute(query, values).fetchone()
    assert row
    return row[0]


def pass_time(pg: psycopg.Connection, now: datetime) -> None:
    """What the clock does by itself until then."""
    pg.rollback()
    pg.autocommit = True
    fire_due(pg, office(), now)
    pg.autocommit = False


def report_without_network(watching: Watched, site: str) -> tuple[str, str]:
    """(number, private link) of what a resident reported while there was no network."""
    page = watching.page
    open_report(page, site)
    worker_ready(page)
    page.context.set_offline(True)
    fill_in(page)
    send(page)
    expect(page.locator("#queue")).to_contain_text("已保存在本机")
    page.locator("#queue").scroll_into_view_if_needed()
    shot(page, "report")
    page.context.set_offline(False)
    number = received(page)
    watching.complaints = [one for one in watching.complaints if "ERR_INTERNET_DISCONNECTED" not in one]
    link = page.locator("#receipt a[href*='/follow/']").first.get_attribute("href")
    assert link
    return number, link


@on_both
def test_from_a_report_without_network_to_the_strike_off(
    browser: Browser, site: str, pg: psycopg.Connection, staff: Office
) -> None:
    for category, building, words in ((LAMP, 7, "路灯闪烁"), (PIPE, 11, "路面冒水")):
        reported(pg, category, building, description=words)
    wang = {**PHONE, **signed_in(site, cookie(pg, "wang"))}
    with watched(browser, site, **PHONE) as resident, watched(browser, site, **wang) as worker:
        number, link = report_without_network(resident, site)

        # the grid worker goes there and accepts it
        mine = worker.page
        mine.goto(f"{site}/my?lang=zh")
        expect(mine.locator(".card")).to_have_count(2)
        shot(mine, "my")
        on_the_phone(mine, number, "accept", "现场一处，约两袋")
        expect(mine.locator(f".card[data-number='{number}']")).to_contain_text("已受理")

        # the desk dispatches it, the department clears it away and shows how it is now
        page = staff.open("she", number)
        page.locator("[data-action=dispatch]").click()
        expect(page.locator("path.grid-outline")).to_have_count(3)
        if staff.size == "desktop":
            shot(page, "desk")
        page = staff.act("she", number, "dispatch", "已派遣")
        shot(page, f"dispatched-{staff.size}")
        staff.act("guan", number, "start", "处置中")
        page = staff.act("guan", number, "resolve", "已处置，待核查", note="已清运", photo=True)
        shot(page, f"resolved-{staff.size}")

        # somebody else verifies it, the resident is content, the desk strikes it off
        on_the_phone(mine, number, "verify", "现场干净")
        shot(mine, "verified")
        follow = resident.page
        follow.goto(site + link if link.startswith("/") else link)
        follow.wait_for_selector(READY)
        expect(follow.locator(".state")).to_have_text("核查通过，待反馈")
        shot(follow, "follow")
        follow.locator("summary", has_text="评价").click()
        follow.get_by_role("radio", name="满意", exact=True).check()
        follow.get_by_role("button", name="提交：评价").click()
        expect(follow.locator("#notice")).to_contain_text("已提交：评价")
        page = staff.act("she", number, "close", "已销号", public_note="感谢上报，垃圾已清运。")
        shot(page, f"closed-{staff.size}")
        expect(page.locator("#case-facts")).to_contain_text("满意")
        follow.reload()
        expect(follow.locator(".history")).to_contain_text("感谢上报，垃圾已清运。")
    found = store.read_incident(pg, number)
    assert not found.open
    assert store.broken_links(pg, found.id) == []
    assert [one["action"] for one in store.read_events(pg, found.id) if one["action"] != "tell"] == [
        "report", "accept", "dispatch", "start", "resolve", "verify", "feedback", "close",
    ]  # fmt: skip


def on_the_phone(page: Page, number: str, action: str, note: str) -> None:
    """A step on the grid worker's page."""
    page.goto(f"{page.url.split('?')[0]}?lang=zh")
    page.locator(f"[data-number='{number}'] button[data-action={action}]").click()
    form = page.locator(f"form[data-action={action}]")
    form.locator("[name=note]").fill(note)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)
    expect(page.locator("#waiting")).to_be_empty()


@on_a_phone_when_all_is_run
def test_an_emergency_is_acknowledged_at_two_levels_and_logged(staff: Office, pg: psycopg.Connection) -> None:
    number = reported(pg, PIPE, description="路面冒水").number
    waiting = (
        "SELECT count(*) FROM incident_timer"
        " WHERE kind = 'acknowledge' AND fired_at IS NULL AND cancelled_at IS NULL"
    )
    assert value(pg, waiting) == 2
    inbox = staff.open("qu", number)
    expect(inbox.locator("#inbox-button")).to_have_attribute("aria-label", re.compile("1 条未读"))
    staff.act("jie", number, "acknowledge", "已上报")
    assert value(pg, waiting) == 1
    page = staff.act("qu", number, "acknowledge", "已上报")
    assert value(pg, waiting) == 0
    expect(page.locator("#case-head")).to_contain_text("突发性事件")
    staff.act("wang", number, "respond", "处置中")
    page = staff.act("wang", number, "log", "处置中", note="已关阀")
    expect(page.locator("#case-facts")).to_contain_text("第 1 / 3 阶段：围护")
    page = staff.act("wang", number, "finish_step", "处置中", note="围护完成")
    expect(page.locator("#case-facts")).to_contain_text("第 2 / 3 阶段：抢修")
    shot(page, f"emergency-{staff.size}")


@on_a_phone_when_all_is_run
def test_papers_are_approved_and_publicised_at_three_levels(staff: Office, pg: psycopg.Connection) -> None:
    number = reported(pg, PAPERS, description="申请", contact=phone_of()).number
    staff.act("wang", number, "collect", "材料已收集", note="材料齐全")
    staff.act("she", number, "check_papers", "社区已初审", note="符合")
    staff.act("jie", number, "review", "街道已复审", note="符合")
    page = staff.act("qu", number, "approve", "区级已决定", note="批准")
    shot(page, f"approved-{staff.size}")
    page = staff.act(
        "she", number, "publicise", "公示中", text_zh="拟批准一户。", text_en="One is approved.", days="7"
    )
    shot(page, f"notice-{staff.size}")
    assert value(pg, "SELECT array_agg(level ORDER BY level) FROM public_notice") == [
        "community",
        "district",
        "subdistrict",
    ]
    pass_time(pg, datetime.now(UTC) + timedelta(days=8))
    expect(staff.open("she", number).locator("#case-state")).to_have_text("已销号")


@on_a_phone_when_all_is_run
def test_suspended_by_a_leader_escalated_by_time_and_reopened(staff: Office, pg: psycopg.Connection) -> None:
    number = reported(pg).number
    staff.act("she", number, "accept", "已受理", note="电话核实")
    until = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
    page = staff.act("she", number, "ask_suspend", "已受理", note="等待灯具到货", until=until)
    expect(page.locator("#case-facts")).to_contain_text("she 申请挂账")
    expect(page.locator("#case-actions [data-action=suspend]")).to_have_count(0)
    page = staff.act(
        "jie", number, "suspend", "已挂账", note="同意", public_note="灯具到货后处理。", until=until
    )
    expect(page.locator("#case-facts")).to_contain_text("不计时")
    shot(page, f"suspended-{staff.size}")
    staff.act("she", number, "resume", "已受理", note="已到货")
    staff.act("she", number, "dispatch", "已派遣")
    pass_time(pg, datetime.now(UTC) + timedelta(days=60))
    page = staff.open("jie", number)
    for words in ("超期", "督办", "已升级到第 3 级"):
        expect(page.locator("#case")).to_contain_text(words)
    shot(page, f"escalated-{staff.size}")
    staff.act("dian", number, "start", "处置中")
    staff.act("dian", number, "resolve", "已处置，待核查", note="已更换", document="工单 12")
    staff.act("li", number, "verify", "核查通过，待反馈", note="已亮")
    staff.act("she", number, "close", "已销号", public_note="已修好。")
    stepped(pg, "reporter", number, "ask_reopen", note="又不亮了")
    page = staff.act("she", number, "reopen", "已重开", public_note="重新派修。")
    expect(page.locator(".entries")).to_contain_text("又不亮了")
    expect(page.locator(".entries li", has_text="超期升级").first).to_contain_text("系统")
    expect(page.locator(".entries li", has_text="申请重开").first).to_contain_text("上报人")
    shot(page, f"reopened-{staff.size}")
