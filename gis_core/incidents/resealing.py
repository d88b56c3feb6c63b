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
PAGE = 500
"""Rows that are locked at a time."""


@dataclass(frozen=True)
class Resealed:
    """How many sealed texts lie under the newest key now, and how many no key opens, which stay as they were."""

    done: int
    unopened: int


def reseal(connection: psycopg.Connection, seal: Seal) -> Resealed:
    """Put everything sealed under the seal's newest key, page by page, each in a transaction of its own.

    What was done stays where it is stopped; done again, it goes over everything once more.
    """
    if connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        raise RuntimeError("pages are sealed in transactions of their own; end the open one first")
    done = unopened = 0
    for table, key, column in SEALED:
        names = {"table": sql.Identifier(table), "key": sql.Identifier(key), "column": sql.Identifier(column)}
        last = None
        while True:
            with connection.transaction():
                rows = _page(connection, names, last)
                rotated = [(_rotated(seal, sealed), identity) for identity, sealed in rows]
                changes = [one for one in rotated if one[0] is not None]
                connection.cursor().executemany(
                    sql.SQL("UPDATE {table} SET {column} = %s WHERE {key} = %s").format(**names), changes
                )
            if not rows:
                break
            last = rows[-1][0]
            done += len(changes)
            unopened += len(rows) - len(changes)
    return Resealed(done, unopened)


def _page(
    connection: psycopg.Connection, names: dict[str, sql.Identifier], last: int | str | None
) -> list[tuple[int | str, bytes]]:
    """(key, sealed text) of the next rows after the last key, which are locked."""
    after = sql.SQL("") if last is None else sql.SQL(" AND {key} > {last}").format(**names, last=last)
    query = sql.SQL(
        "SELECT {key}, {column} FROM {table} WHERE {column} IS NOT NULL{after} ORDER BY {key} LIMIT {page} FOR UPDATE"
    ).format(**names, after=after, page=PAGE)
    return connection.execute(query).fetchall()


def _rotated(seal: Seal, sealed: bytes) -> bytes | None:
    try:
        return seal.rotate(sealed)
    except ConfigError:
        return None
