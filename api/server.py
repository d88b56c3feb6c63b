"""The web server: uvicorn, which ends open event streams at once when it is told to stop."""

import socket

import uvicorn
from fastapi import FastAPI


class Server(uvicorn.Server):
    """A server of one application. Without this, it would wait for streams until its patience ends."""

    def __init__(self, app: FastAPI, **options: object) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3, **options))
        self._app = app

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the streams, then the connections."""
        self._app.state.listener.close()
        await super().shutdown(sockets)
