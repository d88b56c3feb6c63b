"""Answers as server-sent events (WHATWG HTML, 9.2)."""

from collections.abc import AsyncIterator
from typing import Any

import orjson
from fastapi.sse import EventSourceResponse, format_sse_event

HEARTBEAT_S = 15.0
"""After so long without news a comment is sent: proxies drop silent connections; a browser that is gone is noticed."""
LIFE_S = 600.0
"""A stream ends after that; browsers connect again by themselves, and their right to read is looked at again."""
RETRY_MS = 1000

HEARTBEAT = format_sse_event(comment="")
OPENING = format_sse_event(retry=RETRY_MS)


def event(name: str, data: Any, id_: int | None = None) -> bytes:
    """An event with JSON data."""
    return format_sse_event(
        event=name, data_str=orjson.dumps(data).decode(), id=None if id_ is None else str(id_)
    )


def stream(chunks: AsyncIterator[bytes]) -> EventSourceResponse:
    """The answer that sends chunks as they come; no proxy may keep them back."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return EventSourceResponse(chunks, headers=headers)
