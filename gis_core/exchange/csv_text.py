"""Rows as CSV text (RFC 4180, UTF-8 with a mark) in which no spreadsheet finds a formula."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def without_formula(value: object) -> object:
    """A text that a spreadsheet would run as a formula, with an apostrophe before it; anything else as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA_STARTS) else value


def csv_lines(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The mark and the header, then a line a row; None is empty."""
    yield MARK + _line(header)
    for row in rows:
        yield _line(row)


def _line(row: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow([without_formula(value) for value in row])
    return out.getvalue()
