"""Security headers of every answer."""

from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SECRET_ADDRESS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}
"""Headers of answers whose address opens something: it is kept nowhere, told nobody and listed nowhere."""


class SecurityHeaders:
    """ASGI middleware: only this server's scripts, styles and data; images also from the basemap's host."""

    def __init__(self, app: ASGIApp, image_source: str | None = None) -> None:
        self._app = app
        images = _origin(image_source or "")
        self._headers = {
            "Content-Security-Policy": (
                f"default-src 'self'; img-src 'self' data:{images}; object-src 'none'; base-uri 'none'; "
                "form-action 'self'; frame-ancestors 'none'"
            ),
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Cross-Origin-Opener-Policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to the answer; an answer without Cache-Control is always to be revalidated, and one of a
        secret address may say that even this server is not told of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-cache")
                headers.setdefault("Referrer-Policy", "same-origin")
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _origin(template: str) -> str:
    """A space and the origin of a tile template, or nothing for this server's own; `{s}` stands for any subdomain."""
    parts = urlsplit(template)
    return f" {parts.scheme}://{parts.netloc.replace('{s}', '*')}" if parts.netloc else ""
