"""`wangge print`: a plan on paper."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.editing.ground import Places
from gis_core.errors import InvalidInputError
from gis_core.exchange.whole_file import check_folder, whole_file
from gis_core.plans.print_store import printed_plan
from maps.print_map import plan_pdf


class PaperName(StrEnum):
    """Paper of the wall map."""

    A1 = "A1"
    A3 = "A3"


class LangName(StrEnum):
    """Language of the map."""

    ZH = "zh"
    EN = "en"


def print_plan_file(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="id, community@version, or community")],
    to: Annotated[Path, typer.Argument(metavar="FILE", help="the PDF to write")],
    paper: Annotated[PaperName, typer.Option(help="paper of the wall map")] = PaperName.A3,
    lang: Annotated[LangName | None, typer.Option(help="language of the map; none: the settings'")] = None,
    sheets: Annotated[bool, typer.Option("--sheets", help="add a page (A4) for each grid")] = False,
) -> None:
    """Write a wall map of a plan as PDF, with a sheet for each grid if asked for."""
    if to.suffix.lower() != ".pdf":
        raise InvalidInputError(
            f"{to.name} is not the name of a PDF. Let it end in .pdf.",
            f"{to.name} 不是 PDF 文件名，请以 .pdf 结尾。",
        )
    check_folder(to)
    settings = Settings()
    told = "zh" if lang == "zh" else "en" if lang == "en" else settings.language
    with database(settings) as url, connect(url) as connection:
        printed = printed_plan(connection, plan, told, Places())
    now = datetime.now(UTC).astimezone()
    content = plan_pdf(printed, told, paper=paper.value, sheets=sheets, caption=settings.caption, today=now)
    with whole_file(to) as unfinished:
        unfinished.write_bytes(content)
    typer.echo(f"{printed.frames.plan.key} → {to}")
