"""`wangge export`: a plan taken away as a file."""

from pathlib import Path
from typing import Annotated

import typer

from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.editing.ground import Places
from gis_core.exchange.whole_file import whole_file
from gis_core.exchange.write import FORMATS, plan_format, write_plan
from gis_core.layers.plan_views import plan_summary
from gis_core.plans.export_store import PlanFrames, plan_frames
from maps.report import plan_report
from maps.style import grid_style_qml

HTML = ".html"


def export(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="id, community@version, or community")],
    to: Annotated[Path, typer.Option("--to", help=f"the file; one of {', '.join((*FORMATS, HTML))}")],
) -> None:
    """Write a plan to a file: GeoPackage with QGIS styles, GeoJSON, Shapefile, CSV, KML or a page of HTML."""
    suffix = plan_format(to, (HTML,))
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        frames = plan_frames(connection, plan, places := Places())
        summary = plan_summary(connection, frames.plan.key.id, settings.language, places)
    if suffix == HTML:
        page = plan_report(frames.buildings, frames.grids, summary, settings.language)
        with whole_file(to) as unfinished:
            unfinished.write_text(page, encoding="utf-8")
    else:
        write_plan(frames, to, plan_styles(frames))
    typer.echo(f"{frames.plan.key} → {to}")


def plan_styles(frames: PlanFrames) -> dict[str, str]:
    """QGIS styles of the layers of a plan, by layer name."""
    numbers = [grid.number for grid in frames.plan.grids]
    by_grid = grid_style_qml(numbers, column="grid")
    return {"grids": grid_style_qml(numbers), "buildings": by_grid, "building_parts": by_grid}
