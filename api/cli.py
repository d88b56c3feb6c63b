"""The command line `wangge`: one module a command in `api.commands`."""

import sys

import typer

from api.commands import db, plan
from api.commands.draw import draw
from api.commands.export import export
from api.commands.import_ import import_file
from api.commands.serve import demo, serve
from gis_core.errors import WanggeError
from partitioning import PartitioningError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Divide communities into management grids, and work from the map.",
)
app.command("import")(import_file)
app.command()(draw)
app.command()(export)
app.command()(serve)
app.command()(demo)
app.add_typer(plan.app, name="plan")
app.add_typer(db.app, name="db")


def main() -> None:
    """Run a command; an error that a user can mend is printed in words, with exit status 1."""
    try:
        app()
    except (WanggeError, PartitioningError) as error:
        print(f"wangge: {error}", file=sys.stderr)
        sys.exit(1)
