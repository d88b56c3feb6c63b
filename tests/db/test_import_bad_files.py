"""Every bad file gives one clear report and leaves the database as it was."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from api.commands.import_ import import_file
from gis_core.db import connect
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.exchange.importing import import_source
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source
from tests.databases import fresh_database
from tests.db.bad_files import BAD_FILES, BadFile, town

TABLES = (
    "community",
    "dataset",
    "estate",
    "building",
    "entrance",
    "barrier",
    "organisation",
    "layer_version",
)


def checksum(connection: psycopg.Connection) -> list[tuple[str, int, str]]:
    """Rows and a digest of the content of every table that an import writes."""
    query = "SELECT count(*), md5(coalesce(string_agg(row::text, '|' ORDER BY row::text), '')) FROM {} AS row"
    return [(name, *connection.execute(query.format(name)).fetchone()) for name in TABLES]


@pytest.fixture
def command() -> typer.Typer:
    app = typer.Typer()
    app.command()(import_file)
    return app


@pytest.fixture(scope="module")
def town_url(server: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database that holds the sound town; every test leaves it as it was."""
    with fresh_database(server) as url:
        with connect(url) as connection:
            sound = read_source(town(tmp_path_factory.mktemp("sound")), ImportOptions())
            import_source(connection, sound, ImportOptions())
        yield url


@pytest.fixture
def with_town(town_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The database of the sound town, for the command."""
    monkeypatch.setenv("DATABASE_URL", town_url)
    monkeypatch.setenv("WANGGE_LANG", "en")
    return town_url


@pytest.mark.parametrize("file", BAD_FILES, ids=lambda file: file.name)
def test_one_report_and_an_untouched_database(
    file: BadFile, with_town: str, command: typer.Typer, tmp_path: Path
) -> None:
    with connect(with_town) as connection:
        before = checksum(connection)
    listed = tmp_path / "faults.csv"
    arguments = [str(file.make(tmp_path)), "--yes", "--faults", str(listed), *file.options]

    result = CliRunner().invoke(command, arguments)

    assert result.exit_code == 1, result.output
    assert file.words in result.stderr.replace("\n", " ")
    assert result.stderr.strip().endswith("The file is rejected; the database is as it was")
    assert "Traceback" not in result.output
    assert file.code in listed.read_text("utf-8-sig")
    with connect(with_town) as connection:
        assert checksum(connection) == before
