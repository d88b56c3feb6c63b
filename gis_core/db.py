"""Connections: SQLAlchemy on psycopg2 for tables and transactions, psycopg 3 for COPY and the reading side."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import psycopg2
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import Engine, create_engine

from gis_core.config import Settings
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.errors import DatabaseError

DATABASE = "wangge"


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """URL of a ready database: the external one, or the embedded one started for as long as the block runs.

    The database is created if absent and migrated to the newest schema.

    Raises:
        DatabaseError: the server cannot be reached or lacks PostGIS.
    """
    if settings.database_url:
        migrate(settings.database_url)
        yield settings.database_url
        return
    with EmbeddedPostgres(settings.data_dir).session() as url:
        ensure_database(url)
        migrate(url)
        yield url


def connect(url: str) -> psycopg.Connection:
    """Open a psycopg 3 connection.

    Raises:
        DatabaseError: the server cannot be reached.
    """
    try:
        return psycopg.connect(libpq_url(url), application_name="wangge")
    except psycopg.OperationalError as error:
        raise DatabaseError(
            f"The database at {without_password(url)} does not answer: {error}. "
            "Check DATABASE_URL, or unset it to use the embedded database."
        ) from error


def engine(url: str) -> Engine:
    """SQLAlchemy engine on psycopg2. The driver is spelled out: the bare scheme means another one since 2.1."""
    dsn = libpq_url(url)
    return create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn), pool_pre_ping=True)


def libpq_url(url: str) -> str:
    """The URL without an SQLAlchemy driver suffix, as libpq takes it."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme.split('+')[0]}{separator}{rest}" if separator else url


def without_password(url: str) -> str:
    """Connection string safe to print."""
    return make_conninfo(**(conninfo_to_dict(libpq_url(url)) | {"password": None}))


def ensure_database(url: str) -> None:
    """Create the database that the URL names, if the server has none of that name."""
    name = str(conninfo_to_dict(libpq_url(url))["dbname"])
    maintenance = make_conninfo(libpq_url(url), dbname="postgres")
    with psycopg.connect(maintenance, autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        with contextlib.suppress(psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))


def migrate(url: str) -> None:
    """Bring the schema to the newest revision; safe to run from several programs at once.

    Raises:
        DatabaseError: the server cannot be reached, or PostGIS is missing.
    """
    connect(url).close()
    db = engine(url)
    try:
        with db.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == newest_revision():
                return
        with db.begin() as connection:
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7260318)")
            config = _alembic_config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    finally:
        db.dispose()


def newest_revision() -> str | None:
    """The newest schema revision that this program knows."""
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


def _alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
