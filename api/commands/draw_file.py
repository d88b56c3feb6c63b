"""Drawing from file to file as the command prints it: what was read, progress, a row a community."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pyogrio.errors import DataSourceError, FeatureError
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.commands.plan_table import WORDS as PLAN_WORDS
from api.commands.plan_table import Lang, outcome_word, print_drawing, split_line
from api.commands.reading import print_reading
from api.commands.screen import messages, output
from gis_core.errors import InvalidInputError
from gis_core.exchange.faults import summary_lines
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.plan_file import Answer, Towns, draw_towns, towns_of, write_answers
from gis_core.exchange.read import read_source
from gis_core.os_faults import chinese
from partitioning import Rules

DETAILED_UP_TO = 2
WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "community": "社区", "buildings": "楼栋", "households": "户数", "grids": "网格数",
        "status": "结果", "seconds": "秒",
        "why": "原因", "drawn": "划分 {drawn} 个社区，{infeasible} 个证明无解，{unknown} 个未找到方案；结果写入 {file}",
        "estimated": "{n} 栋楼的户数由占地面积和层数估算", "progress": "划分",
        "joined": "没有相邻楼栋的楼（无人居住，或与别的楼重叠）按最近距离连接：{n} 处",
    },
    "en": {
        "community": "community", "buildings": "buildings", "households": "households", "grids": "grids",
        "status": "result", "seconds": "s", "why": "reason",
        "drawn": "Communities: {drawn} drawn, {infeasible} proven infeasible, {unknown} unknown; written to {file}",
        "estimated": "The households of {n} buildings are estimated from footprint and floors",
        "progress": "drawing",
        "joined": "Links to the nearest building, of those without neighbours (nobody lives there, or they lie under "
        "another): {n}",
    },
}  # fmt: skip


@dataclass(frozen=True)
class FileDraw:
    """What to draw and where to write it."""

    source: Path
    output: Path
    options: ImportOptions
    rules: Rules
    seed: int
    time_limit_s: float | None


def draw_file(task: FileDraw, lang: Lang, *, quiet: bool) -> None:
    """Draw every community of a file, write the result and print what came of it.

    Raises:
        ImportRejected: the file cannot be drawn; nothing was written.
        InvalidInputError: the result cannot be written; what was there is as before.
    """
    console, errors = output(), messages()
    source = read_source(task.source, task.options)
    print_reading(console, source, lang, "--{meaning} ")
    towns = towns_of(source, task.options)
    for line in summary_lines(towns.faults, lang):
        errors.print(line, markup=False)
    _print_basis(console, towns, task.rules, lang)
    answers: list[Answer] = []
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    shown = errors.is_terminal and not quiet
    with Progress(*columns, console=errors, transient=True, disable=not shown) as bar:
        step = bar.add_task(WORDS[lang]["progress"], total=len(towns.towns))
        for answer in draw_towns(towns, task.rules, seed=task.seed, time_limit_s=task.time_limit_s):
            answers.append(answer)
            bar.advance(step)
    try:
        write_answers(task.output, towns, answers, task.options.by or "community")
    except (OSError, DataSourceError, FeatureError) as error:
        raise InvalidInputError(
            f"The result {task.output} cannot be written: {error}. What was there is as before; choose another place.",
            f"无法写入结果 {task.output}：{chinese(error)}。原有文件未改动，请换个位置。",
        ) from error
    _print_answers(console, answers, task.output, lang)


def result_place(source: str, output: Path | None) -> Path:
    """Where the result goes. Raises InvalidInputError where it cannot go there."""
    if output is None:
        raise InvalidInputError(
            f"Where should the result for {source} go? Say it with -o plan.gpkg.",
            f"{source} 的结果写到哪里？请用 -o plan.gpkg 指定。",
        )
    if output.suffix.lower() != ".gpkg":
        raise InvalidInputError(
            f"The result is a GeoPackage: {output} should end in .gpkg.",
            f"结果是 GeoPackage：{output} 应以 .gpkg 结尾。",
        )
    if not output.parent.is_dir():
        raise InvalidInputError(
            f"The folder {output.parent} of the result does not exist; make it first.",
            f"结果所在的文件夹 {output.parent} 不存在，请先建立。",
        )
    if output.is_dir():
        raise InvalidInputError(
            f"The result {output} is a folder; name a file in it.",
            f"结果 {output} 是文件夹，请给出其中的文件名。",
        )
    if output.exists() and Path(source).exists() and output.samefile(source):
        raise InvalidInputError(
            f"The result would overwrite its source {source}; choose another name.",
            f"结果会覆盖源文件 {source}，请换个文件名。",
        )
    return output


def _print_basis(console: Console, towns: Towns, rules: Rules, lang: Lang) -> None:
    words = WORDS[lang]
    if towns.households_estimated:
        console.print(words["estimated"].format(n=towns.households_estimated))
    if rules.persons is not None and not towns.persons_known:
        console.print(PLAN_WORDS[lang]["no_persons"])


def _print_answers(console: Console, answers: Sequence[Answer], output: Path, lang: Lang) -> None:
    words = WORDS[lang]
    table = Table()
    for name in ("community", "buildings", "households", "grids", "status", "seconds", "why"):
        table.add_column(words[name], justify="left" if name in ("community", "status", "why") else "right")
    count = {"drawn": 0, "infeasible": 0, "unknown": 0}
    for answer in answers:
        drawing = answer.drawing
        count["drawn" if drawing.drawn else drawing.outcome.status] += 1
        reasons = [reason.text(lang) for reason in drawing.outcome.reasons]
        if len(drawing.ground.joined):
            reasons.append(words["joined"].format(n=len(drawing.ground.joined)))
        if drawing.split:
            reasons.append(split_line(list(drawing.split), lang))
        table.add_row(
            escape(drawing.town.code),
            str(len(drawing.town.building_ids)),
            str(int(drawing.town.households.sum())),
            str(len(drawing.areas)) if drawing.drawn else "–",
            outcome_word(drawing.outcome.status, lang),
            f"{answer.seconds:.2f}",
            escape("\n".join(reasons)),
        )
    console.print(table)
    if len(answers) <= DETAILED_UP_TO:
        for answer in answers:
            console.print(f"[bold]{words['community']} {escape(answer.drawing.town.code)}[/bold]")
            print_drawing(console, answer.drawing, (), lang)
    console.print(words["drawn"].format(file=output, **count), markup=False)
