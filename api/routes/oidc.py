"""The way to the OpenID Connect provider and back. Providers add parameters of their own to the way back."""

import base64
import binascii
import secrets
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.accounts import borrowed, open_to_all
from api.deps import request_language, settings_of
from api.oidc import Attempt, Provider
from api.routes.sessions import Next, go, own_path, with_cookie
from gis_core.accounts import service
from gis_core.errors import NotFoundError, UnauthorizedError, WanggeError
from maps.pages import login_page

COOKIE = "wangge_oidc"
_KEPT_S = 600

router = APIRouter(prefix="/oidc", include_in_schema=False)


@router.get("/login", dependencies=[open_to_all])
def begin(request: Request, next_: Next = "/") -> Response:
    """Lead a browser to the provider."""
    try:
        url, attempt = _provider(request).begin(_way_back(request), own_path(next_))
    except UnauthorizedError as error:
        return _refused(request, error, own_path(next_))
    response = go(url)
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(orjson.dumps(attempt.to_dict())).decode(),
        max_age=_KEPT_S,
        path="/oidc",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="lax",
    )
    return response


@router.get("/callback", dependencies=[open_to_all])
def finish(
    request: Request,
    code: Annotated[str, Query(max_length=4000)] = "",
    state: Annotated[str, Query(max_length=1000)] = "",
    error: Annotated[str, Query(max_length=1000)] = "",
) -> Response:
    """The provider has sent the browser back: sign it in."""
    attempt = _attempt(request)
    try:
        if error:
            raise UnauthorizedError(
                f"The provider refused: {error}. Sign in by a password, or ask an administrator.",
                f"身份服务拒绝登录：{error}。请用密码登录，或联系管理员。",
            )
        if attempt is None or not code or not secrets.compare_digest(attempt.state, state):
            raise UnauthorizedError(
                "This way back from the provider does not belong to a sign-in of this browser in the last ten minutes. "
                "Begin anew.",
                "此登录回调与本浏览器十分钟内的登录请求不符，请重新登录。",
            )
        name = _provider(request).finish(_way_back(request), code, attempt)
        with borrowed(request) as connection:
            secret = service.sign_in_as(connection, name, "oidc")
    except UnauthorizedError as refusal:
        return _refused(request, refusal, attempt.after if attempt else "/")
    response = with_cookie(go(attempt.after), request, secret)
    response.delete_cookie(COOKIE, path="/oidc")
    return response


def _provider(request: Request) -> Provider:
    provider: Provider | None = request.app.state.oidc
    if provider is None:
        raise NotFoundError(
            "No OpenID Connect provider is set; see WANGGE_OIDC_ISSUER.",
            "没有配置 OpenID Connect 身份服务，见 WANGGE_OIDC_ISSUER。",
        )
    return provider


def _way_back(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}/oidc/callback"


def _attempt(request: Request) -> Attempt | None:
    try:
        return Attempt(**orjson.loads(base64.urlsafe_b64decode(request.cookies[COOKIE])))
    except (KeyError, TypeError, ValueError, binascii.Error):
        return None


def _refused(request: Request, error: WanggeError, after: str) -> Response:
    """The sign-in page, with the reason."""
    refusal = {"zh": error.text("zh"), "en": error.text("en")}
    provider = settings_of(request).oidc.name
    html = login_page(request_language(request), after=own_path(after), refusal=refusal, provider=provider)
    return HTMLResponse(html, status_code=401, headers={"Cache-Control": "no-store"})
