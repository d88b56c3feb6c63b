"""Versions of layers, which writing transactions raise: read before the rows, they make ETags and cache keys.

The order matters: a version read first can only be older than the rows that follow, so a reply is never stored
under a version newer than its rows, and the first read after an edit shows the edit.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence

from psycopg import Connection

_VERSIONS = """
SELECT wanted.layer || coalesce(version || '.' || to_hex((extract(epoch FROM changed_at) * 1000000)::bigint), '0')
FROM unnest(%(layers)s::text[]) WITH ORDINALITY AS wanted (layer, position)
LEFT JOIN layer_version USING (layer)
ORDER BY position
"""


def layer_versions(connection: Connection, layers: Sequence[str]) -> str:
    """One text naming the present version of each layer, such as `buildings12.64f3a1-plans0`; 0: never written.

    The time of the change (microseconds, hexadecimal) stands behind the number, since another database at the same
    address counts from 1 as well, and browsers keep answers for longer than a database may live.
    """
    rows = connection.execute(_VERSIONS, {"layers": list(layers)}).fetchall()
    return "-".join(row[0] for row in rows)


REPLY_OVERHEAD_BYTES = 500
"""What keeping a reply costs besides its bytes: key and bookkeeping. An empty tile is 20 bytes, and there are many."""


class ReplyCache:
    """The replies read last, up to a number of bytes; safe to share between threads."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._replies: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str]) -> bytes | None:
        """The reply stored under (address, version), or None."""
        with self._lock:
            reply = self._replies.get(key)
            if reply is not None:
                self._replies.move_to_end(key)
            return reply

    def put(self, key: tuple[str, str], reply: bytes) -> None:
        """Store a reply; the ones not read for longest make room. One larger than a quarter is not kept."""
        if _cost(reply) > self._max_bytes // 4:
            return
        with self._lock:
            before = self._replies.pop(key, None)
            self._bytes += _cost(reply) - (0 if before is None else _cost(before))
            self._replies[key] = reply
            while self._bytes > self._max_bytes:
                _, dropped = self._replies.popitem(last=False)
                self._bytes -= _cost(dropped)


def _cost(reply: bytes) -> int:
    return len(reply) + REPLY_OVERHEAD_BYTES
