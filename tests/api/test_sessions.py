"""Signing in and out over HTTP: passwords, links, tokens, cookies, and what is refused."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.routes.sessions import own_path
from gis_core.accounts import service
from gis_core.accounts.rules import FAILURES_PER_NAME, Role
from gis_core.config import Settings
from tests.people import PASSWORD, bearer, cookie, person
from tests.towns.town_sql import CODE


@pytest.fixture
def browser(database_url: str) -> Iterator[TestClient]:
    """Nobody is signed in yet."""
    app = create_app(Settings(language="en"), database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False, follow_redirects=False) as client:
        yield client


@pytest.fixture
def lina(pg: psycopg.Connection, plan: int) -> str:  # noqa: ARG001 (the town is its work)
    return person(pg, "li.na", Role.PLANNER, community=CODE, password=PASSWORD)


def sign_in(browser: TestClient, name: str, password: str = PASSWORD, **headers: str) -> int:
    return browser.post("/session", json={"name": name, "password": password}, headers=headers).status_code


def test_the_way_in_and_out(browser: TestClient, lina: str) -> None:
    assert browser.get("/communities").status_code == 401
    answer = browser.post("/session", json={"name": lina, "password": PASSWORD})
    assert (answer.status_code, answer.content) == (204, b"")
    told = answer.headers["set-cookie"]
    assert "HttpOnly" in told
    assert "SameSite=lax" in told
    assert "Secure" not in told
    who = browser.get("/session").json()
    assert who["account"]["name"] == lina
    assert who["grants"] == [{"role": "planner", "area": None, "community": CODE}]
    assert who["may"] == ["map.read", "draft.read", "comment.write", "plan.edit", "measure.read"]
    assert browser.delete("/session").status_code == 403
    kept = browser.cookies["wangge_session"]
    assert browser.delete("/session", headers={"X-CSRF-Token": who["csrf"]}).status_code == 204
    assert browser.get("/session").status_code == 401
    browser.cookies.set("wangge_session", kept)
    assert browser.get("/session").status_code == 401, "the session has ended on the server too"


def test_behind_https_the_cookie_is_secure(database_url: str, lina: str) -> None:
    with TestClient(create_app(Settings(), database_url), "https://localhost") as browser:
        answer = browser.post("/session", json={"name": lina, "password": PASSWORD})
    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("name", "password"), [("li.na", "wrong horse battery"), ("nobody", PASSWORD), ("linked", "")]
)
def test_wrong_names_and_passwords_are_refused_alike(
    browser: TestClient,
    pg: psycopg.Connection,
    lina: str,  # noqa: ARG001 (one to be mistaken for)
    name: str,
    password: str,
) -> None:
    person(pg, "linked", Role.VIEWER)
    answer = browser.post("/session", json={"name": name, "password": password})
    assert (answer.status_code, answer.json()["detail"]) == (401, "The name or the password is wrong.")
    assert "set-cookie" not in answer.headers


def test_guessing_is_slowed_down_and_success_is_not(
    browser: TestClient, pg: psycopg.Connection, lina: str
) -> None:
    for _ in range(FAILURES_PER_NAME):
        assert sign_in(browser, lina, "wrong horse battery") == 401
    refused = browser.post("/session", json={"name": lina, "password": PASSWORD})
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 15 * 60
    person(pg, "other", Role.VIEWER, password=PASSWORD)
    for _ in range(FAILURES_PER_NAME + 1):
        assert sign_in(browser, "other") == 204
    pg.execute("UPDATE login_attempt SET at = at - interval '16 minutes'")
    pg.commit()
    assert sign_in(browser, lina) == 204


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_other_sites_neither_sign_in_nor_write(
    browser: TestClient, pg: psycopg.Connection, lina: str, plan: int, headers: dict[str, str]
) -> None:
    assert sign_in(browser, lina, **headers) == 403
    browser.cookies.set("wangge_session", cookie(pg, lina))
    csrf = browser.get("/session").json()["csrf"]
    own = {"X-CSRF-Token": csrf, "If-Match": '"r0"'}
    assert browser.patch(f"/plans/{plan}", json={"name": "x"}, headers=own | headers).status_code == 403
    assert browser.patch(f"/plans/{plan}", json={"name": "x"}, headers=own).status_code == 200


def test_a_write_by_cookie_needs_the_sessions_token(
    browser: TestClient, pg: psycopg.Connection, lina: str, plan: int
) -> None:
    browser.cookies.set("wangge_session", cookie(pg, lina))
    for told in ({}, {"X-CSRF-Token": "0" * 40}, {"X-CSRF-Token": "é".encode()}):
        answer = browser.patch(f"/plans/{plan}", json={"name": "x"}, headers={"If-Match": '"r0"'} | told)
        assert (answer.status_code, "X-CSRF-Token" in answer.json()["detail"]) == (403, True)


def test_a_link_opens_the_door_once(browser: TestClient, pg: psycopg.Connection, lina: str) -> None:
    secret = service.make_link(pg, lina, by="test")
    pg.commit()
    first = browser.get(f"/login/{secret}")
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert browser.get("/session").json()["account"]["name"] == lina
    assert browser.get(f"/login/{secret}").status_code == 303, "who is signed in is led on"
    browser.cookies.clear()
    again = browser.get(f"/login/{secret}")
    assert again.status_code == 410
    assert "set-cookie" not in again.headers


def test_links_end(browser: TestClient, pg: psycopg.Connection, lina: str) -> None:
    old, void = (service.make_link(pg, lina, by="test") for _ in range(2))
    pg.execute("UPDATE login_link SET expires_at = now() - interval '1 second'")
    pg.commit()
    assert browser.get(f"/login/{old}").status_code == 410
    service.set_password(pg, lina, "another horse battery", by="test")
    pg.commit()
    assert browser.get(f"/login/{void}").status_code == 410
    assert browser.get("/login/none").status_code == 410


def test_sessions_end(browser: TestClient, pg: psycopg.Connection, lina: str) -> None:
    browser.cookies.set("wangge_session", cookie(pg, lina))
    assert browser.get("/session").status_code == 200
    pg.execute("UPDATE login_session SET expires_at = now() - interval '1 second'")
    pg.commit()
    assert browser.get("/session").status_code == 401


def test_a_disabled_account_is_out_at_once_and_for_good(
    browser: TestClient, pg: psycopg.Connection, lina: str
) -> None:
    token = bearer(pg, lina)
    browser.cookies.set("wangge_session", cookie(pg, lina))
    service.set_disabled(pg, lina, disabled=True, by="test")
    pg.commit()
    assert browser.get("/session").status_code == 401
    assert browser.get("/session", headers=token).status_code == 401
    assert sign_in(browser, lina) == 401
    service.set_disabled(pg, lina, disabled=False, by="test")
    pg.commit()
    assert browser.get("/session").status_code == 401
    assert browser.get("/session", headers=token).status_code == 200


def test_a_token_acts_for_its_account_until_it_is_revoked(
    browser: TestClient, pg: psycopg.Connection, lina: str, plan: int
) -> None:
    made, secret = service.make_token(pg, lina, "QGIS", days=None, by="test")
    pg.commit()
    headers = {"Authorization": f"bearer {secret}"}
    assert browser.get("/session", headers=headers).json()["csrf"] is None
    assert browser.get(f"/plans/{plan}", headers=headers).status_code == 200
    service.revoke_token(pg, made, by="test")
    pg.commit()
    answer = browser.get(f"/plans/{plan}", headers=headers)
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_pages_lead_to_the_sign_in_and_back(browser: TestClient, pg: psycopg.Connection, lina: str) -> None:
    answer = browser.get("/?lang=en")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/%3Flang%3Den")
    page = browser.get(answer.headers["location"])
    assert '"after": "/?lang=en"' in page.text
    browser.cookies.set("wangge_session", cookie(pg, lina))
    assert browser.get(answer.headers["location"]).headers["location"] == "/?lang=en"
    assert browser.get("/").status_code == 200


@pytest.mark.parametrize(
    ("told", "path"),
    [
        ("/", "/"),
        ("/city?area=36#x", "/city?area=36#x"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/\n/evil.example", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_led_to_another_site(told: str, path: str) -> None:
    assert own_path(told) == path


def test_only_hashes_are_kept(browser: TestClient, pg: psycopg.Connection, lina: str) -> None:
    service.make_link(pg, lina, by="test")
    bearer(pg, lina)
    sign_in(browser, lina)
    secret = browser.cookies["wangge_session"]
    row = pg.execute("SELECT password_hash FROM account WHERE name = %s", [lina]).fetchone()
    assert row is not None
    assert row[0].startswith("$argon2id$")
    for table in ("account", "login_session", "login_link", "api_token", "audit_entry"):
        stored = pg.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t").fetchone()
        assert stored is not None
        assert secret not in stored[0]
        assert PASSWORD not in stored[0]


def test_the_log_tells_who_did_what_and_cannot_be_changed(
    browser: TestClient, pg: psycopg.Connection, lina: str, plan: int
) -> None:
    headers = bearer(pg, lina)
    browser.patch(f"/plans/{plan}", json={"name": "x"}, headers=headers | {"If-Match": '"r0"'})
    assert browser.get(f"/audit?community={CODE}", headers=headers).status_code == 403
    person(pg, "boss")
    boss = bearer(pg, "boss")
    entries = browser.get(f"/audit?community={CODE}", headers=boss).json()["entries"]
    everything = [browser.get(f"/audit{query}", headers=boss).json() for query in ("", "?community=")]
    assert everything[0] == everything[1], "an empty community is none"
    assert len(everything[0]["entries"]) >= len(entries)
    newest = entries[0]
    assert (newest["by"], newest["action"], newest["subject"]) == (lina, "plan.name", f"plan {plan}")
    for change in ("DELETE FROM audit_entry", "UPDATE audit_entry SET by = 'x'", "TRUNCATE audit_entry"):
        with pytest.raises(psycopg.errors.RaiseException, match="only grows"):
            pg.execute(change)
        pg.rollback()
