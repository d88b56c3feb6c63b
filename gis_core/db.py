"""Connections (psycopg 3) to the external or the embedded database, created and migrated."""

import contextlib
import logging
from collections.abc import Iterator
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gis_core.config import Settings
from gis_core.embedded_postgres import EmbeddedPostgres
from gis_core.errors import DatabaseError
from gis_core.repeating import repeating

MIGRATIONS = Path(__file__).parent / "migrations"
_WATCH_S = 1.0
_log = logging.getLogger("wangge.database")


@contextlib.contextmanager
def database(settings: Settings) -> Iterator[str]:
    """URL of a ready database: the external one, or the embedded one started for as long as the block runs.

    The embedded database is created if absent; either is migrated to the newest schema.

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


@contextlib.contextmanager
def kept_up(settings: Settings) -> Iterator[None]:
    """For the time of the block, start the embedded database again where it is killed, as by lack of memory."""
    if settings.database_url:
        yield
        return
    embedded = EmbeddedPostgres(settings.data_dir)

    def look() -> None:
        try:
            if embedded.restart_if_killed():
                _log.warning("the embedded PostgreSQL was killed, and is started again")
        except DatabaseError as error:
            _log.error("%s", error)

    with repeating(look, _WATCH_S, "watches PostgreSQL"):
        yield


def connect(url: str) -> psycopg.Connection:
    """Open a psycopg 3 connection.

    Raises:
        DatabaseError: the URL is none, or the server cannot be reached.
    """
    try:
        conninfo_to_dict(libpq_url(url))
    except psycopg.ProgrammingError as error:
        raise DatabaseError(
            "DATABASE_URL is not a PostgreSQL URL. Its form is postgresql://USER:PASSWORD@HOST:5432/DATABASE; unset it "
            "to use the embedded database.",
            "DATABASE_URL 不是 PostgreSQL 地址。格式为 postgresql://用户:密码@主机:5432/数据库；"
            "取消该变量即用内嵌数据库。",
        ) from error
    try:
        return psycopg.connect(libpq_url(url), application_name="wangge")
    except psycopg.OperationalError as error:
        raise DatabaseError(
            f"The database at {without_password(url)} does not answer: {error}. "
            "Check DATABASE_URL, or unset it to use the embedded database.",
            f"数据库 {without_password(url)} 没有应答：{error}。请检查 DATABASE_URL，或取消该变量以用内嵌数据库。",
        ) from error


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
    with connect(url) as connection:
        if schema_revision(connection) == newest_revision():
            return
    from gis_core.migrations.run import upgrade  # SQLAlchemy and alembic: loaded only to change a schema

    upgrade(libpq_url(url))


def schema_revision(connection: psycopg.Connection) -> str | None:
    """The revision that the database's schema has; None for an empty database."""
    row = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    if row != (True,):
        return None
    revision = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if revision is None else str(revision[0])


def newest_revision() -> str:
    """The newest schema revision that this program knows: revisions are numbered, and files named by them."""
    return max(path.name.partition("_")[0] for path in MIGRATIONS.glob("versions/[0-9]*_*.py"))
