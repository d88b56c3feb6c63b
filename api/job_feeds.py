"""Live news of a job: how far it is, until it ends."""

import asyncio
from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool
from psycopg_pool import ConnectionPool

from api.listening import END, Listener, Wake
from api.streams import HEARTBEAT, HEARTBEAT_S, LIFE_S, OPENING, event
from gis_core.jobs.rules import OPEN
from gis_core.jobs.store import CHANNEL, Job, read_job


async def watch_job(pool: ConnectionPool, listener: Listener, job: int) -> AsyncIterator[bytes]:
    """`progress` with {share, found} whenever it changes, then `done` with {status}."""

    def read() -> Job:
        with pool.connection() as connection:
            return read_job(connection, job)

    wake, told = Wake(), None
    ends = asyncio.get_running_loop().time() + LIFE_S
    with listener.waiting(CHANNEL, job, wake):
        yield OPENING
        while asyncio.get_running_loop().time() < ends:
            now = await run_in_threadpool(read)
            if now.progress is not None and now.progress != told:
                told = now.progress
                yield event("progress", told)
            if now.status not in OPEN:
                yield event("done", {"status": now.status})
                return
            names = await wake.next(HEARTBEAT_S)
            if END in names:
                return
            if not names:
                yield HEARTBEAT
