"""Live news of plans: each plan that somebody watches is read once a change, however many watch it."""

import asyncio
import logging
import secrets
from collections.abc import AsyncIterator, Callable
from typing import TypeVar

import psycopg
from fastapi.concurrency import run_in_threadpool
from psycopg_pool import ConnectionPool, PoolTimeout

from api.listening import AGAIN, END, Listener, Wake
from api.streams import HEARTBEAT, HEARTBEAT_S, LIFE_S, OPENING, event
from gis_core.editing import presence
from gis_core.editing.rules import Edit, EditKind
from gis_core.editing.store import CHANNEL, edits_since, plan_row, tell

_MOST_WAITING = 500
"""Chunks that wait for a slow reader; one that falls behind further is cut off, and catches up on connecting again."""
_PAGE = 200
_RETRY_S = 1.0
_SEATS = "seats"
"""Told to a feed by itself: somebody came or went here."""
_log = logging.getLogger("wangge.feeds")

Read = TypeVar("Read")
Chunk = tuple[int | None, bytes]
"""(revision of the edit that it tells of, or None; what is sent)."""


class _Seat:
    """One page that watches: its own queue; None ends it."""

    def __init__(self, name: str) -> None:
        self.id, self.name = secrets.token_hex(8), name
        self.queue: asyncio.Queue[Chunk | None] = asyncio.Queue(_MOST_WAITING)

    def send(self, chunk: Chunk | None) -> None:
        """Queue a chunk, or end the stream of a reader that does not follow."""
        try:
            self.queue.put_nowait(chunk)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None)


class _Feed:
    """One plan: reads its journal and its seats when something happened, and sends the news to all who watch."""

    def __init__(self, plan: int, pool: ConnectionPool) -> None:
        self._plan, self._pool, self.wake = plan, pool, Wake()
        self.seats: dict[str, _Seat] = {}
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._revision = 0
        self._taken: set[str] = set()
        self._people: list[str] = []

    async def run(self) -> None:
        """Work until nobody watches any more, or the server stops."""
        names = frozenset({_SEATS})
        while True:
            try:
                if not self.ready.done():
                    self._revision = await self.read(lambda c: plan_row(c, self._plan).revision)
                    self.ready.set_result(None)
                await self._tell(names)
            except (psycopg.OperationalError, PoolTimeout) as error:
                _log.warning("plan %s cannot be read, trying again: %s", self._plan, error)
                await asyncio.sleep(_RETRY_S)
                names = frozenset({AGAIN, _SEATS})
                continue
            if not self.seats or END in names:
                return
            names = await self.wake.next(presence.RENEW_S) or frozenset({_SEATS})

    async def _tell(self, names: frozenset[str]) -> None:
        if names & {AGAIN, "edit"}:
            await self._send_edits()
        if names & {AGAIN, "comment"}:
            self._send((None, event("comment", {})))
        if names & {AGAIN, "presence", _SEATS, END}:
            await self._send_people(ending=END in names)

    async def _send_edits(self) -> None:
        while True:
            edits = await self.read(lambda c: edits_since(c, self._plan, self._revision, _PAGE))
            for edit in edits:
                self._send(chunk_of(edit))
                self._revision = edit.revision
            if len(edits) < _PAGE:
                return

    async def _send_people(self, *, ending: bool) -> None:
        """Take the seats of those who came, give up those of who went, and tell where the people are others now."""
        seats = {} if ending else {one.id: one.name for one in self.seats.values()}
        gone, came = self._taken - set(seats), set(seats) - self._taken

        def renew(connection: psycopg.Connection) -> list[str]:
            with connection.transaction():
                presence.take_seats(connection, self._plan, seats)
                presence.leave_seats(connection, self._plan, sorted(gone))
                if gone or came:
                    tell(connection, self._plan, "presence")
            return presence.people_of(connection, self._plan)

        people = await self.read(renew)
        self._taken = set(seats)
        others, self._people = people != self._people, people
        for seat in self.seats.values():
            if not ending and (others or seat.id in came):
                seat.send((None, event("presence", {"people": people})))

    def _send(self, chunk: Chunk | None) -> None:
        for seat in self.seats.values():
            seat.send(chunk)

    def end(self) -> None:
        """End every stream; one that still waits to begin as well."""
        if not self.ready.done():
            self.ready.set_result(None)
        self._send(None)

    async def read(self, read: Callable[[psycopg.Connection], Read]) -> Read:
        """What a function reads on a pooled connection, without holding up the event loop."""

        def work() -> Read:
            with self._pool.connection() as connection:
                return read(connection)

        return await run_in_threadpool(work)


class PlanFeeds:
    """The plans that this process watches for its pages."""

    def __init__(self, pool: ConnectionPool, listener: Listener) -> None:
        self._pool, self._listener = pool, listener
        self._feeds: dict[int, _Feed] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def watch(self, plan: int, after: int | None, name: str) -> AsyncIterator[bytes]:
        """News of a plan for `name`, from the edit after revision `after` on (None: from now on)."""
        seat = _Seat(name)
        feed = self._join(plan, seat)
        try:
            yield OPENING
            await asyncio.shield(feed.ready)
            sent = -1 if after is None else after
            while after is not None:
                page = await feed.read(lambda c: edits_since(c, plan, sent, _PAGE))  # noqa: B023 (awaited here)
                for edit in page:
                    sent, content = chunk_of(edit)
                    yield content
                if len(page) < _PAGE:
                    break
            ends = asyncio.get_running_loop().time() + LIFE_S
            while asyncio.get_running_loop().time() < ends:
                try:
                    async with asyncio.timeout(HEARTBEAT_S):
                        chunk = await seat.queue.get()
                except TimeoutError:
                    yield HEARTBEAT
                    continue
                if chunk is None:
                    return
                if chunk[0] is None or chunk[0] > sent:
                    yield chunk[1]
        finally:
            del feed.seats[seat.id]
            feed.wake.tell(_SEATS)

    async def ended(self) -> None:
        """Wait until every feed has given its seats up, once the listener is closed."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _join(self, plan: int, seat: _Seat) -> _Feed:
        feed = self._feeds.get(plan)
        if feed is None:
            feed = self._feeds[plan] = _Feed(plan, self._pool)
            task = asyncio.create_task(self._work(plan, feed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        feed.seats[seat.id] = seat
        feed.wake.tell(_SEATS)
        return feed

    async def _work(self, plan: int, feed: _Feed) -> None:
        """Run a feed; whoever joins once it has ended gets a new one."""
        try:
            with self._listener.waiting(CHANNEL, plan, feed.wake):
                await feed.run()
        except Exception:
            _log.exception("the news of plan %s ended", plan)
        finally:
            del self._feeds[plan]
            feed.end()


def chunk_of(edit: Edit) -> tuple[int, bytes]:
    """The revision of an edit and the events that tell of it; its last one carries the revision as id."""
    told = event("edit", edit.to_dict(), edit.revision)
    if edit.kind is EditKind.STATUS:
        told = event("status", {"status": edit.details["after"]}) + told
    return edit.revision, told
