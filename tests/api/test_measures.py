"""Measures by HTTP: whose they are, what is kept back, and the table for spreadsheets."""

import csv
import io
from collections.abc import Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from gis_core.config import Settings
from tests.people import bearer
from tests.towns.incident_sql import DISTRICT, STAFF, STREET, build_incident_town
from tests.towns.lamps import lamps
from tests.towns.town_sql import CODE

OTHER = "360302001002"


@pytest.fixture
def world(database_url: str, pg: psycopg.Connection, tmp_path: object) -> Iterator[TestClient]:
    build_incident_town(pg)
    lamps(pg)
    pg.execute(
        "INSERT INTO community (code, name, metric_srid, boundary, area_code) SELECT %s, '=Other', metric_srid,"
        " ST_Translate(boundary, 1, 0), area_code FROM community",
        [OTHER],
    )
    pg.commit()
    app = create_app(Settings(language="zh", data_dir=tmp_path), database_url)
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def staff(pg: psycopg.Connection, world: TestClient) -> dict[str, dict[str, str]]:  # noqa: ARG001
    return {name: bearer(pg, name) for name in STAFF}


def get(world: TestClient, who: dict[str, str], **parameters: str) -> dict:
    answer = world.get("/measures", params={"period": "2026-11", **parameters}, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_value_comes_with_numerator_and_denominator(world: TestClient, staff: dict) -> None:
    told = get(world, staff["she"], by="grid")
    assert (told["from"], told["to"], told["by"]) == ("2026-11-01", "2026-11-30", "grid")
    assert [row["code"] for row in told["rows"]] == [f"{CODE}10{number}" for number in (1, 2, 3)]
    row = told["rows"][0]
    assert row["name"] == "安源社区 · 101"
    assert row["values"]["close_on_time"] == {
        "value": 0.8, "numerator": 4, "denominator": 5, "insufficient": False,
    }  # fmt: skip
    assert row["values"]["whole_p90"]["value"] == 66.4
    assert row["values"]["satisfied"] == {
        "value": None, "numerator": None, "denominator": None, "insufficient": True,
    }  # fmt: skip
    first = told["measures"][0]
    assert (first["name"], first["numerator"]) == ("受理率", "其中已受理的")
    english = get(world, staff["she"], lang="en")["measures"][0]
    assert (english["name"], english["denominator"]) == (
        "Accept rate", "cases reported in the period, less those withdrawn or merged",
    )  # fmt: skip


def test_one_sees_the_areas_that_lie_wholly_in_ones_own(world: TestClient, staff: dict) -> None:
    def codes(who: str, by: str) -> list[str]:
        return [row["code"] for row in get(world, staff[who], by=by)["rows"]]

    assert codes("she", "community") == [CODE]
    assert codes("she", "subdistrict") == []
    assert codes("jie", "community") == [CODE]
    assert codes("jie", "subdistrict") == [STREET]
    assert codes("jie", "district") == [DISTRICT]
    assert codes("qu", "department") == []
    rows = get(world, staff["qu"], by="grid", community=CODE)["rows"]
    assert rows[0]["code"] == f"{CODE}101"


def test_departments_of_ones_own_area_are_seen(
    world: TestClient, staff: dict, pg: psycopg.Connection
) -> None:
    pg.execute("UPDATE department SET area_code = %s", [DISTRICT])
    pg.commit()
    told = get(world, staff["qu"], by="department")
    values = {row["code"]: row["values"] for row in told["rows"]}
    assert values["power"]["handle_on_time"]["numerator"] == 4
    assert values["urban_management"]["handle_on_time"]["insufficient"]
    assert "accept" not in {one["code"] for one in told["measures"]}
    assert [row["name"] for row in told["rows"]] == ["供电单位", "城市管理部门"]


@pytest.mark.parametrize(
    ("who", "parameters", "status", "words"),
    [
        ("wang", {}, 403, "查看统计"),
        ("she", {"community": OTHER}, 403, "查看统计"),
        ("qu", {"period": "2026-99"}, 400, "须为月 2026-11"),
        ("qu", {"by": "department", "community": CODE}, 400, "请不要填写 community"),
        ("qu", {"by": "account"}, 400, "by = “account”"),
        ("qu", {"person": "wang"}, 400, "person"),
    ],
)
def test_what_is_refused_is_told(
    world: TestClient, staff: dict, who: str, parameters: dict, status: int, words: str
) -> None:
    answer = world.get("/measures", params=parameters, headers=staff[who])
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text


def test_csv_has_a_line_a_measure_and_no_formula(world: TestClient, staff: dict) -> None:
    answer = world.get("/measures", params={"period": "2026-11", "format": "csv"}, headers=staff["jie"])
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    own = {row["measure"]: row for row in rows if row["code"] == CODE}
    assert (own["accept"]["value"], own["accept"]["numerator"], own["accept"]["denominator"]) == (
        "1.0",
        "5.0",
        "5.0",
    )
    assert (own["reopen"]["value"], own["reopen"]["note"]) == ("", "样本不足")
    assert {row["name"] for row in rows} == {"安源社区"}
    assert b"\r\n" in answer.content


def test_the_queue_as_csv_names_nobody(world: TestClient, staff: dict) -> None:
    answer = world.get("/incidents.csv", params={"view": "all"}, headers=staff["she"])
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert len(rows) == 6
    assert {row["state_name"] for row in rows} == {"已销号", "已撤销", "已重开"}
    assert rows[0].keys().isdisjoint({"assignee", "address", "description", "asked"})
    assert "wang" not in answer.text
    assert world.get("/incidents.csv", params={"stat": "x"}, headers=staff["she"]).status_code == 400
    other = world.get("/incidents.csv", headers=staff["dian"])
    assert len(other.text.splitlines()) == 1
