"""Bodies that cannot be stored are told at the door, and nothing is changed."""

import json
import signal

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.bodies import MOST_BYTES, MOST_FORM_BYTES, MOST_MULTIPART_BYTES
from api.commands import worker
from tests.towns.town_sql import GRID_OF

DEEP = "[" * 300 + "]" * 300
JSON = {"Content-Type": "application/json"}


def patch(client: TestClient, plan: int, body: str) -> httpx.Response:
    return client.patch(f"/plans/{plan}/assignments", content=body, headers=JSON | {"If-Match": '"r0"'})


def moves(to: str = "2", details: str = "{}") -> str:
    return f'{{"moves": [{{"building": 1, "from": 1, "to": {to}}}], "kind": "click", "details": {details}}}'


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (moves(to=str(10**30)), 400),
        (moves(details=f'{{"a": {DEEP}}}'), 400),
        (moves(details="[" * 5000 + "]" * 5000), 400),
        (moves(details=r'{"a": "\u0000"}'), 400),
        (moves(details=r'{"a": "\ud800"}'), 400),
        (moves(details=r'{"\ud800": 1}'), 400),
        (moves(details='{"a": NaN}'), 400),
        (moves(details=json.dumps({"a": "x" * 4000})), 400),
        (moves(details=json.dumps({"a": "x" * MOST_BYTES})), 413),
        ("{", 400),
    ],
)
def test_what_cannot_be_stored(client: TestClient, plan: int, body: str, status: int) -> None:
    answer = patch(client, plan, body)
    assert answer.status_code == status, answer.text
    assert answer.json()["detail"]
    assert client.get(f"/plans/{plan}/history").json()["edits"] == []
    stored = client.get(f"/plans/{plan}/assignments").json()
    assert {int(building): grid for building, grid in stored.items()} == GRID_OF


@pytest.mark.parametrize(
    "kind", ["application/x+json", "Application/JSON; charset=utf-8", "application/vnd.a.b+JSON ;v=1"]
)
def test_whatever_the_routes_take_for_json(client: TestClient, plan: int, kind: str) -> None:
    headers = {"Content-Type": kind, "If-Match": '"r0"'}
    path = f"/plans/{plan}/assignments"
    refused = client.patch(path, content=moves(details=r'{"a": "\u0000"}'), headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (400, "请求内容含有字符 U+0000；请去掉。")
    large = client.patch(path, content=moves(details=json.dumps({"a": "x" * MOST_BYTES})), headers=headers)
    assert large.status_code == 413
    assert client.patch(path, content=moves(), headers=headers).status_code == 200


def test_of_two_media_types_the_one_counts_that_the_routes_read(client: TestClient, plan: int) -> None:
    headers = [("If-Match", '"r0"'), ("Content-Type", "application/json"), ("Content-Type", "text/plain")]
    body = moves(details=r'{"a": "\u0000"}')
    refused = client.patch(f"/plans/{plan}/assignments", content=body, headers=headers)
    assert (refused.status_code, refused.json()["detail"]) == (400, "请求内容含有字符 U+0000；请去掉。")


@pytest.mark.parametrize(
    ("path", "kind", "most"),
    [
        ("/reports", "multipart/form-data; boundary=b", MOST_MULTIPART_BYTES),
        ("/follow/none/comment", "multipart/form-data; boundary=b", MOST_MULTIPART_BYTES),
        ("/session", "text/plain", MOST_FORM_BYTES),
    ],
)
def test_no_form_is_read_past_its_limit(client: TestClient, path: str, kind: str, most: int) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="photos"; filename="a"\r\n\r\n'
    answer = client.post(path, content=head + bytes(most), headers={"Content-Type": kind})
    assert (answer.status_code, answer.json()["detail"]) == (413, f"表单超过 {most} 字节。")


def test_rules_names_and_comments_too(client: TestClient, plan: int) -> None:
    revision = {"If-Match": '"r0"'}
    for method, path, body in (
        ("PUT", "/rules", '{"grids": 1%s}' % ("0" * 40)),
        ("PATCH", "", r'{"name": "\ud800"}'),
        ("POST", "/comments", r'{"place": [113.85, 27.62], "text": "\ud800"}'),
    ):
        answer = client.request(method, f"/plans/{plan}{path}", content=body, headers=JSON | revision)
        assert answer.status_code == 400, answer.text
    told = client.request(
        "PUT", f"/plans/{plan}/rules?lang=en", content='{"a": NaN}', headers=JSON | revision
    )
    assert "cannot be stored" in told.json()["detail"]
    told = client.request("PUT", f"/plans/{plan}/rules", content='{"a": NaN}', headers=JSON | revision)
    assert "不能保存" in told.json()["detail"], "in the server's language unless another is asked for"


def test_a_worker_that_is_killed_is_started_again(
    database_url: str, pg: psycopg.Connection, plan: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "_WATCH_S", 0.1)
    pg.execute("INSERT INTO plan_job (plan_id, kind, body, by) VALUES (%s, 'explain', '{}', 'test')", [plan])
    pg.commit()
    with psycopg.connect(database_url, autocommit=True) as listening:
        listening.execute("LISTEN wangge_job")
        with worker.workers(database_url, 1, keep=True) as running:
            [first] = running
            first.send_signal(signal.SIGKILL)
            for notice in listening.notifies(timeout=60):
                if json.loads(notice.payload)["event"] == "done":
                    break
            assert running[0].pid != first.pid
    row = pg.execute("SELECT status FROM plan_job").fetchone()
    assert row is not None
    assert row[0] in ("done", "failed")
