"""Requests that are carried out once: by their idempotency keys, with the answers that were given."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import psycopg

from gis_core.errors import RepeatedKeyError
from gis_core.sealing import Seal


def given_before(
    connection: psycopg.Connection, seal: Seal, key: str, digest: bytes
) -> dict[str, Any] | None:
    """The answer given before under this key; until the transaction ends, nobody else uses it.

    digest: (32,) of the request, which tells it from another one with the same key.

    Raises:
        RepeatedKeyError: the key belongs to another request.
    """
    connection.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 5))", [key])
    row = connection.execute(
        "SELECT body_hash, answer FROM incident_request WHERE key = %s", [key]
    ).fetchone()
    if row is None:
        return None
    if bytes(row[0]) != digest:
        raise RepeatedKeyError()
    return seal.open(bytes(row[1]))


def remember(
    connection: psycopg.Connection,
    seal: Seal,
    key: str,
    digest: bytes,
    incident: int,
    answer: Mapping[str, Any],
    now: datetime,
) -> None:
    """Keep the answer to a request on an incident, sealed."""
    connection.execute(
        "INSERT INTO incident_request (key, body_hash, incident_id, answer, at) VALUES (%s, %s, %s, %s, %s)",
        [key, digest, incident, seal.seal(answer), now],
    )


def digest_of(*request: object) -> bytes:
    """(32,) of a request, told by plain values."""
    return hashlib.sha256(repr(request).encode()).digest()


def carry_out(
    connection: psycopg.Connection,
    seal: Seal,
    key: str | None,
    request: tuple[object, ...],
    act: Callable[[], int],
    now: datetime,
) -> None:
    """Do it, once for each key where there is one.

    request: what was asked for, as plain values. act: does it and answers with the incident's id.

    Raises:
        RepeatedKeyError: the key belongs to another request.
    """
    digest = digest_of(*request)
    if key is not None and given_before(connection, seal, key, digest) is not None:
        return
    incident = act()
    if key is not None:
        remember(connection, seal, key, digest, incident, {}, now)
