"""Open311 where things go wrong, come twice, come at once, or come by the thousand; updates and photographs."""

import io
import threading

import httpx
import psycopg
import pytest
from PIL import Image

from tests.clients.open311_client import (
    PLACE,
    RUBBISH,
    Client,
    checked,
)
from tests.serving import serving
from tests.towns.incident_sql import KEY
from tests.towns.open311_sql import add_requests, publish_photo


def photo() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "PNG")
    return file.getvalue()


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
