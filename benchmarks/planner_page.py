"""The editing page in Chromium: first data, edits until they are seen, and bytes of scripts and styles."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import shapely
from playwright.sync_api import Browser, Page, sync_playwright
from shapely.geometry import shape

from api.accounts import COOKIE
from benchmarks.made_up_town import CODE

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FIFTY = 50

PREPARE = """(() => {
    // the map of the page, which alone knows where a building is on the screen
    let leaflet;
    Object.defineProperty(window, "L", {
        configurable: true,
        get: () => leaflet,
        set(value) {
            leaflet = value;
            value.Map.addInitHook(function () { window.theMap = this; });
        },
    });
    const afterPaint = (act) => requestAnimationFrame(() => {
        const channel = new MessageChannel();
        channel.port1.onmessage = act;
        channel.port2.postMessage(0);
    });
    // first data: from the start of the navigation until the frame after the page says that it is ready
    document.addEventListener("DOMContentLoaded", () => {
        const ready = () => {
            if (document.body.getAttribute("aria-busy") !== "false") return;
            watch.disconnect();
            afterPaint(() => (window.firstData = performance.now()));
        };
        const watch = new MutationObserver(ready);
        watch.observe(document.body, { attributes: true });
        ready();
    });
    // colours of the canvases at points of the screen
    const colours = (points) => [...document.querySelectorAll("#map canvas")].flatMap((canvas) => {
        const { left, top, width } = canvas.getBoundingClientRect();
        const ratio = canvas.width / width;
        const context = canvas.getContext("2d");
        return points.map(([x, y]) => String(context.getImageData((x - left) * ratio, (y - top) * ratio, 1, 1).data));
    }).join();
    // an edit: from the event until the frame in which the last of its buildings has another colour
    window.expectChange = (type, points) => {
        window.seen = new Promise((resolve) => {
            const before = points.map((point) => colours([point]));
            addEventListener(type, (event) => {
                const look = () => {
                    const now = performance.now();
                    const all = points.every((point, i) => colours([point]) !== before[i]);
                    all ? resolve(now - event.timeStamp) : afterPaint(look);
                };
                afterPaint(look);
            }, { capture: true, once: true });
        });
    };
})()"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's browser without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: Browser, url: str, cookie: str, plan: int) -> Iterator[Page]:
    """The page of the plan in a browser that has seen nothing yet, once it is ready."""
    kept = {"name": COOKIE, "value": cookie, "url": url, "httpOnly": True, "sameSite": "Lax"}
    with browser.new_context(
        locale="zh-CN",
        viewport={"width": 1280, "height": 800},
        reduced_motion="reduce",
        storage_state={"cookies": [kept], "origins": []},  # type: ignore[typeddict-item, list-item]
    ) as context:
        page = context.new_page()
        page.add_init_script(PREPARE)
        page.goto(f"{url}/#community={CODE}&plan={plan}")
        page.wait_for_selector("body[aria-busy=false]")
        page.wait_for_selector("#edit-bar:not([hidden])")
        yield page


def first_data(browser: Browser, url: str, cookie: str, plan: int, repetitions: int) -> list[float]:
    """Milliseconds of each opening; browsers with an empty cache, a server that has served before."""
    found = []
    for _ in range(repetitions + 1):
        with opened(browser, url, cookie, plan) as page:
            found.append(page.evaluate("() => window.firstData"))
    return found[1:]


def transferred(page: Page) -> int:
    """Bytes of scripts and styles of the page as they were sent, compressed."""
    sizes: list[tuple[str, int]] = page.evaluate(
        "() => performance.getEntriesByType('resource').map((one) => [one.name, one.encodedBodySize])"
    )
    return sum(size for name, size in sizes if urlsplit(name).path.endswith((".js", ".css")))


def one_building(page: Page, api: httpx.Client, plan: int, edits: int) -> list[float]:
    """Milliseconds from the click on a building to its new colour on the screen."""
    page.locator("#tool-click").click()
    places = on_screen(page, api)
    choose = random.Random(1)
    target, found = 1, []
    for _ in range(edits):
        grids = api.get(f"/plans/{plan}/assignments").json()
        page.locator(f"#target-{target}").click()
        building = choose.choice([one for one in places if grids[str(one)] != target])
        page.mouse.move(*places[building])
        page.evaluate("points => expectChange('click', points)", [places[building]])
        page.mouse.click(*places[building])
        found.append(page.evaluate("() => window.seen"))
        saved(page)
        target = 3 - target
    return found


def fifty_buildings(page: Page, api: httpx.Client, plan: int, edits: int) -> list[float]:
    """Milliseconds from the key that sends fifty chosen buildings to a grid, to their new colours on the screen."""
    page.locator("#tool-look").click()
    rows = page.locator("#building-list li")
    rows.first.click()
    rows.nth(FIFTY - 1).click(modifiers=["Shift"])
    numbers: list[int] = rows.evaluate_all("all => all.map((one) => Number(one.dataset.building))")
    places = on_screen(page, api)
    points = [places[one] for one in numbers[:FIFTY] if one in places]
    grids = api.get(f"/plans/{plan}/assignments").json()
    here = {grids[str(one)] for one in numbers[:FIFTY]}
    targets = [grid for grid in (1, 2, 3, 4, 5, 6, 7, 8) if grid not in here][:2]
    found = []
    for number in range(edits):
        page.evaluate("points => expectChange('keydown', points)", points)
        page.locator("#building-list").press(str(targets[number % 2]))
        found.append(page.evaluate("() => window.seen"))
        saved(page)
    return found


def saved(page: Page) -> None:
    """Wait until the server has everything."""
    page.wait_for_selector("#edit-link.link-saved")


def on_screen(page: Page, api: httpx.Client) -> dict[int, tuple[float, float]]:
    """{building: x, y on the screen} of those that can be clicked as the map is now."""
    features = api.get(f"/communities/{CODE}/buildings").json()["features"]
    inside = [shapely.point_on_surface(shape(one["geometry"])) for one in features]
    points = page.evaluate(
        """(places) => {
            const map = document.getElementById("map");
            const { left, top } = map.getBoundingClientRect();
            return places.map(([lon, lat]) => {
                const { x, y } = theMap.latLngToContainerPoint([lat, lon]);
                const at = [left + x, top + y];
                return map.contains(document.elementFromPoint(...at)) ? at : null;
            });
        }""",
        [[one.x, one.y] for one in inside],
    )
    found = zip((one["properties"]["id"] for one in features), points, strict=True)
    return {building: (at[0], at[1]) for building, at in found if at}
