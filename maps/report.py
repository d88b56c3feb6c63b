"""A plan as one HTML file that works from disk with the network off: map, table of grids, rules, reasons, sources."""

from functools import cache
from typing import Any, Literal

import folium
import geopandas as gpd
import numpy as np
from branca.element import Figure
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from gis_core.errors import NotFoundError
from maps.pages import STATIC, TEMPLATES
from maps.report_texts import TEXTS
from maps.style import INK, UNASSIGNED, GridStyle, grid_style, text_colour

Lang = Literal["zh", "en"]
COUNT_KINDS = ("real", "estimated", "none")


class BareMap(folium.Map):
    """A folium map that asks for no scripts or styles; the page around it carries Leaflet.

    folium's own page loads Leaflet, jQuery, Bootstrap and icon fonts from ten addresses and is blank without them.
    """

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 (folium's name and type)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


def plan_report(
    buildings: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, summary: dict[str, Any], lang: Lang
) -> str:
    """The report of a plan as HTML.

    Args:
        buildings: columns source_id, grid (null: in none), households, households_kind, persons, persons_kind; any CRS.
        grids: columns number, code; any CRS. May be empty.
        summary: what `gis_core.layers.plan_views.plan_summary` answers.
        lang: language of the report.
    """
    figure = Figure()
    page = BareMap(tiles=None, control_scale=True, zoom_snap=0.25)
    figure.add_child(page)
    shown = buildings.to_crs(4326)
    areas = grids.to_crs(4326)
    _add_areas(page, areas)
    _add_buildings(page, shown, lang)
    _add_numbers(page, areas)
    extents = np.array([frame.total_bounds for frame in (shown, areas) if len(frame)])
    (west, south), (east, north) = extents[:, :2].min(axis=0), extents[:, 2:].max(axis=0)
    page.fit_bounds([[south, west], [north, east]], padding=(16, 16))
    figure.render()  # fills the parts: the map's element and the script that draws it
    template = _environment().get_template("report.html")
    return template.render(
        t=TEXTS[lang],
        plan=summary,
        known=_known(buildings),
        swatch=_swatch,
        leaflet_css=Markup(_vendored("leaflet.css")),
        leaflet_js=Markup(_vendored("leaflet.js")),
        map_element=Markup(figure.html.render()),
        map_script=Markup(figure.script.render()),
    )


def _add_areas(page: folium.Map, grids: gpd.GeoDataFrame) -> None:
    for row in grids.itertuples():
        colour = grid_style(int(row.number)).colour
        style = {"color": INK, "weight": 2.5, "fillColor": colour, "fillOpacity": 0.22}
        layer = folium.GeoJson(row.geometry, style_function=lambda _, style=style: style, smooth_factor=0)
        layer.add_to(page)


def _add_numbers(page: folium.Map, grids: gpd.GeoDataFrame) -> None:
    """Numbers in discs; folium's markers would ask for pictures of pins even when their icon is text."""
    for row in grids.itertuples():
        point = row.geometry.representative_point()
        number = folium.Tooltip(
            str(row.number), sticky=False, permanent=True, direction="center", class_name="grid-number"
        )
        disc = {"radius": 14, "color": INK, "weight": 2, "fill_color": "#ffffff", "fill_opacity": 1}
        folium.CircleMarker((point.y, point.x), tooltip=number, **disc).add_to(page)


def _add_buildings(page: folium.Map, buildings: gpd.GeoDataFrame, lang: Lang) -> None:
    """One layer of all buildings; a touch tells id, grid and counts, each with how it is known.

    folium writes a tooltip's values into HTML as they are, so what comes from the data is escaped here.
    """
    t = TEXTS[lang]
    rows = buildings[["geometry"]].copy()
    rows["colour"] = [_style(grid).colour for grid in _numbers(buildings)]
    rows["pattern"] = [_style(grid).pattern for grid in _numbers(buildings)]
    rows[t["source_id"]] = [str(escape(value)) for value in buildings["source_id"]]
    rows[t["grid"]] = [t["no_grid"] if grid is None else str(grid) for grid in _numbers(buildings)]
    for count in ("households", "persons"):
        kinds = zip(buildings[count], buildings[f"{count}_kind"], strict=True)
        rows[t[count]] = [t["none"] if kind == "none" else f"{value} ({t[kind]})" for value, kind in kinds]
    fields = [t[name] for name in ("source_id", "grid", "households", "persons")]
    folium.GeoJson(
        rows,
        style_function=_building_style,
        tooltip=folium.GeoJsonTooltip(fields=fields, sticky=False),
        smooth_factor=0,
    ).add_to(page)


def _building_style(feature: dict[str, Any]) -> dict[str, Any]:
    """Fill of a building; where the colours come a second time, a dashed outline tells the grids apart."""
    properties = feature["properties"]
    dashes = {"solid": None, "diagonal": "6 3", "cross": "2 3", "dots": "1 4"}[properties["pattern"]]
    weight = 0.8 if dashes is None else 2
    return {
        "color": INK, "weight": weight, "dashArray": dashes, "fillColor": properties["colour"], "fillOpacity": 1,
    }  # fmt: skip


def _numbers(buildings: gpd.GeoDataFrame) -> list[int | None]:
    return [
        None if missing else int(grid)
        for grid, missing in zip(buildings["grid"], buildings["grid"].isna(), strict=True)
    ]


def _style(grid: int | None) -> GridStyle:
    return GridStyle(UNASSIGNED, "solid") if grid is None else grid_style(grid)


def _known(buildings: gpd.GeoDataFrame) -> dict[str, dict[str, int]]:
    """Buildings by how their households and persons are known."""
    return {
        count: {kind: int((buildings[f"{count}_kind"] == kind).sum()) for kind in COUNT_KINDS}
        for count in ("households", "persons")
    }


def _swatch(number: int) -> Markup:
    colour = grid_style(number).colour
    return Markup('<span class="swatch" style="background:{};color:{}">{}</span>').format(
        colour, text_colour(colour), number
    )


@cache
def _vendored(name: str) -> str:
    """A file of Leaflet; pictures that its style names are left out, as the report has no control that uses them."""
    path = STATIC / "vendor" / "leaflet" / name
    if not path.is_file():
        raise NotFoundError(
            f"{path} is missing: run `npm ci` and `npm run vendor` in maps/, or `make setup`."
        )
    text = path.read_text("utf-8").replace("//# sourceMappingURL=leaflet.js.map", "")
    for picture in ("layers.png", "layers-2x.png", "marker-icon.png"):
        text = text.replace(f"url(images/{picture})", "none")
    return text


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
