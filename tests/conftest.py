"""A throw-away PostGIS cluster for the whole run, and a fresh copy of a migrated database for each test."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from gis_core.db import connect, ensure_database, migrate
from gis_core.embedded_postgres import EmbeddedPostgres
from tests.databases import TEMPLATE, fresh_database

THROW_AWAY = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}
"""Settings of a cluster that nobody needs after a crash; a template is copied in half the time with them."""
ROOM_BYTES = 4 * 2**30


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedPostgres]:
    """A running cluster without durability, holding the migrated template database."""
    folder = Path(tempfile.mkdtemp(prefix="wangge-test-", dir=_roomy_memory()))
    folder.chmod(0o755)
    embedded = EmbeddedPostgres(folder, extra_settings=THROW_AWAY)
    try:
        with embedded.session():
            ensure_database(embedded.url(TEMPLATE))
            migrate(embedded.url(TEMPLATE))
            yield embedded
    finally:
        shutil.rmtree(folder)


def _roomy_memory() -> Path | None:
    """Memory that is mounted as a folder, where it has room: a database is copied there in a quarter of the time."""
    memory = Path("/dev/shm")
    return memory if memory.is_dir() and shutil.disk_usage(memory).free > ROOM_BYTES else None


@pytest.fixture
def database_url(server: EmbeddedPostgres) -> Iterator[str]:
    """URL of a database of this test's own, migrated and empty."""
    with fresh_database(server) as url:
        yield url


@pytest.fixture
def pg(database_url: str) -> Iterator[psycopg.Connection]:
    """A psycopg 3 connection to this test's database."""
    with connect(database_url) as connection:
        yield connection


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data beside the project; the test is skipped where it is absent."""
    folder = Path(__file__).resolve().parents[2] / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data beside the project is absent here")
    return folder
