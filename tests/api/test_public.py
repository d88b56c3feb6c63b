"""What everybody sees: the public map's data and the OGC service; nothing of who reported, nor matters of persons."""

import json
from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_core.config import Settings
from tests.towns.incident_sql import build_incident_town, place
from tests.towns.public_sql import build_public, photo
from tests.towns.town_sql import CODE

SECRETS = ("13800138000", "张三", "灯不亮", "家门口", "离婚", "she", "wang")
"""What reporters wrote, who they are, and who works on it."""


@pytest.fixture
def numbers(pg: psycopg.Connection) -> dict[str, str]:
    build_incident_town(pg)
    return build_public(pg)


@pytest.fixture
def world(database_url: str, numbers: dict[str, str], tmp_path: object) -> Iterator[TestClient]:
    assert numbers
    app = create_app(Settings(language="zh", data_dir=tmp_path), database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client


def listed(world: TestClient, **parameters: object) -> list[str]:
    return [row["number"] for row in world.get("/public/incidents", params=parameters).json()["incidents"]]


def test_the_map_shows_what_is_nobodys_own_matter(world: TestClient, numbers: dict[str, str]) -> None:
    """Open ones and those ended within 90 days, the newest first; no approval, no quarrel, nothing withdrawn."""
    assert listed(world) == [numbers[name] for name in ("rubbish", "closed", "lamp")]
    assert listed(world, state="open") == [numbers["rubbish"], numbers["lamp"]]
    assert listed(world, state="closed") == [numbers["closed"]]
    assert listed(world, category="001") == [numbers["rubbish"]]


@pytest.mark.parametrize(
    "path", ["/public/incidents", "/public/density", "/ogc/collections/incidents/items", "/public/categories"]
)
def test_nobody_is_named_anywhere(world: TestClient, path: str) -> None:
    text = world.get(path).text
    assert [word for word in SECRETS if word in text] == []


def test_of_texts_only_the_staffs_note_is_shown_with_numbers_masked(
    world: TestClient, numbers: dict[str, str]
) -> None:
    rows = {row["number"]: row for row in world.get("/public/incidents").json()["incidents"]}
    row = rows[numbers["closed"]]
    assert row["note"] == "修好了，问题请打 ***"
    assert (row["state_name"], row["category_name"], row["open"]) == ("已销号", "路灯故障", False)
    assert row.keys() == {
        "number", "category", "category_name", "group", "kind", "state", "state_name", "open", "community",
        "community_name", "reported", "closed", "note", "photos", "lon", "lat",
    }  # fmt: skip
    assert len(row["reported"]) == len("2026-11-25")
    lon, lat = place(1)
    assert (row["lon"], row["lat"]) == pytest.approx((lon, lat), abs=0.0001)
    assert (row["lon"] * 10000) % 1 == pytest.approx(0, abs=1e-6)


def test_a_small_box_does_not_tell_the_very_place(world: TestClient, numbers: dict[str, str]) -> None:
    row = world.get("/public/incidents").json()["incidents"][0]
    lon, lat = row["lon"], row["lat"]
    assert numbers["rubbish"] in listed(world, bbox=f"{lon - 1e-6},{lat - 1e-6},{lon + 1e-6},{lat + 1e-6}")
    x, y = place(2)
    assert listed(world, bbox=f"{x - 1e-6},{y - 1e-6},{x + 1e-6},{y + 1e-6}") == []


def test_pages_follow_each_other(world: TestClient) -> None:
    found, after = [], None
    while True:
        page = world.get(
            "/public/incidents", params={"limit": 1, **({"after": after} if after else {})}
        ).json()
        found += [row["number"] for row in page["incidents"]]
        after = page["next"]
        if after is None:
            break
    assert found == listed(world)


def test_only_photos_that_were_published_are_shown(
    world: TestClient, numbers: dict[str, str], pg: psycopg.Connection
) -> None:
    hidden = photo(pg, numbers["lamp"], public=False)
    shown = photo(pg, numbers["lamp"], public=True)
    private = photo(pg, numbers["quarrel"], public=True)
    answer = world.get(f"/public/photos/{shown}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    for one in (hidden, private, 999):
        refused = world.get(f"/public/photos/{one}")
        assert (refused.status_code, refused.json()["detail"]) == (404, f"没有公开的照片 {one}。")
    row = world.get("/public/incidents").json()["incidents"][-1]
    assert row["photos"] == [f"public/photos/{shown}"]


def test_grids_with_fewer_than_five_are_not_counted(
    world: TestClient, numbers: dict[str, str], pg: psycopg.Connection
) -> None:
    def counts() -> list[int | None]:
        features = world.get("/public/density").json()["features"]
        return [
            one["properties"]["count"]
            for one in sorted(features, key=lambda one: one["properties"]["number"])
        ]

    assert counts() == [None, None, None]
    pg.execute(
        "INSERT INTO incident (number, community_id, grid_code, place, category_code, kind, source, state, open,"
        " reported_at, updated_at) SELECT 'x' || n, community_id, grid_code, place, category_code, kind, source, state,"
        " open, reported_at, updated_at FROM incident, generate_series(1, 2) n WHERE number = %s",
        [numbers["lamp"]],
    )
    pg.commit()
    assert counts() == [5, None, None]  # lamp, closed, rubbish and the two
    x, y = place(12)
    box = f"{x},{y},{x},{y}"
    assert len(world.get("/public/density", params={"bbox": box}).json()["features"]) == 1


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/public/incidents?bbox=1,2,3", "bbox"),
        ("/public/incidents?bbox=3,2,1,4", "bbox"),
        ("/public/incidents?reporter=x", "reporter"),
        ("/ogc/collections/incidents/items?foo=bar", "foo"),
        ("/ogc/collections/incidents/items?bbox=a", "bbox"),
        ("/ogc/collections/incidents/items?limit=0", "limit"),
        ("/ogc/collections/incidents/items?datetime=yesterday", "datetime"),
        ("/ogc/collections/incidents/items?datetime=2026-11-25T10:00:00", "datetime"),
        ("/ogc/collections/incidents/items?datetime=2026-11-25/2026-11-01", "datetime"),
        ("/ogc/collections/incidents/items?datetime=../..", "datetime"),
        ("/ogc?x=1", "x"),
        ("/ogc/conformance?f=html", "html"),
    ],
)
def test_wrong_parameters_are_refused(world: TestClient, path: str, words: str) -> None:
    answer = world.get(path)
    assert answer.status_code == 400, answer.text
    assert words in answer.json()["detail"]


def test_the_landing_page_leads_everywhere(world: TestClient) -> None:
    links = {one["rel"]: one for one in world.get("/ogc").json()["links"]}
    assert set(links) == {"self", "service-desc", "conformance", "data"}
    for one in links.values():
        answer = world.get(one["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(one["type"].split(";")[0])
    [collection] = world.get(links["data"]["href"]).json()["collections"]
    assert collection == world.get(collection["links"][0]["href"]).json()
    assert collection["extent"]["spatial"]["bbox"][0][0] == pytest.approx(113.8499, abs=1e-4)
    assert len(world.get(links["conformance"]["href"]).json()["conformsTo"]) == 3


def test_items_are_geojson_that_pages_on(world: TestClient, numbers: dict[str, str]) -> None:
    items = "/ogc/collections/incidents/items"
    told = world.get(items, params={"limit": 2, "lang": "en"})
    assert told.headers["content-type"] == "application/geo+json"
    page = told.json()
    assert (page["type"], page["numberReturned"]) == ("FeatureCollection", 2)
    following = next(one["href"] for one in page["links"] if one["rel"] == "next")
    rest = world.get(following).json()
    assert [one["id"] for one in page["features"] + rest["features"]] == [
        numbers[name] for name in ("rubbish", "closed", "lamp")
    ]
    assert "next" not in {one["rel"] for one in rest["links"]}
    one = rest["features"][0]
    assert one["geometry"]["type"] == "Point"
    assert (one["properties"]["category_name"], one["properties"]["community"]) == ("Street light out", CODE)
    single = world.get(f"{items}/{one['id']}", params={"lang": "en"}).json()
    assert single["properties"] == one["properties"]
    for name in ("papers", "quarrel", "old", "withdrawn"):
        assert world.get(f"{items}/{numbers[name]}").status_code == 404


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        ({"state": "closed"}, ["closed"]),
        ({"category": "001"}, ["rubbish"]),
        ({"kind": "emergency"}, []),
        ({"datetime": "2026-01-01T00:00:00Z"}, []),
        ({"datetime": "2026-01-01T00:00:00Z/.."}, ["rubbish", "closed", "lamp"]),
        ({"datetime": "../2026-01-01T00:00:00Z"}, []),
        ({"bbox": "113,27,0,114,28,9"}, ["rubbish", "closed", "lamp"]),
        ({"bbox": "0,0,1,1"}, []),
        ({"limit": 100000}, ["rubbish", "closed", "lamp"]),
    ],
)
def test_items_are_filtered(
    world: TestClient, numbers: dict[str, str], parameters: dict, names: list[str]
) -> None:
    told = world.get("/ogc/collections/incidents/items", params=parameters).json()
    assert [one["id"] for one in told["features"]] == [numbers[name] for name in names]


def test_the_description_names_every_path_and_parameter(world: TestClient) -> None:
    told = world.get("/ogc/api")
    assert told.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    paths = told.json()["paths"]
    served = {one for one in json.loads(world.get("/openapi.json").text)["paths"] if one.startswith("/ogc")}
    own = {"/ogc" + path.replace("{featureId}", "{number}").removesuffix("/") for path in paths}
    assert own == served
    names = {one["name"] for one in paths["/collections/incidents/items"]["get"]["parameters"]}
    assert names == {"limit", "after", "bbox", "datetime", "category", "state", "kind"}


def test_notices_of_approvals_are_public_in_their_time(
    world: TestClient, numbers: dict[str, str], pg: psycopg.Connection
) -> None:
    assert numbers
    assert world.get("/public/notices").json() == {"notices": []}
    pg.execute(
        "UPDATE incident SET state = 'publicised', kind = 'approval' WHERE id = (SELECT min(id) FROM incident)"
    )
    pg.execute(
        "INSERT INTO public_notice (incident_id, level, text_zh, text_en, begins_at, ends_at)"
        " SELECT min(id), 'community', '拟批准', 'To be approved', now() - interval '1 day', now() + interval '1 day'"
        " FROM incident"
    )
    pg.commit()
    [told] = world.get("/public/notices", params={"lang": "en"}).json()["notices"]
    assert (told["text"], told["level"], told["area"]) == ("To be approved", "community", "安源社区")
    pg.execute("UPDATE public_notice SET ends_at = now() - interval '1 hour'")
    pg.commit()
    assert world.get("/public/notices").json() == {"notices": []}
