"""A client that knows of the service what the specification of Open311 GeoReport v2 says, and nothing else."""

import json
from pathlib import Path
from typing import Any

import httpx
import jsonschema
from lxml import etree

from tests.towns.incident_sql import place

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
