import logging

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.errors import status_of
from gis_core.config import Settings
from gis_core.db import newest_revision
from gis_core.errors import NotFoundError, WanggeError
from gis_core.layers.versions import REPLY_OVERHEAD_BYTES, ReplyCache


def test_health_names_versions_and_schema(client: TestClient) -> None:
    response = client.get("/health")
    found = response.json()
    assert response.status_code == 200
    assert found["ok"] is True
    assert found["schema"] == newest_revision()
    assert found["postgis"].startswith("3.")


def test_an_old_schema_is_not_healthy(client: TestClient, pg: psycopg.Connection) -> None:
    pg.execute("UPDATE alembic_version SET version_num = '0000'")
    pg.commit()
    response = client.get("/health")
    assert response.status_code == 503
    assert response.json()["ok"] is False


def test_an_unknown_error_tells_a_reference_and_no_more(
    client: TestClient, pg: psycopg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    pg.execute("DROP TABLE layer_version")
    pg.commit()
    with caplog.at_level(logging.ERROR, "wangge.api"):
        response = client.get("/communities")
    found = response.json()
    assert response.status_code == 500
    assert found["detail"].endswith(
        f"Tell the operator the reference {found['reference']}: the log has the rest."
    )
    assert "layer_version" not in response.text
    assert found["reference"] in caplog.text
    assert "layer_version" in caplog.text


def test_every_answer_carries_the_security_headers(client: TestClient) -> None:
    for path in ("/", "/communities", "/none", "/static/js/main.js"):
        headers = client.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'self';"), path
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 200),
        ("127.0.0.1", 200),
        ("[::1]:8080", 200),
        ("192.168.1.20:8080", 200),
        ("demo.localhost", 200),
        ("Map.Example.org:443", 200),
        ("evil.example.com", 421),
        ("localhost.evil.example.com", 421),
        ("map.example.org.evil.com:8080", 421),
        ("", 421),
    ],
)
def test_only_known_names_are_answered(database_url: str, host: str, status: int) -> None:
    """A foreign page cannot point a name of its own to this server and read what it says."""
    app = create_app(Settings(hosts="map.example.org, other.example.org"), database_url)
    with TestClient(app, "http://localhost") as client:
        response = client.get("/health", headers={"Host": host})
    assert response.status_code == status
    if status == 421:
        assert repr(host) in response.json()["detail"]
        assert "WANGGE_HOSTS" in response.json()["detail"]


def test_any_name_is_answered_where_the_operator_says_so(database_url: str) -> None:
    with TestClient(create_app(Settings(hosts="*"), database_url), "http://any.example") as client:
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize("query", ["?lang=xx", "?utm_source=letter", "?lang="])
def test_the_page_opens_whatever_its_address_carries(client: TestClient, query: str) -> None:
    response = client.get(f"/{query}")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert '<html lang="zh-CN">' in response.text


def test_a_missing_page_is_told_as_json(client: TestClient) -> None:
    response = client.get("/none")
    assert (response.status_code, response.json()["detail"]) == (404, "Not Found")


@pytest.mark.parametrize(("query", "first"), [("", "没有这个页面"), ("?lang=en", "There is no such page")])
def test_a_missing_page_is_told_to_a_browser_in_both_languages(
    client: TestClient, query: str, first: str
) -> None:
    response = client.get(f"/<none>{query}", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (response.status_code, response.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
    assert f"<title>{first}" in response.text
    for words in ("没有这个页面", "There is no such page", "&lt;none&gt;", 'href="/report?lang=en"'):
        assert words in response.text
    assert client.post("/none", headers={"Accept": "text/html"}).status_code == 404
    for path in ("/plans/999/print", "/plans/999"):
        page = client.get(f"{path}{query}", headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["Content-Type"]) == (404, "text/html; charset=utf-8")
        assert f"<title>{first}" in page.text
        assert "没有编号为 999 的方案" in page.text
        assert "There is no plan with the id 999." in page.text


def test_a_method_that_is_not_allowed_is_told_the_one_that_is(client: TestClient) -> None:
    response = client.post("/communities")
    assert (response.status_code, response.headers["Allow"]) == (405, "GET")


@pytest.mark.parametrize(
    "path", ["/health", "/", "/communities", "/tiles/building/0/0/0", "/static/js/main.js", "/none"]
)
def test_head_is_answered_as_get_without_the_body(client: TestClient, path: str) -> None:
    asked, got = client.head(path), client.get(path)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
    assert asked.headers == got.headers


def test_head_of_what_only_takes_uploads_is_refused(client: TestClient) -> None:
    assert client.head("/imports").status_code == 405


def test_without_a_database_that_is_what_is_answered() -> None:
    """Nothing listens at port 1."""
    app = create_app(Settings(language="zh"), "postgresql://nobody:secret@127.0.0.1:1/none")
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        response = client.get("/communities")
    assert response.status_code == 503
    assert response.json()["detail"].startswith("The database does not answer.")
    assert "secret" not in response.text


def test_the_status_is_that_of_the_nearest_class() -> None:
    class NoSuchTownError(NotFoundError):
        """There is no such town."""

    assert status_of(NoSuchTownError()) == 404
    assert status_of(WanggeError()) == 500


def test_the_cache_drops_what_was_not_read_for_longest() -> None:
    """Room for four replies of three bytes, each with its overhead; one alone may take a quarter."""
    cache = ReplyCache(max_bytes=4 * (3 + REPLY_OVERHEAD_BYTES))
    for name in "abcd":
        cache.put((name, "1"), b"xxx")
    cache.get(("a", "1"))
    cache.put(("e", "1"), b"xxx")
    assert [name for name in "abcde" if cache.get((name, "1"))] == ["a", "c", "d", "e"]
    cache.put(("large", "1"), b"xxxx")
    assert cache.get(("large", "1")) is None
