"""Databases of the tests: copies of a migrated template, each with a name of its own."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import sql

from gis_core.embedded_postgres import EmbeddedPostgres

TEMPLATE = "wangge_template"
_numbers = itertools.count(1)


@contextmanager
def fresh_database(server: EmbeddedPostgres) -> Iterator[str]:
    """URL of a migrated and empty database, which is dropped afterwards."""
    name = f"test_{next(_numbers)}"
    identifier = sql.Identifier(name)
    with psycopg.connect(server.url("postgres"), autocommit=True) as maintenance:
        maintenance.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
                identifier, sql.Identifier(TEMPLATE)
            )
        )
        yield server.url(name)
        maintenance.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
