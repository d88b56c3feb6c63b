"""`wangge area`: the administrative areas that communities lie in."""

from typing import Annotated

import typer

from api.commands.csv_file import CsvFile, csv_text
from api.commands.screen import output, say, titled, worded
from api.commands.user import open_database
from gis_core.areas import store
from gis_core.areas.rules import CHINESE

app = typer.Typer(no_args_is_help=True, help="Administrative areas: cities, districts, subdistricts.")
BY = "wangge area"


@app.command()
def load(file: CsvFile) -> None:
    """Add areas, or rename them: code,name and, where the code does not tell, level,parent.

    Codes have 12 digits, or the 2, 4, 6 or 9 that count. Communities whose codes tell where they lie are put there.
    """
    with open_database() as connection:
        done = store.load_areas(connection, csv_text(file), by=BY)
    say(
        f"areas: {done.areas}; communities put into theirs: {done.placed}",
        f"区域：{done.areas}；归入所属区域的社区：{done.placed}",
    )
    if done.communities:
        say(
            f"Rows of communities, left out: {done.communities}. They come with their buildings (wangge import).",
            f"未载入的社区行：{done.communities}。社区随楼栋一起导入（wangge import）。",
        )


@app.command("list")
def list_all() -> None:
    """List areas with the one that each lies in."""
    with open_database() as connection:
        areas = store.list_areas(connection)
    table = titled(("code", "代码"), ("level", "级别"), ("name", "名称"), ("in", "上级"))
    for area in areas:
        table.add_row(area.code, worded(area.level, CHINESE[area.level]), area.name, area.parent or "")
    output().print(table)


@app.command()
def place(
    community: Annotated[str, typer.Argument(metavar="COMMUNITY", help="code of the community")],
    area: Annotated[
        str | None, typer.Argument(metavar="AREA", help="code of its area; none: it lies in none")
    ] = None,
) -> None:
    """Say in which area a community lies, where its code does not tell."""
    with open_database() as connection:
        store.place_community(connection, community, area, by=BY)
    typer.echo(f"{community}: {area or '–'}")
