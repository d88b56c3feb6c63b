"""A planner's hands on the map page: where buildings are, what is pressed, and when the page has saved."""

import os
import re
from pathlib import Path

import httpx
import shapely
from playwright.sync_api import Locator, Page, expect
from shapely.geometry import shape

SHOTS = os.environ.get("WANGGE_SCREENSHOTS")
"""Folder for pictures of the documentation; none are taken where it is not set."""

CATCH_MAP = """(() => {
    let leaflet;
    Object.defineProperty(window, "L", {
        configurable: true,
        get: () => leaflet,
        set(value) {
            leaflet = value;
            value.Map.addInitHook(function () { window.theMap = this; });
        },
    });
})()"""
"""Keeps the map of the page, which alone knows where a building is on the screen."""


class Desk:
    """The page of one plan, in a browser that is signed in; `api` reads what the server holds."""

    def __init__(self, page: Page, api: httpx.Client, code: str) -> None:
        self.page, self.api, self.code = page, api, code
        page.add_init_script(CATCH_MAP)

    @property
    def plan(self) -> int:
        """Id of the plan that is open."""
        return int(self.page.locator("#plan-chooser").input_value())

    def open(self, site: str, plan: int | None = None) -> None:
        """Show a plan, or the community's first."""
        self.page.goto(f"{site}/#community={self.code}" + (f"&plan={plan}" if plan else ""))
        if plan:  # where only the hash is new, the page before stands until the plan is there
            expect(self.page.locator("#plan-chooser")).to_have_value(str(plan), timeout=20_000)
        self.ready()

    def ready(self) -> None:
        """Wait until the page has loaded what it shows."""
        expect(self.page.locator("body")).to_have_attribute("aria-busy", "false", timeout=20_000)

    def saved(self) -> None:
        """Wait until the server has everything."""
        expect(self.page.locator("#edit-link")).to_have_class("link-saved", timeout=20_000)

    def assignments(self) -> dict[int, int]:
        """{building: grid number} on the server; a building without a grid is absent."""
        found = self.api.get(f"/plans/{self.plan}/assignments").json()
        return {int(building): grid for building, grid in found.items()}

    def summary(self) -> dict:
        """The plan as the server tells of it."""
        return self.api.get(f"/plans/{self.plan}").json()

    def places(self) -> dict[int, tuple[float, float]]:
        """{building: x, y on the screen} of a point inside of each building that can be clicked as the map is now."""
        features = self.api.get(f"/communities/{self.code}/buildings").json()["features"]
        inside = [shapely.point_on_surface(shape(one["geometry"])) for one in features]
        points = self.page.evaluate(
            """(places) => {
                const map = document.getElementById("map");
                const frame = map.getBoundingClientRect();
                return places.map(([lon, lat]) => {
                    const { x, y } = theMap.latLngToContainerPoint([lat, lon]);
                    const at = [frame.x + x, frame.y + y];
                    return map.contains(document.elementFromPoint(...at)) ? at : null;
                });
            }""",
            [[one.x, one.y] for one in inside],
        )
        found = zip((one["properties"]["id"] for one in features), points, strict=True)
        return {building: (at[0], at[1]) for building, at in found if at}

    def press(self, name: str) -> None:
        """Press a button by its id."""
        self.page.locator(f"#{name}").click()

    def untick(self, name: str) -> None:
        """Take a tick away."""
        self.page.locator(f"#{name}").uncheck()

    def pick(self, selector: str, value: str) -> None:
        """Choose an option of a list."""
        self.page.locator(selector).select_option(value)

    def unfold(self, selector: str) -> None:
        """Open a part of the page that is folded."""
        self.page.locator(f"{selector} summary").click()

    def give(self, number: int, target: int) -> None:
        """At least so many buildings of other grids join a grid: those nearest to it, by the brush."""
        self.press(f"target-{target}")
        self.press("tool-brush")
        places, grids = self.places(), self.assignments()
        own = [places[b] for b in places if grids[b] == target]
        x, y = (sum(axis) / len(own) for axis in zip(*own, strict=True))
        others = [places[b] for b in places if grids[b] != target]
        others.sort(key=lambda at: (at[0] - x) ** 2 + (at[1] - y) ** 2)
        mouse = self.page.mouse
        mouse.move(*others[0])
        mouse.down()
        for at in others[1:number]:
            mouse.move(*at, steps=3)
        mouse.up()

    def give_one(self, source: int, target: int) -> None:
        """A building of one grid is sent to another."""
        self.press(f"target-{target}")
        self.press("tool-click")
        places, grids = self.places(), self.assignments()
        self.page.mouse.click(*next(places[b] for b in places if grids[b] == source))

    def work(self, button: str) -> Locator:
        """Let the engine work, and wait for what it proposes."""
        self.press(button)
        heading = self.page.locator("#engine .proposal h3")
        expect(heading).to_be_visible(timeout=120_000)
        expect(heading).to_be_focused()
        return self.page.locator("#engine .proposal")

    def accept(self) -> None:
        """Accept what is proposed, and wait until it is saved."""
        self.press("job-accept")
        expect(self.page.locator("#engine .proposal h3")).to_have_count(0)
        self.saved()

    def answer(self, text: str | None = None) -> None:
        """Answer the dialog with a text, or yes."""
        dialog = self.page.locator("#ask")
        expect(dialog).to_be_visible()
        if text is not None:
            dialog.locator("#ask-input").fill(text)
        dialog.locator("#ask-ok").click()
        expect(dialog).to_be_hidden()

    def choose(self, grid: int) -> None:
        """Choose a grid in the table."""
        row = self.page.locator(f'#plan tr[data-grid="{grid}"]')
        if "chosen" not in (row.get_attribute("class") or ""):
            self._press_row(grid)
        expect(row).to_have_class(re.compile("chosen"))

    def _press_row(self, grid: int) -> None:
        self.page.locator(f'#plan tr[data-grid="{grid}"] button').click()

    def sign_in(self, site: str, name: str, password: str) -> None:
        """From the sign-in page to the map."""
        self.page.goto(f"{site}/#community={self.code}")
        self.page.fill("#name", name)
        self.page.fill("#password", password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#map")).to_be_visible(timeout=20_000)

    def shot(self, name: str) -> None:
        """A picture for the documentation, where they are wanted."""
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png")


class KeyboardDesk(Desk):
    """The same without a mouse: what cannot be reached by keys is not reached."""

    def reach(self, selector: str) -> None:
        """Go from element to element until this one has the focus."""
        wanted = self.page.locator(selector)
        expect(wanted).to_be_visible()
        for _ in range(300):
            if wanted.evaluate("one => one === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not reach {selector}")

    def press(self, name: str) -> None:
        """Reach a button, and press it by Enter."""
        expect(self.page.locator(f"#{name}")).to_be_enabled()
        self.reach(f"#{name}")
        self.page.keyboard.press("Enter")

    def untick(self, name: str) -> None:
        """Take a tick away by the space bar."""
        self.reach(f"#{name}")
        self.page.keyboard.press("Space")
        expect(self.page.locator(f"#{name}")).not_to_be_checked()

    def pick(self, selector: str, value: str) -> None:
        """Go down a list to an option."""
        self.reach(selector)
        options = self.page.locator(f"{selector} option")
        for _ in range(options.count()):
            if self.page.locator(selector).input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        expect(self.page.locator(selector)).to_have_value(value)

    def unfold(self, selector: str) -> None:
        """Open a folded part by Enter."""
        self.reach(f"{selector} summary")
        self.page.keyboard.press("Enter")

    def give(self, number: int, target: int) -> None:
        """Choose buildings in the list, one after another, and send them by the grid's digit."""
        grids = self.assignments()
        self.reach("#building-list")
        self.page.keyboard.press("Home")
        left = number
        for building in self._listed():
            if grids[building] != target:
                self.page.keyboard.press("Space")
                left -= 1
            if not left:
                break
            self.page.keyboard.press("ArrowDown")
        expect(self.page.locator("#chosen-bar")).to_contain_text(str(number))
        self.page.keyboard.press(str(target))

    def give_one(self, source: int, target: int) -> None:
        """Choose one building in the list, and send it."""
        grids = self.assignments()
        self.reach("#building-list")
        self.page.keyboard.press("Escape")
        self.page.keyboard.press("Home")
        for building in self._listed():
            if grids[building] == source:
                break
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press(str(target))

    def _listed(self) -> list[int]:
        rows = self.page.locator("#building-list li")
        return [int(one) for one in rows.evaluate_all("all => all.map((one) => one.dataset.building)")]

    def answer(self, text: str | None = None) -> None:
        """Type the answer where the dialog asks for a text, and say yes by Enter."""
        dialog = self.page.locator("#ask")
        expect(dialog).to_be_visible()
        if text is not None:
            expect(dialog.locator("#ask-input")).to_be_focused()
            self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")
        expect(dialog).to_be_hidden()

    def _press_row(self, grid: int) -> None:
        self.reach(f'#plan tr[data-grid="{grid}"] button')
        self.page.keyboard.press("Enter")

    def sign_in(self, site: str, name: str, password: str) -> None:
        """From the sign-in page to the map, as the focus leads."""
        self.page.goto(f"{site}/#community={self.code}")
        self.reach("#name")
        self.page.keyboard.type(name)
        self.reach("#password")
        self.page.keyboard.type(password)
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#map")).to_be_visible(timeout=20_000)
