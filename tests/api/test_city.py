"""The city's list, areas and tiles over HTTP."""

import psycopg
import pytest
from fastapi.testclient import TestClient

from gis_core.accounts.rules import Role
from tests.api.test_tiles import address, rows
from tests.people import bearer, person
from tests.towns.city_sql import (
    ADOPTED,
    BROKEN,
    DISTRICT,
    EAST_STREET,
    NAMES,
    NONE,
    PROPOSED,
    STATES,
    WEST_STREET,
    add_community,
    build_city,
)
from tests.towns.town_sql import CODE, LAT, LON, raise_version

LIST = "/city/communities"


@pytest.fixture(autouse=True)
def city(pg: psycopg.Connection, plan: int) -> None:  # noqa: ARG001 (the drawn town is its work)
    build_city(pg)


def told(client: TestClient, query: str = "", **options) -> dict:
    answer = client.get(f"{LIST}?{query}", **options)
    assert answer.status_code == 200, answer.text
    return answer.json()


def codes(answer: dict) -> list[str]:
    return [row["code"] for row in answer["communities"]]


def test_every_community_is_listed_with_its_state(client: TestClient) -> None:
    answer = told(client)
    found = {row["code"]: row for row in answer["communities"]}
    assert {code: row["state"] for code, row in found.items()} == STATES
    assert list(found) == sorted(STATES)
    assert answer["states"] == {"none": 1, "draft": 1, "proposed": 1, "adopted": 1, "broken": 1}
    assert answer["next"] is None
    assert {code: row["name"] for code, row in found.items()} == NAMES
    row = found[BROKEN]
    assert (row["households"], row["buildings"], row["persons"], row["grids"]) == (101, 1, None, 1)
    assert row["broken"] == [{"rule": "households", "grid": 1, "value": 101, "low": 50, "high": 100}]
    assert found[CODE]["households"] == 660
    assert (found[NONE]["buildings"], found[NONE]["persons"]) == (0, 0)
    west, south, east, north = row["bbox"]
    assert west < row["label"][0] < east
    assert south < row["label"][1] < north
    assert answer["bbox"][0] < LON < answer["bbox"][2]


@pytest.mark.parametrize(
    ("query", "expected", "counted"),
    [
        (f"area={DISTRICT}", sorted(STATES), 5),
        (f"area={EAST_STREET}", [CODE, BROKEN, ADOPTED], 3),
        (f"area={WEST_STREET}&state=none", [NONE], 2),
        ("state=broken&state=proposed", [BROKEN, PROPOSED], 5),
        ("q=社区", sorted(STATES), 5),
        ("q=八一", [PROPOSED], 1),
        ("q=2002002", [NONE], 1),
        (f"area={EAST_STREET}&q=八一", [], 0),
    ],
)
def test_area_state_and_words_narrow_the_list(
    client: TestClient, query: str, expected: list[str], counted: int
) -> None:
    """The counts by state follow area and words, not the states asked for."""
    answer = told(client, query)
    assert codes(answer) == expected
    assert sum(answer["states"].values()) == counted
    assert (answer["bbox"] is None) is (counted == 0)


def test_pages_follow_one_another(client: TestClient) -> None:
    pages, after = [], ""
    while after is not None:
        answer = told(client, f"limit=2&after={after}")
        pages.append(codes(answer))
        assert sum(answer["states"].values()) == 5
        after = answer["next"]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [code for page in pages for code in page] == sorted(STATES)


def test_areas_are_told_with_those_above_and_their_communities(client: TestClient) -> None:
    areas = {row["code"]: row for row in client.get("/city/areas").json()["areas"]}
    assert {code: row["communities"] for code, row in areas.items()} == {
        DISTRICT: 5,
        EAST_STREET: 3,
        WEST_STREET: 2,
    }
    assert areas[EAST_STREET] == {
        "code": EAST_STREET,
        "name": "东大街",
        "level": "subdistrict",
        "parent": DISTRICT,
        "communities": 3,
    }


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("area=360302009000&lang=en", 404, "There is no admin area with the code 360302009000"),
        ("area=360302009000&lang=zh", 404, "没有代码为 360302009000 的行政区划"),
        ("area=1", 400, "area = “1”"),
        ("state=good", 400, "state"),
        ("limit=501", 400, "limit = “501”：不得大于 500"),
        ("colour=red", 400, "没有参数 colour"),
    ],
)
def test_what_is_not_known_is_refused_in_words(
    client: TestClient, query: str, status: int, words: str
) -> None:
    answer = client.get(f"{LIST}?{query}")
    assert answer.status_code == status
    assert words in answer.json()["detail"]


def test_a_change_is_in_the_next_answer(client: TestClient, pg: psycopg.Connection) -> None:
    told(client)
    first = client.get(LIST)
    assert client.get(LIST, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    pg.execute("UPDATE building SET households = 100 WHERE source_id = %s", [f"only {BROKEN}"])
    pg.commit()
    fresh = client.get(LIST, headers={"If-None-Match": first.headers["ETag"]}).json()
    assert fresh["states"]["broken"] == 0
    areas = client.get("/city/areas")
    pg.execute("UPDATE admin_area SET name = '西大街' WHERE code = %s", [WEST_STREET])
    pg.commit()
    renamed = client.get("/city/areas", headers={"If-None-Match": areas.headers["ETag"]})
    assert "西大街" in renamed.text


def test_the_ground_is_looked_at_by_and_by(client: TestClient, pg: psycopg.Connection) -> None:
    """Five plans that were adopted a moment ago: four are looked at when the list is read, and then the last."""
    for number in range(3):
        add_community(pg, f"x{number}", west=LON - (number + 1) * 0.004, status="adopted")
    pg.commit()
    assert [told(client)["unchecked"] for _ in range(2)] == [1, 0]


def viewer(pg: psycopg.Connection, name: str, role: Role, **place: str) -> dict[str, dict[str, str]]:
    return {"headers": bearer(pg, person(pg, name, role, **place))}


def test_drafts_show_only_to_those_who_may_read_them(client: TestClient, pg: psycopg.Connection) -> None:
    everywhere = told(client, **viewer(pg, "viewer", Role.VIEWER))
    assert everywhere["states"] == {"none": 3, "draft": 0, "proposed": 0, "adopted": 1, "broken": 1}
    assert all(row["underway"] is None for row in everywhere["communities"])
    person(pg, "mixed", Role.VIEWER)
    pg.execute(
        "INSERT INTO account_grant (account_id, role, area_code)"
        " SELECT id, 'planner', %s FROM account WHERE name = 'mixed'",
        [WEST_STREET],
    )
    mixed = told(client, headers=bearer(pg, "mixed"))
    assert mixed["states"] == {"none": 2, "draft": 0, "proposed": 1, "adopted": 1, "broken": 1}


def test_one_sees_ones_own_area_only(client: TestClient, pg: psycopg.Connection) -> None:
    own = viewer(pg, "desk", Role.COMMUNITY_DESK, area=EAST_STREET)
    assert codes(told(client, **own)) == [CODE, BROKEN, ADOPTED]
    areas = client.get("/city/areas", **own).json()["areas"]
    assert [(row["code"], row["communities"]) for row in areas] == [(DISTRICT, 3), (EAST_STREET, 3)]
    assert codes(told(client, **viewer(pg, "none", None))) == []


def test_tiles_hold_what_the_list_says(client: TestClient, pg: psycopg.Connection, tmp_path) -> None:
    x, y = address(LON, LAT, 10)
    for options in (
        {},
        viewer(pg, "viewer", Role.VIEWER),
        viewer(pg, "desk", Role.PLANNER, area=WEST_STREET),
    ):
        found = rows(client.get(f"/tiles/city/10/{x}/{y}", **options).content, tmp_path)
        listed = told(client, **options)["communities"]
        assert {row["code"]: row["state"] for row in found} == {row["code"]: row["state"] for row in listed}
        by_code = {row["code"]: row for row in listed}
        for row in found:
            one = by_code[row["code"]]
            assert [row["lon"], row["lat"]] == one["label"]
            told_here = (row["name"], row["households"], row["grids"], row["area"])
            assert told_here == (one["name"], one["households"], one["grids"], one["area_code"])


def test_a_tile_follows_the_counts(client: TestClient, pg: psycopg.Connection, tmp_path) -> None:
    x, y = address(LON, LAT, 10)
    path = f"/tiles/city/10/{x}/{y}"
    before = client.get(path)
    pg.execute("UPDATE building SET households = 49 WHERE source_id = %s", [f"only {ADOPTED}"])
    raise_version(pg, "buildings")
    pg.commit()
    after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert {row["code"]: row["state"] for row in rows(after.content, tmp_path)}[ADOPTED] == "broken"
