"""Tables of the catalogue as CSV files: read with all their faults at once. No I/O."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_core.errors import InvalidInputError
from gis_core.incidents.life import Kind

Convert = Callable[[str], Any]
Floats = NDArray[np.float64]
_SHOWN = 20
"""Faults that are told one by one."""


def _text(value: str) -> str:
    if not value:
        raise ValueError("must not be empty", "不能为空")
    return value


def _maybe(value: str) -> str | None:
    return value or None


def _choice(*values: str) -> Convert:
    def convert(value: str) -> str:
        if value not in values:
            raise ValueError(f"is one of {', '.join(values)}", f"须为 {'、'.join(values)} 之一")
        return value

    return convert


def _number(low: float, high: float, *, whole: bool = False) -> Convert:
    def convert(value: str) -> float | int:
        try:
            number = int(value) if whole else float(value)
        except ValueError:
            number = float("nan")
        if not low <= number <= high:
            kind, kind_zh = ("a whole number", "整数") if whole else ("a number", "数")
            raise ValueError(f"is {kind} from {low:g} to {high:g}", f"须为 {low:g}–{high:g} 的{kind_zh}")
        return number

    return convert


def _default(convert: Convert, value: Any) -> Convert:
    return lambda told: convert(told) if told else value


def _true_false(value: str) -> bool:
    return bool(_choice("true", "false")(value) == "true")


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


@dataclass(frozen=True)
class Sheet:
    """A kind of file: its columns with what reads them, the columns whose values together come once, and those that a
    file may leave out, as if they were empty."""

    columns: Mapping[str, Convert]
    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()


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
        {"code": _text, "name_zh": _text, "name_en": _text, "area": _maybe}, ("code",), frozenset({"area"})
    ),
    "categories": Sheet(
        {
            "code": _text, "group_code": _text, "group_zh": _text, "group_en": _text, "name_zh": _text,
            "name_en": _text, "description_zh": str, "description_en": str, "keywords_zh": str, "keywords_en": str,
            "kind": _choice(*Kind), "contact": _choice("none", "optional", "required"), "std_code": _maybe,
            "duplicate_m": _default(_number(0, 5000), 100.0),
            "duplicate_days": _default(_number(0, 365, whole=True), 14),
        },
        ("code",),
    ),
    "attributes": Sheet(
        {
            "category": _text, "code": _text, "datatype": _choice(*_TYPES), "required": _true_false,
            "description_zh": _text, "description_en": _text, "values": _values,
        },
        ("category", "code"),
    ),
    "conditions": Sheet(
        {"category": _text, "code": _text, "name_zh": _text, "name_en": _text}, ("category", "code")
    ),
    "limits": Sheet(
        {
            "category": _maybe, "condition": _maybe, "stage": _choice(*_STAGES),
            "step": _default(_number(1, 20, whole=True), 1), "step_zh": str, "step_en": str,
            "unit": _choice(*_UNITS), "value": _number(0.01, 3650),
        },
        ("category", "condition", "stage", "step"),
    ),
    "routes": Sheet(
        {
            "position": _number(1, 10**9, whole=True), "name": _text, "group": _maybe, "category": _maybe,
            "condition": _maybe, "area": _maybe, "community": _maybe, "grid": _maybe, "department": _text,
            "level": _default(_number(1, 3, whole=True), 2), "then_condition": _maybe,
        },
        ("position",),
    ),
}  # fmt: skip
"""The kinds of files by name. An order in which each refers only to those before it."""
_POINTS = Sheet(
    {"lon": _number(-180, 180), "lat": _number(-90, 90), "category": _text, "condition": _maybe}, (),
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
    return _rows(name, SHEETS[name], text)


def _rows(name: str, sheet: Sheet, text: str) -> list[dict[str, Any]]:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    header = [column.strip() for column in reader.fieldnames or ()]
    reader.fieldnames = header
    needed = [column for column in sheet.columns if column not in sheet.optional]
    missing = [column for column in needed if column not in header]
    unknown = [column for column in header if column not in sheet.columns]
    if missing or unknown:
        more = ",".join(sorted(sheet.optional))
        raise InvalidInputError(
            f"{name}: the first line must be {','.join(needed)}{more and f', and may have {more}'} "
            f"(missing: {', '.join(missing) or 'none'}; unknown: {', '.join(unknown) or 'none'}).",
            f"{name}：首行须为 {','.join(needed)}{more and f'，可另有 {more}'}"
            f"（缺少：{'、'.join(missing) or '无'}；多余：{'、'.join(unknown) or '无'}）。",
        )
    rows: list[dict[str, Any]] = []
    faults: list[tuple[str, str]] = []
    seen: dict[tuple[Any, ...], int] = {}
    for told in reader:
        line = reader.line_num
        row = _row(sheet, told, line, faults)
        key = tuple(row.get(column) for column in sheet.key)
        if key and key in seen:
            named = ", ".join(str(part) for part in key)
            faults.append((
                f"line {line}: {named} stands in line {seen[key]} already; keep one of them",
                f"第 {line} 行：{named} 与第 {seen[key]} 行重复，请只保留一行",
            ))  # fmt: skip
        seen.setdefault(key, line)
        rows.append({**row, "line": line})
    refuse(name, faults)
    return rows


def parse_points(text: str) -> Points:
    """The points of a file with a report a line.

    Raises:
        InvalidInputError: with all faults.
    """
    rows = _rows("points", _POINTS, text)
    return Points(
        np.array([row["lon"] for row in rows], dtype=np.float64),
        np.array([row["lat"] for row in rows], dtype=np.float64),
        *([row[column] for row in rows] for column in ("category", "condition", "line")),
    )


def refuse(name: str, faults: list[tuple[str, str]]) -> None:
    """Raises InvalidInputError where there are faults, (English, Chinese) each."""
    if faults:
        more = len(faults) - _SHOWN
        en = "; ".join(en for en, _ in faults[:_SHOWN]) + (f"; and {more} more" if more > 0 else "")
        zh = "；".join(zh for _, zh in faults[:_SHOWN]) + (f"；另有 {more} 处" if more > 0 else "")
        raise InvalidInputError(
            f"{name}: {en}. Nothing was loaded; correct the file and load it again.",
            f"{name}：{zh}。没有载入任何内容；请改正后重新载入。",
        )


def _row(
    sheet: Sheet, told: dict[str, str | None], line: int, faults: list[tuple[str, str]]
) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column, convert in sheet.columns.items():
        value = (told.get(column) or "").strip()
        try:
            row[column] = convert(value)
        except ValueError as error:
            en, zh = error.args
            faults.append(
                (f"line {line}, {column} = {value!r}: {en}", f"第 {line} 行 {column} = “{value}”：{zh}")
            )
    return row
