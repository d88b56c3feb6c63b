"""What routes that write ask for: one transaction, committed before the answer goes out, and the edit's headers."""

import contextlib
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import orjson
from fastapi import Header
from fastapi import Request as HttpRequest
from psycopg import Connection
from psycopg_pool import ConnectionPool
from pydantic import BaseModel

from gis_core.editing import rules
from gis_core.editing.admission import Request
from gis_core.editing.rules import KEY_LENGTH
from gis_core.errors import InvalidInputError

IfMatch = Annotated[str | None, Header(description='the ETag of the plan that is changed, such as "r12"')]
IdempotencyKey = Annotated[
    str | None,
    Header(description="a text of the client's own; a request sent again with it is carried out once"),
]

Prefer = Annotated[
    str | None,
    Header(
        description="`handling=lenient`: others' edits since are no obstacle where they moved none of its buildings; "
        "the answer tells them as `missed`"
    ),
]


@contextlib.contextmanager
def transaction(request: HttpRequest) -> Iterator[Connection]:
    """A pooled connection in a transaction; it is committed when the block ends, and rolled back by an error."""
    pool: ConnectionPool = request.app.state.pool
    with pool.connection() as connection, connection.transaction():
        yield connection


def edit_request(
    plan: int,
    by: str,
    if_match: str | None,
    key: str | None = None,
    body: BaseModel | dict[str, Any] | None = None,
    *,
    prefer: str | None = None,
) -> Request:
    """Who edits which plan on which revision; body: what tells a repeated request from another with the same key.

    Raises:
        PreconditionError, InvalidInputError: If-Match is missing or malformed, or the idempotency key is none.
    """
    if key is not None and not (0 < len(key) <= KEY_LENGTH and key.isprintable()):
        raise InvalidInputError(
            f"Idempotency-Key has {len(key)} characters; send 1-{KEY_LENGTH} printable ones, such as a UUID.",
            f"Idempotency-Key 有 {len(key)} 个字符；请发送 1–{KEY_LENGTH} 个可见字符，例如 UUID。",
        )
    plain = body.model_dump(mode="json") if isinstance(body, BaseModel) else body
    packed = orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)
    hashed = None if key is None else (key, hashlib.sha256(packed).hexdigest())
    lenient = "handling=lenient" in [one.strip().lower() for one in (prefer or "").split(",")]
    return Request(plan, rules.revision_of(if_match), by, datetime.now(UTC), hashed, lenient)
