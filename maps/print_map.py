"""A plan on paper: a wall map (A3 or A1) and a sheet for each grid (A4), as one vector PDF."""

import subprocess
import threading
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

import geopandas as gpd
import pandas as pd
import shapely
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from gis_core.errors import ConflictError, InvalidInputError
from gis_core.plans.export_store import PlanFrames
from gis_core.plans.print_store import PrintedPlan
from maps.pages import TEMPLATES
from maps.printing import drawing
from maps.printing.paper import SIZES_MM, Paper, View, bar_metres, fit, is_wide, true_north
from maps.printing.texts import TEXTS
from maps.style import grid_style, text_colour

Lang = Literal["zh", "en"]

MOST_BUILDINGS = 50_000
"""Measured up to here: a wall map of so many takes 10 s and half a gigabyte."""
ROWS_BESIDE_MAP = 32
"""Grids in the table beside the map; the table of more stands on pages of its own."""
COUNTS = ("households", "persons")
_MARGIN_MM, _GAP_MM, _PANEL_MM = 10.0, 5.0, 118.0
_PORTRAIT_PANEL_MM, _HEAD_MM = 118.0, 20.0
_SHEET_MAP_MM = (186.0, 128.0)

_one_at_a_time = threading.Lock()


class PrintingError(ConflictError):
    """Maps cannot be printed here, since a part of the system is missing."""


@dataclass(frozen=True)
class _Wall:
    """The wall map's layout. unit: 1 on A3, 2 on A1, by which every letter and line grows."""

    width: int
    height: int
    unit: float
    wide: bool
    view: View


def plan_pdf(
    printed: PrintedPlan,
    lang: Lang,
    *,
    paper: Paper = "A3",
    sheets: bool = False,
    caption: str = "",
    today: datetime,
) -> bytes:
    """The PDF. caption: of public maps, e.g. a review number. today: the date that the map bears.

    Raises:
        PrintingError: Pango or a Chinese font is not installed.
        InvalidInputError: more buildings than MOST_BUILDINGS.
    """  # fmt: skip
    if len(printed.frames.buildings) > MOST_BUILDINGS:
        raise InvalidInputError(
            f"The community has {len(printed.frames.buildings)} buildings; a map of at most {MOST_BUILDINGS} can be"
            " printed. Divide it into communities, or export the plan and print it from QGIS.",
            f"该社区有 {len(printed.frames.buildings)} 栋楼，最多可打印 {MOST_BUILDINGS} 栋。"
            "请拆分社区，或导出方案后用 QGIS 打印。",
        )
    html = print_html(printed, lang, paper=paper, sheets=sheets, caption=caption, today=today)
    return _set(html)


def print_html(
    printed: PrintedPlan, lang: Lang, *, paper: Paper, sheets: bool, caption: str, today: datetime
) -> str:
    """The pages as HTML and SVG, before they are set."""
    frames, plan = printed.frames, printed.summary
    shapes = drawing.whole_or_parts(frames.buildings, frames.building_parts)
    wall = _layout(frames.boundary.total_bounds, paper)
    north = true_north(frames.boundary.crs, wall.view.x, wall.view.y)
    bar = bar_metres(wall.view.scale, 60 * wall.unit)
    estimates = _estimates(frames)
    return _environment().get_template("print.html").render(
        t=TEXTS[lang], plan=plan, wall=wall, caption=caption, date=today.strftime("%Y-%m-%d"),
        srid=frames.boundary.crs.to_epsg(), map=_wall_svg(printed, shapes, wall),
        beside=len(plan["grids"]) <= ROWS_BESIDE_MAP, north=north, bar=bar,
        bar_mm=bar * 1000 / wall.view.scale, swatch=_swatch, kinds=_kinds(printed), legend=_legend_line,
        held=sum(_is_held(row) for row in plan["grids"]),
        sheets=[_sheet(printed, shapes, row, estimates) for row in plan["grids"]] if sheets else [],
        verdict=_verdict, estimates=estimates, fonts=drawing.FONTS,
        unknown=any(row[name] is None for row in (*plan["grids"], plan["totals"]) for name in COUNTS),
    )  # fmt: skip


def _layout(bounds: Any, paper: Paper) -> _Wall:
    long, short = SIZES_MM[paper]
    wide, unit = is_wide(tuple(bounds)), long / SIZES_MM["A3"][0]
    width, height = (long, short) if wide else (short, long)
    inner_w, inner_h = width - 2 * _MARGIN_MM * unit, height - (2 * _MARGIN_MM + _HEAD_MM) * unit
    if wide:
        inner_w -= (_PANEL_MM + _GAP_MM) * unit
    else:
        inner_h -= (_PORTRAIT_PANEL_MM + _GAP_MM) * unit
    return _Wall(width, height, unit, wide, fit(tuple(bounds), inner_w, inner_h, margin=6 * unit))


def _wall_svg(printed: PrintedPlan, shapes: gpd.GeoDataFrame, wall: _Wall) -> Markup:
    frames, view, unit = printed.frames, wall.view, wall.unit
    size = min(8.0, max(4.0, 60 / max(1, len(frames.grids)) ** 0.5)) * unit
    return _svg(
        view,
        drawing.barriers(printed.barriers, view, unit=unit),
        drawing.grid_areas(frames.grids, view),
        drawing.grid_borders(frames.grids, frames.boundary, view, unit=unit),
        drawing.buildings(shapes, view, unit=unit),
        drawing.boundary(frames.boundary, view, unit=unit),
        drawing.road_names(printed.barriers, view, size=2.4 * unit),
        drawing.numbers(frames.grids, view, size=size),
    )


def _svg(view: View, *layers: Markup) -> Markup:
    size = f"{view.width:.2f}"
    return Markup(
        '<svg class="map" font-family="{}" width="{}mm" height="{}mm" viewBox="0 0 {} {}">{}</svg>'
    ).format(drawing.FONTS, size, f"{view.height:.2f}", size, f"{view.height:.2f}", Markup("").join(layers))


def _estimates(frames: PlanFrames) -> dict[int | str | None, set[str]]:
    """By grid (None: in no grid, "all": of the whole plan) which of its counts hold an estimate."""
    kinds = frames.buildings[["grid", *(f"{name}_kind" for name in COUNTS)]]
    parts = frames.building_parts
    found: dict[int | str | None, set[str]] = defaultdict(set)
    for name in COUNTS:
        grids = kinds["grid"][kinds[f"{name}_kind"] == "estimated"]
        for number in {*grids.dropna(), *parts["grid"][parts["estimated"]]}:
            found[int(number)].add(name)
        if grids.isna().any():
            found[None].add(name)
    found["all"] = set().union(*found.values())
    return found


def _sheet(
    printed: PrintedPlan, shapes: gpd.GeoDataFrame, row: dict[str, Any], estimates: Mapping[Any, set[str]]
) -> dict[str, Any]:
    """What the sheet of one grid shows: its map, scale, neighbours and buildings."""
    frames, number = printed.frames, int(row["number"])
    own = frames.grids[frames.grids["number"] == number]
    members = frames.buildings[frames.buildings["grid"] == number]
    bounds = pd.concat([own.geometry, members.geometry]).total_bounds
    view = fit(tuple(bounds), *_SHEET_MAP_MM, margin=8)
    named = [(one.geometry, _short_name(one)) for one in members.itertuples()]
    bar = bar_metres(view.scale, 50)
    return {
        "row": row, "scale": view.scale, "bar": bar, "bar_mm": bar * 1000 / view.scale,
        "north": true_north(frames.boundary.crs, view.x, view.y),
        "neighbours": _neighbours(frames.grids, own), "buildings": [_listed(one) for one in members.itertuples()],
        "estimated": bool(estimates[number]),
        "unknown": bool((members["households_kind"] == "none").any()),
        "map": _svg(
            view,
            drawing.barriers(printed.barriers, view, unit=1.0),
            drawing.grid_areas(frames.grids, view, only=number),
            drawing.grid_borders(frames.grids, frames.boundary, view, unit=1.0),
            drawing.buildings(shapes, view, unit=1.0, only=number),
            drawing.boundary(frames.boundary, view, unit=1.0),
            drawing.road_names(printed.barriers, view, size=2.6),
            drawing.labels(named, view, grid_style(number).colour, most=3.2),
            drawing.numbers(frames.grids, view, size=5.0, only=number),
        ),
    }  # fmt: skip


def _short_name(building: Any) -> str:
    """What stands on a building: its name, else its address, else its id."""
    return str(building.name or building.address or building.source_id)


def _listed(building: Any) -> dict[str, Any]:
    kind = building.households_kind
    told = "–" if kind == "none" else f"{building.households}{'*' if kind == 'estimated' else ''}"
    more = building.address if building.name and building.address else ""
    return {"name": _short_name(building), "more": more, "households": told}


def _neighbours(grids: gpd.GeoDataFrame, own: gpd.GeoDataFrame) -> list[int]:
    """Numbers of the grids whose area meets this one's in more than a point."""
    area = shapely.union_all(own.geometry.to_numpy()).buffer(0.5)
    others = grids[~grids.index.isin(own.index)]
    shared = others.geometry.intersection(area).area
    return sorted(int(number) for number in others["number"][shared > 1.0])


def _kinds(printed: PrintedPlan) -> list[str]:
    """Kinds of barriers that the map shows, in the order of drawing."""
    there = set(printed.barriers["kind"])
    return [kind for kind in drawing.BARRIER_STYLE if kind in there]


def _is_held(row: dict[str, Any]) -> bool:
    return all(check is None or check["held"] for check in row["rules"].values())


def _verdict(row: dict[str, Any], t: Mapping[str, str]) -> str:
    """Which rules a grid misses and by how much, one after the other; empty where it keeps all."""
    told = []
    for name in COUNTS:
        check = row["rules"][name]
        if check and not check["held"]:
            off = (t["under"] if check["by"] < 0 else t["over"]).format(by=abs(check["by"]))
            told.append(t["broken"].format(count=t[name], told=off))
    pieces = row["rules"]["contiguity"]
    if pieces and not pieces["held"]:
        told.append(t["apart_grid"].format(value=pieces["value"]))
    return t["next"].join(told)


def _swatch(number: int | None, width: float = 9.0, height: float = 5.0) -> Markup:
    """A piece of a grid's colour and pattern with its number in it; sizes in mm of A3."""
    style, view = drawing.style_of(number), View(width, height, 1000, 0, 0)
    area = shapely.box(0.1, 0.1, width - 0.1, height - 0.1)
    layers = [drawing.shape(area, fill=style.colour, stroke="#26323d", stroke_width=0.15)]
    if style.pattern != "solid":
        layers.append(drawing.hatch(area, style.pattern, unit=1.0))
        layers.append(
            drawing.shape(shapely.Point(width / 2, height / 2).buffer(0.42 * height), fill=style.colour)
        )
    if number is not None:
        layers.append(
            drawing.words(width / 2, height / 2, number, 3.2, fill=text_colour(style.colour), bold=True)
        )
    return _scaled(view, Markup("").join(layers))


def _legend_line(kind: str) -> Markup:
    """A short line as the map draws this kind."""
    line = shapely.LineString([(0.3, 2.5), (11.7, 2.5)])
    colour, width, dashes = {
        **drawing.BARRIER_STYLE,
        "boundary": drawing.BOUNDARY,
        "border": drawing.BORDER,
    }[kind]
    stroke = drawing.shape(line, fill="none", stroke=colour, stroke_width=width, stroke_dasharray=dashes)
    return _scaled(View(12, 5, 1000, 0, 0), stroke)


def _scaled(view: View, inner: Markup) -> Markup:
    """A small picture whose size follows the page's root size, 1 rem being a millimetre of A3."""
    return Markup(
        '<svg font-family="{fonts}" style="width:{w}rem;height:{h}rem" viewBox="0 0 {w} {h}">{inner}</svg>'
    ).format(fonts=drawing.FONTS, w=view.width, h=view.height, inner=inner)


def _set(html: str) -> bytes:
    """The pages as PDF; one at a time, as Pango's settings are the process's."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise PrintingError(
            f"Maps cannot be printed: the system has no Pango ({error}). Install it: on Debian"
            " `apt-get install libpango-1.0-0 libpangoft2-1.0-0`, or run `make setup`.",
            "无法打印：系统缺少 Pango。请安装：在 Debian 上运行"
            " `apt-get install libpango-1.0-0 libpangoft2-1.0-0`，或运行 `make setup`。",
        ) from error
    check_font()
    with _one_at_a_time:
        return HTML(string=html, url_fetcher=URLFetcher(allowed_protocols=())).write_pdf()


def check_font() -> None:
    """Make sure that there are Chinese letters to print with.

    Raises:
        PrintingError: there is no Chinese font.
    """
    try:
        found = subprocess.run(["fc-list", ":lang=zh-cn", "family"], capture_output=True, check=False).stdout
    except FileNotFoundError:
        found = b""
    if not found.strip():
        raise PrintingError(
            "Maps cannot be printed: the system has no Chinese font. Install one: on Debian"
            " `apt-get install fontconfig fonts-wqy-microhei`, or run `make setup`.",
            "无法打印：系统没有中文字体。请安装：在 Debian 上运行"
            " `apt-get install fontconfig fonts-wqy-microhei`，或运行 `make setup`。",
        )


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
