"""A new key for what is sealed, so that the old one can go."""

from dataclasses import dataclass

import psycopg
from psycopg import sql

from gis_core.errors import ConfigError
from gis_core.sealing import Seal

SEALED = (
    ("incident_reporter", "incident_id", "sealed"),
    ("incident_follower", "id", "sealed"),
    ("notice_subscription", "id", "sealed"),
    ("message", "id", "receiver"),
    ("incident_request", "key", "answer"),
)
"""(table, primary key, column) of everything that is sealed."""


@dataclass(frozen=True)
class Resealed:
    """How many sealed texts lie under the newest key now, and how many no key opens, which stay as they were."""

    done: int
    unopened: int


def reseal(connection: psycopg.Connection, seal: Seal) -> Resealed:
    """Put everything sealed under the seal's newest key. The caller owns the transaction."""
    done = unopened = 0
    for table, key, column in SEALED:
        names = {"table": sql.Identifier(table), "key": sql.Identifier(key), "column": sql.Identifier(column)}
        rows = connection.execute(
            sql.SQL("SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL FOR UPDATE").format(
                **names
            )
        ).fetchall()
        change = sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s").format(**names)
        for identity, sealed in rows:
            try:
                rotated = seal.rotate(sealed)
            except ConfigError:
                unopened += 1
                continue
            connection.execute(change, [rotated, identity])
            done += 1
    return Resealed(done, unopened)
