"""CSV files with a header: read with all their faults at once. No I/O."""

import csv
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from gis_core.errors import InvalidInputError

Convert = Callable[[str], Any]
"""What reads a cell; a ValueError of it has the rule in English and in Chinese."""

_SHOWN = 20
"""Faults that are told one by one."""


@dataclass(frozen=True)
class Sheet:
    """A kind of file: its columns with what reads them, the columns whose values together come once, and those that a
    file may leave out, as if they were empty."""

    columns: Mapping[str, Convert]
    key: tuple[str, ...]
    optional: frozenset[str] = frozenset()


def filled(value: str) -> str:
    """A cell that must not be empty."""
    if not value:
        raise ValueError("must not be empty", "不能为空")
    return value


def maybe(value: str) -> str | None:
    """A cell that may be empty: None then."""
    return value or None


def choice(*values: str) -> Convert:
    """One of these values."""

    def convert(value: str) -> str:
        if value not in values:
            raise ValueError(f"is one of {', '.join(values)}", f"须为 {'、'.join(values)} 之一")
        return value

    return convert


def number(low: float, high: float, *, whole: bool = False) -> Convert:
    """A number within these ends."""

    def convert(value: str) -> float | int:
        try:
            found = int(value) if whole else float(value)
        except ValueError:
            found = float("nan")
        if not low <= found <= high:
            kind, kind_zh = ("a whole number", "整数") if whole else ("a number", "数")
            raise ValueError(f"is {kind} from {low:g} to {high:g}", f"须为 {low:g}–{high:g} 的{kind_zh}")
        return found

    return convert


def default(convert: Convert, value: Any) -> Convert:
    """What an empty cell stands for."""
    return lambda told: convert(told) if told else value


def true_false(value: str) -> bool:
    """true or false."""
    return bool(choice("true", "false")(value) == "true")


def read_rows(name: str, sheet: Sheet, text: str) -> list[dict[str, Any]]:
    """The rows of a file, converted, each with its `line`.

    Args:
        name: by which errors call the file.
        text: CSV (RFC 4180) with a header; a byte order mark is let pass.

    Raises:
        InvalidInputError: with line, column, value and rule of every fault.
    """
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
