"""Bodies are told at the door: JSON that no table can hold, and whatever is larger than any request needs."""

import json

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.deps import request_language
from api.errors import problem
from gis_core.incidents import photos
from gis_core.incidents.reports import MOST_PHOTOS

MOST_BYTES = 4 * 2**20
"""An edit of 20,000 moves takes about 1 MiB."""
MOST_FORM_BYTES = 2**20
"""Of a form without files."""
MOST_MULTIPART_BYTES = MOST_PHOTOS * photos.MOST_BYTES + MOST_FORM_BYTES


class LimitedForms:
    """ASGI middleware: any body but JSON is read no further than its limit; `/imports` has one of its own."""

    def __init__(self, app: ASGIApp, upload_mb: int) -> None:
        self._app = app
        self._upload_mb = upload_mb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what comes; raises HTTPException (413) to whoever reads past the limit."""
        kind = _kind(scope)
        if scope["type"] != "http" or _is_json(kind):
            await self._app(scope, receive, send)
            return
        uploads = scope["path"] == "/imports"
        most = MOST_MULTIPART_BYTES if kind.startswith("multipart/") else MOST_FORM_BYTES
        most = self._upload_mb << 20 if uploads else most
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                zh, en = self._words(most, uploads)
                raise HTTPException(413, zh if request_language(Request(scope)) == "zh" else en)
            return message

        await self._app(scope, counted, send)

    def _words(self, most: int, uploads: bool) -> tuple[str, str]:
        if uploads:
            mb = self._upload_mb
            return (
                f"上传超过 {mb} MB：请分批上传，或调大 WANGGE_MAX_UPLOAD_MB。",
                f"The upload is larger than {mb} MB: split it, or raise WANGGE_MAX_UPLOAD_MB.",
            )
        return f"表单超过 {most} 字节。", f"The form has more than {most} bytes."


class StorableJson:
    """ASGI middleware for bodies of JSON."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, refuse it or hand it on."""
        if scope["type"] != "http" or not _is_json(_kind(scope)):
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more and len(body) <= MOST_BYTES:
            message = await receive()
            body, more = body + message.get("body", b""), bool(message.get("more_body"))
        refusal = _refusal(body)
        if refusal is not None:
            status, words, words_zh = refusal
            await problem(status, words_zh if request_language(Request(scope)) == "zh" else words)(
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


def _kind(scope: Scope) -> str:
    """The body's media type in small letters, of the header that the routes read where there are several."""
    told = next((value for name, value in scope.get("headers", []) if name == b"content-type"), b"")
    return bytes(told).decode("latin-1").partition(";")[0].strip().lower()


def _is_json(kind: str) -> bool:
    """Whether the routes take it for JSON: `application/json`, and whatever ends in `+json`."""
    return kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))


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
