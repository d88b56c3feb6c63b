"""`wangge incident`: the catalogue, the calendar, who answers for what, and the timers."""

import csv
import datetime as dt
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

import psycopg
import typer

from api.commands.csv_file import CsvFile, csv_text
from api.commands.screen import output, say, titled
from api.commands.user import open_database
from gis_core import audit
from gis_core.accounts import store
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.errors import InvalidInputError, NotFoundError
from gis_core.incidents import bulk
from gis_core.incidents.calendar import parse_calendar_csv
from gis_core.incidents.catalogue import load_sheet
from gis_core.incidents.firing import due_timers, fire_due
from gis_core.incidents.measures_store import freeze
from gis_core.incidents.office import open_office
from gis_core.incidents.retention import keep
from gis_core.incidents.sheets import SHEETS, parse_points

app = typer.Typer(
    no_args_is_help=True, help="Incidents: the catalogue, the calendar, who answers for what, timers."
)
BY = "wangge incident"
SheetName = StrEnum("SheetName", {name: name for name in SHEETS})  # type: ignore[misc]
Grid = Annotated[str, typer.Argument(metavar="GRID", help="code of a grid in force")]
AccountName = Annotated[str, typer.Argument(metavar="NAME", help="name of an account")]


@app.command()
def load(
    sheet: Annotated[SheetName, typer.Argument(help="what the file holds")],
    file: CsvFile,
) -> None:
    """Put a CSV file in the place of what was loaded before; nothing is changed where it has a fault."""
    with open_database() as connection:
        rows = load_sheet(connection, str(sheet), csv_text(file), by=BY)
    typer.echo(f"{sheet}: {rows}")


@app.command()
def calendar(file: CsvFile) -> None:
    """Load days that differ from the calendar shipped: day,working,name; a day loaded before is replaced."""
    days = parse_calendar_csv(csv_text(file))
    with open_database() as connection:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO calendar_day VALUES (%s, %s, %s)"
                " ON CONFLICT (day) DO UPDATE SET (working, name) = (excluded.working, excluded.name)",
                [(day, working, name) for day, (working, name) in days.items()],
            )
        audit.record(connection, BY, "calendar.load", details={"days": len(days)})
        office = open_office(connection, Settings())
    say(f"calendar: {len(days)}", f"日历：{len(days)} 天")
    following = dt.date.today().year + 1
    if not office.calendar.knows(following):
        say(
            f"{following}: no holidays known yet; Mondays to Fridays count as working days.",
            f"{following} 年的节假日尚未载入；周一至周五按工作日计算。",
        )


@app.command()
def duty(
    grid: Grid,
    name: AccountName,
    lead: Annotated[bool, typer.Option("--lead", help="leads the grid")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="answers for it no longer")] = False,
) -> None:
    """Say who answers for a grid: incidents there are told to them."""
    with open_database() as connection:
        account = store.account_id(connection, name)
        held = connection.execute(
            "DELETE FROM grid_duty WHERE grid_code = %s AND account_id = %s RETURNING community_id",
            [grid, account],
        ).fetchone()  # removed wherever it hangs, also on the code of a grid that is no longer in force
        community = held[0] if remove and held else _community_of(connection, grid)
        if not remove:
            connection.execute(
                "INSERT INTO grid_duty (grid_code, account_id, community_id, post) VALUES (%s, %s, %s, %s)",
                [grid, account, community, "lead" if lead else "worker"],
            )
        audit.record(
            connection, BY, "duty.remove" if remove else "duty.add", f"grid {grid}", community_id=community,
            details={"account": name},
        )  # fmt: skip
    typer.echo(f"{grid}: {'–' if remove else '+'} {name}")


@app.command()
def member(
    department: Annotated[str, typer.Argument(help="code of a department")],
    name: AccountName,
    remove: Annotated[bool, typer.Option("--remove", help="acts for it no longer")] = False,
) -> None:
    """Say who acts for a department; the account needs the role `department` in an area as well."""
    with open_database() as connection:
        account = store.account_id(connection, name)
        if connection.execute("SELECT FROM department WHERE code = %s", [department]).fetchone() is None:
            known = ", ".join(row[0] for row in connection.execute("SELECT code FROM department ORDER BY 1"))
            raise NotFoundError(
                f"There is no department {department!r}; there are {known}.",
                f"没有责任单位“{department}”；现有：{known}。",
            )
        connection.execute(
            "DELETE FROM department_member WHERE department_code = %s AND account_id = %s",
            [department, account],
        )
        if not remove:
            connection.execute("INSERT INTO department_member VALUES (%s, %s)", [department, account])
        audit.record(
            connection, BY, "member.remove" if remove else "member.add", f"department {department}",
            details={"account": name},
        )  # fmt: skip
    typer.echo(f"{department}: {'–' if remove else '+'} {name}")


@app.command("try")
def try_routes(file: CsvFile) -> None:
    """Tell where reports at many points would go, and report nothing: lon,lat,category and, if known, condition.

    The answer is CSV on standard output: the same columns, with community, grid, department, level and rule.
    """
    points = parse_points(csv_text(file))
    with open_database() as connection:
        bulk.check_codes(connection, points)
        ground = bulk.read_ground(connection)
        placed = bulk.place_points(ground, points.lon, points.lat)
        routes = bulk.route_points(
            connection, ground, placed, points.categories, points.conditions, lang=Settings().language
        )
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["lon", "lat", "category", "condition", "community", "grid", "department", "level", "rule"])
    rows = zip(
        points.lon, points.lat, points.categories, points.conditions, placed.community, placed.grid, routes,
        strict=True,
    )  # fmt: skip
    for x, y, category, condition, community, grid, route in rows:
        out.writerow([
            x, y, category, condition or "", ground.community_codes[community] if community >= 0 else "",
            ground.grid_codes[grid] if grid >= 0 else "",
            *((route.department, route.level, route.name) if route else ("", "", "")),
        ])  # fmt: skip


@app.command()
def timers(
    now: Annotated[
        str | None, typer.Option(help="the time to go by, such as 2026-12-01T09:00+08:00; unset: this moment")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="tell what would fire, and fire nothing")
    ] = False,
) -> None:
    """Fire the timers that are due; a server does so by itself."""
    at = _moment(now)
    settings = Settings()
    with database(settings) as url:
        if dry_run:
            with connect(url) as connection:
                waiting = due_timers(connection, at)
            table = titled(("incident", "事件"), ("timer", "计时"), ("stage", "环节"), ("due", "到期"))
            for number, kind, stage, due_at in waiting:
                table.add_row(number, kind, stage, due_at.isoformat(timespec="minutes"))
            output().print(table)
            return
        with psycopg.connect(url, autocommit=True) as connection:
            fired = fire_due(connection, open_office(connection, settings), at)
    say(f"fired: {fired}", f"已触发：{fired}")


@app.command("keep")
def keep_for_its_time() -> None:
    """Erase what has been kept for its time (WANGGE_KEEP_…); a server does so once a day."""
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        counts = keep(connection, datetime.now(UTC), settings)
    for name, count in counts.items():
        typer.echo(f"{name}: {count}")


@app.command("freeze")
def freeze_period(
    period: Annotated[
        str, typer.Argument(help="a month, quarter or year that is over: 2026-10, 2026Q3, 2025")
    ],
) -> None:
    """Write the measures of a period down as they are; a server does so 15 days after its end."""
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        office = open_office(connection, settings)
        rows = freeze(connection, period, datetime.now(UTC), office.calendar)
    typer.echo(f"{period}: {rows}")


def _moment(told: str | None) -> datetime:
    if told is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(told)
    except ValueError as error:
        raise InvalidInputError(
            f"--now {told!r} is no time: write it as 2026-12-01T09:00+08:00.",
            f"--now “{told}”不是时间：格式如 2026-12-01T09:00+08:00。",
        ) from error
    return moment if moment.tzinfo else moment.astimezone()


def _community_of(connection: psycopg.Connection, grid: str) -> int:
    row = connection.execute(
        "SELECT g.community_id FROM grid g JOIN plan p ON p.id = g.plan_id WHERE g.code = %s AND p.status = 'adopted'",
        [grid],
    ).fetchone()
    if row is None:
        raise NotFoundError(
            f"There is no grid {grid!r} in force; `wangge plan show COMMUNITY` lists the codes of an adopted plan.",
            f"没有生效的网格“{grid}”；`wangge plan show 社区` 列出已采用方案的网格编码。",
        )
    return int(row[0])
