"""The page with everything unfolded that a planner can see, by touch, and over a line that breaks."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect

from api.commands.worker import workers
from gis_core.accounts.rules import Role
from gis_core.editing.store import edits_since
from tests.pages.conftest import watched
from tests.pages.planner import CATCH_MAP
from tests.people import bearer, person
from tests.towns.town_sql import CODE, centre

pytestmark = pytest.mark.browser

SIZES = [(1280, 800), (1024, 768), (360, 640)]
CUT_OFF = """() => {
    const parts = document.querySelectorAll("body, main, .panel, .table-frame, #edit-bar, #edit-status, dialog[open]");
    const scrolls = (one) => innerWidth < 1024 && one.id === "edit-bar";
    const wide = (one) => one.scrollWidth > one.clientWidth + 1 && !scrolls(one);
    const cut = (one) => wide(one) || one.getBoundingClientRect().right > innerWidth + 1;
    return [...parts].filter(cut).map((one) => `${one.tagName} ${one.id}: ${one.scrollWidth} in ${one.clientWidth}`);
}"""
FOLDED = ["rules", "comments", "compare", "history", "keys"]


@pytest.fixture
def town(browser: Browser, site: str, plan: int, planner: dict) -> Iterator[Page]:
    """The plan of the drawn town on the page of somebody who may change it."""
    touch = {"has_touch": True, "reduced_motion": "reduce"}
    with watched(browser, site, **planner, **touch) as one:
        one.page.add_init_script(CATCH_MAP)
        one.page.goto(f"{site}/#community={CODE}&plan={plan}")
        expect(one.page.locator("#edit-bar")).to_be_visible()
        expect(one.page.locator("#edit-link")).to_have_class("link-saved")
        yield one.page
        # what the console says of a line that the test itself broke
        one.complaints[:] = [line for line in one.complaints if "net::ERR" not in line and "412" not in line]


def look_over(page: Page, what: str) -> None:
    """Axe finds nothing, and nothing is cut off, in any size and language."""
    for _ in ("zh", "en"):
        for width, height in SIZES:
            page.set_viewport_size({"width": width, "height": height})
            results = Axe().run(page)
            assert results.violations_count == 0, f"{what} at {width}: {results.generate_report()}"
            cut = page.evaluate(CUT_OFF)
            assert cut == [], f"{what} at {width}"
        page.set_viewport_size({"width": 1280, "height": 800})
        page.locator("#language").dispatch_event("click")


def test_nothing_is_inaccessible_or_cut_off_with_everything_unfolded(
    town: Page, plan: int, database_url: str
) -> None:
    town.locator("#building-3").click()
    town.locator('#plan tr[data-grid="2"] button').click()
    town.locator("#plan-fork").click()
    town.locator("#ask-input").fill("另一稿")
    look_over(town, "the question")
    town.locator("#ask-ok").click()
    expect(town.locator("#plan-chooser")).not_to_have_value(str(plan))
    expect(town.locator("#edit-bar")).to_be_visible()
    for name in FOLDED:
        town.locator(f"#{name} > summary").click()
        expect(town.locator(f"#{name}")).to_have_attribute("open", "")
    town.locator("#comment-add").click()
    town.locator("#map").click(position={"x": 300, "y": 200})
    town.locator("#ask-input").fill("这里有一条小路")
    town.locator("#ask-ok").click()
    expect(town.locator(".comments li")).to_contain_text("这里有一条小路")
    town.locator("#compare select").select_option(str(plan))
    expect(town.locator("#swipe")).to_be_visible()
    with workers(database_url, 1):
        town.locator("#job-draw").click()
        expect(town.locator("#engine .proposal")).to_be_visible(timeout=60_000)
    look_over(town, "a proposal")


def test_the_community_stays_in_sight_until_the_map_is_moved(town: Page) -> None:
    whole = "theMap.getBounds().contains([[27.6199, 113.8499], [27.6207, 113.8523]])"

    def lower(height: int) -> None:
        town.evaluate("void (window.lowered = new Promise((done) => theMap.once('resize', done)))")
        town.set_viewport_size({"width": 1280, "height": height})
        town.evaluate("window.lowered")

    lower(400)
    assert town.evaluate("theMap.getSize().y") < 250
    assert town.evaluate(whole)
    town.locator("#zoom-in").click()
    town.locator("#zoom-in").click()
    assert not town.evaluate(whole)
    zoom = town.evaluate("theMap.getZoom()")
    lower(380)
    assert town.evaluate("theMap.getZoom()") == zoom


def test_a_digit_chooses_the_target_and_leaves_the_map(town: Page) -> None:
    town.locator("#map").focus()
    before = on_screen(town, 7)
    for digit in "0123456789":
        town.keyboard.press(digit)
        expect(town.locator(f"#target-{digit}")).to_have_attribute("aria-pressed", "true")
    assert on_screen(town, 7) == before


def test_on_a_phone_targets_are_in_sight_and_the_legend_is_folded(town: Page) -> None:
    expect(town.locator("#legend")).to_be_visible()
    town.set_viewport_size({"width": 390, "height": 844})
    town.reload()
    expect(town.locator("#target-1")).to_be_in_viewport(ratio=1)
    town.locator("#target-new").dispatch_event("click")
    expect(town.locator("#target-4")).to_be_in_viewport(ratio=1)
    town.locator("#tool-brush").click()
    expect(town.locator("#brush-larger")).to_be_in_viewport(ratio=1)
    assert town.locator("#plan-chooser").evaluate("one => one.clientWidth") > 200
    expect(town.locator("#legend")).to_be_hidden()
    town.locator("#legend-box summary").click()
    expect(town.locator("#legend")).to_be_visible()


def test_a_clash_is_told_and_decided(town: Page, site: str, pg: psycopg.Connection, plan: int) -> None:
    town.route("**/assignments?*", lambda route: route.abort())
    send(town, 1, 2)
    expect(town.locator("#edit-link")).to_have_class("link-broken")
    move = {"building": 1, "from": 1, "to": 3}
    other = bearer(pg, person(pg, "li.na", Role.PLANNER, community=CODE))
    told = httpx.patch(
        f"{site}/plans/{plan}/assignments",
        headers=other | {"If-Match": '"r0"', "Idempotency-Key": "li.na-1"},
        json={"moves": [move], "kind": "click"},
    )
    assert told.status_code == 200, told.text
    town.unroute("**/assignments?*")
    expect(town.locator("#clash")).to_be_visible(timeout=20_000)
    expect(town.locator("#clash li")).to_contain_text("li.na")
    expect(town.locator("#edit-link")).to_have_text("1 项修改待保存：请先决定如何处理冲突")
    look_over(town, "a clash")
    town.locator("#clash-reapply").click()
    expect(town.locator("#edit-link")).to_have_class("link-saved")
    expect(town.locator("#building-1 small")).to_contain_text("网格 2")
    made = edits_since(pg, plan, 0)
    assert [(edit.by, edit.moves[0].source, edit.moves[0].target) for edit in made] == [
        ("li.na", 1, 3),
        ("planner", 3, 2),
    ]


def test_a_finger_draws_with_the_brush(town: Page, pg: psycopg.Connection, plan: int) -> None:
    town.locator("#target-3").tap()
    town.locator("#tool-brush").tap()
    ways = [on_screen(town, number) for number in (1, 2, 3)]
    touches = town.context.new_cdp_session(town)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    touch("touchStart", ways[0])
    touch("touchMove", ways[1])
    touch("touchMove", ways[2])
    touch("touchEnd")
    expect(town.locator("#edit-link")).to_have_class("link-saved")
    for number in (1, 2, 3):
        expect(town.locator(f"#building-{number} small")).to_contain_text("网格 3")
    [edit] = edits_since(pg, plan, 0)
    assert {(move.building, move.target) for move in edit.moves} == {(1, 3), (2, 3), (3, 3)}

    # a second finger takes the stroke back, and moves the map
    before = on_screen(town, 7)
    touch("touchStart", ways[0])
    touch("touchStart", ways[0], (ways[0][0] + 80, ways[0][1]))
    touch("touchMove", (ways[0][0] + 60, ways[0][1] + 60), (ways[0][0] + 140, ways[0][1] + 60))
    touch("touchEnd")
    expect(town.locator("#edit-link")).to_have_class("link-saved")
    pg.rollback()
    assert len(edits_since(pg, plan, 0)) == 1
    assert on_screen(town, 7) != before


def on_screen(page: Page, building: int) -> tuple[float, float]:
    """Where the middle of a building is."""
    lon, lat = centre(building)
    x, y = page.evaluate(
        """([lon, lat]) => {
            const { left, top } = document.getElementById("map").getBoundingClientRect();
            const { x, y } = theMap.latLngToContainerPoint([lat, lon]);
            return [left + x, top + y];
        }""",
        [lon, lat],
    )
    return x, y


def send(page: Page, building: int, target: int) -> None:
    """Move a building by the list."""
    page.locator(f"#building-{building}").click()
    page.keyboard.press(str(target))


def test_edits_over_a_broken_line_are_kept_and_made_once(
    town: Page, pg: psycopg.Connection, plan: int
) -> None:
    """The first reaches the server and its answer is lost; two more are made before the line is back.

    Nor is it told of by the live events, from which the page would know that it is made.
    """
    town.route("**/events*", lambda route: route.abort())
    town.reload()
    expect(town.locator("#edit-link")).to_have_class("link-saved")
    lost = []

    def lose(route: Route) -> None:
        if route.request.method == "GET":
            return route.continue_()
        if not lost:
            lost.append(route.fetch().status)
        return route.abort()

    town.route("**/assignments?*", lose)
    send(town, 1, 3)
    expect(town.locator("#edit-link")).to_have_class("link-broken")
    send(town, 2, 3)
    send(town, 5, 1)
    expect(town.locator("#edit-link")).to_contain_text("3")
    town.reload()
    expect(town.locator("#building-5 small")).to_contain_text("网格 1")
    town.unroute("**/assignments?*")
    expect(town.locator("#edit-link")).to_have_class("link-saved", timeout=20_000)
    assert lost == [200]
    made = [
        (move.building, move.source, move.target) for edit in edits_since(pg, plan, 0) for move in edit.moves
    ]
    assert made == [(1, 1, 3), (2, 1, 3), (5, 3, 1)]
    for building, grid in ((1, 3), (2, 3), (5, 1)):
        expect(town.locator(f"#building-{building} small")).to_contain_text(f"网格 {grid}")
