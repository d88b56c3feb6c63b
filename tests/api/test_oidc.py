"""Signing in by a real OpenID Connect provider, and what is refused on the way."""

import re
import time
from collections.abc import Iterator

import httpx
import psycopg
import pytest
import uvicorn
from joserfc.jwk import RSAKey

from api.accounts import COOKIE
from gis_core.accounts import service
from gis_core.config import OidcSettings
from tests.oidc_provider import CLIENT, SECRET, ProviderApp
from tests.people import person
from tests.serving import running, serving


@pytest.fixture
def provider() -> ProviderApp:
    return ProviderApp()


@pytest.fixture
def settings(provider: ProviderApp) -> Iterator[OidcSettings]:
    with running(uvicorn.Server(uvicorn.Config(provider, port=0, log_level="warning"))) as issuer:
        yield OidcSettings(issuer=issuer, client_id=CLIENT, client_secret=SECRET, label="市民政局")


@pytest.fixture
def browser(database_url: str, settings: OidcSettings) -> Iterator[httpx.Client]:
    """Follows redirects and keeps cookies."""
    with (
        serving(database_url, oidc=settings) as site,
        httpx.Client(base_url=site, follow_redirects=True) as client,
    ):
        yield client


def test_in_by_the_provider(browser: httpx.Client, pg: psycopg.Connection) -> None:
    person(pg, "li.na")
    assert "市民政局" in browser.get("/login").text
    answer = browser.get("/oidc/login", params={"next": "/city"})
    assert (answer.status_code, answer.url.path) == (200, "/city")
    assert browser.get("/session").json()["account"]["name"] == "li.na"
    assert {cookie.name for cookie in browser.cookies.jar} == {COOKIE}
    rows = pg.execute("SELECT by, action, details FROM audit_entry WHERE action = 'session.open'").fetchall()
    assert rows == [("li.na", "session.open", {"way": "oidc"})]


def test_whom_the_provider_knows_and_this_service_does_not(
    browser: httpx.Client, pg: psycopg.Connection
) -> None:
    answer = browser.get("/oidc/login")
    assert answer.status_code == 401
    assert "li.na" in answer.text
    assert "wangge user add" in answer.text
    person(pg, "li.na")
    service.set_disabled(pg, "li.na", disabled=True, by="test")
    pg.commit()
    assert browser.get("/oidc/login").status_code == 401
    assert browser.get("/session").status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "http://127.0.0.1:1"},
        {"aud": "another service"},
        {"nonce": "another sign-in"},
        {"exp": int(time.time()) - 3600},
        {"preferred_username": ""},
        {"preferred_username": ["li.na"]},
    ],
)
def test_a_token_that_is_not_good(
    browser: httpx.Client, pg: psycopg.Connection, provider: ProviderApp, claims: dict[str, object]
) -> None:
    person(pg, "li.na")
    provider.claims |= claims
    assert browser.get("/oidc/login").status_code == 401
    assert browser.get("/session").status_code == 401


def test_a_token_that_another_key_signed(
    browser: httpx.Client, pg: psycopg.Connection, provider: ProviderApp
) -> None:
    person(pg, "li.na")
    provider.published = RSAKey.generate_key(2048, {"kid": "1"})
    assert browser.get("/oidc/login").status_code == 401


def test_a_way_back_that_no_sign_in_of_this_browser_began(
    browser: httpx.Client, pg: psycopg.Connection
) -> None:
    person(pg, "li.na")
    begun = browser.get("/oidc/login", follow_redirects=False)
    led = httpx.get(begun.headers["location"]).headers["location"]
    foreign = httpx.get(led)
    assert (foreign.status_code, "十分钟" in foreign.text) == (401, True)
    state = led.split("state=")[1].split("&")[0]
    assert browser.get(led.replace(state, "other")).status_code == 401
    assert (
        browser.get(
            "/oidc/callback", params={"error": "access_denied", "error_description": "no"}
        ).status_code
        == 401
    )
    assert browser.get(led).url.path == "/"
    assert browser.get("/session").json()["account"]["name"] == "li.na"
    assert browser.get(led).status_code == 401, "a code is good once"


def test_no_foreign_site_behind_the_provider(browser: httpx.Client, pg: psycopg.Connection) -> None:
    person(pg, "li.na")
    answer = browser.get("/oidc/login", params={"next": "//example.org/"})
    assert (answer.status_code, answer.url.host, answer.url.path) == (200, "127.0.0.1", "/")


def logged(answer: httpx.Response, caplog: pytest.LogCaptureFixture) -> str:
    """What the log has under the reference that a page shows, which tells nothing else of the fault."""
    assert answer.status_code == 401
    found = re.search(
        r"通过身份服务登录失败。请重试；若仍失败，请把编号 ([0-9a-f]{8}) 告诉运维人员", answer.text
    )
    assert found
    [line] = [record.getMessage() for record in caplog.records if record.getMessage().startswith(found[1])]
    return line


def test_a_provider_that_does_not_answer(database_url: str, caplog: pytest.LogCaptureFixture) -> None:
    away = OidcSettings(issuer="http://127.0.0.1:9", client_id=CLIENT, client_secret=SECRET, label="民政")
    with serving(database_url, oidc=away) as site:
        answer = httpx.get(f"{site}/oidc/login")
        english = httpx.get(f"{site}/oidc/login", headers={"Accept-Language": "en"})
    assert "port=9" in logged(answer, caplog)
    assert re.search("tell the operator the reference [0-9a-f]{8}: the log has the rest", english.text)
    for page in (answer.text, english.text):
        assert not re.search("port=9|127.0.0.1:9|Connection", page)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"issuer": "http://127.0.0.1:1"}, "it calls itself"),
        ({"authorization_endpoint": None}, "its description lacks authorization_endpoint"),
        ({"token_endpoint": None, "jwks_uri": 3}, "its description lacks token_endpoint, jwks_uri"),
        (None, "no JSON object"),
    ],
)
def test_a_provider_that_describes_itself_wrongly(
    browser: httpx.Client,
    provider: ProviderApp,
    caplog: pytest.LogCaptureFixture,
    told: dict[str, object] | None,
    words: str,
) -> None:
    """It is asked again at the next sign-in."""
    provider.described = told
    assert words in logged(browser.get("/oidc/login"), caplog)
    provider.described = {}
    assert browser.get("/oidc/login", follow_redirects=False).status_code == 303


def test_without_a_provider(database_url: str) -> None:
    with serving(database_url) as site:
        assert httpx.get(f"{site}/oidc/login").status_code == 404
        assert "/oidc/login" not in httpx.get(f"{site}/login").text


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"issuer": "http://id.example.org", "client_id": "x"}, "https"),
        ({"issuer": "https://id.example.org"}, "WANGGE_OIDC_CLIENT_ID"),
    ],
)
def test_settings_that_do_not_fit(told: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        OidcSettings(**told)
