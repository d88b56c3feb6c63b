"""Keys of programs that report, and what they are for: jurisdictions, which are admin areas or communities."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from gis_core import audit
from gis_core.accounts.rules import hashed, new_secret
from gis_core.areas.store import is_area
from gis_core.errors import ConflictError, InvalidInputError, NotFoundError

LONGEST_NAME = 100
_COMMUNITIES = """
WITH RECURSIVE below AS (
    SELECT code FROM admin_area WHERE code = %(code)s
    UNION
    SELECT a.code FROM admin_area a JOIN below ON a.parent_code = below.code
)
SELECT id FROM community WHERE code = %(code)s OR area_code IN (SELECT code FROM below) ORDER BY id
"""


@dataclass(frozen=True)
class ServiceKey:
    """A program that may report. jurisdiction: where, by code; None for everywhere."""

    id: int
    name: str
    jurisdiction: str | None
    created_at: datetime
    revoked_at: datetime | None


_FIELDS = "id, name, jurisdiction, created_at, revoked_at"


def add_key(
    connection: psycopg.Connection, name: str, jurisdiction: str | None, *, by: str, now: datetime
) -> str:
    """A new key; only its hash is kept. The caller owns the transaction.

    Raises:
        InvalidInputError: the name is none, or the jurisdiction is no admin area and no community.
        ConflictError: there is, or was, a key of this name.
    """
    clean = name.strip()
    if not (0 < len(clean) <= LONGEST_NAME and clean.isprintable()):
        raise InvalidInputError(
            f"A key's name has 1-{LONGEST_NAME} printable characters, such as citizen-app.",
            f"密钥名称须为 1–{LONGEST_NAME} 个可见字符，例如 citizen-app。",
        )
    if jurisdiction is not None and communities_of(connection, jurisdiction) is None:
        raise InvalidInputError(
            f"--jurisdiction {jurisdiction}: there is no admin area and no community with this code; "
            "`wangge key jurisdictions` lists them.",
            f"--jurisdiction {jurisdiction}：没有此代码的行政区或社区；可用 `wangge key jurisdictions` 列出。",
        )
    secret = new_secret()
    row = connection.execute(
        "INSERT INTO service_key (name, key_hash, jurisdiction, created_at) VALUES (%s, %s, %s, %s)"
        " ON CONFLICT (name) DO NOTHING RETURNING id",
        [clean, hashed(secret), jurisdiction, now],
    ).fetchone()
    if row is None:
        raise ConflictError(
            f"There is a key named {clean} already; take another name, since the log tells keys by it.",
            f"已有名为 {clean} 的密钥；日志以名称区分密钥，请换一个名称。",
        )
    audit.record(connection, by, "key.add", f"key {clean}", details={"jurisdiction": jurisdiction})
    return secret


def revoke_key(connection: psycopg.Connection, name: str, *, by: str, now: datetime) -> None:
    """Make a key void.

    Raises:
        NotFoundError: there is no key of this name that still holds.
    """
    row = connection.execute(
        "UPDATE service_key SET revoked_at = %s WHERE name = %s AND revoked_at IS NULL RETURNING id",
        [now, name],
    ).fetchone()
    if row is None:
        raise NotFoundError(
            f"There is no key named {name} that still holds; `wangge key list` lists them.",
            f"没有名为 {name} 的有效密钥；可用 `wangge key list` 列出。",
        )
    audit.record(connection, by, "key.revoke", f"key {name}")


def list_keys(connection: psycopg.Connection) -> list[ServiceKey]:
    """All keys, oldest first."""
    with connection.cursor(row_factory=class_row(ServiceKey)) as cursor:
        return cursor.execute(f"SELECT {_FIELDS} FROM service_key ORDER BY id").fetchall()  # noqa: S608


def key_of(connection: psycopg.Connection, secret: str) -> ServiceKey | None:
    """The key in force with this secret."""
    with connection.cursor(row_factory=class_row(ServiceKey)) as cursor:
        return cursor.execute(
            f"SELECT {_FIELDS} FROM service_key WHERE key_hash = %s AND revoked_at IS NULL",  # noqa: S608
            [hashed(secret)],
        ).fetchone()


def list_jurisdictions(connection: psycopg.Connection) -> list[tuple[str, str, str]]:
    """(code, level, name) of every admin area and community, in the order of their codes."""
    return connection.execute(
        "SELECT code, level, name FROM admin_area UNION ALL SELECT code, 'community', name FROM community ORDER BY 1"
    ).fetchall()


def serves_several(connection: psycopg.Connection) -> bool:
    """Whether a client has to say which jurisdiction it means: keys in force are for two or more different ones."""
    row = connection.execute(
        "SELECT count(DISTINCT jurisdiction) > 1 FROM service_key WHERE revoked_at IS NULL"
    ).fetchone()
    return row == (True,)


def communities_of(connection: psycopg.Connection, code: str) -> list[int] | None:
    """Ids of the communities in a jurisdiction; None where the code is no admin area's and no community's."""
    found = [row[0] for row in connection.execute(_COMMUNITIES, {"code": code})]
    return found if found or is_area(connection, code) else None
