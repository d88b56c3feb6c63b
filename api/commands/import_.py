"""`wangge import`: a file of buildings, communities and barriers into the database."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.commands.reading import print_reading
from api.commands.screen import messages, output
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.errors import InvalidInputError
from gis_core.exchange.faults import Fault, ImportRejected, Lang, faults_csv, summary_lines
from gis_core.exchange.importing import ImportReport, import_source
from gis_core.exchange.options import ImportOptions, assignments, estimate_settings
from gis_core.exchange.read import read_source
from gis_core.exchange.rows import Progress as Report
from gis_core.exchange.rows import unwatched

EXIT_REJECTED = 1

_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "ask": "按此导入？",
        "stopped": "已取消，数据库未改动",
        "inserted": "新增",
        "updated": "更新",
        "unchanged": "未变",
        "rejected": "文件被拒绝，数据库未改动",
        "dry": "试运行：数据库未改动",
        "done": "已导入",
        "same": "与数据库一致，没有改动",
        "estimated": "估算：{households} 栋楼的户数，{persons} 栋楼的人口",
        "read": "读取",
        "check": "检查",
        "communities": "社区",
        "estates": "小区",
        "buildings": "楼栋",
        "barriers": "障碍",
        "organisations": "单位",
    },
    "en": {
        "ask": "Import it like this?",
        "stopped": "Stopped; the database is as it was",
        "inserted": "new",
        "updated": "changed",
        "unchanged": "as before",
        "rejected": "The file is rejected; the database is as it was",
        "dry": "Dry run: the database is as it was",
        "done": "Imported",
        "same": "The same as in the database: nothing changed",
        "estimated": "Estimated: households of {households} buildings, persons of {persons}",
        "read": "reading",
        "check": "checking",
        "communities": "communities",
        "estates": "estates",
        "buildings": "buildings",
        "barriers": "barriers",
        "organisations": "organisations",
    },
}


def import_file(
    files: Annotated[
        list[Path], typer.Argument(help="the file; further ones complete it, e.g. with barriers")
    ],
    layer: Annotated[list[str] | None, typer.Option(help="ROLE=LAYER, e.g. buildings=houses")] = None,
    field: Annotated[list[str] | None, typer.Option(help="MEANING=COLUMN, e.g. households=nb_logts")] = None,
    crs: Annotated[str | None, typer.Option(help="CRS where the file declares none, e.g. EPSG:4547")] = None,
    datum: Annotated[str | None, typer.Option(help="wgs84, gcj02 (Amap, Tencent) or bd09 (Baidu)")] = None,
    metric_crs: Annotated[str | None, typer.Option(help="CRS to measure in, e.g. EPSG:4547")] = None,
    community: Annotated[str | None, typer.Option(help="all buildings belong to this community")] = None,
    by: Annotated[str | None, typer.Option(help="column that holds the community's code")] = None,
    dataset: Annotated[str | None, typer.Option(help="name of the data set; else the file's")] = None,
    no_estimate: Annotated[bool, typer.Option("--no-estimate", help="leave missing counts missing")] = False,
    floors: Annotated[int | None, typer.Option(help="floors where unknown, for estimates")] = None,
    persons_per_household: Annotated[float | None, typer.Option(help="for estimated persons")] = None,
    encoding: Annotated[str | None, typer.Option(help="encoding of the attributes, e.g. gb18030")] = None,
    faults: Annotated[Path | None, typer.Option(help="write every fault to this CSV file")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="check everything, change nothing")] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="no progress bar")] = False,
) -> None:
    """Check a file of buildings and load it into the database, all of it or nothing.

    Exit status: 0 when it was imported (or could be, with --dry-run), 1 when the file or what an option says was
    rejected, 2 when the call is not understood.
    """
    if faults is not None and not faults.parent.is_dir():
        raise InvalidInputError(
            f"The folder {faults.parent} of the list of faults does not exist; make it first.",
            f"问题清单所在的文件夹 {faults.parent} 不存在，请先建立。",
        )
    settings = Settings()
    screen = _Screen(settings.language, quiet=quiet)
    try:
        options = ImportOptions(
            layers=assignments(layer or (), "--layer"),
            fields=assignments(field or (), "--field"),
            crs=crs,
            datum=datum,
            metric_crs=metric_crs,
            community=community,
            by=by,
            dataset=dataset,
            estimate=estimate_settings(settings.estimate, floors, persons_per_household),
            estimates=not no_estimate,
            encoding=encoding,
        )
        with screen.progress() as progress:
            progress("read", 0, 1)
            source = read_source(files, options)
        print_reading(screen.console, source, settings.language, "--field {meaning}=")
        if not (yes or dry_run) and sys.stdin.isatty() and not typer.confirm(screen.words["ask"]):
            screen.console.print(screen.words["stopped"])
            return
        with database(settings) as url, connect(url) as connection, screen.progress() as progress:
            report = import_source(connection, source, options, progress)
            if dry_run:
                connection.rollback()
    except ImportRejected as rejection:
        _write_faults(faults, rejection.faults, settings.language)
        screen.rejected(rejection)
        raise typer.Exit(EXIT_REJECTED) from rejection
    _write_faults(faults, report.faults, settings.language)
    screen.report(report, dry_run=dry_run)


def _write_faults(file: Path | None, faults: Sequence[Fault], lang: Lang) -> None:
    if file is not None:
        file.write_text(faults_csv(faults, lang), encoding="utf-8")


class _Screen:
    """What the command prints: tables to the standard output, progress and complaints to the error output."""

    def __init__(self, lang: Lang, *, quiet: bool) -> None:
        self.lang, self.words, self.quiet = lang, _WORDS[lang], quiet
        self.console, self.errors = output(), messages()

    @contextmanager
    def progress(self) -> Iterator[Report]:
        """A progress bar on the error output; none when it is not a terminal or with --quiet."""
        if self.quiet or not self.errors.is_terminal:
            yield unwatched
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        with Progress(*columns, console=self.errors, transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda step, done, total: bar.update(
                task, description=self.words.get(step, step), completed=done, total=total
            )

    def rejected(self, rejection: ImportRejected) -> None:
        """Everything that is wrong, in one report."""
        self._lines(rejection.faults)
        self.errors.print(self.words["rejected"], style="bold red")

    def report(self, report: ImportReport, *, dry_run: bool) -> None:
        """What was imported."""
        self._lines(report.faults)
        table = Table("", *(self.words[name] for name in ("inserted", "updated", "unchanged")))
        for layer, rows in report.loaded.items():
            if rows.total:
                table.add_row(self.words[layer], str(rows.inserted), str(rows.updated), str(rows.unchanged))
        self.console.print(table)
        households, persons = report.households_estimated, report.persons_estimated
        if households or persons:
            self.console.print(self.words["estimated"].format(households=households, persons=persons))
        done = "dry" if dry_run else "done" if report.changed else "same"
        self.console.print(
            f"{self.words[done]}: {report.dataset} ({', '.join(report.communities)})", markup=False
        )

    def _lines(self, faults: Sequence[Fault]) -> None:
        for line in summary_lines(faults, self.lang):
            self.errors.print(line, markup=False, highlight=False, soft_wrap=True)
