"""`wangge draw`: grids of a community in the database, or from file to file without one."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from api.commands.draw_file import FileDraw, draw_file, result_place
from api.commands.refusals import Refusals
from gis_core.config import Settings
from gis_core.errors import InvalidInputError
from gis_core.exchange.options import ImportOptions, assignments, estimate_settings
from gis_core.os_faults import chinese
from partitioning import Rules

FILE_SUFFIXES = (
    ".gpkg",
    ".zip",
    ".shp",
    ".geojson",
    ".json",
    ".fgb",
    ".parquet",
    ".geoparquet",
    ".pbf",
    ".csv",
)
FILES = "From file to file"


def draw(
    context: typer.Context,
    target: Annotated[str, typer.Argument(metavar="COMMUNITY|FILE", help="a community's code, or a file")],
    rules_file: Annotated[Path | None, typer.Option("--rules", help="rules as TOML")] = None,
    grids: Annotated[
        str | None, typer.Option(help="number of grids: 5, or 4-8; goes before the rules'")
    ] = None,
    seed: Annotated[int, typer.Option(help="the same seed gives the same plan", min=0)] = 0,
    time_limit: Annotated[
        float | None, typer.Option(help="seconds a community; then the best so far")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="the result", rich_help_panel=FILES)
    ] = None,
    by: Annotated[str | None, typer.Option(help="column of the communities", rich_help_panel=FILES)] = None,
    buildings: Annotated[str | None, typer.Option(help="layer", rich_help_panel=FILES)] = None,
    barriers: Annotated[str | None, typer.Option(help="layer of streets", rich_help_panel=FILES)] = None,
    boundary: Annotated[str | None, typer.Option(help="layer", rich_help_panel=FILES)] = None,
    households: Annotated[str | None, typer.Option(help="field", rich_help_panel=FILES)] = None,
    persons: Annotated[str | None, typer.Option(help="field", rich_help_panel=FILES)] = None,
    persons_per_household: Annotated[
        float | None,
        typer.Option(
            help="estimate persons where the file has none, so that their rule counts", rich_help_panel=FILES
        ),
    ] = None,
    floors: Annotated[int | None, typer.Option(help="floors where unknown", rich_help_panel=FILES)] = None,
    no_estimate: Annotated[
        bool, typer.Option("--no-estimate", help="leave missing counts at 0", rich_help_panel=FILES)
    ] = False,
    layer: Annotated[
        list[str] | None, typer.Option(help="ROLE=LAYER, as for import", rich_help_panel=FILES)
    ] = None,
    field: Annotated[
        list[str] | None, typer.Option(help="MEANING=COLUMN, as for import", rich_help_panel=FILES)
    ] = None,
    crs: Annotated[
        str | None, typer.Option(help="CRS where the file has none", rich_help_panel=FILES)
    ] = None,
    datum: Annotated[str | None, typer.Option(help="wgs84, gcj02 or bd09", rich_help_panel=FILES)] = None,
    metric_crs: Annotated[str | None, typer.Option(help="CRS to measure in", rich_help_panel=FILES)] = None,
    encoding: Annotated[str | None, typer.Option(help="of the attributes", rich_help_panel=FILES)] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress bar")] = False,
) -> None:
    """Draw grids and print them.

    In the database, the answer becomes the community's next plan, a draft. From file to file, every community of the
    file is drawn and written with the reasons of those that cannot be. Exit status: 0 when every community has an
    answer, 1 when the file or what an option says is rejected, 2 when the call is not understood.
    """
    settings, refusals = Settings(), Refusals()
    refusals.of(lambda: _check_time(time_limit), None)
    rules = refusals.of(lambda: _rules(rules_file, grids), Rules())
    if not _is_file(target):
        if told := _for_files(context):
            refusals.of(lambda: _not_a_file(target, told), None)
        refusals.tell()
        from api.commands.draw_community import draw_community  # what the database needs, no file does

        draw_community(settings, target, rules, seed, time_limit)
        return
    layers = {"buildings": buildings, "streets": barriers, "boundary": boundary}
    fields = {"households": households, "persons": persons}
    options = ImportOptions(
        layers={role: name for role, name in layers.items() if name}
        | refusals.of(lambda: assignments(layer or (), "--layer"), {}),
        fields={name: column for name, column in fields.items() if column}
        | refusals.of(lambda: assignments(field or (), "--field"), {}),
        crs=crs,
        datum=datum,
        metric_crs=metric_crs,
        by=by,
        persons_per_household=persons_per_household,
        estimate=refusals.of(
            lambda: estimate_settings(settings.estimate, floors, persons_per_household), settings.estimate
        ),
        estimates=not no_estimate,
        encoding=encoding,
    )
    place = refusals.of(lambda: result_place(target, output), Path())
    refusals.tell()
    draw_file(FileDraw(Path(target), place, options, rules, seed, time_limit), settings.language, quiet=quiet)


def _check_time(time_limit: float | None) -> None:
    if time_limit is not None and not time_limit > 0:
        raise InvalidInputError(
            f"--time-limit {time_limit} is not a number of seconds above 0.",
            f"--time-limit {time_limit} 应是大于 0 的秒数。",
        )


def _for_files(context: typer.Context) -> list[str]:
    """The options told that only files take."""
    sources = {option: context.get_parameter_source(str(option.name)) for option in context.command.params}
    return [
        option.opts[0]
        for option, source in sources.items()
        if getattr(option, "rich_help_panel", None) == FILES and source and source.name == "COMMANDLINE"
    ]


def _not_a_file(target: str, options: Sequence[str]) -> None:
    raise InvalidInputError(
        f"{target!r} is not a file, so it names a community in the database; only files take {', '.join(options)}. "
        "Leave that out; counts are told to `wangge import`. To take a plan away, use `wangge export PLAN --to FILE`.",
        f"“{target}”不是文件，因此指数据库中的社区；{'、'.join(options)} 只用于文件。"
        "请去掉；户数、人口等在 `wangge import` 时指定。要导出方案，请用 `wangge export 方案 --to 文件`。",
    )


def _is_file(target: str) -> bool:
    return Path(target).suffix.lower() in FILE_SUFFIXES or Path(target).is_file()


def _rules(file: Path | None, grids: str | None) -> Rules:
    """The rules of the file, or the defaults, with the number of grids of the option."""
    data = {} if file is None else Rules.from_toml(_text(file)).to_dict()
    if grids is not None:
        told = re.fullmatch(r"([0-9]+)(?:-([0-9]+))?", grids.strip())
        if told is None:
            raise InvalidInputError(
                f"--grids {grids!r} is neither a number such as 5 nor a range such as 4-8.",
                f"--grids “{grids}”应是数（如 5）或范围（如 4-8）。",
            )
        data["grids"] = [int(told[1]), int(told[2] or told[1])]
    return Rules.from_dict(data)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")  # Windows' editor sets a mark
    except OSError as error:
        raise InvalidInputError(
            f"The rules file {file} cannot be read: {error.strerror}.",
            f"无法读取规则文件 {file}：{chinese(error)}。",
        ) from error
    except UnicodeDecodeError as error:
        raise InvalidInputError(
            f"The rules file {file} is not UTF-8 text; save it as UTF-8.",
            f"规则文件 {file} 不是 UTF-8 文本，请另存为 UTF-8。",
        ) from error
