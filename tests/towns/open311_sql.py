"""What tests of Open311 need in the database: keys, many requests, a request that is closed, a published photo."""

from datetime import UTC, datetime

from psycopg import Connection

from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.life import Actor
from gis_core.incidents.stepping import take_step
from gis_core.open311 import keys
from tests.towns.incident_sql import office

DESK = Person("she", frozenset({Actor.GRID_WORKER}))


def add_key(pg: Connection, name: str, jurisdiction: str | None = None, *, community: bool = False) -> str:
    """A key, committed; community: in a jurisdiction that is made for it, far from the town."""
    if community:
        pg.execute(
            "INSERT INTO community (code, name, metric_srid, boundary)"
            " VALUES (%s, 'far', 4547, ST_Multi(ST_MakeEnvelope(114, 28, 114.01, 28.01, 4326)))",
            [jurisdiction],
        )
    secret = keys.add_key(pg, name, jurisdiction, by="test", now=datetime.now(UTC))
    pg.commit()
    return secret


def add_requests(pg: Connection, number: int) -> list[str]:
    """So many requests of the last ten days, committed; their ids in their order."""
    rows = pg.execute(
        "INSERT INTO incident (number, community_id, place, category_code, kind, source, description, state, open,"
        " reported_at, updated_at)"
        " SELECT 'n' || n, (SELECT min(id) FROM community), ST_SetSRID(ST_MakePoint(113.85, 27.62), 4326), '001',"
        " 'general', 'open311', '第 ' || n || ' 件', 'reported', true,"
        " now() - interval '10 days' + n * interval '1 minute', now() FROM generate_series(1, %s) n"
        " ORDER BY n RETURNING number",
        [number],
    ).fetchall()
    pg.commit()
    return [row[0] for row in rows]


def close(pg: Connection, number: str, *, note: str, internal: str) -> None:
    """A grid worker settles it on the spot, with words for the public and words for the staff."""
    evidence = Evidence(note=internal, public_note=note)
    take_step(pg, office(), number, "close_on_spot", evidence, (), by=DESK, now=datetime.now(UTC))
    pg.commit()


def publish_photo(pg: Connection, number: str) -> tuple[int, int]:
    """(id of the first photo, which is published, id of the second, which is not)."""
    first, second = (
        row[0]
        for row in pg.execute(
            "SELECT p.id FROM incident_photo p JOIN incident i ON i.id = p.incident_id WHERE number = %s ORDER BY p.id",
            [number],
        )
    )
    pg.execute("UPDATE incident_photo SET public = true, moderated_at = now() WHERE id = %s", [first])
    pg.commit()
    return first, second
