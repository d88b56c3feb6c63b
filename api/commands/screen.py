"""The terminal that commands print to."""

import sys

from rich.console import Console

WIDTH_OF_FILES = 160


def output() -> Console:
    """Standard output: as wide as the terminal, or wide enough for every table where it is a file or a pipe."""
    return Console(width=None if sys.stdout.isatty() else WIDTH_OF_FILES)


def messages() -> Console:
    """Standard error, for warnings and progress."""
    return Console(stderr=True, width=None if sys.stderr.isatty() else WIDTH_OF_FILES)
