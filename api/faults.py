"""Faults of the server itself: logged under a number without the values they may quote, and kept from the web server.

Starlette raises what no handler knows once more after it was answered, and the web server logs it with every word.
"""

import logging
import secrets
from collections.abc import Callable

from fastapi import Request, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gis_core.fault_words import trace_without_values

_log = logging.getLogger("wangge.api")


def logged(request: Request, error: Exception) -> str:
    """Log where an error happened; the number that it has in the log.

    The address is logged as the route has it, for it may hold a private link's secret.
    """
    reference = secrets.token_hex(4)
    address = getattr(request.scope.get("route"), "path", "(no route)")
    _log.error("%s: %s %s\n%s", reference, request.method, address, trace_without_values(error))
    return reference


class BrokenOff(Exception):  # noqa: N818 (what it tells is no error of its own)
    """An answer broke off; the log has the reason under its number."""


class LastAnswer:
    """ASGI middleware that answers what nothing else did."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; answer an error as long as nothing of the answer has gone out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            if begun:
                reference = logged(Request(scope), error)
                raise BrokenOff(reference) from None
            await self._answer(Request(scope), error)(scope, receive, send)
