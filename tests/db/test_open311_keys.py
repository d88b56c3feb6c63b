"""Keys of programs: shown once, kept as hashes, void once revoked; their jurisdictions are areas and communities."""

from datetime import UTC, datetime

import psycopg
import pytest

from gis_core.audit import entries_before
from gis_core.errors import ConflictError, InvalidInputError, NotFoundError
from gis_core.open311 import keys
from tests.towns.incident_sql import DISTRICT, STREET, build_incident_town
from tests.towns.town_sql import CODE

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(autouse=True)
def town(pg: psycopg.Connection) -> int:
    return build_incident_town(pg)


def add(pg: psycopg.Connection, name: str = "app", jurisdiction: str | None = None) -> str:
    return keys.add_key(pg, name, jurisdiction, by="test", now=NOW)


def test_a_key_holds_until_it_is_revoked_and_is_not_kept(pg: psycopg.Connection) -> None:
    secret = add(pg, " app ", DISTRICT)
    found = keys.key_of(pg, secret)
    assert found is not None
    assert (found.name, found.jurisdiction) == ("app", DISTRICT)
    stored = pg.execute("SELECT service_key::text FROM service_key").fetchall()
    assert secret not in str(stored)
    keys.revoke_key(pg, "app", by="test", now=NOW)
    assert keys.key_of(pg, secret) is None
    assert [(one["action"], one["subject"]) for one in entries_before(pg, None, 2)] == [
        ("key.revoke", "key app"),
        ("key.add", "key app"),
    ]
    [listed] = keys.list_keys(pg)
    assert listed.revoked_at == NOW


def test_what_cannot_be_a_key(pg: psycopg.Connection) -> None:
    add(pg)
    with pytest.raises(ConflictError, match="There is a key named app already; take another name"):
        add(pg)
    with pytest.raises(InvalidInputError, match="A key's name has 1-100 printable characters"):
        add(pg, " ")
    with pytest.raises(
        InvalidInputError, match=r"--jurisdiction city: .* `wangge key jurisdictions` lists them"
    ):
        add(pg, "b", "city")
    with pytest.raises(
        NotFoundError, match="There is no key named b that still holds; `wangge key list` lists them"
    ):
        keys.revoke_key(pg, "b", by="test", now=NOW)


def test_jurisdictions_are_areas_with_all_below_and_communities(pg: psycopg.Connection) -> None:
    [community] = pg.execute("SELECT id FROM community").fetchone() or ()
    assert [keys.communities_of(pg, code) for code in (DISTRICT, STREET, CODE)] == [[community]] * 3
    pg.execute("INSERT INTO admin_area VALUES ('360302008000', 'subdistrict', 'empty', NULL)")
    assert keys.communities_of(pg, "360302008000") == []
    assert keys.communities_of(pg, "2") is None
    assert (CODE, "community", "安源社区") in keys.list_jurisdictions(pg)


def test_two_keys_of_different_jurisdictions_make_several(pg: psycopg.Connection) -> None:
    add(pg, "everywhere")
    add(pg, "a", DISTRICT)
    add(pg, "b", DISTRICT)
    assert not keys.serves_several(pg)
    add(pg, "c", CODE)
    assert keys.serves_several(pg)
    keys.revoke_key(pg, "c", by="test", now=NOW)
    assert not keys.serves_several(pg)
