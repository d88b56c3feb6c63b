"""What the server itself gets wrong: answered with a number, and written to its log without values or secrets."""

from pathlib import Path

import httpx
import psycopg
import pytest
from fastapi import Request
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.testclient import TestClient
from starlette.applications import Starlette
from starlette.routing import Route

from api.faults import BrokenOff, LastAnswer
from tests.serving import serving
from tests.towns.incident_sql import build_incident_town

PHONE = "13955550001"


def test_the_web_server_writes_neither_values_nor_secrets(
    database_url: str,
    pg: psycopg.Connection,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Both where a row is refused, whose values the database quotes, and where a private link meets a fault."""
    build_incident_town(pg)
    pg.execute("ALTER TABLE notice_subscription ADD CONSTRAINT none CHECK (channel = 'email')")
    pg.execute("ALTER TABLE incident_follower RENAME TO away")
    pg.commit()
    with serving(database_url, data_dir=tmp_path) as address, httpx.Client(base_url=address) as client:
        body = {"building": 1, "channel": "sms", "contact": PHONE, "consent": True}
        answers = [
            client.post("/subscriptions", json=body),
            client.get("/follow/secretsecretsecret/case"),
        ]
    assert [one.status_code for one in answers] == [500, 500]
    written = "".join([*capfd.readouterr(), caplog.text])
    for one in answers:
        reference = one.json()["reference"]
        assert f"{reference}: " in written
    assert "CheckViolation 23514 notice_subscription none" in written
    assert "GET /follow/{secret}/case" in written
    assert PHONE not in written
    assert "secretsecretsecret" not in written


async def _breaks_off(_request: Request) -> StreamingResponse:
    async def parts():
        yield b"some"
        raise ValueError(PHONE)

    return StreamingResponse(parts())


async def _fails(_request: Request) -> None:
    raise ValueError(PHONE)


def _answer(_request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": type(error).__name__}, 500)


def test_an_answer_that_breaks_off_is_logged_without_its_values(caplog: pytest.LogCaptureFixture) -> None:
    app = LastAnswer(Starlette(routes=[Route("/part", _breaks_off), Route("/none", _fails)]), answer=_answer)
    client = TestClient(app)
    with pytest.raises(BrokenOff) as broken:
        client.get("/part")
    assert str(broken.value) in caplog.text
    assert "ValueError" in caplog.text
    assert PHONE not in caplog.text
    assert broken.value.__suppress_context__


def test_what_nothing_answered_is_answered() -> None:
    async def app(_scope: object, _receive: object, _send: object) -> None:
        raise ValueError(PHONE)

    answer = TestClient(LastAnswer(app, answer=_answer)).get("/")
    assert (answer.status_code, answer.json()) == (500, {"error": "ValueError"})
