"""News from PostgreSQL: one connection of the process listens and wakes whoever waits for a plan or a job."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import orjson
import psycopg

from gis_core.db import libpq_url

AGAIN = "again"
"""The line was lost for a while: whatever waits reads anew, since anything may have happened."""
END = "end"
"""The server stops: whatever waits shall end."""
_RETRY_S = 1.0
_log = logging.getLogger("wangge.listening")


class Wake:
    """What one waiter was told since it asked last: names of events, however often each happened."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._told = asyncio.Event()

    def tell(self, name: str) -> None:
        """Wake the waiter."""
        self._names.add(name)
        self._told.set()

    async def next(self, timeout_s: float) -> frozenset[str]:
        """Names of what happened since the last call; empty after the timeout."""
        try:
            async with asyncio.timeout(timeout_s):
                await self._told.wait()
        except TimeoutError:
            return frozenset()
        names = frozenset(self._names)
        self._names.clear()
        self._told.clear()
        return names


class Listener:
    """Listens on channels whose messages are JSON with the subject's id and `event`.

    channels: {channel: name of the member that holds the id}.
    """

    def __init__(self, database_url: str, channels: Mapping[str, str]) -> None:
        self._url, self._channels = libpq_url(database_url), dict(channels)
        self._waiting: defaultdict[tuple[str, int], set[Wake]] = defaultdict(set)
        self._closed = False
        self.listening = asyncio.Event()
        """Set while the connection listens."""

    @contextmanager
    def waiting(self, channel: str, subject: int, wake: Wake) -> Iterator[None]:
        """Wake this waiter by news of one subject, for the time of the block."""
        if self._closed:
            wake.tell(END)
        self._waiting[channel, subject].add(wake)
        try:
            yield
        finally:
            self._waiting[channel, subject].discard(wake)
            if not self._waiting[channel, subject]:
                del self._waiting[channel, subject]

    def close(self) -> None:
        """Let everything that waits end, now and from now on."""
        self._closed = True
        self._tell_all(END)

    async def run(self) -> None:
        """Listen until cancelled; a lost connection is made again."""
        while True:
            try:
                await self._listen()
            except psycopg.Error as error:
                _log.warning("the connection that listens was lost, trying again: %s", error)
            self.listening.clear()
            await asyncio.sleep(_RETRY_S)

    async def _listen(self) -> None:
        connection = await psycopg.AsyncConnection.connect(
            self._url, autocommit=True, application_name="wangge listens"
        )
        async with connection:
            for channel in self._channels:
                await connection.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
            self.listening.set()
            self._tell_all(AGAIN)
            async for notice in connection.notifies():
                self._pass_on(notice.channel, notice.payload)

    def _pass_on(self, channel: str, payload: str) -> None:
        try:
            message = orjson.loads(payload)
            subject, event = int(message[self._channels[channel]]), str(message["event"])
        except (ValueError, KeyError, TypeError):
            _log.warning("a message on %s is not understood: %r", channel, payload[:200])
            return
        for wake in self._waiting.get((channel, subject), ()):
            wake.tell(event)

    def _tell_all(self, name: str) -> None:
        for wakes in self._waiting.values():
            for wake in wakes:
                wake.tell(name)
