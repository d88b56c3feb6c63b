"""Signing in, and what administrators do with accounts. Passwords are kept as argon2id hashes (RFC 9106)."""

import threading
from datetime import UTC, datetime, timedelta
from functools import cache

import psycopg
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gis_core import audit
from gis_core.accounts import store
from gis_core.accounts.rules import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_NAME,
    LINK,
    ROLE_NAMES,
    SESSION,
    WINDOW,
    Account,
    Role,
    check_password,
    clean_account_name,
    hashed,
    new_secret,
    wait_after,
)
from gis_core.areas.store import check_area
from gis_core.errors import ConflictError, InvalidInputError, NotFoundError, RateError, UnauthorizedError

_hasher = PasswordHasher()
_hashing = threading.BoundedSemaphore(2)
"""A hash takes 64 MiB: many tries at once must not exhaust the memory."""


def sign_in(connection: psycopg.Connection, name: str, password: str, address: str) -> str:
    """The secret of a new session's cookie. The connection is in autocommit mode: a failure counts at once.

    Raises:
        UnauthorizedError: name or password is wrong; which of them is not told.
        RateError: too many failures under this name or from this address.
    """
    now = datetime.now(UTC)
    keys = {f"name:{name[:100]}": FAILURES_PER_NAME, f"address:{address}": FAILURES_PER_ADDRESS}
    for key, allowed in keys.items():
        wait = wait_after(store.failures(connection, key, now - WINDOW), allowed, now)
        if wait is not None:
            raise RateError(wait)
    store.insert_failures(
        connection, list(keys), now, now - WINDOW
    )  # counted before it is tried: tries at once too
    kept = store.password_hash(connection, name)
    good = _fits(kept or _nobodys_hash(), password)
    account = store.account_of_name(connection, name) if kept and good else None
    if account is None:
        raise UnauthorizedError("The name or the password is wrong.", "账号名或密码不正确。")
    store.forget_failure(connection, list(keys), now)
    return open_session(connection, account.id, account.name, "password")


def sign_in_by_link(connection: psycopg.Connection, secret: str) -> str | None:
    """The secret of a new session's cookie; None where the link is none, used or too old. It is used up by this."""
    with connection.transaction():
        account = store.use_link(connection, hashed(secret), datetime.now(UTC))
        if account is None:
            return None
        row = connection.execute("SELECT name FROM account WHERE id = %s", [account]).fetchone()
        return open_session(connection, account, row[0] if row else "", "link")


def sign_in_as(connection: psycopg.Connection, name: str, way: str) -> str:
    """The secret of a new session's cookie for somebody whom another service has vouched for.

    Raises:
        UnauthorizedError: there is no account of that name here, or it is disabled.
    """
    account = store.account_of_name(connection, name)
    if account is None:
        raise UnauthorizedError(
            f"You are known as {name}, but there is no such account here. Ask an administrator (wangge user add).",
            f"您的身份是“{name}”，但这里没有这个账号。请管理员添加：wangge user add。",
        )
    return open_session(connection, account.id, account.name, way)


def open_session(connection: psycopg.Connection, account: int, name: str, way: str) -> str:
    """Sign a browser in; the secret of its cookie."""
    secret = new_secret()
    with connection.transaction():
        store.insert_session(connection, hashed(secret), account, datetime.now(UTC), SESSION)
        audit.record(connection, name, "session.open", details={"way": way})
    return secret


def add_account(
    connection: psycopg.Connection, name: str, *, display_name: str = "", password: str | None = None, by: str
) -> int:
    """Id of a new account without any role. Without a password only links open the door.

    Raises:
        InvalidInputError: the name or the password breaks a rule.
        ConflictError: the name is taken.
    """
    clean = clean_account_name(name)
    shown = " ".join(display_name.split())[:100] or clean
    if password is not None:
        check_password(clean, password)
    made = store.insert_account(connection, clean, shown, None if password is None else _hash(password))
    if made is None:
        raise ConflictError(f"There is an account {clean} already.", f"账号“{clean}”已存在。")
    audit.record(connection, by, "account.add", f"account {clean}")
    return made


def set_password(connection: psycopg.Connection, name: str, password: str, *, by: str) -> None:
    """Give an account another password; all its browsers are signed out.

    Raises:
        NotFoundError: there is no such account.
        InvalidInputError: the password breaks a rule.
    """
    account = store.account_id(connection, name)
    check_password(name, password)
    store.set_password(connection, account, _hash(password))
    audit.record(connection, by, "account.password", f"account {name}")


def set_disabled(connection: psycopg.Connection, name: str, *, disabled: bool, by: str) -> None:
    """Disable an account (it is signed out everywhere, its tokens do not hold), or enable it.

    Raises:
        NotFoundError: there is no such account.
    """
    account = store.account_id(connection, name)
    store.set_disabled(connection, account, datetime.now(UTC) if disabled else None)
    audit.record(connection, by, "account.disable" if disabled else "account.enable", f"account {name}")


def grant(
    connection: psycopg.Connection, name: str, role: Role, *, area: str | None, community: str | None, by: str
) -> None:
    """Give an account a role in an area, in a community, or everywhere.

    Raises:
        NotFoundError: there is no such account, area or community.
        InvalidInputError: both an area and a community are named.
        ConflictError: it has that role there.
    """
    account, place = store.account_id(connection, name), _place(connection, area, community)
    if not store.insert_grant(connection, account, role, *place):
        raise ConflictError(f"{name} is {role} there already.", f"{name} 在该处已是 {role}。")
    audit.record(
        connection, by, "account.grant", f"account {name}", community_id=place[1],
        details={"role": role, "area": area, "community": community},
    )  # fmt: skip


def revoke(
    connection: psycopg.Connection, name: str, role: Role, *, area: str | None, community: str | None, by: str
) -> None:
    """Take a role from an account.

    Raises:
        NotFoundError: there is no such account, area or community, or it has no such role there.
        InvalidInputError: both an area and a community are named.
    """
    account, place = store.account_id(connection, name), _place(connection, area, community)
    if not store.delete_grant(connection, account, role, *place):
        raise NotFoundError(f"{name} is not {role} there.", f"{name} 在该处不是{ROLE_NAMES[role]} {role}。")
    audit.record(
        connection, by, "account.revoke", f"account {name}", community_id=place[1],
        details={"role": role, "area": area, "community": community},
    )  # fmt: skip


def make_link(connection: psycopg.Connection, name: str, *, by: str, life: timedelta = LINK) -> str:
    """The secret of a link that signs in once.

    Raises:
        NotFoundError: there is no such account, or it is disabled.
    """
    account = store.account_id(connection, name)
    if store.account_of_name(connection, name) is None:
        raise NotFoundError(
            f"The account {name} is disabled; `wangge user enable {name}` first.",
            f"账号“{name}”已停用；请先运行 `wangge user enable {name}`。",
        )
    secret = new_secret()
    store.insert_link(connection, hashed(secret), account, datetime.now(UTC) + life)
    audit.record(connection, by, "account.link", f"account {name}")
    return secret


def make_token(
    connection: psycopg.Connection, name: str, label: str, *, days: int | None, by: str
) -> tuple[int, str]:
    """(id, secret) of a bearer token that acts for an account; days: how long it holds, None for ever.

    Raises:
        NotFoundError: there is no such account.
    """
    account, secret = store.account_id(connection, name), new_secret()
    until = None if days is None else datetime.now(UTC) + timedelta(days=days)
    made = store.insert_token(connection, hashed(secret), account, label, until)
    audit.record(connection, by, "token.add", f"token {made}", details={"account": name, "name": label})
    return made, secret


def revoke_token(connection: psycopg.Connection, token: int, *, by: str) -> None:
    """Make a token void.

    Raises:
        NotFoundError: there is no such token, or it is void.
    """
    owner = store.revoke_token(connection, token, datetime.now(UTC))
    if owner is None:
        raise NotFoundError(f"There is no token {token} that still holds.", f"没有仍然有效的令牌 {token}。")
    audit.record(connection, by, "token.revoke", f"token {token}", details={"account": owner})


def first_account(connection: psycopg.Connection, name: str, *, by: str) -> Account:
    """The account of this name, made an administrator everywhere where it is not there yet; it has no password."""
    if store.account_of_name(connection, name) is None:
        add_account(connection, name, by=by)
        grant(connection, name, Role.ADMINISTRATOR, area=None, community=None, by=by)
    account = store.account_of_name(connection, name)
    assert account is not None
    return account


def _place(
    connection: psycopg.Connection, area: str | None, community: str | None
) -> tuple[str | None, int | None]:
    """Code of the area and id of the community, both known to exist."""
    if area is not None and community is not None:
        raise InvalidInputError(
            "A role is held in an area or in a community: name one of them, or none for everywhere.",
            "角色授予一个区域或一个社区：请只指定其一；都不指定则为全部。",
        )
    if area is not None:
        check_area(connection, area)
    if community is None:
        return area, None
    row = connection.execute("SELECT id FROM community WHERE code = %s", [community]).fetchone()
    if row is None:
        raise NotFoundError(
            f"There is no community with the code {community}.", f"没有代码为 {community} 的社区。"
        )
    return area, row[0]


def _hash(password: str) -> str:
    with _hashing:
        return _hasher.hash(password)


def _fits(hash_: str, password: str) -> bool:
    with _hashing:
        try:
            return _hasher.verify(hash_, password)
        except (VerificationError, InvalidHashError):
            return False


@cache
def _nobodys_hash() -> str:
    """What an unknown name's password is held against, so that the answer takes as long as for a known one."""
    return _hash(new_secret())
