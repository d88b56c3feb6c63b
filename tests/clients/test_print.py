"""Plans on paper: the PDF as Poppler reads it, its sizes, texts, fonts, scale and languages."""

import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import numpy as np
import psycopg
import pytest
import shapely
from fastapi.testclient import TestClient
from pyproj import CRS
from shapely import LineString

from api.app import create_app
from gis_core.config import Settings
from gis_core.editing.ground import Places
from gis_core.errors import InvalidInputError
from gis_core.plans.print_store import PrintedPlan, printed_plan
from gis_core.plans.service import draw_plan
from maps import print_map
from maps.print_map import PrintingError, plan_pdf, print_html
from maps.printing.drawing import road_names
from maps.printing.paper import View, bar_metres, fit, is_wide, round_up, true_north
from partitioning import Rules
from tests.people import bearer, person
from tests.towns.bubenec import import_bubenec
from tests.towns.town_sql import CODE, build

NOW = datetime(2026, 3, 1, tzinfo=UTC)
MM = 72 / 25.4


@pytest.fixture
def town(pg: psycopg.Connection) -> PrintedPlan:
    return printed_plan(pg, str(build(pg)), "zh", Places())


def run(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout


def page_sizes(path: Path) -> list[tuple[float, float]]:
    told = run("pdfinfo", "-l", "99", str(path))
    return [
        (float(w) / MM, float(h) / MM) for w, h in re.findall(r"Page +\d+ size: +([\d.]+) x ([\d.]+)", told)
    ]


def text_of(path: Path, page: int) -> str:
    return run("pdftotext", "-layout", "-f", str(page), "-l", str(page), str(path), "-")


@pytest.mark.parametrize(
    ("lang", "paper", "size"),
    [("zh", "A3", (420, 297)), pytest.param("en", "A1", (841, 594), marks=pytest.mark.slow)],
)
def test_a_drawn_neighbourhood_is_printed(
    pg: psycopg.Connection, tmp_path: Path, lang: str, paper: str, size: tuple[int, int]
) -> None:
    import_bubenec(pg)
    key = draw_plan(
        pg, "110108003007", Rules(grids=(9, 14), households=(100, 260)), seed=1, by="-", now=NOW
    ).key
    printed = printed_plan(pg, str(key), lang, Places())
    grids = printed.summary["grids"]
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(printed, lang, paper=paper, sheets=True, caption="GS(2026)0001号", today=NOW))
    sizes = page_sizes(path)
    assert sizes[0] == pytest.approx(size, abs=0.1)
    assert len(sizes) >= 1 + len(grids)
    assert np.allclose(sizes[1:], [(210, 297)], atol=0.1)
    wall = text_of(path, 1)
    for row in grids:
        assert len(re.findall(rf"\b{row['number']}\b", wall)) >= 2, "in the map and in the table"
        assert f"{row['households']:,}" in wall
    assert {"zh": "图例", "en": "Legend"}[lang] in wall
    assert "GS(2026)0001号" in wall
    assert "2026-03-01" in wall
    assert {"zh": "网格 1", "en": "Grid 1"}[lang] in text_of(path, 2)
    rows = run("pdffonts", str(path)).splitlines()[2:]
    assert rows
    assert all(re.search(r"yes yes yes +\d+ +0$", row) for row in rows), (
        "embedded, as subsets, with their letters"
    )
    assert len(run("pdfimages", "-list", str(path)).splitlines()) == 2, "no images: all is drawn"


def test_a_sheet_lists_its_buildings_and_neighbours(town: PrintedPlan, tmp_path: Path) -> None:
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(town, "zh", sheets=True, today=NOW))
    sheet = text_of(path, 3)
    for words in ("网格 2", "安源社区", "3号楼", "跃进路10号", "100*", "1、3", "户数多 40", "0.70"):
        assert words in sheet
    assert "–" in text_of(path, 4), "building 12 has no count"


def test_the_wall_map_marks_estimates_and_parts_what_it_tells(pg: psycopg.Connection, tmp_path: Path) -> None:
    """Households of buildings 1-6 are counted, of 7-11 estimated; building 3 is in grid 2 and 7 in grid 1."""
    plan = build(pg)
    pg.execute("UPDATE building SET households_kind = 'real' WHERE id IN (7, 8)")
    pg.execute("UPDATE building SET persons_kind = 'real'")
    path = tmp_path / "plan.pdf"
    for lang, told in (
        ("zh", ["户数多 40，人口多 180", "* 为估计数"]),
        ("en", ["Households: 40 too many; Persons: 180 too many", "* estimated"]),
    ):
        town = printed_plan(pg, str(plan), lang, Places())
        path.write_bytes(plan_pdf(town, lang, sheets=True, today=NOW))
        wall = text_of(path, 1)
        rows = {row["number"]: row for row in town.summary["grids"]}
        assert not re.search(rf"\b{rows[1]['households']}\*", wall)
        assert re.search(rf"\b{rows[2]['households']}\*", wall)
        assert f"{town.summary['totals']['households']}*" in wall
        assert not re.search(rf"\b{rows[2]['persons']}\*", wall)
        assert f"{rows[2]['households']}*" in text_of(path, 3)
        html = print_html(town, lang, paper="A3", sheets=False, caption="", today=NOW)
        assert told[0] in html
        assert told[1] in wall


def test_each_border_between_grids_is_drawn_once_and_none_under_the_outline(town: PrintedPlan) -> None:
    """Two borders part the three grids, which lie in a row: two lines of the town's height, dashed in one piece."""
    html = print_html(town, "zh", paper="A3", sheets=False, caption="", today=NOW)
    picture = html[html.index('class="map"') :]

    def drawn(stroke: str) -> list[np.ndarray]:
        path = re.search(rf'<path d="([^"]+)" fill="none" stroke="{stroke}"[^>]*stroke-dasharray', picture)[1]
        return [np.array(re.findall(r"([\d.]+) ([\d.]+)", one), dtype=float) for one in path.split("M")[1:]]

    (outline,), borders = drawn("#b3261e"), drawn("#26323d")
    sizes = [np.ptp(line, axis=0) for line in borders]
    assert len(borders) == 2
    assert np.allclose(sizes, [(0, np.ptp(outline[:, 1]))] * 2, atol=1)


def test_lengths_on_paper_are_true(town: PrintedPlan, tmp_path: Path) -> None:
    """The frame of grid 1 in the picture's own vectors, times the scale, is its length on the ground."""
    html = print_html(town, "zh", paper="A3", sheets=False, caption="", today=NOW)
    scale = int(re.search(r"1 : ([\d,]+)", html)[1].replace(",", ""))
    drawn = re.search(r'<path d="(M[^"]+)" fill="#6484e6" fill-opacity', html)[1]
    xy = np.array(re.findall(r"([\d.]+) ([\d.]+)", drawn), dtype=float)
    area = town.frames.grids.geometry.iloc[0]
    assert np.ptp(xy[:, 0]) * scale / 1000 == pytest.approx(
        np.ptp(shapely.get_coordinates(area)[:, 0]), abs=0.03
    )
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(town, "zh", today=NOW))
    metres = re.search(r'text-anchor="middle" fill="#26323d">(\d+) m</text>', html)[1]
    millimetres = float(re.search(r'<text x="([\d.]+)"[^>]*>\d+ m</text>', html)[1])
    assert millimetres * scale / 1000 == pytest.approx(float(metres), abs=0.01)
    circles = [float(x) for x in re.findall(r'<circle cx="([\d.]+)"', html)]
    printed = run("pdftotext", "-bbox", str(path), "-")
    word = r'xMin="([\d.]+)" yMin="[\d.]+" xMax="([\d.]+)" yMax="[\d.]+">([13])<'
    shown = [(n, (float(a) + float(b)) / 2 / MM) for a, b, n in re.findall(word, printed)]
    centres = {number: x for number, x in shown if x < 287}  # the table begins there
    assert centres["3"] - centres["1"] == pytest.approx(circles[2] - circles[0], abs=0.05)


def test_names_from_the_data_are_text_and_load_nothing(town: PrintedPlan, tmp_path: Path) -> None:
    town.frames.buildings.loc[0, "name"] = "<img src=http://203.0.113.1/a.png>"
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(town, "en", sheets=True, today=NOW))
    assert "<img src=http" in text_of(path, 2)
    assert len(run("pdfimages", "-list", str(path)).splitlines()) == 2


def test_many_grids_have_their_table_on_a_page_of_its_own(town: PrintedPlan, tmp_path: Path) -> None:
    row = town.summary["grids"][0]
    town.summary["grids"] = [row | {"number": number} for number in range(1, 41)]
    path = tmp_path / "plan.pdf"
    path.write_bytes(plan_pdf(town, "en", today=NOW))
    assert np.allclose(page_sizes(path)[1:], [(210, 297)], atol=0.1)
    assert "40" in text_of(path, 2)


def test_without_a_chinese_font_the_error_says_what_to_install(
    town: PrintedPlan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bare = tmp_path / "fonts.conf"
    bare.write_text(f"<fontconfig><dir>{tmp_path}</dir><cachedir>{tmp_path}</cachedir></fontconfig>")
    monkeypatch.setenv("FONTCONFIG_FILE", str(bare))
    with pytest.raises(PrintingError, match="no Chinese font") as caught:
        plan_pdf(town, "zh", today=NOW)
    assert "系统没有中文字体" in caught.value.text("zh")


def test_without_pango_the_error_says_what_to_install(
    town: PrintedPlan, monkeypatch: pytest.MonkeyPatch
) -> None:
    class NoPango:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "weasyprint":
                raise OSError("cannot load library 'libpango-1.0-0'")

    monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
    monkeypatch.setattr(sys, "meta_path", [NoPango(), *sys.meta_path])
    with pytest.raises(PrintingError, match="the system has no Pango") as caught:
        plan_pdf(town, "zh", today=NOW)
    assert "系统缺少 Pango" in caught.value.text("zh")


def test_too_many_buildings_are_refused(town: PrintedPlan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(print_map, "MOST_BUILDINGS", 11)
    with pytest.raises(InvalidInputError, match="12 buildings; a map of at most 11") as caught:
        plan_pdf(town, "zh", today=NOW)
    assert "最多可打印 11 栋" in caught.value.text("zh")


def test_the_server_prints_what_is_asked(pg: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    plan = build(pg)
    person(pg, "viewer")
    app = create_app(Settings(language="zh"), database_url)
    with TestClient(app, "http://localhost", headers=bearer(pg, "viewer")) as client:
        answer = client.get(f"/plans/{plan}/print?paper=A1&sheets=true&lang=en")
        assert answer.headers["content-type"] == "application/pdf"
        path = tmp_path / "plan.pdf"
        path.write_bytes(answer.content)
        assert page_sizes(path)[0] == pytest.approx((841, 594), abs=0.1)
        assert len(page_sizes(path)) == 4
        assert client.get("/plans/77/print?lang=en").json()["detail"] == "There is no plan with the id 77."
        refused = client.get(f"/plans/{plan}/print?paper=A2")
        assert refused.status_code == 400
        assert "paper = “A2”" in refused.json()["detail"]


def test_the_command_line_prints(pg: psycopg.Connection, database_url: str, tmp_path: Path) -> None:
    build(pg)
    call = [sys.executable, "-c", "from api.cli import main; main()", "print", CODE]
    environment = {"DATABASE_URL": database_url, "PATH": "/usr/bin:/bin", "WANGGE_LANG": "zh"}
    path = tmp_path / "plan.pdf"
    done = subprocess.run([*call, str(path), "--lang", "en"], env=environment, capture_output=True, text=True,
                          check=True)  # fmt: skip
    assert f"{CODE}@1 → {path}" in done.stdout
    assert "Legend" in text_of(path, 1)
    wrong = subprocess.run([*call, "plan.png"], env=environment, capture_output=True, text=True, check=False)
    assert wrong.returncode == 1
    assert "plan.png 不是 PDF 文件名" in wrong.stderr
    nowhere = [*call, str(tmp_path / "none" / "plan.pdf")]
    absent = subprocess.run(nowhere, env=environment, capture_output=True, text=True, check=False)
    assert (absent.returncode, absent.stderr) == (
        1, f"wangge: 文件夹 {tmp_path}/none 不存在；请先建立，或另选一个。\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("least", "scale"), [(1999, 2000), (2000, 2000), (2001, 2500), (8100, 10000), (510, 600)]
)
def test_scales_are_round(least: float, scale: float) -> None:
    assert round_up(least) == scale


def test_the_view_keeps_its_margin_and_its_scale() -> None:
    view = fit((0, 0, 390, 100), 200, 100, margin=5)
    assert view == View(200, 100, 2500, 195, 50)
    assert view.points(np.array([[195.0, 50.0], [295.0, 50.0]])).tolist() == [[100, 50], [140, 50]]
    assert bar_metres(2500, 60) == 100
    assert (is_wide((0, 0, 2, 2)), is_wide((0, 0, 1, 2))) == (True, False)


def test_a_road_is_named_once_where_it_lies_on_the_paper() -> None:
    near, far = LineString([(100, 50), (290, 50)]), LineString([(9000, 0), (9000, 90)])
    roads = gpd.GeoDataFrame(
        {"kind": ["road"] * 3, "name": ["Near", "Near", "Far"]}, geometry=[near, far, far]
    )
    drawn = road_names(roads, fit((0, 0, 390, 100), 200, 100, margin=5), size=2.4)
    assert drawn.count("Near") == 1
    assert "Far" not in drawn


def test_true_north_turns_to_the_central_meridian() -> None:
    """East of a zone's central meridian the way north leans to the left: by longitude difference x sin(latitude)."""
    crs = CRS.from_epsg(32633)
    assert true_north(crs, 500_000, 5_550_000) == pytest.approx(0, abs=1e-6)
    assert true_north(crs, 600_000, 5_550_000) == pytest.approx(-1.08, abs=0.02)
