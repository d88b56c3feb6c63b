"""The embedded cluster against real PostgreSQL: start, share, survive, refuse."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gis_core import embedded_postgres
from gis_core.config import Settings
from gis_core.db import connect, database
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.errors import DatabaseError

HOLD_A_SESSION = """
import sys
from pathlib import Path
from gis_core.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1])).session():
    print("ready", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="wangge-cluster-"))
    path.chmod(0o755)
    yield path
    EmbeddedPostgres(path).stop()
    shutil.rmtree(path)


def holder(folder: Path) -> "subprocess.Popen[str]":
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD_A_SESSION, str(folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_server_runs_while_a_session_is_open_and_stops_after(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    assert not embedded.status().running
    with embedded.session():
        assert embedded.status().running
    assert not embedded.status().running


def test_two_programs_share_one_server_and_the_last_one_stops_it(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    with embedded.session():
        pid = embedded.status().pid
        other = holder(folder)
        assert embedded.status().pid == pid
    assert embedded.status().pid == pid
    other.communicate("")
    assert not embedded.status().running


def test_server_listens_on_no_network_port(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    with embedded.session(), psycopg.connect(embedded.url("postgres")) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        row = connection.execute("SELECT current_setting('unix_socket_directories')").fetchone()
    assert row is not None
    assert Path(row[0]).stat().st_mode & 0o077 == 0


def test_killed_server_comes_back_with_its_rows(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    settings = Settings(WANGGE_DATA=folder, DATABASE_URL=None)
    with database(settings) as url, connect(url) as connection:
        connection.execute("INSERT INTO dataset (name) VALUES ('kept')")
        connection.commit()
        pid = embedded.status().pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    with database(settings) as url, connect(url) as connection:
        assert connection.execute("SELECT name FROM dataset").fetchall() == [("kept",)]


def test_killed_program_leaves_a_server_that_the_next_one_uses_and_stops(folder: Path) -> None:
    other = holder(folder)
    embedded = EmbeddedPostgres(folder)
    pid = embedded.status().pid
    other.kill()
    other.communicate()
    with embedded.session():
        assert embedded.status().pid == pid
    assert not embedded.status().running


def test_interrupted_initdb_is_begun_anew(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    with embedded.session():
        pass
    cluster = folder / "postgres" / "data"
    cluster.rename(cluster.with_name("data.new"))
    (cluster.with_name("data.new") / "PG_VERSION").unlink()
    with embedded.session():
        assert embedded.status().running


def test_started_server_stays_until_it_is_stopped(folder: Path) -> None:
    embedded = EmbeddedPostgres(folder)
    embedded.start()
    embedded.start()
    with embedded.session():
        pass
    assert embedded.status().running
    assert embedded.stop()
    assert not embedded.stop()
    assert not embedded.status().running


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's private folders are closed to the server's user")
def test_root_private_folder_gets_a_cluster_that_the_server_can_reach() -> None:
    closed = Path(tempfile.mkdtemp(prefix="wangge-closed-"))
    embedded = EmbeddedPostgres(closed / "data")
    try:
        with embedded.session(), psycopg.connect(embedded.url("postgres")) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert embedded.folder.is_symlink()
    finally:
        shutil.rmtree(embedded.folder.resolve())
        shutil.rmtree(closed)


def test_long_path_still_gets_a_socket(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    deep.parent.mkdir()
    embedded = EmbeddedPostgres(deep)
    with embedded.session(), psycopg.connect(embedded.url("postgres")) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_missing_server_is_said_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded_postgres, "SERVER_PROGRAMS", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        DatabaseError, match=r"Install postgresql-15 and postgresql-15-postgis-3.*DATABASE_URL"
    ):
        embedded_postgres.server_binaries()


def test_unreachable_external_server_is_said_without_the_password() -> None:
    settings = Settings(DATABASE_URL="postgresql://planner:secret@127.0.0.1:1/wangge")
    with pytest.raises(DatabaseError, match="does not answer") as caught, database(settings):
        pass
    assert "secret" not in str(caught.value)
