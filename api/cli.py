"""The command line `wangge`: one module a command in `api.commands`, loaded only when it is called."""

import gc
import signal
import sys
from collections.abc import Callable
from importlib import import_module

import typer
from pydantic import ValidationError

from gis_core.config import settings_faults, told_language
from gis_core.errors import WanggeError
from partitioning.errors import PartitioningError

COMMANDS = {
    "import": ("api.commands.import_", "import_file"),
    "draw": ("api.commands.draw", "draw"),
    "export": ("api.commands.export", "export"),
    "print": ("api.commands.print_", "print_plan_file"),
    "serve": ("api.commands.serve", "serve"),
    "demo": ("api.commands.serve", "demo"),
    "worker": ("api.commands.worker", "worker"),
    "plan": ("api.commands.plan", "app"),
    "user": ("api.commands.user", "app"),
    "token": ("api.commands.token", "app"),
    "incident": ("api.commands.incident", "app"),
    "key": ("api.commands.key", "app"),
    "area": ("api.commands.area", "app"),
    "db": ("api.commands.db", "app"),
}
"""Module and name of each command's function, or of its group of commands."""

_OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""The garbage collector's own 700 cost a command a twentieth of its time, most of it for modules that stay anyway."""


def build(only: str | None = None) -> typer.Typer:
    """The application with all commands, or with one: the others' libraries need not be loaded to run it."""
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Divide communities into management grids, and work from the map.",
    )
    app.callback()(_no_options)
    for name, (module, attribute) in COMMANDS.items():
        if only not in (None, name):
            continue
        command = getattr(import_module(module), attribute)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command(name)(command)
    return app


def _no_options() -> None:
    """Divide communities into management grids, and work from the map."""


def _terminate(*_: object) -> None:
    """End by an exception, so that everything that was started is stopped on the way out."""
    sys.exit(128 + signal.SIGTERM)


def main() -> None:
    """Run a command; an error that a user can mend is printed in words, with exit status 1."""
    signal.signal(signal.SIGTERM, _terminate)
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    called = sys.argv[1] if len(sys.argv) > 1 else None
    try:
        _in_the_language(build(called if called in COMMANDS else None))()
    except (WanggeError, PartitioningError) as error:
        _refuse(error.text(told_language()))
    except ValidationError as error:
        _refuse(settings_faults(error, told_language()))
    except _lost_database() as error:
        words = {
            "en": f"The database went away: {error}. Nothing was half written; run the command again.",
            "zh": f"数据库连接中断：{error}。没有写入一半的数据；请重新运行命令。",
        }
        _refuse(words[told_language()])


def _in_the_language(app: typer.Typer) -> Callable[[], None]:
    """The application as a command, its help in Chinese where the language is."""
    command = typer.main.get_command(app)
    if told_language() == "zh":
        from api.commands.help_zh import speak_chinese

        speak_chinese(command)
    return command


def _lost_database() -> type[Exception] | tuple[()]:
    """What the driver raises where the database is gone; nothing where the driver was not even loaded."""
    driver = sys.modules.get("psycopg")
    return () if driver is None else driver.OperationalError


def _refuse(message: str) -> None:
    print(f"wangge: {message}", file=sys.stderr)
    sys.exit(1)
