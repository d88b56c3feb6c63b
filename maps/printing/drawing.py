"""The map as SVG: every shape a path in millimetres, every word real text. Patterns are lines cut to the buildings,
so that they stay sharp at any size and need nothing of the program that shows the PDF."""

import math
from collections.abc import Iterable, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from markupsafe import Markup, escape
from shapely.geometry.base import BaseGeometry

from maps.printing.paper import View
from maps.style import INK, UNASSIGNED, GridStyle, grid_style, text_colour

BARRIER_STYLE = {
    "water": ("#8fb9d6", 0.7, "none"),
    "railway": ("#555c63", 0.55, "2 0.8"),
    "road": ("#b9bfc5", 0.9, "none"),
    "wall": ("#8a5a3c", 0.45, "0.7 0.7"),
}
"""Colour, width in mm and dashes of the barriers, in the order in which they are drawn."""
WATER_FILL = "#cfe3f0"
BOUNDARY = ("#b3261e", 0.8, "3 1 0.6 1")
BORDER = (INK, 0.55, "2.2 0.9")
"""The same of the community's outline and of borders between grids."""
FONTS = "Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
"""Whichever is there; both hold all Chinese and Latin letters."""
_HATCH_MM = 1.5
_PALE = 0.3
_SAME_LINE_MM = 0.2
"""Lines so near to each other on paper are drawn as one."""


def path(geometry: BaseGeometry) -> str:
    """The `d` of a path of a geometry in mm: its lines and rings, rounded to a hundredth of a millimetre."""
    pieces: list[str] = []
    for part in shapely.get_parts(geometry):
        if hasattr(part, "geoms"):
            pieces.append(path(part))
        elif part.geom_type == "Polygon":
            pieces.extend(_points(ring.coords) + "Z" for ring in (part.exterior, *part.interiors))
        elif part.geom_type in ("LineString", "LinearRing"):
            pieces.append(_points(part.coords))
    return "".join(pieces)


def _points(coords: Iterable[tuple[float, ...]]) -> str:
    return "M" + "L".join(f"{x:.2f} {y:.2f}" for x, y in ((c[0], c[1]) for c in coords))


def shape(geometry: BaseGeometry, **attributes: object) -> Markup:
    """A path with its attributes; underscores stand for hyphens. Empty text where nothing is to be drawn."""
    d = path(geometry)
    told = " ".join(f'{name.replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return Markup(f'<path d="{d}" {told}/>' if d else "")


def words(
    x: float, y: float, text: object, size: float, *, fill: str = INK, bold: bool = False, turn: float = 0
) -> Markup:
    """Text centred on a point, size in mm; turn: degrees clockwise."""
    return Markup(
        '<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="middle" fill="{}"{}>{}</text>'
    ).format(
        f"{x:.2f}", f"{y + 0.36 * size:.2f}", f"{size:.2f}", 700 if bold else 400, fill,
        Markup(' transform="rotate({} {} {})"').format(f"{turn:.1f}", f"{x:.2f}", f"{y:.2f}") if turn else "", text,
    )  # fmt: skip


def style_of(grid: int | None) -> GridStyle:
    """Style of a grid's buildings, or of those in none."""
    return GridStyle(UNASSIGNED, "solid") if grid is None else grid_style(grid)


def barriers(rows: gpd.GeoDataFrame, view: View, *, unit: float) -> Markup:
    """Water, railways, roads and walls within the window; unit: the size of a millimetre's worth of ink."""
    drawn = []
    window = view.window()
    for kind, (colour, width, dashes) in BARRIER_STYLE.items():
        shapes = rows.geometry[rows["kind"] == kind]
        if not len(shapes):
            continue
        cut = view.to_paper(shapely.union_all(shapely.intersection(shapes.to_numpy(), window)))
        areas = [part for part in shapely.get_parts(cut) if part.geom_type == "Polygon"]
        drawn.append(shape(shapely.MultiPolygon(areas), fill=WATER_FILL, fill_rule="evenodd", stroke="none"))
        drawn.append(
            shape(
                cut, fill="none", stroke=colour, stroke_width=width * unit, stroke_linejoin="round",
                stroke_dasharray=_dashes(dashes, unit),
            )
        )  # fmt: skip
    return Markup("").join(drawn)


def road_names(rows: gpd.GeoDataFrame, view: View, *, size: float) -> Markup:
    """The name of each road along its longest straight stretch in the window, where it is long enough for it."""
    named = rows[(rows["kind"] == "road") & rows["name"].notna()]
    drawn = []
    for name, group in named.groupby("name", sort=True):
        lines = shapely.get_parts(shapely.union_all(group.geometry.intersection(view.window()).to_numpy()))
        stretches = [_longest(view.points(shapely.get_coordinates(line))) for line in lines
                     if line.geom_type == "LineString" and not line.is_empty]  # fmt: skip
        if not stretches:
            continue
        length, (x, y), turn = max(stretches, key=lambda one: one[0])
        if length >= size * _width_in_ems(str(name)):
            drawn.append(words(x, y, name, size, fill="#5b646d", turn=turn))
    return Markup("").join(drawn)


def _longest(points: np.ndarray) -> tuple[float, tuple[float, float], float]:
    """Length, middle and upright direction of a line's longest segment."""
    steps = np.diff(points, axis=0)
    lengths = np.hypot(steps[:, 0], steps[:, 1])
    i = int(lengths.argmax())
    turn = math.degrees(math.atan2(steps[i, 1], steps[i, 0]))
    middle = (points[i] + points[i + 1]) / 2
    return float(lengths[i]), (float(middle[0]), float(middle[1])), (turn + 90) % 180 - 90


def _width_in_ems(text: str) -> float:
    """A text's width in its size: a Chinese character is one wide, a Latin letter about half."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.55 for letter in text)


def grid_areas(grids: gpd.GeoDataFrame, view: View, *, only: int | None = None) -> Markup:
    """Pale areas of the grids, or of the `only` one that is given."""
    return Markup("").join(
        shape(view.to_paper(row.geometry), fill=grid_style(int(row.number)).colour, fill_opacity=_PALE,
              fill_rule="evenodd", stroke="none")
        for row in _within(grids, view)
        if only in (None, int(row.number))
    )  # fmt: skip


def grid_borders(grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame, view: View, *, unit: float) -> Markup:
    """Borders between grids, each once, so that its dashes stay apart; none where the community's outline is drawn."""
    near_m = _SAME_LINE_MM * view.scale / 1000
    areas = shapely.boundary(np.array([row.geometry for row in _within(grids, view)], dtype=object))
    lines = shapely.union_all(areas, grid_size=near_m / 4)
    outer = shapely.union_all(shapely.boundary(outlines.geometry.to_numpy())).buffer(near_m)
    colour, width, dashes = BORDER
    return shape(
        view.to_paper(shapely.line_merge(shapely.difference(lines, outer))), fill="none", stroke=colour,
        stroke_width=width * unit, stroke_linejoin="round", stroke_dasharray=_dashes(dashes, unit),
    )  # fmt: skip


def _dashes(told: str, unit: float) -> str:
    return "none" if told == "none" else " ".join(str(float(dash) * unit) for dash in told.split())


def buildings(rows: gpd.GeoDataFrame, view: View, *, unit: float, only: int | None = None) -> Markup:
    """Buildings in the colours and patterns of their grids, one path a grid.

    Where `only` is given, the others are pale grey, and it has no pattern, so that names on it are easily read.
    """
    drawn = []
    seen = rows[rows.geometry.intersects(view.window())]
    for number, group in seen.groupby(seen["grid"].fillna(0)):
        style = style_of(int(number) or None)
        together = view.to_paper(shapely.GeometryCollection(list(group.geometry)))
        own = only in (None, int(number))
        drawn.append(
            shape(together, fill=style.colour if own else "#eceef0", fill_rule="evenodd",
                  stroke=INK if own else "#9aa2a9", stroke_width=0.12 * unit)
        )  # fmt: skip
        if only is None and style.pattern != "solid":
            footprints = shapely.union_all(view.to_paper(np.array(group.geometry, dtype=object)))
            drawn.append(hatch(footprints, style.pattern, unit=unit))
    return Markup("").join(drawn)


def hatch(area: BaseGeometry, pattern: str, *, unit: float) -> Markup:
    """A pattern inside an area in mm: oblique lines, crossed lines, or rows of dots as short strokes."""
    west, south, east, north = area.bounds
    step = _HATCH_MM * unit
    height = north - south
    if pattern == "dots":
        rows = np.arange(south + step / 2, north, step)
        across = np.arange(west + step / 2, east, step)
        dots = [[(x, y), (x + step / 4, y)] for y in rows for x in across]
        lines = shapely.multilinestrings(shapely.linestrings(dots)) if dots else shapely.MultiLineString()
    else:
        starts = np.arange(west - height, east, step)
        oblique = [[(x, north), (x + height, south)] for x in starts]
        if pattern == "cross":
            oblique += [[(x, south), (x + height, north)] for x in starts]
        lines = shapely.multilinestrings(shapely.linestrings(oblique))
    shapely.prepare(area)
    width = 0.45 if pattern == "dots" else 0.16
    return shape(shapely.intersection(lines, area), fill="none", stroke=INK, stroke_width=width * unit)


def numbers(grids: gpd.GeoDataFrame, view: View, *, size: float, only: int | None = None) -> Markup:
    """The number of each grid in a disc, at a point inside what the window shows of it; size in mm."""
    drawn = []
    for row in _within(grids, view):
        shown = shapely.intersection(row.geometry, view.window().buffer(-size * view.scale / 1000))
        if shown.is_empty:
            continue
        if only == int(row.number):
            continue
        (x, y), = view.points(shapely.get_coordinates(shapely.maximum_inscribed_circle(
            max(shapely.get_parts(shown), key=lambda part: part.area), tolerance=1.0))[:1])  # fmt: skip
        drawn.append(
            Markup('<circle cx="{}" cy="{}" r="{}" fill="#ffffff" stroke="{}" stroke-width="{}"/>').format(
                f"{x:.2f}", f"{y:.2f}", f"{0.82 * size:.2f}", INK, f"{0.09 * size:.2f}"
            )
        )
        drawn.append(words(x, y, int(row.number), size if row.number < 100 else 0.75 * size, bold=True))
    return Markup("").join(drawn)


def labels(rows: Sequence[tuple[BaseGeometry, str]], view: View, fill: str, *, most: float) -> Markup:
    """What people call each building, on it; smaller where the building is narrow. most: the largest size, mm."""
    drawn = []
    for footprint, text in rows:
        x, y = view.points(shapely.get_coordinates(shapely.point_on_surface(footprint)))[0]
        west, _, east, _ = view.to_paper(footprint).bounds
        size = min(most, max(1.2, (east - west) / max(1.0, _width_in_ems(text))))
        drawn.append(words(x, y, text, size, fill=text_colour(fill)))
    return Markup("").join(drawn)


def boundary(rows: gpd.GeoDataFrame, view: View, *, unit: float) -> Markup:
    """The community's boundary."""
    colour, width, dashes = BOUNDARY
    return Markup("").join(
        shape(
            view.to_paper(one), fill="none", stroke=colour, stroke_width=width * unit,
            stroke_dasharray=_dashes(dashes, unit),
        )
        for one in rows.geometry
    )  # fmt: skip


def whole_or_parts(rows: gpd.GeoDataFrame, parts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Buildings with `grid`, those that are split replaced by their parts as far as these have an area."""
    drawn = parts[parts.geometry.notna()]
    whole = rows[~rows["source_id"].isin(drawn["building"])]
    if not len(drawn):
        return whole
    both = pd.concat([whole[["grid", "geometry"]], drawn[["grid", "geometry"]]])
    return gpd.GeoDataFrame(both, geometry="geometry", crs=rows.crs)


def _within(rows: gpd.GeoDataFrame, view: View) -> Iterable:
    return rows[rows.geometry.intersects(view.window())].itertuples()
