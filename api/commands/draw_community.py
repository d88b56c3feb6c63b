"""Drawing a community of the database: its next plan, printed."""

from datetime import UTC, datetime

from rich.markup import escape

from api.commands.plan_table import WORDS, print_drawing
from api.commands.screen import output
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.plans.service import draw_plan
from gis_core.plans.store import grid_codes
from partitioning import Rules


def draw_community(
    settings: Settings, community: str, rules: Rules, seed: int, time_limit: float | None
) -> None:
    """Draw, save and print the plan. time_limit: seconds."""
    console, words = output(), WORDS[settings.language]
    with database(settings) as url, connect(url) as connection:
        drawn = draw_plan(
            connection,
            community,
            rules,
            seed=seed,
            time_limit_s=time_limit,
            by="wangge draw",
            now=datetime.now(UTC),
        )
        codes = grid_codes(connection, drawn.key.id)
    console.print(f"{words['plan']}: [bold]{escape(str(drawn.key))}[/bold] (id {drawn.key.id})")
    if rules.persons is not None and drawn.drawing.rules.persons is None:
        console.print(words["no_persons"])
    print_drawing(console, drawn.drawing, codes, settings.language)
