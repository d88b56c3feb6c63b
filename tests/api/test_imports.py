"""POST /imports: the same import through an upload."""

import json
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_core.config import Settings
from tests.db.bad_files import houses_with, town
from tests.db.test_import_bad_files import checksum
from tests.people import bearer, person


@pytest.fixture
def client(database_url: str, pg: psycopg.Connection) -> Iterator[TestClient]:
    person(pg, "importer")
    app = create_app(Settings(WANGGE_LANG="en", WANGGE_MAX_UPLOAD_MB=1), database_url)
    with TestClient(app, "http://localhost", headers=bearer(pg, "importer")) as client:
        yield client


def post(client: TestClient, *paths: Path, **fields: object):  # type: ignore[no-untyped-def]
    files = [("file", (path.name, path.read_bytes())) for path in paths]
    return client.post("/imports", files=files, data=fields)


def test_an_upload_is_imported(client: TestClient, pg: psycopg.Connection, tmp_path: Path) -> None:
    answer = post(client, town(tmp_path), no_estimate="true")

    assert answer.status_code == 200
    body = answer.json()
    assert body["rows"]["buildings"] == {"inserted": 6, "updated": 0, "unchanged": 0}
    assert body["communities"] == ["A"]
    assert body["dataset"] == "town"
    assert {"meaning": "households", "field": "households", "not_taken": []} in body["layers"][0]["fields"]
    assert pg.execute("SELECT sum(households), sum(persons) FROM building").fetchone() == (192, 0)


def test_a_dry_run_checks_all_and_changes_nothing(
    client: TestClient, pg: psycopg.Connection, tmp_path: Path
) -> None:
    before = checksum(pg)
    answer = post(client, town(tmp_path), dry_run="true")

    assert answer.status_code == 200
    assert answer.json()["dry_run"] is True
    assert answer.json()["rows"]["buildings"]["inserted"] == 6
    assert checksum(pg) == before


def test_a_rejected_file_answers_422_with_every_fault(
    client: TestClient, pg: psycopg.Connection, tmp_path: Path
) -> None:
    before = checksum(pg)
    answer = post(client, town(tmp_path, buildings=houses_with("households", 1, -4)), lang="zh")

    assert answer.status_code == 422
    assert answer.json()["faults"] == [
        {
            "code": "count_negative",
            "severity": "fault",
            "layer": "buildings",
            "row": 2,
            "id": "B2",
            "field": "households",
            "value": "-4",
            "limit": None,
            "message": "-4 是负数",
            "remedy": "改为 0 或更大的整数",
        }
    ]
    assert checksum(pg) == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"layer": "buildings"}, "layer buildings is not KEY=VALUE"),
        ({"persons_per_household": "many"}, "option persons_per_household is many: not a number"),
        ({"floors": "900"}, "option floors is 900"),
    ],
)
def test_options_that_make_no_sense(
    client: TestClient, tmp_path: Path, fields: dict[str, str], words: str
) -> None:
    answer = post(client, town(tmp_path), **fields)
    assert answer.status_code == 422
    assert words in answer.json()["faults"][0]["message"]


def test_an_upload_that_is_too_large_is_not_read_to_its_end(client: TestClient, tmp_path: Path) -> None:
    path = tmp_path / "large.gpkg"
    path.write_bytes(b"0" * (2 << 20))
    answer = post(client, path)
    assert answer.status_code == 413
    assert answer.json()["detail"].startswith("The upload is larger than 1 MB")


def test_a_form_without_a_file(client: TestClient) -> None:
    answer = client.post("/imports", files={"other": ("a.txt", b"a")})
    assert answer.status_code == 422
    assert "the form has no file" in answer.json()["detail"]
    assert client.post("/imports", json={}).status_code == 415


def test_mistyped_options_change_nothing(client: TestClient, pg: psycopg.Connection, tmp_path: Path) -> None:
    before = checksum(pg)
    misspelt = post(client, town(tmp_path), dryrun="true")
    assert misspelt.status_code == 400
    assert "unknown form fields: dryrun" in misspelt.json()["detail"]
    unclear = post(client, town(tmp_path), dry_run="maybe")
    assert unclear.status_code == 422
    assert "maybe" in str(unclear.json()["faults"])
    assert checksum(pg) == before


def test_a_file_name_cannot_leave_its_folder(client: TestClient, tmp_path: Path) -> None:
    content = town(tmp_path).read_bytes()
    answer = client.post("/imports", files=[("file", ("../../outside.gpkg", content))])
    assert answer.status_code == 200
    assert answer.json()["dataset"] == "outside"


def test_pages_of_other_sites_cannot_upload(client: TestClient, tmp_path: Path) -> None:
    content = town(tmp_path).read_bytes()
    answer = client.post(
        "/imports", files=[("file", ("town.gpkg", content))], headers={"Origin": "https://elsewhere.example"}
    )
    assert answer.status_code == 403
    assert "from pages of https://elsewhere.example" in answer.json()["detail"]


def test_files_of_one_name_do_not_replace_each_other(client: TestClient, tmp_path: Path) -> None:
    """The second file brings streets under the name of the first, as `export.geojson` from two tools would."""
    streets = {"type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": {"highway": "residential"},
        "geometry": {"type": "LineString", "coordinates": [[117.0, 36.65], [117.001, 36.65]]},
    }]}  # fmt: skip
    buildings = gpd.read_file(town(tmp_path), layer="buildings").to_crs(4326).to_json().encode()
    files = [("file", ("export.geojson", content)) for content in (buildings, json.dumps(streets).encode())]
    answer = client.post("/imports", files=files, data={"dry_run": "true"})
    assert answer.status_code == 200, answer.text
    assert {layer["role"] for layer in answer.json()["layers"]} == {"buildings", "streets"}


@pytest.mark.parametrize("name", ["..", ".", "a/..", "..\\.."])
def test_a_name_that_is_no_file_name_is_an_unknown_format(client: TestClient, name: str) -> None:
    answer = client.post("/imports", files={"file": (name, b"x")})
    assert answer.status_code == 422
    assert answer.json()["faults"][0]["code"] == "format_unknown"


@pytest.mark.parametrize(
    ("field", "value"), [("community", "x" * 65), ("community", "a\0b"), ("dataset", "x" * 201)]
)
def test_a_name_that_the_database_cannot_hold_is_a_fault(
    client: TestClient, tmp_path: Path, field: str, value: str
) -> None:
    (fault,) = post(client, town(tmp_path), **{field: value}).json()["faults"]
    assert fault["code"] == "option_out_of_range"
    assert f"option {field} is" in fault["message"]
