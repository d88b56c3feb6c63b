"""Signing in and out."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field

from api.accounts import (
    COOKIE,
    account_of,
    borrowed,
    open_to_all,
    refuse_other_sites,
    signed_in,
    signed_in_account,
)
from api.deps import Reader, request_language, settings_of
from gis_core import audit
from gis_core.accounts import service, store
from gis_core.accounts.rules import SESSION, Permission, csrf_of, hashed
from maps.pages import login_page

router = APIRouter(tags=["session"])
_VOID_LINK = {
    "zh": "此登录链接已用过或已过期。请用密码登录，或请管理员再发一个链接（wangge user link 账号）。",
    "en": "This sign-in link was used or is too old. Sign in with your password, or ask an administrator for another "
    "link (wangge user link NAME).",
}
Next = Annotated[str, Query(alias="next", max_length=2000, description="path to open after signing in")]


class Credentials(BaseModel):
    """Name and password of an account."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(max_length=200)]
    password: Annotated[str, Field(max_length=1000)]


@router.post("/session", status_code=204, dependencies=[open_to_all])
def sign_in(request: Request, body: Credentials) -> Response:
    """Sign a browser in: the answer sets its cookie."""
    refuse_other_sites(request)
    address = "" if request.client is None else request.client.host
    with borrowed(request) as connection:
        secret = service.sign_in(connection, body.name.strip(), body.password, address)
    return with_cookie(Response(status_code=204), request, secret)


@router.get("/session", dependencies=[signed_in])
def session(request: Request, connection: Reader, response: Response) -> dict[str, Any]:
    """Who is signed in, with which roles, what these allow somewhere, and the token that goes with writes; the session
    lasts longer by this.
    """
    account, cookie = account_of(request), request.cookies.get(COOKIE)
    response.headers["Cache-Control"] = "no-store"
    by_cookie = cookie is not None and "authorization" not in request.headers
    if by_cookie:
        store.renew_session(connection, hashed(cookie), datetime.now(UTC) + SESSION)
        with_cookie(response, request, cookie)
    return {
        "account": {"id": account.id, "name": account.name, "display_name": account.display_name},
        "grants": [grant.to_dict() for grant in account.grants],
        "may": [one for one in Permission if account.granting(one)],
        "csrf": csrf_of(cookie) if by_cookie else None,
    }


@router.delete("/session", status_code=204, dependencies=[signed_in])
def sign_out(request: Request, connection: Reader) -> Response:
    """Sign the browser out."""
    cookie = request.cookies.get(COOKIE)
    if cookie is not None:
        with connection.transaction():
            store.delete_session(connection, hashed(cookie))
            audit.record(connection, account_of(request).name, "session.close")
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
    return response


@router.get("/login", response_class=HTMLResponse, include_in_schema=False, dependencies=[open_to_all])
def login(request: Request, next_: Next = "/") -> Response:
    """The sign-in page; whoever is signed in goes on at once."""
    after = own_path(next_)
    with borrowed(request) as connection:
        if signed_in_account(request, connection) is not None:
            return go(after)
    html = login_page(request_language(request), after=after, provider=settings_of(request).oidc.name)
    return HTMLResponse(html, headers={"Cache-Control": "no-store"})


@router.get("/login/{secret}", include_in_schema=False, dependencies=[open_to_all])
def login_by_link(request: Request, secret: str) -> Response:
    """Sign in by a one-time link. One that is used up leads on those who are signed in, others to the page."""
    with borrowed(request) as connection:
        cookie = service.sign_in_by_link(connection, secret)
        if cookie is not None:
            return with_cookie(go("/"), request, cookie)
        if signed_in_account(request, connection) is not None:
            return go("/")
    html = login_page(
        request_language(request), after="/", refusal=_VOID_LINK, provider=settings_of(request).oidc.name
    )
    return HTMLResponse(html, status_code=410, headers={"Cache-Control": "no-store"})


def own_path(told: str) -> str:
    """The path where it is one of this server, else the map page: no foreign site may be behind a sign-in."""
    parts = urlsplit(told.replace("\\", "/"))
    own = told.startswith("/") and not parts.scheme and not parts.netloc and told.isprintable()
    return told if own and not told.startswith(("//", "/\\")) else "/"


def go(path: str) -> RedirectResponse:
    """Lead a browser on; the way is not kept."""
    return RedirectResponse(path, status_code=303, headers={"Cache-Control": "no-store"})


def with_cookie(response: Response, request: Request, secret: str) -> Response:
    """The answer with the session's cookie."""
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(SESSION.total_seconds()),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response
