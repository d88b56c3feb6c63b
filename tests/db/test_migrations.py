"""The migrations make exactly the tables that `gis_core.tables` declares, and can be run twice."""

import psycopg
import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from geoalchemy2 import alembic_helpers
from psycopg import errors

from gis_core import (  # noqa: F401 (tables that Base must know)
    tables_accounts,
    tables_catalogue,
    tables_city,
    tables_editing,
    tables_incidents,
    tables_jobs,
    tables_messages,
)
from gis_core.db import MIGRATIONS, migrate, newest_revision
from gis_core.migrations.run import engine
from gis_core.tables import Base
from tests.towns.town_sql import build

SQUARE = "SRID=4326;MULTIPOLYGON(((0 0,0 1,1 1,1 0,0 0)))"


def test_schema_equals_the_declared_tables(database_url: str) -> None:
    db = engine(database_url)
    with db.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"include_object": alembic_helpers.include_object, "compare_server_default": True},
        )
        assert context.get_current_revision() == newest_revision()
        assert compare_metadata(context, Base.metadata) == []
    db.dispose()


def test_revisions_are_numbered_in_their_order() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    script = ScriptDirectory.from_config(config)
    assert script.get_current_head() == newest_revision()
    revisions = [revision.revision for revision in script.walk_revisions()]
    assert revisions == sorted(revisions, reverse=True)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)


def test_keys_of_visits_that_name_whom_a_former_run_erased_are_erased(
    database_url: str, pg: psycopg.Connection
) -> None:
    build(pg)
    pg.execute(
        "INSERT INTO building_visit (building_id, kind, outcome, by, at, key) VALUES"
        " (1, 'visit', 'nothing', '', now(), 'wang:k1'), (1, 'visit', 'nothing', 'wang', now(), 'wang:k2')"
    )
    pg.commit()
    db = engine(database_url)
    with db.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "0011")
    db.dispose()
    migrate(database_url)
    assert pg.execute("SELECT by, key FROM building_visit ORDER BY id").fetchall() == [
        ("", None),
        ("wang", "wang:k2"),
    ]


def add_community(pg: psycopg.Connection, code: str = "c1") -> int:
    row = pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary) VALUES (%s, %s, 4547, %s) RETURNING id",
        [code, code, SQUARE],
    ).fetchone()
    assert row is not None
    return int(row[0])


def add_plan(pg: psycopg.Connection, community: int, version: int, status: str) -> None:
    pg.execute(
        "INSERT INTO plan (community_id, version, status, rules, seed, engine)"
        " VALUES (%s, %s, %s, '{}', 0, '{}')",
        [community, version, status],
    )


@pytest.mark.parametrize(
    ("statement", "error"),
    [
        ("INSERT INTO admin_area VALUES ('12345678901', 'city', 'x')", errors.CheckViolation),
        ("INSERT INTO admin_area VALUES ('123456789012', 'x', 'x')", errors.CheckViolation),
        (
            "INSERT INTO community (code, name, metric_srid, boundary)"
            f" VALUES ('c2', 'c2', 3857, '{SQUARE}')",
            errors.CheckViolation,
        ),
        (
            "INSERT INTO building (dataset_id, source_id, community_id, footprint, households)"
            f" VALUES (1, 'b', 1, '{SQUARE}', -1)",
            errors.CheckViolation,
        ),
        (
            "INSERT INTO building (dataset_id, source_id, community_id, footprint) VALUES"
            " (1, 'b', 1, 'SRID=4326;MULTIPOLYGON(((0 0,1 1,0 1,1 0,0 0)))')",
            errors.CheckViolation,
        ),
    ],
)  # fmt: skip
def test_database_refuses_what_the_checks_refuse(
    pg: psycopg.Connection, statement: str, error: type[psycopg.Error]
) -> None:
    add_community(pg)
    pg.execute("INSERT INTO dataset (name) VALUES ('d')")
    with pytest.raises(error):
        pg.execute(statement)


def test_one_adopted_plan_a_community(pg: psycopg.Connection) -> None:
    community = add_community(pg)
    add_plan(pg, community, 1, "retired")
    add_plan(pg, community, 2, "adopted")
    with pytest.raises(errors.UniqueViolation):
        add_plan(pg, community, 3, "adopted")


def test_an_issued_grid_code_is_never_used_again(pg: psycopg.Connection) -> None:
    community = add_community(pg)
    add_plan(pg, community, 1, "retired")
    add_plan(pg, community, 2, "adopted")
    plans = [row[0] for row in pg.execute("SELECT id FROM plan ORDER BY version")]
    grid = (
        "INSERT INTO grid (plan_id, community_id, number, code, area, area_m2, households, persons,"
        " buildings, valid_from) VALUES (%s, %s, 1, '370102013006008', %s, 1, 1, 1, 1, %s)"
    )
    pg.execute(grid, [plans[0], community, SQUARE, "2024-01-01"])
    with pytest.raises(errors.UniqueViolation):
        pg.execute(grid, [plans[1], community, SQUARE, "2025-01-01"])
