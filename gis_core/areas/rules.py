"""The tree of administrative areas as their codes tell it, and what a file of them must hold. No I/O."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from gis_core.sheets import Sheet, filled, read_rows, refuse

LEVELS = {"province": 2, "city": 4, "district": 6, "subdistrict": 9, "community": 12}
"""Levels from the top, and how many digits of a code name an area of each; the rest are zeros (GB/T 2260, 10114)."""
CHINESE = {"province": "省", "city": "市", "district": "区县", "subdistrict": "街道", "community": "社区"}
"""What people call the levels."""
_WORDS = {
    **{word: level for level, word in CHINESE.items()},
    "直辖市": "province", "自治区": "province", "地区": "city", "区": "district", "县": "district",
    "镇": "subdistrict", "乡": "subdistrict", "乡镇": "subdistrict", "村": "community",
}  # fmt: skip
_DIGITS = 12


@dataclass(frozen=True)
class Area:
    """An area; parent: the code of the area that it lies in, None for none that is known."""

    code: str
    level: str
    name: str
    parent: str | None


def whole_code(value: str) -> str:
    """A code with all its 12 digits; that of a district, say, may be told by its 6.

    Raises:
        ValueError: in English and in Chinese, where it is none.
    """
    if not (value.isascii() and value.isdigit() and len(value) in LEVELS.values() and value.strip("0")):
        raise ValueError(
            "is a code of 2, 4, 6, 9 or 12 digits; where a spreadsheet wrote it as a number such as 3.7E+11, make the "
            "column a text",
            "须为 2、4、6、9 或 12 位数字的代码；表格软件若把它写成 3.7E+11 之类的数，请把该列设为文本",
        )
    return value.ljust(_DIGITS, "0")


def level_of(code: str) -> str:
    """The level that a code tells by its zeros."""
    return next(level for level, digits in LEVELS.items() if not code[digits:].strip("0"))


def nearest(code: str, known: Collection[str]) -> str | None:
    """The nearest of the known codes, but communities, that an area or a community of this code lies in."""
    for digits in (9, 6, 4, 2):
        above = code[:digits].ljust(_DIGITS, "0")
        if above != code and above in known:
            return above
    return None


def _level(value: str) -> str | None:
    level = _WORDS.get(value, value)
    if level and level not in LEVELS:
        raise ValueError(
            f"is one of {', '.join(LEVELS)}, or empty: the code tells it",
            f"须为 {'、'.join(_WORDS)} 之一；或留空，由代码得出",
        )
    return level or None


def _parent(value: str) -> str | None:
    return whole_code(value) if value else None


AREAS = Sheet(
    {"code": whole_code, "name": filled, "level": _level, "parent": _parent},
    ("code",),
    frozenset({"level", "parent"}),
)


def parse_areas(text: str, held: Mapping[str, Area]) -> tuple[list[Area], int]:
    """The areas of a file, and those held before that now lie in one of them, from the top down; and how many rows
    are communities: those are left out, since communities come with their buildings.

    Where the file does not say in which area one lies, it is the nearest whose code begins alike.

    Raises:
        InvalidInputError: with all faults.
    """
    rows = read_rows("areas", AREAS, text)
    told = {row["code"]: row for row in rows if (row["level"] or level_of(row["code"])) != "community"}
    levels = {code: area.level for code, area in held.items()}
    levels |= {code: row["level"] or level_of(code) for code, row in told.items()}
    faults: list[tuple[str, str]] = []
    found: list[Area] = []
    for code, row in told.items():
        area = Area(code, levels[code], row["name"], row["parent"] or nearest(code, levels))
        faults += _against(area, row["line"], levels)
        found.append(area)
    for area in held.values():
        if area.code in told:
            continue
        if area.parent is None and (parent := nearest(area.code, levels)):
            found.append(Area(area.code, area.level, area.name, parent))
        elif area.parent in told:
            faults += _against(area, told[area.parent]["line"], levels)
    refuse("areas", faults)
    order = list(LEVELS)
    return sorted(found, key=lambda area: (order.index(area.level), area.code)), len(rows) - len(told)


def _against(area: Area, line: int, levels: Mapping[str, str]) -> list[tuple[str, str]]:
    """What is wrong with where an area lies, told with the line of a file; levels: of all areas by code."""
    if area.parent is None:
        return []
    order = list(LEVELS)
    level = levels.get(area.parent)
    if level is None:
        return [(
            f"line {line}, parent = {area.parent!r}: there is no such area, in the file or loaded before",
            f"第 {line} 行 parent = “{area.parent}”：文件中和已载入的区域中都没有此代码",
        )]  # fmt: skip
    if order.index(level) < order.index(area.level):
        return []
    return [(
        f"line {line}: {area.name} ({area.code}, {area.level}) cannot lie in {area.parent} ({level}); "
        "correct level or parent",
        f"第 {line} 行：{area.name}（{area.code}，{area.level}）不能属于 {area.parent}（{level}）；"
        "请改正 level 或 parent",
    )]  # fmt: skip
