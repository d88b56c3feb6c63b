"""Errors of Open311: always a document of the specification, in the format that was asked for."""

from collections.abc import Callable, Coroutine, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from api.deps import request_language
from api.errors import status_of
from api.faults import logged
from gis_core.errors import WanggeError
from gis_core.open311.formats import CONTENT_TYPES, Format, Root, render
from gis_core.open311.model import Error
from gis_core.open311.service import faults_of

_KEPT = (
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS,
)
"""Of a client's errors, those that are told by their own status; the specification has 400 for any other."""


class Open311Route(APIRoute):
    """A route whose errors are documents of the specification, wherever in it they are raised."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route's own handler, and what is answered where it fails."""
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                return _told(request, error)

        return answer


def asked_format(request: Request) -> Format:
    """The format that the address ends in; XML, which the specification requires, for all others."""
    return "json" if request.url.path.endswith(".json") else "xml"


def document(form: Format, root: Root, content: object, status: int = HTTPStatus.OK) -> Response:
    """A document as an answer."""
    return Response(render(root, content, form), status, {"Content-Type": CONTENT_TYPES[form]})


def errors(request: Request, status: int, descriptions: Sequence[str]) -> Response:
    """Errors as an answer."""
    content = [Error(int(status), one) for one in descriptions]
    return document(asked_format(request), "errors", content, status)


def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException):
        answer = errors(request, error.status_code, [str(error.detail)])
        answer.headers.update(error.headers or {})
        return answer
    if isinstance(error, (OperationalError, PoolTimeout)):
        return _hidden(request, error, HTTPStatus.SERVICE_UNAVAILABLE)
    if not isinstance(error, WanggeError) or status_of(error) == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _hidden(request, error, HTTPStatus.INTERNAL_SERVER_ERROR)
    status = status_of(error)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _hidden(request, error, status)
    lang = request_language(request)
    descriptions = [zh if lang == "zh" else en for en, zh in faults_of(error)]
    return errors(request, status if status in _KEPT else HTTPStatus.BAD_REQUEST, descriptions)


def _hidden(request: Request, error: Exception, status: HTTPStatus) -> Response:
    """Tell the client no more than the number under which the error is logged."""
    reference = logged(request, error)
    words = {
        "zh": f"服务暂时无法处理请求，请稍后再试；仍不行时请将编号 {reference} 告知运营单位。",
        "en": "The service cannot answer now; try again later. If it goes on, tell the operator the reference "
        f"{reference}.",
    }
    return errors(request, status, [words[request_language(request)]])
