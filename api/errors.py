"""Errors as HTTP answers: one table from class to status; what is not in it answers a reference number only."""

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, Response
from psycopg import OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException

from api.deps import request_language
from api.faults import LastAnswer, logged
from gis_core.errors import (
    ChangedError,
    ConflictError,
    DatabaseError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    PreconditionError,
    RateError,
    RepeatedKeyError,
    StaleError,
    UnauthorizedError,
    WanggeError,
)
from gis_core.fault_texts import words_of
from maps.pages import missing_page
from partitioning import PartitioningError

STATUS: dict[type[WanggeError], HTTPStatus] = {
    InvalidInputError: HTTPStatus.BAD_REQUEST,
    NotFoundError: HTTPStatus.NOT_FOUND,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    RateError: HTTPStatus.TOO_MANY_REQUESTS,
    ConflictError: HTTPStatus.CONFLICT,
    PreconditionError: HTTPStatus.PRECONDITION_REQUIRED,
    StaleError: HTTPStatus.PRECONDITION_FAILED,
    ChangedError: HTTPStatus.PRECONDITION_FAILED,
    RepeatedKeyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    DatabaseError: HTTPStatus.SERVICE_UNAVAILABLE,
}

MOST_SHOWN = 80
"""Characters of a wrong value that are shown."""


def status_of(error: WanggeError) -> HTTPStatus:
    """Status of the nearest class in the table; an error of a class unknown to it is the server's own fault."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(status: int, detail: str, **more: Any) -> JSONResponse:
    """An answer in the form of RFC 9457."""
    body = {"title": HTTPStatus(status).phrase, "status": int(status), "detail": detail, **more}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Answer every error of the application; before any other middleware is added."""
    app.add_exception_handler(WanggeError, _known)
    app.add_exception_handler(PartitioningError, _unfit)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(PoolTimeout, _no_database)
    app.add_exception_handler(OperationalError, _no_database)
    app.add_exception_handler(Exception, _unknown)
    app.add_middleware(LastAnswer, answer=_unknown)


def _known(request: Request, error: Exception) -> Response:
    assert isinstance(error, WanggeError)
    status = status_of(error)
    if status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _no_database(request, error)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return _unknown(request, error)
    if status == HTTPStatus.NOT_FOUND and _asks_for_a_page(request):
        return _page(request, {"zh": error.text("zh"), "en": error.text("en")})
    answer = problem(status, error.text(request_language(request)), **error.more)
    if isinstance(error, UnauthorizedError):
        answer.headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, RateError):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


def _invalid(request: Request, error: Exception) -> JSONResponse:
    """All faults of the parameters at once: 400, where FastAPI would say 422."""
    assert isinstance(error, RequestValidationError)
    lang = request_language(request)
    faults = [_fault(fault, lang) for fault in error.errors()]
    return problem(HTTPStatus.BAD_REQUEST, ("；" if lang == "zh" else "; ").join(faults), faults=faults)


def _fault(fault: dict[str, Any], lang: str) -> str:
    """Where, the value, and what is wrong; a long value is cut."""
    where, told = ".".join(map(str, fault["loc"][1:])), fault.get("input")
    value = f"“{repr(told)[1:-1]}”" if lang == "zh" and isinstance(told, str) else repr(told)
    if not where:
        return words_of(fault, lang)
    shown = (
        ""
        if fault["type"] == "missing"
        else f" = {value if len(value) <= MOST_SHOWN else value[:MOST_SHOWN] + '…'}"
    )
    return f"{where}{shown}{'：' if lang == 'zh' else ': '}{words_of(fault, lang)}"


def _unfit(request: Request, error: Exception) -> JSONResponse:
    """Rules or a problem that the engine does not take: all faults at once."""
    assert isinstance(error, PartitioningError)
    lang = request_language(request)
    faults = [getattr(fault, lang) for fault in error.told]
    return problem(HTTPStatus.BAD_REQUEST, error.text(lang), faults=faults)


def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == HTTPStatus.NOT_FOUND and _asks_for_a_page(request):
        return _page(request)
    answer = problem(error.status_code, str(error.detail))
    answer.headers.update(error.headers or {})  # Allow, with 405
    return answer


def _asks_for_a_page(request: Request) -> bool:
    """Whether a person typed the address into a browser, or followed a link; scripts ask for anything, or for JSON."""
    return "text/html" in request.headers.get("Accept", "")


def _page(request: Request, told: dict[str, str] | None = None) -> HTMLResponse:
    """Tell on a page that there is nothing at this address. told: what there is not, by language."""
    page = missing_page(request_language(request), request.url.path, told)
    return HTMLResponse(page, status_code=HTTPStatus.NOT_FOUND, headers={"Vary": "Accept"})


def _no_database(request: Request, error: Exception) -> JSONResponse:
    return _with_reference(request, error, HTTPStatus.SERVICE_UNAVAILABLE, "The database does not answer.")


def _unknown(request: Request, error: Exception) -> JSONResponse:
    return _with_reference(request, error, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong here.")


def _with_reference(request: Request, error: Exception, status: HTTPStatus, words: str) -> JSONResponse:
    """Tell the client no more than the number under which the error is logged."""
    reference = logged(request, error)
    return problem(
        status,
        f"{words} Tell the operator the reference {reference}: the log has the rest.",
        reference=reference,
    )
