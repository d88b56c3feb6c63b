"""Incidents by HTTP: a report, its private link, the staff's queue and steps, and what is refused."""

import io
import json
from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from api.app import create_app
from gis_core.config import Settings
from tests.people import bearer
from tests.towns.incident_sql import LAMP, STAFF, build_incident_town, place
from tests.towns.town_sql import CODE

KEY = {"Idempotency-Key": "0c5b0a34-1111"}


@pytest.fixture
def world(database_url: str, pg: psycopg.Connection, tmp_path: object) -> Iterator[TestClient]:
    build_incident_town(pg)
    app = create_app(Settings(language="zh", data_dir=tmp_path), database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def staff(pg: psycopg.Connection, world: TestClient) -> dict[str, dict[str, str]]:  # noqa: ARG001
    return {name: bearer(pg, name) for name in STAFF}


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG")
    return out.getvalue()


def body(**more: object) -> dict[str, str]:
    lon, lat = place()
    told = {"lon": lon, "lat": lat, "category": LAMP, "description": "灯不亮", "attributes": {"fault": "out"}}
    return {"report": json.dumps(told | more)}


def test_a_report_by_http_is_stored_once_and_followed(world: TestClient) -> None:
    files = [("photos", ("a.jpg", picture(), "image/jpeg"))]
    first = world.post("/reports", data=body(), files=files, headers=KEY)
    assert first.status_code == 201, first.text
    again = world.post("/reports", data=body(), files=files, headers=KEY)
    assert again.status_code == 200
    assert again.json() == first.json()
    told = first.json()
    assert told["community"] == {"code": CODE, "name": "安源社区"}
    assert told["grid"]["number"] == 1
    case = world.get(f"{told['link']}/case").json()
    assert (case["number"], case["state_name"], len(case["photos"])) == (told["number"], "已上报", 1)
    assert [one["action"] for one in case["may"]] == ["comment", "cancel"]
    assert world.get(case["photos"][0]["url"]).headers["content-type"] == "image/jpeg"
    other = world.post("/reports", data=body(description="别的"), headers=KEY)
    assert other.status_code == 422


def test_the_staff_works_by_http(world: TestClient, staff: dict[str, dict[str, str]]) -> None:
    number = world.post("/reports", data=body(), headers=KEY).json()["number"]
    [row] = world.get("/incidents", headers=staff["wang"]).json()["incidents"]
    assert (row["number"], row["category_name"], row["department_name"]) == (number, "路灯故障", "供电单位")
    assert world.get("/incidents", headers=staff["dian"]).json()["incidents"] == []
    told = world.get(f"/incidents/{number}", headers=staff["wang"])
    assert [one["action"] for one in told.json()["allowed"]] == ["check", "accept", "ask", "comment", "amend"]
    stale = world.post(
        f"/incidents/{number}/accept", json={"note": "x"}, headers={**staff["wang"], "If-Match": '"r9"'}
    )
    assert (stale.status_code, stale.json()["revision"]) == (412, 1)
    missing = world.post(f"/incidents/{number}/accept", json={"note": "x"}, headers=staff["wang"])
    assert missing.status_code == 428
    done = world.post(
        f"/incidents/{number}/accept",
        data={"step": json.dumps({}), "kinds": ["near"]},
        files=[("photos", ("a.jpg", picture(), "image/jpeg"))],
        headers={**staff["wang"], "If-Match": told.headers["ETag"]},
    )
    assert (done.status_code, done.json()["state"], done.json()["photos"][0]["kind"]) == (
        200,
        "accepted",
        "near",
    )
    many = {"numbers": [number, "none"], "action": "dispatch", "step": {"department": "power"}}
    stale_one = world.post(
        "/incidents/bulk", json=many | {"revisions": {number: 1}}, headers=staff["she"]
    ).json()
    assert (stale_one["done"], [one["number"] for one in stale_one["refused"]]) == ([], [number, "none"])
    assert stale_one["refused"][0]["detail"] == f"事件 {number}已被他人更新（修订 2）。请查看后再试。"
    bulk = world.post("/incidents/bulk", json=many | {"revisions": {number: 2}}, headers=staff["she"]).json()
    assert bulk["done"] == [number]
    assert bulk["refused"] == [{"number": "none", "detail": "没有编号为 none 的事件。"}]
    [row] = world.get("/incidents", headers=staff["dian"]).json()["incidents"]
    assert row["state"] == "dispatched"
    assert world.get("/incidents", headers=staff["guan"]).json()["incidents"] == []
    refused = world.get(f"/incidents/{number}", headers=staff["guan"])
    assert refused.status_code == 403


def test_who_reported_is_read_by_role_and_logged(
    world: TestClient, staff: dict[str, dict[str, str]], pg: psycopg.Connection
) -> None:
    told = body(contact={"name": "张三", "phone": "13800138000"}, consent=True)
    number = world.post("/reports", data=told, headers=KEY).json()["number"]
    path = f"/incidents/{number}/reporter"
    assert world.get(path, params={"purpose": "回访"}, headers=staff["wang"]).status_code == 403
    assert world.get(path, headers=staff["she"]).status_code == 400
    shown = world.get(path, params={"purpose": "回访"}, headers=staff["she"]).json()
    assert (shown["name"], shown["phone"], shown["consent"]) == ("张三", "13800138000", True)
    entry = pg.execute("SELECT by, details FROM audit_entry WHERE action = 'reporter.read'").fetchone()
    assert entry == ("she", {"purpose": "回访"})


def test_an_ended_report_is_exported_and_erased(world: TestClient, pg: psycopg.Connection) -> None:
    link = world.post("/reports", data=body(contact={"name": "张三"}), headers=KEY).json()["link"]
    assert world.get(f"{link}/export").json()["contact"] == {"name": "张三"}
    assert world.delete(link).status_code == 409
    own = {"note": "修好了", "public_note": "我是张三"}
    done = world.post(f"{link}/cancel", data={"step": json.dumps(own)})
    assert done.json()["state"] == "cancelled"
    assert done.json()["public_note"] == "", "what a reporter says is not what reporters are told"
    assert world.delete(link).status_code == 204
    assert world.get(f"{link}/case").status_code == 404
    kept = str(pg.execute("SELECT i.*, t.* FROM incident i LEFT JOIN incident_text t ON true").fetchall())
    assert "灯不亮" not in kept
    assert "张三" not in kept


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ([("photos", ("a.jpg", b"no picture", "image/jpeg"))], "第 1 张照片"),
        ([("photos", ("a.jpg", b"\xff\xd8" + b"0" * 30_000_000, "image/jpeg"))], "第 1 张照片"),
    ],
)
def test_bad_photos_are_told_and_nothing_is_stored(
    world: TestClient, pg: psycopg.Connection, files: list[object], words: str
) -> None:
    refused = world.post("/reports", data=body(), files=files, headers=KEY)
    assert refused.status_code == 400
    assert words in refused.json()["detail"]
    assert pg.execute("SELECT count(*) FROM incident").fetchone() == (0,)


def test_likely_duplicates_are_near_recent_and_alike(world: TestClient) -> None:
    number = world.post("/reports", data=body(), headers=KEY).json()["number"]
    lon, lat = place()
    [found] = world.get("/reports/near", params={"category": LAMP, "lon": lon, "lat": lat}).json()[
        "duplicates"
    ]
    assert (found["number"], found["distance_m"], found["state_name"]) == (number, 0, "已上报")
    far = {"category": LAMP, "lon": lon + 0.001, "lat": lat}
    assert world.get("/reports/near", params=far).json()["duplicates"] == []
    link = world.post(f"/reports/{number}/followers", json={}).json()["link"]
    case = world.get(f"{link}/case").json()
    assert (case["follower"], case["may"]) == (True, [])


def test_the_ground_of_a_small_part_of_the_map_is_shown_without_counts(world: TestClient) -> None:
    found = world.get("/reports/ground", params={"bbox": "113.84,27.61,113.88,27.64"})
    told = found.json()
    assert [len(told[name]["features"]) for name in ("buildings", "roads")] == [12, 1]
    assert told["buildings"]["features"][0]["properties"] == {"name": "1号楼"}
    assert "households" not in found.text
    wide = world.get("/reports/ground", params={"bbox": "113,27,114,28"})
    assert (wide.status_code, wide.json()["detail"]) == (
        400,
        "bbox：西小于东、南小于北，跨度不超过 0.05 度。",
    )
    assert world.get("/reports/ground", params={"bbox": "1,2,3"}).status_code == 400


def test_a_merged_report_tells_how_its_target_goes_on(
    world: TestClient, staff: dict[str, dict[str, str]]
) -> None:
    target, merged = (
        world.post("/reports", data=body(), headers={"Idempotency-Key": f"merge-{number}"}).json()
        for number in (1, 2)
    )
    done = world.post(
        f"/incidents/{merged['number']}/merge",
        json={"target": target["number"]},
        headers={**staff["she"], "If-Match": '"r1"'},
    )
    assert done.json()["state"] == "merged", done.text
    rejected = world.post(
        f"/incidents/{target['number']}/reject",
        json={"reason_code": "nothing_found", "public_note": "现场已亮，联系 13800138000"},
        headers={**staff["she"], "If-Match": '"r1"'},
    )
    assert rejected.status_code == 200
    told = world.get(f"{merged['link']}/case").json()["target"]
    assert told == {"number": target["number"], "state_name": "不予受理", "public_note": "现场已亮，联系 ***"}
    assert world.get(f"{target['link']}/case").json()["public_note"] == "现场已亮，联系 13800138000"


def test_who_follows_reads_notes_as_the_public_does(
    world: TestClient, staff: dict[str, dict[str, str]]
) -> None:
    sent = world.post("/reports", data=body(), headers=KEY).json()
    link = world.post(f"/reports/{sent['number']}/followers", json={}).json()["link"]
    told = world.post(
        f"/incidents/{sent['number']}/accept",
        json={"note": "已核实", "public_note": "已联系 13800138000"},
        headers={**staff["she"], "If-Match": '"r1"'},
    )
    assert told.status_code == 200, told.text
    for address, words in ((link, "已联系 ***"), (sent["link"], "已联系 13800138000")):
        case = world.get(f"{address}/case").json()
        assert case["public_note"] == words
        assert [one["text"] for one in case["history"] if one["text"]] == [words]


def test_what_was_withdrawn_is_offered_to_nobody(world: TestClient) -> None:
    sent = world.post("/reports", data=body(), headers=KEY).json()
    done = world.post(f"{sent['link']}/cancel", data={"step": json.dumps({"note": "修好了"})})
    assert done.json()["state"] == "cancelled"
    lon, lat = place()
    asked = {"category": LAMP, "lon": lon, "lat": lat}
    assert world.get("/reports/near", params=asked).json()["duplicates"] == []


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"condition": "none"}, "类别 010 没有立案条件“none”"),
        ({"attributes": {"fault": "out", "lamp": "\x00"}}, "含有字符 U+0000"),
        ({"lon": 0.0, "lat": 0.0}, "不在本系统服务的社区内"),
        ({"category": "999"}, "没有类别“999”"),
        ({"description": "x" * 4001}, "说明有 4001 个字符，最多 4000 个"),
    ],
)
def test_what_cannot_be_taken_is_told_in_words(
    world: TestClient, pg: psycopg.Connection, more: dict[str, object], words: str
) -> None:
    refused = world.post("/reports", data=body(**more), headers=KEY)
    assert refused.status_code == 400, refused.text
    assert words in refused.json()["detail"]
    assert pg.execute("SELECT count(*) FROM incident").fetchone() == (0,)


def test_what_is_nobody_elses_is_not_followed(world: TestClient, pg: psycopg.Connection) -> None:
    private = body(category="061", attributes={}, contact={"phone": "13800138000"})
    number = world.post("/reports", data=private, headers=KEY).json()["number"]
    assert world.post(f"/reports/{number}/followers", json={}).status_code == 404
    told = body(description="灯不亮，电话 13912345678")
    lamp = world.post("/reports", data=told, headers={"Idempotency-Key": "another"}).json()["number"]
    link = world.post(f"/reports/{lamp}/followers", json={}).json()["link"]
    case = world.get(f"{link}/case").text
    assert "13912345678" not in case
    assert "灯不亮" in case
    assert pg.execute("SELECT count(*) FROM incident_follower").fetchone() == (1,)


def test_who_follows_sees_no_photo_that_nobody_published(world: TestClient, pg: psycopg.Connection) -> None:
    sent = world.post("/reports", data=body(), files=[("photos", picture())], headers=KEY).json()
    link = world.post(f"/reports/{sent['number']}/followers", json={}).json()["link"]
    added = world.post(f"{sent['link']}/comment", data={"step": "{}"}, files=[("photos", picture())])
    assert added.status_code == 200, added.text
    for (photo,) in pg.execute("SELECT id FROM incident_photo").fetchall():
        assert world.get(f"{sent['link']}/photos/{photo}").status_code == 200
        assert world.get(f"{link}/photos/{photo}").status_code == 404
        pg.execute("UPDATE incident_photo SET public = true, moderated_at = now() WHERE id = %s", [photo])
        pg.commit()
        assert world.get(f"{link}/photos/{photo}").status_code == 200


def test_another_photo_under_a_used_key_is_refused(
    world: TestClient, staff: dict[str, dict[str, str]], pg: psycopg.Connection
) -> None:
    sent = world.post("/reports", data=body(), headers=KEY).json()
    other = io.BytesIO()
    Image.new("RGB", (64, 48), "blue").save(other, "JPEG")
    for address, headers in (
        (f"{sent['link']}/comment", {}),
        (f"/incidents/{sent['number']}/comment", staff["she"]),
    ):
        told = {
            "data": {"step": json.dumps({"note": "x"})},
            "headers": {**headers, "Idempotency-Key": "a photo"},
        }
        before = pg.execute("SELECT count(*) FROM incident_photo").fetchone()[0]
        told["headers"]["If-Match"] = world.get(f"/incidents/{sent['number']}", headers=staff["she"]).headers[
            "ETag"
        ]
        statuses = [
            world.post(address, files=[("photos", content)], **told).status_code
            for content in (picture(), picture(), other.getvalue())
        ]
        assert statuses == [200, 200, 422], address
        assert pg.execute("SELECT count(*) FROM incident_photo").fetchone() == (before + 1,)


def test_a_time_that_has_not_come_is_now_and_one_without_zone_is_refused(
    world: TestClient, pg: psycopg.Connection
) -> None:
    assert world.post("/reports", data=body(seen_at="2099-01-01T00:00:00Z"), headers=KEY).status_code == 201
    row = pg.execute("SELECT (details ->> 'seen_at')::timestamptz <= now() FROM incident_event").fetchone()
    assert row == (True,)
    refused = world.post("/reports", data=body(seen_at="2026-01-01T00:00"), headers={"Idempotency-Key": "z"})
    assert (refused.status_code, refused.json()["detail"]) == (400, "seen_at：须带时区")


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ("0001-01-01T00:00:00", "须带时区"),
        ("2026-11-25T08:00", "须带时区"),
        ("0001-01-01T00:00:00+14:00", ""),
        ("9999-12-31T23:59:59-14:00", ""),
    ],
)
def test_times_of_visits_and_reviews_have_a_zone(
    world: TestClient, staff: dict[str, dict[str, str]], told: str, words: str
) -> None:
    visit = {"building": 1, "kind": "patrol", "outcome": "nothing", "at": told}
    refused = world.post("/visits", json=visit, headers=staff["wang"])
    assert refused.status_code == 400, refused.text
    assert refused.json()["detail"].startswith("at = ")
    assert (words or "最近 30 天内") in refused.json()["detail"]
    number = world.post("/reports", data=body(), headers=KEY).json()["number"]
    accepted = world.post(
        f"/incidents/{number}/accept", json={"note": "x"}, headers={**staff["she"], "If-Match": '"r1"'}
    )
    step = {"note": "x", "public_note": "x", "until": told}
    refused = world.post(
        f"/incidents/{number}/suspend",
        json=step,
        headers={**staff["jie"], "If-Match": accepted.headers["ETag"]},
    )
    assert refused.status_code == 400, refused.text
    assert (words or "最长 90 天") in refused.json()["detail"]


@pytest.mark.parametrize("told", ['"r' + "9" * 5000 + '"', '"r"', '"r-1"', "r1x"])
def test_what_is_no_revision(world: TestClient, staff: dict[str, dict[str, str]], told: str) -> None:
    number = world.post("/reports", data=body(), headers=KEY).json()["number"]
    refused = world.post(
        f"/incidents/{number}/accept", json={"note": "x"}, headers={**staff["she"], "If-Match": told}
    )
    assert refused.status_code == 400, refused.text
    assert "不是事件的 ETag" in refused.json()["detail"]


def test_a_state_that_there_is_not(world: TestClient, staff: dict[str, dict[str, str]]) -> None:
    for path in ("/incidents", "/incidents.csv"):
        refused = world.get(path, params={"state": "zz"}, headers=staff["she"])
        assert refused.status_code == 400, path
        assert "没有状态 zz；可用的有 draft、reported" in refused.json()["detail"]


def test_only_who_may_ask_is_offered_who_reported(
    world: TestClient, staff: dict[str, dict[str, str]]
) -> None:
    number = world.post("/reports", data=body(), headers=KEY).json()["number"]
    for name in ("she", "jie", "qu", "wang"):
        offered = world.get(f"/incidents/{number}", headers=staff[name]).json()["reads_reporter"]
        asked = world.get(f"/incidents/{number}/reporter", params={"purpose": "回访"}, headers=staff[name])
        assert offered == (asked.status_code != 403), name


def test_a_report_has_so_many_followers_and_entries_in_a_day(
    world: TestClient, pg: psycopg.Connection
) -> None:
    receipt = world.post("/reports", data=body(), headers=KEY).json()
    number, link = receipt["number"], receipt["link"]
    row = pg.execute("SELECT id FROM incident").fetchone()
    pg.execute(
        "INSERT INTO incident_follower (incident_id, link_hash, sealed, at)"
        " SELECT %s, sha256(n::text::bytea), '', now() - n * interval '10 min' FROM generate_series(1, 50) n",
        row,
    )
    pg.execute(
        "INSERT INTO incident_event (incident_id, seq, at, by, actor, action, before, after, hash)"
        " SELECT %s, n, now() - (60 - n) * interval '10 min', '', 'reporter', 'comment', 'reported', 'reported', ''"
        " FROM generate_series(2, 51) n",
        row,
    )
    pg.commit()
    follow = world.post(f"/reports/{number}/followers", json={})
    assert (follow.status_code, follow.headers["Retry-After"][:2]) == (429, "56"), (
        "of 1,440 minutes 500 are over"
    )
    assert "一天内已有 50 人开始关注" in follow.json()["detail"]
    entry = world.post(f"{link}/comment", data={"step": json.dumps({"public_note": "x"})})
    assert entry.status_code == 429
    assert "一天内已提交 50 次" in entry.json()["detail"]
    assert world.get(f"{link}/case").status_code == 200


def test_whoever_reported_and_handled_does_not_verify_by_the_private_link(
    world: TestClient, staff: dict[str, dict[str, str]]
) -> None:
    made = world.post("/incidents", data=body(), headers={**staff["wang"], **KEY})
    assert made.status_code == 201, made.text
    number, link = made.json()["number"], made.json()["link"]
    for revision, (action, step) in enumerate(
        (("accept", {"note": "x"}), ("start", {}), ("resolve", {"note": "x", "document": "1"})), 1
    ):
        headers = {**staff["wang"], "If-Match": f'"r{revision}"'}
        done = world.post(f"/incidents/{number}/{action}", json=step, headers=headers)
        assert done.status_code == 200, done.text
    refused = world.post(f"{link}/verify", data={"step": json.dumps({"note": "好了"})})
    assert (refused.status_code, "处置人不能核查" in refused.json()["detail"]) == (409, True)
