"""Running the migrations: SQLAlchemy on psycopg2, the driver that GeoAlchemy2 and alembic know best."""

import psycopg2
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError

from gis_core.db import MIGRATIONS
from gis_core.errors import DatabaseError

LOCK = 7260318
"""Advisory lock that migrations of one database take in turn."""


def engine(url: str) -> Engine:
    """SQLAlchemy engine on psycopg2. The driver is spelled out: the bare scheme means another one since 2.1."""
    return create_engine("postgresql+psycopg2://", creator=lambda: psycopg2.connect(url))


def upgrade(url: str) -> None:
    """Run all missing revisions in one transaction.

    Raises:
        DatabaseError: the server has no PostGIS, or the user may not create it.
    """
    db = engine(url)
    try:
        with db.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    except DBAPIError as error:
        if "postgis" not in str(error.orig):
            raise
        raise DatabaseError(
            f"The server cannot provide PostGIS: {error.orig}. Install postgresql-15-postgis-3 there, or let an "
            "administrator run CREATE EXTENSION postgis in this database.",
            f"服务器不能提供 PostGIS：{error.orig}。请在那里安装 postgresql-15-postgis-3，"
            "或请管理员在该数据库中执行 CREATE EXTENSION postgis。",
        ) from error
    finally:
        db.dispose()
