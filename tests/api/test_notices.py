"""Notices by HTTP: who may send and see what, and subscriptions without an account."""

from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_core.config import Settings
from tests.people import bearer
from tests.towns.incident_sql import STAFF, build_incident_town, place
from tests.towns.town_sql import CODE


@pytest.fixture
def world(database_url: str, pg: psycopg.Connection, tmp_path: object) -> Iterator[TestClient]:
    build_incident_town(pg)
    app = create_app(Settings(language="zh", data_dir=tmp_path), database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def staff(pg: psycopg.Connection, world: TestClient) -> dict[str, dict[str, str]]:  # noqa: ARG001
    return {name: bearer(pg, name) for name in STAFF}


def subscribe(world: TestClient, **more: object) -> dict[str, object]:
    told = {"building": 1, "channel": "sms", "contact": "13800138001", "consent": True} | more
    answer = world.post("/subscriptions", json=told)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_resident_subscribes_changes_and_ends(world: TestClient) -> None:
    lon, lat = place(2)
    told = subscribe(world, building=None, lon=lon, lat=lat)
    assert (told["building"], told["community"]) == (2, {"code": CODE, "name": "安源社区"})
    path = str(told["link"]).replace("/subscribe/", "/subscriptions/")
    shown = world.get(path)
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.json()["contact"] == "13800138001"
    changed = world.put(path, json={"channel": "email", "contact": "a@example.org", "lang": "en"})
    assert changed.status_code == 200
    assert world.get(path).json()["channel"] == "email"
    assert world.delete(path).status_code == 204
    gone = world.get(path)
    assert (gone.status_code, gone.json()["detail"]) == (404, "此链接无效：链接不完整，或订阅已取消。")


def test_a_link_sends_no_flood_of_confirmations(world: TestClient) -> None:
    path = str(subscribe(world)["link"]).replace("/subscribe/", "/subscriptions/")
    found = [
        world.put(path, json={"channel": "sms", "contact": f"138001390{number:02}"}) for number in range(50)
    ]
    assert [one.status_code for one in found] == [200] * 49 + [429]
    assert found[-1].json()["detail"] == "该楼栋一天内已有 50 次订阅或更改，请明天再试。"
    assert int(found[-1].headers["Retry-After"]) > 86_000
    assert world.get(path).json()["contact"] == "13800139048"


def test_no_place_is_told(world: TestClient) -> None:
    refused = world.post(
        "/subscriptions?lang=en", json={"channel": "sms", "contact": "13800138001", "consent": True}
    )
    assert refused.json()["detail"].startswith("Name the building")
    assert world.get("/subscriptions/place", params={"building": 1}).json()["address"] == "跃进路1号"
    assert world.get("/subscriptions/place", params={"building": 99}).status_code == 404


def test_the_staff_counts_then_sends_then_sees_what_was_sent(
    world: TestClient, staff: dict[str, dict[str, str]]
) -> None:
    for number in range(1, 4):
        subscribe(world, building=number, contact=f"1380013800{number}")
    notice = {"community": CODE, "text_zh": "停水"}
    counted = world.post("/notices", json=notice, headers=staff["she"]).json()
    assert (counted["dry_run"], counted["total"]) == (True, {"receivers": 3, "words": "3"})
    assert world.post("/notices", json=notice | {"dry_run": False}, headers=staff["she"]).status_code == 400
    key = {"Idempotency-Key": "0c5b0a34-2222"}
    for repeated in (False, True):
        done = world.post(
            "/notices", json=notice | {"dry_run": False}, headers={**staff["she"], **key}
        ).json()
        assert (done["repeated"], done["total"]["receivers"]) == (repeated, 3)
    [shown] = world.get("/notices", params={"community": CODE}, headers=staff["she"]).json()["notices"]
    assert (shown["by"], shown["text_zh"], shown["receivers"]["receivers"]) == ("she", "停水", 3)
    asked = {"community": CODE, "lang": "en"}
    [shown] = world.get("/notices", params=asked, headers=staff["wang"]).json()["notices"]
    assert shown["receivers"] == {"receivers": None, "words": "fewer than 5"}


def test_one_is_chosen_by_number_alone(world: TestClient, staff: dict[str, dict[str, str]]) -> None:
    subscribe(world)
    notice = {"community": CODE, "text_zh": "停水", "buildings": [1]}
    [one] = world.post("/notices", json=notice, headers=staff["she"]).json()["subscriptions"]
    assert one["label"] == f"#{one['id']} · sms"
    assert set(one) == {"id", "label"}


@pytest.mark.parametrize("name", ["wang", "dian"])
def test_others_send_none(world: TestClient, staff: dict[str, dict[str, str]], name: str) -> None:
    refused = world.post("/notices?lang=en", json={"community": CODE, "text_zh": "停水"}, headers=staff[name])
    assert refused.status_code == 403
    assert "send notices" in refused.json()["detail"]
