"""JSON that can be stored: a body that no table can hold, or larger than any request needs, is told at the door."""

import json

import orjson
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import page_language
from api.errors import problem

MOST_BYTES = 4 * 2**20
"""An edit of 20,000 moves takes about 1 MiB."""


class StorableJson:
    """ASGI middleware for bodies of JSON; others, such as files to import, have limits of their own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, refuse it or hand it on."""
        headers = dict(scope.get("headers", []))
        if scope["type"] != "http" or not headers.get(b"content-type", b"").startswith(b"application/json"):
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more and len(body) <= MOST_BYTES:
            message = await receive()
            body, more = body + message.get("body", b""), bool(message.get("more_body"))
        refusal = _refusal(body)
        if refusal is not None:
            status, words, words_zh = refusal
            await problem(status, words_zh if page_language(Request(scope)) == "zh" else words)(
                scope, receive, send
            )
            return
        handed = False

        async def again() -> Message:
            nonlocal handed
            if handed:
                return await receive()
            handed = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, again, send)


def _refusal(body: bytes) -> tuple[int, str, str] | None:
    """(status, words, words in Chinese) where the body is too large, or holds what cannot be stored."""
    if len(body) > MOST_BYTES:
        return (
            413,
            f"The body has more than {MOST_BYTES} bytes; send the edit in several.",
            f"请求内容超过 {MOST_BYTES} 字节；请分几次提交。",
        )
    try:
        told = json.loads(body)
    except ValueError:
        return None  # the route tells what is wrong with it
    except RecursionError as error:
        return _unstorable(error)
    try:
        orjson.loads(body)
        packed = orjson.dumps(told)
    except (TypeError, ValueError, RecursionError) as error:
        return _unstorable(error)
    if b"\\u0000" in packed:
        return 400, "The body holds the character U+0000; leave it out.", "请求内容含有字符 U+0000；请去掉。"
    return None


def _unstorable(error: Exception) -> tuple[int, str, str]:
    return (
        400,
        f"The body holds what cannot be stored ({error}): numbers have at most 64 bits and are finite, texts are "
        "Unicode, and lists lie at most 200 deep in each other.",
        f"请求内容含有不能保存的值（{error}）：数字须为有限的 64 位数，文本须为 Unicode，嵌套不超过 200 层。",
    )
