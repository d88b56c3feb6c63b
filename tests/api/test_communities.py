from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from pyproj import Geod
from shapely.geometry import shape

from tests.towns.town_sql import CODE, HOUSEHOLDS, LAT, LON, raise_version


def get(client: TestClient, path: str, status: int = 200) -> Any:
    response = client.get(path)
    assert response.status_code == status, response.text
    return response.json()


def test_the_list_is_empty_before_the_first_import(client: TestClient) -> None:
    assert get(client, "/communities") == {"communities": [], "next": None}


@pytest.mark.usefixtures("plan")
def test_a_community_in_the_list_has_its_totals(client: TestClient) -> None:
    (row,) = get(client, "/communities")["communities"]
    assert (row["code"], row["name"], row["plans"]) == (CODE, "安源社区", 1)
    assert (row["buildings"], row["households"], row["persons"]) == (12, 660, 1980)


def add_communities(pg: psycopg.Connection, *codes: str) -> None:
    for code in codes:
        pg.execute(
            "INSERT INTO community (code, name, metric_srid, boundary)"
            " VALUES (%s, %s, 4547, ST_Multi(ST_MakeEnvelope(114, 27, 114.01, 27.01, 4326)))",
            [code, f"Name {code.upper()}"],
        )
    pg.commit()


def test_pages_follow_each_other_by_code(client: TestClient, pg: psycopg.Connection) -> None:
    add_communities(pg, "c", "a", "b")
    first = get(client, "/communities?limit=2")
    assert [row["code"] for row in first["communities"]] == ["a", "b"]
    rest = get(client, f"/communities?limit=2&after={first['next']}")
    assert [row["code"] for row in rest["communities"]] == ["c"]
    assert rest["next"] is None


def test_search_takes_percent_signs_as_they_are(client: TestClient, pg: psycopg.Connection) -> None:
    add_communities(pg, "a", "b%")
    assert [row["code"] for row in get(client, "/communities?q=%25")["communities"]] == ["b%"]
    assert [row["code"] for row in get(client, "/communities?q=name a")["communities"]] == ["a"]


@pytest.mark.usefixtures("plan")
def test_one_community_tells_how_its_counts_are_known(client: TestClient) -> None:
    found = get(client, f"/communities/{CODE}")
    assert found["known"] == {
        "households": {"real": 6, "estimated": 5, "none": 1},
        "persons": {"real": 0, "estimated": 12, "none": 0},
    }
    assert found["totals"] == {
        "buildings": 12, "households": 660, "persons": 1980, "estates": 2, "organisations": 0,
    }  # fmt: skip
    on_the_ellipsoid, _ = Geod(ellps="GRS80").geometry_area_perimeter(shape(found["boundary"]))
    assert found["area_m2"] == pytest.approx(abs(on_the_ellipsoid), rel=2e-3)


@pytest.mark.usefixtures("plan")
def test_buildings_are_geojson_with_counts_and_their_kinds(client: TestClient) -> None:
    features = get(client, f"/communities/{CODE}/buildings")["features"]
    assert {one["id"]: one["properties"]["households"] for one in features} == HOUSEHOLDS
    first = features[0]
    assert first["properties"] == {
        "id": 1, "source_id": "b1", "households": 10, "households_kind": "real", "persons": 30,
        "persons_kind": "estimated", "floors": 6, "use": "residential", "name": "1号楼",
        "address": "跃进路1号", "estate": "Pond", "estate_id": 1,
    }  # fmt: skip
    assert shape(first["geometry"]).bounds == pytest.approx((LON, LAT, LON + 0.0002, LAT + 0.0002))


@pytest.mark.usefixtures("plan")
def test_barriers_around_the_boundary_are_shown_and_clipped(client: TestClient) -> None:
    features = get(client, f"/communities/{CODE}/barriers")["features"]
    assert [one["properties"]["kind"] for one in features] == ["road", "water", "railway", "wall"]
    assert features[0]["properties"]["class"] == "secondary"


@pytest.mark.usefixtures("plan")
@pytest.mark.parametrize("part", ["", "/buildings", "/barriers", "/plans"])
def test_a_code_may_hold_a_slash(client: TestClient, pg: psycopg.Connection, part: str) -> None:
    pg.execute("UPDATE community SET code = '东/1'")
    pg.commit()
    found = get(client, f"/communities/%E4%B8%9C%2F1{part}")
    assert found == get(client, f"/communities/东/1{part}")
    assert set(found) & {"code", "features", "plans"}


@pytest.mark.parametrize("part", ["", "/buildings", "/barriers", "/plans"])
def test_an_unknown_community_is_named(client: TestClient, part: str) -> None:
    assert get(client, f"/communities/none{part}", 404)["detail"] == "没有代码为 none 的社区。"
    english = get(client, f"/communities/none{part}?lang=en", 404)
    assert english["detail"] == "There is no community with the code none."


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("limt=5", "没有参数 limt；可用的有 after, lang, limit, q。"),
        ("limit=0", "limit = “0”：不得小于 1"),
        ("limit=many", "limit = “many”：须为整数"),
        ("q=%00", "q = “\\x00”：格式须符合"),
        ("after=%00&lang=en", "String should match pattern"),
    ],
)
def test_unknown_or_invalid_parameters_are_refused(client: TestClient, query: str, words: str) -> None:
    assert words in get(client, f"/communities?{query}", 400)["detail"]


@pytest.mark.usefixtures("plan")
def test_an_edit_is_shown_at_once_and_304_otherwise(client: TestClient, pg: psycopg.Connection) -> None:
    path = f"/communities/{CODE}/buildings"
    etag = client.get(path).headers["ETag"]
    same = client.get(path, headers={"If-None-Match": etag})
    assert (same.status_code, same.content) == (304, b"")
    pg.execute("UPDATE building SET households = 99 WHERE id = 1")
    raise_version(pg, "buildings")
    pg.commit()
    fresh = client.get(path, headers={"If-None-Match": etag})
    assert fresh.status_code == 200
    assert fresh.json()["features"][0]["properties"]["households"] == 99


@pytest.mark.usefixtures("plan")
def test_another_database_that_counts_from_one_as_well_is_no_304(
    client: TestClient, pg: psycopg.Connection
) -> None:
    """A data folder thrown away and filled anew: the browser still has the old answers, of the same numbers."""
    path = f"/communities/{CODE}/buildings"
    raise_version(pg, "buildings")
    pg.commit()
    etag = client.get(path).headers["ETag"]
    pg.execute("UPDATE layer_version SET changed_at = changed_at + interval '1 day'")
    pg.commit()
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 200
