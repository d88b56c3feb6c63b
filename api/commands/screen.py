"""The terminal that commands print to, in the language that is told."""

import sys

import typer
from rich.console import Console
from rich.table import Table

from gis_core.config import told_language

WIDTH_OF_FILES = 160


def output() -> Console:
    """Standard output: as wide as the terminal, or wide enough for every table where it is a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES)


def messages() -> Console:
    """Standard error, for warnings and progress."""
    return Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH_OF_FILES)


def worded(en: str, zh: str) -> str:
    """The words of the language."""
    return zh if told_language() == "zh" else en


def say(en: str, zh: str) -> None:
    """Print a line in the language."""
    typer.echo(worded(en, zh))


def titled(*titles: tuple[str, str]) -> Table:
    """A table whose columns have these titles, each in English and in Chinese."""
    return Table(*(worded(en, zh) for en, zh in titles))
