"""Which names the server answers to: a foreign page that lets its own name point here must not read the data."""

import re
from collections.abc import Collection
from http import HTTPStatus
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from api.errors import problem

_PORT = re.compile(r":\d*$")


class KnownHosts:
    """ASGI middleware against DNS rebinding: requests that name an unknown host are refused with 421.

    Addresses and `localhost` are always known, since no foreign name can stand in their place; names are those
    given, `*` for any.
    """

    def __init__(self, app: ASGIApp, names: Collection[str] = ()) -> None:
        self._app, self._names = app, frozenset(names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is addressed to this server; refuse the rest, naming the host and the setting."""
        if scope["type"] != "http" or self._known(host := Headers(scope=scope).get("host", "")):
            await self._app(scope, receive, send)
            return
        detail = (
            f"This server does not go by the name {host!r}. Use its address, or have the operator add the name "
            f"to WANGGE_HOSTS."
        )
        await problem(HTTPStatus.MISDIRECTED_REQUEST, detail)(scope, receive, send)

    def _known(self, host: str) -> bool:
        name = _PORT.sub("", host).lower().rstrip(".")
        return (
            "*" in self._names
            or name in self._names
            or name == "localhost"
            or name.endswith(".localhost")
            or _is_address(name.removeprefix("[").removesuffix("]"))
        )


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
