"""Open311 as its specification has it: what there is, reports, what is read, errors, jurisdictions, examples."""

import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import psycopg
import pytest

from tests.clients.open311_client import (
    COMMUNITY,
    DISTRICT,
    ELSEWHERE,
    LAMP,
    LAT,
    LON,
    PLACE,
    RUBBISH,
    STALL,
    Client,
    checked,
)
from tests.serving import serving
from tests.towns.incident_sql import KEY
from tests.towns.open311_sql import add_key, close


def test_discovery_names_this_endpoint_and_both_formats(client: Client) -> None:
    told = client.get("discovery", "discovery")
    [endpoint] = told["endpoints"]
    assert endpoint["url"] == str(client.http.base_url).rstrip("/")
    assert endpoint["formats"] == ["text/xml", "application/json"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"


def test_services_and_what_they_ask(client: Client) -> None:
    services = {one["service_code"]: one for one in client.get("services", "services")}
    assert services[RUBBISH]["service_name"] == "Exposed rubbish"
    assert services[RUBBISH]["metadata"] is False
    assert services[LAMP]["metadata"] is True
    assert services[LAMP]["type"] == "realtime"
    assert "litter" in services[RUBBISH]["keywords"].split(", ")
    definition = client.get(f"services/{LAMP}", "service-definition")
    assert [(one["code"], one["order"], one["required"]) for one in definition["attributes"]] == [
        ("lamp", 1, False),
        ("fault", 2, True),
    ]
    assert definition["attributes"][1]["values"][0] == {"key": "out", "name": "dark"}
    assert client.get(f"services/{RUBBISH}", "service-definition")["attributes"] == []
    assert client.get("services", "services", lang="zh")[0]["service_name"] == "暴露垃圾"


def test_matters_of_persons_are_not_offered(client: Client, api_key: str) -> None:
    codes = {one["service_code"] for one in client.get("services", "services")}
    assert not codes & {"050", "060", "061"}
    [words] = client.refused(404, api_key=api_key, service_code="061", phone="13800138000", **PLACE)
    assert words == "service_code 061 was not found; GET services lists them."


def test_a_report_is_found_again_without_a_word_on_the_reporter(client: Client, api_key: str) -> None:
    person = {"email": "zhao@example.org", "first_name": "Zhao", "last_name": "Min", "phone": "13800138000",
              "device_id": "device77", "account_id": "account88"}  # fmt: skip
    [told] = client.post(
        "requests", "acknowledgement", api_key=api_key, service_code=RUBBISH, address_string="跃进路1号门口",
        description="Rubbish <by> the door & 13912345678\nsecond line", **PLACE, **person,
    )  # fmt: skip
    number = told["service_request_id"]
    assert "/follow/" in told["service_notice"]
    assert told["account_id"] == "account88"
    [read] = client.get(f"requests/{number}", "requests", extensions="true")
    assert read["status"] == "open"
    assert read["status_notes"] == "reported"
    assert read["description"] == "Rubbish <by> the door & ***\nsecond line"
    assert read["address"] == "跃进路1号门口"
    assert (read["lat"], read["long"]) == pytest.approx((LAT, LON))
    assert read["expected_datetime"] > read["requested_datetime"]
    assert read["media_url"] is None
    assert read["extended_attributes"] == {
        "state": "reported", "state_name": "reported", "kind": "general", "level": 2, "grid_code": f"{COMMUNITY}101",
        "community_code": COMMUNITY, "community_name": "安源社区",
    }  # fmt: skip
    everything = json.dumps(client.get("requests", "requests", extensions="true"), ensure_ascii=False)
    assert not [word for word in person.values() if word in everything]
    assert "follow" not in everything


def test_xml_answers_a_report_too(client: Client, api_key: str) -> None:
    told = client.post(
        "requests", "acknowledgement", 200, "xml", api_key=api_key, service_code=RUBBISH, **PLACE
    )
    number = told.findtext("request/service_request_id")
    [read] = client.get(f"requests/{number}", "requests")
    assert read["description"] == read["service_name"] == "Exposed rubbish"
    assert client.get(f"tokens/{number}", "token") == [{"service_request_id": number, "token": number}]


def test_unescaped_utf_8_is_read(client: Client, api_key: str) -> None:
    body = f"api_key={api_key}&service_code={RUBBISH}&lat={LAT}&long={LON}&description=楼道垃圾".encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = client.http.post("requests.json", content=body, headers=headers)
    number = answer.json()[0]["service_request_id"]
    assert client.get(f"requests/{number}", "requests")[0]["description"] == "楼道垃圾"
    latin = client.http.post("requests.json", content="description=é".encode("latin-1"), headers=headers)
    assert latin.status_code == 400
    assert checked(latin, "errors")[0]["description"] == "The form is not UTF-8."


def test_places_by_building_and_by_address(client: Client, api_key: str) -> None:
    for fields in ({"address_id": "1"}, {"address_string": "跃进路1号"}):
        [told] = client.post("requests", "acknowledgement", api_key=api_key, service_code=RUBBISH, **fields)
        [read] = client.get(f"requests/{told['service_request_id']}", "requests")
        assert (read["lat"], read["long"]) == pytest.approx((LAT, LON), abs=2e-4)
        assert read["address"] == "跃进路1号"
    wrong = {"api_key": api_key, "service_code": RUBBISH}
    assert client.refused(400, **wrong, address_id="999") == [
        "address_id 999 is no building of this service; send lat and long."
    ]
    assert client.refused(400, **wrong, address_string="Nowhere") == [
        "address_string = Nowhere is the address of no buildings; send lat and long."
    ]


def test_attributes_are_asked_for_and_kept(client: Client, api_key: str) -> None:
    number = client.report(
        api_key, service_code=LAMP, **{"attribute[fault]": "flicker", "attribute[lamp]": "L7"}
    )
    [read] = client.get(f"requests/{number}", "requests", extensions="true")
    assert read["attributes"] == [
        {"code": "lamp", "description": "Number on the lamp post if any", "values": ["L7"]},
        {"code": "fault", "description": "What is wrong", "values": ["flicker"]},
    ]
    several = client.report(api_key, service_code=STALL, **{"attribute[goods][]": ["food", "fruit"]})
    [read] = client.get(f"requests/{several}", "requests", extensions="true")
    assert read["attributes"][0]["values"] == ["food", "fruit"]
    assert client.refused(
        400, api_key=api_key, service_code=LAMP, **PLACE, **{"attribute[size]": "1"}
    ) == [
        "attribute[size]: this service does not ask for it; it asks for lamp, fault.",
        "attribute[fault] was not provided: What is wrong",
    ]  # fmt: skip


def test_every_fault_of_a_report_is_an_error_of_its_own(client: Client, api_key: str) -> None:
    assert client.refused(400, api_key=api_key, lat="1000", long="0", email="x") == [
        "service_code was not provided.",
        "lat = 1000 is no number from -90 to 90.",
        "email = x is no e-mail address, such as name@example.org.",
    ]
    assert client.refused(400, api_key=api_key, service_code=RUBBISH, **PLACE, phone="no") == [
        "The phone number has 6-30 digits, such as +86 138 0013 8000."
    ]
    assert client.refused(404, api_key=api_key, service_code="nothing", **PLACE) == [
        "service_code nothing was not found; GET services lists them."
    ]
    [outside] = client.refused(400, api_key=api_key, service_code=RUBBISH, lat="0", long="0")
    assert outside.startswith("The place (0.000000, 0.000000) lies in no community that is served here")
    assert client.get("requests", "requests") == []


def test_queries(client: Client, api_key: str) -> None:
    first, second = client.report(api_key), client.report(api_key, service_code=STALL)
    third = client.report(api_key, service_code="002")

    def ids(**query: str) -> list[str]:
        return [one["service_request_id"] for one in client.get("requests", "requests", **query)]

    assert ids() == [first, second, third]
    assert ids(service_code=f"{RUBBISH},{STALL}") == [first, second]
    assert ids(service_request_id=f"{third},{first},none", service_code=STALL) == [first, third]
    assert ids(status="closed") == []
    assert ids(status="open,closed", page="2", page_size="2") == [third]
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert ids(start_date=tomorrow) == []
    both = f"{first},{third}"
    assert [one["service_request_id"] for one in client.get(f"requests/{both}", "requests")] == [first, third]
    client.get(f"requests/{first},none", "errors", 404)
    wrong = client.get("requests", "errors", 400, status="lost", page="0", start_date="yesterday")
    assert len(wrong) == 3


def test_closed_requests_and_updates(client: Client, pg: psycopg.Connection, api_key: str) -> None:
    number, other = client.report(api_key), client.report(api_key)
    close(pg, number, note="Taken away; call 13912345678.", internal="Zhang of the yard did it")
    [read] = client.get("requests", "requests", status="closed")
    assert read["service_request_id"] == number
    assert read["status_notes"] == "Taken away; call ***."
    assert read["updated_datetime"] >= read["requested_datetime"]
    assert [one["service_request_id"] for one in client.get("requests", "requests", status="open")] == [other]
    [told] = client.get("servicerequestupdates", "updates", service_request_id=number)[-1:]
    assert told["status"] == "closed"
    assert told["description"] == "Taken away; call ***."
    [read] = client.get(f"requests/{number}", "requests", extensions="true")
    assert [note["description"] for note in read["notes"]] == ["Taken away; call ***."]
    assert "Zhang" not in json.dumps([read, client.get("servicerequestupdates", "updates")])


def test_several_jurisdictions(client: Client, pg: psycopg.Connection) -> None:
    here, there = add_key(pg, "here", DISTRICT), add_key(pg, "there", ELSEWHERE, community=True)
    for path, schema in (
        ("services", "services"),
        ("requests", "requests"),
        ("servicerequestupdates", "updates"),
    ):
        [error] = client.get(path, "errors", 400)
        assert (
            error["description"]
            == "jurisdiction_id was not provided; this endpoint serves several jurisdictions."
        )
        [error] = client.get(path, "errors", 404, jurisdiction_id="city.gov")
        assert error["description"] == "jurisdiction_id city.gov was not found."
        client.get(path, schema, jurisdiction_id=DISTRICT)
    number = client.report(here, jurisdiction_id=DISTRICT)
    assert [
        one["service_request_id"] for one in client.get("requests", "requests", jurisdiction_id=COMMUNITY)
    ] == [number]
    assert client.get("requests", "requests", jurisdiction_id=ELSEWHERE) == []
    client.get(f"requests/{number}", "errors", 404, jurisdiction_id=ELSEWHERE)
    [words] = client.refused(403, api_key=there, jurisdiction_id=DISTRICT, service_code=RUBBISH, **PLACE)
    assert words == f"This api_key is for the jurisdiction {ELSEWHERE}, and the place lies outside of it."
    [words] = client.refused(400, api_key=here, jurisdiction_id=ELSEWHERE, service_code=RUBBISH, **PLACE)
    assert words.endswith(f"lies in the community {COMMUNITY}, outside of jurisdiction_id.")
    client.refused(400, api_key=here, service_code=RUBBISH, **PLACE)
    update = {"service_request_id": number, "update_id": "u", "status": "open", "description": "x",
              "updated_datetime": "2026-01-31T08:15:30Z", "jurisdiction_id": DISTRICT}  # fmt: skip
    [words] = client.refused(403, "servicerequestupdates", api_key=there, **update)
    assert words.startswith("This api_key is for the jurisdiction")
    client.post("servicerequestupdates", "update-acknowledgement", api_key=here, **update)


def test_the_examples_of_the_manual_run(database_url: str, api_key: str) -> None:
    """Every line of its shell blocks, in one shell; the server's address alone is another."""
    assert api_key
    text = (Path(__file__).parents[2] / "docs" / "howto" / "open311.md").read_text(encoding="utf-8")
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    with serving(database_url, secret_keys=KEY.decode(), language="en") as address:
        told = {"DATABASE_URL": database_url, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-eu", "-c", script.replace("http://127.0.0.1:8080", address)],
            env=os.environ | told, check=False, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        stored = httpx.get(f"{address}/open311/v2/requests.json").json()
    assert [one["description"] for one in stored] == ["楼道里有垃圾", "Street light out"]
