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

    def stroke(self, points: list[tuple[float, float]]) -> None:
        """Draw a line with the tool in hand."""
        mouse = self.page.mouse
        mouse.move(*points[0])
        mouse.down()
        for x, y in points[1:]:
            mouse.move(x, y, steps=3)
        mouse.up()

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
            row.get_by_role("button").click()
        expect(row).to_have_class(re.compile("chosen"))

    def shot(self, name: str) -> None:
        """A picture for the documentation, where they are wanted."""
        if SHOTS:
            self.page.screenshot(path=Path(SHOTS) / f"{name}.png")
