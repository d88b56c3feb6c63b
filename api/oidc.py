"""Signing in by an OpenID Connect provider: the authorization code flow with PKCE, by Authlib and joserfc.

The provider says who somebody is; what that person may do here is up to the account of that name, which an
administrator has added. Nothing of the provider is stored.
"""

import logging
import secrets
from dataclasses import asdict, dataclass
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gis_core.config import OidcSettings
from gis_core.errors import UnauthorizedError

_ADDRESSES = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_TIMEOUT_S = 10
_LEEWAY_S = 60
_ALGORITHMS = [
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "EdDSA",
    "Ed25519",
]
_log = logging.getLogger("wangge.api")


@dataclass(frozen=True)
class Attempt:
    """What a browser keeps while its visitor is with the provider."""

    state: str
    nonce: str
    verifier: str
    after: str

    def to_dict(self) -> dict[str, str]:
        """Plain data, as `Attempt(**data)` reads it."""
        return asdict(self)


class Provider:
    """The provider that the settings name."""

    def __init__(self, settings: OidcSettings) -> None:
        self._settings = settings
        self._known: dict[str, Any] | None = None

    def begin(self, redirect_uri: str, after: str) -> tuple[str, Attempt]:
        """The provider's address to send a browser to, and what the browser keeps. after: path to open at the end.

        Raises:
            UnauthorizedError: the provider does not answer, or does not describe itself as it should.
        """
        nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
        url, state = self._client(redirect_uri).create_authorization_url(
            self._metadata()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        return url, Attempt(state, nonce, verifier, after)

    def finish(self, redirect_uri: str, code: str, attempt: Attempt) -> str:
        """The name of whoever signed in, by the claim that the settings name.

        Raises:
            UnauthorizedError: the provider does not answer, does not know the code, or its token is not good.
        """
        try:
            told = self._client(redirect_uri).fetch_token(
                self._metadata()["token_endpoint"],
                code=code,
                code_verifier=attempt.verifier,
                timeout=_TIMEOUT_S,
            )
            keys = KeySet.import_key_set(_read(self._metadata()["jwks_uri"]))
            claims = jwt.decode(told["id_token"], keys, algorithms=_ALGORITHMS).claims
            jwt.JWTClaimsRegistry(
                leeway=_LEEWAY_S,
                iss={"essential": True, "value": self._settings.issuer},
                aud={"essential": True, "value": self._settings.client_id},
                nonce={"essential": True, "value": attempt.nonce},
                exp={"essential": True},
            ).validate(claims)
        except (AuthlibBaseError, JoseError, requests.RequestException, KeyError, ValueError) as error:
            raise _failed(error) from error
        name = claims.get(self._settings.claim)
        if not isinstance(name, str) or not name:
            raise UnauthorizedError(
                f"The provider does not tell {self._settings.claim}; ask it for that claim, or name another one in "
                "WANGGE_OIDC_CLAIM.",
                f"身份服务没有提供 {self._settings.claim}；请让它提供该声明，或用 WANGGE_OIDC_CLAIM 指定其他声明。",
            )
        return name

    def _client(self, redirect_uri: str) -> OAuth2Session:
        secret = self._settings.client_secret
        return OAuth2Session(
            self._settings.client_id,
            secret.get_secret_value() if secret else None,
            scope=self._settings.scope,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _metadata(self) -> dict[str, Any]:
        """What the provider tells of itself; read once."""
        if self._known is None:
            issuer = self._settings.issuer or ""
            try:
                told = _read(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                if told.get("issuer") != issuer:
                    raise ValueError(f"it calls itself {told.get('issuer')}, not {issuer}")
                lacking = [name for name in _ADDRESSES if not isinstance(told.get(name), str)]
                if lacking:
                    raise ValueError(f"its description lacks {', '.join(lacking)}")
            except (requests.RequestException, ValueError) as error:
                raise _failed(error) from error
            self._known = told
        return self._known


def _read(url: str) -> dict[str, Any]:
    answer = requests.get(url, timeout=_TIMEOUT_S)
    answer.raise_for_status()
    told = answer.json()
    if not isinstance(told, dict):
        raise ValueError(f"{url} holds no JSON object")
    return told


def _failed(error: Exception) -> UnauthorizedError:
    """What a visitor is told: no more than the number under which the error is logged."""
    reference = secrets.token_hex(4)
    _log.error("%s: signing in by the provider failed: %r", reference, error)
    return UnauthorizedError(
        "Signing in by the provider failed. Try again; where it fails again, tell the operator the reference "
        f"{reference}: the log has the rest.",
        f"通过身份服务登录失败。请重试；若仍失败，请把编号 {reference} 告诉运维人员，日志中有详细原因。",
    )
