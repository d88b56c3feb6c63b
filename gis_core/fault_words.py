"""An error in words for a log, without the values that it may quote: they may be somebody's telephone number."""

import traceback
from collections.abc import Iterator

import psycopg

from gis_core.errors import WanggeError

_OF_CODE = (AttributeError, ImportError, NameError, NotImplementedError, OSError)
"""Errors whose words quote the program or the machine, and no data."""
_OF_DATA = ("22", "23", "P0")
"""Classes of SQLSTATE whose messages may quote values: data exceptions, broken constraints, raised by a function."""


def without_values(error: BaseException) -> str:
    """The error's class and what is known to quote nothing of a row or a request."""
    name = type(error).__name__
    if isinstance(error, (WanggeError, *_OF_CODE)):
        return f"{name}: {error}"
    if isinstance(error, psycopg.Error):
        state = error.sqlstate or ""
        if state[:2] in _OF_DATA:
            parts = (error.diag.table_name, error.diag.column_name, error.diag.constraint_name)
            return " ".join([name, state, *filter(None, parts)])
        return f"{name}: {error.diag.message_primary or error}"
    return name


def trace_without_values(error: BaseException) -> str:
    """Where it happened, with that of each error that led to it: lines of code, and `without_values` of each."""
    return "".join(_parts(error))


def _parts(error: BaseException) -> Iterator[str]:
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _parts(before)
        yield "which led to:\n"
    yield from traceback.format_tb(error.__traceback__)
    yield without_values(error) + "\n"
