"""A client that knows of the service what the specification of Open311 GeoReport v2 says, and nothing else."""

import io
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import psycopg
import pytest
from lxml import etree
from PIL import Image

from tests.serving import serving
from tests.towns.incident_sql import KEY, build_incident_town, place
from tests.towns.open311_sql import add_key, add_requests, close, publish_photo

SCHEMAS = Path(__file__).parents[1] / "schemas"
LON, LAT = place()
PLACE = {"lat": f"{LAT}", "long": f"{LON}"}
COMMUNITY, DISTRICT, ELSEWHERE = "360302001001", "360302000000", "360302009009"
LISTS = {"services", "attributes", "values", "service_requests", "notes", "service_request_updates"}
"""Elements that hold a list, which may be empty."""
RUBBISH, LAMP, STALL = "001", "010", "041"


class Client:
    """Reads each address in both formats, holds them against the schemas, and that they say the same."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=f"{address}/open311/v2/", timeout=60)

    def get(self, path: str, schema: str, expected: int = 200, /, **query: str) -> Any:
        """What JSON says."""
        xml = self.http.get(f"{path}.xml", params=query)
        text = self.http.get(f"{path}.json", params=query)
        assert (xml.status_code, text.status_code) == (expected, expected), text.text
        read = checked(text, schema)
        assert values(checked(xml, schema)) == values(read)
        return read

    def post(self, path: str, schema: str, expected: int = 200, form: str = "json", /, **fields: Any) -> Any:
        """What the answer to a form says."""
        files = fields.pop("files", None)
        headers = fields.pop("headers", {})
        answer = self.http.post(f"{path}.{form}", data=fields, files=files, headers=headers)
        assert answer.status_code == expected, answer.text
        return checked(answer, schema)

    def report(self, api_key: str, **fields: Any) -> str:
        """Id of a new request."""
        [told] = self.post(
            "requests", "acknowledgement", **({"api_key": api_key, "service_code": RUBBISH} | PLACE | fields)
        )
        return told["service_request_id"]

    def refused(self, expected: int, path: str = "requests", /, **fields: Any) -> list[str]:
        """Descriptions of the errors of a form, the same in both formats."""
        read = self.post(path, "errors", expected, **fields)
        assert {one["code"] for one in read} == {expected}
        xml = self.post(path, "errors", expected, "xml", **fields)
        assert [one.findtext("description") for one in xml] == [one["description"] for one in read]
        return [one["description"] for one in read]


def checked(answer: httpx.Response, schema: str) -> Any:
    """The document, after it was held against its schema."""
    path = SCHEMAS / f"open311-{schema}"
    if answer.headers["content-type"] == "application/json":
        read = json.loads(answer.content.decode())
        jsonschema.validate(read, json.loads(path.with_suffix(".json").read_text()))
        return read
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.content.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
    parsed = etree.fromstring(answer.content)
    etree.XMLSchema(etree.parse(str(path.with_suffix(".xsd")))).assertValid(parsed)
    return parsed


def values(document: Any) -> list[str]:
    """All values of a document of either format, in their order."""
    if isinstance(document, etree._Element):
        leaves = [one for one in document.iter() if len(one) == 0 and one.tag not in LISTS]
        return [one.text or "" for one in leaves]
    if isinstance(document, dict):
        return [text for one in document.values() for text in values(one)]
    if isinstance(document, list):
        return [text for one in document for text in values(one)]
    return [
        "" if document is None else str(document).lower() if isinstance(document, bool) else str(document)
    ]


@pytest.fixture
def api_key(pg: psycopg.Connection) -> str:
    build_incident_town(pg)
    return add_key(pg, "app")


@pytest.fixture
def client(database_url: str, api_key: str) -> Iterator[Client]:
    assert api_key
    with serving(database_url, secret_keys=KEY.decode(), language="en") as address:
        yield Client(address)


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    return file.getvalue()


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


def test_reports_and_updates_need_a_key(client: Client, pg: psycopg.Connection, api_key: str) -> None:
    for path in ("requests", "servicerequestupdates"):
        [words] = client.refused(403, path, service_code=RUBBISH, **PLACE)
        assert words.startswith("api_key was not provided: send it as a field of the form")
        [words] = client.refused(403, path, api_key="wrong", service_code=RUBBISH, **PLACE)
        assert words == "The api_key is not valid, or was revoked. Ask the operator for another."
    pg.execute("UPDATE service_key SET revoked_at = now()")
    pg.commit()
    [words] = client.refused(403, api_key=api_key, service_code=RUBBISH, **PLACE)
    assert words.startswith("The api_key is not valid")


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        ("requests/none.xml", "xml", "service_request_id none was not found."),
        ("requests/none.json", "json", "service_request_id none was not found."),
        ("services/none.json", "json", "service_code none was not found."),
        ("tokens/none.xml", "xml", "The token none was not found."),
        ("services.html", "xml", "The format html is unknown; there are xml and json."),
        ("requests/1.pdf", "xml", "The format pdf is unknown; there are xml and json."),
        ("elsewhere.json", "json", "There is nothing at /open311/v2/elsewhere.json."),
        ("services", "xml", "There is nothing at /open311/v2/services."),
        ("media/1.jpg", "xml", "There is no public photo 1."),
        ("services.json?jurisdiction_id=none", "json", "jurisdiction_id none was not found."),
        ("requests/1%00.json", "json", "service_request_id 1"),
        ("tokens/1%00.json", "json", "The token 1"),
        ("services.json?jurisdiction_id=1%00", "json", "jurisdiction_id 1 was not found."),
        ("media/0000000000000000000099999999999999999999.jpg", "xml", "There is no public photo"),
    ],
)
def test_what_there_is_not(client: Client, path: str, form: str, words: str) -> None:
    answer = client.http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == (
        "application/json" if form == "json" else "text/xml; charset=utf-8"
    )
    checked(answer, "errors")
    assert words in answer.text


def test_errors_are_told_in_the_language_that_is_asked_for(client: Client) -> None:
    [error] = client.get("requests/none", "errors", 404, lang="zh")
    assert error["description"] == "没有 service_request_id none。"


def test_forms_that_cannot_be_read(client: Client, api_key: str) -> None:
    urlencoded = {"Content-Type": "application/x-www-form-urlencoded"}
    large = client.http.post("requests.json", content=b"a=" + b"x" * 2**20, headers=urlencoded)
    assert (large.status_code, large.json()[0]["description"]) == (
        413,
        "The form has more than 1048576 bytes.",
    )
    many = client.http.post("requests.json", content=b"a&" * 1000, headers=urlencoded)
    assert (many.status_code, many.json()[0]["description"]) == (400, "The form has more than 1000 fields.")
    for kind in (
        "multipart/form-data",
        "multipart/form-data; boundary=b",
        "multipart/form-data; boundary=b; charset=x",
    ):
        body = b"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1" + b"\r\n--b--" * kind.endswith("x")
        broken = client.http.post("requests.xml", content=body, headers={"Content-Type": kind})
        assert broken.status_code in (400, 403), kind
        checked(broken, "errors")
    [words] = client.refused(400, api_key=api_key, service_code=RUBBISH, **PLACE, files=[("media", b"x")] * 8)
    assert words.startswith("The multipart form cannot be read: Too many files")
    json_body = client.http.post("requests.json", json={"api_key": api_key})
    assert json_body.status_code == 403
    assert "send it as a field of the form" in json_body.json()[0]["description"]


def test_methods_that_an_address_does_not_have(client: Client) -> None:
    for method, path, allowed in (
        ("DELETE", "requests.json", "GET, POST"),
        ("PUT", "services.json", "GET"),
        ("POST", "services.json", "GET"),
        ("POST", "requests/1.json", "GET"),
    ):
        answer = client.http.request(method, path)
        assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
        assert checked(answer, "errors")[0]["description"] == f"{method} is not allowed; {allowed} is."


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


def test_updates_of_programs(client: Client, api_key: str) -> None:
    number = client.report(api_key)
    sent = {"api_key": api_key, "service_request_id": number, "update_id": "u1", "status": "FIXED",
            "updated_datetime": "2026-01-31T08:15:30Z", "description": "Looks clean"}  # fmt: skip
    [first] = client.post("servicerequestupdates", "update-acknowledgement", **sent)
    again = client.post("servicerequestupdates", "update-acknowledgement", 200, "xml", **sent)
    assert again.findtext("request_update/update_id") == first["update_id"]
    [told] = client.get("servicerequestupdates", "updates")
    assert told["update_id"] == first["update_id"]
    assert (told["status"], told["description"]) == ("open", "Looks clean [fixed]")
    [words] = client.refused(400, "servicerequestupdates", **(sent | {"description": "other"}))
    assert words.startswith("This idempotency key was used for another request")
    assert client.refused(404, "servicerequestupdates", **(sent | {"service_request_id": "none"})) == [
        "service_request_id none was not found."
    ]
    assert client.refused(400, "servicerequestupdates", api_key=api_key, service_request_id=number) == [
        "updated_datetime was not provided.",
        "status was not provided.",
        "update_id was not provided.",
        "description was not provided.",
    ]


def test_photos_are_public_once_they_were_looked_at(
    client: Client, pg: psycopg.Connection, api_key: str
) -> None:
    files = [("media", ("a.png", photo(), "image/png")), ("media", ("b.png", photo(), "image/png"))]
    number = client.report(api_key, files=files)
    [read] = client.get(f"requests/{number}", "requests")
    assert read["media_url"] is None
    [words] = client.refused(
        400, api_key=api_key, service_code=RUBBISH, **PLACE, files={"media": b"no photo"}
    )
    assert words == "Photo 1: The file is not a JPEG, PNG or WebP picture. Choose a photo."
    published, hidden = publish_photo(pg, number)
    [read] = client.get(f"requests/{number}", "requests")
    answer = client.http.get(read["media_url"])
    assert answer.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(answer.content)).size == (60, 40)
    assert read["media_url"].endswith(f"/media/{published}.jpg")
    assert client.http.get(f"media/{hidden}.jpg").status_code == 404


def test_a_report_that_is_sent_again_is_taken_once(client: Client, api_key: str) -> None:
    again = {"headers": {"Idempotency-Key": "k1"}, "description": "once"}
    assert client.report(api_key, **again) == client.report(api_key, **again)
    assert len(client.get("requests", "requests")) == 1
    [words] = client.refused(
        400, api_key=api_key, service_code=RUBBISH, **PLACE, **(again | {"description": "other"})
    )
    assert words.startswith("This idempotency key was used for another request")


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


def paged(http: httpx.Client, size: int) -> list[str]:
    """Ids of all requests, page after page, until one is not full."""
    found: list[str] = []
    for page in range(1, 1000):
        answer = http.get("requests.json", params={"page": page, "page_size": size})
        ids = [one["service_request_id"] for one in answer.json()]
        found += ids
        if len(ids) < size:
            break
    return found


def test_ten_thousand_requests_are_paged_while_others_come_in(
    client: Client, pg: psycopg.Connection, api_key: str
) -> None:
    """No gap, no repeat: what comes in meanwhile, from several at a time, is behind what was there."""
    stored = add_requests(pg, 10_000)
    stop, added = threading.Event(), []

    def go_on() -> None:
        with httpx.Client(base_url=client.http.base_url, timeout=60) as http:
            while not stop.is_set():
                told = {"api_key": api_key, "service_code": RUBBISH, **PLACE}
                added.append(http.post("requests.json", data=told).json()[0]["service_request_id"])

    posting = [threading.Thread(target=go_on) for _ in range(3)]
    for one in posting:
        one.start()
    try:
        found = paged(client.http, 500)
    finally:
        stop.set()
        for one in posting:
            one.join(60)
    assert added
    assert len(found) == len(set(found))
    assert found[:10_000] == stored
    after = paged(client.http, 1000)
    assert after[: len(found)] == found
    assert sorted(after) == sorted(stored + added)
    assert len(checked(client.http.get("requests.xml"), "requests")) == 1000


def test_a_report_that_comes_from_many_at_once_is_taken_once(client: Client, api_key: str) -> None:
    numbers: list[str] = []

    def send() -> None:
        with httpx.Client(base_url=client.http.base_url, timeout=60) as http:
            told = {"api_key": api_key, "service_code": RUBBISH, **PLACE}
            answer = http.post("requests.json", data=told, headers={"Idempotency-Key": "same"})
            numbers.append(answer.json()[0]["service_request_id"])

    sending = [threading.Thread(target=send) for _ in range(8)]
    for one in sending:
        one.start()
    for one in sending:
        one.join(60)
    assert len(numbers) == 8
    assert len(set(numbers)) == len(client.get("requests", "requests")) == 1


def test_a_database_that_does_not_answer_is_told_without_details() -> None:
    with serving("postgresql://127.0.0.1:1/none", secret_keys=KEY.decode(), language="en") as address:
        answer = httpx.get(f"{address}/open311/v2/services.json", timeout=60)
    assert answer.status_code == 503
    [error] = checked(answer, "errors")
    assert error["description"].startswith("The service cannot answer now; try again later.")


def test_what_goes_wrong_here_is_told_without_details(client: Client, pg: psycopg.Connection) -> None:
    pg.execute("ALTER TABLE service_key RENAME TO away")
    pg.commit()
    for form in ("xml", "json"):
        answer = client.http.get(f"services.{form}")
        assert answer.status_code == 500
        checked(answer, "errors")
        assert "tell the operator the reference" in answer.text
        assert "service_key" not in answer.text


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
