"""A plan printed: a row a grid with each rule held or not, the scores, the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from gis_core.plans.drawing import Drawing, engine_record
from partitioning import Rules

Lang = Literal["zh", "en"]

WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "grid": "网格", "code": "编码", "households": "户数", "persons": "人口", "buildings": "楼栋",
        "area": "面积（公顷）", "contiguity": "连片", "balance": "均衡", "total": "合计", "held": "✓",
        "short": "少 {n}", "over": "多 {n}", "parts": "{n} 块", "uneven": "偏差 {n}", "plan": "方案",
        "id": "编号", "state": "状态", "status": "结果", "grids": "网格数",
        "objective": "目标值 {n}", "bound": "下界 {n}", "gap": "差距 {n}",
        "border": "切割代价 {n} 米", "inertia": "紧凑度 {n} 平方米", "deviation": "户数最大偏差 {n}",
        "estates": "被分割小区 {n}", "optimal": "最优", "feasible": "可行", "infeasible": "无解（已证明）",
        "centre": "中心楼栋", "patch": "片区", "waived": "不限",
        "split": "{n} 栋楼按长轴估算拆分到多个网格：{names}",
        "unknown": "未找到（下面是最接近的方案）",
        "edited": "手工编辑（按现状核对）", "unassigned": "有 {n} 栋楼未分配网格",
        "no_persons": "没有人口数据：人口规则不参与划分",
    },
    "en": {
        "grid": "grid", "code": "code", "households": "households", "persons": "persons", "buildings": "buildings",
        "area": "area (ha)", "contiguity": "contiguous", "balance": "balance", "total": "total", "held": "✓",
        "short": "{n} too few", "over": "{n} too many", "parts": "{n} pieces", "uneven": "{n} off", "plan": "plan",
        "id": "id", "state": "status", "status": "result", "grids": "grids",
        "objective": "objective {n}", "bound": "bound {n}", "gap": "gap {n}",
        "border": "border cost {n} m", "inertia": "inertia {n} m²", "deviation": "largest deviation {n}",
        "estates": "estates split {n}", "optimal": "optimal", "feasible": "feasible",
        "infeasible": "infeasible (proven)",
        "centre": "centre building", "patch": "patch", "waived": "–",
        "split": "Buildings split among grids, estimated along their long axis: {n} ({names})",
        "unknown": "unknown (the nearest plan follows)",
        "edited": "edited by hand (checked as it is now)", "unassigned": "Buildings without a grid: {n}",
        "no_persons": "There are no counts of persons: the persons rule is left out",
    },
}  # fmt: skip
_SPLIT_NAMED = 8


@dataclass(frozen=True)
class GridRow:
    """A grid as it is printed."""

    number: int
    code: str | None
    households: int
    persons: int | None
    buildings: int
    area_m2: float
    centre: str | None = None
    """Building that compactness is measured about, where it is not the centroid."""
    patch: int | None = None
    """The patch that the grid is in, where grids are grouped."""


def rows_of(drawing: Drawing, codes: Sequence[str] = ()) -> list[GridRow]:
    """The grids of a drawing, with their codes where they have any."""
    if drawing.outcome.plan is None:
        return []
    scores, names = drawing.outcome.plan.scores.grids, drawing.problem.building_ids
    patches = drawing.patches
    named: Sequence[str | None] = codes or [None] * len(scores)
    return [
        GridRow(
            score.grid + 1,
            code,
            score.households,
            score.persons,
            score.buildings,
            area.area,
            None if score.centre is None else str(names[score.centre]),
            patch,
        )
        for score, code, area, patch in zip(scores, named, drawing.areas, patches, strict=True)
    ]


def print_drawing(console: Console, drawing: Drawing, codes: Sequence[str], lang: Lang) -> None:
    """Print a drawing: grids, rules, scores, reasons."""
    print_plan(console, rows_of(drawing, codes), drawing.rules, engine_record(drawing), lang)


def print_plan(
    console: Console, rows: Sequence[GridRow], rules: Rules, engine: dict[str, Any], lang: Lang
) -> None:
    """Print a plan from its grids, its rules and the engine's record; notes as well."""
    words = WORDS[lang]
    console.print(f"{words['status']}: [bold]{words[engine['status']]}[/bold]")
    if rows:
        console.print(_table(rows, rules, engine, words))
    if engine["scores"]:
        console.print(scores_line(engine, lang))
    if engine.get("unassigned"):
        console.print(words["unassigned"].format(n=engine["unassigned"]))
    if engine.get("split"):
        console.print(split_line(list(engine["split"]), lang), markup=False)
    for reason in [*engine["reasons"], *engine.get("notes", [])]:
        console.print(f"- {reason['text'][lang]}", markup=False)


def outcome_word(status: str, lang: Lang) -> str:
    """What came of a draw, without the remark in brackets."""
    return WORDS[lang][status].split(" (")[0].split("（")[0]


def split_line(buildings: Sequence[str], lang: Lang) -> str:
    """Which buildings are split among grids, the first few by name."""
    names = ", ".join(buildings[:_SPLIT_NAMED]) + ("…" if len(buildings) > _SPLIT_NAMED else "")
    return WORDS[lang]["split"].format(n=len(buildings), names=names)


def _table(rows: Sequence[GridRow], rules: Rules, engine: dict[str, Any], words: dict[str, str]) -> Table:
    broken, noted = (
        {(one["grid"], one["rule"]): one for one in told}
        for told in ((engine["scores"] or {}).get("violations", []), engine.get("notes", []))
    )
    kept = [name for name in ("households", "persons") if getattr(rules, name) is not None]
    checks = [*kept, "contiguity", *(["balance"] if rules.balance_tolerance is not None else [])]
    with_code, with_centre = any(row.code for row in rows), any(row.centre for row in rows)
    with_patch = any(row.patch is not None for row in rows)
    table = Table()
    numeric = ("households", "persons", "buildings", "area")
    for name in ("grid", *(["code"] if with_code else []), *numeric):
        table.add_column(words[name], justify="left" if name == "code" else "right", overflow="fold")
    for name in checks:
        band = getattr(rules, name, None)
        table.add_column(f"{words[name]} {band[0]}–{band[1]}" if isinstance(band, tuple) else words[name])
    if with_centre:
        table.add_column(words["centre"], overflow="fold")
    if with_patch:
        table.add_column(words["patch"], justify="right")

    def held(number: int, name: str) -> str:
        if (number, "oversized") in noted and name != "contiguity":
            return words["waived"]
        if (number, name) in broken:
            return "✗ " + _off(broken[number, name], words)
        if (number, name) in noted:
            return ("~ " if rules.is_soft(name) else f"{words['held']} ") + _off(noted[number, name], words)
        return words["held"]

    for row in rows:
        table.add_row(
            str(row.number),
            *([escape(row.code or "")] if with_code else []),
            *_figures([row], row.buildings),
            *(held(row.number, name) for name in checks),
            *([escape(row.centre or "")] if with_centre else []),
            *(["–" if row.patch is None else str(row.patch)] if with_patch else []),
        )
    table.add_section()
    again = sum(grids - 1 for grids in (engine.get("split") or {}).values())
    buildings = sum(row.buildings for row in rows) - again
    table.add_row(words["total"], *([""] if with_code else []), *_figures(rows, buildings))
    return table


def _figures(rows: Sequence[GridRow], buildings: int) -> list[str]:
    """Figures of grids together; buildings: how many, a split one that lies in several of them being one."""
    persons = [row.persons for row in rows if row.persons is not None]
    return [
        str(sum(row.households for row in rows)),
        str(sum(persons)) if persons else "–",
        str(buildings),
        f"{sum(row.area_m2 for row in rows) / 10_000:.2f}",
    ]


def _off(violation: dict[str, Any], words: dict[str, str]) -> str:
    """By how much a rule is not held."""
    value, limit = violation["value"], violation["limit"]
    if violation["rule"] == "contiguity":
        return words["parts"].format(n=int(value))
    if violation["rule"] == "balance":
        return words["uneven"].format(n=f"{value:.1%}")
    return words["short" if value < limit else "over"].format(n=int(abs(value - limit)))


def scores_line(engine: dict[str, Any], lang: Lang) -> str:
    """The figures of a plan in one line."""
    words, scores = WORDS[lang], engine["scores"]
    parts = [
        (words["border"], f"{scores['border_cost_m']:.0f}"),
        (words["inertia"], f"{scores['inertia_m2']:.0f}"),
        (words["deviation"], f"{scores['deviation']:.1%}"),
        (words["estates"], str(scores["estates_split"])),
        (words["objective"], f"{scores['objective']:.4g}"),
    ]
    if engine["bound"] is not None:
        parts.append((words["bound"], f"{engine['bound']:.4g}"))
    if engine["gap"] is not None:
        parts.append((words["gap"], f"{engine['gap']:.1%}"))
    return " · ".join(phrase.format(n=value) for phrase, value in parts)
