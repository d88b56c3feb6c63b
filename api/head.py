"""HEAD answered as GET is, without the body: FastAPI's routes for GET answer it with 405."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class HeadAsGet:
    """ASGI middleware: status and headers of the GET, no content (RFC 9110 section 9.3.2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a HEAD on as a GET and hold back what its answer carries; a stream of events has no such answer."""
        if scope["type"] != "http" or scope["method"] != "HEAD" or scope["path"].endswith("/events"):
            await self._app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            await send(message | {"body": b""} if message["type"] == "http.response.body" else message)

        await self._app(scope | {"method": "GET"}, receive, send_without_body)
