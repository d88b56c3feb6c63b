"""Accounts in the database: names, grants, and the hashes of whatever opens the door."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from gis_core.accounts.rules import Account, Grant, Permission, Role
from gis_core.errors import NotFoundError

_ACCOUNT = """
SELECT a.id, a.name, a.display_name, coalesce(g.grants, '[]'::json)
FROM account a
LEFT JOIN LATERAL (
    SELECT json_agg(json_build_array(g.role, g.area_code, c.code) ORDER BY g.id) AS grants
    FROM account_grant g LEFT JOIN community c ON c.id = g.community_id
    WHERE g.account_id = a.id
) g ON true
"""

_ALL = f"""
SELECT a.name, a.display_name, a.disabled_at IS NOT NULL AS disabled,
       a.password_hash IS NOT NULL AS password, g.grants
FROM ({_ACCOUNT}) AS g (id, name, display_name, grants) JOIN account a ON a.id = g.id ORDER BY a.name
"""  # noqa: S608 (assembled from the constant alone)

_AREAS = """
WITH RECURSIVE above AS (
    SELECT area_code AS code FROM community WHERE code = %(community)s AND area_code IS NOT NULL
    UNION
    SELECT a.parent_code FROM admin_area a JOIN above ON a.code = above.code WHERE a.parent_code IS NOT NULL
)
SELECT coalesce(array_agg(code), '{}') FROM above
"""

_WITHIN = """
WITH RECURSIVE below AS (
    SELECT code FROM admin_area WHERE code = ANY(%(areas)s)
    UNION
    SELECT a.code FROM admin_area a JOIN below ON a.parent_code = below.code
)
SELECT id FROM community
WHERE code = ANY(%(communities)s) OR area_code IN (SELECT code FROM below)
ORDER BY id
"""


def _one(connection: psycopg.Connection, condition: str, values: Sequence[Any]) -> Account | None:
    row = connection.execute(f"{_ACCOUNT} WHERE a.disabled_at IS NULL AND {condition}", values).fetchone()
    if row is None:
        return None
    return Account(*row[:3], tuple(Grant(Role(role), area, community) for role, area, community in row[3]))


def account_of_name(connection: psycopg.Connection, name: str) -> Account | None:
    """The account, unless it is disabled."""
    return _one(connection, "a.name = %s", [name])


def account_of_session(connection: psycopg.Connection, token_hash: bytes, now: datetime) -> Account | None:
    """Whose browser it is."""
    return _one(
        connection,
        "a.id = (SELECT account_id FROM login_session WHERE token_hash = %s AND expires_at > %s)",
        [token_hash, now],
    )


def account_of_token(connection: psycopg.Connection, token_hash: bytes, now: datetime) -> Account | None:
    """Whose program it is."""
    return _one(
        connection,
        "a.id = (SELECT account_id FROM api_token WHERE token_hash = %s AND revoked_at IS NULL"
        " AND (expires_at IS NULL OR expires_at > %s))",
        [token_hash, now],
    )


def account_id(connection: psycopg.Connection, name: str) -> int:
    """The account's id, disabled or not.

    Raises:
        NotFoundError: there is no account of this name.
    """
    row = connection.execute("SELECT id FROM account WHERE name = %s", [name]).fetchone()
    if row is None:
        raise NotFoundError(
            f"There is no account {name!r}; `wangge user list` shows those there are.",
            f"没有账号“{name}”；`wangge user list` 列出全部账号。",
        )
    return int(row[0])


def areas_above(connection: psycopg.Connection, community: str) -> list[str]:
    """Codes of the community's admin area and of all above it."""
    row = connection.execute(_AREAS, {"community": community}).fetchone()
    return row[0] if row else []


def communities_within(
    connection: psycopg.Connection, account: Account, permission: Permission
) -> list[int] | None:
    """Ids of the communities where the account may do it; None: in all."""
    grants = account.granting(permission)
    if any(grant.everywhere for grant in grants):
        return None
    areas = [grant.area for grant in grants if grant.area]
    communities = [grant.community for grant in grants if grant.community]
    rows = connection.execute(_WITHIN, {"areas": areas, "communities": communities}).fetchall()
    return [row[0] for row in rows]


def password_hash(connection: psycopg.Connection, name: str) -> str | None:
    """Hash of an enabled account's password, None where it has none."""
    row = connection.execute(
        "SELECT password_hash FROM account WHERE name = %s AND disabled_at IS NULL", [name]
    ).fetchone()
    return None if row is None else row[0]


def insert_account(
    connection: psycopg.Connection, name: str, display_name: str, hash_: str | None
) -> int | None:
    """Id of the new account; None where the name is taken."""
    row = connection.execute(
        "INSERT INTO account (name, display_name, password_hash) VALUES (%s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING RETURNING id",
        [name, display_name, hash_],
    ).fetchone()
    return None if row is None else int(row[0])


def insert_grant(
    connection: psycopg.Connection, account: int, role: Role, area: str | None, community: int | None
) -> bool:
    """Whether the grant is new."""
    done = connection.execute(
        "INSERT INTO account_grant (account_id, role, area_code, community_id) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT DO NOTHING",
        [account, role, area, community],
    )
    return done.rowcount > 0


def delete_grant(
    connection: psycopg.Connection, account: int, role: Role, area: str | None, community: int | None
) -> bool:
    """Whether there was such a grant."""
    done = connection.execute(
        "DELETE FROM account_grant WHERE account_id = %s AND role = %s"
        " AND area_code IS NOT DISTINCT FROM %s AND community_id IS NOT DISTINCT FROM %s",
        [account, role, area, community],
    )
    return done.rowcount > 0


def list_accounts(connection: psycopg.Connection) -> list[dict[str, Any]]:
    """All accounts by name: name, display_name, disabled, password (whether there is one), grants."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(_ALL).fetchall()


def set_password(connection: psycopg.Connection, account: int, hash_: str) -> None:
    """Replace the password; every browser is signed out, every link is void."""
    connection.execute("UPDATE account SET password_hash = %s WHERE id = %s", [hash_, account])
    close_doors(connection, account)


def set_disabled(connection: psycopg.Connection, account: int, at: datetime | None) -> None:
    """Disable an account, or enable it (None). Sessions and links of a disabled one are gone for good."""
    connection.execute("UPDATE account SET disabled_at = %s WHERE id = %s", [at, account])
    if at is not None:
        close_doors(connection, account)


def close_doors(connection: psycopg.Connection, account: int) -> None:
    """Sign out every browser of the account and make its links void."""
    connection.execute("DELETE FROM login_session WHERE account_id = %s", [account])
    connection.execute("DELETE FROM login_link WHERE account_id = %s", [account])


def insert_session(
    connection: psycopg.Connection, token_hash: bytes, account: int, now: datetime, life: timedelta
) -> None:
    """A signed-in browser; sessions that have ended are swept on the way."""
    connection.execute("DELETE FROM login_session WHERE expires_at <= %s", [now])
    connection.execute(
        "INSERT INTO login_session (token_hash, account_id, created_at, expires_at) VALUES (%s, %s, %s, %s)",
        [token_hash, account, now, now + life],
    )


def renew_session(connection: psycopg.Connection, token_hash: bytes, until: datetime) -> None:
    """Let a session last until then."""
    connection.execute("UPDATE login_session SET expires_at = %s WHERE token_hash = %s", [until, token_hash])


def delete_session(connection: psycopg.Connection, token_hash: bytes) -> None:
    """Sign the browser out."""
    connection.execute("DELETE FROM login_session WHERE token_hash = %s", [token_hash])


def insert_link(
    connection: psycopg.Connection, token_hash: bytes, account: int, expires_at: datetime
) -> None:
    """A link that signs in once."""
    connection.execute(
        "INSERT INTO login_link (token_hash, account_id, expires_at) VALUES (%s, %s, %s)",
        [token_hash, account, expires_at],
    )


def use_link(connection: psycopg.Connection, token_hash: bytes, now: datetime) -> int | None:
    """Id of the account whose link it is, which is used up by this; None where it opens nothing."""
    row = connection.execute(
        "UPDATE login_link l SET used_at = %(now)s FROM account a"
        " WHERE l.token_hash = %(hash)s AND l.used_at IS NULL AND l.expires_at > %(now)s"
        " AND a.id = l.account_id AND a.disabled_at IS NULL RETURNING a.id",
        {"hash": token_hash, "now": now},
    ).fetchone()
    return None if row is None else int(row[0])


def insert_token(
    connection: psycopg.Connection, token_hash: bytes, account: int, name: str, expires_at: datetime | None
) -> int:
    """Id of a program's token."""
    row = connection.execute(
        "INSERT INTO api_token (account_id, name, token_hash, expires_at) VALUES (%s, %s, %s, %s) RETURNING id",
        [account, name, token_hash, expires_at],
    ).fetchone()
    assert row is not None
    return int(row[0])


def list_tokens(
    connection: psycopg.Connection,
) -> list[tuple[int, str, str, datetime, datetime | None, datetime | None]]:
    """(id, account, name, created, expires, revoked) of all tokens, newest first."""
    return connection.execute(
        "SELECT t.id, a.name, t.name, t.created_at, t.expires_at, t.revoked_at"
        " FROM api_token t JOIN account a ON a.id = t.account_id ORDER BY t.id DESC"
    ).fetchall()


def revoke_token(connection: psycopg.Connection, token: int, now: datetime) -> str | None:
    """Name of the account whose token it is; None where there is no such token that still holds."""
    row = connection.execute(
        "UPDATE api_token t SET revoked_at = %s FROM account a"
        " WHERE t.id = %s AND t.revoked_at IS NULL AND a.id = t.account_id RETURNING a.name",
        [now, token],
    ).fetchone()
    return None if row is None else row[0]


def failures(connection: psycopg.Connection, key: str, since: datetime) -> list[datetime]:
    """Times of failed sign-ins under the key."""
    rows = connection.execute(
        "SELECT at FROM login_attempt WHERE key = %s AND at > %s", [key, since]
    ).fetchall()
    return [row[0] for row in rows]


def insert_failures(
    connection: psycopg.Connection, keys: Sequence[str], now: datetime, forget: datetime
) -> None:
    """Count a failed sign-in under each key; those older than `forget` are swept."""
    connection.execute("DELETE FROM login_attempt WHERE at < %s", [forget])
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO login_attempt (key, at) VALUES (%s, %s)", [(key, now) for key in keys]
        )


def forget_failure(connection: psycopg.Connection, keys: Sequence[str], at: datetime) -> None:
    """Take back what was counted for a sign-in that turned out well."""
    connection.execute("DELETE FROM login_attempt WHERE key = ANY(%s) AND at = %s", [list(keys), at])
