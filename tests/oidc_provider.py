"""A small OpenID Connect provider that lets everybody in: discovery, codes with PKCE, signed tokens, keys."""

import base64
import hashlib
import secrets
import time
from typing import Annotated
from urllib.parse import urlencode

from fastapi import FastAPI, Form, HTTPException, Request
from fastapi.responses import RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "wangge", "a secret between the two"


class ProviderApp(FastAPI):
    """What it tells can be changed by tests: `claims` of its tokens, the key that signs them, and what it tells of
    itself (`described`, None: a list)."""

    def __init__(self) -> None:
        super().__init__()
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.published = self.key
        self.claims: dict[str, object] = {"preferred_username": "li.na"}
        self.described: dict[str, object] | None = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.get("/.well-known/openid-configuration")(self.metadata)
        self.get("/authorize")(self.authorize)
        self.post("/token")(self.token)
        self.get("/keys")(self.keys)

    def metadata(self, request: Request) -> dict[str, object] | list[object]:
        here = str(request.base_url).rstrip("/")
        own = {
            "issuer": here,
            "authorization_endpoint": f"{here}/authorize",
            "token_endpoint": f"{here}/token",
            "jwks_uri": f"{here}/keys",
        }
        return [] if self.described is None else own | self.described

    def authorize(self, request: Request) -> RedirectResponse:
        told = dict(request.query_params)
        assert (told["client_id"], told["response_type"], told["code_challenge_method"]) == (
            CLIENT,
            "code",
            "S256",
        )
        code = secrets.token_urlsafe(8)
        self.codes[code] = told
        back = urlencode({"code": code, "state": told["state"], "session_state": "its own"})
        return RedirectResponse(f"{told['redirect_uri']}?{back}")

    def token(
        self,
        request: Request,
        code: Annotated[str, Form()],
        code_verifier: Annotated[str, Form()],
        redirect_uri: Annotated[str, Form()],
    ) -> dict[str, object]:
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        asked = self.codes.pop(code, None)
        challenge = (
            base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).decode().rstrip("=")
        )
        known = request.headers.get("authorization") == f"Basic {basic}"
        if not (
            known and asked and asked["code_challenge"] == challenge and asked["redirect_uri"] == redirect_uri
        ):
            raise HTTPException(400, "invalid_grant")
        here, now = str(request.base_url).rstrip("/"), int(time.time())
        claims = {
            "iss": here,
            "aud": CLIENT,
            "sub": "1",
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
        }
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims | self.claims, self.key)
        return {"access_token": "none", "token_type": "Bearer", "id_token": signed}

    def keys(self) -> dict[str, object]:
        return {"keys": [self.published.as_dict(private=False)]}
