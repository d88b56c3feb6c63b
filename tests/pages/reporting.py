"""Somebody who reports on the page, by tap or by keyboard, and the photo in their hand."""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "device_scale_factor": 2}
READY = "body[aria-busy=false]"
NO_WORKER = "Object.defineProperty(navigator, 'serviceWorker', { value: undefined })"
"""What passes a service worker cannot be routed by a test."""
KEPT_PHOTOS = """(part) => new Promise((resolve) => {
    const opening = indexedDB.open("wangge-report");
    opening.onsuccess = () => {
        const request = opening.result.transaction(part).objectStore(part).getAll();
        request.onsuccess = async () => {
            const photos = request.result.flatMap((one) => one.photos ?? (Array.isArray(one) ? one : []));
            resolve(await Promise.all(photos.map(async ({ blob }) => [...new Uint8Array(await blob.arrayBuffer())])));
        };
    };
})"""


def open_report(page: Page, site: str, query: str = "lang=zh") -> None:
    """The page, with its map and its catalogue."""
    page.goto(f"{site}/report?{query}")
    page.wait_for_selector(READY)


def tap_map(page: Page, east: float = -0.25, north: float = 0.0) -> None:
    """Tap the map, which shows the town; in parts of its width from the middle. Grid 1 lies to the west."""
    element = page.locator("#map")
    element.scroll_into_view_if_needed()
    box = element.bounding_box()
    assert box
    at = box["x"] + box["width"] * (0.5 + east), box["y"] + box["height"] * (0.5 - north)
    page.touchscreen.tap(*at)


def choose(page: Page, group: str, name: str) -> None:
    """A category of a group."""
    page.locator("#groups summary", has_text=group).click()
    page.locator("#groups button", has_text=name).click()
    expect(page.locator("#chosen")).to_contain_text(name)


def fill_in(page: Page, words: str = "三单元门口有一堆垃圾，三天没人清。") -> None:
    """A report that nothing is missing of."""
    tap_map(page)
    choose(page, "市容环境", "暴露垃圾")
    page.get_by_label("情况说明").fill(words)


def send(page: Page) -> None:
    """Submit."""
    page.get_by_role("button", name="提交上报").click()


def received(page: Page) -> str:
    """The number that the receipt says."""
    expect(page.get_by_role("heading", name="已收到")).to_be_visible(timeout=15_000)
    return page.locator("#receipt dd").first.inner_text()


def photo_file(folder: Path, *, width: int = 3000, height: int = 2000) -> Path:
    """A photo from a telephone: with a position, a maker, and turned."""
    image = Image.new("RGB", (width, height), (90, 120, 80))
    image.paste((200, 30, 30), (0, 0, width // 2, height // 2))
    exif = Image.Exif()
    exif[0x010F] = "SecretMaker"
    exif[0x0112] = 6  # the picture is to be turned by 90 degrees
    exif.get_ifd(0x8825).update({1: "N", 2: (27.0, 37.0, 12.0), 3: "E", 4: (113.0, 51.0, 0.0)})
    path = folder / "photo.jpg"
    image.save(path, exif=exif)
    return path


def pictures_kept(page: Page, part: str) -> list[Image.Image]:
    """Photos that this device keeps, in the draft or in the queue."""
    return [Image.open(io.BytesIO(bytes(one))) for one in page.evaluate(KEPT_PHOTOS, part)]


def worker_ready(page: Page) -> None:
    """The service worker keeps the pages now."""
    assert page.evaluate(
        "Promise.race([navigator.serviceWorker.ready.then(() => true),"
        " new Promise((resolve) => setTimeout(resolve, 15000))])"
    )
