"""The application on a free loopback port, as `wangge serve` runs it, and its streams of events."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from api.app import create_app
from api.server import Server
from gis_core.config import Settings


@contextmanager
def serving(database_url: str, **settings: object) -> Iterator[str]:
    """The application's address."""
    with running(
        Server(create_app(Settings(**{"language": "zh", **settings}), database_url), port=0)
    ) as address:
        yield address


@contextmanager
def running(server: uvicorn.Server) -> Iterator[str]:
    """A server's address; it lives in a thread and is told to end, and waited for."""
    ready = threading.Event()
    began = server.startup

    async def startup(*arguments: object, **options: object) -> None:
        await began(*arguments, **options)
        ready.set()

    server.startup = startup
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(30)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)


Event = tuple[str, dict, str | None]  # type: ignore[type-arg]


def events(lines: Iterator[str]) -> Iterator[Event]:
    """(name, data, id) of each event of a stream; a heartbeat means that what was waited for did not come."""
    fields: dict[str, str] = {}
    for line in lines:
        assert not line.startswith(":")
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line:
            if "data" in fields:
                yield fields["event"], json.loads(fields["data"]), fields.get("id")
            fields = {}
