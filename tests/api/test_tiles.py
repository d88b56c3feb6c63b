import math

import psycopg
import pyogrio
import pytest
from fastapi.testclient import TestClient

from tests.towns.town_sql import LAT, LON, centre, raise_version


def address(lon: float, lat: float, z: int) -> tuple[int, int]:
    """x, y of the tile that holds a point (the slippy map's formula)."""
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
    return int((lon + 180) / 360 * 2**z), int(y * 2**z)


X16, Y16 = address(*centre(3), 16)


def rows(content: bytes, tmp_path) -> list[dict]:
    """Features of a tile as GDAL reads them, those of the buffer included."""
    path = tmp_path / "tile.mvt"
    path.write_bytes(content)
    return pyogrio.read_dataframe(path, CLIP="NO").to_dict("records")


@pytest.mark.parametrize("layer", ["buildings", "barriers", "communities", "city", "grids"])
def test_a_tile_decodes(client: TestClient, plan: int, tmp_path, layer: str) -> None:
    x, y = address(LON, LAT, 14)
    query = f"?plan={plan}" if layer == "grids" else ""
    response = client.get(f"/tiles/{layer}/14/{x}/{y}{query}")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    expected = {"buildings": 12, "barriers": 4, "communities": 1, "city": 1, "grids": 3}[layer]
    assert len(rows(response.content, tmp_path)) == expected


@pytest.mark.usefixtures("plan")
def test_a_feature_in_the_buffer_only_is_included(
    client: TestClient, pg: psycopg.Connection, tmp_path
) -> None:
    """A metre or two east of a tile's edge lies within the 64/4096 buffer of the tile to the west of it."""
    edge = (X16 / 2**16) * 360 - 180
    lat = centre(3)[1]
    pg.execute("DELETE FROM assignment")
    pg.execute("DELETE FROM building WHERE id <> 1")
    pg.execute(
        "UPDATE building SET footprint = ST_Multi(ST_MakeEnvelope(%s, %s, %s, %s, 4326))",
        [edge + 1e-5, lat, edge + 2e-5, lat + 1e-5],
    )
    pg.commit()
    assert len(rows(client.get(f"/tiles/buildings/16/{X16}/{Y16}").content, tmp_path)) == 1
    assert len(rows(client.get(f"/tiles/buildings/16/{X16 - 1}/{Y16}").content, tmp_path)) == 1


@pytest.mark.usefixtures("plan")
def test_an_edit_is_in_the_next_tile(client: TestClient, pg: psycopg.Connection, tmp_path) -> None:
    path = f"/tiles/buildings/16/{X16}/{Y16}"
    first = client.get(path)
    unchanged = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert unchanged.status_code == 304
    assert client.get(path).content == first.content
    pg.execute("UPDATE building SET households = 777 WHERE id = 3")
    raise_version(pg, "buildings")
    pg.commit()
    fresh = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    found = {row["source_id"]: row["households"] for row in rows(fresh.content, tmp_path)}
    assert found["b3"] == 777


@pytest.mark.usefixtures("plan")
def test_an_empty_place_and_a_small_zoom_are_204(client: TestClient) -> None:
    for path in ("/tiles/buildings/16/0/0", "/tiles/buildings/3/6/3"):
        response = client.get(path)
        assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        (
            "roads/1/0/0",
            404,
            "no layer 'roads'; the layers are buildings, barriers, communities, city, grids",
        ),
        ("buildings/23/0/0", 400, "z = 23 is not a zoom level; it lies in 0-22"),
        ("buildings/2/4/-1", 400, "x = 4 and y = -1 outside of the tiles of zoom 2, which are 0-3"),
        ("buildings/2/a/1", 400, "x = “a”"),
        ("grids/2/1/1", 400, "add ?plan=ID"),
        ("grids/2/1/1?plan=0", 400, "plan = “0”"),
    ],
)
def test_impossible_tiles_are_refused_in_words(
    client: TestClient, path: str, status: int, words: str
) -> None:
    response = client.get(f"/tiles/{path}")
    assert response.status_code == status
    assert words in response.json()["detail"]


@pytest.mark.usefixtures("plan")
def test_tiles_are_gzipped_for_those_who_take_it(client: TestClient) -> None:
    path = "/communities/360302001001/buildings"
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content
