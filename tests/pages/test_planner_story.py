"""A planner's day on real data in a real browser: from signing in to the adopted plan on paper."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, expect

from api.commands.worker import workers
from gis_core.accounts.rules import Role
from gis_core.exchange.importing import import_source
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source
from tests.pages.conftest import watched
from tests.pages.planner import Desk, KeyboardDesk
from tests.people import PASSWORD, bearer, person
from tests.towns.bubenec import import_bubenec

pytestmark = pytest.mark.browser

BUBENEC = "110108003007"
QUEENSTOWN = "QTSZ06-03"


@pytest.fixture
def community(request: pytest.FixtureRequest, place: str, pg: psycopg.Connection) -> str:
    """The code of a real community without a plan."""
    if place == "bubenec":
        import_bubenec(pg, BUBENEC)
        return BUBENEC
    shared: Path = request.getfixturevalue("shared_data")
    options = ImportOptions(by="community_id")
    import_source(pg, read_source(shared / "singapore_queenstown.gpkg", options), options)
    pg.commit()
    return QUEENSTOWN


@pytest.fixture
def engine(database_url: str) -> Iterator[None]:
    with workers(database_url, 1):
        yield


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize(
    ("place", "hands"),
    [
        ("bubenec", KeyboardDesk),
        pytest.param("queenstown", Desk, marks=pytest.mark.slow),
        pytest.param("bubenec", Desk, marks=pytest.mark.slow),
        pytest.param("queenstown", KeyboardDesk, marks=pytest.mark.slow),
    ],
)
def test_from_signing_in_to_the_adopted_plan_on_paper(
    browser: Browser, site: str, pg: psycopg.Connection, community: str, hands: type[Desk], tmp_path: Path
) -> None:
    person(pg, "li.na", Role.ADMINISTRATOR, password=PASSWORD)
    api = httpx.Client(base_url=site, headers=bearer(pg, "li.na"), timeout=60)
    with watched(browser, site, reduced_motion="reduce") as one:
        desk, page = hands(one.page, api, community), one.page
        desk.sign_in(site, "li.na", PASSWORD)
        desk.ready()

        # an empty plan, drawn by the engine
        desk.press("plan-create")
        desk.answer("第一稿")
        expect(page.locator("#edit-bar")).to_be_visible()
        buildings = len(api.get(f"/communities/{community}/buildings").json()["features"])
        desk.work("job-draw")
        desk.shot("story-1-draw")
        desk.accept()
        drawn = desk.assignments()
        assert len(drawn) == buildings
        assert not broken(desk)

        # a brush takes twenty buildings, and a rule breaks
        target = min(drawn.values())
        desk.give(20, target)
        desk.saved()
        brushed = desk.assignments()
        assert sum(brushed[building] != drawn[building] for building in drawn) >= 20
        assert broken(desk)
        expect(page.locator("#plan tbody")).to_contain_text("✗")
        desk.shot("story-2-brush")

        # the engine repairs around it
        desk.untick("job-keep")
        desk.work("job-repair")
        desk.shot("story-3-repair")
        desk.accept()
        repaired = desk.assignments()
        assert not broken(desk)

        # undo everything, also over a reload, and redo
        page.reload()
        desk.ready()
        desk.press("undo")
        desk.saved()
        desk.press("undo")
        desk.saved()
        assert desk.assignments() == drawn
        desk.press("undo")
        desk.saved()
        assert desk.assignments() == {}
        expect(page.locator("#undo")).to_be_disabled()
        for state in (drawn, brushed, repaired):
            desk.press("redo")
            desk.saved()
            assert desk.assignments() == state
        expect(page.locator("#redo")).to_be_disabled()

        # what is locked stays
        other = max(repaired.values())
        desk.choose(other)
        desk.press("lock-grid")
        desk.saved()
        desk.give_one(other, target)
        expect(page.locator("#edit-message")).to_contain_text("锁定")
        assert desk.assignments() == repaired
        page.keyboard.press("Escape")
        desk.press("lock-grid")
        expect(page.locator("#edit-message")).to_have_text(f"已解锁网格 {other}。")
        desk.saved()

        # split a grid, merge the parts
        desk.press("tool-look")
        desk.choose(other)
        desk.work("split-grid")
        desk.accept()
        split = desk.assignments()
        [new] = set(split.values()) - set(repaired.values())
        desk.shot("story-4-split")
        desk.choose(new)
        desk.pick("#merge-into", str(other))
        desk.press("merge")
        desk.saved()
        assert desk.assignments() == repaired

        # compare with a fork
        first = desk.plan
        desk.press("plan-fork")
        desk.answer("第二稿")
        expect(page.locator("#plan-chooser")).to_have_value(re.compile(rf"^(?!{first}$)\d+$"))
        expect(page.locator("#edit-bar")).to_be_visible()
        desk.give_one(other, target)
        desk.saved()
        desk.unfold("#compare")
        desk.pick("#compare select", str(first))
        expect(page.locator("#compare table")).to_contain_text(re.compile(r"\d"))
        assert api.get(f"/plans/{desk.plan}/diff/{first}").json()["moved"]["buildings"] == 1
        desk.shot("story-5-compare")
        desk.press("undo")
        expect(page.locator("#compare table")).to_have_count(0)

        # propose and adopt the first
        desk.open(site, first)
        desk.press("plan-propose")
        desk.answer()
        expect(page.locator("#plan .chip.proposed")).to_be_visible()
        desk.press("plan-adopt")
        desk.answer()
        expect(page.locator("#plan .chip.adopted")).to_be_visible()
        told = desk.summary()
        assert told["status"] == "adopted"
        codes = {grid["code"] for grid in told["grids"]}
        assert len(codes) == len(told["grids"])
        assert all(code.startswith(community) for code in codes)
        desk.shot("story-6-adopted")

        # and on paper: the wall map and a page a grid
        address = page.locator("#print-sheets").get_attribute("href")
        printed = page.request.get(f"{site}/{address}")
        assert printed.headers["content-type"] == "application/pdf"
        paper = tmp_path / "plan.pdf"
        paper.write_bytes(printed.body())
        told_of = subprocess.run(["pdfinfo", str(paper)], capture_output=True, text=True, check=True).stdout
        assert int(re.search(r"Pages: +(\d+)", told_of)[1]) >= 1 + len(told["grids"])


def broken(desk: Desk) -> list[object]:
    """The hard rules that the plan on the server breaks."""
    told = desk.summary()
    checks = [check for grid in told["grids"] for check in grid["rules"].values()] + list(
        told["checks"].values()
    )
    loose = [told["unassigned"]["buildings"]] if told["unassigned"]["buildings"] else []
    return [check for check in checks if check and not check["held"]] + loose
