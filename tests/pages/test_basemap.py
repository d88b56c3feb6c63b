"""Tiles of another datum lie where the data are: what a tile shows at a place is where the page shows the place."""

import math
import re

import numpy as np
import psycopg
import pytest
from playwright.sync_api import Browser, Route, expect

from gis_core.datum import gcj02_to_bd09, wgs84_to_gcj02
from tests.pages.conftest import signed_in, watched
from tests.pages.planner import CATCH_MAP
from tests.people import cookie, person
from tests.serving import serving
from tests.towns.town_sql import CODE

pytestmark = pytest.mark.browser

DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)

POINTS = [[150, 150], [424, 300], [700, 500]]
"""Of the map, pixels."""
LAID = """(points) => {
    const { left, top } = document.getElementById("map").getBoundingClientRect();
    const places = points.map((point) => {
        const { lng, lat } = theMap.containerPointToLatLng(point);
        return [lng, lat];
    });
    const tiles = [...document.querySelectorAll("#map .leaflet-tile")].map((one) => {
        const box = one.getBoundingClientRect();
        return [one.src, box.left - left, box.top - top, box.width];
    });
    return [places, tiles];
}"""
NEAR_PX = 4
"""0.8 m at these zooms; the shift is 600 m and changes from place to place."""


def of_datum(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Where a service of the datum draws a place of WGS 84."""
    at = (np.array([lon]), np.array([lat]))
    if datum != "wgs84":
        at = wgs84_to_gcj02(*at)
    if datum == "bd09":
        at = gcj02_to_bd09(*at)
    return float(at[0][0]), float(at[1][0])


@pytest.mark.parametrize("datum", ["wgs84", pytest.param("gcj02", marks=pytest.mark.slow), "bd09"])
def test_the_basemap_lies_under_the_data(
    browser: Browser, database_url: str, pg: psycopg.Connection, plan: int, datum: str
) -> None:
    """Also after the map was moved and enlarged."""
    with serving(database_url, basemap_url="/ground/{z}/{x}/{y}.png", basemap_datum=datum) as site:
        options = signed_in(site, cookie(pg, person(pg, "planner")))
        with watched(browser, site, reduced_motion="reduce", **options) as one:
            page = one.page
            page.add_init_script(CATCH_MAP)

            def tile(route: Route) -> None:
                route.fulfill(body=DOT, content_type="image/png")

            page.route("**/ground/**", tile)
            page.goto(f"{site}/#community={CODE}&plan={plan}")
            expect(page.locator("body")).to_have_attribute("aria-busy", "false")
            for act in ("theMap.panBy([180, 90])", "theMap.zoomIn(1)", "theMap.panBy([-90, 0])"):
                page.evaluate(act)
                page.wait_for_load_state("networkidle")
                places, tiles = page.evaluate(LAID, POINTS)
                for point, place in zip(POINTS, places, strict=True):
                    assert math.dist(shown_at(of_datum(*place, datum), tiles), point) < NEAR_PX


def shown_at(place: tuple[float, float], tiles: list[tuple[str, float, float, float]]) -> tuple[float, float]:
    """Where on the map the tile that shows a place shows it, pixels."""
    for source, left, top, width in tiles:
        zoom, x, y = map(int, re.search(r"/(\d+)/(\d+)/(\d+)\.png", source).groups())
        column = (place[0] + 180) / 360 * 2**zoom
        row = (1 - math.asinh(math.tan(math.radians(place[1]))) / math.pi) / 2 * 2**zoom
        if (int(column), int(row)) == (x, y):
            return left + (column - x) * width, top + (row - y) * width
    raise AssertionError(f"no tile shows {place}")
