"""`wangge plan`: look at plans and lead them through their states."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from api.commands.plan_table import WORDS, GridRow, outcome_word, print_plan
from api.commands.screen import output, say
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.editing.ground import Places, refresh_areas
from gis_core.editing.judged import record_now
from gis_core.incidents.office import open_office
from gis_core.incidents.regrid import change_plan
from gis_core.plans.rules import PlanStatus
from gis_core.plans.store import find_plan, list_plans, read_plan
from partitioning import Rules

app = typer.Typer(no_args_is_help=True, help="Look at plans; propose, adopt and retire them.")
BY = "wangge plan"
"""Whom the journal names for changes made on the command line."""
PlanName = Annotated[str, typer.Argument(metavar="PLAN", help="id, community@version, or community")]


@app.command("list")
def list_all() -> None:
    """List all plans, newest first."""
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        plans = list_plans(connection)
    lang = settings.language
    table = Table(*(WORDS[lang][name] for name in ("id", "plan", "state", "status", "grids")))
    for key, engine_status, grids in plans:
        table.add_row(
            str(key.id), str(key), key.status.word(lang), outcome_word(engine_status, lang), str(grids)
        )
    output().print(table)


@app.command()
def show(name: PlanName) -> None:
    """Print a plan's grids, rules, scores and reasons."""
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        key = find_plan(connection, name)
        places = Places()
        refresh_areas(connection, key.id, places)
        plan = read_plan(connection, key)
        engine = plan.engine
        if plan.edited:
            engine = record_now(connection, key.id, key.community, plan.rules, places)
    console = output()
    console.print(
        f"[bold]{escape(str(plan.key))}[/bold] (id {plan.key.id}): {plan.key.status.word(settings.language)}"
    )
    rows = [
        GridRow(
            grid.number,
            grid.code,
            grid.households,
            grid.persons,
            grid.buildings,
            grid.area_m2,
            patch=plan.patches.get(grid.number),
        )
        for grid in plan.grids
    ]
    print_plan(console, rows, Rules.from_dict(plan.rules), engine, settings.language)


def _change(name: str, after: PlanStatus) -> None:
    settings = Settings()
    with database(settings) as url, connect(url) as connection:
        key, office = find_plan(connection, name), open_office(connection, settings)
        plan = change_plan(connection, Places(), office, key.id, after, by=BY, now=datetime.now(UTC))
    say(f"{plan}: {plan.status}", f"{plan}：{plan.status.word('zh')}")


@app.command()
def propose(name: PlanName) -> None:
    """Propose a draft."""
    _change(name, PlanStatus.PROPOSED)


@app.command()
def adopt(name: PlanName) -> None:
    """Adopt a proposed plan: its grid codes are issued, the plan in force is retired."""
    _change(name, PlanStatus.ADOPTED)


@app.command()
def retire(name: PlanName) -> None:
    """Retire a plan."""
    _change(name, PlanStatus.RETIRED)
