"""Comments on a plan's map."""

import psycopg
import pytest
from fastapi.testclient import TestClient

from tests.towns.town_sql import LAT, LON


def test_a_comment_is_pinned_resolved_and_opened_again(client: TestClient, plan: int) -> None:
    made = client.post(f"/plans/{plan}/comments", json={"place": [LON, LAT], "text": " 这里有围墙 "})
    assert made.status_code == 201
    comment = made.json()
    assert (comment["text"], comment["place"], comment["resolved_at"]) == ("这里有围墙", [LON, LAT], None)
    for resolved in (True, True, False):
        changed = client.patch(f"/comments/{comment['id']}", json={"resolved": resolved}).json()
        assert (changed["resolved_at"] is not None) == (changed["resolved_by"] is not None) == resolved
    assert client.get(f"/plans/{plan}/comments").json() == {"comments": [comment]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"place": [LON, LAT], "text": "  "}, "评论应有 1–2000 个字符"),
        ({"place": [LON, LAT], "text": "长" * 2001}, "现在有 2001 个"),
        ({"place": [LAT, LON], "text": "x"}, "不在社区"),
        ({"place": [LON], "text": "x"}, "place"),
        ({"place": [LON, LAT], "text": "x", "colour": "red"}, "colour"),
    ],
)
def test_a_wrong_comment_is_refused_with_the_reason(
    client: TestClient, pg: psycopg.Connection, plan: int, body: dict[str, object], words: str
) -> None:
    answer = client.post(f"/plans/{plan}/comments", json=body)
    assert (answer.status_code, words in answer.json()["detail"]) == (400, True)
    assert pg.execute("SELECT count(*) FROM plan_comment").fetchone() == (0,)


def test_what_is_not_there_is_said_so(client: TestClient, plan: int) -> None:
    for answer in (
        client.patch("/comments/77", json={"resolved": True}),
        client.get(f"/plans/{plan + 1}/comments"),
        client.post(f"/plans/{plan + 1}/comments", json={"place": [LON, LAT], "text": "x"}),
    ):
        assert (answer.status_code, "没有编号为" in answer.json()["detail"]) == (404, True)
