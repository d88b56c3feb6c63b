"""People for tests: accounts in the test's database, and how they show who they are."""

from psycopg import Connection

from gis_core.accounts import service
from gis_core.accounts.rules import Role

PASSWORD = "correct horse battery"


def person(
    pg: Connection,
    name: str,
    role: Role | None = Role.ADMINISTRATOR,
    *,
    area: str | None = None,
    community: str | None = None,
    password: str | None = None,
) -> str:
    """An account with one role, committed; its name."""
    service.add_account(pg, name, password=password, by="test")
    if role is not None:
        service.grant(pg, name, role, area=area, community=community, by="test")
    pg.commit()
    return name


def bearer(pg: Connection, name: str) -> dict[str, str]:
    """Headers of a program that acts for the account."""
    _, secret = service.make_token(pg, name, "test", days=1, by="test")
    pg.commit()
    return {"Authorization": f"Bearer {secret}"}


def cookie(pg: Connection, name: str) -> str:
    """Value of the session cookie of a browser that the account has signed in with."""
    row = pg.execute("SELECT id FROM account WHERE name = %s", [name]).fetchone()
    assert row is not None
    secret = service.open_session(pg, row[0], name, "test")
    pg.commit()
    return secret
