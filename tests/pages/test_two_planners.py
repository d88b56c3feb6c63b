"""Two planners on one plan at a time: both browsers and the database end in the same state, and nothing is lost."""

from collections import Counter
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
from playwright.sync_api import Browser, Page, Response, expect

from gis_core.accounts.rules import Role
from gis_core.editing.store import edits_since
from tests.journals import assigned, replayed
from tests.pages.conftest import signed_in, watched
from tests.pages.planner import Desk
from tests.people import bearer, cookie, person
from tests.towns.town_sql import CODE, GRID_OF

pytestmark = pytest.mark.browser

WORK = """([edits, seed]) => {
    // mulberry32: the same edits in each run of a seed
    let state = seed;
    const random = () => {
        state = (state + 0x6d2b79f5) | 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const element = (id) => document.getElementById(id);
    const list = element("building-list");
    const rest = (ms) => new Promise((done) => setTimeout(done, ms));
    const decide = async () => {
        while (element("clash").open) {
            element(random() < 0.5 ? "clash-reapply" : "clash-discard").click();
            await rest(0);
        }
    };
    const one = () => {
        const turn = random();
        if (turn < 0.12) return element("undo").click();
        if (turn < 0.2) return element("redo").click();
        const rows = list.querySelectorAll("li");
        rows[Math.floor(random() * rows.length)].dispatchEvent(new MouseEvent("click", { bubbles: true }));
        if (random() < 0.3) {
            const other = rows[Math.floor(random() * rows.length)];
            other.dispatchEvent(new MouseEvent("click", { bubbles: true, ctrlKey: true }));
        }
        const key = String(Math.floor(random() * 5));
        list.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    };
    let made = 0;
    const ask = window.fetch;
    window.fetch = async (...request) => {
        const answer = await ask(...request);
        if (answer.ok && request[1]?.method && (await answer.clone().json()).edit) made++;
        return answer;
    };
    window.worked = (async () => {
        while (made < edits) {
            await decide();
            one();
            await rest(random() * 20);
        }
        while (element("edit-link").className !== "link-saved") {
            await decide();
            await rest(20);
        }
    })();
}"""

UNDO_ALL = """() => {
    // what the other moved since stays where it is
    const element = (id) => document.getElementById(id);
    const frame = () => new Promise(requestAnimationFrame);
    window.worked = (async () => {
        while (!element("undo").disabled || element("edit-link").className !== "link-saved") {
            element("undo").click();
            await frame();
        }
    })();
}"""


class Planner:
    """One of the two, and what the server acknowledged to this browser."""

    def __init__(self, page: Page, api: httpx.Client) -> None:
        self.desk, self.page = Desk(page, api, CODE), page
        self.acknowledged: list[int] = []
        self.refused: set[str] = set()
        page.on("response", self._heard)

    def _heard(self, response: Response) -> None:
        if response.request.method in ("PATCH", "POST") and response.status == 200:
            told = response.json()
            if told["edit"]:
                self.acknowledged.append(told["edit"]["revision"])
        elif response.status not in (200, 412):
            self.refused.add(f"{response.status} {urlsplit(response.url).path}")

    def shown(self) -> dict[int, int]:
        """{building: grid} as the list on the page tells it."""
        rows = self.page.locator("#building-list li").evaluate_all(
            "rows => rows.map((row) => [Number(row.dataset.building), row.querySelector('small').textContent])"
        )
        return {building: int("".join(c for c in words if c.isdigit()) or 0) for building, words in rows}


SLOW = [pytest.param(200, seed, marks=pytest.mark.slow) for seed in (2, 3)]


@pytest.mark.parametrize(("edits", "seed"), [(20, 1), *SLOW])
def test_edits_of_two_browsers_come_to_the_same_end(
    browser: Browser, site: str, pg: psycopg.Connection, plan: int, edits: int, seed: int
) -> None:
    people = [person(pg, name, Role.PLANNER, community=CODE) for name in ("li.na", "wang.wei")]
    with (
        watched(browser, site, **signed_in(site, cookie(pg, people[0]))) as left,
        watched(browser, site, **signed_in(site, cookie(pg, people[1]))) as right,
        httpx.Client(base_url=site, headers=bearer(pg, people[0])) as api,
    ):
        both = [Planner(left.page, api), Planner(right.page, api)]
        for one in both:
            one.desk.open(site, plan)
            expect(one.page.locator("#edit-bar")).to_be_visible()
        for number, one in enumerate(both):
            one.page.evaluate(WORK, [edits, 10 * seed + number])
        for one in both:
            one.page.evaluate("() => window.worked")
        agree(pg, plan, both)

        journal = edits_since(pg, plan, 0)
        made = Counter(edit.by for edit in journal)
        assert min(made.values()) >= edits, made
        for one, name in zip(both, people, strict=True):
            own = [edit.revision for edit in journal if edit.by == name]
            assert sorted(set(one.acknowledged)) == own, "each acknowledged edit is there, and no other"
            assert not one.refused

        for one in both:
            one.page.evaluate(UNDO_ALL)
        for one in both:
            one.page.evaluate("() => window.worked")
            expect(one.page.locator("#undo")).to_be_disabled()
        agree(pg, plan, both)
        for one in both:
            assert not one.refused, "asked for faster than it was known that none is left"
        for told in (left.complaints, right.complaints):
            # the console tells of each 412, by which a browser learns that the other was first
            told[:] = [line for line in told if "412" not in line]


def agree(pg: psycopg.Connection, plan: int, both: list[Planner]) -> None:
    """Both browsers show what the database holds, which is what its journal tells of."""
    for one in both:
        one.desk.saved()
    stored = dict.fromkeys(GRID_OF, 0) | assigned(pg, plan)
    assert replayed(edits_since(pg, plan, 0), GRID_OF) == stored
    pg.commit()
    for one in both:
        for building, grid in stored.items():
            words = f"网格 {grid}" if grid else "未分配"
            expect(one.page.locator(f"#building-{building} small")).to_contain_text(words)
        assert one.shown() == stored
