"""Tables of the catalogue as CSV files. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_core.incidents.life import Kind
from gis_core.sheets import Sheet, choice, default, filled, maybe, number, read_rows, true_false

Floats = NDArray[np.float64]


def _values(value: str) -> list[dict[str, str]]:
    found = []
    for part in value.split("|") if value else []:
        pieces = part.split("=")
        if len(pieces) != 3 or not all(pieces):
            raise ValueError("is key=中文=English, parted by |", "格式为 键=中文=English，以 | 分隔")
        found.append(dict(zip(("key", "zh", "en"), pieces, strict=True)))
    return found


_UNITS = ("urgent_hour", "urgent_day", "work_hour", "work_day", "natural_day")
_STAGES = ("accept", "dispatch", "handle", "verify", "feedback", "decide", "whole")
"""Whose limits are set here; how soon an emergency is acknowledged is the same everywhere, see `telling`."""
_TYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")


@dataclass(frozen=True, eq=False)
class Points:
    """Reports to be tried out: n longitudes and latitudes (degrees, WGS 84), categories, conditions and lines."""

    lon: Floats
    lat: Floats
    categories: Sequence[str]
    conditions: Sequence[str | None]
    lines: Sequence[int]


SHEETS: dict[str, Sheet] = {
    "departments": Sheet(
        {"code": filled, "name_zh": filled, "name_en": filled, "area": maybe}, ("code",), frozenset({"area"})
    ),
    "categories": Sheet(
        {
            "code": filled, "group_code": filled, "group_zh": filled, "group_en": filled, "name_zh": filled,
            "name_en": filled, "description_zh": str, "description_en": str, "keywords_zh": str, "keywords_en": str,
            "kind": choice(*Kind), "contact": choice("none", "optional", "required"), "std_code": maybe,
            "duplicate_m": default(number(0, 5000), 100.0),
            "duplicate_days": default(number(0, 365, whole=True), 14),
        },
        ("code",),
    ),
    "attributes": Sheet(
        {
            "category": filled, "code": filled, "datatype": choice(*_TYPES), "required": true_false,
            "description_zh": filled, "description_en": filled, "values": _values,
        },
        ("category", "code"),
    ),
    "conditions": Sheet(
        {"category": filled, "code": filled, "name_zh": filled, "name_en": filled}, ("category", "code")
    ),
    "limits": Sheet(
        {
            "category": maybe, "condition": maybe, "stage": choice(*_STAGES),
            "step": default(number(1, 20, whole=True), 1), "step_zh": str, "step_en": str,
            "unit": choice(*_UNITS), "value": number(0.01, 3650),
        },
        ("category", "condition", "stage", "step"),
    ),
    "routes": Sheet(
        {
            "position": number(1, 10**9, whole=True), "name": filled, "group": maybe, "category": maybe,
            "condition": maybe, "area": maybe, "community": maybe, "grid": maybe, "department": filled,
            "level": default(number(1, 3, whole=True), 2), "then_condition": maybe,
        },
        ("position",),
    ),
}  # fmt: skip
"""The kinds of files by name. An order in which each refers only to those before it."""
_POINTS = Sheet(
    {"lon": number(-180, 180), "lat": number(-90, 90), "category": filled, "condition": maybe}, (),
    frozenset({"condition"}),
)  # fmt: skip


def parse_sheet(name: str, text: str) -> list[dict[str, Any]]:
    """The rows of a file, converted, each with its `line`.

    Args:
        name: of its kind, see SHEETS.
        text: CSV (RFC 4180) with a header; a byte order mark is let pass.

    Raises:
        InvalidInputError: with line, column, value and rule of every fault.
    """
    return read_rows(name, SHEETS[name], text)


def parse_points(text: str) -> Points:
    """The points of a file with a report a line.

    Raises:
        InvalidInputError: with all faults.
    """
    rows = read_rows("points", _POINTS, text)
    return Points(
        np.array([row["lon"] for row in rows], dtype=np.float64),
        np.array([row["lat"] for row in rows], dtype=np.float64),
        *([row[column] for row in rows] for column in ("category", "condition", "line")),
    )
