"""A server killed in the middle of an import leaves nothing of it, and the next start recovers by itself."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.exchange.importing import import_source
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source
from tests.db.bad_files import houses, houses_with, town
from tests.db.test_import_bad_files import checksum

IMPORT = """
import sys
from pathlib import Path
from gis_core.db import connect
from gis_core.exchange.importing import import_source
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source

with connect(sys.argv[1]) as connection:
    import_source(connection, read_source(Path(sys.argv[2]), ImportOptions()), ImportOptions())
"""
PATIENCE_S = 60


@pytest.fixture
def own_server(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedPostgres:
    """A durable cluster of this test's own, since it is killed."""
    folder = tmp_path_factory.mktemp("cluster")
    return EmbeddedPostgres(folder)


def waiting_for_the_end(url: str) -> None:
    """Return once another connection has written all rows and waits for the last lock."""
    query = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'layer_version'::regclass"
    deadline = time.monotonic() + PATIENCE_S
    with connect(url) as watcher:
        watcher.autocommit = True
        while watcher.execute(query).fetchone() == (0,):
            assert time.monotonic() < deadline, "the import never came to its end"


def wait_until_gone(pid: int) -> None:
    """Return once the system has buried a killed process: until then PostgreSQL takes it for a running server."""
    deadline = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline, f"process {pid} was killed but is still there"


def stopped_import(url: str, path: Path) -> tuple[subprocess.Popen[bytes], psycopg.Connection]:
    """An import in a process of its own, stopped by a lock after its rows and before its end."""
    holder = connect(url)
    holder.execute("LOCK TABLE layer_version IN ACCESS EXCLUSIVE MODE")
    process = subprocess.Popen([sys.executable, "-c", IMPORT, url, str(path)], stderr=subprocess.DEVNULL)
    waiting_for_the_end(url)
    return process, holder


def changed_town(folder: Path) -> Path:
    """The town with other counts, one more street and one building less: every table would change."""
    folder.mkdir()
    return town(folder, buildings=houses_with("households", 0, 12).assign(name="新"))


def prepared(url: str, folder: Path) -> list[tuple[str, int, str]]:
    """A database with the sound town; its checksum."""
    ensure_database(url)
    migrate(url)
    with connect(url) as connection:
        import_source(connection, read_source(town(folder), ImportOptions()), ImportOptions())
    with connect(url) as connection:
        return checksum(connection)


def test_killing_the_server_leaves_no_partial_import(own_server: EmbeddedPostgres, tmp_path: Path) -> None:
    path = changed_town(tmp_path / "changed")
    with own_server.session() as url:
        before = prepared(url, tmp_path)
        process, holder = stopped_import(url, path)
        pid = own_server.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        assert process.wait(PATIENCE_S) != 0
        holder.close()
        wait_until_gone(pid)

    with own_server.session() as url:
        with connect(url) as connection:
            assert checksum(connection) == before
            report = import_source(connection, read_source(path, ImportOptions()), ImportOptions())
        assert report.loaded["buildings"].updated == len(houses())


def test_killing_the_client_leaves_no_partial_import(database_url: str, tmp_path: Path) -> None:
    before = prepared(database_url, tmp_path)
    process, holder = stopped_import(database_url, changed_town(tmp_path / "changed"))
    process.kill()
    process.wait(PATIENCE_S)
    holder.close()

    with connect(database_url) as connection:
        connection.execute(
            "LOCK TABLE layer_version IN ACCESS EXCLUSIVE MODE"
        )  # only once the import is gone
        assert checksum(connection) == before
