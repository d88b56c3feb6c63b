"""The report of a plan works from disk with the network off."""

from pathlib import Path

import geopandas as gpd
import psycopg
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from gis_core.editing.ground import Places
from gis_core.errors import NotFoundError
from gis_core.layers.plan_views import plan_summary
from maps import report
from maps.report import plan_report
from tests.pages.conftest import watched

pytestmark = pytest.mark.browser


def frames(pg: psycopg.Connection) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    def frame(query: str) -> gpd.GeoDataFrame:
        cursor = pg.execute(query)
        names = [column.name for column in cursor.description or ()]
        rows = [dict(zip(names, row, strict=True)) for row in cursor]
        return gpd.GeoDataFrame(
            rows, geometry=gpd.GeoSeries.from_wkt([row.pop("wkt") for row in rows]), crs=4326
        )

    buildings = frame(
        "SELECT ST_AsText(footprint) AS wkt, source_id, households, households_kind, persons, persons_kind,"
        " CASE WHEN id < 12 THEN grid_number END AS grid"
        " FROM building JOIN assignment ON building_id = id ORDER BY id"
    )
    return buildings, frame("SELECT ST_AsText(area) AS wkt, number, code FROM grid ORDER BY number")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_draws_offline_and_asks_for_nothing(
    browser: Browser, pg: psycopg.Connection, plan: int, tmp_path: Path, lang: str
) -> None:
    buildings, grids = frames(pg)
    html = plan_report(buildings.to_crs(4547), grids, plan_summary(pg, plan, lang, Places()), lang)
    path = tmp_path / "plan.html"
    path.write_text(html, "utf-8")
    with watched(browser, path.as_uri(), offline=True) as one:
        one.page.goto(path.as_uri())
        expect(one.page.locator("path.leaflet-interactive")).to_have_count(3 + 3 + 12)
        expect(one.page.locator(".grid-number")).to_have_text(["1", "2", "3"])
        frame = one.page.locator(".folium-map").bounding_box()
        shapes = [path.bounding_box() for path in one.page.locator("path.leaflet-interactive").all()]
        assert frame
        for shape in shapes:  # the map opens on the whole ground of the grids, not on the buildings alone
            assert shape
            assert frame["x"] <= shape["x"]
            assert shape["x"] + shape["width"] <= frame["x"] + frame["width"]
            assert frame["y"] <= shape["y"]
            assert shape["y"] + shape["height"] <= frame["y"] + frame["height"]
        expect(one.page.locator("tbody tr").nth(1)).to_contain_text(
            "多 40" if lang == "zh" else "40 too many"
        )
        expect(one.page.locator(".reasons")).to_contain_text("140")
        one.page.locator("path.leaflet-interactive").nth(3).hover()
        expect(one.page.locator(".leaflet-tooltip:not(.grid-number)")).to_contain_text("b1")
        results = Axe().run(one.page)
        assert results.violations_count == 0, results.generate_report()


def test_a_plan_without_grids_is_reported_with_its_reasons(pg: psycopg.Connection, plan: int) -> None:
    buildings, grids = frames(pg)
    pg.execute("DELETE FROM grid")
    html = plan_report(buildings.assign(grid=None), grids[:0], plan_summary(pg, plan, "zh", Places()), "zh")
    assert "网格 1 只有 140 户" in html
    assert "<tbody>" not in html


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("optimal", "已证明最优"),
        ("feasible", "可行"),
        ("infeasible", "无解"),
        ("unknown", "未找到"),
        ("edited", "手工编辑"),
    ],
)
def test_every_status_of_the_engine_has_words(
    pg: psycopg.Connection, plan: int, engine: str, words: str
) -> None:
    pg.execute("UPDATE plan SET engine = engine || jsonb_build_object('status', %s::text)", [engine])
    buildings, grids = frames(pg)
    assert f"草案 · {words} · " in plan_report(buildings, grids, plan_summary(pg, plan, "zh", Places()), "zh")
    plan_report(buildings, grids, plan_summary(pg, plan, "en", Places()), "en")


def test_names_from_the_data_are_escaped(pg: psycopg.Connection, plan: int) -> None:
    pg.execute("UPDATE community SET name = '<script>alert(1)</script> {{ 7 * 7 }} {% endraw %}'")
    pg.execute("UPDATE building SET source_id = '<img src=x onerror=alert(2)>' WHERE id = 1")
    buildings, grids = frames(pg)
    html = plan_report(buildings, grids, plan_summary(pg, plan, "zh", Places()), "zh")
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "{{ 7 * 7 }}" in html


def test_balance_is_told_where_the_rules_bind_it(pg: psycopg.Connection, plan: int) -> None:
    pg.execute("UPDATE plan SET rules = rules || '{\"balance_tolerance\": 0.1}',"
               " engine = jsonb_set(engine, '{scores,deviation}', '0.182')")  # fmt: skip
    buildings, grids = frames(pg)
    assert "与平均户数最大偏差 18.2%（规则 ≤ 10.0%）" in plan_report(
        buildings, grids, plan_summary(pg, plan, "zh", Places()), "zh"
    )


def test_a_missing_leaflet_is_told_with_the_way_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(report, "STATIC", tmp_path)
    report._vendored.cache_clear()
    with pytest.raises(NotFoundError, match=r"leaflet.css is missing: run .* or `make setup`"):
        report._vendored("leaflet.css")
