"""What the database says of itself."""

from psycopg import Connection

_HEALTH = """
SELECT current_setting('server_version'), postgis_lib_version(), (SELECT max(version_num) FROM alembic_version)
"""


def database_health(connection: Connection, newest_revision: str | None) -> dict[str, str | bool | None]:
    """Versions of PostgreSQL, PostGIS and schema; `ok` where the schema is the newest revision."""
    row = connection.execute(_HEALTH).fetchone()
    postgresql, postgis, revision = row or (None, None, None)
    return {
        "ok": revision == newest_revision,
        "postgresql": postgresql,
        "postgis": postgis,
        "schema": revision,
        "newest_schema": newest_revision,
    }
